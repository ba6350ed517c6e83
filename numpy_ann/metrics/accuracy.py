"""How often the prediction is right, batch by batch."""

from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.losses.sparse_categorical_crossentropy import as_labels
from numpy_ann.metrics.metric import MeanMetric

__all__ = ["BinaryAccuracy", "CategoricalAccuracy", "SparseCategoricalAccuracy"]


class CategoricalAccuracy(MeanMetric):
    """The share of samples whose largest prediction is at the one-hot label's class.

    ``v_i = [argmax(y_true_i) = argmax(y_pred_i)]``. Shapes: both ``(batch, ..., classes)``.

    Examples
    --------
    >>> y_true, y_pred = np.array([[0, 1], [1, 0]]), np.array([[0.2, 0.8], [0.4, 0.6]])
    >>> CategoricalAccuracy()(y_true, y_pred)
    0.5
    """

    def values(self, y_true: Array, y_pred: Array) -> Array:
        """Return, for each sample, whether it is right."""
        return np.argmax(y_true, axis=-1) == np.argmax(y_pred, axis=-1)


class SparseCategoricalAccuracy(MeanMetric):
    """The share of samples whose largest prediction is at the integer label's class.

    ``v_i = [y_true_i = argmax(y_pred_i)]``. Shapes: ``y_true`` ``(batch, ...)`` or ``(batch, ..., 1)``,
    ``y_pred`` ``(batch, ..., classes)``.

    Examples
    --------
    >>> SparseCategoricalAccuracy()(np.array([1, 0]), np.array([[0.2, 0.8], [0.4, 0.6]]))
    0.5
    """

    def values(self, y_true: Array, y_pred: Array) -> Array:
        """Return, for each sample, whether it is right."""
        return as_labels(y_true, y_pred.ndim) == np.argmax(y_pred, axis=-1)


class BinaryAccuracy(MeanMetric):
    """The share of outputs on the label's side of a threshold.

    ``v = [y_true = [y_pred > threshold]]``, averaged over the last axis. Shapes: both ``(batch, ...)``.

    Parameters
    ----------
    threshold : float
        Predictions above it count as 1.
    name : str, optional
        The key in the training history.

    Examples
    --------
    >>> BinaryAccuracy()(np.array([[1], [0]]), np.array([[0.8], [0.6]]))
    0.5
    """

    def __init__(self, *, threshold: float = 0.5, name: str | None = None) -> None:
        super().__init__(name=name)
        self.threshold = threshold

    def values(self, y_true: Array, y_pred: Array) -> Array:
        """Return, for each sample, the share of its outputs that are right."""
        y_true = y_true.reshape(y_pred.shape)
        return np.mean(y_true == (y_pred > self.threshold), axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, under Keras' names."""
        return {**super().get_config(), "threshold": self.threshold}

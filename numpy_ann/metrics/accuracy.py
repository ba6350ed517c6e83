"""How often the prediction is right, batch by batch."""

from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.losses.targets import as_labels
from numpy_ann.metrics.metric import MeanMetric, Metric

__all__ = ["BinaryAccuracy", "CategoricalAccuracy", "SparseCategoricalAccuracy", "require_shape"]


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

    def check_targets(self, y_true: Array, output_shape: tuple[int, ...]) -> None:
        """Raise ``ValueError`` unless the targets have the shape of the predictions."""
        require_shape(self, y_true, (output_shape,), 'For integer labels use "sparse_categorical_accuracy".')


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

    def check_targets(self, y_true: Array, output_shape: tuple[int, ...]) -> None:
        """Raise ``ValueError`` unless there is one label for each row of predictions."""
        shapes = (output_shape[:-1], (*output_shape[:-1], 1))
        require_shape(self, y_true, shapes, 'For one-hot labels use "categorical_accuracy".')


class BinaryAccuracy(MeanMetric):
    """The share of outputs on the label's side of a threshold.

    ``v = [y_true = [y_pred > threshold]]``, averaged over the last axis. Shapes: both ``(batch, ...)``.

    Parameters
    ----------
    name : str, optional
        The key in the training history.
    threshold : float
        Predictions above it count as 1.

    Examples
    --------
    >>> BinaryAccuracy()(np.array([[1], [0]]), np.array([[0.8], [0.6]]))
    0.5
    """

    def __init__(self, name: str | None = None, *, threshold: float = 0.5) -> None:
        super().__init__(name)
        self.threshold = threshold

    def values(self, y_true: Array, y_pred: Array) -> Array:
        """Return, for each sample, the share of its outputs that are right."""
        y_true = y_true.reshape(y_pred.shape)
        return np.mean(y_true == (y_pred > self.threshold), axis=-1)

    def check_targets(self, y_true: Array, output_shape: tuple[int, ...]) -> None:
        """Raise ``ValueError`` unless there is one target for each output."""
        shapes = (output_shape, output_shape[:-1]) if output_shape[-1:] == (1,) else (output_shape,)
        require_shape(self, y_true, shapes, "It compares one target with each output.")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, under Keras' names."""
        return {**super().get_config(), "threshold": self.threshold}


def require_shape(metric: Metric, y_true: Array, shapes: tuple[tuple[int, ...], ...], hint: str) -> None:
    """Raise ``ValueError`` unless a target has one of the shapes."""
    if y_true.shape[1:] not in shapes:
        expected = " or ".join(str((len(y_true), *shape)) for shape in shapes)
        raise ValueError(
            f"The metric '{metric.name}' expects targets of shape {expected}. "
            f"Received: target.shape={y_true.shape}. {hint}"
        )

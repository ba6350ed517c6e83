"""How often the true class is among the ``k`` best guesses."""

from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.losses.targets import as_labels
from numpy_ann.metrics.accuracy import CategoricalAccuracy, SparseCategoricalAccuracy

__all__ = ["SparseTopKCategoricalAccuracy", "TopKCategoricalAccuracy"]


class TopKCategoricalAccuracy(CategoricalAccuracy):
    """The share of samples whose one-hot label's class is among the ``k`` largest predictions.

    ``v_i = [fewer than k predictions are larger than that of class argmax(y_true_i)]``: where predictions are
    equal, all of them count as the larger. Shapes: both ``(batch, ..., classes)``.

    Parameters
    ----------
    k : int
        1 or more.
    name : str, optional
        The key in the training history.

    Examples
    --------
    >>> y_true, y_pred = np.array([[0, 0, 1], [0, 1, 0]]), np.array([[0.1, 0.6, 0.3], [0.2, 0.1, 0.7]])
    >>> TopKCategoricalAccuracy(k=2)(y_true, y_pred)
    0.5
    """

    def __init__(self, k: int = 5, name: str | None = None) -> None:
        super().__init__(name)
        self.k = _checked(k)

    def values(self, y_true: Array, y_pred: Array) -> Array:
        """Return, for each sample, whether it is right."""
        return _within(self.k, np.argmax(y_true, axis=-1), y_pred)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, under Keras' names."""
        return {**super().get_config(), "k": self.k}


class SparseTopKCategoricalAccuracy(SparseCategoricalAccuracy):
    """The share of samples whose integer label is among the ``k`` largest predictions.

    ``v_i = [fewer than k predictions are larger than that of class y_true_i]``, else as
    ``TopKCategoricalAccuracy``, with ``y_true`` of shape ``(batch, ...)`` or ``(batch, ..., 1)``.

    Parameters
    ----------
    k : int
        1 or more.
    name : str, optional
        The key in the training history.

    Examples
    --------
    >>> SparseTopKCategoricalAccuracy(k=2)(np.array([2, 1]), np.array([[0.1, 0.6, 0.3], [0.2, 0.1, 0.7]]))
    0.5
    """

    def __init__(self, k: int = 5, name: str | None = None) -> None:
        super().__init__(name)
        self.k = _checked(k)

    def values(self, y_true: Array, y_pred: Array) -> Array:
        """Return, for each sample, whether it is right."""
        return _within(self.k, as_labels(y_true, y_pred.ndim), y_pred)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, under Keras' names."""
        return {**super().get_config(), "k": self.k}


def _checked(k: Any) -> int:
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or k < 1:
        raise ValueError(f"`k` is an integer of at least 1. Received: k={k!r}")
    return int(k)


def _within(k: int, labels: Array, y_pred: Array) -> Array:
    """Return, for each row, whether the label's prediction is among the ``k`` largest."""
    at_label = np.take_along_axis(y_pred, labels[..., np.newaxis], axis=-1)
    return np.isfinite(at_label[..., 0]) & ((y_pred > at_label).sum(axis=-1) < k)

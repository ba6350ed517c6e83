"""The angle between two vectors."""

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.losses.loss import Loss
from numpy_ann.losses.targets import check_same_shape

__all__ = ["CosineSimilarity", "normalized"]

_SMALLEST_SQUARE = 1e-14  # Keras' bound on the squared length that a vector is divided by


class CosineSimilarity(Loss):
    """Minus the cosine of the angle between target and prediction: -1 where they point the same way.

    With ``u = y / |y|`` and ``v = p / |p|``::

        l = -sum_j u_j v_j                      dl/dp = -(u + l v) / |p|

    ``|y|`` and ``|p|`` are taken as at least 1e-7, so the cosine with a vector of zeros is 0.

    Shapes: both ``(batch, ..., features)``. The angle is taken along the last axis.

    Parameters
    ----------
    reduction, name : str, optional
        See ``Loss``.

    Source: Keras 3, ``keras.losses.CosineSimilarity``.

    Examples
    --------
    >>> CosineSimilarity()(np.array([[0.0, 1.0], [2.0, 0.0]]), np.array([[1.0, 0.0], [3.0, 0.0]]))
    -0.5
    """

    def per_sample(self, y_pred: Array, y_true: Array) -> Array:
        """Return ``l``."""
        return -np.sum(normalized(y_true)[0] * normalized(y_pred)[0], axis=-1)

    def gradient(self, y_pred: Array, y_true: Array, *, out: Array | None = None) -> Array:
        """Return ``dl/dp``; for a ``p`` shorter than 1e-7, which is only scaled, ``-u / 1e-7``."""
        u, _ = normalized(y_true)
        v, length = normalized(y_pred)
        along = np.sum(u * v, axis=-1, keepdims=True)
        turns = np.sum(np.square(y_pred), axis=-1, keepdims=True) >= _SMALLEST_SQUARE
        return np.divide(turns * along * v - u, length, out=out)

    def check_targets(self, y_true: Array, output_shape: tuple[int, ...]) -> None:
        """Raise ``ValueError`` unless there is a target for each output."""
        check_same_shape(self.name, y_true, output_shape)


def normalized(x: Array) -> tuple[Array, Array]:
    """Return vectors along the last axis scaled to length 1, and their lengths."""
    length = np.sqrt(np.maximum(np.sum(np.square(x), axis=-1, keepdims=True), _SMALLEST_SQUARE))
    return x / length, length

"""The hinge losses: a sample on the right side by a margin costs nothing."""

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.losses.loss import Loss
from numpy_ann.losses.regression import ElementwiseLoss

__all__ = ["CategoricalHinge", "Hinge", "SquaredHinge"]


class _SignedLoss(ElementwiseLoss):
    """The base of the losses of labels -1 and 1; a batch of nothing but 0 and 1 is taken for such labels."""

    def targets(self, y_true: Array) -> Array:
        # Keras looks at each batch by itself too.
        return 2 * y_true - 1 if np.all((y_true == 0) | (y_true == 1)) else y_true


class Hinge(_SignedLoss):
    """By how much an output misses the margin of 1 on its label's side.

    With labels ``y`` of -1 or 1 (0 stands for -1)::

        e = max(1 - y p, 0)                     e' = -y where y p <= 1, else 0

    The mean over the outputs and the parameters: see ``ElementwiseLoss``.
    Source: Cortes and Vapnik, "Support-Vector Networks" (1995), section 3.

    >>> Hinge()(np.array([1, 0]), np.array([[0.25], [-3.0]]))
    0.375
    """

    def error(self, y: Array, p: Array) -> Array:
        return np.maximum(1 - y * p, 0)

    def slope(self, y: Array, p: Array) -> Array:
        return np.where(y * p <= 1, -y, 0)


class SquaredHinge(_SignedLoss):
    """The square of the hinge loss: smooth at the margin.

    ``e = max(1 - y p, 0)^2``, ``e' = -2 y max(1 - y p, 0)``; labels as for ``Hinge``, the rest: see
    ``ElementwiseLoss``.
    Source: Chang, Hsieh and Lin, "Coordinate Descent Method for Large-scale L2-loss Linear SVM" (2008),
    equation 3.

    >>> SquaredHinge()(np.array([1, 0]), np.array([[0.5], [-3.0]]))
    0.125
    """

    def error(self, y: Array, p: Array) -> Array:
        return np.square(np.maximum(1 - y * p, 0))

    def slope(self, y: Array, p: Array) -> Array:
        return -2 * y * np.maximum(1 - y * p, 0)


class CategoricalHinge(Loss):
    """By how much the true class' output misses leading the best other one by 1.

    With one-hot labels ``y``::

        a = sum_j y_j p_j       b = max_j (1 - y_j) p_j       l = max(b - a + 1, 0)

    and ``dl/dp_j = (1 - y_j) [j is where b is] - y_j`` where ``b - a + 1 >= 0``, else 0. As in Keras the true
    class' entry of ``(1 - y) p`` is 0, so ``b`` is never below 0.

    Shapes: both ``(batch, ..., classes)``.
    Source: Crammer and Singer, "On the Algorithmic Implementation of Multiclass Kernel-based Vector Machines"
    (2001), section 3.

    >>> CategoricalHinge()(np.array([[0, 1, 0]]), np.array([[0.25, 0.75, 0.5]]))
    0.75
    """

    def per_sample(self, y_pred: Array, y_true: Array) -> Array:
        a = np.sum(y_true * y_pred, axis=-1)
        b = np.max((1 - y_true) * y_pred, axis=-1)
        return np.maximum(b - a + 1, 0)

    def gradient(self, y_pred: Array, y_true: Array, *, out: Array | None = None) -> Array:
        """Return ``dl/dp``; where several outputs are the largest, they share."""
        others = (1 - y_true) * y_pred
        b = others.max(axis=-1, keepdims=True)
        largest = others == b
        share = largest / largest.sum(axis=-1, keepdims=True, dtype=y_pred.dtype)
        missed = b - np.sum(y_true * y_pred, axis=-1, keepdims=True) + 1 >= 0
        return np.multiply((1 - y_true) * share - y_true, missed, out=out)

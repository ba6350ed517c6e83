"""The losses of distributions and of counts: how surprising the truth is under what was predicted."""

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.losses.loss import EPSILON, Loss
from numpy_ann.losses.regression import ElementwiseLoss

__all__ = ["KLDivergence", "Poisson"]


class KLDivergence(Loss):
    """How many nats are lost where the predicted distribution stands for the true one.

    With both kept within ``[1e-7, 1]``::

        l = sum_j y_j log(y_j / p_j)            dl/dp_j = -y_j / p_j, and 0 outside the bounds

    Shapes: both ``(batch, ..., classes)``.

    Source: Kullback and Leibler, "On Information and Sufficiency" (1951), equation 2.4.

    >>> round(KLDivergence()(np.array([[0.5, 0.5]]), np.array([[0.25, 0.75]])), 4)
    0.1438
    """

    def per_sample(self, y_pred: Array, y_true: Array) -> Array:
        y, p = np.clip(y_true, EPSILON, 1), np.clip(y_pred, EPSILON, 1)
        return np.sum(y * np.log(y / p), axis=-1)

    def gradient(self, y_pred: Array, y_true: Array, *, out: Array | None = None) -> Array:
        inside = (y_pred >= EPSILON) & (y_pred <= 1)
        dp = np.divide(np.clip(y_true, EPSILON, 1), np.where(inside, -y_pred, 1), out=out)
        dp *= inside
        return dp


class Poisson(ElementwiseLoss):
    """The surprise at a count ``y``, where the prediction is its expected value ``p`` (but for a constant).

    ``e = p - y log(p + 1e-7)``, ``e' = 1 - y / (p + 1e-7)``; the mean over the outputs and the parameters:
    see ``ElementwiseLoss``. Predictions must be positive: end the network in ``"softplus"``.

    Source: the negative logarithm of the Poisson probability ``exp(-p) p^y / y!`` without ``log y!``.

    >>> round(Poisson()(np.array([2.0]), np.array([[1.0]])), 4)
    1.0
    """

    def error(self, y: Array, p: Array) -> Array:
        """Return ``p - y log p``."""
        return p - y * np.log(p + EPSILON)

    def slope(self, y: Array, p: Array) -> Array:
        """Return ``1 - y / p``."""
        return 1 - y / (p + EPSILON)

"""The distance of one distribution from another."""

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.losses.categorical_crossentropy import EPSILON
from numpy_ann.losses.loss import Loss
from numpy_ann.losses.targets import check_same_shape

__all__ = ["KLDivergence"]


class KLDivergence(Loss):
    """How many nats are lost where the predicted distribution stands for the true one.

    With both kept within ``[1e-7, 1]``::

        l = sum_j y_j log(y_j / p_j)            dl/dp_j = -y_j / p_j, and 0 outside the bounds

    Shapes: both ``(batch, ..., classes)``.

    Parameters
    ----------
    reduction, name : str, optional
        See ``Loss``.

    Source: Kullback and Leibler, "On Information and Sufficiency" (1951), equation 2.4.

    Examples
    --------
    >>> round(KLDivergence()(np.array([[0.5, 0.5]]), np.array([[0.25, 0.75]])), 4)
    0.1438
    """

    def per_sample(self, y_pred: Array, y_true: Array) -> Array:
        """Return ``l``."""
        y, p = np.clip(y_true, EPSILON, 1), np.clip(y_pred, EPSILON, 1)
        return np.sum(y * np.log(y / p), axis=-1)

    def gradient(self, y_pred: Array, y_true: Array, *, out: Array | None = None) -> Array:
        """Return ``dl/dp``."""
        inside = (y_pred >= EPSILON) & (y_pred <= 1)
        dp = np.divide(np.clip(y_true, EPSILON, 1), np.where(inside, -y_pred, 1), out=out)
        dp *= inside
        return dp

    def check_targets(self, y_true: Array, output_shape: tuple[int, ...]) -> None:
        """Raise ``ValueError`` unless there is a target for each output."""
        check_same_shape(self.name, y_true, output_shape)

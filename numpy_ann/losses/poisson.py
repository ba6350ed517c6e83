"""The loss of counts."""

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.losses.categorical_crossentropy import EPSILON
from numpy_ann.losses.elementwise import ElementwiseLoss

__all__ = ["Poisson"]


class Poisson(ElementwiseLoss):
    """The surprise at a count ``y``, where the prediction is its expected value ``p`` (but for a constant).

    ``e = p - y log(p + 1e-7)``, ``e' = 1 - y / (p + 1e-7)``; the mean over the outputs and the parameters:
    see ``ElementwiseLoss``. Predictions must be positive: end the network in ``"softplus"``.

    Source: the negative logarithm of the Poisson probability ``exp(-p) p^y / y!`` without ``log y!``.

    Examples
    --------
    >>> round(Poisson()(np.array([2.0]), np.array([[1.0]])), 4)
    1.0
    """

    def error(self, y: Array, p: Array) -> Array:
        """Return ``p - y log p``."""
        return p - y * np.log(p + EPSILON)

    def slope(self, y: Array, p: Array) -> Array:
        """Return ``1 - y / p``."""
        return 1 - y / (p + EPSILON)

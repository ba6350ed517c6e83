"""Cross-entropy for yes or no."""

from numpy_ann._typing import Array
from numpy_ann.losses.binary import BinaryLoss, Elements

__all__ = ["BinaryCrossentropy"]


class BinaryCrossentropy(BinaryLoss):
    """The surprise at a yes or no: minus the logarithm of the probability that was given to it.

    With ``c`` the cross-entropy of each of ``k`` outputs (see ``BinaryLoss`` for it and the parameters)::

        l = sum_j c_j / k                       dl/dp_j = dc_j/dp_j / k, or from logits dl/dz = (p - y) / k

    Source: Goodfellow, Bengio and Courville, "Deep Learning" (2016), section 6.2.2.2.

    Examples
    --------
    >>> import numpy as np
    >>> round(BinaryCrossentropy()(np.array([1, 0]), np.array([[0.75], [0.25]])), 4)
    0.2877
    """

    def of_elements(self, e: Elements) -> Array:
        """Return ``c``."""
        return e.c

    def slope_of_elements(self, e: Elements) -> Array:
        """Return ``dc``."""
        return e.dc

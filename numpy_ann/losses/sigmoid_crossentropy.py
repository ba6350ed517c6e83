"""Sigmoid and cross-entropy taken together: never infinite, and a gradient that is one subtraction.

Let ``p = sigmoid(z)`` and ``c = -y log p - (1 - y) log(1 - p)``. As ``log p = z - log(1 + exp(z))`` and
``log(1 - p) = -log(1 + exp(z))``::

    c = log(1 + exp(z)) - z y                   dc/dz = p - y

``log(1 + exp(z)) = max(z, 0) + log(1 + exp(-|z|))``, where no ``exp`` overflows, so ``c`` is finite whatever
the logits.
"""

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.activations import sigmoid

__all__ = ["sigmoid_crossentropy"]


def sigmoid_crossentropy(z: Array, y: Array, *, out: Array | None = None) -> tuple[Array, Array]:
    """Return each output's cross-entropy ``c``, and its probability ``p``.

    Parameters
    ----------
    z : ndarray
        Logits.
    y : ndarray, of the same shape
        Target probabilities.
    out : ndarray, optional
        Where the probabilities go; may be ``z``.

    Examples
    --------
    >>> sigmoid_crossentropy(np.array([1000.0, 1000.0]), np.array([0.0, 1.0]))
    (array([1000.,    0.]), array([1., 1.]))
    """
    c = np.abs(z)
    np.negative(c, out=c)
    np.exp(c, out=c)
    np.log1p(c, out=c)
    c += np.maximum(z, 0)
    c -= z * y
    return c, sigmoid(z, out)

"""Layers that hand on what they get."""

from numpy_ann._typing import Array
from numpy_ann.layers.layer import Layer

__all__ = ["Identity"]


class Identity(Layer):
    """Hand on the inputs: a place that is kept free in a network.

    Forward ``y = x``, backward ``dx = dy``. **Input shape** any. **Output shape** the same.

    Examples
    --------
    >>> Identity()([[1.0, 2.0]])
    array([[1., 2.]], dtype=float32)
    """

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        """Return ``x``."""
        return self._checked(x)

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        """Return ``dz``."""
        return dz

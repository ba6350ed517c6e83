"""Images in, vectors out."""

from math import prod

from numpy_ann._typing import Array, Shape
from numpy_ann.layers.layer import Layer

__all__ = ["Flatten"]


class Flatten(Layer):
    """Lay each sample's numbers out in one row; nothing is computed or copied.

    ``y[i] = x[i].ravel()`` and backward ``dx = dy`` in the shape of ``x``.

    **Input shape** ``(batch, ...)``. **Output shape** ``(batch, product of the others)``.

    Examples
    --------
    >>> import numpy as np
    >>> Flatten().forward(np.zeros((2, 28, 28))).shape
    (2, 784)
    """

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return ``(product,)``."""
        return (prod(input_shape),)

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        """Return ``x`` seen as rows."""
        x = self._checked(x)
        return x.reshape(len(x), prod(x.shape[1:]))

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        """Return ``dz`` seen in the input's shape."""
        return dz.reshape(len(dz), *self._kept(self.input_shape))

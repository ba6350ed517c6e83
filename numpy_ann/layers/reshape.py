"""The same numbers in another shape."""

from collections.abc import Sequence
from math import prod
from typing import Any

from numpy_ann._typing import Array, Shape
from numpy_ann.layers.layer import Layer

__all__ = ["Reshape"]


class Reshape(Layer):
    """Give each sample another shape; nothing is computed or copied.

    Forward ``y[i] = x[i].reshape(target_shape)``, backward ``dx = dy`` in the shape of ``x``.

    **Input shape** ``(batch, ...)``. **Output shape** ``(batch, *target_shape)``.

    Parameters
    ----------
    target_shape : sequence of int
        Of one sample. One axis may be -1: it follows from the others.
    **options
        ``name``, ``trainable``, ``dtype``, ``input_shape``: see ``Layer``.

    Raises
    ------
    ValueError
        If the target isn't made of positive integers and at most one -1; when built, if the sizes differ.

    Examples
    --------
    >>> import numpy as np
    >>> Reshape((2, -1)).forward(np.zeros((5, 6))).shape
    (5, 2, 3)
    """

    def __init__(self, target_shape: Sequence[int], **options: Any) -> None:
        super().__init__(**options)
        target = tuple(target_shape)
        whole = all(isinstance(n, int) and not isinstance(n, bool) and (n > 0 or n == -1) for n in target)
        if not whole or target.count(-1) > 1:
            raise ValueError(
                "`target_shape` holds positive integers, the batch axis left out, and at most one -1. "
                f"Received: target_shape={target}"
            )
        self.target_shape = target

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the target shape, with a number for -1."""
        size, known = prod(input_shape), prod(n for n in self.target_shape if n != -1)
        fits = size % known == 0 if -1 in self.target_shape else size == known
        if not fits:
            raise ValueError(
                f"Layer '{self.name}' can't make {self.target_shape} of samples of shape {input_shape}: "
                f"those have {size} numbers."
            )
        return tuple(size // known if n == -1 else n for n in self.target_shape)

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        """Return ``x`` in the target shape."""
        x = self._checked(x)
        return x.reshape(len(x), *(self.output_shape or ()))

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        """Return ``dz`` in the shape of ``x``."""
        return dz.reshape(len(dz), *self._kept(self.input_shape))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, under Keras' names."""
        return {**super().get_config(), "target_shape": self.target_shape}

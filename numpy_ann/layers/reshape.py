"""The same numbers in another shape; images in, vectors out."""

from collections.abc import Sequence
from math import prod
from typing import Any, cast

import numpy as np

from numpy_ann._typing import Array, BatchShape
from numpy_ann.layers.layer import Layer
from numpy_ann.validation import checked_axes, checked_integer, is_integer


class ReshapingLayer(Layer):
    """The base of layers that give each sample another shape; nothing is computed or copied."""

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        x = self._checked(x)
        shape: Any = self.output_shape
        if training and None in (self.input_shape or ()):
            self._memory["shape"] = x.shape
        return x.reshape(len(x), *(self.compute_output_shape(x.shape)[1:] if None in shape else shape))

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        shape: Any = self.input_shape
        return dz.reshape(self._memory["shape"] if None in shape else (len(dz), *shape))


class Flatten(ReshapingLayer):
    """Lay each sample's numbers out in one row; nothing is computed or copied.

    ``y[i] = x[i].ravel()`` and backward ``dx = dy`` in the shape of ``x``. **Input shape** ``(batch, ...)``.
    **Output shape** ``(batch, product of the others)``.

    >>> Flatten().forward(np.zeros((2, 28, 28))).shape
    (2, 784)
    """

    def compute_output_shape(self, input_shape: BatchShape) -> BatchShape:
        sample: Any = input_shape[1:]
        return (input_shape[0], None if None in sample else prod(sample))


class Reshape(ReshapingLayer):
    """Give each sample another shape; nothing is computed or copied.

    Forward ``y[i] = x[i].reshape(target_shape)``, backward ``dx = dy`` in the shape of ``x``. **Input shape**
    ``(batch, ...)``. **Output shape** ``(batch, *target_shape)``.

    Parameters
    ----------
    target_shape : sequence of int
        Of one sample. One axis may be -1: it follows from the others.

    >>> Reshape((2, -1)).forward(np.zeros((5, 6))).shape
    (5, 2, 3)
    """

    def __init__(self, target_shape: Sequence[int], **options: Any) -> None:
        super().__init__(**options)
        several = isinstance(target_shape, Sequence | np.ndarray) and not isinstance(target_shape, str)
        whole = several and all(is_integer(n) and (n > 0 or n == -1) for n in target_shape)
        if not whole or list(target_shape).count(-1) > 1:
            raise ValueError(
                "`target_shape` holds positive integers, the batch axis left out, and at most one -1. "
                f"Received: target_shape={target_shape}"
            )
        self.target_shape = tuple(map(int, target_shape))

    def compute_output_shape(self, input_shape: BatchShape) -> BatchShape:
        batch, sample = input_shape[0], cast(Any, input_shape[1:])
        if None in sample:
            return (batch, *(None if n == -1 else n for n in self.target_shape))
        size, known = prod(sample), prod(n for n in self.target_shape if n != -1)
        if size % known if -1 in self.target_shape else size != known:
            raise ValueError(
                f"Layer {self.name!r} can't make {self.target_shape} of samples of shape {tuple(sample)}: "
                f"those have {size} numbers."
            )
        return (batch, *(size // known if n == -1 else n for n in self.target_shape))


class Permute(Layer):
    """Put the axes of each sample in another order; nothing is computed or copied.

    Forward ``y[i] = x[i].transpose(dims)``, axes counted from 1; backward ``dx = transpose(dy)``, with the
    axes put back. **Input shape** ``(batch, ...)``. **Output shape** the same lengths in another order.

    Parameters
    ----------
    dims : sequence of int
        Each axis of a sample once, from 1: ``(2, 1)`` swaps two.

    >>> Permute((2, 1)).forward(np.zeros((5, 2, 3))).shape
    (5, 3, 2)
    """

    def __init__(self, dims: Sequence[int], **options: Any) -> None:
        super().__init__(**options)
        axes = checked_axes("dims", dims)
        if isinstance(axes, int) or sorted(axes) != list(range(1, len(axes) + 1)):
            raise ValueError(
                "`dims` must hold each axis of a sample once, counted from 1, as in (2, 1). "
                f"Received: dims={dims!r}"
            )
        self.dims = tuple(axes)

    def compute_output_shape(self, input_shape: BatchShape) -> BatchShape:
        if len(input_shape) != len(self.dims) + 1:
            raise ValueError(
                f"Layer {self.name!r} puts {len(self.dims)} axes in another order, but samples have "
                f"{len(input_shape) - 1}: {tuple(input_shape)}."
            )
        return (input_shape[0], *(input_shape[axis] for axis in self.dims))

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        return self._checked(x).transpose(0, *self.dims)

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        return dz.transpose(np.argsort((0, *self.dims)))


class RepeatVector(Layer):
    """Repeat each sample, a vector, ``n`` times.

    Forward ``y[i, t] = x[i]`` for each ``t`` below ``n``, backward ``dx = sum of dy[:, t] over t``. **Input
    shape** ``(batch, features)``. **Output shape** ``(batch, n, features)``.

    Parameters
    ----------
    n : int
        How often.

    >>> RepeatVector(2).forward(np.array([[1.0, 3.0]]))
    array([[[1., 3.],
            [1., 3.]]], dtype=float32)
    """

    def __init__(self, n: int, **options: Any) -> None:
        super().__init__(**options)
        self.n = checked_integer("n", n, least=1)

    def compute_output_shape(self, input_shape: BatchShape) -> BatchShape:
        fits = len(input_shape) == 2
        self._needs(fits, "repeats vectors, inputs of the shape (batch, features)", input_shape)
        return (input_shape[0], self.n, input_shape[1])

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        return np.repeat(self._checked(x)[:, np.newaxis], self.n, axis=1)

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        return np.sum(dz, axis=1, out=out)

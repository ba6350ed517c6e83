"""A sequence as one vector: the mean or the largest of its steps."""

from typing import Any

import numpy as np

from numpy_ann._typing import Array, BatchShape, multiply
from numpy_ann.layers.layer import Layer
from numpy_ann.validation import checked_bool, checked_choice


class GlobalAveragePooling1D(Layer):
    """Take the mean of each feature over the steps of a sequence.

    Forward ``y[i, j] = sum of x[i, t, j] over t / steps``, backward ``dx[i, t, j] = dy[i, j] / steps``.
    **Input shape** ``(batch, steps, features)``. **Output shape** ``(batch, features)``.

    Parameters
    ----------
    data_format : {"channels_last", "channels_first"}, optional
        Whether the features are the last axis, or the one before it.
    keepdims : bool
        Whether the output has an axis of 1 in place of the steps.

    >>> GlobalAveragePooling1D()(np.array([[[1.0, 2.0], [3.0, 6.0]]]))
    array([[2., 4.]], dtype=float32)
    """

    def __init__(self, data_format: str | None = None, keepdims: bool = False, **options: Any) -> None:
        super().__init__(**options)
        formats = ("channels_last", "channels_first")
        self.data_format = checked_choice("data_format", data_format or formats[0], formats)
        self.keepdims = checked_bool("keepdims", keepdims)
        self._axis = 1 + formats.index(self.data_format)

    def compute_output_shape(self, input_shape: BatchShape) -> BatchShape:
        fits = len(input_shape) == 3
        self._needs(fits, "pools sequences, of the shape (batch, steps, features)", input_shape)
        kept = (1,) if self.keepdims else ()
        return (*input_shape[: self._axis], *kept, *input_shape[self._axis + 1 :])

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        x = self._checked(x)
        if training:
            self._memory["shape"] = x.shape
        return np.mean(x, axis=self._axis, keepdims=self.keepdims, out=out)

    def _spread(self, dz: Array) -> Array:
        return dz if self.keepdims else np.expand_dims(dz, self._axis)

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        shape = self._memory["shape"]
        dx: Array = np.empty(shape, dz.dtype) if out is None else out
        np.divide(self._spread(dz), shape[self._axis], out=dx)
        return dx


class GlobalMaxPooling1D(GlobalAveragePooling1D):
    """Take the largest of each feature over the steps of a sequence.

    Forward ``y[i, j] = max(x[i, t, j]) over t``, backward ``dx[i, t, j] = dy[i, j]`` where ``x`` is the
    largest, divided by their number where several are, and 0 elsewhere. **Input shape** ``(batch, steps,
    features)``. **Output shape** ``(batch, features)``.

    ``data_format`` and ``keepdims`` are those of ``GlobalAveragePooling1D``.

    >>> GlobalMaxPooling1D()(np.array([[[1.0, 6.0], [3.0, 2.0]]]))
    array([[3., 6.]], dtype=float32)
    """

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        x = self._checked(x)
        y = np.max(x, axis=self._axis, keepdims=self.keepdims, out=out)
        if training:
            largest = x == self._spread(y)
            self._memory["share"] = largest / largest.sum(axis=self._axis, keepdims=True, dtype=x.dtype)
        return y

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        return multiply(self._spread(dz), self._memory["share"], out=out)

"""The memory of training and prediction: one buffer for each layer's output and gradient."""

from collections.abc import Sequence

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.layers import Layer

__all__ = ["Workspace"]


class Workspace:
    """Buffers for batches of up to ``batch_size`` samples; a smaller batch uses their first rows.

    Parameters
    ----------
    layers : sequence of Layer
        Built.
    batch_size : int
        The largest batch.
    dtype : dtype
        The model's.
    gradients : bool
        Whether to make room for gradients too.
    """

    def __init__(
        self, layers: Sequence[Layer], batch_size: int, dtype: np.dtype[np.floating], *, gradients: bool
    ) -> None:
        self._shapes = [layer.output_shape or () for layer in layers]
        self._dtype = dtype
        self._with_gradients = gradients
        self._make(batch_size)

    def outputs(self, samples: int) -> list[Array]:
        """Return where each layer's output goes, for a batch of that many samples.

        A batch larger than any before, which only an iterable can bring, makes the buffers anew.
        """
        if samples == self.batch_size:
            return self._outputs
        if samples > self.batch_size:
            self._make(samples)
        return [buffer[:samples] for buffer in self._outputs]

    def gradients(self, samples: int) -> list[Array]:
        """Return where the gradient with respect to each layer's output goes."""
        if samples == self.batch_size:
            return self._gradients
        return [buffer[:samples] for buffer in self._gradients]

    def _make(self, batch_size: int) -> None:
        self.batch_size = batch_size
        shapes = [(batch_size, *shape) for shape in self._shapes]
        self._outputs = [np.empty(shape, dtype=self._dtype) for shape in shapes]
        self._gradients = [np.empty(shape, dtype=self._dtype) for shape in shapes if self._with_gradients]

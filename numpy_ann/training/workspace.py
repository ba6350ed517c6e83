"""The memory of training and prediction: one buffer for each layer's output and gradient."""

from collections.abc import Sequence

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.layers import Layer

__all__ = ["Workspace"]


class Workspace:
    """Buffers for batches of up to ``batch_size`` samples, made once; a smaller batch uses their first rows.

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
        self.batch_size = batch_size
        shapes = [(batch_size, *(layer.output_shape or ())) for layer in layers]
        self._outputs = [np.empty(shape, dtype=dtype) for shape in shapes]
        self._gradients = [np.empty(shape, dtype=dtype) for shape in shapes] if gradients else []

    def outputs(self, samples: int) -> list[Array]:
        """Return where each layer's output goes, for a batch of that many samples."""
        if samples == self.batch_size:
            return self._outputs
        return [buffer[:samples] for buffer in self._outputs]

    def gradients(self, samples: int) -> list[Array]:
        """Return where the gradient with respect to each layer's output goes."""
        if samples == self.batch_size:
            return self._gradients
        return [buffer[:samples] for buffer in self._gradients]

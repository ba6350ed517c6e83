"""Forward passes alone: predicting and evaluating, which leave no trace on the model."""

from collections.abc import Sequence

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.layers import Layer
from numpy_ann.training.workspace import Workspace

__all__ = ["Forward", "predict_batch"]


def predict_batch(layers: Sequence[Layer], x: Array) -> Array:
    """Return the network's output for one batch, in new memory where a layer computes anything."""
    for layer in layers:
        x = layer.forward(x)
    return x


class Forward:
    """The forward pass over many batches, in memory made once.

    Parameters
    ----------
    layers : sequence of Layer
        Built.
    batch_size : int
        The largest batch.
    dtype : dtype
        The model's.
    """

    def __init__(self, layers: Sequence[Layer], batch_size: int, dtype: np.dtype[np.floating]) -> None:
        self._layers = list(layers)
        self._workspace = Workspace(layers, batch_size, dtype, gradients=False)

    def __call__(self, x: Array) -> Array:
        """Return the network's output for one batch; it is written over by the next."""
        for layer, out in zip(self._layers, self._workspace.outputs(len(x)), strict=True):
            x = layer.forward(x, out=out)
        return x

    def logits(self, x: Array) -> tuple[Array, Array]:
        """Return what the last activation function is applied to, and where its result may be written."""
        outputs = self._workspace.outputs(len(x))
        for layer, out in zip(self._layers[:-1], outputs[:-1], strict=True):
            x = layer.forward(x, out=out)
        return self._layers[-1].pre_activation(x, out=outputs[-1]), outputs[-1]

"""Forward passes: over many batches in memory made once, and one at a time in memory of their own."""

from collections.abc import Sequence

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.layers import Layer
from numpy_ann.training.output_loss import OutputLoss

__all__ = ["Buffers", "ForwardPass", "predict_batch", "predictions_and_loss"]


def predict_batch(layers: Sequence[Layer], x: Array) -> Array:
    """Return the network's output for one batch, in new memory where a layer computes anything."""
    for layer in layers:
        x = layer.forward(x)
    return x


def predictions_and_loss(
    layers: Sequence[Layer],
    output_loss: OutputLoss,
    x: Array,
    y_true: Array,
    sample_weight: Array | None = None,
) -> tuple[Array, float]:
    """Return them as in training, in new memory; the layers keep what ``backpropagation`` needs."""
    for layer in layers[:-1]:
        x = layer.forward(x, training=True)
    return output_loss.forward(layers[-1].pre_activation(x, training=True), y_true, sample_weight)


class Buffers:
    """An array for each layer's output, or for its gradient; a smaller batch uses their first rows.

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
        self._shapes = [layer.output_shape or () for layer in layers]
        self._dtype = dtype
        self.batch_size = 0
        self.rows(batch_size)

    def rows(self, samples: int) -> list[Array]:
        """Return the arrays for a batch of that many samples.

        A batch larger than any before, which only an iterable can bring, makes them anew.
        """
        if samples > self.batch_size:
            self.batch_size = samples
            self._arrays = [np.empty((samples, *shape), dtype=self._dtype) for shape in self._shapes]
        return self._arrays if samples == self.batch_size else [array[:samples] for array in self._arrays]


class ForwardPass:
    """The forward pass over many batches, in memory made once.

    Parameters
    ----------
    layers : sequence of Layer
        Built.
    batch_size : int
        The largest batch.
    dtype : dtype
        The model's.
    training : bool
        Whether dropout is active, and the layers keep what ``backpropagation`` needs.
    """

    def __init__(
        self,
        layers: Sequence[Layer],
        batch_size: int,
        dtype: np.dtype[np.floating],
        *,
        training: bool = False,
    ) -> None:
        self._layers = list(layers)
        self._training = training
        self.buffers = Buffers(layers, batch_size, dtype)

    def __call__(self, x: Array) -> Array:
        """Return the network's output for one batch; it is written over by the next."""
        for layer, out in zip(self._layers, self.buffers.rows(len(x)), strict=True):
            x = layer.forward(x, training=self._training, out=out)
        return x

    def logits(self, x: Array) -> tuple[Array, Array]:
        """Return what the last activation function is applied to, and where its result may be written."""
        outputs = self.buffers.rows(len(x))
        for layer, out in zip(self._layers[:-1], outputs[:-1], strict=True):
            x = layer.forward(x, training=self._training, out=out)
        return self._layers[-1].pre_activation(x, training=self._training, out=outputs[-1]), outputs[-1]

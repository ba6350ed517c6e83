"""Going back through a network as it predicts.

Layers keep what a backward pass needs in training alone. So those that do something else there are made to do
what they do in predicting.
"""

from collections.abc import Sequence

import numpy as np

from numpy_ann.inspection.tracing.recording import RecordedLayer
from numpy_ann.layers import Activation, BatchNormalization, Layer
from numpy_ann.layers.noise import NoiseLayer

__all__ = ["check_predictions", "use_moving_averages", "without_noise"]


def without_noise(layer: Layer) -> Layer:
    """Return a layer without the noise of training: ``y = x`` in a noise layer's place."""
    if not isinstance(layer, NoiseLayer):
        return layer
    same = Activation("linear", name=layer.name, activity_regularizer=layer.activity_regularizer)
    same.build(layer.input_shape or (), np.random.default_rng(), layer.dtype or np.dtype(np.float32))
    return same


def use_moving_averages(layers: Sequence[Layer]) -> None:
    """Make batch normalization use its moving averages in training: as in Keras, frozen ones do."""
    for layer in layers:
        if isinstance(layer, BatchNormalization):
            layer.trainable = False


def check_predictions(layers: Sequence[Layer], recorded: Sequence[RecordedLayer]) -> None:
    """Complain about a layer that did something else than it does in predicting.

    Parameters
    ----------
    layers : sequence of Layer
        As they were before the pass.
    recorded : sequence of RecordedLayer
        The same layers, or what stood for them, after it.

    Raises
    ------
    ValueError
        If a layer's output isn't what ``layer.forward(x)`` gives.
    """
    for layer, record in zip(layers, recorded, strict=bool(layers)):
        expected, received = layer.forward(record.records["input"]), record.records["output"]
        if not np.allclose(expected, received, rtol=1e-3, atol=1e-5, equal_nan=True):
            raise ValueError(
                f"Layer '{layer.name}' ({type(layer).__name__}) computes something else in training than in "
                "predicting, and only there keeps what its backward pass needs: trace it with training=True, "
                "or derive it from Dropout or BatchNormalization, whose two ways trace knows."
            )

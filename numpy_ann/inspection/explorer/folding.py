"""Dense layers as the page has them: with the layers that scale and shift folded into their weights.

Where nothing bends the line between them, two affine maps are one: for ``y = a x + c``,

    behind a dense layer   a (x W + b) + c = x (W a) + (b a + c)
    before the next        (a x + c) W + b = x (a W) + (c W + b),  a scaling the rows of W
"""

import numpy as np

from numpy_ann import activations
from numpy_ann._typing import Array
from numpy_ann.layers import BatchNormalization, Dense, Layer, Normalization, Rescaling
from numpy_ann.models import Sequential

__all__ = ["AFFINE_LAYERS", "folded_weights"]

AFFINE_LAYERS = (Rescaling, Normalization, BatchNormalization)


def folded_weights(model: Sequential) -> list[tuple[Array, Array]]:
    """Return kernel and bias of each dense layer, in float64, all that scales and shifts folded in.

    Raises
    ------
    ValueError
        If a layer scales and shifts where no dense layer can take it up: between two activation functions,
        or behind the last of them.

    Examples
    --------
    >>> from numpy_ann.layers import Flatten, Input
    >>> model = Sequential([Input((1, 2)), Rescaling(0.5, offset=1.0), Flatten(), Dense(1)])
    >>> model.set_weights([[[2.0], [4.0]], [3.0]])
    >>> [(W.tolist(), b.tolist()) for W, b in folded_weights(model)]
    [([[1.0], [2.0]], [9.0])]
    """
    weights: list[tuple[Array, Array]] = []
    waiting: tuple[Array, Array, Layer] | None = None  # for the next dense layer
    bent = True  # whether a function lies behind the last dense layer, or there is none yet
    for layer in model.layers:
        if isinstance(layer, AFFINE_LAYERS):
            a, c = scale_and_shift(layer)
            if not bent:
                W, b = weights[-1]
                weights[-1] = W * a, b * a + c
            elif waiting is None:
                waiting = a, c, layer
            else:
                waiting = waiting[0] * a, waiting[1] * a + c, layer
        elif isinstance(layer, Dense):
            W = layer.kernel.value.astype(np.float64)
            b = layer.bias.value.astype(np.float64) if layer.use_bias else np.zeros(layer.units)
            if waiting is not None:
                a, c, _ = waiting
                W, b, waiting = W * a[:, np.newaxis], b + c @ W, None
            weights.append((W, b))
            bent = layer.activation != activations.linear
        elif layer.activation != activations.linear:
            bent = True
            if waiting is not None:
                break
    if waiting is not None:
        raise ValueError(
            f"The explorer can't show layer '{waiting[2].name}' ({type(waiting[2]).__name__}) where it is: "
            "what scales and shifts must come right behind a Dense layer without activation, or before one."
        )
    return weights


def scale_and_shift(layer: Layer) -> tuple[Array, Array]:
    """Return ``a`` and ``c`` of a layer that predicts ``y = a x + c``, number by number, as flat vectors.

    A copy of the layer in float64 answers for ``x = 0`` and ``x = 1``.
    """
    assert layer.input_shape is not None  # noqa: S101  (a built layer has one)
    twin = type(layer).from_config(layer.get_config())
    twin.build(layer.input_shape, np.random.default_rng(0), np.dtype(np.float64))
    twin.set_weights(layer.get_weights())
    at_0, at_1 = (twin.forward(np.full((1, *layer.input_shape), x, float)).ravel() for x in (0.0, 1.0))
    return at_1 - at_0, at_0

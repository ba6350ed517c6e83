"""What the page has to know of a network: its dense layers, what each ends in, and their weights.

Layers that scale and shift are folded into the dense layers' weights. Where nothing bends the line between
them, two affine maps are one: for ``y = a x + c``,

    behind a dense layer   a (x W + b) + c = x (W a) + (b a + c)
    before the next        (a x + c) W + b = x (a W) + (c W + b),  a scaling the rows of W
"""

from typing import Any

import numpy as np

from numpy_ann import activations, layers
from numpy_ann._typing import Array
from numpy_ann.errors import escaped
from numpy_ann.layers import Dense, Layer
from numpy_ann.models import Model
from numpy_ann.training.plan import as_plan

AFFINE_LAYERS = (layers.Rescaling, layers.Normalization, layers.BatchNormalization)
OTHER_LAYERS = (layers.Flatten, layers.Dropout, layers.Activation, layers.ReLU, layers.Softmax)


def stages_of(model: Model) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the activations before the first dense layer, and the dense layers with those that follow each.

    So a unit's output is one number; ``Flatten`` and ``Dropout`` change nothing in prediction.
    """
    before: list[str] = []
    stages: list[dict[str, Any]] = []
    for layer in chain_of(model):
        if type(layer) not in (Dense, *AFFINE_LAYERS, *OTHER_LAYERS):
            raise ValueError(
                f"The explorer can't show layer {layer.name!r} ({type(layer).__name__}). "
                "It knows Flatten, Dense, Dropout, Activation, ReLU, Softmax, Rescaling, Normalization and "
                "BatchNormalization."
            )
        if isinstance(layer, Dense):
            inputs, units = _inputs_of(layer), layer.units
            stages.append({"name": escaped(layer.name), "inputs": inputs, "units": units, "activations": []})
        if layer.activation != activations.linear:
            (stages[-1]["activations"] if stages else before).append(_name_of(layer))
    if not stages or stages[-1]["units"] < 2:
        raise ValueError(
            f"The explorer shows classifiers: Dense layers, the last with one unit a class, two at least. "
            f"The output of model {model.name!r} is {model.output_shape}."
        )
    return before, stages


def chain_of(model: Model) -> list[Layer]:
    """Return the model's layers, those of models in it too; ``ValueError`` if it branches."""
    plan = as_plan(model.plan)
    if (layers := plan.chain()) is None:
        branch = next((use for i, use in enumerate(plan) if use.inputs != [i]), plan.uses[-1])
        raise ValueError(
            f"The explorer shows chains of Dense layers, but model {model.name!r} is a graph: see what "
            f"{branch.path!r} reads. `trace`, `saliency` and `plot_model` show graphs."
        )
    return layers


def weights_of(model: Model) -> bytes:
    """Return each dense layer's kernel, row by row, and bias (else zeros): little-endian float32."""
    parts = [array.ravel() for pair in folded_weights(model) for array in pair]
    weights = np.concatenate(parts).astype("<f4")
    if not np.isfinite(weights).all():
        raise ValueError(f"Model {model.name!r} has weights that are NaN or infinite in float32.")
    return weights.tobytes()


def _inputs_of(layer: Layer) -> int:
    if layer.input_shape is None or len(layer.input_shape) != 1:
        raise ValueError(
            f"Layer {layer.name!r} works on {layer.input_shape}, row by row; the explorer shows networks "
            "whose Dense layers read one row of numbers. Put a Flatten() before it."
        )
    return int(layer.input_shape[0])


def _name_of(layer: Layer) -> str:
    function = layer.activation
    known = ("linear", "relu", "sigmoid", "softmax", "tanh")
    if function.name not in known or activations.get(function.name) != function:
        raise ValueError(
            f"Layer {layer.name!r} ends in the activation function {function.name!r}, which isn't one of "
            f"those the explorer computes: {', '.join(known)}."
        )
    if function.name == "softmax":
        _inputs_of(layer)
    return function.name


def folded_weights(model: Model) -> list[tuple[Array, Array]]:
    """Return kernel and bias of each dense layer, in float64, all that scales and shifts folded in."""
    weights: list[tuple[Array, Array]] = []
    waiting: tuple[Array, Array, Layer] | None = None  # for the next dense layer
    bent = True  # whether a function lies behind the last dense layer, or there is none yet
    for layer in chain_of(model):
        if isinstance(layer, AFFINE_LAYERS):
            a, c = scale_and_shift(layer)
            if not bent:
                W, b = weights[-1]
                weights[-1] = W * a, b * a + c
            else:
                A, C, _ = waiting or (1.0, 0.0, layer)
                waiting = A * a, C * a + c, layer
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
            f"The explorer can't show layer {waiting[2].name!r} ({type(waiting[2]).__name__}) where it is: "
            "what scales and shifts must come right behind a Dense layer without activation, or before one."
        )
    return weights


def scale_and_shift(layer: Layer) -> tuple[Array, Array]:
    """Return ``a`` and ``c`` of a layer, ``y = a x + c``, flat, in float64, from x = 0 and x = 1."""
    shape: Any = layer.input_shape
    twin = type(layer).from_config(layer.get_config())
    twin.join(np.random.default_rng(0), np.dtype(np.float64))
    twin.build((None, *shape))
    twin.set_weights(layer.get_weights())
    at_0, at_1 = (twin.forward(np.full((1, *shape), x, float)).ravel() for x in (0.0, 1.0))
    return at_1 - at_0, at_0

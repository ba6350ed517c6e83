"""What the page has to know of a network: its dense layers, what each ends in, and their weights."""

from typing import Any

import numpy as np

from numpy_ann import activations
from numpy_ann.inspection.explorer.folding import AFFINE_LAYERS, folded_weights
from numpy_ann.layers import Activation, Dense, Dropout, Flatten, Layer, ReLU, Softmax
from numpy_ann.models import Sequential

__all__ = ["stages_of", "weights_of"]

ACTIVATION_LAYERS = (Activation, ReLU, Softmax)


def stages_of(model: Sequential) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the activations before the first dense layer, and the dense layers with all that follows each.

    ``Flatten`` and ``Dropout`` change nothing in prediction; activation layers belong to the dense layer
    before them, so that a unit's output is one number. Layers that scale and shift are folded into the dense
    layers' weights.

    Raises
    ------
    ValueError
        If a layer is of another kind, a ``Dense`` or ``Softmax`` works on rows of a picture, or fewer than
        two numbers come out.

    Examples
    --------
    >>> from numpy_ann.layers import Input
    >>> _, stages = stages_of(Sequential([Input((2, 2)), Flatten(), Dense(3), ReLU()]))
    >>> stages[0]["units"], stages[0]["activations"]
    (3, ['relu'])
    """
    before: list[str] = []
    stages: list[dict[str, Any]] = []
    for layer in model.layers:
        if type(layer) not in (Flatten, Dropout, Dense, *AFFINE_LAYERS, *ACTIVATION_LAYERS):
            raise ValueError(
                f"The explorer can't show layer '{layer.name}' ({type(layer).__name__}). "
                "It knows Flatten, Dense, Dropout, Activation, ReLU, Softmax, Rescaling, Normalization and "
                "BatchNormalization."
            )
        if isinstance(layer, Dense):
            _require_vector(layer)
            units = layer.units
            stages.append({"name": layer.name, "inputs": _inputs(layer), "units": units, "activations": []})
        function = layer.activation
        if function != activations.linear:
            (stages[-1]["activations"] if stages else before).append(_name_of(layer))
    if not stages or stages[-1]["units"] < 2:
        raise ValueError(
            f"The explorer shows classifiers: Dense layers, the last with one unit a class, two at least. "
            f"The output of model '{model.name}' is {model.output_shape}."
        )
    return before, stages


def weights_of(model: Sequential) -> bytes:
    """Return each dense layer's kernel, row by row, and bias (zeros, if it has none), little-endian float32.

    Raises
    ------
    ValueError
        If a weight is NaN or infinite, or a layer that scales and shifts can't be folded in.
    """
    parts = [array.ravel() for pair in folded_weights(model) for array in pair]
    weights = np.concatenate(parts).astype("<f4")
    if not np.isfinite(weights).all():
        raise ValueError(f"Model '{model.name}' has weights that are NaN or infinite in float32.")
    return weights.tobytes()


def _require_vector(layer: Layer) -> None:
    if layer.input_shape is None or len(layer.input_shape) != 1:
        raise ValueError(
            f"Layer '{layer.name}' works on {layer.input_shape}, row by row; the explorer shows networks "
            "whose Dense layers read one row of numbers. Put a Flatten() before it."
        )


def _inputs(layer: Layer) -> int:
    assert layer.input_shape is not None  # noqa: S101  (a built layer has one)
    return layer.input_shape[0]


def _name_of(layer: Layer) -> str:
    """Return the name of the layer's activation function, if the page has that function too."""
    function = layer.activation
    known = ("linear", "relu", "sigmoid", "softmax", "tanh")
    if function.name not in known or activations.get(function.name) != function:
        raise ValueError(
            f"Layer '{layer.name}' ends in the activation function '{function.name}', which isn't one of "
            f"those the explorer computes: {', '.join(known)}."
        )
    if function.name == "softmax":
        _require_vector(layer)
    return function.name

"""Networks that read pictures: of which shape, and what their first layer looks for in them."""

import math
from collections.abc import Sequence

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.layers import Dense
from numpy_ann.models import Model
from numpy_ann.training.plan import as_plan
from numpy_ann.validation import checked_shape


def checked_model(model: Model) -> Model:
    """Return the model; ``TypeError`` if it is none, ``ValueError`` if it isn't built."""
    if not isinstance(model, Model):
        raise TypeError(f"Expected a Sequential model or a Model. Received: {model!r}")
    if not model.built:
        raise ValueError(
            f"Model {model.name!r} isn't built, so it has no weights to show. Begin it with an Input, "
            "call build((None, ...)), or train it first."
        )
    return model


def picture_shape(model: Model) -> tuple[int, int]:
    """Return rows and columns of the picture that the model reads; ``ValueError`` if it reads none."""
    if len(checked_model(model).inputs) > 1:
        raise ValueError(
            f"Expected a model that reads pictures, but {model.name!r} has the inputs {model.input_names}."
        )
    shape = tuple(n or 0 for n in model.input_shape[1:])
    if len(shape) == 1:
        side = math.isqrt(shape[0])
        shape = (side, side) if side * side == shape[0] else shape
    elif len(shape) == 3 and shape[2] == 1:
        shape = shape[:2]
    if len(shape) != 2:
        raise ValueError(
            "Expected a model that reads grey pictures: inputs of shape (rows, columns), "
            "(rows, columns, 1), or one row of rows x rows numbers. "
            f"Model {model.name!r} reads {model.input_shape[1:]}; trace shows any model."
        )
    return shape[0], shape[1]


def weight_images(model: Model, shape: Sequence[int] = (28, 28)) -> Array:
    """Return the first dense layer's weights as pictures, one a unit: what it adds up, and what it subtracts.

    ``images[j] = W[:, j]`` in the given shape: a copy, ``(units, rows, columns)``, in the model's dtype.
    Layers before it that leave the pixels in their places, such as ``Rescaling`` and ``Flatten``, change
    nothing in that. Raises ``TypeError`` if ``model`` is no model; ``ValueError`` if it isn't built or has no
    ``Dense`` layer, or the layer reads another number of pixels.

    Parameters
    ----------
    model : Sequential or Model
        Built, with a ``Dense`` layer.
    shape : tuple of int
        Rows and columns of the pictures that the layer reads.

    >>> from numpy_ann import Sequential, layers
    >>> model = Sequential([layers.Input((28, 28)), layers.Flatten(), Dense(128, "relu"), Dense(10)])
    >>> weight_images(model).shape
    (128, 28, 28)
    """
    uses = as_plan(checked_model(model).plan).uses
    layer = next((use.layer for use in uses if isinstance(use.layer, Dense)), None)
    if layer is None:
        raise ValueError(f"Model {model.name!r} has no Dense layer whose weights could be shown.")
    shape = checked_shape("weight_images", "shape", shape)
    W = layer.kernel.value
    if len(shape) != 2 or math.prod(shape) != len(W):
        inputs = layer.input_shape or ()
        side = math.isqrt(size := math.prod(inputs))
        cure = f"Pass shape=({side}, {side})." if side * side == size else "Pass shape=(rows, columns)."
        if len(inputs) > 1:
            cure = f"It works on {inputs} row by row: put a Flatten() before it."
        raise ValueError(
            f"Layer {layer.name!r} reads {len(W)} numbers, which don't make pictures of shape {shape}. {cure}"
        )
    return np.array(W.T, order="C").reshape(layer.units, *shape)

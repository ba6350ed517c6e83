"""What the first layer looks for: each unit's weights, in the shape of the picture."""

from collections.abc import Sequence
from math import prod

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.inspection.pictures import checked_model
from numpy_ann.layers import Dense
from numpy_ann.models import Sequential
from numpy_ann.validation import checked_shape

__all__ = ["weight_images"]


def weight_images(model: Sequential, shape: Sequence[int] = (28, 28)) -> Array:
    """Return the first dense layer's weights as pictures, one a unit: what it adds up, and what it subtracts.

    ``images[j] = W[:, j]`` in the given shape. Layers before it that leave the pixels in their places, such
    as ``Rescaling`` and ``Flatten``, change nothing in that.

    Parameters
    ----------
    model : Sequential
        Built, with a ``Dense`` layer.
    shape : tuple of int
        Rows and columns of the pictures that the layer reads.

    Returns
    -------
    ndarray, shape (units, rows, columns)
        A copy, in the model's dtype.

    Raises
    ------
    TypeError
        If ``model`` is no ``Sequential``.
    ValueError
        If it isn't built or has no ``Dense`` layer, or the layer reads another number of pixels.

    Examples
    --------
    >>> from numpy_ann.layers import Flatten, Input
    >>> model = Sequential([Input((28, 28)), Flatten(), Dense(128, activation="relu"), Dense(10)])
    >>> weight_images(model).shape
    (128, 28, 28)
    """
    layer = next((layer for layer in checked_model(model).layers if isinstance(layer, Dense)), None)
    if layer is None:
        raise ValueError(f"Model '{model.name}' has no Dense layer whose weights could be shown.")
    shape = checked_shape("weight_images", "shape", shape)
    W = layer.kernel.value
    if len(shape) != 2 or prod(shape) != len(W):
        raise ValueError(
            f"Layer '{layer.name}' reads {len(W)} numbers, which don't make pictures of shape {shape}."
            + _cure(layer)
        )
    return np.array(W.T, order="C").reshape(layer.units, *shape)


def _cure(layer: Dense) -> str:
    """Say what usually helps."""
    inputs = layer.input_shape or ()
    if len(inputs) > 1:
        return f" It works on {inputs} row by row: put a Flatten() before it."
    side = round(inputs[0] ** 0.5)
    return f" Pass shape=({side}, {side})." if side * side == inputs[0] else " Pass shape=(rows, columns)."

"""What a model reads: whether it is pictures, and of which shape."""

import math

from numpy_ann.models import Sequential

__all__ = ["checked_model", "picture_shape"]


def checked_model(model: Sequential) -> Sequential:
    """Return the model, if there is something to see in it.

    Raises
    ------
    TypeError
        If it is no ``Sequential``.
    ValueError
        If it isn't built.
    """
    if not isinstance(model, Sequential):
        raise TypeError(f"Expected a Sequential model. Received: {model!r}")
    if not model.built:
        raise ValueError(
            f"Model '{model.name}' isn't built, so it has no weights to show. Begin it with an Input, "
            "call build((None, ...)), or train it first."
        )
    return model


def picture_shape(model: Sequential) -> tuple[int, int]:
    """Return rows and columns of the picture that the model reads.

    Inputs may be ``(rows, columns)``, ``(rows, columns, 1)``, or a row of numbers that make a square.

    Raises
    ------
    ValueError
        If the model isn't built, or reads no picture.

    Examples
    --------
    >>> from numpy_ann.layers import Dense, Input
    >>> picture_shape(Sequential([Input((784,)), Dense(10)]))
    (28, 28)
    """
    shape = tuple(n or 0 for n in checked_model(model).input_shape[1:])
    if len(shape) == 1:
        side = math.isqrt(shape[0])
        shape = (side, side) if side * side == shape[0] else shape
    elif len(shape) == 3 and shape[2] == 1:
        shape = shape[:2]
    if len(shape) != 2:
        raise ValueError(
            "Expected a model that reads grey pictures: inputs of shape (rows, columns), "
            "(rows, columns, 1), or one row of rows x rows numbers. "
            f"Model '{model.name}' reads {model.input_shape[1:]}."
        )
    return shape[0], shape[1]

"""The checks of single arguments: one wording for all parts; NumPy's scalars go wherever Python's do."""

import math
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from numpy_ann._typing import BatchShape, Shape

__all__ = [
    "checked_axes", "checked_batch_shape", "checked_bool", "checked_choice", "checked_count",
    "checked_integer", "checked_list_of_shapes", "checked_name", "checked_number", "checked_shape", "closed",
    "is_integer", "is_number",
]  # fmt: skip

_LONGEST_NAME = 1024  # what files are read with


def is_integer(value: Any) -> bool:
    """Return whether it is a whole number by its type, Python's or NumPy's; ``True`` isn't one."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def is_number(value: Any) -> bool:
    """Return whether it is a real number by its type, Python's or NumPy's; ``True`` isn't one."""
    return is_integer(value) or isinstance(value, float | np.floating)


def checked_number(
    name: str, value: Any, *, least: float | None = None, above: float | None = None,
    most: float | None = None, below: float | None = None,
) -> float:  # fmt: skip
    """Return a finite number within its bounds as a ``float``; raise ``ValueError`` otherwise.

    >>> checked_number("rate", np.float32(0.5), least=0, below=1)
    0.5
    >>> checked_number("delta", -1, above=0)
    Traceback (most recent call last):
        ...
    ValueError: `delta` must be a number above 0. Received: delta=-1
    """
    fits = (
        is_number(value)
        and math.isfinite(value)
        and (least is None or value >= least)
        and (above is None or value > above)
        and (most is None or value <= most)
        and (below is None or value < below)
    )
    if not fits:
        high = f"to {most}" if most is not None else f"to below {below}" if below is not None else ""
        if least is not None:
            within = f"a number from {least} {high}" if high else f"a number of {least} or more"
        elif above is not None:
            within = f"a number above {above}{f' and up {high}' if high else ''}"
        else:
            within = f"a number up {high}" if high else "a finite number"
        raise ValueError(f"`{name}` must be {within}. Received: {name}={value!r}")
    return float(value)


def checked_integer(name: str, value: Any, *, least: int | None = None, otherwise: str = "") -> int:
    """Return a whole number of at least ``least`` as an ``int``; raise ``ValueError`` otherwise.

    What the caller takes besides, ``otherwise`` says.

    >>> checked_integer("units", np.int64(3), least=1)
    3
    >>> checked_integer("epochs", 0, least=1)
    Traceback (most recent call last):
        ...
    ValueError: `epochs` must be an integer of at least 1. Received: epochs=0
    """
    if not is_integer(value) or (least is not None and value < least):
        bound = ("" if least is None else f" of at least {least}") + (otherwise and f", or {otherwise}")
        raise ValueError(f"`{name}` must be an integer{bound}. Received: {name}={value!r}")
    return int(value)


def checked_count(name: str, value: Any, least: int = 1) -> int | None:
    """Return a whole number of at least ``least``, or None as it is; raise ``ValueError`` otherwise."""
    return None if value is None else checked_integer(name, value, least=least)


def checked_bool(name: str, value: Any) -> bool:
    """Return a truth value as a ``bool``; raise ``ValueError`` otherwise.

    >>> checked_bool("use_bias", "no")
    Traceback (most recent call last):
        ...
    ValueError: `use_bias` must be True or False. Received: use_bias='no'
    """
    if not isinstance(value, bool | np.bool_) and not (is_integer(value) and value in (0, 1)):
        raise ValueError(f"`{name}` must be True or False. Received: {name}={value!r}")
    return bool(value)


def checked_choice(name: str, value: Any, choices: Collection[Any]) -> Any:
    """Return ``value`` if it is one of ``choices``; raise ``ValueError`` otherwise.

    >>> checked_choice("mode", "max", ("auto", "min", "max"))
    'max'
    >>> checked_choice("mode", "most", ("auto", "min", "max"))
    Traceback (most recent call last):
        ...
    ValueError: `mode` must be one of 'auto', 'min', 'max'. Received: mode='most'
    """
    if not any(type(value) is type(choice) and value == choice for choice in choices):
        known = ", ".join(map(repr, choices))
        raise ValueError(f"`{name}` must be one of {known}. Received: {name}={value!r}")
    return value


def _are_several(value: Any) -> bool:
    return isinstance(value, Sequence | np.ndarray) and not isinstance(value, str)


def checked_axes(name: str, value: Any) -> int | list[int]:
    """Return one axis as an ``int``, several as a list of them; raise ``ValueError`` otherwise.

    >>> checked_axes("axis", np.int64(-1)), checked_axes("axis", (1, 2))
    (-1, [1, 2])
    """
    if is_integer(value):
        return int(value)
    if not _are_several(value) or not all(map(is_integer, value)):
        raise ValueError(f"`{name}` must be an integer or several. Received: {name}={value!r}")
    return [int(n) for n in value]


def checked_name(whose: str, name: Any) -> str:
    """Return a name that files can hold, where it becomes a group's; raise ``ValueError`` otherwise."""
    fits = isinstance(name, str) and name not in ("", ".", "..") and len(name) <= _LONGEST_NAME
    if not fits or "/" in name or "\0" in name or any("\ud800" <= c <= "\udfff" for c in name):
        raise ValueError(
            f"A {whose}'s name is a non-empty string without '/' that a file can hold: no '.', '..' or NUL. "
            f"Received: name={name!r}"
        )
    return str(name)


def checked_shape(whose: str, argument: str, shape: Any) -> Shape:
    """Return the shape of one sample, as plain integers.

    Raises ``ValueError`` if it is no sequence, or an axis is neither a positive integer nor open, None.

    >>> checked_shape("Input", "shape", np.zeros((3, 28, 28)).shape[1:])
    (28, 28)
    """
    if is_integer(shape):
        raise ValueError(
            f"{whose}'s {argument} is a tuple, one entry an axis. Received: {argument}={shape}; "
            f"did you mean ({shape},)?"
        )
    if not _are_several(shape) or not all(n is None or (is_integer(n) and n >= 1) for n in shape):
        raise ValueError(
            f"{whose}'s {argument} holds positive integers, the batch axis left out, as in "
            f"{argument}=(28, 28), and None for an axis of any length. Received: {argument}={shape!r}."
        )
    return tuple(None if n is None else int(n) for n in shape)


def checked_batch_shape(whose: str, input_shape: Any) -> Shape:
    """Return the shape of one sample of batches of ``input_shape``, the batch axis first: ``(None, 28, 28)``.

    Raises ``ValueError`` if it is no sequence, or an axis is neither an integer nor open, None.

    >>> checked_batch_shape("Layer 'dense'", (None, 28, 28))
    (28, 28)
    """
    if not _are_several(input_shape) or not len(input_shape):
        raise ValueError(
            f"{whose} is built for the shape of a batch, as in build((None, 784)). "
            f"Received: input_shape={input_shape!r}"
        )
    axes: list[Any] = list(input_shape[1:])
    if not all(axis is None or (is_integer(axis) and axis >= 0) for axis in axes):
        raise ValueError(f"The axes of a shape are integers or None. Received: input_shape={input_shape!r}")
    return tuple(None if axis is None else int(axis) for axis in axes)


def checked_list_of_shapes(whose: str, input_shape: Any) -> list[BatchShape]:
    """Return the shapes of several inputs; raise ``ValueError`` if it is no list of them.

    >>> checked_list_of_shapes("Layer 'add'", [(None, 3), (None, 1)])
    [(None, 3), (None, 1)]
    """
    several = isinstance(input_shape, list | tuple) and len(input_shape) > 0
    if not several or not all(isinstance(shape, list | tuple) for shape in input_shape):
        raise ValueError(
            f"{whose} takes a list of inputs, and is built for a list of shapes, as in "
            f"build([(None, 3), (None, 3)]). Received: input_shape={input_shape!r}"
        )
    return [tuple(shape) for shape in input_shape]


def closed(shape: Shape, like: Shape) -> Shape:
    """Return a shape whose open axes have the lengths of another's: an array of those fits if they are equal.

    >>> closed((None, 8), (5, 8)), closed((None, 8), (5, 7)), closed((2, 8), (5, 8))
    ((5, 8), (5, 8), (2, 8))
    """
    if None not in shape or len(shape) != len(like):
        return shape
    return tuple(m if n is None else n for n, m in zip(shape, like, strict=True))

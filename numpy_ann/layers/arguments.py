"""What every layer is told when it is made, checked: its name, and the shape of its samples."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from numpy_ann._typing import Shape

__all__ = ["checked_name", "checked_shape"]

_LONGEST_NAME = 1024  # what files are read with


def checked_name(whose: str, name: Any) -> str:
    """Return a name that files can hold, where it becomes a group's.

    Raises
    ------
    ValueError
        If it is no string, empty, ``.``, ``..``, too long, or holds a ``/``, a NUL or half a character.
    """
    fits = isinstance(name, str) and name not in ("", ".", "..") and len(name) <= _LONGEST_NAME
    if not fits or "/" in name or "\0" in name or any("\ud800" <= c <= "\udfff" for c in name):
        raise ValueError(
            f"A {whose}'s name is a non-empty string without '/' that a file can hold: no '.', '..' or NUL. "
            f"Received: name={name!r}"
        )
    return str(name)


def checked_shape(whose: str, argument: str, shape: Any) -> Shape:
    """Return the shape of one sample, as plain integers.

    Raises
    ------
    ValueError
        If it is no sequence, or an axis isn't a positive integer.

    Examples
    --------
    >>> checked_shape("Input", "shape", np.zeros((3, 28, 28)).shape[1:])
    (28, 28)
    """
    if isinstance(shape, int | np.integer):
        raise ValueError(
            f"{whose}'s {argument} is a tuple, one entry an axis. Received: {argument}={shape}; "
            f"did you mean ({shape},)?"
        )
    if (
        not isinstance(shape, Sequence | np.ndarray)
        or isinstance(shape, str)
        or not all(map(_is_axis, shape))
    ):
        raise ValueError(
            f"{whose}'s {argument} holds positive integers, the batch axis left out, as in "
            f"{argument}=(28, 28). Received: {argument}={shape!r}"
        )
    return tuple(int(n) for n in shape)


def _is_axis(n: Any) -> bool:
    return isinstance(n, int | np.integer) and not isinstance(n, bool) and bool(n >= 1)

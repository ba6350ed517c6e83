"""The checks that the losses make of the numbers they are given."""

import math
from typing import Any

__all__ = ["fraction", "non_negative", "positive"]


def fraction(name: str, value: Any) -> float:
    """Return ``value`` if it is a number from 0 to 1; raise ``ValueError`` otherwise.

    Examples
    --------
    >>> fraction("label_smoothing", 2)
    Traceback (most recent call last):
        ...
    ValueError: `label_smoothing` is a number from 0 to 1. Received: label_smoothing=2
    """
    return _checked(name, value, "from 0 to 1", _is_number(value) and 0 <= value <= 1)


def non_negative(name: str, value: Any) -> float:
    """Return ``value`` if it is a finite number of 0 or more; raise ``ValueError`` otherwise."""
    return _checked(name, value, "of 0 or more", _is_number(value) and 0 <= value < math.inf)


def positive(name: str, value: Any) -> float:
    """Return ``value`` if it is a finite number above 0; raise ``ValueError`` otherwise."""
    return _checked(name, value, "above 0", _is_number(value) and 0 < value < math.inf)


def _is_number(value: Any) -> bool:
    return not isinstance(value, bool) and isinstance(value, int | float)


def _checked(name: str, value: Any, expected: str, fits: bool) -> float:
    if not fits:
        raise ValueError(f"`{name}` is a number {expected}. Received: {name}={value}")
    return float(value)

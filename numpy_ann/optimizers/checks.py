"""Checks of the numbers that optimizers are made with."""

import math
from typing import Any

import numpy as np

__all__ = ["above_0", "at_least_0", "below_1", "between_0_and_1"]


def below_1(argument: str, value: Any) -> float:
    """Return a number from 0 up to, not including, 1."""
    return _checked(argument, value, _is_number(value) and 0 <= value < 1, "from 0 to below 1")


def between_0_and_1(argument: str, value: Any) -> float:
    """Return a number from 0 to 1."""
    return _checked(argument, value, _is_number(value) and 0 <= value <= 1, "a number between 0 and 1")


def above_0(argument: str, value: Any) -> float:
    """Return a finite number above 0."""
    return _checked(argument, value, _is_number(value) and 0 < value < math.inf, "above 0")


def at_least_0(argument: str, value: Any) -> float:
    """Return a finite number of 0 or more."""
    return _checked(argument, value, _is_number(value) and 0 <= value < math.inf, "a number of 0 or more")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)


def _checked(argument: str, value: Any, good: bool, expected: str) -> float:
    if not good:
        raise ValueError(f"`{argument}` must be {expected}. Received: {argument}={value!r}")
    return float(value)

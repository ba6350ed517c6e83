"""What a score is where nothing can be counted: the policy for 0 / 0."""

import warnings
from typing import Literal, TypeAlias

import numpy as np

from numpy_ann._typing import Array

__all__ = ["UndefinedMetricWarning", "ZeroDivision", "divide"]

ZeroDivision: TypeAlias = Literal["warn"] | float
"""The value of 0 / 0: 0, 1 or nan, or "warn" for 0 with an `UndefinedMetricWarning`."""


class UndefinedMetricWarning(UserWarning):
    """A score is 0 / 0 for these labels, and a value was put in its place.

    It appears where a class was never predicted (precision) or never occurs (recall). Pass
    ``zero_division=`` to choose the value and silence it.
    """


def divide(
    numerator: Array,
    denominator: Array,
    *,
    zero_division: ZeroDivision,
    score: str,
    samples: str,
    warn: bool = True,
) -> Array:
    """Divide label by label; where the denominator is 0 the result is ``zero_division``.

    ``score`` and ``samples`` word the warning: "Precision is ill-defined ... no predicted samples".

    >>> divide(np.array([1, 0]), np.array([2, 0]), zero_division=1.0, score="Recall", samples="true")
    array([0.5, 1. ])
    """
    undefined = denominator == 0
    value = 0.0 if zero_division == "warn" else float(zero_division)
    quotient = np.where(undefined, value, numerator / np.where(undefined, 1, denominator))
    if warn and zero_division == "warn" and undefined.any():
        place = "due to" if quotient.size == 1 else "in labels with"
        warnings.warn(
            f"{score} is ill-defined and being set to 0.0 {place} no {samples} samples. "
            "Use `zero_division` parameter to control this behavior.",
            UndefinedMetricWarning,
            stacklevel=2,
        )
    return quotient

"""What scikit-learn's functions check of their arguments, in its words, and how they err and warn."""

import inspect
import math
import warnings
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias, get_args, get_origin

import numpy as np
import numpy.typing as npt

from numpy_ann._typing import Array
from numpy_ann.validation import is_number

__all__ = [
    "InvalidParameterError", "UndefinedMetricWarning", "ZeroDivision", "check_array_like", "check_finite",
    "check_sample_weight", "checked_weight", "refuse_complex", "undefined",
]  # fmt: skip

ZeroDivision: TypeAlias = Literal["warn"] | float
"""The value of 0 / 0: 0, 1 or nan, or "warn" for 0 with an `UndefinedMetricWarning`."""


class InvalidParameterError(ValueError, TypeError):
    """An argument is of a type or value that the function does not take.

    It is a ``ValueError`` and a ``TypeError`` at once, as in scikit-learn: whether ``normalize=1`` is of
    the wrong type or has the wrong value is a matter of taste, and ``except`` finds it either way.
    """

    @classmethod
    def of(cls, function: str, name: str, expected: str, value: object) -> "InvalidParameterError":
        """Word the error as scikit-learn does: what was expected of ``name``, and what came."""
        return cls(f"The {name!r} parameter of {function} must be {expected}. Got {value!r} instead.")


class UndefinedMetricWarning(UserWarning):
    """A score is 0 / 0 for these labels, and a value was put in its place.

    It appears where a class was never predicted (precision) or never occurs (recall). Pass
    ``zero_division=`` to choose the value and silence it.
    """


def undefined(message: str) -> None:
    """Warn that a score is not defined for these samples."""
    warnings.warn(message, UndefinedMetricWarning, stacklevel=3)


def check_array_like(function: str, *, optional: bool = False, **arguments: Any) -> None:
    """Refuse arguments that are not sequences or arrays (scalars, strings, generators).

    >>> check_array_like("accuracy_score", y_true=3)
    Traceback (most recent call last):
    ...
    numpy_ann.metrics.parameters.InvalidParameterError: The 'y_true' parameter of accuracy_score must be \
an array-like. Got 3 instead.
    """
    for name, value in arguments.items():
        if optional and value is None:
            continue
        if isinstance(value, str | bytes) or not any(hasattr(value, a) for a in ("__len__", "__array__")):
            expected = "an array-like or None" if optional else "an array-like"
            raise InvalidParameterError.of(function, name, expected, value)


def checked_weight(function: Callable[..., Any], given: Mapping[str, Any]) -> Array | None:
    """Refuse arguments that aren't what a function's signature says; return ``sample_weight`` as an array.

    ``given`` holds all of them by name. The types say what each must be: an array, or perhaps None; a bool,
    0 and 1 not included; one of some names; the value of 0 / 0. Numbers the function checks itself.
    """
    name = function.__name__
    for option, parameter in inspect.signature(function).parameters.items():
        value, kind = given[option], parameter.annotation
        names = get_args(next((k for k in (kind, *get_args(kind)) if get_origin(k) is Literal), None))
        optional, expected = type(None) in get_args(kind), None
        if option == "sample_weight":
            continue
        if kind in (npt.ArrayLike, npt.ArrayLike | None):
            check_array_like(name, optional=kind != npt.ArrayLike, **{option: value})
        elif kind is bool and not isinstance(value, bool | np.bool_):
            expected = "an instance of 'bool' or an instance of 'numpy.bool'"
        elif kind == ZeroDivision:
            if value not in ("warn", 0, 1) and not (is_number(value) and math.isnan(value)):
                expected = "a float among {0.0, 1.0}, numpy.nan or a str among {'warn'}"
        elif names and not (optional and value is None) and not (isinstance(value, str) and value in names):
            among = ", ".join(map(repr, names))
            expected = f"a str among {{{among}}}{' or None' * optional}"
        if expected is not None:
            raise InvalidParameterError.of(name, option, expected, value)
    return check_sample_weight(name, given["sample_weight"])


def check_sample_weight(function: str, sample_weight: Any) -> Array | None:
    """Return the weights as an array of numbers, or None for None; their length is checked elsewhere.

    What is no sequence is an ``InvalidParameterError``, what aren't real numbers a ``TypeError``; a
    ``ValueError`` refuses several axes, NaN, infinity, complex numbers, and weights that are all zero.
    """
    check_array_like(function, optional=True, sample_weight=sample_weight)
    if sample_weight is None:
        return None
    weight = np.asarray(sample_weight)
    if weight.dtype.kind == "O":
        weight = weight.astype(np.float64)
    refuse_complex(weight)
    if weight.dtype.kind not in "biuf":
        raise TypeError(f"sample_weight must be real numbers, got an array of dtype {weight.dtype}.")
    if weight.ndim != 1:
        raise ValueError(
            f"Sample weights must be 1D array, got {weight.ndim}D array of shape {weight.shape}. "
            "One weight a sample is expected: `np.ravel(sample_weight)` makes a column flat."
        )
    check_finite(weight, "sample_weight")
    if weight.size and not weight.any():
        raise ValueError("Sample weights must contain at least one non-zero number.")
    return weight


def refuse_complex(array: Array) -> None:
    """Refuse complex numbers, which have no order and are no amounts."""
    if array.dtype.kind == "c":
        raise ValueError(f"Complex data not supported\n{array}\n")


def check_finite(array: Array, name: str) -> None:
    """Refuse NaN and infinity in an array of floats; other arrays pass.

    >>> check_finite(np.array([1.0, np.nan]), "y_true")
    Traceback (most recent call last):
    ...
    ValueError: Input y_true contains NaN.
    """
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        infinity = f"infinity or a value too large for {array.dtype!r}"
        raise ValueError(f"Input {name} contains {'NaN' if np.isnan(array).any() else infinity}.")

"""What scikit-learn's functions are given: labels, scores, weights and options, checked in its words."""

import inspect
import math
import warnings
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias, get_args, get_origin

import numpy as np
import numpy.typing as npt

from numpy_ann._typing import Array
from numpy_ann.validation import is_number

ZeroDivision: TypeAlias = Literal["warn"] | float
"""The value of 0 / 0: 0, 1 or nan, or "warn" for 0 with an `UndefinedMetricWarning`."""

_ONE_COLUMN = (
    "One label a sample is expected; `np.argmax(y, axis=1)` makes one of one-hot rows or probabilities."
)
_SEVERAL = ("multilabel-indicator", "multiclass-multioutput", "continuous-multioutput")
_CURES = dict.fromkeys(_SEVERAL, _ONE_COLUMN) | {
    "continuous": "Labels are whole numbers or strings; `(y > 0.5).astype(int)` makes one of a probability.",
    "unknown": "Labels are numbers or strings; `y.astype(int)` or `y.astype(str)` converts an object array.",
}


class InvalidParameterError(ValueError, TypeError):
    """An argument is of a type or value that the function does not take.

    It is a ``ValueError`` and a ``TypeError`` at once, as in scikit-learn: ``except`` finds it either way.
    """

    @classmethod
    def of(cls, function: str, name: str, expected: str, value: object) -> "InvalidParameterError":
        """Word the error as scikit-learn does: what was expected of ``name``, and what came."""
        return cls(f"The {name!r} parameter of {function} must be {expected}. Got {value!r} instead.")


class UndefinedMetricWarning(UserWarning):
    """A score is 0 / 0 for these labels, and a value was put in its place.

    It appears where a class is never predicted (precision), or never occurs (recall): see ``zero_division``.
    """


def undefined(message: str) -> None:
    """Warn that a score is not defined for these samples."""
    warnings.warn(message, UndefinedMetricWarning, stacklevel=3)


def check_array_like(function: str, *, optional: bool = False, **arguments: Any) -> None:
    """Refuse arguments that are not sequences or arrays (scalars, strings, generators)."""
    for name, value in arguments.items():
        arraylike = hasattr(value, "__len__") or hasattr(value, "__array__")
        if (isinstance(value, str | bytes) or not arraylike) and not (optional and value is None):
            raise InvalidParameterError.of(function, name, f"an array-like{' or None' * optional}", value)


def checked_weight(
    function: Callable[..., Any], given: Mapping[str, Any], **numbers: tuple[bool, str]
) -> Array | None:
    """Refuse arguments that aren't what a function's types say; return ``sample_weight`` as an array.

    Of the ``numbers`` the function says whether they fit, and what was expected.
    """
    name = function.__name__
    for option, parameter in inspect.signature(function).parameters.items():
        value, kind = given[option], parameter.annotation
        names = get_args(next((k for k in (kind, *get_args(kind)) if get_origin(k) is Literal), None))
        optional = type(None) in get_args(kind)
        fits, expected = numbers.get(option, (True, ""))
        if option != "sample_weight" and kind in (npt.ArrayLike, npt.ArrayLike | None):
            check_array_like(name, optional=kind != npt.ArrayLike, **{option: value})
        elif kind is bool:
            fits = isinstance(value, bool | np.bool_)
            expected = "an instance of 'bool' or an instance of 'numpy.bool'"
        elif kind == ZeroDivision:
            fits = value in ("warn", 0, 1) or (is_number(value) and math.isnan(value))
            expected = "a float among {0.0, 1.0}, numpy.nan or a str among {'warn'}"
        elif names:
            fits = (optional and value is None) or (isinstance(value, str) and value in names)
            expected = f"a str among {{{', '.join(map(repr, names))}}}{' or None' * optional}"
        if not fits:
            raise InvalidParameterError.of(name, option, expected, value)
    return check_sample_weight(name, given["sample_weight"])


def check_sample_weight(function: str, sample_weight: Any) -> Array | None:
    """Return the weights as an array of real numbers, or None for None; their length is checked elsewhere."""
    check_array_like(function, optional=True, sample_weight=sample_weight)
    if sample_weight is None:
        return None
    weight = np.asarray(sample_weight)
    if weight.dtype.kind == "O":
        weight = weight.astype(np.float64)
    _refuse_complex(weight)
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


def _refuse_complex(array: Array) -> None:
    if array.dtype.kind == "c":
        raise ValueError(f"Complex data not supported\n{array}\n")


def check_finite(array: Array, name: str) -> None:
    """Refuse NaN and infinity in an array of floats; other arrays pass."""
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        infinity = f"infinity or a value too large for {array.dtype!r}"
        raise ValueError(f"Input {name} contains {'NaN' if np.isnan(array).any() else infinity}.")


def check_lengths(*arrays: Array | None, which: str = "") -> None:
    """Raise ``ValueError`` unless all arrays hold equally many samples, and some."""
    lengths = [len(array) for array in arrays if array is not None]
    if len(set(lengths)) > 1:
        raise ValueError(f"Found input variables with inconsistent numbers of samples: {lengths}")
    if lengths[0] == 0:
        raise ValueError(f"Found empty input array{which} while a minimum of 1 sample is required.")


def as_label_array(y: Any, name: str = "y") -> Array:
    """Return ``y`` as an array of one axis or more; object arrays of strings become arrays of strings."""
    try:
        array = np.asarray(y)
    except ValueError as error:
        raise ValueError(f"{name} is not an array: {error} {_ONE_COLUMN}") from error
    if array.ndim == 0:
        raise TypeError(f"{name} should have at least 1 dimension, got the single value {y!r} instead.")
    _refuse_complex(array)
    first = array.flat[0] if array.size else None
    if array.dtype.kind == "S" or isinstance(first, bytes):
        cure = "Convert the labels to a string or integer format."
        raise TypeError(f"Support for labels represented as bytes is not supported. {cure}")
    if array.dtype.kind == "O" and isinstance(first, str):
        if not all(isinstance(label, str) for label in array.flat):
            cure = "make all labels strings: `y.astype(str)`."
            raise TypeError(f"{name} holds strings and other things; {cure}")
        return array.astype(np.str_)
    return array


def as_scores(y_score: Any, name: str = "y_score") -> Array:
    """Return scores as an array of one or two axes; raise ``ValueError`` unless they are finite numbers."""
    try:
        scores = np.asarray(y_score)
        scores = scores if scores.dtype.kind in "biuf" else scores.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must hold numbers: {error}") from error
    if scores.ndim not in (1, 2):
        raise ValueError(f"{name} must have one or two axes. Received the shape {scores.shape}.")
    check_finite(scores, name)
    return scores


def type_of_target(y: Any, name: str = "y") -> str:
    """Name the kind of ``y`` in scikit-learn's terms; NaN and infinity are refused."""
    array = as_label_array(y, name)
    if array.dtype.kind == "O" or array.ndim > 2 or (array.ndim == 2 and array.shape[1] == 0):
        return "unknown"
    check_finite(array, name)
    several = array.ndim == 2 and array.shape[1] > 1
    if array.dtype.kind == "f":
        with np.errstate(invalid="ignore"):  # floats beyond int64 are no labels either
            fractions = bool((array.astype(np.int64) != array).any())
        if fractions:
            return "continuous-multioutput" if several else "continuous"
    values = np.unique(array).size
    if several:
        indicator = values <= 2 and array.dtype.kind in "biuf"
        return "multilabel-indicator" if indicator else "multiclass-multioutput"
    return "binary" if values <= 2 else "multiclass"


def check_targets(y_true: Any, y_pred: Any, sample_weight: Array | None = None) -> tuple[str, Array, Array]:
    """Return the common kind of true and predicted labels, "binary" or "multiclass", and both, flat."""
    y_true, y_pred = as_label_array(y_true, "y_true"), as_label_array(y_pred, "y_pred")
    check_lengths(y_true, y_pred, sample_weight, which=" (e.g., `y_true` or `y_pred`)")
    kinds = {type_of_target(y_true, "y_true"): None, type_of_target(y_pred, "y_pred"): None}
    unfit = next((kind for kind in reversed(kinds) if kind in _CURES), None)
    if unfit:
        mixed = f"Classification metrics can't handle a mix of {' and '.join(kinds)} targets"
        raise ValueError(f"{mixed if len(kinds) == 2 else f'{unfit} is not supported'}. {_CURES[unfit]}")
    y_true, y_pred = y_true.ravel(), y_pred.ravel()
    _refuse_mixed_kinds(y_true, y_pred)
    return "binary" if unique_labels(y_true, y_pred).size <= 2 else "multiclass", y_true, y_pred


def _refuse_mixed_kinds(first: Array, second: Array) -> None:
    """Refuse strings beside numbers: NumPy would compare them as text, in which 10 comes before 9."""
    if first.size and second.size and (first.dtype.kind in "UT") != (second.dtype.kind in "UT"):
        raise ValueError(
            "Mix of label input types (string and number); "
            f"Got {np.unique(first)} and {np.unique(second)}. Convert one side: `y.astype(str)`."
        )


def unique_labels(y_true: Array, y_pred: Array) -> Array:
    """Return the sorted labels that occur in either array; where 1, 1.0 and True meet, ``y_true``'s stays."""
    labels = np.unique(y_true)
    new = np.setdiff1d(y_pred, labels)
    return np.union1d(labels, new) if new.size else labels


def classes_of(y_true: Array, y_pred: Array, labels: Any | None) -> Array:
    """Return the classes to report on, in order: ``labels`` where given, or else all that occur, sorted."""
    if labels is None:
        return unique_labels(y_true, y_pred)
    classes = as_label_array(labels, "labels")
    if classes.ndim != 1:
        raise ValueError(f"labels should be one row of classes, got an array of shape {classes.shape}.")
    return classes


def ordered_classes(y_true: Array, labels: npt.ArrayLike | None, end: str = "") -> Array:
    """Return the classes that columns of scores stand for: ``labels`` if given, or else all that occur."""
    if labels is None:
        return np.unique(y_true)
    given = classes_of(y_true, y_true, labels)
    classes = np.unique(given)
    if len(classes) != len(given):
        raise ValueError(f"Parameter 'labels' must be unique{end}")
    if not np.array_equal(classes, given):
        raise ValueError(f"Parameter 'labels' must be ordered{end}")
    return classes


def check_contained(y_true: Array, classes: Array, end: str = "") -> None:
    """Raise ``ValueError`` if a label isn't one of the classes."""
    if len(unique_labels(classes, y_true)) > len(classes):
        raise ValueError(f"'y_true' contains labels not in parameter 'labels'{end}")


def encode(y: Array, labels: Array) -> Array:
    """Replace each label by its place in ``labels``, the last of several, or by -1 if there is none."""
    _refuse_mixed_kinds(labels, y)
    order = np.argsort(labels, kind="stable")
    places = np.searchsorted(labels, y, side="right", sorter=order) - 1
    # A label smaller than all others has place -1, which indexes the largest: it is unequal, so -1 stays.
    nearest = order[places]
    return np.where(labels[nearest] == y, nearest, -1)

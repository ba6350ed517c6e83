"""Arrays of labels, and of scores: what kind they are, whether two can be compared, and class numbers."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from numpy_ann._typing import Array
from numpy_ann.metrics.parameters import check_finite, refuse_complex

__all__ = [
    "CountsAbove", "as_column", "as_label_array", "as_scores", "check_contained", "check_lengths",
    "check_targets", "classes_of", "counts_above", "counts_of", "encode", "ordered_classes",
    "refuse_mixed_kinds", "type_of_target", "unique_labels",
]  # fmt: skip

ONE_COLUMN_CURE = (
    "One label a sample is expected; `np.argmax(y, axis=1)` makes one of one-hot rows or probabilities."
)
CURES = {
    "multilabel-indicator": ONE_COLUMN_CURE,
    "multiclass-multioutput": ONE_COLUMN_CURE,
    "continuous-multioutput": ONE_COLUMN_CURE,
    "continuous": "Labels are whole numbers or strings; `(y > 0.5).astype(int)` makes one of a probability.",
    "unknown": "Labels are numbers or strings; `y.astype(int)` or `y.astype(str)` converts an object array.",
}


def as_label_array(y: Any, name: str = "y") -> Array:
    """Return ``y`` as an array; object arrays of strings become arrays of strings.

    A ``TypeError`` says that it is a single value, or holds bytes, or strings beside other things; a
    ``ValueError`` that its rows are of different lengths, or its numbers complex.

    >>> as_label_array(np.array(["cat", "dog"], dtype=object)).dtype.kind
    'U'
    """
    try:
        array = np.asarray(y)
    except ValueError as error:
        raise ValueError(f"{name} is not an array: {error} {ONE_COLUMN_CURE}") from error
    if array.ndim == 0:
        raise TypeError(f"{name} should have at least 1 dimension, got the single value {y!r} instead.")
    refuse_complex(array)
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


def type_of_target(y: Any, name: str = "y") -> str:
    """Name the kind of ``y`` in scikit-learn's terms.

    One column is "binary" (at most two different values), "multiclass", or "continuous" (floats with a
    fraction). Several columns are "multilabel-indicator" (zeros and ones, as one-hot labels have),
    "multiclass-multioutput" or "continuous-multioutput" (as probabilities are). All else is "unknown". NaN
    and infinity are refused.

    >>> type_of_target([0, 2, 1]), type_of_target([[0, 1], [1, 0]]), type_of_target([[0.2, 0.8]])
    ('multiclass', 'multilabel-indicator', 'continuous-multioutput')
    """
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
    """Return the common kind of true and predicted labels, "binary" or "multiclass", and both, flat.

    A ``ValueError`` says why they can't be compared: no samples; different numbers of them; one-hot rows,
    probabilities or other things that are not one label a sample; strings beside numbers.
    """
    y_true, y_pred = as_label_array(y_true, "y_true"), as_label_array(y_pred, "y_pred")
    check_lengths(y_true, y_pred, sample_weight, which=" (e.g., `y_true` or `y_pred`)")
    kinds = {type_of_target(y_true, "y_true"): None, type_of_target(y_pred, "y_pred"): None}
    unfit = next((kind for kind in reversed(kinds) if kind in CURES), None)
    if unfit and len(kinds) == 2:
        mixed = " and ".join(kinds)
        raise ValueError(f"Classification metrics can't handle a mix of {mixed} targets. {CURES[unfit]}")
    if unfit:
        raise ValueError(f"{unfit} is not supported. {CURES[unfit]}")
    y_true, y_pred = y_true.ravel(), y_pred.ravel()
    refuse_mixed_kinds(y_true, y_pred)
    return "binary" if unique_labels(y_true, y_pred).size <= 2 else "multiclass", y_true, y_pred


def refuse_mixed_kinds(first: Array, second: Array) -> None:
    """Refuse strings beside numbers: NumPy would compare them as text, in which 10 comes before 9."""
    if first.size and second.size and (first.dtype.kind in "UT") != (second.dtype.kind in "UT"):
        raise ValueError(
            "Mix of label input types (string and number); "
            f"Got {np.unique(first)} and {np.unique(second)}. Convert one side: `y.astype(str)`."
        )


def unique_labels(y_true: Array, y_pred: Array) -> Array:
    """Return the sorted labels that occur in either array; where 1, 1.0 and True meet, ``y_true``'s stays.

    >>> unique_labels(np.array([3, 1]), np.array([1.0, 3.0]))
    array([1, 3])
    """
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


def encode(y: Array, labels: Array) -> Array:
    """Replace each label by its place in ``labels``, and by -1 where it has none.

    ``labels`` may be in any order; of a label listed twice, the last place counts.

    >>> encode(np.array(["dog", "cow", "cat"]), np.array(["dog", "cat"]))
    array([ 0, -1,  1])
    """
    refuse_mixed_kinds(labels, y)
    order = np.argsort(labels, kind="stable")
    places = np.searchsorted(labels, y, side="right", sorter=order) - 1
    # A label smaller than all others has place -1, which indexes the largest: it is unequal, so -1 stays.
    nearest = order[places]
    return np.where(labels[nearest] == y, nearest, -1)


class CountsAbove(NamedTuple):
    """How much lies at or above each distinct score, from the largest down; arrays of shape (scores,)."""

    false_positives: Array
    true_positives: Array
    thresholds: Array


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


def as_column(scores: Array) -> Array:
    """Return the scores of two classes as an array of one axis."""
    if scores.ndim == 2 and scores.shape[1] != 1:
        raise ValueError(f"y should be a 1d array, got an array of shape {scores.shape} instead.")
    return scores.reshape(-1)


def check_lengths(*arrays: Array | None, which: str = "") -> None:
    """Raise ``ValueError`` unless all arrays hold equally many samples, and some."""
    lengths = [len(array) for array in arrays if array is not None]
    if len(set(lengths)) > 1:
        raise ValueError(f"Found input variables with inconsistent numbers of samples: {lengths}")
    if lengths[0] == 0:
        raise ValueError(f"Found empty input array{which} while a minimum of 1 sample is required.")


def counts_above(
    y_true: npt.ArrayLike, y_score: npt.ArrayLike, pos_label: Any, weight: Array | None
) -> CountsAbove:
    """Count the positives and the negatives at or above each score that occurs.

    Samples of weight 0 are left out, their scores too. Targets must be of two classes, of which it is clear
    which is the positive one.
    """
    kind = type_of_target(y_true, "y_true")
    if kind != "binary" and not (kind == "multiclass" and pos_label is not None):
        raise ValueError(f"{kind} format is not supported. Two classes are, or one against the others.")
    labels = as_label_array(y_true, "y_true")
    positive = (labels == _positive(labels, pos_label)).reshape(len(labels), -1)[:, 0]
    scores = as_column(as_scores(y_score))
    check_lengths(positive, scores, weight)
    return counts_of(positive, scores, weight)


def counts_of(positive: Array, scores: Array, weight: Array | None) -> CountsAbove:
    """Count, from bools and scores of one axis."""
    if weight is not None:
        positive, scores, weight = positive[weight != 0], scores[weight != 0], weight[weight != 0]
    order = np.argsort(scores, kind="stable")[::-1]
    scores, positive = scores[order], positive[order]
    w = np.ones(len(scores)) if weight is None else weight[order].astype(np.float64)
    ends = np.append(np.flatnonzero(np.diff(scores)), len(scores) - 1)
    return CountsAbove(np.cumsum(w * ~positive)[ends], np.cumsum(w * positive)[ends], scores[ends])


def _positive(labels: Array, pos_label: Any) -> Any:
    """Return the positive class: the one told, or 1 where labels are 0 and 1, or -1 and 1."""
    if pos_label is not None:
        return pos_label
    present = np.unique(labels)
    if present.dtype.kind in "US" or not any(set(present.tolist()) <= pair for pair in ({0, 1}, {-1, 1})):
        classes = ", ".join(map(repr, present.tolist()))
        raise ValueError(
            f"y_true takes value in {{{classes}}} and pos_label is not specified: either make y_true take "
            "value in {0, 1} or {-1, 1} or pass pos_label explicitly."
        )
    return 1


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

"""Arrays of scores: a number for each sample, or for each sample and class, the larger the likelier."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from numpy_ann._typing import Array
from numpy_ann.metrics.labels import as_label_array, classes_of, type_of_target, unique_labels
from numpy_ann.metrics.parameters import check_array_like, check_finite, check_sample_weight

__all__ = [
    "CountsAbove", "as_column", "as_scores", "check_contained", "check_lengths", "counts_above", "counts_of",
    "ordered_classes",
]  # fmt: skip


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


def check_lengths(*arrays: Array | None) -> None:
    """Raise ``ValueError`` unless all arrays hold equally many samples, and some."""
    lengths = [len(array) for array in arrays if array is not None]
    if len(set(lengths)) > 1:
        raise ValueError(f"Found input variables with inconsistent numbers of samples: {lengths}")
    if lengths[0] == 0:
        raise ValueError("Found empty input array while a minimum of 1 sample is required.")


def counts_above(
    function: str, y_true: npt.ArrayLike, y_score: npt.ArrayLike, pos_label: Any,
    sample_weight: npt.ArrayLike | None,
) -> CountsAbove:  # fmt: skip
    """Count the positives and the negatives at or above each score that occurs.

    Samples of weight 0 are left out, their scores too. Targets must be of two classes, of which it is clear
    which is the positive one.
    """
    check_array_like(function, y_true=y_true, y_score=y_score)
    weight = check_sample_weight(function, sample_weight)
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

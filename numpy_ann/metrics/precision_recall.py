"""Precision, recall and F-score, label by label or averaged."""

import math
import warnings
from collections.abc import Collection
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from numpy_ann._typing import Array
from numpy_ann.metrics.counts import LabelCounts, count_labels
from numpy_ann.metrics.labels import check_targets, classes_of, unique_labels
from numpy_ann.metrics.parameters import (
    InvalidParameterError,
    check_array_like,
    check_choice,
    check_sample_weight,
    check_zero_division,
)
from numpy_ann.metrics.zero_division import ZeroDivision, divide

__all__ = ["precision_recall_fscore_support", "score"]

Average: TypeAlias = Literal["binary", "micro", "macro", "samples", "weighted"] | None
Scores: TypeAlias = tuple[Array, Array, Array, Array] | tuple[float, float, float, None]
SCORES = ("precision", "recall", "f-score")


def precision_recall_fscore_support(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    beta: float = 1.0,
    labels: npt.ArrayLike | None = None,
    pos_label: Any = 1,
    average: Average = None,
    warn_for: Collection[str] = SCORES,
    sample_weight: npt.ArrayLike | None = None,
    zero_division: ZeroDivision = "warn",
) -> Scores:
    """Return precision, recall, F-score and support of each label, or their average.

        precision P = correct / predicted      recall R = correct / true
        F = (1 + beta^2) P R / (beta^2 P + R) = (1 + beta^2) correct / (beta^2 true + predicted)

    Parameters
    ----------
    y_true, y_pred : labels of shape (samples,)
        Whole numbers, bools or strings; no one-hot rows.
    beta : float, 0 or more
        How many times recall matters as much as precision in F.
    labels : labels of shape (classes,), optional
        The classes and their order, or those to average over. Without it: all that occur, sorted.
    pos_label : label
        With ``average="binary"``, the class whose scores are wanted.
    average : None, "binary", "micro", "macro" or "weighted"
        None: one number a label. "binary": those of ``pos_label``. "micro": from the counts summed over
        labels. "macro": the plain mean over labels. "weighted": the mean weighted by support.
    warn_for : names among "precision", "recall" and "f-score"
        For which of the three an undefined value warns.
    sample_weight : numbers of shape (samples,), optional
        1 each if not given.
    zero_division : "warn", 0, 1 or nan
        The value of 0 / 0; "warn" is 0 with a warning. nan is left out of averages.

    Returns
    -------
    precision, recall, fscore, support : four arrays of shape (classes,); or three floats and None
        float64; support int64, or float64 with weights (and, as in scikit-learn, where no prediction at
        all is right).

    Raises
    ------
    ValueError
        The arrays are empty, differ in length, or do not hold one label a sample; an option is none of the
        above; ``average="binary"`` with more than two classes; ``average="samples"``, which is for
        multilabel rows, and these are refused.

    Warns
    -----
    UndefinedMetricWarning
        A score is 0 / 0 and ``zero_division="warn"``.

    Notes
    -----
    Equals ``sklearn.metrics.precision_recall_fscore_support``.

    >>> precision_recall_fscore_support([0, 1, 1, 1], [0, 0, 1, 1])
    (array([0.5, 1. ]), array([1.        , 0.66666667]), array([0.66666667, 0.8       ]), array([1, 3]))
    >>> precision_recall_fscore_support([0, 1, 1, 1], [0, 0, 1, 1], average="micro")
    (0.75, 0.75, 0.75, None)
    """
    function = "precision_recall_fscore_support"
    check_array_like(function, y_true=y_true, y_pred=y_pred)
    check_array_like(function, optional=True, labels=labels)
    check_choice(function, "average", average, ("binary", "micro", "macro", "samples", "weighted"))
    check_zero_division(function, zero_division)
    if not (isinstance(beta, int | float | np.integer | np.floating) and beta >= 0):
        raise InvalidParameterError.of(function, "beta", "a float in the range [0.0, inf]", beta)
    if not isinstance(warn_for, list | tuple | set):
        expected = "an instance of 'list', an instance of 'tuple' or an instance of 'set'"
        raise InvalidParameterError.of(function, "warn_for", expected, warn_for)
    weight = check_sample_weight(function, sample_weight)
    kind, true, predicted = check_targets(y_true, y_pred, weight)

    if average == "binary":
        _check_positive(unique_labels(true, predicted), pos_label, kind)
        labels = [pos_label]
    elif pos_label not in (None, 1):
        warnings.warn(
            f"Note that pos_label (set to {pos_label!r}) is ignored when average != 'binary' (got "
            f"{average!r}). You may use labels=[pos_label] to specify a single positive class.",
            UserWarning,
            stacklevel=2,
        )
    if average == "samples":
        raise ValueError("Samplewise metrics are not available outside of multilabel classification.")
    counts = count_labels(true, predicted, classes_of(true, predicted, labels), weight)
    return score(counts, average, beta=float(beta), warn_for=warn_for, zero_division=zero_division)


def _check_positive(present: Array, pos_label: Any, kind: str) -> None:
    """Refuse ``average="binary"`` on more than two classes, and a positive label that is neither of them."""
    if kind != "binary":
        raise ValueError(
            f"Target is {kind} but average='binary'. Please choose another average setting, "
            "one of [None, 'micro', 'macro', 'weighted']."
        )
    if present.size == 2 and pos_label not in present.tolist():
        raise ValueError(f"pos_label={pos_label} is not a valid label. It should be one of {present}")


def score(
    counts: LabelCounts,
    average: Average,
    *,
    beta: float = 1.0,
    warn_for: Collection[str] = SCORES,
    zero_division: ZeroDivision = "warn",
) -> Scores:
    """Turn counts into precision, recall, F-score and support, averaged as asked."""
    correct, predicted, true = counts.pooled() if average == "micro" else counts

    def ratio(numerator: Array, denominator: Array, name: str, samples: str) -> Array:
        return divide(
            numerator,
            denominator,
            zero_division=zero_division,
            score=name.capitalize(),
            samples=samples,
            warn=name in warn_for,
        )

    precision = ratio(correct, predicted, "precision", "predicted")
    recall = ratio(correct, true, "recall", "true")
    if beta == 0:
        fscore = precision
    elif math.isinf(beta):
        fscore = recall
    else:
        # In counts, so that a label that was never right has F = 0 even where P or R is 0 / 0.
        fscore = ratio((1 + beta**2) * correct, beta**2 * true + predicted, "f-score", "true nor predicted")
    if average is None:
        return precision, recall, fscore, true
    weights = true if average == "weighted" else None
    return _mean(precision, weights), _mean(recall, weights), _mean(fscore, weights), None


def _mean(values: Array, weights: Array | None) -> float:
    """Return the mean of what is not nan; the plain one where the weights sum to zero."""
    known = ~np.isnan(values)
    if not known.any():
        return math.nan
    if weights is None or weights[known].sum() == 0:
        return float(np.nanmean(values))
    return float(np.average(values[known], weights=weights[known]))

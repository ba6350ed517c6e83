"""Precision, recall and F-score of labels, class by class or averaged."""

import math
import warnings
from collections.abc import Collection
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from numpy_ann._typing import Array
from numpy_ann.metrics import inputs
from numpy_ann.metrics.inputs import ZeroDivision
from numpy_ann.validation import is_number

Average: TypeAlias = Literal["binary", "micro", "macro", "samples", "weighted"] | None
Scores: TypeAlias = tuple[Array, Array, Array, Array] | tuple[float, float, float, None]
SCORES = ("precision", "recall", "f-score")


def precision_recall_fscore_support(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike, *, beta: float = 1.0, labels: npt.ArrayLike | None = None,
    pos_label: Any = 1, average: Average = None, warn_for: Collection[str] = SCORES,
    sample_weight: npt.ArrayLike | None = None, zero_division: ZeroDivision = "warn",
) -> Scores:  # fmt: skip
    """Return precision, recall, F-score and support of each label, or their average.

        precision P = correct / predicted      recall R = correct / true
        F = (1 + beta^2) P R / (beta^2 P + R) = (1 + beta^2) correct / (beta^2 true + predicted)

    Four arrays of shape (classes,), or three floats and None: float64; support int64, or float64 with weights
    (and, as in scikit-learn, where no prediction at all is right).
    Raises ``ValueError`` as ``confusion_matrix`` does; for ``average="binary"`` with more than two classes;
    for ``average="samples"``, which is for multilabel rows, and these are refused.
    Source: ``sklearn.metrics.precision_recall_fscore_support``, which it equals.

    Parameters
    ----------
    y_true, y_pred, sample_weight
        As for ``confusion_matrix``.
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
    zero_division : "warn", 0, 1 or nan
        The value of 0 / 0; "warn" is 0 with an ``UndefinedMetricWarning``. nan is left out of averages.

    >>> precision_recall_fscore_support([0, 1, 1, 1], [0, 0, 1, 1])
    (array([0.5, 1. ]), array([1.        , 0.66666667]), array([0.66666667, 0.8       ]), array([1, 3]))
    >>> precision_recall_fscore_support([0, 1, 1, 1], [0, 0, 1, 1], average="micro")
    (0.75, 0.75, 0.75, None)
    """
    fits = is_number(beta) and beta >= 0, "a float in the range [0.0, inf]"
    kinds = "an instance of 'list', an instance of 'tuple' or an instance of 'set'"
    several = isinstance(warn_for, list | tuple | set), kinds
    weight = inputs.checked_weight(precision_recall_fscore_support, locals(), beta=fits, warn_for=several)
    kind, true, predicted = inputs.check_targets(y_true, y_pred, weight)
    if average == "binary":
        if kind != "binary":
            raise ValueError(
                f"Target is {kind} but average='binary'. Please choose another average setting, "
                "one of [None, 'micro', 'macro', 'weighted']."
            )
        present = inputs.unique_labels(true, predicted)
        if present.size == 2 and pos_label not in present.tolist():
            raise ValueError(f"pos_label={pos_label} is not a valid label. It should be one of {present}")
        labels = [pos_label]
    elif pos_label not in (None, 1):
        warnings.warn(
            f"Note that pos_label (set to {pos_label!r}) is ignored when average != 'binary' (got "
            f"{average!r}). You may use labels=[pos_label] to specify a single positive class.",
            stacklevel=2,
        )
    if average == "samples":
        raise ValueError("Samplewise metrics are not available outside of multilabel classification.")
    counts = count_labels(true, predicted, inputs.classes_of(true, predicted, labels), weight)
    return score(counts, average, beta=float(beta), warn_for=warn_for, zero_division=zero_division)


def f1_score(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike, *, labels: npt.ArrayLike | None = None, pos_label: Any = 1,
    average: Average = "binary", sample_weight: npt.ArrayLike | None = None,
    zero_division: ZeroDivision = "warn",
) -> float | Array:  # fmt: skip
    """Return the harmonic mean of precision and recall: ``F1 = 2 correct / (predicted + true)``.

    Parameters and errors: see ``precision_recall_fscore_support``; but ``average`` is "binary" if not given.
    With ``average=None`` it is an array of shape (classes,).
    Source: ``sklearn.metrics.f1_score``, which it equals.

    >>> f1_score([1, 1, 0, 1], [1, 0, 0, 1])
    0.8
    """
    weight = inputs.checked_weight(f1_score, locals())
    score = precision_recall_fscore_support(
        y_true, y_pred, labels=labels, pos_label=pos_label, average=average, warn_for=("f-score",),
        sample_weight=weight, zero_division=zero_division,
    )[2]  # fmt: skip
    return np.asarray(score) if average is None else float(score)


class LabelCounts(NamedTuple):
    """For each label, how many samples (or how much weight): arrays of shape (labels,)."""

    correct: Array  # of this class and predicted as it: the true positives
    predicted: Array  # predicted as this class: true and false positives
    true: Array  # of this class: true positives and false negatives, the support

    def pooled(self) -> "LabelCounts":
        """Return the sums over all labels, as if they were one: arrays of shape (1,)."""
        return LabelCounts(*(np.array([counts.sum()]) for counts in self))


def count_labels(y_true: Array, y_pred: Array, labels: Array, sample_weight: Array | None) -> LabelCounts:
    """Count per label; a label that does not occur has zeros."""
    present = inputs.unique_labels(y_true, y_pred)
    true_code, predicted_code = inputs.encode(y_true, present), inputs.encode(y_pred, present)
    right = true_code == predicted_code
    place = inputs.encode(labels, present)

    def count(codes: Array, weight: Array | None) -> Array:
        # One slot more than there are classes, always zero: place -1, of labels that don't occur, is there.
        return np.bincount(codes, weights=weight, minlength=present.size + 1)[place]

    correct = count(true_code[right], None if sample_weight is None else sample_weight[right])
    predicted, true = count(predicted_code, sample_weight), count(true_code, sample_weight)
    if not right.any():
        correct = correct.astype(np.float64)  # scikit-learn's supports are floats then, and print as 3.0
    # The detour by false positives and false negatives leaves rounding errors that equal scikit-learn's.
    return LabelCounts(correct, correct + (predicted - correct), correct + (true - correct))


def score(
    counts: LabelCounts, average: Average, *, beta: float = 1.0, warn_for: Collection[str] = SCORES,
    zero_division: ZeroDivision = "warn",
) -> Scores:  # fmt: skip
    """Turn counts into precision, recall, F-score and support, averaged as asked."""
    correct, predicted, true = counts.pooled() if average == "micro" else counts

    def ratio(numerator: Array, denominator: Array, name: str, samples: str) -> Array:
        return divide(
            numerator, denominator, zero_division=zero_division, score=name.capitalize(), samples=samples,
            warn=name in warn_for,
        )  # fmt: skip

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


def divide(
    numerator: Array, denominator: Array, *, zero_division: ZeroDivision, score: str, samples: str,
    warn: bool = True,
) -> Array:  # fmt: skip
    """Divide label by label; 0 / 0 is ``zero_division``, and warns: "Precision is ill-defined ..."."""
    undefined = denominator == 0
    value = 0.0 if zero_division == "warn" else float(zero_division)
    quotient = np.where(undefined, value, numerator / np.where(undefined, 1, denominator))
    if warn and zero_division == "warn" and undefined.any():
        place = "due to" if quotient.size == 1 else "in labels with"
        inputs.undefined(
            f"{score} is ill-defined and being set to 0.0 {place} no {samples} samples. "
            "Use `zero_division` parameter to control this behavior."
        )
    return quotient

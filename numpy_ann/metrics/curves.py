"""Rates over all thresholds, and the area under the ROC curve: how well scores put positives first."""

import warnings
from itertools import combinations
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from numpy_ann._typing import Array
from numpy_ann.metrics import inputs
from numpy_ann.validation import is_number


def roc_auc_score(
    y_true: npt.ArrayLike, y_score: npt.ArrayLike, *,
    average: Literal["micro", "macro", "samples", "weighted"] | None = "macro",
    sample_weight: npt.ArrayLike | None = None, max_fpr: float | None = None,
    multi_class: Literal["ovo", "ovr", "raise"] = "raise", labels: npt.ArrayLike | None = None,
) -> float | Array:  # fmt: skip
    """Return the area under the ROC curve, of two classes, several, or of each of several yes or no.

    It is the probability that a positive sample has a larger score than a negative one (equal ones count
    half). Of several classes it is an average: of each against the rest ("ovr"), or of all pairs ("ovo"). For
    a class that all or none of the samples belong to it is nan, with a warning.
    Raises ``ValueError`` if shapes and options don't fit together, or ``multi_class`` is needed.
    Source: ``sklearn.metrics.roc_auc_score``, which it equals. "ovo": Hand and Till, "A Simple Generalisation
    of the Area Under the ROC Curve for Multiple Class Classification Problems" (2001), equation 7.

    Parameters
    ----------
    y_true : labels of shape (samples,), or zeros and ones of shape (samples, outputs)
    y_score : numbers of shape (samples,), or of shape (samples, classes or outputs)
        The larger, the likelier; of two classes, the one that sorts last. Of several classes probabilities,
        that sum to 1 for each sample.
    average : {"macro", "micro", "weighted", "samples", None}
        The plain mean over classes or outputs, all together, the mean by how often they occur, over samples,
        or an array of all.
    sample_weight : numbers of shape (samples,), 1 each if not given
    max_fpr : float, optional
        Only the area up to this false positive rate counts, scaled (McClish) so that 0.5 is chance.
    multi_class : {"raise", "ovr", "ovo"}
        What to do with several classes.
    labels : labels of shape (classes,), optional
        What the columns of ``y_score`` are, sorted. Not given: all that occur.

    >>> roc_auc_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    """
    fits = max_fpr is None or (is_number(max_fpr) and 0 < max_fpr <= 1)
    expected = "a float in the range (0.0, 1] or None"
    weight = inputs.checked_weight(roc_auc_score, locals(), max_fpr=(fits, expected))
    kind = inputs.type_of_target(y_true, "y_true")
    true, scores = inputs.as_label_array(y_true, "y_true"), inputs.as_scores(y_score)
    if kind == "multiclass" or (kind == "binary" and scores.ndim == 2 and scores.shape[1] > 2):
        if max_fpr is not None and max_fpr != 1:
            raise ValueError(
                "Partial AUC computation not available in multiclass setting, 'max_fpr' must be set to "
                f"`None`, received `max_fpr={max_fpr}` instead"
            )
        if multi_class == "raise":
            raise ValueError("multi_class must be in ('ovo', 'ovr')")
        return _multiclass(true.reshape(-1), scores, labels, multi_class, average, weight)
    if kind == "binary":
        true = true.reshape(-1)
        positive = true == np.unique(true)[-1]
        scores = _as_column(scores)
        inputs.check_lengths(positive, scores, weight)
        return _area(positive, scores, weight, max_fpr)
    if kind == "multilabel-indicator":
        return _averaged(true != 0, scores, average, weight, max_fpr)
    raise ValueError(f"{kind} format is not supported")


def _area(positive: Array, scores: Array, weight: Array | None, max_fpr: float | None = None) -> float:
    if positive.all() or not positive.any():
        inputs.undefined("Only one class is present in y_true. ROC AUC score is not defined in that case.")
        return float("nan")
    fp, tp, _ = _counts_of(positive, scores, weight)
    with np.errstate(invalid="ignore"):
        fpr, tpr = np.append(0.0, fp) / fp[-1], np.append(0.0, tp) / tp[-1]
    if max_fpr is None or max_fpr == 1:
        return float(np.trapezoid(tpr, fpr))
    stop = int(np.searchsorted(fpr, max_fpr, side="right"))
    last = np.interp(max_fpr, fpr[stop - 1 : stop + 1], tpr[stop - 1 : stop + 1])
    area = np.trapezoid(np.append(tpr[:stop], last), np.append(fpr[:stop], max_fpr))
    least = max_fpr**2 / 2  # what chance gives
    return float((1 + (area - least) / (max_fpr - least)) / 2)


def _averaged(
    positive: Array, scores: Array, average: str | None, weight: Array | None, max_fpr: float | None = None
) -> float | Array:
    if scores.shape != positive.shape:
        inputs.check_lengths(positive, scores, weight)
        raise ValueError(f"y_score must have the shape of y_true, {positive.shape}, not {scores.shape}.")
    inputs.check_lengths(positive, weight)
    if average == "micro":
        repeated = None if weight is None else weight.repeat(positive.shape[1])
        return _area(positive.ravel(), scores.ravel(), repeated, max_fpr)
    by: Array | None = None
    if average == "samples":
        positive, scores, weight, by = positive.T, scores.T, None, weight
    elif average == "weighted":
        by = support = positive.sum(axis=0) if weight is None else weight @ positive
        if np.isclose(support.sum(), 0):
            return 0
    areas = np.array([_area(positive[:, c], scores[:, c], weight, max_fpr) for c in range(positive.shape[1])])
    if average is None:
        return areas
    if by is not None:
        areas[by == 0] = 0
    return float(np.average(areas, weights=by))


def _multiclass(
    true: Array, scores: Array, labels: Any, multi_class: str, average: str | None, weight: Array | None
) -> float | Array:
    """Return the average of one against the rest, or of all pairs."""
    if scores.ndim != 2:
        raise ValueError(
            "`y_score` needs to be of shape `(n_samples, n_classes)`, since `y_true` contains multiple "
            f"classes. Got `y_score.shape={scores.shape}`."
        )
    if not np.allclose(1, scores.sum(axis=1)):
        needed = (
            "need to be probabilities for multiclass roc_auc, i.e. they should sum up to 1.0 over classes"
        )
        raise ValueError(f"Target scores {needed}")
    allowed = (*(("micro",) if multi_class == "ovr" else ()), "macro", "weighted", None)
    if average not in allowed:
        raise ValueError(f"average must be one of {allowed} for multiclass problems")
    if average is None and multi_class == "ovo":
        raise NotImplementedError("average=None is not implemented for multi_class='ovo'.")
    classes = inputs.ordered_classes(true, labels)
    if len(classes) != scores.shape[1]:
        if labels is None:
            raise ValueError("Number of classes in y_true not equal to the number of columns in 'y_score'")
        differ = "not equal to the number of columns in 'y_score'"
        raise ValueError(f"Number of given labels, {len(classes)}, {differ}, {scores.shape[1]}")
    inputs.check_contained(true, classes)
    codes = inputs.encode(true, classes)
    if multi_class == "ovr":
        return _averaged(codes[:, np.newaxis] == np.arange(len(classes)), scores, average, weight)
    if weight is not None:
        raise ValueError(
            "sample_weight is not supported for multiclass one-vs-one ROC AUC, 'sample_weight' must be None "
            "in this case."
        )
    inputs.check_lengths(codes, scores)
    areas, prevalence = [], []
    for a, b in combinations(np.unique(codes), 2):  # told apart by the mean of their two scores
        here = (codes == a) | (codes == b)
        pair = [_area(codes[here] == c, scores[here, c], None) for c in (a, b)]
        areas.append((pair[0] + pair[1]) / 2)
        prevalence.append(float(here.mean()))
    return float(np.average(areas, weights=prevalence if average == "weighted" else None))


def _as_column(scores: Array) -> Array:
    if scores.ndim == 2 and scores.shape[1] != 1:
        raise ValueError(f"y should be a 1d array, got an array of shape {scores.shape} instead.")
    return scores.reshape(-1)


def _counts_above(
    y_true: npt.ArrayLike, y_score: npt.ArrayLike, pos_label: Any, weight: Array | None
) -> tuple[Array, Array, Array]:
    """Return ``_counts_of``, once it is clear which of the two classes is the positive one."""
    kind, labels = inputs.type_of_target(y_true, "y_true"), inputs.as_label_array(y_true, "y_true")
    if kind != "binary" and not (kind == "multiclass" and pos_label is not None):
        raise ValueError(f"{kind} format is not supported. Two classes are, or one against the others.")
    if pos_label is None:
        pos_label, present = 1, np.unique(labels)
        if present.dtype.kind in "US" or not any(set(present.tolist()) <= pair for pair in ({0, 1}, {-1, 1})):
            classes = ", ".join(map(repr, present.tolist()))
            raise ValueError(
                f"y_true takes value in {{{classes}}} and pos_label is not specified: either make y_true "
                "take value in {0, 1} or {-1, 1} or pass pos_label explicitly."
            )
    positive = (labels == pos_label).reshape(len(labels), -1)[:, 0]
    scores = _as_column(inputs.as_scores(y_score))
    inputs.check_lengths(positive, scores, weight)
    return _counts_of(positive, scores, weight)


def _counts_of(positive: Array, scores: Array, weight: Array | None) -> tuple[Array, Array, Array]:
    """Return how many no and yes lie at or above each score, from the largest down; and these scores."""
    if weight is not None:
        positive, scores, weight = positive[weight != 0], scores[weight != 0], weight[weight != 0]
    order = np.argsort(scores, kind="stable")[::-1]
    scores, positive = scores[order], positive[order]
    w = np.ones(len(scores)) if weight is None else weight[order].astype(np.float64)
    ends = np.append(np.flatnonzero(np.diff(scores)), len(scores) - 1)
    return np.cumsum(w * ~positive)[ends], np.cumsum(w * positive)[ends], scores[ends]


def roc_curve(
    y_true: npt.ArrayLike, y_score: npt.ArrayLike, *, pos_label: Any = None,
    sample_weight: npt.ArrayLike | None = None, drop_intermediate: bool = True,
) -> tuple[Array, Array, Array]:  # fmt: skip
    """Return false and true positive rates where the threshold falls from infinity to the smallest score.

        FPR = false positives / negatives       TPR = true positives / positives

    A prediction counts as positive at the threshold and above it. The three arrays, rates and thresholds, are
    of shape (points,), float64. The rate of a class that doesn't occur is nan, and a warning says so.
    Raises ``ValueError`` if there aren't two classes, or as many scores as labels, or numbers are not finite.
    Source: ``sklearn.metrics.roc_curve``, which it equals.

    Parameters
    ----------
    y_true : labels of shape (samples,)
        Of two classes.
    y_score : numbers of shape (samples,)
        The larger, the likelier positive.
    pos_label : label, optional
        The positive class. Not given: 1, of labels 0 and 1, or -1 and 1.
    sample_weight : numbers of shape (samples,), 1 each if not given
    drop_intermediate : bool
        Whether to leave out points on a straight line between others.

    >>> roc_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])[:2]
    (array([0. , 0. , 0.5, 0.5, 1. ]), array([0. , 0.5, 0.5, 1. , 1. ]))
    """
    weight = inputs.checked_weight(roc_curve, locals())
    fp, tp, thresholds = _counts_above(y_true, y_score, pos_label, weight)
    if drop_intermediate and len(fp) > 2:
        # A point is a corner where the step to it differs from the step after it.
        corner = np.r_[True, (np.diff(fp, 2) != 0) | (np.diff(tp, 2) != 0), True]
        fp, tp, thresholds = fp[corner], tp[corner], thresholds[corner]
    rates = []
    for counts, which, rate in ((fp, "negative", "false"), (tp, "positive", "true")):
        counts = np.append(0.0, counts)
        if counts[-1] <= 0:
            inputs.undefined(f"No {which} samples in y_true, {rate} positive value should be meaningless")
            rates.append(np.full(counts.shape, np.nan))
        else:
            rates.append(counts / counts[-1])
    return rates[0], rates[1], np.append(np.inf, thresholds)


def precision_recall_curve(
    y_true: npt.ArrayLike, y_score: npt.ArrayLike, *, pos_label: Any = None,
    sample_weight: npt.ArrayLike | None = None, drop_intermediate: bool = False,
) -> tuple[Array, Array, Array]:  # fmt: skip
    """Return precision and recall where the threshold rises from the smallest score to the largest.

        precision = true positives / predicted positives        recall = true positives / positives

    Both are of shape (points + 1,), float64: a last point (1, 0) has no threshold. Without positives the
    recall is put as 1, and a warning says so.
    ``drop_intermediate`` leaves out points between others of the same recall; the other parameters, and
    errors: see ``roc_curve``.
    Source: ``sklearn.metrics.precision_recall_curve``, which it equals.

    >>> precision_recall_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])[1]
    array([1. , 1. , 0.5, 0.5, 0. ])
    """
    weight = inputs.checked_weight(precision_recall_curve, locals())
    fp, tp, thresholds = _counts_above(y_true, y_score, pos_label, weight)
    if drop_intermediate and len(fp) > 2:
        steps = np.diff(tp) != 0
        end = np.r_[True, steps[:-1] | steps[1:], True]
        fp, tp, thresholds = fp[end], tp[end], thresholds[end]
    precision = tp / (tp + fp)
    if tp[-1] == 0:
        what = "No positive class found in y_true, recall is set to one for all thresholds."
        warnings.warn(what, stacklevel=2)
        recall = np.ones_like(tp)
    else:
        recall = tp / tp[-1]
    return np.append(precision[::-1], 1.0), np.append(recall[::-1], 0.0), thresholds[::-1]

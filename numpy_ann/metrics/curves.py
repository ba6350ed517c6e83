"""Curves of two rates over all thresholds."""

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt

from numpy_ann._typing import Array
from numpy_ann.metrics.parameters import check_bool, undefined
from numpy_ann.metrics.ranking_inputs import counts_above

__all__ = ["precision_recall_curve", "roc_curve"]


def roc_curve(
    y_true: npt.ArrayLike, y_score: npt.ArrayLike, *, pos_label: Any = None,
    sample_weight: npt.ArrayLike | None = None, drop_intermediate: bool = True,
) -> tuple[Array, Array, Array]:  # fmt: skip
    """Return false and true positive rates where the threshold falls from infinity to the smallest score.

        FPR = false positives / negatives       TPR = true positives / positives

    A prediction counts as positive at the threshold and above it.

    Parameters
    ----------
    y_true : labels of shape (samples,)
        Of two classes.
    y_score : numbers of shape (samples,)
        The larger, the likelier positive.
    pos_label : label, optional
        The positive class. Not given: 1, of labels 0 and 1, or -1 and 1.
    sample_weight : numbers of shape (samples,), optional
        1 each if not given.
    drop_intermediate : bool
        Whether to leave out points on a straight line between others.

    Returns
    -------
    fpr, tpr, thresholds : three arrays of shape (points,), float64

    Raises
    ------
    ValueError
        If there aren't two classes, or as many scores as labels, or numbers are not finite.

    Warns
    -----
    UndefinedMetricWarning
        If one class doesn't occur: its rate is nan.

    Notes
    -----
    Equals ``sklearn.metrics.roc_curve``.

    >>> roc_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])[:2]
    (array([0. , 0. , 0.5, 0.5, 1. ]), array([0. , 0.5, 0.5, 1. , 1. ]))
    """
    check_bool("roc_curve", drop_intermediate=drop_intermediate)
    fp, tp, thresholds = counts_above("roc_curve", y_true, y_score, pos_label, sample_weight)
    if drop_intermediate and len(fp) > 2:
        # A point is a corner where the step to it differs from the step after it.
        corner = np.r_[True, (np.diff(fp, 2) != 0) | (np.diff(tp, 2) != 0), True]
        fp, tp, thresholds = fp[corner], tp[corner], thresholds[corner]
    rates = []
    for counts, which, rate in ((fp, "negative", "false"), (tp, "positive", "true")):
        counts = np.append(0.0, counts)
        if counts[-1] <= 0:
            undefined(f"No {which} samples in y_true, {rate} positive value should be meaningless")
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

    A last point (1, 0) has no threshold. Parameters: see ``roc_curve``.

    Parameters
    ----------
    y_true, y_score, pos_label, sample_weight
        As for ``roc_curve``.
    drop_intermediate : bool
        Whether to leave out points between others of the same recall.

    Returns
    -------
    precision, recall : arrays of shape (points + 1,), float64
    thresholds : array of shape (points,)

    Raises
    ------
    ValueError
        As ``roc_curve``.

    Warns
    -----
    UserWarning
        If there are no positives: the recall is put as 1.

    Notes
    -----
    Equals ``sklearn.metrics.precision_recall_curve``.

    >>> precision_recall_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])[1]
    array([1. , 1. , 0.5, 0.5, 0. ])
    """
    check_bool("precision_recall_curve", drop_intermediate=drop_intermediate)
    fp, tp, thresholds = counts_above("precision_recall_curve", y_true, y_score, pos_label, sample_weight)
    if drop_intermediate and len(fp) > 2:
        steps = np.diff(tp) != 0
        end = np.r_[True, steps[:-1] | steps[1:], True]
        fp, tp, thresholds = fp[end], tp[end], thresholds[end]
    precision = tp / (tp + fp)
    if tp[-1] == 0:
        warnings.warn(
            "No positive class found in y_true, recall is set to one for all thresholds.", stacklevel=2
        )
        recall = np.ones_like(tp)
    else:
        recall = tp / tp[-1]
    return np.append(precision[::-1], 1.0), np.append(recall[::-1], 0.0), thresholds[::-1]

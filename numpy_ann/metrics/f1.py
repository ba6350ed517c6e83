"""The F1 score of labels."""

from typing import Any

import numpy as np
import numpy.typing as npt

from numpy_ann._typing import Array
from numpy_ann.metrics.parameters import (
    check_array_like,
    check_choice,
    check_sample_weight,
    check_zero_division,
)
from numpy_ann.metrics.precision_recall import Average, precision_recall_fscore_support
from numpy_ann.metrics.zero_division import ZeroDivision

__all__ = ["f1_score"]


def f1_score(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    labels: npt.ArrayLike | None = None,
    pos_label: Any = 1,
    average: Average = "binary",
    sample_weight: npt.ArrayLike | None = None,
    zero_division: ZeroDivision = "warn",
) -> float | Array:
    """Return the harmonic mean of precision and recall: ``F1 = 2 correct / (predicted + true)``.

    Parameters
    ----------
    y_true, y_pred, labels, pos_label, average, sample_weight, zero_division
        As for ``precision_recall_fscore_support``, but that ``average`` is "binary" if not given.

    Returns
    -------
    float, or array of shape (classes,) with ``average=None``

    Raises
    ------
    ValueError
        As ``precision_recall_fscore_support``.

    Warns
    -----
    UndefinedMetricWarning
        The score is 0 / 0 and ``zero_division="warn"``.

    Notes
    -----
    Equals ``sklearn.metrics.f1_score``.

    >>> f1_score([1, 1, 0, 1], [1, 0, 0, 1])
    0.8
    """
    check_array_like("f1_score", y_true=y_true, y_pred=y_pred)
    check_array_like("f1_score", optional=True, labels=labels)
    check_choice("f1_score", "average", average, ("binary", "micro", "macro", "samples", "weighted"))
    check_zero_division("f1_score", zero_division)
    weight = check_sample_weight("f1_score", sample_weight)
    score = precision_recall_fscore_support(
        y_true,
        y_pred,
        labels=labels,
        pos_label=pos_label,
        average=average,
        warn_for=("f-score",),
        sample_weight=weight,
        zero_division=zero_division,
    )[2]
    return np.asarray(score) if average is None else float(score)

"""How often the true class is among the ``k`` largest scores."""

from typing import Any

import numpy as np
import numpy.typing as npt

from numpy_ann.metrics.labels import as_label_array, encode, type_of_target
from numpy_ann.metrics.parameters import (
    InvalidParameterError,
    check_array_like,
    check_bool,
    check_sample_weight,
)
from numpy_ann.metrics.scores import as_scores, check_contained, check_lengths, ordered_classes, undefined

__all__ = ["top_k_accuracy_score"]

_NAME = "top_k_accuracy_score"


def top_k_accuracy_score(
    y_true: npt.ArrayLike,
    y_score: npt.ArrayLike,
    *,
    k: int = 2,
    normalize: bool = True,
    sample_weight: npt.ArrayLike | None = None,
    labels: npt.ArrayLike | None = None,
) -> float:
    """Return the share of samples whose true class is among the ``k`` classes of the largest scores.

    Of equal scores, the later class counts as the larger.

    Parameters
    ----------
    y_true : labels of shape (samples,)
        The true classes.
    y_score : numbers of shape (samples, classes), or of shape (samples,) for two classes
        Scores of the classes in sorted order. For two, of the second: above 0.5 it is chosen if all are from
        0 to 1, otherwise above 0.
    k : int
        1 or more.
    normalize : bool
        Whether to return the share rather than the number.
    sample_weight : numbers of shape (samples,), optional
        1 each if not given.
    labels : labels of shape (classes,), optional
        The classes, sorted. Not given: all that occur.

    Raises
    ------
    ValueError
        If there aren't as many columns as classes, or ``labels`` isn't sorted, or lacks one that occurs.

    Warns
    -----
    UndefinedMetricWarning
        If there are no more than ``k`` classes, so that every sample is right.

    Notes
    -----
    Equals ``sklearn.metrics.top_k_accuracy_score``.

    >>> top_k_accuracy_score([0, 1, 2], [[0.5, 0.2, 0.3], [0.4, 0.1, 0.5], [0.1, 0.6, 0.3]])
    0.6666666666666666
    """
    check_array_like(_NAME, y_true=y_true, y_score=y_score)
    check_array_like(_NAME, optional=True, labels=labels)
    check_bool(_NAME, normalize=normalize)
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or k < 1:
        raise InvalidParameterError.of(_NAME, "k", "an int in the range [1, inf)", k)
    weight = check_sample_weight(_NAME, sample_weight)
    kind = type_of_target(y_true, "y_true")
    if kind == "binary" and labels is not None and np.size(labels) > 2:
        kind = "multiclass"
    if kind not in ("binary", "multiclass"):
        raise ValueError(f"y type must be 'binary' or 'multiclass', got '{kind}' instead.")
    true, scores = as_label_array(y_true, "y_true").reshape(-1), as_scores(y_score)
    scores = _shaped(kind, scores)
    check_lengths(true, scores, weight)
    columns = scores.shape[1] if scores.ndim == 2 else 2
    classes = ordered_classes(true, labels, ".")
    if len(classes) != columns:
        if labels is None:
            raise ValueError(
                f"Number of classes in 'y_true' ({len(classes)}) not equal to the number of classes in "
                f"'y_score' ({columns}).You can provide a list of all known classes by assigning it to the "
                "`labels` parameter."
            )
        raise ValueError(
            f"Number of given labels ({len(classes)}) not equal to the number of classes in 'y_score' "
            f"({columns})."
        )
    check_contained(true, classes, ".")
    if k >= len(classes):
        undefined(
            f"'k' ({k}) greater than or equal to 'n_classes' ({len(classes)}) will result in a perfect score "
            "and is therefore meaningless."
        )
    hits = _hits(encode(true, classes), scores, int(k))
    if normalize:
        return float(np.average(hits, weights=weight))
    return float(hits.sum() if weight is None else hits @ weight)


def _shaped(kind: str, scores: Any) -> Any:
    """Return scores of one axis for two classes, of two for several."""
    if kind == "multiclass":
        if scores.ndim != 2:
            raise ValueError(
                "`y_score` needs to be of shape `(n_samples, n_classes)`, since `y_true` contains multiple "
                f"classes. Got `y_score.shape={scores.shape}`."
            )
        return scores
    if scores.ndim == 2 and scores.shape[1] != 1:
        raise ValueError(
            f"`y_true` is binary while y_score is 2d with {scores.shape[1]} classes. If `y_true` does not "
            "contain all the labels, `labels` must be provided."
        )
    return scores.reshape(-1)


def _hits(codes: Any, scores: Any, k: int) -> Any:
    """Return, for each sample, whether it is right."""
    if scores.ndim == 2:
        best = np.argsort(scores, axis=1, kind="stable")[:, ::-1][:, :k]
        return (best == codes[:, np.newaxis]).any(axis=1)
    if k > 1:
        return np.ones(len(codes), dtype=bool)
    probabilities = scores.min() >= 0 and scores.max() <= 1
    return (scores > (0.5 if probabilities else 0)) == codes

"""Cross-entropy of predicted probabilities, from labels."""

import warnings

import numpy as np
import numpy.typing as npt

from numpy_ann._typing import Array
from numpy_ann.metrics.labels import as_label_array, encode, type_of_target
from numpy_ann.metrics.parameters import check_array_like, check_bool, check_sample_weight
from numpy_ann.metrics.scores import as_scores, check_lengths

__all__ = ["log_loss"]


def log_loss(
    y_true: npt.ArrayLike,
    y_proba: npt.ArrayLike,
    *,
    normalize: bool = True,
    sample_weight: npt.ArrayLike | None = None,
    labels: npt.ArrayLike | None = None,
) -> float:
    """Return the mean surprise at the true classes: minus the logarithm of the probability given to each.

        l_i = -log p_i(true class)              L = sum(w_i l_i) / sum(w_i)

    Probabilities are kept within ``[eps, 1 - eps]``, with ``eps`` that of their dtype (2.2e-16 for float64).

    Parameters
    ----------
    y_true : labels of shape (samples,)
        The true classes.
    y_proba : numbers of shape (samples, classes), or of shape (samples,)
        Probabilities of the classes in sorted order; with one axis, of the second of two.
    normalize : bool
        Whether to take the mean rather than the sum.
    sample_weight : numbers of shape (samples,), optional
        1 each if not given.
    labels : labels of shape (classes,), optional
        The classes, sorted. Not given: all that occur.

    Raises
    ------
    ValueError
        If probabilities aren't from 0 to 1, or there aren't as many columns as classes, or fewer than two.

    Warns
    -----
    UserWarning
        If the probabilities of a sample don't sum to 1, or ``labels`` aren't sorted.

    Notes
    -----
    Equals ``sklearn.metrics.log_loss``.

    >>> round(log_loss([0, 1], [[0.75, 0.25], [0.5, 0.5]]), 4)
    0.4904
    """
    check_array_like("log_loss", y_true=y_true, y_proba=y_proba)
    check_array_like("log_loss", optional=True, labels=labels)
    check_bool("log_loss", normalize=normalize)
    p = as_scores(y_proba, "y_proba")
    p = p if p.dtype.kind == "f" else p.astype(np.float64)
    if p.size and p.max() > 1:
        raise ValueError(f"y_prob contains values greater than 1: {p.max()}")
    if p.size and p.min() < 0:
        raise ValueError(f"y_prob contains values lower than 0: {p.min()}")
    weight = check_sample_weight("log_loss", sample_weight)
    kind = type_of_target(y_true, "y_true")
    if kind not in ("binary", "multiclass"):
        raise ValueError(f"{kind} targets are not supported. One label a sample is expected.")
    true = as_label_array(y_true, "y_true").reshape(-1)
    check_lengths(p, true, weight)
    classes = _classes(true, labels)
    if p.ndim == 1:
        p = p[:, np.newaxis]
    if p.shape[1] == 1:
        p = np.concatenate([1 - p, p], axis=1)
    eps = float(np.finfo(p.dtype).eps)
    if not np.allclose(p.sum(axis=1), 1, rtol=eps**0.5, atol=0):
        warnings.warn(
            "The y_prob values do not sum to one. Make sure to pass probabilities.", UserWarning, stacklevel=2
        )
    if len(classes) != p.shape[1]:
        if labels is None:
            raise ValueError(
                f"y_true and y_prob contain different number of classes: {len(classes)} vs {p.shape[1]}. "
                "Please provide the true labels explicitly through the labels argument. Classes found in "
                f"y_true: {classes}"
            )
        raise ValueError(
            "The number of classes in labels is different from that in y_prob. Classes found in labels: "
            f"{classes}"
        )
    at_true = np.take_along_axis(p, encode(true, classes)[:, np.newaxis], axis=1)[:, 0]
    losses = -np.log(np.clip(at_true, eps, 1 - eps))
    if normalize:
        return float(np.average(losses, weights=weight))
    return float(losses.sum() if weight is None else losses @ weight)


def _classes(true: Array, labels: npt.ArrayLike | None) -> Array:
    """Return the classes, sorted, as the columns are taken to be."""
    if labels is None:
        classes = np.unique(true)
        if len(classes) == 1:
            raise ValueError(
                f"y_true contains only one label ({classes[0]}). Please provide the list of all expected "
                "class labels explicitly through the labels argument."
            )
        return classes
    given = as_label_array(labels, "labels")
    classes = np.unique(given)
    if not np.array_equal(classes, given):
        warnings.warn(
            f"Labels passed were {labels}. But this function assumes labels are ordered lexicographically. "
            f"Pass the ordered labels={classes.tolist()} and ensure that the columns of y_prob correspond to "
            "this ordering.",
            UserWarning,
            stacklevel=3,
        )
    if (encode(true, classes) < 0).any():
        undeclared = set(true.tolist()) - set(classes.tolist())
        raise ValueError(f"y_true contains values {undeclared} not belonging to the passed labels {labels}.")
    if len(classes) == 1:
        raise ValueError(f"The labels array needs to contain at least two labels, got {classes}.")
    return classes

"""How right labels and scores are, sample by sample: accuracy, the k best, log loss."""

import warnings

import numpy as np
import numpy.typing as npt

from numpy_ann._typing import Array
from numpy_ann.metrics import inputs
from numpy_ann.validation import is_integer


def accuracy_score(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike, *, normalize: bool = True,
    sample_weight: npt.ArrayLike | None = None,
) -> float:  # fmt: skip
    """Return the fraction of predicted labels that equal the true ones.

        accuracy = sum_i w_i [y_pred_i = y_true_i] / sum_i w_i

    ``normalize=False`` returns the numerator: the number, or the total weight, of the correct ones. The other
    parameters, and errors: see ``confusion_matrix``.
    Source: ``sklearn.metrics.accuracy_score``, which it equals, except that multilabel rows are refused.

    >>> accuracy_score([0, 1, 2, 3], [0, 2, 1, 3]), accuracy_score([0, 1, 2], [0, 2, 1], normalize=False)
    (0.5, 1.0)
    """
    weight = inputs.checked_weight(accuracy_score, locals())
    _, true, predicted = inputs.check_targets(y_true, y_pred, weight)
    return _mean_or_sum(true == predicted, weight, normalize)


def top_k_accuracy_score(
    y_true: npt.ArrayLike, y_score: npt.ArrayLike, *, k: int = 2, normalize: bool = True,
    sample_weight: npt.ArrayLike | None = None, labels: npt.ArrayLike | None = None,
) -> float:  # fmt: skip
    """Return the share of samples whose true class is among the ``k`` classes of the largest scores.

    Of equal scores, the later class counts as the larger.
    Raises ``ValueError`` if there aren't as many columns as classes, or ``labels`` isn't sorted, or lacks one
    that occurs.
    Source: ``sklearn.metrics.top_k_accuracy_score``, which it equals.

    Parameters
    ----------
    y_true : labels of shape (samples,)
    y_score : numbers of shape (samples, classes), or of shape (samples,) for two classes
        Scores of the classes in sorted order. For two, of the second: above 0.5 it is chosen if all are from
        0 to 1, otherwise above 0.
    k : int
        1 or more. From the number of classes on, every sample is right, and a warning says so.
    normalize, sample_weight
        As for ``accuracy_score``.
    labels : labels of shape (classes,), optional
        The classes, sorted. Not given: all that occur.

    >>> top_k_accuracy_score([0, 1, 2], [[0.5, 0.2, 0.3], [0.4, 0.1, 0.5], [0.1, 0.6, 0.3]])
    0.6666666666666666
    """
    k_fits = is_integer(k) and k >= 1, "an int in the range [1, inf)"
    weight = inputs.checked_weight(top_k_accuracy_score, locals(), k=k_fits)
    kind = inputs.type_of_target(y_true, "y_true")
    if kind == "binary" and labels is not None and np.size(labels) > 2:
        kind = "multiclass"
    if kind not in ("binary", "multiclass"):
        raise ValueError(f"y type must be 'binary' or 'multiclass', got '{kind}' instead.")
    true, scores = inputs.as_label_array(y_true, "y_true").reshape(-1), inputs.as_scores(y_score)
    if kind == "multiclass" and scores.ndim != 2:
        raise ValueError(
            "`y_score` needs to be of shape `(n_samples, n_classes)`, since `y_true` contains multiple "
            f"classes. Got `y_score.shape={scores.shape}`."
        )
    if kind == "binary" and scores.ndim == 2 and scores.shape[1] != 1:
        raise ValueError(
            f"`y_true` is binary while y_score is 2d with {scores.shape[1]} classes. If `y_true` does not "
            "contain all the labels, `labels` must be provided."
        )
    scores = scores if kind == "multiclass" else scores.reshape(-1)
    inputs.check_lengths(true, scores, weight)
    columns = scores.shape[-1] if scores.ndim == 2 else 2
    classes = inputs.ordered_classes(true, labels, ".")
    if len(classes) != columns:
        if labels is None:
            raise ValueError(
                f"Number of classes in 'y_true' ({len(classes)}) not equal to the number of classes in "
                f"'y_score' ({columns}).You can provide a list of all known classes by assigning it to the "
                "`labels` parameter."
            )
        given = f"Number of given labels ({len(classes)})"
        raise ValueError(f"{given} not equal to the number of classes in 'y_score' ({columns}).")
    inputs.check_contained(true, classes, ".")
    if k >= len(classes):
        inputs.undefined(
            f"'k' ({k}) greater than or equal to 'n_classes' ({len(classes)}) will result in a perfect score "
            "and is therefore meaningless."
        )
    codes = inputs.encode(true, classes)
    if scores.ndim == 2:
        best = np.argsort(scores, axis=1, kind="stable")[:, ::-1][:, : int(k)]
        hits = (best == codes[:, np.newaxis]).any(axis=1)
    else:
        probabilities = scores.min() >= 0 and scores.max() <= 1
        hits = (k > 1) | ((scores > (0.5 if probabilities else 0)) == codes)
    return _mean_or_sum(hits, weight, normalize)


def log_loss(
    y_true: npt.ArrayLike, y_proba: npt.ArrayLike, *, normalize: bool = True,
    sample_weight: npt.ArrayLike | None = None, labels: npt.ArrayLike | None = None,
) -> float:  # fmt: skip
    """Return the mean surprise at the true classes: minus the logarithm of the probability given to each.

        l_i = -log p_i(true class)              L = sum(w_i l_i) / sum(w_i)

    Probabilities are kept within ``[eps, 1 - eps]``, with ``eps`` that of their dtype (2.2e-16 for float64).
    Raises ``ValueError`` if probabilities aren't from 0 to 1, or there aren't as many columns as classes, or
    fewer than two.
    Warns with ``UserWarning`` if the probabilities of a sample don't sum to 1, or ``labels`` aren't sorted.
    Source: ``sklearn.metrics.log_loss``, which it equals.

    Parameters
    ----------
    y_true : labels of shape (samples,)
    y_proba : numbers of shape (samples, classes), or of shape (samples,)
        Probabilities of the classes in sorted order; with one axis, of the second of two.
    normalize, sample_weight, labels
        As for ``top_k_accuracy_score``.

    >>> round(log_loss([0, 1], [[0.75, 0.25], [0.5, 0.5]]), 4)
    0.4904
    """
    weight = inputs.checked_weight(log_loss, locals())
    p = inputs.as_scores(y_proba, "y_proba")
    p = p if p.dtype.kind == "f" else p.astype(np.float64)
    if p.size and p.max() > 1:
        raise ValueError(f"y_prob contains values greater than 1: {p.max()}")
    if p.size and p.min() < 0:
        raise ValueError(f"y_prob contains values lower than 0: {p.min()}")
    kind = inputs.type_of_target(y_true, "y_true")
    if kind not in ("binary", "multiclass"):
        raise ValueError(f"{kind} targets are not supported. One label a sample is expected.")
    true = inputs.as_label_array(y_true, "y_true").reshape(-1)
    inputs.check_lengths(p, true, weight)
    classes = _classes(true, labels)
    if p.ndim == 1:
        p = p[:, np.newaxis]
    if p.shape[1] == 1:
        p = np.concatenate([1 - p, p], axis=1)
    eps = float(np.finfo(p.dtype).eps)
    if not np.allclose(p.sum(axis=1), 1, rtol=eps**0.5, atol=0):
        what = "The y_prob values do not sum to one. Make sure to pass probabilities."
        warnings.warn(what, UserWarning, stacklevel=2)
    if len(classes) != p.shape[1]:
        if labels is None:
            raise ValueError(
                f"y_true and y_prob contain different number of classes: {len(classes)} vs {p.shape[1]}. "
                "Please provide the true labels explicitly through the labels argument. Classes found in "
                f"y_true: {classes}"
            )
        differ = "The number of classes in labels is different from that in y_prob."
        raise ValueError(f"{differ} Classes found in labels: {classes}")
    at_true = np.take_along_axis(p, inputs.encode(true, classes)[:, np.newaxis], axis=1)[:, 0]
    return _mean_or_sum(-np.log(np.clip(at_true, eps, 1 - eps)), weight, normalize)


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
    given = inputs.as_label_array(labels, "labels")
    classes = np.unique(given)
    if not np.array_equal(classes, given):
        warnings.warn(
            f"Labels passed were {labels}. But this function assumes labels are ordered lexicographically. "
            f"Pass the ordered labels={classes.tolist()} and ensure that the columns of y_prob correspond to "
            "this ordering.",
            stacklevel=3,
        )
    if (inputs.encode(true, classes) < 0).any():
        undeclared = set(true.tolist()) - set(classes.tolist())
        raise ValueError(f"y_true contains values {undeclared} not belonging to the passed labels {labels}.")
    if len(classes) == 1:
        raise ValueError(f"The labels array needs to contain at least two labels, got {classes}.")
    return classes


def _mean_or_sum(values: Array, weight: Array | None, normalize: bool) -> float:
    if normalize:
        return float(np.average(values, weights=weight))
    return float(values.sum() if weight is None else values @ weight)

"""The fraction of samples that were labelled correctly."""

import numpy as np
import numpy.typing as npt

from numpy_ann.metrics.labels import check_targets
from numpy_ann.metrics.parameters import check_array_like, check_bool, check_sample_weight

__all__ = ["accuracy_score"]


def accuracy_score(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    normalize: bool = True,
    sample_weight: npt.ArrayLike | None = None,
) -> float:
    """Return the fraction of predicted labels that equal the true ones.

        accuracy = sum_i w_i [y_pred_i = y_true_i] / sum_i w_i

    Parameters
    ----------
    y_true, y_pred : labels of shape (samples,)
        Whole numbers, bools or strings; no one-hot rows.
    normalize : bool
        False returns the numerator: the number, or the total weight, of the correct ones.
    sample_weight : numbers of shape (samples,), optional
        ``w``; 1 each if not given.

    Raises
    ------
    ValueError
        The arrays are empty, differ in length, or do not hold one label a sample.

    Notes
    -----
    Equals ``sklearn.metrics.accuracy_score``, except that multilabel rows are refused.

    >>> accuracy_score([0, 1, 2, 3], [0, 2, 1, 3])
    0.5
    >>> accuracy_score([0, 1, 2, 3], [0, 2, 1, 3], normalize=False)
    2.0
    """
    check_array_like("accuracy_score", y_true=y_true, y_pred=y_pred)
    check_bool("accuracy_score", normalize=normalize)
    weight = check_sample_weight("accuracy_score", sample_weight)
    _, true, predicted = check_targets(y_true, y_pred, weight)
    correct = true == predicted
    if normalize:
        return float(np.average(correct, weights=weight))
    return float(correct.sum() if weight is None else np.dot(correct, weight))

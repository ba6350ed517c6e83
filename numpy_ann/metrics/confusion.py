"""Which classes are taken for which."""

import warnings
from typing import Literal

import numpy as np
import numpy.typing as npt

from numpy_ann._typing import Array
from numpy_ann.metrics.labels import check_targets, classes_of, encode
from numpy_ann.metrics.parameters import check_array_like, check_choice, check_sample_weight

__all__ = ["confusion_matrix"]


def confusion_matrix(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    labels: npt.ArrayLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
    normalize: Literal["true", "pred", "all"] | None = None,
) -> Array:
    """Count how often each true class was predicted as each class.

        C[i, j] = number (or total weight) of samples of class i that were predicted as class j

    Parameters
    ----------
    y_true, y_pred : labels of shape (samples,)
        Whole numbers, bools or strings; no one-hot rows.
    labels : labels of shape (classes,), optional
        The classes and their order; samples whose true or predicted label is not among them are left out.
        Without it: all that occur, sorted.
    sample_weight : numbers of shape (samples,), optional
        1 each if not given.
    normalize : "true", "pred", "all" or None
        Divide by the row's sum (recall on the diagonal), by the column's sum (precision on the diagonal)
        or by the total. 0 / 0 is 0.

    Returns
    -------
    C : array of shape (classes, classes)
        int64; float64 if the weights are floats or ``normalize`` is given.

    Raises
    ------
    ValueError
        The arrays are empty, differ in length, or do not hold one label a sample; ``labels`` is empty or
        none of it occurs in ``y_true``; ``normalize`` is none of the above.

    Warns
    -----
    UserWarning
        The matrix is 1 by 1, because only one label occurs.

    Notes
    -----
    Equals ``sklearn.metrics.confusion_matrix``.

    >>> confusion_matrix([2, 0, 2, 2, 0, 1], [0, 0, 2, 2, 0, 2])
    array([[2, 0, 0],
           [0, 0, 1],
           [1, 0, 2]])
    """
    check_array_like("confusion_matrix", y_true=y_true, y_pred=y_pred)
    check_array_like("confusion_matrix", optional=True, labels=labels)
    check_choice("confusion_matrix", "normalize", normalize, ("true", "pred", "all"))
    weight = check_sample_weight("confusion_matrix", sample_weight)
    _, true, predicted = check_targets(y_true, y_pred, weight)

    classes = classes_of(true, predicted, labels)
    if classes.size == 0:
        raise ValueError("'labels' should contain at least one label.")
    row, column = encode(true, classes), encode(predicted, classes)
    if (row < 0).all():
        raise ValueError("At least one label specified must be in y_true")

    listed = (row >= 0) & (column >= 0)
    cells = np.bincount(
        (row * classes.size + column)[listed],
        weights=None if weight is None else weight[listed],
        minlength=classes.size**2,
    )
    # bincount's own dtype is float64 for all weights, and int64 where there is nothing to count.
    whole = weight is None or weight.dtype.kind in "biu"
    matrix = cells.astype(np.int64 if whole else np.float64).reshape(classes.size, classes.size)
    if normalize is not None:
        matrix = _normalized(matrix, normalize)
    if classes.size == 1:
        warnings.warn(
            "A single label was found in 'y_true' and 'y_pred'. For the confusion matrix to have the correct "
            "shape, use the 'labels' parameter to pass all known labels.",
            UserWarning,
            stacklevel=2,
        )
    return matrix


def _normalized(matrix: Array, by: Literal["true", "pred", "all"]) -> Array:
    """Divide by the sums of the rows, of the columns or of all; a class without samples stays 0."""
    axis = {"true": 1, "pred": 0, "all": None}[by]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.nan_to_num(matrix / matrix.sum(axis=axis, keepdims=True))

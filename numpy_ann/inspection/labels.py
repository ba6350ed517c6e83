"""Classes by number, as users hand them over."""

import numpy as np

from numpy_ann._typing import Array

__all__ = ["as_class_index", "as_labels"]


def as_labels(y: object, classes: int, name: str = "y") -> Array:
    """Return labels as class numbers; one-hot rows are taken too.

    Raises
    ------
    ValueError
        If a label is no class of the model.

    Examples
    --------
    >>> as_labels(np.array([[0, 0, 1], [1, 0, 0]]), 3)
    array([2, 0])
    """
    labels: Array = np.asarray(y)
    if labels.ndim == 2 and labels.dtype.kind in "biuf":
        if labels.shape[1] == classes:
            if not np.allclose(labels.sum(axis=1), 1, atol=1e-3):
                raise ValueError(f"{name} must have one class a sample; its rows don't each sum to 1.")
            labels = labels.argmax(axis=1)
        elif labels.shape[1] == 1:
            labels = labels[:, 0]
    if labels.ndim != 1 or labels.dtype.kind not in "biuf":
        raise ValueError(
            f"{name} must be one class number a sample, or one-hot rows of the model's {classes} classes. "
            f"Received: shape {labels.shape}, dtype {labels.dtype}."
        )
    with np.errstate(invalid="ignore"):  # a NaN is no number of a class, as the next line finds
        numbers = labels.astype(np.int64)
    if (numbers != labels).any() or (len(numbers) and not 0 <= numbers.min() <= numbers.max() < classes):
        raise ValueError(f"{name} must hold the class numbers 0 to {classes - 1} of the model's outputs.")
    return numbers


def as_class_index(class_index: object, samples: int, classes: int) -> Array:
    """Return one class number a sample, from one for all or from one each.

    Raises
    ------
    ValueError
        If there are more or fewer, or one is no class of the model.

    Examples
    --------
    >>> as_class_index(2, 3, 10)
    array([2, 2, 2])
    """
    index: Array = np.asarray(class_index)
    if index.dtype.kind not in "iu" or index.shape not in ((), (samples,)):
        hint = " Of one-hot labels, pass np.argmax(labels, axis=1)." if index.ndim == 2 else ""
        raise ValueError(
            f"class_index is one whole number, or one for each of the {samples} samples. "
            f"Received: shape {index.shape}, dtype {index.dtype}.{hint}"
        )
    if not (index < classes).all() or not (index >= 0).all():
        raise ValueError(
            f"class_index is from 0 to {classes - 1}, the classes of the model's outputs. "
            f"Received: {index.min()} to {index.max()}."
        )
    return np.broadcast_to(index, samples).astype(np.int64)

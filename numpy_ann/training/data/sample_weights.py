"""How much each sample counts in training: weights by sample, or by class."""

from collections.abc import Mapping

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.validation import is_integer

__all__ = ["as_sample_weight", "class_weights_of"]


def as_sample_weight(weight: Array) -> Array:
    """Return weights, one a sample.

    Raises ``ValueError`` if there isn't one finite number of 0 or more for each sample.
    """
    if weight.shape == (len(weight), 1):
        weight = weight[:, 0]
    if weight.ndim != 1:
        raise ValueError(f"`sample_weight` holds one number a sample. Received the shape {weight.shape}.")
    if not np.all(np.isfinite(weight)) or weight.min() < 0:
        raise ValueError("`sample_weight` must be finite numbers of 0 or more.")
    return weight


def class_weights_of(
    y: Array, class_weight: Mapping[int, float], sample_weight: Array | None = None
) -> Array:
    """Return a weight for each sample from weights by class; a class that isn't named weighs 1.

    Labels may be integers or one-hot.

    Raises ``ValueError`` if there are sample weights too, a class isn't an integer of 0 or more, or a weight
    not a finite number of 0 or more.

    >>> class_weights_of(np.array([0, 1, 2]), {1: 5.0})
    array([1., 5., 1.])
    """
    if sample_weight is not None:
        raise ValueError("You cannot `class_weight` and `sample_weight` at the same time.")
    if not isinstance(class_weight, Mapping):
        raise ValueError(f"`class_weight` is a dictionary from class to weight. Received: {class_weight!r}")
    labels = y.argmax(axis=-1) if y.ndim > 1 and y.shape[-1] > 1 else y.reshape(len(y), -1)[:, 0]
    if labels.ndim > 1:
        raise ValueError("`class_weight` needs one label a sample.")
    weights = np.ones(len(labels))
    for label, weight in class_weight.items():
        if not is_integer(label) or label < 0:
            raise ValueError(f"`class_weight` has the key {label!r}; a class is an integer of 0 or more.")
        if not np.isfinite(weight) or weight < 0:
            raise ValueError(
                f"`class_weight` gives class {label} the weight {weight!r}; 0 or more is wanted."
            )
        weights[labels == label] = weight
    return weights

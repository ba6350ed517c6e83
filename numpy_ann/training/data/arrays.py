"""What a user hands over, checked and turned into arrays, before any work begins."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from numpy_ann._typing import Array, Shape

__all__ = [
    "as_features",
    "as_numbers",
    "as_sample_weight",
    "check_lengths",
    "class_weights_of",
    "split",
    "weights_of",
]


def as_numbers(name: str, value: object) -> Array:
    """Return ``value`` as an array of numbers; arrays are passed through, whatever their dtype and size.

    Raises
    ------
    TypeError
        If it is text, a generator, ragged or otherwise not numbers.
    ValueError
        If it holds no sample.
    """
    if hasattr(value, "__next__"):
        raise TypeError(
            f"`{name}` is an iterator; numpy_ann trains on arrays. Collect it: np.stack(list({name}))."
        )
    if value is None:
        raise TypeError(f"`{name}` is missing: it is None.")
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"`{name}` is a masked array; say what its gaps hold: {name}.filled(0).")
    try:
        array = np.asarray(value)  # a memory-mapped file stays where it is
    except ValueError as error:
        raise TypeError(f"`{name}` can't be made an array: {error}") from error
    if array.dtype.kind not in "biuf":
        cure = " Its rows may differ in length." if array.dtype.kind == "O" else ""
        raise TypeError(
            f"`{name}` must hold real numbers, but its dtype is {array.dtype}.{cure} "
            f"Convert it first, as in np.asarray({name}, dtype='float32')."
        )
    if array.ndim == 0:
        raise ValueError(f"`{name}` must have one row a sample, but it is the single number {array}.")
    if array.size == 0:
        raise ValueError(f"`{name}` is empty: its shape is {array.shape}.")
    return array


def as_features(name: str, value: object, input_shape: Shape | None) -> Array:
    """Return ``value`` as inputs of samples of ``input_shape`` (``None``: any).

    Raises
    ------
    ValueError
        If the samples have another shape; the message knows the usual slips.
    """
    x = as_numbers(name, value)
    if input_shape is None or x.shape[1:] == input_shape:
        return x
    expected, cure = ("batch", *input_shape), ""
    if x.shape == input_shape:
        cure = f" A single sample needs a batch axis: {name}[np.newaxis]."
    elif np.prod(x.shape[1:]) == np.prod(input_shape):
        cure = f" The sizes agree: {name}.reshape(-1, {', '.join(map(str, input_shape))})."
    elif x.ndim == 1:
        cure = f" One feature a sample is a column: {name}.reshape(-1, 1)."
    raise ValueError(
        f"The model expects {name} of shape ({', '.join(map(str, expected))}), but received {x.shape}.{cure}"
    )


def check_lengths(**arrays: Array | None) -> None:
    """Raise ``ValueError`` unless all arrays hold equally many samples.

    Examples
    --------
    >>> check_lengths(x=np.zeros(3), y=np.zeros(2))
    Traceback (most recent call last):
        ...
    ValueError: Data cardinality is ambiguous: all arrays must hold as many samples. Received: x 3, y 2.
    """
    lengths = {name: len(array) for name, array in arrays.items() if array is not None}
    if len(set(lengths.values())) > 1:
        found = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise ValueError(
            f"Data cardinality is ambiguous: all arrays must hold as many samples. Received: {found}."
        )


def as_sample_weight(value: object, x: Array) -> Array:
    """Return weights, one a sample, for ``x``.

    Raises
    ------
    ValueError
        If there isn't one finite number of 0 or more for each sample.
    """
    weight = as_numbers("sample_weight", value)
    if weight.shape == (len(weight), 1):
        weight = weight[:, 0]
    check_lengths(x=x, sample_weight=weight)
    if weight.ndim != 1:
        raise ValueError(f"`sample_weight` holds one number a sample. Received the shape {weight.shape}.")
    if not np.all(np.isfinite(weight)) or weight.min() < 0:
        raise ValueError("`sample_weight` must be finite numbers of 0 or more.")
    return weight


def weights_of(y: Array, sample_weight: Array | None, class_weight: Mapping[int, float]) -> Array:
    """Return the weight of each sample in training, from class weights.

    Raises
    ------
    ValueError
        If sample weights are given too.
    """
    if sample_weight is not None:
        raise ValueError("You cannot `class_weight` and `sample_weight` at the same time.")
    return class_weights_of(y, class_weight)


def class_weights_of(y: Array, class_weight: Mapping[int, float]) -> Array:
    """Return a weight for each sample from weights by class; a class that isn't named weighs 1.

    Labels may be integers or one-hot.

    Raises
    ------
    ValueError
        If a class isn't an integer of 0 or more, or a weight not a finite number of 0 or more.

    Examples
    --------
    >>> class_weights_of(np.array([0, 1, 2]), {1: 5.0})
    array([1., 5., 1.])
    """
    if not isinstance(class_weight, Mapping):
        raise ValueError(f"`class_weight` is a dictionary from class to weight. Received: {class_weight!r}")
    labels = y.argmax(axis=-1) if y.ndim > 1 and y.shape[-1] > 1 else y.reshape(len(y), -1)[:, 0]
    if labels.ndim > 1:
        raise ValueError("`class_weight` needs one label a sample.")
    weights = np.ones(len(labels))
    for label, weight in class_weight.items():
        if isinstance(label, bool) or not isinstance(label, int | np.integer) or label < 0:
            raise ValueError(f"`class_weight` has the key {label!r}; a class is an integer of 0 or more.")
        if not np.isfinite(weight) or weight < 0:
            raise ValueError(
                f"`class_weight` gives class {label} the weight {weight!r}; 0 or more is wanted."
            )
        weights[labels == label] = weight
    return weights


def split(validation_split: float, *arrays: Array | None) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Cut the last fraction off each array, for validation; nothing is copied.

    Raises
    ------
    ValueError
        If one of the two parts would be empty, or the fraction isn't from 0 to below 1.

    Examples
    --------
    >>> split(0.25, np.arange(4), None)
    ((array([0, 1, 2]), None), (array([3]), None))
    """
    if isinstance(validation_split, bool) or not 0 <= validation_split < 1:
        raise ValueError(
            f"`validation_split` is a fraction from 0 to below 1. Received: {validation_split!r}"
        )
    samples = next(len(array) for array in arrays if array is not None)
    at = int(samples * (1 - validation_split))
    if at in (0, samples):
        raise ValueError(
            f"Training data contains {samples} samples, which is not sufficient to split it into a "
            f"validation and training set as specified by `validation_split={validation_split}`. Either "
            "provide more data, or a different value for the `validation_split` argument."
        )
    first = tuple(None if array is None else array[:at] for array in arrays)
    last = tuple(None if array is None else array[at:] for array in arrays)
    return first, last

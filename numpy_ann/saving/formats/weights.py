"""Weights in HDF5: the two layouts that Keras has, and their checks."""

from collections.abc import Sequence

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.errors import ModelFormatError
from numpy_ann.layers import Layer
from numpy_ann.lookup import snake_case
from numpy_ann.saving.containers.hdf5 import Group
from numpy_ann.saving.formats.model_contents import WeightFormat

__all__ = ["checked_numbers", "class_group_names", "read_named_weights", "read_numbered_weights"]


def read_named_weights(
    group: Group, weight_formats: Sequence[Sequence[WeightFormat]], dtype: str, *, allow_nonfinite: bool
) -> list[list[Array]]:
    """Read the layout of ``.h5`` files: lists of names, in attributes, say which arrays a layer has.

    ::

        @layer_names = ["flatten", "dense", ...]
        dense/  @weight_names = ["dense/kernel:0", "dense/bias:0"]
        dense/dense/kernel:0        dense/dense/bias:0

    As in Keras, layers are matched by their order, those without weights left out; names are free.

    Parameters
    ----------
    group : Group
        ``model_weights``, or the root of a file of weights alone.
    weight_formats : sequence
        For each layer, what its parameters are.
    dtype : str
        Of the returned arrays.
    allow_nonfinite : bool
        Whether NaN and infinity may stand among the weights.
    """
    most = 2 * len(weight_formats) + 16  # a functional model's list has its input layer too
    names = group.texts("layer_names", most)
    if len(set(names)) < len(names):
        raise group.error("a layer's name stands twice in 'layer_names'")
    widest = max(map(len, weight_formats), default=0) + 1
    found = [(layer, layer.texts("weight_names", widest)) for layer in map(group.group, names)]
    found = [(layer, weight_names) for layer, weight_names in found if weight_names]
    expected = [weights for weights in weight_formats if weights]
    if len(found) != len(expected):
        raise group.error(f"{len(found)} layers with weights, but the configuration has {len(expected)}")

    arrays = iter(
        _read(layer, weight_names, weights, dtype, allow_nonfinite)
        for (layer, weight_names), weights in zip(found, expected, strict=True)
    )
    return [next(arrays) if weights else [] for weights in weight_formats]


def read_numbered_weights(
    root: Group,
    layers: Sequence[Layer],
    weight_formats: Sequence[Sequence[WeightFormat]],
    dtype: str,
    *,
    allow_nonfinite: bool,
) -> list[list[Array]]:
    """Read the layout of ``.keras`` and ``.weights.h5`` files: places say which arrays a layer has.

    ::

        layers/dense/vars/0         layers/dense/vars/1
        layers/dense_1/vars/0       layers/dense_1/vars/1

    The groups are named after the layers' classes and numbered; the layers' own names don't appear.
    Parameters are those of ``read_named_weights``, and the layers themselves.
    """
    if "layers" in root:
        container, names = root.group("layers"), class_group_names(layers, [1] * len(layers))
    elif "_layer_checkpoint_dependencies" in root:  # Keras 2.12 and 2.13; layers with weights count twice
        container = root.group("_layer_checkpoint_dependencies")
        names = class_group_names(layers, [2 if weights else 1 for weights in weight_formats])
    else:
        raise root.error("the group 'layers' is missing")
    result: list[list[Array]] = []
    for name, weights in zip(names, weight_formats, strict=True):
        group = container.group(f"{name}/vars") if weights else container
        if weights and len(group) != len(weights):
            raise group.error(f"{len(group)} weights, but the configuration makes it {len(weights)}")
        numbers = [str(i) for i in range(len(weights))]
        result.append(_read(group, numbers, weights, dtype, allow_nonfinite))
    return result


def class_group_names(layers: Sequence[Layer], steps: Sequence[int]) -> list[str]:
    """Return the name of each layer's group: its class in snake case, numbered from the second on.

    Examples
    --------
    >>> from numpy_ann.layers import Dense, Flatten
    >>> class_group_names([Flatten(), Dense(3), Dense(2)], [1, 1, 1])
    ['flatten', 'dense', 'dense_1']
    """
    counts: dict[str, int] = {}
    names = []
    for layer, step in zip(layers, steps, strict=True):
        name = snake_case(type(layer).__name__)
        number = counts.get(name, 0)
        names.append(f"{name}_{number}" if number else name)
        counts[name] = number + step
    return names


def _read(
    group: Group,
    names: Sequence[str],
    weights: Sequence[WeightFormat],
    dtype: str,
    allow_nonfinite: bool,
) -> list[Array]:
    if len(names) != len(weights):
        raise group.error(f"{len(names)} weights, but the configuration makes it {len(weights)}")
    arrays = [
        group.array(name, weight.shape, weight.kind) for name, weight in zip(names, weights, strict=True)
    ]
    return [
        checked_numbers(array, dtype, f"{group.place}/{name}", allow_nonfinite=allow_nonfinite)
        for name, array in zip(names, arrays, strict=True)
    ]


def checked_numbers(array: Array, dtype: str, place: str, *, allow_nonfinite: bool = False) -> Array:
    """Return the array in the model's dtype; refuse NaN, infinity and what becomes infinite in that dtype."""
    with np.errstate(over="ignore"):
        converted = array.astype(dtype, copy=False)
    if not allow_nonfinite and not np.isfinite(converted).all():
        raise ModelFormatError(
            f"{place}: holds NaN or infinity, from which nothing can be computed. "
            "To look at such a model, load it with allow_nonfinite=True."
        )
    return converted

"""Initializers in a configuration: they tell where the weights started, which the file's weights replace."""

from typing import Any

import numpy as np

from numpy_ann import initializers
from numpy_ann._typing import Array, Shape
from numpy_ann.initializers import Initializer
from numpy_ann.saving.item import Item
from numpy_ann.saving.options import Table, class_of, make, seed

__all__ = ["KerasInitializer", "read_initializer", "write_initializer"]

_FAN_AXES = {"input_axes": (None,), "output_axes": (None,)}  # Keras 3.15

_TABLES = {
    "GlorotUniform": Table(initializers.GlorotUniform, {"seed": seed}, _FAN_AXES),
    "Ones": Table(initializers.Ones),
    "Zeros": Table(initializers.Zeros),
}

# Keras' initializers that numpy_ann doesn't draw from. A loaded model doesn't need to: see KerasInitializer.
_OTHERS = {
    "Constant": "constant",
    "GlorotNormal": "glorot_normal",
    "HeNormal": "he_normal",
    "HeUniform": "he_uniform",
    "LecunNormal": "lecun_normal",
    "LecunUniform": "lecun_uniform",
    "Orthogonal": "orthogonal",
    "OrthogonalInitializer": "orthogonal",
    "RandomNormal": "random_normal",
    "RandomUniform": "random_uniform",
    "TruncatedNormal": "truncated_normal",
    "VarianceScaling": "variance_scaling",
}

_CLASS_OF_NAME = {
    **{name: class_name for class_name, name in _OTHERS.items()},
    "glorot_uniform": "GlorotUniform",
    "ones": "Ones",
    "zeros": "Zeros",
}


class KerasInitializer(Initializer):
    """An initializer of Keras' that is kept as the file described it, and written back the same.

    Weights that were loaded came from the file, so nothing is lost; drawing new ones gives zeros.

    Parameters
    ----------
    class_name : str
        Keras' name of the class.
    config : dict
        Its options: numbers, strings, bools and None.
    """

    def __init__(self, class_name: str, config: dict[str, Any]) -> None:
        self.class_name = class_name
        self.config = config

    def __call__(self, shape: Shape, rng: np.random.Generator, dtype: np.dtype[np.floating]) -> Array:
        """Return zeros, to be replaced by the file's weights."""
        return np.zeros(shape, dtype=dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the options."""
        return self.config


def read_initializer(item: Item) -> Initializer:
    """Read an initializer: an object, or the name of one with Keras' own options."""
    if isinstance(item.value, str):
        name = _CLASS_OF_NAME.get(item.value, item.value)
        item = Item({"class_name": name, "config": {}}, item.place)
    name = class_of(item, "initializer", {*_TABLES, *_OTHERS})
    if name in _TABLES:
        initializer: Initializer = make(item, "initializer", _TABLES)
        return initializer
    return KerasInitializer(name, _plain_options(item["config"]))


def _plain_options(config: Item) -> dict[str, Any]:
    """Return options that are plain values, without Keras 3.15's axes, which Keras 3.3 doesn't know."""
    options = {}
    for key, item in config.fields().items():
        if isinstance(item.value, dict | list):
            raise item.unexpected("a number, a string, true, false or null")
        if key not in _FAN_AXES or not item.is_null:
            options[key] = item.value
    return options


def write_initializer(initializer: Initializer) -> dict[str, Any]:
    """Return the object that Keras reads."""
    name = initializer.class_name if isinstance(initializer, KerasInitializer) else type(initializer).__name__
    return {
        "module": "keras.initializers",
        "class_name": name,
        "config": initializer.get_config(),
        "registered_name": None,
    }

"""The initializers that a file may name: where the weights started, which the file's weights replace."""

from typing import Any

from numpy_ann import initializers
from numpy_ann.initializers import Initializer
from numpy_ann.saving.formats.config_value import ConfigValue
from numpy_ann.saving.formats.options import Neutral, Table, choice, make, number, seed

__all__ = ["read_initializer", "write_initializer"]

_FAN_AXES: dict[str, Neutral] = {"input_axes": (None,), "output_axes": (None,)}  # Keras 3.15
_LARGEST = 1e30

_number = number(-_LARGEST, _LARGEST)
_deviation = number(0, _LARGEST)
_SEED = {"seed": seed}
_NORMAL = {**_SEED, "mean": _number, "stddev": _deviation}
_SCALING = {
    **_SEED,
    "scale": _deviation,
    "mode": choice({mode: mode for mode in ("fan_in", "fan_out", "fan_avg")}),
    "distribution": choice(
        {
            "normal": "truncated_normal",
            "truncated_normal": "truncated_normal",
            "untruncated_normal": "untruncated_normal",
            "uniform": "uniform",
        }
    ),
}

_TABLES: dict[str, Table] = {
    "Constant": Table(initializers.Constant, {"value": _number}),
    "GlorotNormal": Table(initializers.GlorotNormal, _SEED, _FAN_AXES),
    "GlorotUniform": Table(initializers.GlorotUniform, _SEED, _FAN_AXES),
    "HeNormal": Table(initializers.HeNormal, _SEED, _FAN_AXES),
    "HeUniform": Table(initializers.HeUniform, _SEED, _FAN_AXES),
    "Identity": Table(initializers.Identity, {"gain": _number}),
    "LecunNormal": Table(initializers.LecunNormal, _SEED, _FAN_AXES),
    "LecunUniform": Table(initializers.LecunUniform, _SEED, _FAN_AXES),
    "Ones": Table(initializers.Ones),
    "Orthogonal": Table(initializers.Orthogonal, {**_SEED, "gain": _number}),
    "RandomNormal": Table(initializers.RandomNormal, _NORMAL),
    "RandomUniform": Table(initializers.RandomUniform, {**_SEED, "minval": _number, "maxval": _number}),
    "TruncatedNormal": Table(initializers.TruncatedNormal, _NORMAL),
    "VarianceScaling": Table(initializers.VarianceScaling, _SCALING, _FAN_AXES),
    "Zeros": Table(initializers.Zeros),
}
_TABLES["IdentityInitializer"] = _TABLES["Identity"]  # the classes' names in early Keras 3
_TABLES["OrthogonalInitializer"] = _TABLES["Orthogonal"]


def read_initializer(item: ConfigValue) -> Initializer:
    """Read an initializer: an object, or the name of one with Keras' own options."""
    if isinstance(item.value, str):
        try:
            return initializers.get(item.string())
        except ValueError as error:
            raise item.error(str(error)) from None
    initializer: Initializer = make(item, "initializer", _TABLES)
    return initializer


def write_initializer(initializer: Initializer) -> dict[str, Any]:
    """Return the object that Keras reads.

    Raises
    ------
    ValueError
        If files have no such initializer.
    """
    name = type(initializer).__name__
    if name not in _TABLES or type(initializer) is not _TABLES[name].make:
        raise ValueError(
            f"The initializer {name} can't be written to a Keras file; {', '.join(sorted(_TABLES))} can."
        )
    return {
        "module": "keras.initializers",
        "class_name": name,
        "config": initializer.get_config(),
        "registered_name": None,
    }

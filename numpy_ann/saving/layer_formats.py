"""The layers that a file may name: what their configurations mean, and what weights they have."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from numpy_ann import activations
from numpy_ann._typing import Shape
from numpy_ann.initializers import Initializer
from numpy_ann.layers import Activation, Dense, Dropout, Flatten, Layer, ReLU, Softmax
from numpy_ann.saving.initializer_formats import read_initializer, write_initializer
from numpy_ann.saving.item import Item
from numpy_ann.saving.options import ANYTHING, Table, choice, function_name, integer, make, number, seed

__all__ = ["ENTRY_INERT", "LAYERS", "LayerTable", "read_dtype", "read_layer", "write_layer"]


@dataclass(frozen=True)
class LayerTable(Table):
    """A layer class that a file may name.

    Parameters
    ----------
    weights : callable
        Gives the shapes of the layer's parameters from the layer and the shape of one input sample.
    """

    weights: Callable[[Any, Shape], list[Shape]] = lambda layer, input_shape: []


# Beside class_name and config: what Keras uses to find code, to build layers and to recognize shared objects.
ENTRY_INERT = ("build_config", "module", "registered_name", "shared_object_id")

# How numpy_ann computes what each of Keras' policies asks for: in that precision or a better one.
_DTYPES = choice(
    {"float32": "float32", "float64": "float64", "float16": "float32", "mixed_float16": "float32"}
)


def read_dtype(item: Item) -> str:
    """Read a dtype or a dtype policy: a name, an object around a name, or null (Keras 3.0, of metrics)."""
    if item.is_null:
        return "float32"
    if isinstance(item.value, dict):
        name = item["class_name"].string()
        if name not in ("DTypePolicy", "FloatDTypePolicy", "Policy"):
            raise item.error(f"the dtype policy {name!r} is not supported; DTypePolicy is")
        if item["config"].fields().keys() - {"name", "source_name"}:
            raise item["config"].unexpected("a dtype policy's name alone")
        item = item["config"]["name"]
    dtype: str = _DTYPES(item)
    return dtype


def _read_activation(item: Item) -> str:
    try:
        return activations.get("linear" if item.is_null else function_name(item)).name
    except ValueError as error:
        raise item.error(str(error)) from None


def _dense_weights(layer: Dense, input_shape: Shape) -> list[Shape]:
    kernel: Shape = (input_shape[-1], layer.units)
    return [kernel, (layer.units,)] if layer.use_bias else [kernel]


_COMMON = {"name": Item.string, "trainable": Item.boolean, "dtype": read_dtype}
_COMMON_INERT = {
    "activity_regularizer": (None,),
    # Where a model has an input layer, this repeats it; where it has none, the architecture has read it.
    "batch_input_shape": ANYTHING,
    "batch_shape": ANYTHING,
}
_NO_CONSTRAINTS = dict.fromkeys(
    ("kernel_regularizer", "bias_regularizer", "kernel_constraint", "bias_constraint"), (None,)
)

LAYERS: dict[str, LayerTable] = {
    "Activation": LayerTable(Activation, {"activation": _read_activation}),
    "Dense": LayerTable(
        Dense,
        {
            "units": integer(1, 2**31),
            "activation": _read_activation,
            "use_bias": Item.boolean,
            "kernel_initializer": read_initializer,
            "bias_initializer": read_initializer,
        },
        {**_NO_CONSTRAINTS, "quantization_config": (None,), "lora_rank": (None,), "lora_alpha": (None,)},
        written=dict.fromkeys(_NO_CONSTRAINTS),
        weights=_dense_weights,
    ),
    "Dropout": LayerTable(
        Dropout, {"rate": number(0, 1), "seed": seed}, {"noise_shape": (None,)}, written={"noise_shape": None}
    ),
    "Flatten": LayerTable(
        Flatten, {}, {"data_format": ("channels_last", None)}, written={"data_format": "channels_last"}
    ),
    "ReLU": LayerTable(
        ReLU,
        {},
        {"max_value": (None,), "negative_slope": (0.0, None), "threshold": (0.0, None)},
        written={"max_value": None, "negative_slope": 0.0, "threshold": 0.0},
    ),
    "Softmax": LayerTable(Softmax, {}, {"axis": (-1,)}, written={"axis": -1}),
}

_TABLES: Mapping[str, Table] = {
    name: Table(row.make, {**_COMMON, **row.arguments}, {**_COMMON_INERT, **row.inert})
    for name, row in LAYERS.items()
}


def read_layer(entry: Item, input_shape: Shape) -> tuple[Layer, list[Shape]]:
    """Return the layer that an entry describes, not built, and the shapes of its parameters.

    Raises
    ------
    ModelFormatError
        If the class or an option isn't supported, or the layer can't follow ``input_shape``.
    """
    layer: Layer = make(entry, "layer", _TABLES)
    try:
        return layer, LAYERS[type(layer).__name__].weights(layer, input_shape)
    except IndexError:
        raise entry.error("the layer needs samples of at least one axis, but gets single numbers") from None


def write_layer(layer: Layer) -> dict[str, Any]:
    """Return the configuration of a layer, in the form that Keras 2.15 and every Keras 3 read.

    Raises
    ------
    ValueError
        If files have no such layer.
    """
    row = LAYERS.get(type(layer).__name__)
    if row is None or type(layer) is not row.make:
        raise ValueError(
            f"Layer '{layer.name}' is a {type(layer).__name__}, which Keras files made here can't hold. "
            f"They hold {', '.join(sorted(LAYERS))}."
        )
    config = {**layer.get_config(), **row.written}
    return {key: write_initializer(v) if isinstance(v, Initializer) else v for key, v in config.items()}

"""The layers that a file may name: what their configurations mean, and what weights they have."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from numpy_ann import activations
from numpy_ann._typing import Shape
from numpy_ann.activations import ActivationFunction
from numpy_ann.constraints import Constraint
from numpy_ann.initializers import Initializer
from numpy_ann.layers import (
    ELU,
    Activation,
    AlphaDropout,
    BatchNormalization,
    Dense,
    Dropout,
    Flatten,
    GaussianDropout,
    GaussianNoise,
    Layer,
    LayerNormalization,
    LeakyReLU,
    Normalization,
    PReLU,
    ReLU,
    Rescaling,
    Reshape,
    Softmax,
)
from numpy_ann.regularizers import Regularizer
from numpy_ann.saving.formats.config_value import ConfigValue
from numpy_ann.saving.formats.initializers import read_initializer, write_initializer
from numpy_ann.saving.formats.model_contents import WeightFormat
from numpy_ann.saving.formats.options import (
    ANYTHING,
    Neutral,
    Reader,
    Table,
    choice,
    function_name,
    integer,
    make,
    number,
    seed,
)
from numpy_ann.saving.formats.penalties import read_constraint, read_regularizer, write_penalty

__all__ = ["ENTRY_INERT", "LAYERS", "LayerTable", "read_dtype", "read_layer", "write_layer"]


@dataclass(frozen=True)
class LayerTable(Table):
    """A layer class that a file may name.

    Parameters
    ----------
    keras2 : mapping
        From our options to Keras 2's names for them, where those differ; both are read.
    weights : callable
        Gives what the layer's parameters are, from the layer and the shape of one input sample.
    """

    keras2: Mapping[str, str] = field(default_factory=dict)
    weights: Callable[[Any, Shape], list[WeightFormat]] = lambda layer, input_shape: []


# Beside class_name and config: what Keras uses to find code, to build layers and to recognize shared objects.
ENTRY_INERT = ("build_config", "module", "registered_name", "shared_object_id")

# How numpy_ann computes what each of Keras' policies asks for: in that precision or a better one.
_DTYPES = choice(
    {"float32": "float32", "float64": "float64", "float16": "float32", "mixed_float16": "float32"}
)


def read_dtype(item: ConfigValue) -> str:
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


def _read_activation(item: ConfigValue) -> str:
    try:
        return activations.get("linear" if item.is_null else function_name(item)).name
    except ValueError as error:
        raise item.error(str(error)) from None


def _optional(reader: Reader) -> Reader:
    return lambda item: None if item.is_null else reader(item)


def _or_zero(reader: Reader) -> Reader:
    return lambda item: 0.0 if item.is_null else reader(item)


def _integers(low: int) -> Reader:
    """Return the reader of one integer, or of a list of them."""

    def read(item: ConfigValue) -> int | list[int]:
        if isinstance(item.value, list):
            return [entry.integer(low, 2**31) for entry in item.array(32)]
        return item.integer(low, 2**31)

    return read


def _mask_shape(item: ConfigValue) -> list[int | None]:
    return [None if entry.is_null else entry.integer(1, 2**31) for entry in item.array(32)]


def _numbers(axes: int) -> Reader:
    """Return the reader of a number, or of an array of at most so many axes: lists in lists."""

    def read(item: ConfigValue) -> Any:
        if axes and isinstance(item.value, list):
            return [_numbers(axes - 1)(entry) for entry in item.array(1 << 16)]
        return item.number(-_LARGEST, _LARGEST)

    return read


def _dense_weights(layer: Dense, input_shape: Shape) -> list[WeightFormat]:
    kernel = WeightFormat((input_shape[-1], layer.units))
    return [kernel, WeightFormat((layer.units,))] if layer.use_bias else [kernel]


def _slopes(layer: PReLU, input_shape: Shape) -> list[WeightFormat]:
    return [WeightFormat(layer.alpha_shape(input_shape))]


def _scale_and_center(
    layer: BatchNormalization | LayerNormalization, input_shape: Shape
) -> list[WeightFormat]:
    return [WeightFormat(layer.parameter_shape(input_shape))] * (layer.scale + layer.center)


def _with_moving_averages(layer: BatchNormalization, input_shape: Shape) -> list[WeightFormat]:
    moving = WeightFormat(layer.parameter_shape(input_shape), trained=False)
    return [*_scale_and_center(layer, input_shape), moving, moving]


def _moments(layer: Normalization, input_shape: Shape) -> list[WeightFormat]:
    moment = WeightFormat(layer.parameter_shape(input_shape), trained=False)
    return [moment, moment, WeightFormat((), False, "i")] if layer.input_mean is None else []


_COMMON: dict[str, Reader] = {
    "name": ConfigValue.string,
    "trainable": ConfigValue.boolean,
    "dtype": read_dtype,
    "activity_regularizer": read_regularizer,
}
_COMMON_INERT: dict[str, Neutral] = {
    # Where a model has an input layer, this repeats it; where it has none, the architecture has read it.
    "batch_input_shape": ANYTHING,
    "batch_shape": ANYTHING,
}
_LARGEST = 1e30
_factor = number(0, _LARGEST)


def _parameter(name: str) -> dict[str, Reader]:
    """Return the readers of the three options of one parameter."""
    return {
        f"{name}_initializer": read_initializer,
        f"{name}_regularizer": read_regularizer,
        f"{name}_constraint": read_constraint,
    }


_NOISE: dict[str, Reader] = {"rate": number(0, 1), "seed": seed}
_NORMALIZATION: dict[str, Reader] = {
    "epsilon": _factor,
    "center": ConfigValue.boolean,
    "scale": ConfigValue.boolean,
    **_parameter("beta"),
    **_parameter("gamma"),
}

LAYERS: dict[str, LayerTable] = {
    "Activation": LayerTable(Activation, {"activation": _read_activation}),
    "AlphaDropout": LayerTable(AlphaDropout, {**_NOISE, "noise_shape": _optional(_mask_shape)}),
    "BatchNormalization": LayerTable(
        BatchNormalization,
        {
            **_NORMALIZATION,
            "axis": _integers(-32),
            "momentum": number(0, 1),
            "moving_mean_initializer": read_initializer,
            "moving_variance_initializer": read_initializer,
        },
        {
            "synchronized": (False,),
            "renorm": (False,),
            "renorm_clipping": (None,),
            "renorm_momentum": ANYTHING,
            "fused": ANYTHING,
            "virtual_batch_size": (None,),
        },
        weights=_with_moving_averages,
    ),
    "Dense": LayerTable(
        Dense,
        {
            "units": integer(1, 2**31),
            "activation": _read_activation,
            "use_bias": ConfigValue.boolean,
            **_parameter("kernel"),
            **_parameter("bias"),
        },
        {"quantization_config": (None,), "lora_rank": (None,), "lora_alpha": (None,)},
        weights=_dense_weights,
    ),
    "Dropout": LayerTable(Dropout, {**_NOISE, "noise_shape": _optional(_mask_shape)}),
    "ELU": LayerTable(ELU, {"alpha": _factor}),
    "Flatten": LayerTable(
        Flatten, {}, {"data_format": ("channels_last", None)}, written={"data_format": "channels_last"}
    ),
    "GaussianDropout": LayerTable(GaussianDropout, _NOISE),
    "GaussianNoise": LayerTable(GaussianNoise, {"stddev": number(0, 1), "seed": seed}),
    "LayerNormalization": LayerTable(
        LayerNormalization,
        {**_NORMALIZATION, "axis": _integers(-32)},
        {"rms_scaling": (False,)},
        weights=_scale_and_center,
    ),
    "LeakyReLU": LayerTable(
        LeakyReLU, {"negative_slope": _factor, "alpha": _factor}, keras2={"negative_slope": "alpha"}
    ),
    "Normalization": LayerTable(
        Normalization,
        {
            "axis": _optional(_integers(-32)),
            "mean": _optional(_numbers(8)),
            "variance": _optional(_numbers(8)),
            "invert": ConfigValue.boolean,
        },
        weights=_moments,
    ),
    "PReLU": LayerTable(
        PReLU, {**_parameter("alpha"), "shared_axes": _optional(_integers(1))}, weights=_slopes
    ),
    "ReLU": LayerTable(
        ReLU,
        {
            "max_value": _optional(_factor),
            "negative_slope": _or_zero(_factor),
            "threshold": _or_zero(_factor),
        },
    ),
    "Rescaling": LayerTable(Rescaling, {"scale": _numbers(1), "offset": _numbers(1)}),
    "Reshape": LayerTable(Reshape, {"target_shape": _integers(-1)}),
    "Softmax": LayerTable(Softmax, {"axis": _integers(-32)}),
}

_TABLES: Mapping[str, Table] = {
    name: Table(row.make, {**_COMMON, **row.arguments}, {**_COMMON_INERT, **row.inert})
    for name, row in LAYERS.items()
}


def read_layer(entry: ConfigValue, input_shape: Shape) -> tuple[Layer, list[WeightFormat]]:
    """Return the layer that an entry describes, not built, and what its parameters are.

    Raises
    ------
    ModelFormatError
        If the class or an option isn't supported, or the layer can't follow ``input_shape``.
    """
    layer: Layer = make(entry, "layer", _TABLES)
    try:
        return layer, LAYERS[type(layer).__name__].weights(layer, input_shape)
    except ValueError as error:
        raise entry.error(str(error)) from None
    except IndexError:
        raise entry.error("the layer needs samples of at least one axis, but gets single numbers") from None


def write_layer(layer: Layer, *, keras2: bool = False) -> dict[str, Any]:
    """Return the configuration of a layer, in the form that every Keras 3 reads.

    With ``keras2``, its options have Keras 2's names, which Keras 2.15 and Keras 3 read in ``.h5`` files.

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
    names = row.keras2 if keras2 else {}
    return {names.get(key, key): _written(key, value) for key, value in config.items()}


def _written(key: str, value: Any) -> Any:
    """Return an option in the form that files have it."""
    if isinstance(value, Initializer):
        return write_initializer(value)
    if isinstance(value, Regularizer | Constraint):
        return write_penalty(value)
    if isinstance(value, ActivationFunction):
        raise ValueError(
            f"A Keras file can't hold an activation function with options of its own: {key} is {value.name} "
            f"with {dict(value.options)}. The layers ReLU, LeakyReLU, ELU and Softmax hold options."
        )
    return value

"""From a model's configuration to its chain of layers, with the shapes of all weights; and back."""

from collections.abc import Callable, Mapping
from math import prod
from typing import Any

import numpy as np

from numpy_ann._typing import Shape
from numpy_ann.activations import ActivationFunction
from numpy_ann.activations.piecewise import steep_hard_sigmoid
from numpy_ann.constraints import Constraint
from numpy_ann.initializers import Initializer
from numpy_ann.layers import Layer
from numpy_ann.parameter import Parameter
from numpy_ann.regularizers import Regularizer
from numpy_ann.saving.containers.limits import Limits
from numpy_ann.saving.containers.strict_json import ConfigValue
from numpy_ann.saving.formats.functional import chain_of
from numpy_ann.saving.formats.model_contents import Architecture, WeightFormat
from numpy_ann.saving.formats.options import ANYTHING, Neutral, class_of, make, read_options
from numpy_ann.saving.formats.parts import ACTIVATION_LAYERS, LAYERS, write_part
from numpy_ann.validation import checked_name, sample_of

__all__ = ["h5_model_config", "keras_config", "read_architecture", "read_layer", "write_layer"]

# Beside class_name and config: what Keras uses to find code, to build layers and to recognize shared objects.
_ENTRY_INERT = ("build_config", "module", "registered_name", "shared_object_id")

_NO_STREAM = np.random.default_rng(0)  # nobody draws from it: the model has streams of its own
_ENTRY: Mapping[str, Neutral] = dict.fromkeys(
    ("class_name", "config", "name", "inbound_nodes", *_ENTRY_INERT), ANYTHING
)
_ROOT: Mapping[str, Neutral] = dict.fromkeys(
    ("class_name", "config", "compile_config", "keras_version", "backend", *_ENTRY_INERT), ANYTHING
)
_INPUT_LAYER = {
    **dict.fromkeys(
        ("batch_shape", "batch_input_shape", "name", "dtype", "input_dtype"), ANYTHING
    ),  # read below, or cast
    "sparse": (False,),
    "ragged": (False,),
    "optional": (False,),
}
_MODEL: Mapping[str, Neutral] = dict.fromkeys(
    ("name", "layers", "trainable", "dtype", "build_input_shape"), ANYTHING
)


def read_architecture(
    root: ConfigValue,
    limits: Limits,
    version: str | None = None,
    width: Callable[[], int | None] = lambda: None,
) -> Architecture:
    """Return the layers of a serialized ``Sequential``, or of a functional ``Model`` that is a plain chain.

    ``version`` is of the Keras whose words these are, left out a Keras 3; ``width`` is asked how many
    features the first weights are for, where the configuration leaves that open.
    """
    read_options(root, {}, _ROOT)
    kind = class_of(root, "model class", ("Functional", "Model", "Sequential"))
    config = root["config"]
    if kind == "Sequential" and isinstance(config.value, list):  # until Keras 2.2.2 and TensorFlow 1.10
        entries = config.array(limits.layers + 1)
    elif kind == "Sequential":
        read_options(config, {}, _MODEL)
        entries = config["layers"].array(limits.layers + 1)
    else:
        entries = chain_of(config, limits)
    if not entries:
        raise config.error("the model has no layers")

    input_shape, input_name = _input_of(root, entries, limits, width)
    first = entries[0]["config"]
    declared = first.get("batch_shape") or first.get("batch_input_shape")
    batch = declared.array(32)[0] if declared and declared.value else None
    batch_size = None if batch is None or batch.value is None else batch.integer(1, 2**31)
    if entries[0]["class_name"].value == "InputLayer":
        read_options(entries[0], {}, _ENTRY)
        entries = entries[1:]
    layers: list[Layer] = []
    weight_formats: list[list[WeightFormat]] = []
    shape, parameters = input_shape, 0
    for entry in entries:
        options = entry.value.get("config") if isinstance(entry.value, dict) else None
        called = options.get("name") if isinstance(options, dict) else None
        if isinstance(called, str):  # for messages
            entry = ConfigValue(entry.value, f"{entry.place} ({called[:78]!r})")
        layer, weights = read_layer(entry, shape, parameters, limits.parameters)
        read_options(entry, {}, _ENTRY)
        if any(layer.name == other.name for other in layers):
            raise entry.error(f"a second layer named {layer.name!r}")
        shape = (
            (layer.output_shape or ())
            if layer.built
            else sample_of(layer.compute_output_shape((None, *shape)))
        )
        parameters += sum(prod(weight.shape) for weight in weights)
        if prod(shape) > limits.units:
            raise entry.error(f"{prod(shape):,} numbers a sample; at most {limits.units:,} are read")
        layers.append(layer)
        weight_formats.append(weights)
    if not layers:
        raise config.error("the model has no layers")
    if (version or "3")[0] in "12":  # what older Keras called so is steeper: max(0, min(1, 0.2 x + 0.5))
        for layer in layers:
            if layer.activation.name == "hard_sigmoid":
                layer.activation = steep_hard_sigmoid
    dtypes = {str(layer.dtype or "float32") for layer in layers}
    if len(dtypes) > 1:
        raise config.error("layers of different dtypes in one model are not supported")
    name = config["name"].string() if "name" in config else "sequential"
    try:
        checked_name("model", name)
    except ValueError as error:
        raise config["name"].error(str(error)) from None
    return Architecture(name, dtypes.pop(), input_shape, input_name, layers, weight_formats, batch_size)


def _input_of(
    root: ConfigValue, entries: list[ConfigValue], limits: Limits, width: Callable[[], int | None]
) -> tuple[Shape, str]:
    """Return the shape of one sample, and the input layer's name.

    It stands in an input layer, in the first layer (Keras 2), or is what the model has been built for. Keras
    2 leaves it open where a Normalization comes first; what that layer was built for then says it, or, in
    ``.h5`` files, its weights. Until Keras 2.2.2, a model that took its shape from the data doesn't say it.
    """
    first = entries[0]
    config, name = first["config"], "input_layer"
    if first["class_name"].value == "InputLayer":
        read_options(config, {}, _INPUT_LAYER)
        name = config["name"].string() if "name" in config else name
        if (kind := config.get("dtype")) and str(kind.value).startswith(("int", "uint", "bool")):
            raise kind.error(f"an input that casts to {kind.value}, cutting off fractions, is not supported")
        if not name or "/" in name:
            raise config["name"].error("a layer's name is a non-empty string without '/'")
        first = entries[min(1, len(entries) - 1)]
    if (shape := config.get("batch_input_shape")) and any(axis.value is None for axis in shape.array(32)[1:]):
        built = first.get("build_config")
        if built is None and len(shape.value) == 2 and (features := width()):
            built = ConfigValue({"batch_shape": [None, features]}, shape.place)
        config = built or config
    build_config = entries[0].get("build_config") or root.get("build_config")
    places = [(config, "batch_shape"), (config, "batch_input_shape"), (config, "input_shape")]
    places += [(root["config"], "build_input_shape"), (build_config, "input_shape")]
    item = next((found for place, key in places if place and (found := place.get(key))), None)
    if item is None:
        if not (features := width()):
            raise root.error("the configuration does not say the shape of the model's input")
        item = ConfigValue([None, features], "the first weights")
    batch, *axes = item.array(32) or [ConfigValue(1, item.place)]
    if batch.value is not None:
        batch.integer(1, 2**31)
    if any(axis.value is None for axis in axes):
        raise item.error("axes of any length are not supported, but for the batch")
    sample = tuple(axis.integer(1, 2**31) for axis in axes)
    if prod(sample) > limits.units:
        raise item.error(f"a sample of {prod(sample):,} numbers; at most {limits.units:,} are read")
    return sample, name


def read_layer(
    entry: ConfigValue, input_shape: Any, before: int = 0, most: int = Limits().parameters
) -> tuple[Layer, list[WeightFormat]]:
    """Return the layer that an entry describes, and what its parameters are.

    It is built, with weights that have a shape and no memory: nothing is drawn, and nothing allocated that a
    file only claims. Whoever has read the numbers puts them in. A layer that has weights beside those is
    not built: its own ``build`` makes them.
    """
    layer: Layer = make(entry, "layer", LAYERS)
    unbuilt = vars(layer).copy()
    made = []

    def add_weight(
        shape: Any = (),
        initializer: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        *,
        name: str = "variable",
        **options: Any,
    ) -> Parameter:
        size = before + sum(parameter.value.size for parameter in layer.parameters) + prod(shape)
        if size > most:
            raise ValueError(f"{size:,} parameters up to here; at most {most:,} are read")
        kept = {"trainable": trainable, "integer": dtype is not None, **options}
        parameter = Parameter(name, np.zeros(()), **kept)
        parameter.value = np.broadcast_to(parameter.value, shape)
        layer.parameters.append(parameter)
        made.append(parameter)
        return parameter

    vars(layer).update(add_weight=add_weight)
    layer.join(_NO_STREAM, layer.dtype or np.dtype(np.float32))
    try:
        several = isinstance(input_shape, list)
        layer.build([(None, *shape) for shape in input_shape] if several else (None, *input_shape))  # type: ignore[arg-type]
    except ValueError as error:
        raise entry.error(str(error)) from None
    except IndexError:
        raise entry.error("the layer needs samples of at least one axis, but gets single numbers") from None
    del vars(layer)["add_weight"]
    weights = [
        WeightFormat(p.value.shape, layer.trainable and p.trainable, "i" if p.integer else "f")
        for p in layer.parameters
    ]
    if len(made) > len(weights):
        vars(layer).clear()
        vars(layer).update(unbuilt)
    return layer, weights


def h5_model_config(architecture: Architecture) -> dict[str, Any]:
    """Return the ``model_config`` of an ``.h5`` file, in Keras 2's form, which Keras 3 reads too."""
    batch_shape = [architecture.batch_size, *architecture.input_shape]
    options = {"dtype": architecture.dtype, "sparse": False, "ragged": False, "name": architecture.input_name}
    layers = [{"class_name": "InputLayer", "config": {"batch_input_shape": batch_shape, **options}}]
    layers += [
        {"class_name": type(layer).__name__, "config": write_layer(layer, keras2=True)}
        for layer in architecture.layers
    ]
    return {"class_name": "Sequential", "config": {"name": architecture.name, "layers": layers}}


def keras_config(architecture: Architecture, compile_config: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the ``config.json`` of a ``.keras`` file, in the form of Keras 3.3, read by later ones."""
    batch_shape = [architecture.batch_size, *architecture.input_shape]
    options = {"dtype": architecture.dtype, "sparse": False, "name": architecture.input_name}
    layers = [_entry("InputLayer", {"batch_shape": batch_shape, **options})]
    shape = architecture.input_shape
    for layer in architecture.layers:
        entry = _entry(type(layer).__name__, write_layer(layer))
        layers.append({**entry, "build_config": {"input_shape": [None, *shape]}})
        shape = sample_of(layer.compute_output_shape((None, *shape)))
    config = {
        "name": architecture.name,
        "trainable": True,
        "dtype": architecture.dtype,
        "layers": layers,
        "build_input_shape": batch_shape,
    }
    return {
        **_entry("Sequential", config, "keras"),
        "build_config": {"input_shape": batch_shape},
        "compile_config": compile_config or {},
    }


def write_layer(layer: Layer, *, keras2: bool = False) -> dict[str, Any]:
    """Return the configuration of a layer, in the form that every Keras 3 reads.

    With ``keras2``, its options have Keras 2's names, which Keras 2.15 and Keras 3 read in ``.h5`` files.
    """
    row = LAYERS.get(type(layer).__name__)
    if row is None or type(layer) is not row.make:
        raise ValueError(
            f"Layer {layer.name!r} is a {type(layer).__name__}, which Keras files made here can't hold. "
            f"They hold {', '.join(sorted(LAYERS))}."
        )
    names = row.keras2 if keras2 else {}
    config = {}
    for key, value in {**layer.get_config(), **row.written}.items():
        if isinstance(value, Initializer | Regularizer | Constraint):
            value = write_part(value)
        elif isinstance(value, ActivationFunction):
            value = _activation_entry(key, value, keras2)
        elif callable(value):
            raise ValueError(f"A Keras file can't hold a function: {key} is {value!r}. Name an initializer.")
        config[names.get(key, key)] = value
    return config


def _activation_entry(key: str, function: ActivationFunction, keras2: bool) -> dict[str, Any]:
    """Return the layer that stands for a function with options of its own, as Keras writes it."""
    names = {"elu": "ELU", "leaky_relu": "LeakyReLU", "relu": "ReLU", "softmax": "Softmax"}
    if name := names.get(function.name):
        return _entry(name, write_layer(ACTIVATION_LAYERS[name].make(**function.options), keras2=keras2))
    raise ValueError(
        f"A Keras file can't hold this activation function with options of its own: {key} is "
        f"{function.name} with {dict(function.options)}. The layers ReLU, LeakyReLU, ELU and Softmax do."
    )


def _entry(class_name: str, config: dict[str, Any], module: str = "keras.layers") -> dict[str, Any]:
    return {"module": module, "class_name": class_name, "config": config, "registered_name": None}

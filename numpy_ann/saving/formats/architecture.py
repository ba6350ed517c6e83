"""From a model's configuration to its chain of layers, with the shapes of all weights; and back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import isclass
from math import prod
from typing import Any

import numpy as np

from numpy_ann._typing import Array, Shape
from numpy_ann.activations.piecewise import steep_hard_sigmoid
from numpy_ann.errors import ModelFormatError
from numpy_ann.layers import InputLayer, Layer
from numpy_ann.recording import here
from numpy_ann.registration import get_registered_name, get_registered_object
from numpy_ann.saving.containers.limits import Limits
from numpy_ann.saving.containers.strict_json import ConfigValue
from numpy_ann.saving.formats.functional import histories, inbound_nodes, read_connections
from numpy_ann.saving.formats.model_contents import Architecture, Place, WeightFormat, formats_of, mapped
from numpy_ann.saving.formats.objects import (
    class_of,
    handed_over,
    make,
    own_of,
    write_options,
    write_part,
)
from numpy_ann.saving.formats.options import ANYTHING, Neutral, read_options
from numpy_ann.saving.formats.parts import LAYERS, MODELS, read_dtype
from numpy_ann.validation import checked_name, closed, sample_of, size_of

__all__ = ["h5_model_config", "keras_config", "read_architecture", "read_layer", "write_layer"]

# Beside class_name and config: what Keras uses to find code, to build layers and to recognize shared objects.
_ENTRY_INERT = ("build_config", "module", "registered_name", "shared_object_id")

_NOWHERE = ConfigValue(None, "the model")
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
_GRAPH: Mapping[str, Neutral] = dict.fromkeys(
    ("name", "layers", "trainable", "dtype", "input_layers", "output_layers"), ANYTHING
)
_MODELS = ("Functional", "Model", "Sequential")
_INPUT_DTYPES = ("int8", "int16", "int32", "int64", "uint8", "string")


def read_architecture(
    root: ConfigValue,
    limits: Limits,
    version: str | None = None,
    width: Callable[[], int | None] = lambda: None,
) -> Architecture:
    """Return the layers of a serialized ``Sequential`` or functional ``Model``, and of the models in it.

    ``version`` is of the Keras whose words these are, left out a Keras 3; ``width`` is asked how many
    features the first weights are for, where the configuration leaves that open.
    """
    read_options(root, {}, _ROOT)
    found, _ = _Reading(limits).model(root, width)
    if not found.layers:
        raise root["config"].error("the model has no layers")
    if (version or "3")[0] in "12":  # what older Keras called so is steeper: max(0, min(1, 0.2 x + 0.5))
        for layer in found.layers:
            if layer.activation.name == "hard_sigmoid":
                layer.activation = steep_hard_sigmoid
    return found


@dataclass
class _Reading:
    """The reading of a model and the models in it, which counts what they hold together."""

    limits: Limits
    parameters: int = 0
    layers: int = 0
    uses: int = 0
    depth: int = 0

    def model(
        self, root: ConfigValue, width: Callable[[], int | None] = lambda: None, shapes: Any = None
    ) -> tuple[Architecture, list[Shape]]:
        """Return a model, and the shapes of its outputs; ``shapes`` are those that it is called on."""
        limits = self.limits
        if is_own_model(root):
            return self._own(root, handed_over(root, "model", MODELS), shapes)
        config, cls = root["config"], _own_class(root)
        kind = "Functional" if isinstance(config.value, dict) and "output_layers" in config else "Sequential"
        if cls is None:
            kind = class_of(root, "model class", _MODELS)
        if kind == "Sequential" and isinstance(config.value, list):  # until Keras 2.2.2, TensorFlow 1.10
            entries = config.array(limits.layers + 1)
        else:
            read_options(config, {}, _MODEL if kind == "Sequential" else _GRAPH)
            entries = config["layers"].array(limits.layers + 1)
        if not entries:
            raise config.error("the model has no layers")
        name = config["name"].string() if "name" in config else "sequential"
        try:
            checked_name("model", name)
        except ValueError as error:
            raise config["name"].error(str(error)) from None
        self.depth += 1
        if self.depth > limits.depth:
            raise root.error(f"models in models, deeper than {limits.depth}")
        connections, whole, dtype, outputs = None, False, "", []
        parts: list[Any] = []
        formats: list[list[list[WeightFormat]]] = []
        if kind == "Sequential":
            batch_size, input_name = None, "input_layer"
            try:
                input_shape, input_name = _input_of(root, entries, limits, width)
            except ModelFormatError:
                if shapes is None:
                    raise
                (input_shape,) = shapes
            given, first = entries, entries[0]["config"]
            declared = first.get("batch_shape") or first.get("batch_input_shape")
            batch = declared.array(32)[0] if declared and declared.value else None
            batch_size = None if batch is None or batch.value is None else batch.integer(1, 2**31)
            if entries[0]["class_name"].value == "InputLayer":
                read_options(entries[0], {}, _ENTRY)
                entries = entries[1:]
            shape = input_shape
            for entry in entries:
                part, weights, made = self._part(entry, [shape], False)
                if any(part.name == other.name for other in parts):
                    raise entry.error(f"a second layer named {part.name!r}")
                if len(made) != 1:
                    raise entry.error(f"a model of {len(made)} outputs in a chain of layers")
                (shape,) = made
                parts.append(part)
                formats.append(weights)
            declared = first.get("dtype") if entries is not given else None
            dtype = "" if declared is None else declared.value
            whole = dtype in _INPUT_DTYPES
            if whole and getattr(parts[0], "input_kind", "any") == "float":
                raise first["dtype"].error(
                    f"an input that casts to {dtype}, cutting off fractions, is not supported"
                )
            outputs = [shape]
        else:
            begin, parts, formats, connections, outputs = self._graph(config, entries)
            input_shape, input_name, batch_size = begin.input_shape or (), begin.name, begin.batch_size
        self.depth -= 1
        layers = [
            layer
            for part in parts
            for layer in (part.layers if isinstance(part, Architecture) else [part])
            if not isinstance(layer, InputLayer)
        ]
        dtypes = {str(layer.dtype or "float32") for layer in layers}
        if len(dtypes) > 1:
            raise config.error("layers of different dtypes in one model are not supported")
        weights = [own for found in formats for own in found]
        whole_graph = connections or any(isinstance(part, Architecture) for part in parts)
        found = Architecture(
            *(name, next(iter(dtypes), "float32"), input_shape, input_name, layers, weights, batch_size),
            *(parts if whole_graph else None, connections, dtype if whole else None, None, cls),
        )
        return found, outputs

    def _own(self, root: ConfigValue, model: Any, shapes: Any) -> tuple[Architecture, list[Shape]]:
        """Return a model by a class of somebody's own, built; what it is called on, or was built for."""
        (shape,) = shapes or [_built_for(root, self.limits)]
        (body,) = model._layers
        body.join(_NO_STREAM, model.dtype)
        build_without_memory(
            root, lambda: body.build((None, *shape)), self.parameters, self.limits.parameters
        )
        names: Any = {"name": model.name, "dtype": str(model.dtype), "input_name": "input_layer"}
        found = Architecture(
            **names, input_shape=shape, layers=[body], weight_formats=[formats_of(body)], own=model
        )
        if shapes is None:
            self.parameters += sum(prod(weight.shape) for weight in found.weight_formats[0])
        return found, [body.output_shape]

    def _graph(self, config: ConfigValue, entries: list[ConfigValue]) -> tuple[Any, ...]:
        """Return the first input, the parts, their weights, what reads what, and the outputs' shapes."""
        parts: list[Any] = [None] * len(entries)
        formats: list[Any] = [[] for _ in entries]
        made: list[list[Shape]] = []
        uses: dict[int, int] = {}

        def run(i: int, shapes: list[Shape], listed: bool) -> list[Shape]:
            before = self.uses
            if parts[i] is None and not shapes:
                parts[i], output = self._input(entries[i])
                made.append([output])
                return [output]
            if parts[i] is None:
                parts[i], formats[i], output_shapes = self._part(entries[i], shapes, listed)
                uses[i] = self.uses - before
            else:
                output_shapes = _shapes_of(entries[i], parts[i], shapes)
                self.uses += uses[i]
            if self.uses > self.limits.uses:
                raise config.error(f"more than {self.limits.uses:,} uses of layers")
            made.append(output_shapes)
            return output_shapes

        connections = read_connections(config, entries, self.limits, run)
        outputs: list[Shape] = []
        mapped(connections.outputs, lambda place: outputs.append(made[place.call][place.output]))
        inputs: list[Place] = []
        mapped(connections.inputs, inputs.append)
        if any(connections.calls[place.call].inputs for place in inputs):
            raise config["input_layers"].error("a model begins with input layers")
        begun = {connections.calls[place.call].part for place in inputs}
        if loose := [
            part.name for i, part in enumerate(parts) if isinstance(part, InputLayer) and i not in begun
        ]:
            raise config["input_layers"].error(f"the input layers {loose} aren't among the model's inputs")
        begin = parts[connections.calls[inputs[0].call].part]
        return begin, parts, formats, connections, outputs

    def _input(self, entry: ConfigValue) -> tuple[InputLayer, Shape]:
        """Return the input layer that an entry of a graph describes."""
        read_options(entry, {}, _ENTRY)
        config = entry["config"]
        declared = config.get("batch_shape") or config["batch_input_shape"]
        shape, name = _input_of(entry, [entry], self.limits, lambda: None)
        batch = declared.array(32)[0].value
        dtype = _input_dtype(config.get("dtype"))
        try:
            return InputLayer(shape, batch, dtype, name=name), shape
        except ValueError as error:
            raise entry.error(str(error)) from None

    def _part(
        self, entry: ConfigValue, shapes: list[Shape], listed: bool
    ) -> tuple[Any, list[list[WeightFormat]], list[Shape]]:
        """Return a layer or a model, what the weights of its layers are, and the shapes that it makes."""
        limits, name = self.limits, entry["config"].get("name")
        if name is not None and isinstance(name.value, str):  # for messages
            entry = ConfigValue(entry.value, f"{entry.place} ({name.value[:78]!r})")
        self.layers, self.uses = self.layers + 1, self.uses + 1
        if self.layers > limits.layers + 1:
            raise entry.error(f"more than {limits.layers:,} layers")
        if entry["class_name"].value in _MODELS or _own_class(entry) is not None:
            read_options(entry, {}, {**_ENTRY, "compile_config": ANYTHING})
            model, made = self.model(entry, shapes=shapes)
            return model, model.weight_formats, _shapes_of(entry, model, shapes) if made else made
        kind = own_of(entry, LAYERS)[0] or getattr(LAYERS.get(entry["class_name"].string()), "make", Layer)
        several = getattr(kind, "several_inputs", False)
        if len(shapes) > 1 and not several:
            raise entry.error(f"the layer takes {len(shapes)} inputs; it can take one")
        shape: Any = shapes if several and listed | (len(shapes) == 1) else shapes[0]
        layer, weights = read_layer(entry, shape, self.parameters, limits.parameters)
        read_options(entry, {}, _ENTRY)
        made = [layer.output_shape or ()] if layer.built else _shapes_of(entry, layer, shapes)
        self.parameters += sum(prod(weight.shape) for weight in weights)
        if size_of(made[0]) > limits.units:
            raise entry.error(f"{size_of(made[0]):,} numbers a sample; at most {limits.units:,} are read")
        return layer, [weights], made


def _begins(model: Architecture) -> list[Shape]:
    """Return the shapes of a model's inputs."""
    if model.connections is None:
        return [model.input_shape]
    found: list[Any] = []
    mapped(model.connections.inputs, found.append)
    return [model.parts[model.connections.calls[place.call].part].input_shape for place in found]


def is_own_model(entry: ConfigValue) -> bool:
    """Return whether an entry is a model by a class that the caller has handed over."""
    return bool(getattr(_own_class(entry), "by_call", False))


def _own_class(entry: ConfigValue) -> Any:
    """Return the class of models that the caller has handed over for an entry; None if there is none."""
    found, _ = own_of(entry, _MODELS)
    return found if isclass(found) and issubclass(found, MODELS.base) else None


def _built_for(root: ConfigValue, limits: Limits) -> Shape:
    """Return the shape of a sample that a model by a class of somebody's own was built for."""
    item = root["build_config"]["input_shape"]
    return _sample_in(item, limits)


def _sample_in(item: ConfigValue, limits: Limits) -> Shape:
    """Return the shape of a sample in that of a batch; its axes may be open."""
    sample = tuple(
        axis.value if axis.value is None else axis.integer(1, 2**31) for axis in item.array(32)[1:]
    )
    if size_of(sample) > limits.units:
        raise item.error(f"a sample of {size_of(sample):,} numbers; at most {limits.units:,} are read")
    return sample


def _shapes_of(entry: ConfigValue, part: Any, shapes: list[Shape]) -> list[Shape]:
    """Return the shapes that a part makes of others than at its first call."""
    if isinstance(part, Architecture):
        connections = part.connections
        if part.own is not None:
            part = part.layers[0]
            return _shapes_of(entry, part, shapes)
        if len(shapes) != len(_begins(part)) or shapes != list(map(closed, _begins(part), shapes)):
            raise entry.error(f"a model for inputs of shape {_begins(part)} is called on {shapes}")
        if connections is None:
            shape = shapes[0]
            for inner in part.parts:
                (shape,) = _shapes_of(entry, inner, [shape])
            return [shape]
        made: list[list[Shape]] = []
        for call in connections.calls:
            inner, reads = part.parts[call.part], [made[place.call][place.output] for place in call.inputs]
            made.append(_shapes_of(entry, inner, reads) if reads else [inner.input_shape or ()])
        found: list[Shape] = []
        mapped(connections.outputs, lambda place: found.append(made[place.call][place.output]))
        return found
    try:
        several = [(None, *shape) for shape in shapes] if part.several_inputs else (None, *shapes[0])
        if part.parameters and shapes[0] != closed(part.input_shape, shapes[0]):
            raise ValueError(f"the layer has weights for {part.input_shape}, and is called on {shapes[0]}")
        return [sample_of(part.compute_output_shape(several))]
    except ValueError as error:
        raise entry.error(str(error)) from None


def _input_dtype(item: ConfigValue | None) -> str:
    if item is None or not isinstance(item.value, str):
        return "float32" if item is None else read_dtype(item)
    return item.value if item.value in _INPUT_DTYPES else read_dtype(item)


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
        if not name or "/" in name:
            raise config["name"].error("a layer's name is a non-empty string without '/'")
        first = entries[min(1, len(entries) - 1)]
    if (shape := config.get("batch_input_shape")) and any(axis.value is None for axis in shape.array(32)[1:]):
        built, normalizes = first.get("build_config"), first["class_name"].value == "Normalization"
        if built is None and normalizes and len(shape.value) == 2 and (features := width()):
            built = ConfigValue({"batch_shape": [None, features]}, shape.place)
        config = built or config
    build_config = entries[0].get("build_config") or root.get("build_config")
    places: list[tuple[ConfigValue | None, str]] = [
        (config, key) for key in ("batch_shape", "batch_input_shape", "input_shape")
    ]
    places += [(root["config"], "build_input_shape"), (build_config, "input_shape")]
    item = next((found for place, key in places if place and (found := place.get(key))), None)
    if item is None:
        if not (features := width()):
            raise root.error("the configuration does not say the shape of the model's input")
        item = ConfigValue([None, features], "the first weights")
    batch = next(iter(item.array(32)), None)
    if batch is not None and batch.value is not None:
        batch.integer(1, 2**31)
    return _sample_in(item, limits), name


def read_layer(
    entry: ConfigValue, input_shape: Any, before: int = 0, most: int = Limits().parameters
) -> tuple[Layer, list[WeightFormat]]:
    """Return the layer that an entry describes, and what its parameters are.

    It is built, with weights that have a shape and no memory: nothing is drawn, and nothing allocated that a
    file only claims. Whoever has read the numbers puts them in. A layer that has weights beside those is
    not built: its own ``build`` makes them.
    """
    if entry["class_name"].value == "Lambda" and "function" in entry["config"]:
        entry = _without_code(entry)
    layer: Layer = make(entry, "layer", LAYERS)
    unbuilt = vars(layer).copy()
    layer.join(_NO_STREAM, layer.dtype or np.dtype(np.float32))
    several = isinstance(input_shape, list)
    shape: Any = [(None, *one) for one in input_shape] if several else (None, *input_shape)
    made = build_without_memory(entry, lambda: layer.build(shape), before, most)
    weights = formats_of(layer)
    if made > len(weights):
        vars(layer).clear()
        vars(layer).update(unbuilt)
    return layer, weights


def _without_code(entry: ConfigValue) -> ConfigValue:
    """Return a Lambda whose function is named: code stands for what was handed over by the layer's name."""
    config = entry["config"].value
    function = config["function"]
    if isinstance(function, dict) and function.get("class_name") == "function":
        function = function.get("config")
    if not isinstance(function, str) or get_registered_object(function) is None:
        function = config.get("name") if get_registered_object(config.get("name")) else config["function"]
    return ConfigValue({**entry.value, "config": {**config, "function": function}}, entry.place)


def build_without_memory(entry: ConfigValue, build: Callable[[], None], before: int, most: int) -> int:
    """Build a layer, and those in it, of weights that have a shape alone; return how many there are."""
    made: list[int] = []

    def claimed(shape: Shape, dtype: Any) -> Array:
        made.append(prod(shape))
        if before + sum(made) > most:
            raise ValueError(f"{before + sum(made):,} parameters up to here; at most {most:,} are read")
        return np.broadcast_to(np.zeros((), dtype), shape)

    here.claimed = claimed
    try:
        build()
    except (TypeError, ValueError) as error:
        raise entry.error(str(error)) from error
    except IndexError:
        raise entry.error("the layer needs samples of at least one axis, but gets single numbers") from None
    finally:
        here.claimed = None
    return len(made)


def h5_model_config(architecture: Architecture) -> dict[str, Any]:
    """Return the ``model_config`` of an ``.h5`` file, in Keras 2's form, which Keras 3 reads too."""
    if architecture.connections is not None:
        return {"class_name": _name(architecture), "config": _graph_config(architecture, keras2=True)}
    batch_shape = [architecture.batch_size, *architecture.input_shape]
    dtype = architecture.input_dtype or architecture.dtype
    options = {"dtype": dtype, "sparse": False, "ragged": False, "name": architecture.input_name}
    layers = [{"class_name": "InputLayer", "config": {"batch_input_shape": batch_shape, **options}}]
    layers += [_h5_entry(part) for part in architecture.parts]
    return {"class_name": _name(architecture), "config": {"name": architecture.name, "layers": layers}}


def _name(architecture: Architecture) -> str:
    """Return what files call the class of a chain or a graph."""
    return get_registered_name(architecture.cls) if architecture.cls else architecture.kind


def _h5_entry(part: Layer | Architecture) -> dict[str, Any]:
    if isinstance(part, Architecture) and part.own is None:
        return h5_model_config(part)
    entry = write_part(part.own if isinstance(part, Architecture) else part, keras2=True)
    return {"class_name": entry["registered_name"] or entry["class_name"], "config": entry["config"]}


def keras_config(architecture: Architecture, compile_config: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the ``config.json`` of a ``.keras`` file, in the form of Keras 3.3, read by later ones."""
    return {**_model_entry(architecture), "compile_config": compile_config or {}}


def _model_entry(architecture: Architecture) -> dict[str, Any]:
    """Return a model as it stands in a file, or in another model."""
    if architecture.own is not None:
        built = {"build_config": {"input_shape": [None, *architecture.input_shape]}}
        return write_part(architecture.own) | built
    if architecture.connections is not None:
        config = _graph_config(architecture, keras2=False)
        entry = _entry("Functional", config, "keras.src.models.functional")
        return {**entry, "registered_name": "Functional", **_class_in_files(architecture)}
    batch_shape = [architecture.batch_size, *architecture.input_shape]
    dtype = architecture.input_dtype or architecture.dtype
    options = {"dtype": dtype, "sparse": False, "name": architecture.input_name}
    layers = [_entry("InputLayer", {"batch_shape": batch_shape, **options})]
    shape = architecture.input_shape
    for part in architecture.parts:
        if isinstance(part, Architecture):
            layers.append(_model_entry(part))
            (shape,) = _shapes_of(_NOWHERE, part, [shape])
            continue
        entry = write_part(part)
        layers.append({**entry, "build_config": {"input_shape": [None, *shape]}})
        shape = sample_of(part.compute_output_shape((None, *shape)))
    config = {
        "name": architecture.name,
        "trainable": True,
        "dtype": architecture.dtype,
        "layers": layers,
        "build_input_shape": batch_shape,
    }
    entry = {**_entry("Sequential", config, "keras"), **_class_in_files(architecture)}
    return {**entry, "build_config": {"input_shape": batch_shape}}


def _class_in_files(architecture: Architecture) -> dict[str, Any]:
    """Return how an entry of Keras 3 says whose class it is, where it is somebody's own."""
    own = {"module": None, "class_name": architecture.kind, "registered_name": _name(architecture)}
    return own if architecture.cls else {}


def _graph_config(architecture: Architecture, *, keras2: bool) -> dict[str, Any]:
    connections: Any = architecture.connections
    parts = architecture.parts
    shapes: list[list[Shape]] = []
    for call in connections.calls:
        part, reads = parts[call.part], [shapes[place.call][place.output] for place in call.inputs]
        shapes.append(_shapes_of(_NOWHERE, part, reads) if reads else [part.input_shape or ()])
    models = {i for i, part in enumerate(parts) if isinstance(part, Architecture)}
    history = histories([part.name for part in parts], connections, models if keras2 else set())
    layers = []
    for i, part in enumerate(parts):
        several = not isinstance(part, Architecture) and part.several_inputs
        several |= any(call.part == i and len(call.inputs) > 1 for call in connections.calls)
        nodes = inbound_nodes(
            *(connections, i, several, history),
            None if keras2 else lambda place: [None, *shapes[place.call][place.output]],
        )
        if keras2 and i in models:
            nodes = [node for node in nodes for _ in range(2)]
        if isinstance(part, InputLayer):
            batch_shape = [part.batch_size, *(part.input_shape or ())]
            options = {"dtype": part.get_config()["dtype"], "sparse": False, "name": part.name}
            entry: dict[str, Any] = _entry("InputLayer", {"batch_shape": batch_shape, **options})
            if keras2:
                options |= {"batch_input_shape": batch_shape, "ragged": False}
                entry = {"class_name": "InputLayer", "config": options}
        elif keras2:
            entry = _h5_entry(part)
        elif isinstance(part, Architecture):
            entry = _model_entry(part)
        else:
            reads = next(call.inputs for call in connections.calls if call.part == i)
            built = [[None, *shapes[place.call][place.output]] for place in reads]
            entry = write_part(part)
            entry["build_config"] = {"input_shape": built if several else built[0]}
        layers.append({**entry, "name": part.name, "inbound_nodes": nodes})
    ends = [
        mapped([ends] if isinstance(ends, Place) else ends, history)
        for ends in (connections.inputs, connections.outputs)
    ]
    return {
        "name": architecture.name,
        "trainable": True,
        "layers": layers,
        "input_layers": ends[0],
        "output_layers": ends[1],
    }


def write_layer(layer: Layer, *, keras2: bool = False) -> dict[str, Any]:
    """Return the configuration of a layer, in the form that every Keras 3 reads.

    With ``keras2``, its options have Keras 2's names, which Keras 2.15 and Keras 3 read in ``.h5`` files.
    """
    return write_options(layer, "layer", LAYERS, keras2=keras2)


def _entry(class_name: str, config: dict[str, Any], module: str = "keras.layers") -> dict[str, Any]:
    return {"module": module, "class_name": class_name, "config": config, "registered_name": None}

"""From a model's configuration to its chain of layers, with the shapes of all weights; and back."""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from numpy_ann._typing import Array, Shape
from numpy_ann.activations.piecewise import steep_hard_sigmoid
from numpy_ann.errors import ModelFormatError
from numpy_ann.keras_tensor import leaves, mapped
from numpy_ann.layers import InputLayer, Layer
from numpy_ann.layers.traced import Operation
from numpy_ann.recording import here
from numpy_ann.registration import get_registered_name, get_registered_object
from numpy_ann.saving.containers.limits import Limits
from numpy_ann.saving.containers.strict_json import ConfigValue
from numpy_ann.saving.formats.functional import histories, inbound_nodes, read_connections
from numpy_ann.saving.formats.model_contents import Architecture, Place, WeightFormat
from numpy_ann.saving.formats.objects import class_of, handed_over, make, own_of, write_part
from numpy_ann.saving.formats.operations import is_operation, read_operation, write_operation
from numpy_ann.saving.formats.options import ANYTHING, each, read_dtype, read_options
from numpy_ann.saving.formats.parts import LAYERS, MODELS
from numpy_ann.saving.formats.weight_groups import formats_of, own_architecture
from numpy_ann.validation import checked_name, closed

_NOWHERE = ConfigValue(None, "the model")
_NO_STREAM = np.random.default_rng(0)  # nobody draws from it: the model has streams of its own


# The last four are what Keras uses to find code, to build layers and to recognize shared objects.
_OBJECT = "class_name config build_config module registered_name shared_object_id"
_ENTRY = each(f"{_OBJECT} name inbound_nodes", ANYTHING)
_ROOT = each(f"{_OBJECT} compile_config keras_version backend", ANYTHING)
_INPUT_LAYER = each("batch_shape batch_input_shape name dtype input_dtype", ANYTHING)  # read below, or cast
_INPUT_LAYER |= each("sparse ragged optional", (False,))
_MODEL = each("name layers trainable dtype build_input_shape", ANYTHING)
_GRAPH = each("name layers trainable dtype input_layers output_layers", ANYTHING)
_MODELS = ("Functional", "Model", "Sequential")
_INPUT_DTYPES = ("int8", "int16", "int32", "int64", "uint8", "string")


def read_architecture(
    root: ConfigValue, limits: Limits, version: str | None = None,
    width: Callable[[], int | None] = lambda: None,
) -> Architecture:  # fmt: skip
    """Return the layers of a serialized ``Sequential`` or functional ``Model``, and of the models in it.

    ``version`` is of the Keras whose words these are, left out a Keras 3; ``width`` is asked how many
    features the first weights are for, where the configuration leaves that open.
    """
    read_options(root, {}, _ROOT)
    found, _ = Reading(limits).model(root, width)
    if not found.layers:
        raise root["config"].error("the model has no layers")
    if (version or "3")[0] in "12":  # what older Keras called so is steeper: max(0, min(1, 0.2 x + 0.5))
        for layer in found.layers:
            if layer.activation.name == "hard_sigmoid":
                layer.activation = steep_hard_sigmoid
    return found


@dataclass
class Reading:
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
        config, (cls, _) = root["config"], own_of(root, _MODELS, MODELS.base)
        if getattr(cls, "by_call", False):
            return self._own(root, handed_over(root, "model", MODELS), shapes)
        kind = "Functional" if "output_layers" in config else "Sequential"
        if cls is None:
            kind = class_of(root, "model class", _MODELS)
        if kind == "Sequential" and isinstance(config.value, list):  # until Keras 2.2.2, TensorFlow 1.10
            entries = config.array(limits.layers + 1)
        else:
            read_options(config, {}, _MODEL if kind == "Sequential" else _GRAPH)
            entries = config["layers"].array(limits.layers + 1)
        if not entries:
            raise config.error("the model has no layers")
        name = config["name"].of(str) if "name" in config else "sequential"
        config.checked(checked_name, "model", name)
        self.depth += 1
        if self.depth > limits.depth:
            raise root.error(f"models in models, deeper than {limits.depth}")
        connections, parts, found, outputs = None, list[Any](), list[Any](), list[Shape]()
        if kind == "Sequential":
            try:
                input_shape, input_name, batch_size = _input_of(root, entries, limits, width)
            except ModelFormatError:
                if len(shapes or ()) != 1:
                    raise
                (input_shape,), input_name, batch_size = shapes, "input_layer", None
            declared, outputs = None, [input_shape]
            if entries[0]["class_name"].value == "InputLayer":
                read_options(entries[0], {}, _ENTRY)
                declared, *entries = entries
            for entry in entries:
                part, own, made = self.part(entry, outputs, False)
                if any(part.name == other.name for other in parts):
                    raise entry.error(f"a second layer named {part.name!r}")
                if len(made) != 1:
                    raise entry.error(f"a model of {len(made)} outputs in a chain of layers")
                outputs = made
                parts.append(part)
                found += own
            dtype = declared and declared["config"].get("dtype")
            whole = dtype.value if dtype and dtype.value in _INPUT_DTYPES else None
            if dtype and whole and getattr(parts[0], "input_kind", "any") == "float":
                raise dtype.error(f"an input that casts to {whole}, cutting off fractions, is not supported")
        else:
            begin, parts, found, connections, outputs = self._graph(config, entries)
            input_shape, input_name, batch_size = begin.input_shape or (), begin.name, begin.batch_size
            whole = None
        self.depth -= 1
        dtypes = {str(layer.dtype or "float32") for layer, _ in found}
        if len(dtypes) > 1:
            raise config.error("layers of different dtypes in one model are not supported")
        layers, weights = [layer for layer, _ in found], [own for _, own in found]
        return Architecture(
            *(name, next(iter(dtypes), "float32"), input_shape, input_name, layers, parts, weights),
            *(batch_size, connections, whole, None, cls),
        ), outputs

    def _own(self, root: ConfigValue, model: Any, shapes: Any) -> tuple[Architecture, list[Shape]]:
        """Return a model by a class of somebody's own, built; what it is called on, or was built for."""
        if shapes and len(shapes) > 1:
            raise root.error(f"the model takes {len(shapes)} inputs; it can take one")
        (shape,) = shapes or [_sample(root["build_config"]["input_shape"], self.limits)]
        (body,) = model._layers
        body.join(_NO_STREAM, model.dtype)
        most = self.limits.parameters
        build_without_memory(root, lambda: body.build((None, *shape)), self.parameters, most)
        found = own_architecture(model, body, shape)
        if shapes is None:
            self.parameters += sum(prod(weight.shape) for weight in found.weight_formats[0])
        return found, [body.output_shape]

    def _graph(self, config: ConfigValue, entries: list[ConfigValue]) -> tuple[Any, ...]:
        """Return the first input, the parts, their layers, what reads what, and the outputs' shapes."""
        parts: list[Any] = [None] * len(entries)
        layers: list[Any] = [[] for _ in entries]
        made: list[list[Shape]] = []
        uses: dict[int, int] = {}

        def run(i: int, shapes: list[Shape], listed: bool) -> list[Shape]:
            before = self.uses
            if parts[i] is None and not shapes:
                parts[i] = self._input(entries[i])
                output_shapes = [parts[i].input_shape]
            elif parts[i] is None:
                parts[i], layers[i], output_shapes = self.part(entries[i], shapes, listed)
                uses[i] = self.uses - before
            else:
                output_shapes = _shapes_of(entries[i], parts[i], shapes)
                self.uses += uses[i]
            if self.uses > self.limits.uses:
                raise config.error(f"more than {self.limits.uses:,} uses of layers")
            made.append(output_shapes)
            return output_shapes

        connections = read_connections(config, entries, self.limits, run)
        outputs = [made[place.call][place.output] for place in leaves(connections.outputs)]
        inputs: list[Place] = leaves(connections.inputs)
        if any(connections.calls[place.call].inputs for place in inputs):
            raise config["input_layers"].error("a model begins with input layers")
        begun = {connections.calls[place.call].part for place in inputs}
        ends = [(i, part) for i, part in enumerate(parts) if isinstance(part, InputLayer)]
        if loose := [part.name for i, part in ends if i not in begun]:
            raise config["input_layers"].error(f"the input layers {loose} aren't among the model's inputs")
        begin = parts[connections.calls[inputs[0].call].part]
        return begin, parts, [one for found in layers for one in found], connections, outputs

    def _input(self, entry: ConfigValue) -> InputLayer:
        read_options(entry, {}, _ENTRY)
        dtype = entry["config"].get("dtype")
        shape, name, batch = _input_of(entry, [entry], self.limits, lambda: None)
        kept = None if dtype is None else dtype.value if dtype.value in _INPUT_DTYPES else read_dtype(dtype)
        found: InputLayer = entry.checked(InputLayer, shape, batch, kept, name=name)
        return found

    def part(
        self, entry: ConfigValue, shapes: list[Shape], listed: bool
    ) -> tuple[Any, list[tuple[Layer, list[WeightFormat]]], list[Shape]]:
        """Return a layer or a model, its layers with what their weights are, and the shapes that it makes.

        A layer is built, with weights that have a shape and no memory: nothing is drawn, and nothing
        allocated that a file only claims. Whoever has read the numbers puts them in. A layer that has weights
        beside those is not built: its own ``build`` makes them.
        """
        limits, name = self.limits, entry["config"].get("name")
        if name is not None and isinstance(name.value, str):  # for messages
            entry = ConfigValue(entry.value, f"{entry.place} ({name.value[:78]!r})")
        self.layers, self.uses = self.layers + 1, self.uses + 1
        if self.layers > limits.layers + 1:
            raise entry.error(f"more than {limits.layers:,} layers")
        if entry["class_name"].value in _MODELS or own_of(entry, _MODELS, MODELS.base)[0]:
            read_options(entry, {}, {**_ENTRY, "compile_config": ANYTHING})
            model, made = self.model(entry, shapes=shapes)
            layers = [*zip(model.layers, model.weight_formats, strict=True)]
            return model, layers, _shapes_of(entry, model, shapes) if made else made
        if entry["class_name"].value == "Lambda":
            entry = _with_function(entry)
        operation = "inbound_nodes" in entry and is_operation(entry)  # a graph's alone
        layer: Layer = read_operation(entry)[0] if operation else make(entry, "layer", LAYERS)
        several = len(shapes) > 1 if operation else layer.several_inputs
        if len(shapes) > 1 and not several:
            raise entry.error(f"the layer takes {len(shapes)} inputs; it can take one")
        in_list = several and (listed or len(shapes) == 1)
        shape: Any = [(None, *one) for one in shapes] if in_list else (None, *shapes[0])
        unbuilt = vars(layer).copy()
        layer.join(_NO_STREAM, layer.dtype or np.dtype(np.float32))
        claims = build_without_memory(entry, lambda: layer.build(shape), self.parameters, limits.parameters)
        weights = formats_of(layer)
        if claims > len(weights):
            vars(layer).clear()
            vars(layer).update(unbuilt)
        read_options(entry, {}, _ENTRY)
        made = [layer.output_shape or ()] if layer.built else _shapes_of(entry, layer, shapes)
        self.parameters += sum(prod(weight.shape) for weight in weights)
        if (size := prod(1 if n is None else n for n in made[0])) > limits.units:
            raise entry.error(f"{size:,} numbers a sample; at most {limits.units:,} are read")
        return layer, [(layer, weights)], made


def _begins(model: Architecture) -> list[Shape]:
    if model.connections is None:
        return [model.input_shape]
    calls, places = model.connections.calls, leaves(model.connections.inputs)
    return [model.parts[calls[place.call].part].input_shape for place in places]


def _sample(item: ConfigValue, limits: Limits) -> Shape:
    batch, *axes = item.array(32) or [ConfigValue(1, item.place)]
    if batch.value is not None:
        batch.of(int, 1, 2**31)
    sample = tuple(None if axis.value is None else axis.of(int, 1, 2**31) for axis in axes)
    if (size := prod(1 if n is None else n for n in sample)) > limits.units:
        raise item.error(f"a sample of {size:,} numbers; at most {limits.units:,} are read")
    return sample


def _shapes_of(entry: ConfigValue, part: Any, shapes: list[Shape]) -> list[Shape]:
    if isinstance(part, Architecture) and part.own is not None:
        part = part.layers[0]
    if isinstance(part, Architecture):
        connections = part.connections
        if len(shapes) != len(_begins(part)) or shapes != list(map(closed, _begins(part), shapes)):
            raise entry.error(f"a model for inputs of shape {_begins(part)} is called on {shapes}")
        if connections is None:
            for inner in part.parts:
                shapes = _shapes_of(entry, inner, shapes)
            return shapes
        return [_shapes_in(entry, part)[place.call][place.output] for place in leaves(connections.outputs)]
    several = [(None, *shape) for shape in shapes] if part.several_inputs else (None, *shapes[0])
    if part.parameters:
        entry.checked(part.running_on, several, "what it reads")
    return [entry.checked(lambda: tuple(part.compute_output_shape(several)[1:]))]


def _shapes_in(entry: ConfigValue, model: Any) -> list[list[Shape]]:
    made: list[list[Shape]] = []
    for call in model.connections.calls:
        part, reads = model.parts[call.part], [made[place.call][place.output] for place in call.inputs]
        made.append(_shapes_of(entry, part, reads) if reads else [part.input_shape or ()])
    return made


def _input_of(
    root: ConfigValue, entries: list[ConfigValue], limits: Limits, width: Callable[[], int | None]
) -> tuple[Shape, str, int | None]:
    """Return the shape of one sample, the input layer's name, and the batch's size, where it is fixed.

    It stands in an input layer, in the first layer (Keras 2), or is what the model has been built for. Keras
    2 leaves it open where a Normalization comes first; what that layer was built for then says it, or, in
    ``.h5`` files, its weights. Until Keras 2.2.2, a model that took its shape from the data doesn't say it.
    """
    first = entries[0]
    config, name = first["config"], "input_layer"
    if first["class_name"].value == "InputLayer":
        read_options(config, {}, _INPUT_LAYER)
        name = config["name"].of(str) if "name" in config else name
        if not name or "/" in name:
            raise config["name"].error("a layer's name is a non-empty string without '/'")
        first = entries[min(1, len(entries) - 1)]
    declared = config.get("batch_shape") or config.get("batch_input_shape")
    batch = declared.array(32)[0] if declared and declared.value else None
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
    sample = _sample(item, limits)
    return sample, name, batch.of(int, 1, 2**31) if batch and batch.value is not None else None


def _with_function(entry: ConfigValue) -> ConfigValue:
    """Return the entry of a Lambda; for code in it stands what was handed over by the layer's name."""
    config: dict[str, Any] = {key: item.value for key, item in entry["config"].fields().items()}
    if "function" not in config:
        return entry
    function, name = config["function"], config.get("name")
    if isinstance(function, dict) and function.get("class_name") == "function":
        function = function.get("config")
    if not isinstance(function, str) or get_registered_object(function) is None:
        function = name if get_registered_object(name) else config["function"]
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
    except (IndexError, TypeError, ValueError) as error:
        raise entry.error(str(error)) from error
    finally:
        here.claimed = None
    return len(made)


def keras_config(architecture: Architecture, compile_config: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the ``config.json`` of a ``.keras`` file, in the form of Keras 3.3, read by later ones."""
    return {**entry_of(architecture), "compile_config": compile_config or {}}


def entry_of(part: Layer | Architecture, *, keras2: bool = False) -> dict[str, Any]:
    """Return a layer or a model as it stands in a file; with ``keras2``, in an ``.h5`` file."""
    if isinstance(part, Architecture) and part.own is None:
        chain, kind = part.connections is None, part.kind
        config, name = (_chain_config if chain else _graph_config)(part, keras2), part.kind
        if part.cls:
            name = get_registered_name(part.cls)
        if keras2:
            return {"class_name": name, "config": config}
        entry = _entry(kind, config, "keras" if chain else "keras.src.models.functional")
        if part.cls or not chain:
            entry["registered_name"] = name
        if part.cls:
            entry["module"] = None
        return entry | ({"build_config": {"input_shape": config["build_input_shape"]}} if chain else {})
    entry = write_part(part.own if isinstance(part, Architecture) else part, keras2=keras2)
    if keras2:
        return {"class_name": entry["registered_name"] or entry["class_name"], "config": entry["config"]}
    if isinstance(part, Architecture):
        entry["build_config"] = {"input_shape": [None, *part.input_shape]}
    return entry


def _chain_config(architecture: Architecture, keras2: bool) -> dict[str, Any]:
    shapes, dtype = [architecture.input_shape], architecture.input_dtype or architecture.dtype
    batch_shape = [architecture.batch_size, *architecture.input_shape]
    layers = [_input_entry(architecture.input_name, batch_shape, dtype, keras2)]
    for part in architecture.parts:
        entry = entry_of(part, keras2=keras2)
        if not (keras2 or isinstance(part, Architecture)):
            entry["build_config"] = {"input_shape": [None, *shapes[0]]}
        layers.append(entry)
        shapes = _shapes_of(_NOWHERE, part, shapes)
    if keras2:
        return {"name": architecture.name, "layers": layers}
    names: dict[str, Any] = {"name": architecture.name, "trainable": True, "dtype": architecture.dtype}
    return {**names, "layers": layers, "build_input_shape": batch_shape}


def _graph_config(architecture: Architecture, keras2: bool) -> dict[str, Any]:
    connections: Any = architecture.connections
    parts, shapes = architecture.parts, _shapes_in(_NOWHERE, architecture)
    models = {i for i, part in enumerate(parts) if isinstance(part, Architecture)}
    history = histories([part.name for part in parts], connections, models if keras2 else set())

    def batches(place: Place) -> list[Any]:
        return [None, *shapes[place.call][place.output]]

    def tensor(place: Place, dtype: str = "float32") -> dict[str, Any]:
        config = {"shape": batches(place), "dtype": dtype, "keras_history": history(place)}
        return {"class_name": "__keras_tensor__", "config": config}

    layers = []
    for i, part in enumerate(parts):
        if isinstance(part, Operation):
            calls = [map(tensor, call.inputs, part.dtypes) for call in connections.calls if call.part == i]
            layers.append(write_operation(part, calls))
            continue
        several = not isinstance(part, Architecture) and part.several_inputs
        several |= any(call.part == i and len(call.inputs) > 1 for call in connections.calls)
        nodes = inbound_nodes(connections, i, several, history, None if keras2 else tensor)
        if keras2 and i in models:
            nodes = [node for node in nodes for _ in range(2)]
        if isinstance(part, InputLayer):
            batch_shape = [part.batch_size, *(part.input_shape or ())]
            entry = _input_entry(part.name, batch_shape, part.get_config()["dtype"], keras2)
        else:
            entry = entry_of(part, keras2=keras2)
        if not (keras2 or isinstance(part, Architecture | InputLayer)):
            built = [*map(batches, next(call.inputs for call in connections.calls if call.part == i))]
            entry["build_config"] = {"input_shape": built if several else built[0]}
        layers.append({**entry, "name": part.name, "inbound_nodes": nodes})
    begin, end = (
        mapped([ends] if isinstance(ends, Place) else ends, history)
        for ends in (connections.inputs, connections.outputs)
    )
    names = {"name": architecture.name, "trainable": True}
    return {**names, "layers": layers, "input_layers": begin, "output_layers": end}


def _input_entry(name: str, batch_shape: list[Any], dtype: str, keras2: bool) -> dict[str, Any]:
    options = {"dtype": dtype, "sparse": False, "name": name}
    if keras2:
        options |= {"batch_input_shape": batch_shape, "ragged": False}
        return {"class_name": "InputLayer", "config": options}
    return _entry("InputLayer", {"batch_shape": batch_shape, **options})


def _entry(class_name: str, config: dict[str, Any], module: str = "keras.layers") -> dict[str, Any]:
    return {"module": module, "class_name": class_name, "config": config, "registered_name": None}

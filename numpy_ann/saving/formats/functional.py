"""Functional models: which layer feeds which, and whether that is a plain chain."""

from collections.abc import Mapping

from numpy_ann.saving.containers.limits import Limits
from numpy_ann.saving.containers.strict_json import ConfigValue
from numpy_ann.saving.formats.options import ANYTHING, Neutral, read_options

__all__ = ["chain_of"]

_MODEL: Mapping[str, Neutral] = dict.fromkeys(
    ("name", "layers", "trainable", "dtype", "input_layers", "output_layers"), ANYTHING
)
_TENSOR: Mapping[str, Neutral] = dict.fromkeys(
    ("class_name", "config", "module", "registered_name"), ANYTHING
)
_CALL = {"training": (None, False), "mask": (None,)}  # fit says that it trains, whatever stands here


def chain_of(config: ConfigValue, limits: Limits) -> list[ConfigValue]:
    """Return the layers' entries in the order of the data, the input layer first."""
    read_options(config, {}, _MODEL)
    entries = config["layers"].array(limits.layers + 1)
    by_name = {entry["name"].string(): entry for entry in entries}
    if len(by_name) < len(entries):
        raise config["layers"].error("two layers have one name")
    source = {name: _source(entry) for name, entry in by_name.items()}
    following = {before: name for name, before in source.items() if before is not None}

    first, last = _only(config["input_layers"]), _only(config["output_layers"])
    chain = [first] if first in by_name else []
    while chain and chain[-1] in following and len(chain) < len(entries):
        chain.append(following[chain[-1]])
    if len(chain) < len(entries) or chain[-1] != last or source[first] is not None or last in following:
        raise config.error("this functional model is not a chain of layers; only a plain chain is supported")
    return [by_name[name] for name in chain]


def _source(entry: ConfigValue) -> str | None:
    """Return the name of the layer whose output this one takes; None for an input layer."""
    nodes = entry["inbound_nodes"].array(64)
    if not nodes and entry["class_name"].value == "InputLayer":
        return None
    if len(nodes) != 1:
        raise entry.error(f"the layer is used {len(nodes)} times; a chain uses each layer once")
    node = nodes[0]
    if isinstance(node.value, dict):  # Keras 3: {"args": [tensor], "kwargs": {}}
        read_options(node, {}, {"args": ANYTHING, "kwargs": ANYTHING})
        read_options(node["kwargs"], {}, _CALL)
        tensor = _single(node["args"], entry)
        read_options(tensor, {}, _TENSOR)
        if tensor["class_name"].value != "__keras_tensor__":
            raise tensor.unexpected("another layer's output")
        return _layer_of(tensor["config"]["keras_history"])
    tensor = _single(node, entry)  # Keras 2: [["flatten", 0, 0, {}]]
    name, arguments = _layer_of(tensor), tensor.array(4)[3:]
    for argument in arguments:
        read_options(argument, {}, _CALL)
    return name


def _single(item: ConfigValue, entry: ConfigValue) -> ConfigValue:
    inputs = item.array(64)
    if len(inputs) == 1 and isinstance(inputs[0].value, list) and isinstance(item.value[0][0], list | dict):
        inputs = inputs[0].array(64)  # Keras 3: a list of outputs as one argument
    if len(inputs) != 1:
        raise entry.error(f"the layer takes {len(inputs)} inputs; in a chain it takes one")
    return inputs[0]


def _layer_of(history: ConfigValue) -> str:
    """Read ``[layer name, 0, 0]``: the first output of the first use of a layer."""
    parts = history.array(4)
    if len(parts) < 3:
        raise history.unexpected("a layer's name and two numbers")
    parts[1].integer(0, 0)
    parts[2].integer(0, 0)
    return parts[0].string()


def _only(item: ConfigValue) -> str:
    """Read the model's one input or output: ``["image", 0, 0]`` in Keras 3.15, elsewhere in a list."""
    parts = item.array(64)
    if parts and isinstance(parts[0].value, list):
        if len(parts) != 1:
            raise item.error(f"{len(parts)} inputs or outputs; a chain has one")
        parts = parts[0].array(4)
        item = ConfigValue([part.value for part in parts], item.place)
    return _layer_of(item)

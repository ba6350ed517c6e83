"""Ops between the layers of a graph: what Keras 3 writes of ``x + y``, ``x[:, 0]``, ``ops.relu(x)``.

A file names an op of ``numpy_ann.ops`` and says what it is given: tensors, by the layers that make them,
numbers, arrays, slices. Options stand in the op's configuration, what it computes with at its call.
"""

from collections.abc import Iterator, Sequence
from inspect import Parameter, signature
from typing import Any

import numpy as np

from numpy_ann.keras_tensor import leaves
from numpy_ann.layers.traced import Operation, replaced, tensors_in
from numpy_ann.lookup import snake_case
from numpy_ann.ops import neural
from numpy_ann.ops.array_protocol import OPS
from numpy_ann.saving.containers.limits import Limits
from numpy_ann.saving.containers.strict_json import ConfigValue
from numpy_ann.saving.formats.objects import plain, written
from numpy_ann.saving.formats.options import ANYTHING, each, read_options

_ROOM = "keras.src.ops."
_ROOMS = {
    **dict.fromkeys(neural.__all__, "nn"),
    **each("cast convert_to_tensor scatter scatter_update slice_update stop_gradient", "core"),
    **each("det inv norm", "linalg"),
    **each("erf erfc in_top_k logsumexp rsqrt segment_sum", "math"),
    # What Keras has under other names, with other options, or not at all.
    **each("batch_normalization bincount isin layer_normalization mish place rms_normalization", None),
    **each("searchsorted slice slice_of solve", None),
}
_AT_CALL = each(
    "a atol condition constant_values data fill_value indices inputs key operands output predictions q rtol "
    "segment_ids start stop target targets updates values variable weights x x1 x2 xs y",
    True,
)
_MOST = 1 << 16  # entries of a list


def is_operation(entry: ConfigValue) -> bool:
    """Return whether an entry is an op, not a layer; in Keras' ``.h5`` files, ops lack what layers have."""
    if (module := entry.get("module")) is not None:
        return isinstance(module.value, str) and module.value.startswith(_ROOM)
    nodes = entry["inbound_nodes"].value if "inbound_nodes" in entry else None
    called = isinstance(nodes, list) and len(nodes) > 0 and isinstance(nodes[0], dict)
    return called and "trainable" not in entry["config"] and snake_case(entry["class_name"].of(str)) in OPS


def read_operation(entry: ConfigValue) -> tuple[Operation, list[Any]]:
    """Return an op as a layer, and where the tensors that it takes come from, as the file says it."""
    kind, module = entry["class_name"].of(str), entry.get("module")
    op = snake_case(kind)
    room = _ROOMS.get(op, "numpy")
    if op not in OPS or room is None or (module is not None and module.value != _ROOM + room):
        raise entry.error(f"the operation {kind[:80]!r} is not supported; numpy_ann.ops has those that are")
    (node,) = entry["inbound_nodes"].array(1)
    read_options(node, {}, each("args kwargs", ANYTHING))
    takes = {name: p for name, p in signature(OPS[op]).parameters.items() if p.kind is not p.VAR_KEYWORD}
    named = {**entry["config"].fields(), **node["kwargs"].fields()}
    given = {name: plain(item) for name, item in named.items() if name != "name"}
    args = [plain(item) for item in node["args"].array(_MOST)]
    free = [name for name in takes if name not in given]
    if free and takes[free[0]].kind is Parameter.VAR_POSITIONAL:
        args = [tuple(args)]
    given |= dict(zip(free, args, strict=False))
    missing = [name for name, p in takes.items() if name not in given and p.default is p.empty]
    if missing or len(args) > len(free) or given.keys() - takes.keys():
        found = f"{len(args)} without a name, and {', '.join(named)[:80] or 'no others'}"
        raise entry.error(f"ops.{op} takes {', '.join(takes)}, and is given {found}")
    arguments = {name: given.get(name, p.default) for name, p in takes.items()}
    if op == "get_item" and isinstance(arguments["key"], list):
        arguments["key"] = tuple(arguments["key"])
    sizes = leaves([value for name, value in arguments.items() if name not in _AT_CALL])
    if sum(abs(size) for size in sizes if isinstance(size, int)) > Limits.units:
        raise entry.error(f"sizes beyond {Limits.units:,} among the options of ops.{op}")
    if not (tensors := tensors_in(arguments)):
        raise entry.error(f"ops.{op} reads no layer's output")
    made: Operation = entry.checked(Operation, op, arguments, entry["name"].of(str))
    return made, [tensor.node for tensor in tensors]


def write_operation(operation: Operation, calls: Sequence[Iterator[Any]]) -> dict[str, Any]:
    """Return an op as it stands in a file, called on tensors that are described as a file has them.

    Options without a name, which Keras takes from 3.13 on: it names the op itself.
    """
    op, kind = operation.op, operation.kind
    if (room := _ROOMS.get(op, "numpy")) is None or len(calls) > 1:
        why = "Keras has none such" if room is None else "it is called twice; write it anew for each use"
        raise ValueError(f"A Keras file can't hold the operation {operation.name!r}, ops.{op}: {why}.")
    (tensors,) = calls
    given = replaced(operation.arguments, lambda _: next(tensors))
    args = [written(f"{name} of ops.{op}", value) for name, value in given.items() if name in _AT_CALL]
    args = args[0] if "operands" in given else args
    options = {name: value for name, value in given.items() if name not in _AT_CALL}
    if options.get("dtype") is not None:
        options["dtype"] = np.dtype(options["dtype"]).name
    config = written(f"ops.{op}", options) or {"name": operation.name}
    entry = {"module": _ROOM + room, "class_name": kind, "config": config, "registered_name": kind}
    return entry | {"name": operation.name, "inbound_nodes": [{"args": args, "kwargs": {}}]}

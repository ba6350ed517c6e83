"""Functional models: which layer reads what, in Keras 2's words and in Keras 3's; and back."""

from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from numpy_ann._typing import Shape
from numpy_ann.keras_tensor import KerasTensor, leaves, mapped
from numpy_ann.saving.containers.limits import Limits
from numpy_ann.saving.containers.strict_json import ConfigValue
from numpy_ann.saving.formats.model_contents import Call, Connections, Place
from numpy_ann.saving.formats.objects import plain
from numpy_ann.saving.formats.operations import is_operation, read_operation
from numpy_ann.saving.formats.options import ANYTHING, each, optional, read_options

_MOST_INPUTS = 1000


class History(NamedTuple):
    """A layer's name, which of its calls, and which of what that makes."""

    name: str
    call: int
    output: int


def read_connections(
    config: ConfigValue, entries: list[ConfigValue], limits: Limits,
    run: Callable[[int, list[Shape], bool], list[Shape]],
) -> Connections:  # fmt: skip
    """Return what reads what in a functional model.

    ``run`` is told an entry, the shapes that it is called on, whether in a list; it returns those it makes.
    """
    names = {entry["name"].of(str): i for i, entry in enumerate(entries)}
    if len(names) < len(entries):
        raise config["layers"].error("two layers have one name")
    calls: dict[tuple[int, int], tuple[list[History], bool, bool | None]] = {}
    for i, entry in enumerate(entries):
        nodes = entry["inbound_nodes"].array(limits.uses)
        if not nodes:
            if entry["class_name"].value != "InputLayer":
                raise entry.error("the layer reads nothing")
            calls[i, 0] = [], False, None
        for k, node in enumerate(nodes):
            if is_operation(entry):
                calls[i, k] = [_history(place) for place in read_operation(entry)[1]], True, None
            else:
                calls[i, k] = _call(node)
    if len(calls) + sum(len(reads) for reads, _, _ in calls.values()) > limits.uses:
        raise config.error(f"more than {limits.uses:,} uses of layers and arrays between them")
    ends = [_structure(config[key]) for key in ("input_layers", "output_layers")]

    # In Keras 2, a model's first call is number 1: it has been called on its own inputs, as number 0.
    used: dict[str, int] = {}
    every = [history for reads, _, _ in calls.values() for history in reads]
    for name, k, _ in [*every, *leaves(ends)]:
        used[name] = max(k, used.get(name, 0))
    shift = {
        name: int(k > 0 and (names[name], k) not in calls and "layers" in entries[names[name]]["config"])
        for name, k in used.items()
        if name in names
    }

    def found(history: History) -> tuple[int, int]:
        name, k, _ = history
        key = (names.get(name, -1), k - shift.get(name, 0))
        if key not in calls:
            raise config.error(f"call {k} of a layer {name!r} is read, and there is none")
        return key

    readers: dict[tuple[int, int], list[tuple[int, int]]] = {}
    missing = {key: {found(history) for history in reads} for key, (reads, _, _) in calls.items()}
    for key, needed in missing.items():
        for other in needed:
            readers.setdefault(other, []).append(key)
    ready = deque(key for key, needed in missing.items() if not needed)
    made: dict[tuple[int, int], tuple[int, list[Shape]]] = {}
    ordered: list[Call] = []

    def place(history: History) -> Place:
        number, shapes = made[found(history)]
        if not 0 <= history[2] < len(shapes):
            raise config.error(f"output {history[2]} of layer {history[0]!r} is read, and there is none")
        return Place(number, history[2])

    while ready:
        key = ready.popleft()
        reads, listed, training = calls[key]
        inputs = [place(history) for history in reads]
        shapes = [made[found(history)][1][history[2]] for history in reads]
        made[key] = len(ordered), run(key[0], shapes, listed)
        ordered.append(Call(key[0], inputs, training))
        for reader in readers.get(key, ()):
            missing[reader].discard(key)
            if not missing[reader]:
                ready.append(reader)
    if len(made) < len(calls):
        waiting = sorted({entries[i]["name"].of(str) for i, _ in calls.keys() - made.keys()})
        raise config.error(f"layers read their own outputs, in a loop through {', '.join(waiting[:8])}")
    begin, end = (mapped(structure, place) for structure in ends)
    return Connections(ordered, begin, end)


def _call(node: ConfigValue) -> tuple[list[History], bool, bool | None]:
    """Read one call: what is read, whether in a list, and what was said of training."""
    if isinstance(node.value, dict):  # Keras 3: {"args": [tensor], "kwargs": {}}
        read_options(node, {}, each("args kwargs", ANYTHING))
        arguments, options = node["args"].array(2), [node["kwargs"]]
        if len(arguments) != 1:
            raise node.error(f"a call with {len(arguments)} arguments is not supported; one is")
        given = plain(arguments[0])
        if not all(isinstance(tensor, KerasTensor) for tensor in leaves(given)):
            raise arguments[0].unexpected("another layer's output")
        listed, places = not isinstance(given, KerasTensor), [tensor.node for tensor in leaves(given)]
        reads = [_history(place) for place in places]
    else:  # Keras 2: [["flatten", 0, 0, {}]]
        tensors = node.array(_MOST_INPUTS)
        if tensors and isinstance(tensors[0].value, str):
            tensors = [node]
        reads, listed = [_history(tensor) for tensor in tensors], len(tensors) > 1
        options = [part for tensor in tensors for part in tensor.array(4)[3:]]
    if not reads:
        raise node.error("a call that reads nothing")
    training = None
    for option in options:
        said = read_options(option, {"training": optional(lambda item: item.of(bool))}, {"mask": (None,)})
        training = said.get("training", training)
    return reads, listed, training


def _history(item: ConfigValue) -> History:
    parts = item.array(4)
    if len(parts) < 3:
        raise item.unexpected("a layer's name and two numbers")
    return History(parts[0].of(str), *(part.of(int, 0, 1 << 20) for part in parts[1:3]))


def _structure(item: ConfigValue) -> Any:
    """Read a model's inputs or outputs: ``["image", 0, 0]``, a list (of one: that) or an object of such."""
    if isinstance(item.value, dict):
        return {key: _structure(part) for key, part in item.fields().items()}
    parts = item.array(_MOST_INPUTS)
    if parts and isinstance(parts[0].value, str):
        return _history(item)
    if not parts:
        raise item.unexpected("a layer's name and two numbers")
    return _structure(parts[0]) if len(parts) == 1 else [_structure(part) for part in parts]


def histories(names: list[str], connections: Connections, doubled: set[int]) -> Callable[[Place], list[Any]]:
    """Return what gives the ``[layer name, call, output]`` of a place; calls of ``doubled`` stand twice."""
    # Keras 2 counts the calls of models from 1, Keras 3 from 0: of two, each finds the one it means.
    counts: dict[int, int] = {}
    numbers = []
    for call in connections.calls:
        number = counts[call.part] = counts.get(call.part, -1) + 1
        numbers.append(2 * number + 1 if call.part in doubled else number)
    return lambda place: [names[connections.calls[place.call].part], numbers[place.call], place.output]


def inbound_nodes(
    connections: Connections, part: int, several: bool, history: Callable[[Place], list[Any]],
    described: Callable[[Place], Any] | None,
) -> list[Any]:  # fmt: skip
    """Return the calls of one part: of tensors ``described`` as Keras 3 does, left out in Keras 2's form."""
    nodes: list[Any] = []
    for call in connections.calls:
        if call.part != part or not call.inputs:
            continue
        said = {} if call.training is None else {"training": call.training}
        if described is None:
            nodes.append([[*history(place), said] for place in call.inputs])
            continue
        tensors = [described(place) for place in call.inputs]
        nodes.append({"args": [tensors if several else tensors[0]], "kwargs": said})
    return nodes

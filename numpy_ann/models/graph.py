"""The graph between symbolic tensors: its nodes in running order, its layers in Keras' order."""

from collections.abc import Callable
from typing import Any

from numpy_ann.keras_tensor import KerasTensor, Node
from numpy_ann.layers import InputLayer


class Graph:
    """What lies between a model's inputs and its outputs.

    Nodes run in the order of their depth, which is how many nodes lie between them and the furthest output;
    so do layers, where each is as deep as its deepest use.

    Raises ``ValueError`` if an output depends on an input that isn't among ``inputs``, if there is a loop, or
    if two layers have one name. Models, and inputs, are among the ``layers``, which ``nodes`` are uses of.
    """

    def __init__(self, inputs: list[KerasTensor], outputs: list[KerasTensor]) -> None:
        self.inputs, self.outputs = inputs, outputs
        found, place = nodes_before(outputs)
        depth: dict[Node, int] = {}
        deepest: dict[Any, int] = {}
        for node in reversed(found):
            own = depth[node] = max(depth.setdefault(node, 0), deepest.get(node.layer, 0))
            deepest[node.layer] = own
            for tensor in node.inputs:
                depth[tensor.node] = max(own + 1, depth.get(tensor.node, 0))  # type: ignore[index, arg-type]
        for tensor in inputs:  # one that nothing reads is there all the same
            place.setdefault(tensor.node.layer, -1)  # type: ignore[union-attr]
            deepest.setdefault(tensor.node.layer, 0)  # type: ignore[union-attr]
            depth.setdefault(tensor.node, 0)  # type: ignore[arg-type]
        self.nodes = sorted(depth, key=lambda node: -depth[node])
        self.layers = sorted(deepest, key=lambda layer: (-deepest[layer], place[layer]))
        given = {id(tensor.node) for tensor in inputs}
        for node in self.nodes:
            if not node.inputs and id(node) not in given:
                readers = [other for other in self.nodes if any(t.node is node for t in other.inputs)]
                found_by = ", ".join(repr(other.layer.name) for other in readers)
                raise _disconnected(f"layer {found_by} reads" if readers else "an output is", node, inputs)
        names = [layer.name for layer in self.layers]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(
                f"All layers of a model need unique names, but {twice!r} is there {names.count(twice)} times"
                f": {', '.join(repr(layer) for layer in self.layers if layer.name == twice)}. "
                "Give one of them another, name=..., where it is made."
            )


def _disconnected(who: str, node: Node, inputs: list[KerasTensor]) -> ValueError:
    return ValueError(
        f"Graph disconnected: {who} the Input {node.layer.name!r}, which is not among the model's inputs, "
        f"{[tensor.name for tensor in inputs]}."
    )


def nodes_before(
    outputs: list[KerasTensor], begin: dict[int, KerasTensor] | None = None
) -> tuple[list[Node], dict[Any, int]]:
    """Return the nodes that outputs depend on, each behind those it reads, and when each layer was first met.

    ``begin`` holds, by their identity, tensors behind which the search doesn't go.
    """
    found: dict[Node, bool] = {}  # whether all before it have been found
    order: list[Node] = []
    place: dict[Any, int] = {}
    for output in outputs:
        stack: list[tuple[Node, list[KerasTensor]]] = []
        waiting = [output]
        while waiting or stack:
            if waiting:
                tensor = waiting.pop(0)
                node = tensor.node
                if begin is not None and id(tensor) in begin:
                    continue
                if node is None:
                    raise ValueError(
                        f"The tensor {tensor.name!r} comes from no Input: it is of a layer that was never "
                        "called on one. Call it on an Input's tensor, and make the model of what that gives."
                    )
                if found.get(node) is False:
                    raise ValueError(f"Layer {node.layer.name!r} is part of a loop: it reads its own output.")
                if node not in found:
                    found[node] = False
                    place.setdefault(node.layer, len(place))
                    stack.append((node, waiting))
                    waiting = list(node.inputs)
            else:
                node, waiting = stack.pop()
                found[node] = True
                order.append(node)
    return order, place


def replay(
    inputs: list[KerasTensor], outputs: list[KerasTensor], begin: list[KerasTensor] | None = None,
    layer_of: Callable[[Any], Any] | None = None,
) -> tuple[list[KerasTensor], list[KerasTensor]]:  # fmt: skip
    """Call the layers between two places again; return the tensors where the new graph begins and ends.

    ``begin`` stands in the place of the inputs, left out new ones; ``layer_of`` gives what is called in the
    place of a layer.
    """
    if begin is None:
        begin = [
            InputLayer(batch_shape=tensor.shape, dtype=tensor.dtype).output if is_inner(tensor) else tensor
            for tensor in inputs
        ]
    new = {id(old): tensor for old, tensor in zip(inputs, begin, strict=True)}
    for node in nodes_before(outputs, new)[0]:
        if not node.inputs:
            raise _disconnected("an output depends on", node, inputs)
        layer = node.layer if layer_of is None else layer_of(node.layer)
        made = call(layer, [new[id(tensor)] for tensor in node.inputs], node.training)
        new |= {id(old): tensor for old, tensor in zip(node.outputs, made, strict=True)}
    return begin, [new[id(tensor)] for tensor in outputs]


def call(layer: Any, tensors: list[KerasTensor], training: bool | None) -> list[KerasTensor]:
    """Return what a layer or a model makes of symbolic tensors, in a list."""
    several = len(tensors) > 1 or getattr(layer, "several_inputs", False)
    layer(tensors if several else tensors[0], training=training)
    return list(layer.nodes[-1].outputs)


def is_inner(tensor: KerasTensor) -> bool:
    """Return whether a tensor is another layer's output than an Input's."""
    return tensor.node is None or bool(tensor.node.inputs)

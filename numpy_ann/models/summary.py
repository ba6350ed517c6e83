"""The table that ``model.summary()`` prints, as Keras prints it."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from shutil import get_terminal_size
from typing import Any

from numpy_ann.errors import escaped
from numpy_ann.layers import Layer
from numpy_ann.models.model import Model

# The columns' right ends as shares of the width, of layers one behind the other and of graphs. That leaves no
# room for padding and borders, which rich then takes from the columns, in Keras as here.
_COLUMNS = {False: (0.45, 0.80, 1.0), True: (0.3, 0.56, 0.74, 1.0)}


def summarize(
    model: Model, line_length: int | None = None, *, expand_nested: bool = False,
    show_trainable: bool = False, layer_range: Sequence[str] | None = None,
) -> str:  # fmt: skip
    """Return the table of layers, output shapes and parameters, with totals.

    Raises ``ValueError`` if ``layer_range`` isn't two names of layers in that order.

    Parameters
    ----------
    model : Model
        Built or not; an unbuilt one has unknown shapes.
    line_length : int, optional
        The table's width in characters, at least 40. Left out, it follows the terminal, up to 88, of a graph
        108, and 12 more where trainable is shown. What has no room is cut, as in Keras.
    expand_nested : bool
        Whether to show the layers of models in the model too.
    show_trainable : bool
        Whether to show of each layer if training changes it: ``Y``, ``N``, or ``-`` without parameters.
    layer_range : two str, optional
        The first and the last layer to show, by name, or by regular expressions that begin like names; the
        totals are the whole model's.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table

    graph = model.graph is not None and any(
        [tensor.node for tensor in node.inputs] != [before]
        for before, node in zip(model.graph.nodes, model.graph.nodes[1:], strict=False)
    )
    most = (108 if graph else 88) + (12 if show_trainable else 0)
    width = max(40, line_length or min(most, get_terminal_size().columns - 4))
    ends = [0.9 * end for end in _COLUMNS[graph]] + [1.0] if show_trainable else _COLUMNS[graph]
    room = [b - a for a, b in pairwise([0, *(int(end * width) for end in ends)])]
    table = Table(width=width, box=box.HEAVY_HEAD, show_lines=True, pad_edge=True, header_style="")
    titles = ["Layer (type)", "Output Shape", "Param #", *(["Connected to"] if graph else [])]
    for title, columns in zip(titles, room, strict=False):
        side: Any = "right" if title == "Param #" else "left"
        table.add_column(title, width=columns, justify=side)
    if show_trainable:
        table.add_column("Trainable", width=room[-1], justify="center")
    for level, layer in _rows(_in_range(model.operations, layer_range), expand_nested):
        shape, count = "?", "0 (unbuilt)"
        if layer.built:
            batch = layer.output_shape if hasattr(layer, "layers") else (None, *(layer.output_shape or ()))
            shape, count = str(batch), f"{layer.count_params():,}"
        name = f"{'   ' * level}{'└ ' if level else ''}{escaped(layer.name)}"
        kind = getattr(layer, "kind", type(layer).__name__)
        fields = [f"{name} ({'Functional' if kind == 'Model' else kind})", shape, count]
        if graph:
            fields.append(_connections(model, layer))
        if show_trainable:
            fields.append("-" if not layer.parameters else "Y" if layer.trainable else "N")
        table.add_row(*fields)

    console = Console(
        width=width, color_system=None, force_terminal=False, force_jupyter=False, markup=False, emoji=False
    )
    with console.capture() as capture:
        console.print(table)
    lines = [f'Model: "{escaped(model.name)}"', *capture.get().rstrip("\n").split("\n"), *_totals(model)]
    return "\n".join(lines)


def _rows(layers: Sequence[Any], expand_nested: bool, level: int = 0) -> Iterator[tuple[int, Any]]:
    """Yield the layers, each with how deep it stands in models in the model."""
    for layer in layers:
        yield level, layer
        if expand_nested and hasattr(layer, "operations"):
            yield from _rows(layer.operations, expand_nested, level + 1)


def _connections(model: Model, layer: Any) -> str:
    """Say what a layer reads: the names of layers, which of their calls, and which of their outputs."""
    uses = [node for node in layer.nodes if node in model.graph.nodes]
    read = [(tensor.node, tensor.index) for node in uses for tensor in node.inputs]
    found = [f"{escaped(node.layer.name)}[{node.layer.nodes.index(node)}][{i}]" for node, i in read]
    return ", ".join(found) or "-"


def _in_range(layers: Sequence[Layer], layer_range: Sequence[str] | None) -> Sequence[Layer]:
    if layer_range is None:
        return layers
    if len(layer_range) != 2 or not all(isinstance(name, str) for name in layer_range):
        raise ValueError(f"`layer_range` is the names of two layers. Received: layer_range={layer_range!r}")
    found = [[i for i, layer in enumerate(layers) if re.match(name, layer.name)] for name in layer_range]
    if not all(found) or found[0][0] > found[1][-1]:
        names = [layer.name for layer in layers]
        raise ValueError(
            f"`layer_range` names the first and the last layer to show, of {names}. "
            f"Received: layer_range={layer_range!r}"
        )
    return layers[found[0][0] : found[1][-1] + 1]


def _totals(model: Model) -> list[str]:
    trainable = sum(p.size for p in model.trainable_parameters)
    rest = sum(p.size for p in model.parameters) - trainable
    optimizer = 0
    if model.optimizer is not None:
        slots = sum(slot.size for slot in model.optimizer.state.values())
        # Keras counts two numbers more: how many steps were taken, and the learning rate.
        optimizer = slots + 2 if model.optimizer.size is not None else 0
    counts = {"Total": trainable + rest + optimizer, "Trainable": trainable, "Non-trainable": rest}
    counts |= {"Optimizer": optimizer} if optimizer else {}
    size = model.dtype.itemsize
    return [f" {what} params: {n:,} ({format_bytes(n * size)})" for what, n in counts.items()]


def format_bytes(count: int) -> str:
    """Return a size in B, KB, MB, GB or TB, of 1024 each to the next, as Keras shows it.

    >>> [format_bytes(n) for n in (0, 437544, 1312640)]
    ['0.00 B', '427.29 KB', '1.25 MB']
    """
    size = float(count)
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1024:
            return f"{size:.2f} {unit}"
        size /= 1024
    return f"{size:.2f} TB"

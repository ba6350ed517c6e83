"""A model as a picture: a box for each layer, an arrow for each array."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from io import BytesIO
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import numpy as np

from numpy_ann.atomic import write_atomically
from numpy_ann.errors import escaped
from numpy_ann.models.graph import nodes_before
from numpy_ann.plots.colors import BLUE
from numpy_ann.validation import checked_choice, checked_integer

_LETTER, _LINE, _MARGIN = 0.075, 0.18, 0.12  # of the text in a box, in inches


def plot_model(
    model: Any, to_file: str | os.PathLike[str] | None = "model.png", show_shapes: bool = False,
    show_dtype: bool = False, show_layer_names: bool = False, rankdir: str = "TB",
    expand_nested: bool = False, dpi: int | None = 200, show_layer_activations: bool = False,
    show_trainable: bool = False,
) -> Any:  # fmt: skip
    """Draw the layers of a model as boxes, and what they read as arrows.

    Where the program ``dot`` of Graphviz is installed, it draws; elsewhere matplotlib does. In a notebook, it
    returns the picture, to be shown.

    Raises ``ValueError`` if the model isn't built, or ``rankdir`` is another one.

    Parameters
    ----------
    model : Model
        Built.
    to_file : path, optional
        The picture, whose suffix says its format: ``.png``, ``.svg``, ``.pdf``. None: the axes of a figure
        are returned.
    show_shapes, show_dtype, show_layer_names, show_layer_activations, show_trainable : bool
        What boxes say beside the layer's class.
    rankdir : {"TB", "LR", "BT", "RL"}
        Where it goes: from top to bottom, left to right, or back.
    expand_nested : bool
        Whether the layers of models in the model have boxes.
    dpi : int
        Dots per inch.

    >>> from numpy_ann.layers import Dense, Input
    >>> from numpy_ann.models import Sequential
    >>> ax = plot_model(Sequential([Input((4,)), Dense(3)]), None, show_shapes=True)
    >>> [text.get_text().splitlines()[0] for text in ax.texts if text.get_text()]
    ['InputLayer', 'Dense']
    """
    graph = model_to_dot(
        model, show_shapes, show_dtype, show_layer_names, rankdir, expand_nested, dpi,
        show_layer_activations=show_layer_activations, show_trainable=show_trainable,
    )  # fmt: skip
    if to_file is None:
        return _drawn(graph)
    path = Path(to_file)
    graph.write(path, format=path.suffix.lstrip(".") or "png")
    if "IPython" in sys.modules and path.suffix == ".png":
        return import_module("IPython.display").Image(filename=os.fspath(path))
    return None


def model_to_dot(
    model: Any, show_shapes: bool = False, show_dtype: bool = False, show_layer_names: bool = False,
    rankdir: str = "TB", expand_nested: bool = False, dpi: int | None = 200, subgraph: bool = False,
    show_layer_activations: bool = False, show_trainable: bool = False,
) -> ModelGraph:  # fmt: skip
    """Return what ``plot_model`` draws, which also gives its text in Graphviz' language; see there.

    >>> from numpy_ann.layers import Dense, Input
    >>> from numpy_ann.models import Sequential
    >>> model_to_dot(Sequential([Input((3,)), Dense(2)])).create(format="svg")[:5]
    b'<?xml'
    """
    checked_choice("rankdir", rankdir, ("TB", "LR", "BT", "RL"))
    checked_choice("subgraph", subgraph, (False,))
    dpi = checked_integer("dpi", 200 if dpi is None else dpi, least=1)
    if not model.built:
        raise ValueError(f"Model {model.name!r} isn't built: give it an Input, or call it on data first.")
    shown = {"names": show_layer_names, "activations": show_layer_activations, "shapes": show_shapes}
    shown |= {"dtype": show_dtype, "trainable": show_trainable}
    graph = ModelGraph({}, {}, rankdir, dpi)
    _gather(graph, model, [], "", expand_nested, shown)
    return graph


@dataclass(frozen=True)
class ModelGraph:
    """Boxes, with the lines that each says, and arrows, under the methods of pydot's graphs."""

    boxes: dict[str, list[str]]
    arrows: dict[tuple[str, str], None]
    rankdir: str
    dpi: int

    def to_string(self) -> str:
        """Return the graph in Graphviz' language."""

        def quoted(text: str) -> str:
            return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'

        lines = [f"rankdir={self.rankdir};", 'node [shape=box, fontname="Helvetica"];']
        lines += [f"{quoted(box)} [label={quoted(chr(10).join(text))}];" for box, text in self.boxes.items()]
        lines += [f"{quoted(source)} -> {quoted(target)};" for source, target in self.arrows]
        return "digraph {\n" + "\n".join(lines) + "\n}\n"

    def create(self, prog: str | None = None, format: str = "png") -> bytes:  # noqa: A002  (pydot's name)
        """Return the picture, drawn by Graphviz where it is installed, elsewhere by matplotlib."""
        program = shutil.which(prog or "dot")
        if program is not None:
            command = [program, f"-T{format}", f"-Gdpi={self.dpi}"]
            return subprocess.run(  # noqa: S603
                command, input=self.to_string().encode(), stdout=subprocess.PIPE, check=True
            ).stdout
        import matplotlib.pyplot as plt

        ax, buffer = _drawn(self), BytesIO()
        ax.figure.savefig(buffer, dpi=self.dpi, format=format)
        plt.close(ax.figure)
        return buffer.getvalue()

    def write(self, path: str | os.PathLike[str], prog: str | None = None, format: str = "raw") -> None:  # noqa: A002
        """Write the picture, or for ``format="raw"`` the text."""
        picture = self.to_string().encode() if format == "raw" else self.create(prog, format)
        write_atomically(path, picture)

    def __getattr__(self, name: str) -> Any:
        """Return ``create_svg``, ``write_png`` and their like."""
        method, _, kind = name.partition("_")
        if method in ("create", "write") and kind:
            return partial(getattr(self, method), format=kind)
        raise AttributeError(f"A model's graph has no attribute {name!r}.")


def _gather(
    graph: ModelGraph, model: Any, read: list[str], path: str, expand: bool, shown: dict[str, bool]
) -> list[str]:
    """Add the boxes and arrows of a model that reads some boxes; return the boxes of its outputs."""
    made: dict[int, list[str]] = {}

    def boxes_of(tensors: Any) -> list[str]:
        return [made[id(t.node)][min(t.index, len(made[id(t.node)]) - 1)] for t in tensors]

    for tensor, source in zip(model.inputs, read, strict=False):
        box = source
        if model.graph is not None:  # whose inputs have boxes, as Keras draws them
            box = path + tensor.node.layer.name
            graph.boxes.setdefault(box, _lines(tensor.node.layer, [], shown))
            graph.arrows[source, box] = None
        made[id(tensor.node)] = [box]
    for node in nodes_before([*model.inputs, *model.outputs])[0]:
        if id(node) in made:
            continue
        layer, sources, box = node.layer, boxes_of(node.inputs), path + node.layer.name
        if expand and hasattr(layer, "layers"):
            made[id(node)] = _gather(graph, layer, sources, f"{box}/", expand, shown)
            continue
        graph.boxes.setdefault(box, _lines(layer, [tensor.shape for tensor in node.inputs], shown))
        graph.arrows.update(dict.fromkeys((source, box) for source in sources))
        made[id(node)] = [box]
    return boxes_of(model.outputs)


def _lines(layer: Any, inputs: Any, shown: dict[str, bool]) -> list[str]:
    kind = getattr(layer, "kind", type(layer).__name__)
    kind = "Functional" if kind == "Model" else kind
    lines = [f"{escaped(layer.name)} ({kind})" if shown["names"] else kind]
    tensors = layer.nodes[0].outputs if layer.nodes else []
    activation = getattr(layer, "activation", None)
    if shown["activations"] and activation is not None and activation.name != "linear":
        lines.append(f"Activation: {activation.name}")
    if shown["shapes"]:
        lines += [f"Input: {', '.join(map(str, inputs))}"] if inputs else []
        lines.append(f"Output: {', '.join(str(tensor.shape) for tensor in tensors)}")
    if shown["dtype"]:
        lines.append(f"Dtype: {', '.join(tensor.dtype for tensor in tensors)}")
    if shown["trainable"] and layer.parameters:
        lines.append(f"Trainable: {layer.trainable}")
    return lines


def _drawn(graph: ModelGraph) -> Any:
    """Draw the boxes in ranks, each below what it reads; arrows over several ranks have a place in each."""
    import matplotlib.pyplot as plt
    from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
    from matplotlib.path import Path as Curve

    boxes, arrows, rankdir = graph.boxes, graph.arrows, graph.rankdir
    rank: dict[str, int] = dict.fromkeys(boxes, 0)
    for _ in boxes:  # boxes stand behind those that they read, but for shared layers
        moved = False
        for source, target in arrows:
            if rank[target] <= rank[source] and rank[source] + 1 < len(boxes):
                rank[target], moved = rank[source] + 1, True
        if not moved:
            break
    ranks: list[list[Any]] = [[box for box in boxes if rank[box] == r] for r in range(max(rank.values()) + 1)]
    ways: list[list[Any]] = []
    for source, target in arrows:
        between = [(source, target, r) for r in range(rank[source] + 1, rank[target])]
        for place in between:
            ranks[place[2]].append(place)
        ways.append([source, *between, target])
    across = rankdir in ("LR", "RL")
    size: dict[Any, tuple[float, float]] = defaultdict(lambda: (0.2, 0.2))  # of a place in an arrow
    for box, text in boxes.items():
        size[box] = max(map(len, text)) * _LETTER + _MARGIN * 2, len(text) * _LINE + _MARGIN
    wide = [[size[place][across] + 0.35 for place in row] for row in ranks]
    thick = [max(size[place][not across] for place in row) + 0.4 for row in ranks]
    middle: dict[Any, float] = {}
    reads: dict[Any, list[Any]] = defaultdict(list)
    for source, target in chain.from_iterable(map(pairwise, ways)):
        reads[target].append(source)
    for row, widths in zip(ranks, wide, strict=True):
        wanted = [np.mean([middle[p] for p in reads[place] if p in middle] or [0.0]) for place in row]
        order = np.argsort(wanted, kind="stable")
        edges = np.cumsum([0.0, *(widths[i] for i in order)])
        centres = (edges[:-1] + edges[1:]) / 2
        shift = float(np.mean([wanted[i] for i in order]) - np.mean(centres))
        middle |= {row[i]: float(centre + shift) for i, centre in zip(order, centres, strict=True)}
    lows = np.cumsum([0.0, *thick])
    sign = 1.0 if rankdir in ("LR", "BT") else -1.0
    level = [sign * float(low + thickness / 2) for low, thickness in zip(lows, thick, strict=False)]
    at = [(place, height) for row, height in zip(ranks, level, strict=True) for place in row]
    spot = {place: (up, -middle[place]) if across else (middle[place], up) for place, up in at}

    middles = np.array(list(spot.values()))
    halves = np.array([size[place] if place in boxes else (0.0, 0.0) for place in spot]) / 2
    (left, low), (right, high) = (middles - halves).min(axis=0), (middles + halves).max(axis=0)
    _, ax = plt.subplots(figsize=(right - left + 0.2, high - low + 0.2))
    ax.set_position((0, 0, 1, 1))
    ax.set(xlim=(left - 0.1, right + 0.1), ylim=(low - 0.1, high + 0.1))
    ax.axis("off")
    for box, text in boxes.items():
        (x, y), (width, height) = spot[box], size[box]
        style: dict[str, Any] = {"boxstyle": "round,pad=0,rounding_size=0.06", "linewidth": 1.0}
        corner = (x - width / 2, y - height / 2)
        ax.add_patch(FancyBboxPatch(corner, width, height, facecolor="white", edgecolor=BLUE, **style))
        letters: dict[str, Any] = {"fontsize": 8, "family": "DejaVu Sans Mono", "linespacing": 1.3}
        ax.text(x, y, "\n".join(text), ha="center", va="center", **letters)
    axis = 0 if across else 1
    for way in ways:
        points = [np.array(spot[place]) for place in way]
        forward = np.sign(points[-1][axis] - points[0][axis]) or 1.0
        points[0][axis] += forward * size[way[0]][axis] / 2
        points[-1][axis] -= forward * size[way[-1]][axis] / 2
        look: dict[str, Any] = {"arrowstyle": "-|>", "mutation_scale": 9, "color": "0.35", "linewidth": 1.0}
        ax.add_patch(FancyArrowPatch(path=Curve(points), **look))
    return ax

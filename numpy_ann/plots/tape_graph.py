"""The graph that a tape remembers: what was made of what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np

from numpy_ann.ops.tape import Traced, backward, made_of
from numpy_ann.plots.canvas import axes_or_new
from numpy_ann.plots.colors import BLUE

_ARROW = {"arrowstyle": "->", "color": "0.5", "shrinkA": 22, "shrinkB": 22}


def plot_tape(last: Traced, names: Mapping[str, Traced] | None = None, ax: Any = None) -> Any:
    """Draw how an array on the tape was made: a box for each, with its value and, in brackets, its gradient.

    Of larger arrays they say the shape and the length of the gradient. It returns the axes.

    Parameters
    ----------
    last : traced array
        What was made last, such as the loss.
    names : dict, optional
        What to call the arrays with which it begins, as ``watch`` returns them.
    ax : matplotlib Axes, optional

    >>> from numpy_ann.ops import GradientTape
    >>> with GradientTape() as tape:
    ...     x = tape.watch(np.array(3.0))
    ...     y = x * x + x
    >>> [text.get_text().split() for text in plot_tape(y, {"x": x}).texts if text.get_text()]
    [['x', '3.00', '(7.00)'], ['multiply', '9.00', '(1.00)'], ['add', '12.00', '(1.00)']]
    """
    arrays = made_of([last])
    gradients = backward([last], arrays, [np.ones_like(last.value)])
    titles = {array.number: name for name, array in (names or {}).items()}
    depth: dict[int, int] = {}
    for array in arrays:
        depth[array.number] = max((depth[p.number] + 1 for p in array.parents), default=0)
    for array in reversed(arrays):  # what it begins with stands before the first that reads it
        readers = [depth[a.number] for a in arrays if any(p is array for p in a.parents)]
        if array.op is None and readers:
            depth[array.number] = min(readers) - 1
    columns: dict[int, list[float]] = defaultdict(list)
    ax = axes_or_new(ax, (1.3 * (max(depth.values()) + 1), 3.4))
    places: dict[int, tuple[int, float]] = {}
    for array, gradient in zip(arrays, gradients, strict=True):
        column, parents = depth[array.number], [places[p.number][1] for p in array.parents]
        taken = columns[column]
        row = float(np.mean(parents)) if parents else len(taken) - 0.6 * column
        while any(abs(row - other) < 0.8 for other in taken):
            row += 0.8
        taken.append(row)
        places[array.number] = column, row
        title = titles.get(array.number) or ("array" if array.op is None else array.op.__name__)
        box = {"boxstyle": "round", "fc": "white", "ec": "0.5" if array.op else BLUE}
        text = f"{title}\n{_shown(array.value)}\n({_shown(gradient, length=True)})"
        ax.text(column, row, text, ha="center", va="center", fontsize=8, bbox=box)
        for p in dict.fromkeys(array.parents):
            ax.annotate("", places[array.number], places[p.number], arrowprops=_ARROW)
    rows = [row for _, row in places.values()]
    ax.set(xlim=(-0.6, max(depth.values()) + 0.6), ylim=(min(rows) - 0.6, max(rows) + 0.6))
    ax.set_title("value, and (gradient) below it")
    ax.axis("off")
    return ax


def _shown(value: Any, length: bool = False) -> str:
    array = np.asarray(0.0 if value is None else value)
    if array.size == 1:
        return f"{array.item():.2f}"
    return f"|g| = {np.linalg.norm(array):.2f}" if length else str(array.shape)

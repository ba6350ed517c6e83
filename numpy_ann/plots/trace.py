"""The numbers of one pass, layer by layer: what goes forward, and what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.errors import escaped
from numpy_ann.plots.canvas import Axes, Grid, row_or_new
from numpy_ann.plots.colors import BLUE, ORANGE

_BINS = 60
_HEIGHT = 0.8  # of a layer's highest bar; the rows are 1 apart


def plot_trace(trace: Any, *, axes: Sequence[Axes] | Grid | None = None) -> Grid:
    """Draw how the outputs of each layer and their gradients are distributed, first layer on top.

    On the left, the outputs; on the right, the sizes of the gradients of the loss with respect to them, on a
    logarithmic scale, where vanishing or exploding gradients show as rows that drift left or right from layer
    to layer. In a graph, what a layer reads stands below its name where it isn't the row above. Each row is a
    histogram that fills its own height. Exact zeros, as ReLU and dropout make them, are left out of it and
    given in percent. Where the last layer's loss and activation function go back in one step, its gradient is
    that before the activation function.

    Raises ``ValueError`` if there aren't two axes; ``TypeError`` if ``trace`` or an axis is something else.

    Parameters
    ----------
    trace : Trace
        What ``numpy_ann.inspection.trace`` returned.
    axes : two matplotlib Axes, optional

    >>> from matplotlib.figure import Figure
    >>> from numpy_ann.inspection import trace
    >>> from numpy_ann.layers import Dense, Input
    >>> from numpy_ann.models import Sequential
    >>> model = Sequential([Input((2,)), Dense(3, "relu"), Dense(2, "softmax")], seed=0)
    >>> model.compile(loss="sparse_categorical_crossentropy")
    >>> t = trace(model, np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([0, 1]))
    >>> left, right = plot_trace(t, axes=Figure().subplots(1, 2))
    >>> [label.get_text() for label in left.get_yticklabels()]
    ['input', 'dense', 'dense_1']
    """
    names, outputs, gradients = _read(trace)
    cells = row_or_new(axes, 2, "two axes, for outputs and gradients", (9.0, 1.3 + 0.55 * len(names)))
    left, right = cells.flat
    right.set_xscale("log")
    _draw_rows(left, outputs, _even_edges(outputs), BLUE)
    _draw_rows(right, gradients, _logarithmic_edges(gradients), ORANGE)
    left.locator_params(axis="x", nbins=5)
    left.ticklabel_format(axis="x", scilimits=(-3, 4))
    left.set_title("Outputs")
    right.set_title("Sizes of their gradients")
    left.set_yticks(range(len(names)), labels=names, va="bottom")
    right.set_yticks(range(len(names)), labels=[])
    return cells


def _read(trace: object) -> tuple[list[str], list[Array], list[Array]]:
    """Return names, outputs and sizes of gradients; the input comes first."""
    layers = getattr(trace, "layers", None)
    if not isinstance(layers, Sequence) or not layers or not hasattr(layers[0], "input_gradient"):
        raise TypeError(
            "plot_trace expects what numpy_ann.inspection.trace(model, x, y) returns. "
            f"Received: {type(trace).__name__}."
        )
    inputs: Any = getattr(trace, "inputs", None) or {"input": (layers[0].input, layers[0].input_gradient)}
    above = tuple(inputs)
    # Numbers of words, which have no gradient, would hide the others on their scale.
    shown = {name: pair for name, pair in inputs.items() if pair[1] is not None}
    names, outputs = [escaped(name) for name in shown], [x for x, _ in shown.values()]
    gradients = [gradient for _, gradient in shown.values()]
    for layer in layers:
        of_output = layer.output_gradient
        reads = "" if layer.reads == above else f"\nof {', '.join(map(escaped, layer.reads))}"
        names.append(escaped(layer.name) + reads)
        outputs.append(layer.output)
        gradients.append(layer.pre_activation_gradient if of_output is None else of_output)
        above = (layer.name,)
    nothing = np.empty(0)
    return names, outputs, [nothing if gradient is None else np.abs(gradient) for gradient in gradients]


def _numbers(array: Array) -> Array:
    """Return what a histogram shows of an array: the numbers that are finite and not 0."""
    numbers: Array = array[np.isfinite(array) & (array != 0)]
    return numbers.astype(np.float64)


def _bounds(rows: Sequence[Array], shares: list[float], otherwise: float) -> tuple[float, float]:
    """Return the lowest and the highest of the rows' percentiles; without numbers, ``otherwise`` and 1."""
    bounds = [np.percentile(numbers, shares) for row in rows if (numbers := _numbers(row)).size]
    return (min(b[0] for b in bounds), max(b[1] for b in bounds)) if bounds else (otherwise, 1.0)


def _even_edges(rows: Sequence[Array]) -> Array:
    """Return the edges of bars from the smallest to the largest number, but for one in a thousand."""
    low, high = _bounds(rows, [0.1, 99.9], 0.0)
    return np.linspace(min(low, 0.0), max(high, 0.0), _BINS + 1)


def _logarithmic_edges(rows: Sequence[Array]) -> Array:
    """Return the edges of bars, evenly wide on a scale of two decades or more; the smallest 1 % fall off."""
    low, high = _bounds(rows, [1, 100], 1e-8)
    return np.geomspace(min(low, high / 100), high, _BINS + 1)


def _draw_rows(ax: Axes, rows: Sequence[Array], edges: Array, color: str) -> None:
    """Draw a histogram a row, first on top, and what it leaves out at its right."""
    for i, row in enumerate(rows):
        counts = np.histogram(_numbers(row), edges)[0]
        heights = counts / max(counts.max(), 1) * _HEIGHT
        ax.stairs(i - heights, edges, baseline=i, fill=True, color=color, alpha=0.85, linewidth=0)
        ax.axhline(i, color="0.5", linewidth=0.6)
        beside: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "ha": "left", "va": "bottom"}
        ax.annotate(_left_out(row), (1.01, i), fontsize="small", alpha=0.7, **beside)
    ax.set_xlim(edges[0], edges[-1])
    ax.set_ylim(len(rows) - 0.7, -1)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x", alpha=0.3, linewidth=0.8)
    ax.set_axisbelow(True)
    ax.spines[["top", "right", "left"]].set_visible(False)


def _left_out(row: Array) -> str:
    if not row.size:
        return "none"
    shares = {"zeros": float(np.mean(row == 0)), "not finite": float(np.mean(~np.isfinite(row)))}
    return "\n".join(f"{share:.0%} {what}" for what, share in shares.items() if share >= 0.005)

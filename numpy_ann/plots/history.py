"""How training went, epoch by epoch: its figures, and what ``TrainingDiagnostics`` measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np

from numpy_ann.errors import escaped
from numpy_ann.plots.canvas import Axes, Grid, axes_or_new, row_or_new
from numpy_ann.plots.colors import CLASS_COLORS, ORANGE

if TYPE_CHECKING:
    from numpy_ann.callbacks import History, TrainingDiagnostics

# Measure, title, whether the axis is logarithmic, and the value that is usual, if there is one.
PANELS = (
    ("update_ratio", "Step, as share of the weights", True, 1e-3),
    ("gradient_norm", "Gradient norm", True, None),
    ("dead_share", "Dead units, as share of the layer", False, None),
)
MANY_EPOCHS = 25  # from here on, a marker an epoch would hide the line


def plot_history(
    history: History | Mapping[str, Any], metric: str = "accuracy", *, ax: Axes | None = None
) -> Axes:
    """Draw a metric over the epochs, for the training data and, if there were any, the validation data.

    Epochs count from 1, as ``fit`` prints them; with ``initial_epoch`` they go on from there.

    Raises ``ValueError`` if there is no such metric, no epoch was finished, or the lists differ in length;
    ``TypeError`` if ``history`` or ``ax`` is something else.

    Parameters
    ----------
    history : History or dict
        What ``fit`` returned, or its ``history`` dictionary alone (its epochs are then counted from 1).
        Several by name, ``{"small": history, "deep": other}``, are drawn in one figure, to be compared.
    metric : str
        ``"accuracy"``, ``"loss"`` or another key of the dictionary, without ``val_``.
    ax : matplotlib Axes, optional

    >>> from matplotlib.figure import Figure
    >>> curves = {"accuracy": [0.89, 0.94, 0.96], "val_accuracy": [0.95, 0.96, 0.97]}
    >>> ax = plot_history(curves, ax=Figure().subplots())
    >>> ax.get_title(), [line.get_label() for line in ax.lines]
    ('Model accuracy', ['Training', 'Validation'])
    """
    named = history if isinstance(history, Mapping) else {}
    several = named and all(isinstance(each, Mapping) or hasattr(each, "history") for each in named.values())
    given = (named if several else {"": history}).items()
    drawn = {title: _read(each, metric, title) for title, each in given}
    ax = axes_or_new(ax, figsize=(6.4, 4.2))

    # Dashes and squares tell the lines apart without colour.
    longest = max(len(epochs) for epochs, _ in drawn.values())
    for (title, (epochs, curves)), color in zip(drawn.items(), cycle(CLASS_COLORS), strict=False):
        for part, values in curves.items():
            trained = part == "training"
            look = ("o-" if trained else "s--")[longest >= MANY_EPOCHS :]
            label = f"{escaped(title)}, {part}" if title else part.capitalize()
            shade = color if title or trained else ORANGE
            ax.plot(epochs, values, look, color=shade, linewidth=2, label=label)

    name = escaped(metric).replace("_", " ")
    ax.set(title=f"Model {name}", ylabel=name[:1].upper() + name[1:])
    _style_epochs(ax, longest, ticks=10)
    ax.legend(frameon=False)
    return ax


def _read(history: object, metric: str, title: str) -> tuple[list[int], dict[str, Sequence[float]]]:
    """Return the epochs' numbers from 1, and the metric's figures in training and validation."""
    curves = getattr(history, "history", history)
    if not isinstance(curves, Mapping) or not all(hasattr(values, "__len__") for values in curves.values()):
        raise TypeError(
            "plot_history expects the History that fit returns, or its dictionary of lists; of several, "
            f"{{name: history}}. Received: {type(history).__name__}."
        )
    length = max((len(values) for values in curves.values()), default=0)
    if length == 0:
        raise ValueError("The history is empty: no epoch was finished. Train with fit first.")
    known = [name for name in curves if not name.startswith("val_")]
    if metric not in known:
        which = f" of {title!r}" if title else ""
        raise ValueError(f"The history{which} has no metric {metric!r}. It has: {', '.join(known)}.")
    epochs = [epoch + 1 for epoch in getattr(history, "epoch", range(length))]
    names = {"training": metric, "validation": f"val_{metric}"}
    found = {part: curves[name] for part, name in names.items() if name in curves}
    for part, values in found.items():
        if len(values) != len(epochs):
            came = f"{len(values)} numbers for {len(epochs)} epochs"
            raise ValueError(f"Expected one {names[part]!r} an epoch. Received: {came}.")
    return epochs, found


def plot_diagnostics(diagnostics: TrainingDiagnostics, *, axes: Sequence[Axes] | Grid | None = None) -> Grid:
    """Draw each layer's update ratio, gradient norm and share of dead units over the epochs.

    A grey line at 1e-3 shows what an update ratio usually is. A 0, which has no logarithm, leaves a gap.

    Raises ``ValueError`` if no epoch was watched, or the axes are not three; ``TypeError`` if ``diagnostics``
    is something else, or the axes are not matplotlib's.

    Parameters
    ----------
    diagnostics : TrainingDiagnostics
        After a training that it watched.
    axes : three matplotlib Axes, optional

    >>> from matplotlib.figure import Figure
    >>> from numpy_ann import Sequential
    >>> from numpy_ann.callbacks import TrainingDiagnostics
    >>> from numpy_ann.layers import Dense
    >>> model, diagnostics = Sequential([Dense(8, "tanh"), Dense(1)], seed=0), TrainingDiagnostics()
    >>> model.compile("adam", "mse")
    >>> history = model.fit(np.ones((4, 2)), np.ones(4), epochs=3, verbose=0, callbacks=[diagnostics])
    >>> axes = plot_diagnostics(diagnostics, axes=Figure().subplots(1, 3))
    >>> [line.get_label() for line in axes[1].lines]
    ['dense', 'dense_1']
    """
    history, epochs = getattr(diagnostics, "history", None), getattr(diagnostics, "epoch", ())
    if not isinstance(history, Mapping) or not {measure for measure, *_ in PANELS} <= set(history):
        raise TypeError(
            "plot_diagnostics expects a TrainingDiagnostics, which has watched a training. "
            f"Received: {type(diagnostics).__name__}."
        )
    if not len(epochs):
        raise ValueError("No epoch was watched: pass the diagnostics to fit(..., callbacks=[diagnostics]).")
    cells = row_or_new(axes, len(PANELS), f"{len(PANELS)} axes, one a measure", (12.0, 3.8))
    layers = list(dict.fromkeys(name for measure, *_ in PANELS for name in history[measure]))
    shared = {"marker": "o" if len(epochs) < MANY_EPOCHS else "", "markersize": 5, "linewidth": 2}
    ways = zip(layers, cycle(CLASS_COLORS), cycle(("-", "--", ":", "-.")), strict=False)
    styles = {name: {"color": color, "linestyle": dashes, **shared} for name, color, dashes in ways}
    numbers = np.array(epochs) + 1
    lines: dict[str, Any] = {}
    for ax, (measure, title, logarithmic, usual) in zip(cells.flat, PANELS, strict=True):
        for name, values in history[measure].items():
            shown = np.array(values, dtype=float)
            if logarithmic:
                shown[~(shown > 0)] = np.nan
            (lines[name],) = ax.plot(numbers, shown, label=name, **styles[name])
        ax.set_title(title)
        if not history[measure]:
            ax.text(0.5, 0.5, "no layer to show", ha="center", va="center", transform=ax.transAxes, alpha=0.7)
            ax.set_axis_off()
            continue
        if usual is not None:
            lines["usual"] = ax.axhline(usual, color="0.5", linestyle=":", linewidth=1.2, zorder=1)
        if logarithmic:
            _style_powers(ax)
        else:
            ax.set_ylim(-0.03, 1.03)
        _style_epochs(ax, len(numbers), ticks=6)
    entries = [name for name in (*layers, "usual") if name in lines]
    # Beside the last panel: within them it would cover lines.
    beside: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1, 1), "frameon": False}
    cells.flat[-1].legend([lines[name] for name in entries], entries, **beside)
    return cells


def _style_powers(ax: Axes) -> None:
    """Put whole powers of ten on the axis, around all numbers that were drawn."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    values = np.concatenate([np.asarray(line.get_ydata(), dtype=float) for line in ax.lines])
    exponents = np.log10(values[np.isfinite(values)]) if np.isfinite(values).any() else np.zeros(1)
    ax.set_yscale("log")
    ax.set_ylim(10.0 ** np.floor(exponents.min() - 0.02), 10.0 ** np.ceil(exponents.max() + 0.02))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.yaxis.set_minor_formatter(NullFormatter())


def _style_epochs(ax: Axes, epochs: int, *, ticks: int) -> None:
    """Whole epochs on the axis, faint rules to read values by, and no frame but the two axes."""
    from matplotlib.ticker import MaxNLocator

    ax.set_xlabel("Epoch")
    ax.xaxis.set_major_locator(MaxNLocator(nbins=ticks, steps=[1, 2, 5, 10], integer=True, min_n_ticks=1))
    if epochs > 1:
        ax.margins(x=min(0.03, 0.5 / epochs))  # less than an epoch: there is no epoch 0 to show
    ax.grid(axis="y", alpha=0.3, linewidth=0.8)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)

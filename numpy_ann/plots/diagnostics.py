"""How a training's health developed: what ``TrainingDiagnostics`` measured, epoch by epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from numpy_ann.plots.canvas import row_or_new, style_epochs
from numpy_ann.plots.colors import CLASS_COLORS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["DiagnosticsLike", "plot_diagnostics"]

# Measure, title, whether the axis is logarithmic, and the value that is usual, if there is one.
PANELS = (
    ("update_ratio", "Step, as share of the weights", True, 1e-3),
    ("gradient_norm", "Gradient norm", True, None),
    ("dead_share", "Dead units, as share of the layer", False, None),
)
MANY_EPOCHS = 25  # from here on, a marker an epoch would hide the line


class DiagnosticsLike(Protocol):
    """What ``TrainingDiagnostics`` offers."""

    @property
    def history(self) -> Mapping[str, Mapping[str, Sequence[float]]]:
        """For each measure and layer one number an epoch."""
        ...

    @property
    def epoch(self) -> Sequence[int]:
        """The epochs' numbers, from 0."""
        ...


def plot_diagnostics(
    diagnostics: DiagnosticsLike, *, axes: Sequence[Axes] | npt.NDArray[Any] | None = None
) -> npt.NDArray[Any]:
    """Draw each layer's update ratio, gradient norm and share of dead units over the epochs.

    A grey line at 1e-3 shows what an update ratio usually is. A 0, for which a logarithmic axis has no place,
    leaves a gap.

    Parameters
    ----------
    diagnostics : TrainingDiagnostics
        After a training that it watched.
    axes : three matplotlib Axes, optional
        Where to draw; without them, a new figure.

    Returns
    -------
    axes : array of three matplotlib Axes

    Raises
    ------
    ValueError
        No epoch was watched, or the axes are not three.
    TypeError
        ``diagnostics`` is something else, or the axes are not matplotlib's.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from numpy_ann.callbacks import TrainingDiagnostics
    >>> from numpy_ann.data import toy
    >>> from numpy_ann.layers import Dense, Input
    >>> from numpy_ann.models import Sequential
    >>> x, y = toy.moons()
    >>> model = Sequential([Input((2,)), Dense(8, activation="relu"), Dense(1, activation="sigmoid")])
    >>> model.compile("adam", "binary_crossentropy")
    >>> diagnostics = TrainingDiagnostics()
    >>> history = model.fit(x, y, epochs=3, verbose=0, callbacks=[diagnostics])
    >>> axes = plot_diagnostics(diagnostics, axes=Figure().subplots(1, 3))
    >>> [[line.get_label() for line in ax.lines[:2]] for ax in axes[:2]]
    [['dense', 'dense_1'], ['dense', 'dense_1']]
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
    marker = "o" if len(epochs) < MANY_EPOCHS else ""
    ways = zip(layers, cycle(CLASS_COLORS), cycle(("-", "--", ":", "-.")), strict=False)
    styles = {
        name: {"color": color, "linestyle": dashes, "marker": marker, "markersize": 5, "linewidth": 2}
        for name, color, dashes in ways
    }
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
        _style(ax, numbers, logarithmic)
    entries = [name for name in (*layers, "usual") if name in lines]
    # Beside the last panel: within them it would cover lines.
    cells.flat[-1].legend(
        [lines[name] for name in entries], entries, loc="upper left", bbox_to_anchor=(1, 1), frameon=False
    )
    return cells


def _style(ax: Axes, numbers: npt.NDArray[np.integer], logarithmic: bool) -> None:
    """Whole epochs on one axis, on the other whole powers of ten, or shares from 0 to 1."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    if logarithmic:
        values = np.concatenate([np.asarray(line.get_ydata(), dtype=float) for line in ax.lines])
        exponents = np.log10(values[np.isfinite(values)]) if np.isfinite(values).any() else np.zeros(1)
        ax.set_yscale("log")
        ax.set_ylim(10.0 ** np.floor(exponents.min() - 0.02), 10.0 ** np.ceil(exponents.max() + 0.02))
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        ax.yaxis.set_minor_formatter(NullFormatter())
    else:
        ax.set_ylim(-0.03, 1.03)
    style_epochs(ax, len(numbers), ticks=6)

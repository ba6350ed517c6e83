"""Where a figure is drawn: on the axes that were given, or on new ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["axes_or_new", "check_axes", "row_or_new", "side_in_points", "style_epochs"]


def axes_or_new(ax: Axes | None, figsize: tuple[float, float]) -> Axes:
    """Return ``ax``, or the axes of a new pyplot figure of ``figsize`` (width, height; inches).

    Raises
    ------
    TypeError
        ``ax`` is not a matplotlib Axes.
    """
    if ax is not None:
        return check_axes(ax)
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=figsize, layout="constrained")[1]


def row_or_new(
    axes: Sequence[Axes] | npt.NDArray[Any] | None, count: int, expected: str, figsize: tuple[float, float]
) -> npt.NDArray[Any]:
    """Return ``count`` axes as an array: those that were given, or a row on a new pyplot figure.

    Raises
    ------
    ValueError
        They are more or fewer.
    TypeError
        They are not matplotlib's.
    """
    if axes is None:
        import matplotlib.pyplot as plt

        row: npt.NDArray[Any] = plt.subplots(1, count, figsize=figsize, layout="constrained")[1]
        return row
    cells: npt.NDArray[Any] = np.atleast_1d(np.asarray(axes, dtype=object))
    if cells.size != count:
        raise ValueError(f"Expected {expected}. Received: {cells.size}.")
    for ax in cells.flat:
        check_axes(ax)
    return cells


def style_epochs(ax: Axes, epochs: int, *, ticks: int) -> None:
    """Whole epochs on the axis, faint rules to read values by, and no frame but the two axes."""
    from matplotlib.ticker import MaxNLocator

    ax.set_xlabel("Epoch")
    ax.xaxis.set_major_locator(MaxNLocator(nbins=ticks, steps=[1, 2, 5, 10], integer=True, min_n_ticks=1))
    if epochs > 1:
        ax.margins(x=min(0.03, 0.5 / epochs))  # less than an epoch: there is no epoch 0 to show
    ax.grid(axis="y", alpha=0.3, linewidth=0.8)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)


def check_axes(ax: object) -> Axes:
    """Return ``ax`` if it is a matplotlib Axes; otherwise say what came instead (TypeError)."""
    from matplotlib.axes import Axes

    if isinstance(ax, Axes):
        return ax
    hint = ""
    if hasattr(ax, "__getitem__"):
        hint = " Of several axes, as plt.subplots(rows, columns) makes them, pass one: axes[0]."
    elif hasattr(ax, "add_subplot"):
        hint = " Of a figure, pass figure.gca() or figure.add_subplot()."
    raise TypeError(f"Expected a matplotlib Axes. Received: {type(ax).__name__}.{hint}")


def side_in_points(ax: Axes) -> float:
    """Return the shorter side of the axes in points (1/72 inch), as they are before the layout is settled."""
    return float(min(ax.bbox.width, ax.bbox.height) * 72 / ax.figure.dpi)

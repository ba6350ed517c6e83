"""Where a figure is drawn: on the axes that were given, or on new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["axes_or_new", "check_axes", "side_in_points"]


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

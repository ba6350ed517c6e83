"""Where a figure is drawn: on the axes that were given, or on new ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
else:  # matplotlib is imported at the first figure
    Axes = Colormap = Any

__all__ = [
    "Axes", "Colormap", "Grid", "Names", "SomeAxes", "axes_or_new", "check_axes", "checked_names",
    "row_or_new", "side_in_points",
]  # fmt: skip

Grid: TypeAlias = npt.NDArray[Any]
"""An array of matplotlib Axes."""

SomeAxes: TypeAlias = Axes | Sequence[Axes] | Grid | None
"""What figures of several panels are drawn on: one, several, or a new figure."""

Names: TypeAlias = Sequence[object] | npt.NDArray[np.generic] | None
"""What classes are called; by number if not given."""


def axes_or_new(ax: Axes | None, figsize: tuple[float, float]) -> Axes:
    """Return ``ax``, checked, or the axes of a new pyplot figure of ``figsize`` (width, height; inches)."""
    if ax is not None:
        return check_axes(ax)
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=figsize, layout="constrained")[1]


def row_or_new(axes: SomeAxes, count: int, expected: str, figsize: tuple[float, float]) -> Grid:
    """Return ``count`` axes as an array: those that were given, or a row on a new pyplot figure."""
    if axes is None:
        import matplotlib.pyplot as plt

        row: Grid = plt.subplots(1, count, figsize=figsize, layout="constrained")[1]
        return row
    cells: Grid = np.atleast_1d(np.asarray(axes, dtype=object))
    if cells.size != count:
        raise ValueError(f"Expected {expected}. Received: {cells.size}.")
    for ax in cells.flat:
        check_axes(ax)
    return cells


def check_axes(ax: object) -> Axes:
    """Return ``ax`` if it is a matplotlib Axes; otherwise say what came instead (TypeError)."""
    from matplotlib import axes

    if isinstance(ax, axes.Axes):
        return ax
    hint = " Of a figure, pass figure.gca() or figure.add_subplot()." if hasattr(ax, "add_subplot") else ""
    if hasattr(ax, "__getitem__"):
        hint = " Of several axes, as plt.subplots(rows, columns) makes them, pass one: axes[0]."
    raise TypeError(f"Expected a matplotlib Axes. Received: {type(ax).__name__}.{hint}")


def side_in_points(ax: Axes) -> float:
    """Return the shorter side of the axes in points (1/72 inch), as they are before the layout is settled."""
    return float(min(ax.bbox.width, ax.bbox.height) * 72 / ax.figure.dpi)


def checked_names(names: Names, classes: int, usual: str = "{}") -> list[str]:
    """Return one name a class; ``usual`` is what they are called by number."""
    found = [usual.format(i) for i in range(classes)] if names is None else [str(name) for name in names]
    if len(found) != classes:
        raise ValueError(f"Expected {classes} class names, one a class. Received: {len(found)}.")
    return found

"""Images side by side, each with a title: what the figures of images have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from numpy_ann._typing import Array
from numpy_ann.plots.canvas import check_axes, side_in_points
from numpy_ann.plots.grid import new_grid

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Grid", "Title", "draw_panels", "grid_of"]

Grid = npt.NDArray[Any]
"""An array of matplotlib Axes."""


class Title(NamedTuple):
    """What stands above an image: in bold at the left, and smaller at the right."""

    left: str
    right: str


def grid_of(axes: Axes | Sequence[Axes] | Grid | None) -> Grid | None:
    """Return the axes that were given as an array, one or several."""
    return None if axes is None else np.atleast_1d(np.asarray(axes, dtype=object))


def draw_panels(
    images: Array, titles: Sequence[Title], grid: Grid | None, *, bar: bool = False, **options: Any
) -> Grid:
    """Draw each image in a panel of its own, with sharp pixels; return the axes.

    Parameters
    ----------
    images : shape (n, height, width) or, in colour, (n, height, width, 3)
    titles : one an image
    grid : array of matplotlib Axes, optional
        Where to draw; those left over are switched off. Without it, a new figure.
    bar : bool
        Whether a new figure leaves room for a colour bar.
    **options
        Passed on to ``imshow``.

    Raises
    ------
    ValueError
        There are fewer axes than images.
    TypeError
        The axes are not matplotlib's.
    """
    if grid is None:
        grid = new_grid(len(images), images.shape[1] / images.shape[2], bar=bar)
    cells = [check_axes(ax) for ax in grid.flat]
    if len(cells) < len(images):
        raise ValueError(f"Expected axes for {len(images)} images. Received: {len(cells)}.")
    for ax, image in zip(cells, images, strict=False):
        ax.imshow(image, interpolation="nearest", **options)
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set(linewidth=0.5, color="0.5")
    _write_titles(cells[: len(images)], titles)
    for ax in cells[len(images) :]:
        ax.set_axis_off()
    return grid


def _write_titles(cells: Sequence[Axes], titles: Sequence[Title]) -> None:
    """Write the titles in one size that suits the longest."""
    longest = max(len(title.left) + 1 + len(title.right) for title in titles)
    # A letter is about 0.6 times as wide as it is high.
    size = min(12.0, min(side_in_points(ax) for ax in cells) / (0.6 * longest))
    for ax, title in zip(cells, titles, strict=True):
        ax.set_title(title.left, loc="left", fontsize=size, fontweight="bold", pad=4)
        ax.set_title(title.right, loc="right", fontsize=0.8 * size, alpha=0.7, pad=4)

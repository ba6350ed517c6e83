"""Maps of what matters, laid over the images they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from numpy_ann.plots.color_bar import color_bar, symmetric_limit
from numpy_ann.plots.colors import diverging
from numpy_ann.plots.panels import Grid, Title, draw_panels, grid_of
from numpy_ann.plots.stack import as_indices, as_labels, as_stack, brightness

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_overlay"]

INK = 0.35  # how dark the image shines through, from 0 to 1


def draw_overlay(
    images: npt.ArrayLike,
    name: str,
    values: npt.ArrayLike,
    labels: npt.ArrayLike | None,
    indices: npt.ArrayLike | None,
    axes: Axes | Sequence[Axes] | npt.NDArray[Any] | None,
    key: str,
) -> npt.NDArray[Any]:
    """Draw maps over the images they belong to, with one colour bar; return the axes.

    Parameters
    ----------
    images, labels, indices, axes
        As for ``plot_images``.
    name : str
        What the caller calls the maps.
    values : numbers of the images' shape
        The maps.
    key : str
        What the numbers are, to be written at the colour bar.
    """
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    stack, maps = as_stack(images), as_stack(values)
    if stack.shape != maps.shape:
        raise ValueError(
            f"Expected {name} for each pixel of the images, of shape {stack.shape}. Received: {maps.shape}."
        )
    given = grid_of(axes)
    chosen = as_indices(indices, len(stack), default=9 if given is None else given.size)
    names = None if labels is None else as_labels(labels, len(stack))
    titles = [Title("" if names is None else str(names[index]), f"index {index}") for index in chosen]
    limit = symmetric_limit(maps[chosen])
    colors = ScalarMappable(Normalize(-limit, limit), diverging())
    low, high = brightness(stack[chosen])
    ink = (stack[chosen] - low) / ((high - low) or 1)
    # Darkened, not mixed: where there is no ink, a colour is exactly that of the key.
    shown = colors.cmap(np.asarray(colors.norm(maps[chosen])))[..., :3] * (1 - INK * ink[..., np.newaxis])
    grid = draw_panels(shown, titles, given, bar=True)
    color_bar(colors, _beside(grid, len(chosen), own=given is None), key)
    return grid


def _beside(grid: Grid, count: int, *, own: bool) -> Axes:
    """Return axes for the colour bar: right of all panels of a figure of ours, else right of the last one."""
    if not own:
        last: Axes = grid.flat[count - 1]
        return last.inset_axes((1.04, 0, 0.06, 1))
    figure = grid.flat[0].figure
    room, inch = figure.subplotpars, 1 / figure.get_figwidth()
    bar: Axes = figure.add_axes((room.right + 0.1 * inch, room.bottom, 0.1 * inch, room.top - room.bottom))
    return bar

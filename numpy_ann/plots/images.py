"""A look at the images themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from numpy_ann.plots.panels import Title, as_indices, as_stack, brightness, draw_panels, grid_of, image_labels

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap

__all__ = ["plot_images"]


def plot_images(
    images: npt.ArrayLike,
    labels: npt.ArrayLike | None = None,
    indices: npt.ArrayLike | None = None,
    *,
    axes: Axes | Sequence[Axes] | npt.NDArray[Any] | None = None,
    cmap: str | Colormap = "gray",
) -> npt.NDArray[Any]:
    """Draw images in a grid, each with its label and its index above.

    All are drawn on one scale of brightness, so that they can be compared: 0 to 1 if every value lies there,
    else 0 to 255, else from the smallest to the largest value. Pixels stay sharp.

    Parameters
    ----------
    images : numbers of shape (n, height, width), (n, height, width, 1) or, for square images, (n, pixels)
    labels : shape (n,), optional
        The digits or the classes' names.
    indices : whole numbers of shape (count,), optional
        Which images; negative ones count from the end. Without it: the first nine, or as many as there are
        axes.
    axes : matplotlib Axes, one or several, optional
        Where to draw, at least one an image; those left over are switched off. Without it, a new figure.
    cmap : str or matplotlib Colormap
        ``"gray_r"`` draws black on white.

    Returns
    -------
    axes : array of matplotlib Axes
        The array that was given, or a new one of shape (rows, columns).

    Raises
    ------
    ValueError
        Shapes do not fit together, an index is out of range, there is nothing to draw, a pixel is not
        finite, or there is no such colour map.
    TypeError
        The images are not numbers, the indices not whole numbers, or the axes not matplotlib's.

    Examples
    --------
    >>> import numpy as np
    >>> from matplotlib.figure import Figure
    >>> images, digits = np.eye(28).reshape(1, 28, 28).repeat(4, axis=0), np.array([5, 0, 4, 1])
    >>> axes = plot_images(images, digits, [3, 0], axes=Figure().subplots(1, 2))
    >>> [(ax.get_title(loc="left"), ax.get_title(loc="right")) for ax in axes]
    [('1', 'index 3'), ('5', 'index 0')]
    """
    from matplotlib import colormaps

    cmap = colormaps.get_cmap(cmap)  # a wrong name fails here, before a figure is opened
    stack = as_stack(images)
    grid = grid_of(axes)
    chosen = as_indices(indices, len(stack), default=9 if grid is None else grid.size)
    names = None if labels is None else image_labels(labels, len(stack))
    shown = stack[chosen]
    low, high = brightness(shown)
    titles = [Title("" if names is None else str(names[index]), f"index {index}") for index in chosen]
    return draw_panels(shown, titles, grid, cmap=cmap, vmin=low, vmax=high)

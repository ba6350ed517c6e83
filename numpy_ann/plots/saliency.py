"""How a class' score depends on each pixel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from numpy_ann.plots.overlay import draw_overlay

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_saliency"]


def plot_saliency(
    images: npt.ArrayLike,
    saliency: npt.ArrayLike,
    labels: npt.ArrayLike | None = None,
    indices: npt.ArrayLike | None = None,
    *,
    axes: Axes | Sequence[Axes] | npt.NDArray[Any] | None = None,
) -> npt.NDArray[Any]:
    """Draw how the score of a class depends on each pixel, over the images.

    Vermilion pixels raise the score when they get brighter, blue ones lower it; what is light in the image
    shines through in grey. All have one scale, symmetric around 0.

    Parameters
    ----------
    images : numbers of shape (n, height, width), (n, height, width, 1) or, for square images, (n, pixels)
    saliency : numbers of the same shape
        As ``numpy_ann.inspection.saliency`` returns it.
    labels : shape (n,), optional
        The digits or the classes' names.
    indices : whole numbers of shape (count,), optional
        Which images; without it the first nine, or as many as there are axes.
    axes : matplotlib Axes, one or several, optional
        Where to draw, at least one an image; those left over are switched off. Without it, a new figure.

    Returns
    -------
    axes : array of matplotlib Axes

    Raises
    ------
    ValueError
        Shapes do not fit together, an index is out of range, there is nothing to draw, or a number is not
        finite.
    TypeError
        Something is not of numbers, or the axes are not matplotlib's.

    Examples
    --------
    >>> import numpy as np
    >>> from matplotlib.figure import Figure
    >>> axes = plot_saliency(np.eye(28)[np.newaxis], np.eye(28)[np.newaxis], [7], axes=Figure().subplots())
    >>> axes[0].get_title(loc="left")
    '7'
    """
    return draw_overlay(images, "saliency", saliency, labels, indices, axes, "gradient of the score")

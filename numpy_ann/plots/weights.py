"""What the units of a layer look for, tile by tile."""

from __future__ import annotations

from math import ceil

import numpy as np
import numpy.typing as npt

from numpy_ann.plots.canvas import Axes, check_axes
from numpy_ann.plots.colors import color_bar, diverging, symmetric_limit
from numpy_ann.plots.panels import as_stack, columns_for

GAP = 2  # pixels between tiles


def plot_weights(weights: npt.ArrayLike, *, ax: Axes | None = None) -> Axes:
    """Draw each unit's weights as a tile: where it is orange the unit adds, where it is blue it subtracts.

    Units are numbered from 0, row by row: a tile's number is that at the left of its row plus that below its
    column. All have one scale, symmetric around 0; the largest half percent have the strongest colours.

    Raises ``ValueError`` if the shape is another one, there is no unit, or a weight is not finite;
    ``TypeError`` if the weights are not numbers, or ``ax`` is not a matplotlib Axes.

    Parameters
    ----------
    weights : numbers of shape (units, height, width)
        As ``numpy_ann.inspection.weight_images`` returns them.
    ax : matplotlib Axes, optional

    >>> from matplotlib.figure import Figure
    >>> ax = plot_weights(np.ones((6, 28, 28)), ax=Figure().subplots())
    >>> ax.images[0].get_array().shape  # 2 rows of 3 tiles, 2 pixels apart
    (58, 88)
    """
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Rectangle

    stack = as_stack(weights)
    limit = symmetric_limit(stack)
    columns = columns_for(len(stack))
    rows, height, width = ceil(len(stack) / columns), stack.shape[1] + GAP, stack.shape[2] + GAP
    mosaic = np.full((rows * height - GAP, columns * width - GAP), np.nan)
    frames = []  # thin lines around the tiles, whose edges are white where the weights are 0
    for unit, tile in enumerate(stack):
        i, j = unit // columns * height, unit % columns * width
        mosaic[i : i + height - GAP, j : j + width - GAP] = tile
        frames.append(Rectangle((j - 0.5, i - 0.5), width - GAP, height - GAP))
    ax = _new_axes(mosaic.shape) if ax is None else check_axes(ax)
    image = ax.imshow(mosaic, cmap=diverging(), vmin=-limit, vmax=limit, interpolation="nearest")
    ax.set_xticks(np.arange(columns) * width + (width - GAP - 1) / 2, np.arange(columns))
    ax.set_yticks(np.arange(rows) * height + (height - GAP - 1) / 2, np.arange(rows) * columns)
    ax.tick_params(length=0, labelsize=8)
    ax.spines[:].set_visible(False)
    ax.set_title("Weights of each unit")
    lines = PatchCollection(frames, facecolor="none", edgecolor="0.5", linewidth=0.5, clip_on=False)
    ax.add_collection(lines, autolim=False)
    inch = ax.figure.dpi / ax.bbox.width
    color_bar(image, ax.inset_axes((1 + 0.15 * inch, 0, 0.12 * inch, 1)), "weight")
    return ax


def _new_axes(shape: tuple[int, ...]) -> Axes:
    """Return the axes of a new pyplot figure, in which a weight has a whole number of dots at 100 an inch."""
    import matplotlib.pyplot as plt

    dots = max(1, min(1100 // max(shape), max(6, 168 // min(shape))))
    height, width = (dots * side / 100 for side in shape)
    left, right, bottom, top = 0.45, 0.95, 0.35, 0.45  # inches
    across, up = left + width + right, bottom + height + top
    figure = plt.figure(figsize=(across, up), layout="none")
    return figure.add_axes((left / across, bottom / up, width / across, height / up))

"""A look at the images themselves."""

from __future__ import annotations

from collections.abc import Sequence
from math import isqrt
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from numpy_ann._typing import Array
from numpy_ann.plots.canvas import check_axes, side_in_points
from numpy_ann.plots.grid import new_grid

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
    >>> from matplotlib.figure import Figure
    >>> images, digits = np.eye(28).reshape(1, 28, 28).repeat(4, axis=0), np.array([5, 0, 4, 1])
    >>> axes = plot_images(images, digits, [3, 0], axes=Figure().subplots(1, 2))
    >>> [(ax.get_title(loc="left"), ax.get_title(loc="right")) for ax in axes]
    [('1', 'index 3'), ('5', 'index 0')]
    """
    from matplotlib import colormaps

    cmap = colormaps.get_cmap(cmap)  # a wrong name fails here, before a figure is opened
    stack = _as_stack(images)
    grid = None if axes is None else np.atleast_1d(np.asarray(axes, dtype=object))
    chosen = _as_indices(indices, len(stack), default=9 if grid is None else grid.size)
    names = None if labels is None else _as_labels(labels, len(stack))
    shown = stack[chosen]
    low, high = _brightness(shown)
    if grid is None:
        grid = new_grid(len(chosen))
    cells = [check_axes(ax) for ax in grid.flat]
    if len(cells) < len(chosen):
        raise ValueError(f"Expected axes for {len(chosen)} images. Received: {len(cells)}.")

    for ax, image in zip(cells, shown, strict=False):
        ax.imshow(image, cmap=cmap, vmin=low, vmax=high, interpolation="nearest")
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set(linewidth=0.5, color="0.5")
    _write_titles(cells[: len(chosen)], chosen, names)
    for ax in cells[len(chosen) :]:
        ax.set_axis_off()
    return grid


def _write_titles(cells: Sequence[Axes], chosen: Array, names: Array | None) -> None:
    """Write label and index above each image, in one size that suits the longest."""
    titles = [("" if names is None else str(names[index]), f"index {index}") for index in chosen]
    longest = max(len(label) + 1 + len(index) for label, index in titles)
    # A letter is about 0.6 times as wide as it is high.
    size = min(12.0, min(side_in_points(ax) for ax in cells) / (0.6 * longest))
    for ax, (label, index) in zip(cells, titles, strict=True):
        ax.set_title(label, loc="left", fontsize=size, fontweight="bold", pad=4)
        ax.set_title(index, loc="right", fontsize=0.8 * size, alpha=0.7, pad=4)


def _as_stack(images: npt.ArrayLike) -> Array:
    """Return the images as an array of shape (n, height, width), without copying one."""
    stack: Array = np.asarray(images)
    if stack.dtype.kind not in "buif":
        raise TypeError(f"Expected images of numbers. Received: an array of dtype {stack.dtype}.")
    if stack.ndim == 4 and stack.shape[-1] == 1:
        stack = stack[..., 0]
    elif stack.ndim == 2 and (side := isqrt(stack.shape[1])) ** 2 == stack.shape[1]:
        stack = stack.reshape(len(stack), side, side)
    if stack.ndim != 3:
        hint = " For a single image, pass image[np.newaxis]." if stack.ndim in (1, 2) else ""
        raise ValueError(
            "Expected images of shape (n, height, width), (n, height, width, 1) or, if square, (n, pixels). "
            f"Received: shape {stack.shape}.{hint}"
        )
    if stack.size == 0:
        raise ValueError(f"There is no image to draw. Received: shape {stack.shape}.")
    return stack


def _as_indices(indices: npt.ArrayLike | None, count: int, default: int) -> Array:
    """Return the indices to draw, counted from 0."""
    if indices is None:
        return np.arange(min(default, count))
    chosen: Array = np.asarray(indices)
    if chosen.ndim != 1 or chosen.size == 0:
        raise ValueError(f"Expected a list of indices, such as [0, 1, 2]. Received: shape {chosen.shape}.")
    if chosen.dtype.kind not in "ui":
        hint = " Of a mask, pass np.flatnonzero(mask)[:9]." if chosen.dtype.kind == "b" else ""
        raise TypeError(f"Expected indices that are whole numbers. Received: dtype {chosen.dtype}.{hint}")
    chosen = chosen.astype(np.int64)  # a uint8 could not count past 255
    outside = chosen[(chosen < -count) | (chosen >= count)]
    if outside.size:
        raise ValueError(f"Expected indices from 0 to {count - 1}. Received: {outside[0]}.")
    return np.where(chosen < 0, chosen + count, chosen)


def _as_labels(labels: npt.ArrayLike, count: int) -> Array:
    """Return one label an image."""
    names: Array = np.asarray(labels)
    if names.shape != (count,):
        hint = " Of one-hot labels, pass np.argmax(labels, axis=1)." if names.ndim == 2 else ""
        raise ValueError(f"Expected labels of shape ({count},), one an image. Received: {names.shape}.{hint}")
    return names


def _brightness(shown: Array) -> tuple[float, float]:
    """Return the values drawn darkest and lightest."""
    low, high = float(shown.min()), float(shown.max())
    if not np.isfinite([low, high]).all():
        raise ValueError("Expected finite pixels. Received: NaN or infinity among the images to draw.")
    for top in (1.0, 255.0):
        if low >= 0 and high <= top:
            return 0.0, top
    return low, high

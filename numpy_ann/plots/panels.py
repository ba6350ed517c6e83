"""Images side by side, each with a title: what the figures of images have in common."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, isqrt
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from numpy_ann._typing import Array
from numpy_ann.plots.canvas import Colormap, Grid, SomeAxes, check_axes, side_in_points

BAR_ROOM = 0.9  # inches
FLATTEST = 3.0  # a panel's longer side by its shorter one; there must be room for a title


class Title(NamedTuple):
    """What stands above an image: in bold at the left, and smaller at the right."""

    left: str
    right: str


def draw_panels(
    images: Array, titles: Sequence[Title], axes: SomeAxes, *, cmap: str | Colormap | None = None,
    bar: bool = False,
) -> Grid:  # fmt: skip
    """Draw each image in a panel of its own, with sharp pixels; return the axes as an array.

    Images are ``(n, height, width)``, shaded by ``cmap`` on one scale, or ``(n, height, width, 3)`` in
    colour. Without axes they are drawn on a new figure, with a colour bar if asked to; spare axes are off.
    """
    from matplotlib import colormaps

    options: dict[str, Any] = {}
    if cmap is not None:  # a wrong name fails here, before a figure is opened
        low, high = brightness(images)
        options = {"cmap": colormaps.get_cmap(cmap), "vmin": low, "vmax": high}
    if axes is None:
        axes = new_grid(len(images), images.shape[1] / images.shape[2], bar=bar)
    grid: Grid = np.atleast_1d(np.asarray(axes, dtype=object))
    cells = [check_axes(ax) for ax in grid.flat]
    if len(cells) < len(images):
        raise ValueError(f"Expected axes for {len(images)} images. Received: {len(cells)}.")
    for ax in cells[len(images) :]:
        ax.set_axis_off()
    longest = max(len(title.left) + 1 + len(title.right) for title in titles)
    # A letter is about 0.6 times as wide as it is high.
    size = min(12.0, min(map(side_in_points, cells[: len(images)])) / (0.6 * longest))
    for ax, image, title in zip(cells, images, titles, strict=False):
        ax.imshow(image, interpolation="nearest", **options)
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set(linewidth=0.5, color="0.5")
        ax.set_title(title.left, loc="left", fontsize=size, fontweight="bold", pad=4)
        ax.set_title(title.right, loc="right", fontsize=0.8 * size, alpha=0.7, pad=4)
    return grid


def new_grid(count: int, aspect: float = 1.0, *, bar: bool = False) -> Grid:
    """Return the axes of a new pyplot figure for ``count`` images of ``aspect`` = height / width.

    The figure is laid out to the inch, because no layout engine knows the panels' shape. At 100
    dots an inch, a pixel of a 28 x 28 image becomes 6 x 6 dots, or 4 x 4 if the images are many. With
    ``bar``, there is room at the right for a colour bar.
    """
    import matplotlib.pyplot as plt

    columns = columns_for(count)
    rows = ceil(count / columns)
    longer, title, gap = 1.68 if columns <= 7 else 1.12, 0.26, 0.12  # inches
    room = BAR_ROOM if bar else 0.0
    aspect = min(max(aspect, 1 / FLATTEST), FLATTEST)
    across, up = longer * min(1, 1 / aspect), longer * min(1, aspect)  # of a panel
    width = columns * (across + gap) + gap + room
    height = rows * (title + up + gap) + gap
    figure, axes = plt.subplots(rows, columns, figsize=(width, height), layout="none", squeeze=False)
    figure.subplots_adjust(
        left=gap / width, right=1 - (gap + room) / width, bottom=gap / height, top=1 - (gap + title) / height,
        wspace=gap / across, hspace=(title + gap) / up,
    )  # fmt: skip
    return axes


def columns_for(count: int) -> int:
    """Return how many columns leave the fewest cells empty, near to a square or wider.

    >>> [columns_for(count) for count in (1, 2, 3, 4, 6, 9, 10, 12, 25)]
    [1, 2, 3, 2, 3, 3, 5, 4, 5]
    """
    square = isqrt(count - 1) + 1
    return min(range(square, 2 * square + 1), key=lambda columns: -count % columns)


def as_stack(images: npt.ArrayLike) -> Array:
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


def labelled_images(
    images: npt.ArrayLike, labels: npt.ArrayLike | None, indices: npt.ArrayLike | None, axes: SomeAxes
) -> tuple[Array, Array, list[Title]]:
    """Return all images, the indices of those to draw, and what stands above these: label and index."""
    stack = as_stack(images)
    chosen = as_indices(indices, len(stack), default=9 if axes is None else np.size(axes))  # type: ignore[arg-type]
    names: Array = np.full(len(stack), "") if labels is None else np.asarray(labels)
    if names.shape != stack.shape[:1]:
        hint = " Of one-hot labels, pass np.argmax(labels, axis=1)." if names.ndim == 2 else ""
        raise ValueError(
            f"Expected labels of shape {stack.shape[:1]}, one an image. Received: {names.shape}.{hint}"
        )
    return stack, chosen, [Title(str(names[i]), f"index {i}") for i in chosen]


def as_indices(indices: npt.ArrayLike | None, count: int, default: int) -> Array:
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


def brightness(shown: Array) -> tuple[float, float]:
    """Return the values drawn darkest and lightest."""
    low, high = float(shown.min()), float(shown.max())
    if not np.isfinite([low, high]).all():
        raise ValueError("Expected finite pixels. Received: NaN or infinity among the images to draw.")
    for top in (1.0, 255.0):
        if low >= 0 and high <= top:
            return 0.0, top
    return low, high

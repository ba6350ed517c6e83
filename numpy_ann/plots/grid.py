"""Panels in rows and columns, one an image."""

from math import ceil, isqrt
from typing import Any

import numpy.typing as npt

__all__ = ["columns_for", "new_grid"]


BAR_ROOM = 0.9  # inches
FLATTEST = 3.0  # a panel's longer side by its shorter one; there must be room for a title


def new_grid(count: int, aspect: float = 1.0, *, bar: bool = False) -> npt.NDArray[Any]:
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
        left=gap / width,
        right=1 - (gap + room) / width,
        bottom=gap / height,
        top=1 - (gap + title) / height,
        wspace=gap / across,
        hspace=(title + gap) / up,
    )
    return axes


def columns_for(count: int) -> int:
    """Return how many columns leave the fewest cells empty, near to a square or wider.

    >>> [columns_for(count) for count in (1, 2, 3, 4, 6, 9, 10, 12, 25)]
    [1, 2, 3, 2, 3, 3, 5, 4, 5]
    """
    square = isqrt(count - 1) + 1
    return min(range(square, 2 * square + 1), key=lambda columns: -count % columns)

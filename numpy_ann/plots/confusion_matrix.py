"""Which classes the network takes for which, as a picture."""

from __future__ import annotations

from math import ceil
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from numpy_ann._typing import Array
from numpy_ann.plots.canvas import Axes, Colormap, Names, axes_or_new, checked_names, side_in_points
from numpy_ann.plots.colors import contrast, text_color

SHARES = {"true": (1, "each true class"), "pred": (0, "each predicted class"), "all": (None, "all samples")}
SMALLEST_NUMBER = 4.5  # points; anything smaller is a speck
SMALLEST_NAME = 6.0


def plot_confusion_matrix(
    cm: npt.ArrayLike, *, class_names: Names = None,
    normalize: Literal["true", "pred", "all"] | None = None, ax: Axes | None = None,
    cmap: str | Colormap = "Blues",
) -> Axes:  # fmt: skip
    """Draw a confusion matrix as a heat map with its numbers: rows are true classes, columns predicted ones.

    Whole numbers are written as they are, others with two decimals; zeros are fainter, so that errors stand
    out. Where numbers would be too small to read, because there are many classes, a colour bar replaces them.

    Raises ``ValueError`` if the matrix is not square or holds negative or non-finite numbers, the names are
    too few or too many, ``normalize`` is none of the above, or there is no such colour map; ``TypeError`` if
    the matrix does not hold numbers, or ``ax`` is not a matplotlib Axes.

    Parameters
    ----------
    cm : numbers of shape (classes, classes)
        ``cm[i, j]``: how many samples of class i, or what share, were predicted as class j; as
        ``numpy_ann.metrics.confusion_matrix`` returns it.
    class_names : sequence of length ``classes``, optional
        0, 1, 2, ... if not given.
    normalize : "true", "pred", "all" or None
        Divide each row by its sum (recall on the diagonal), each column by its sum (precision on the
        diagonal) or everything by the total. 0 / 0 is 0.
    ax : matplotlib Axes, optional
    cmap : str or matplotlib Colormap

    >>> from matplotlib.figure import Figure
    >>> ax = plot_confusion_matrix([[8, 2], [1, 9]], class_names=["cat", "dog"], ax=Figure().subplots())
    >>> ax.get_xlabel(), ax.get_ylabel(), [text.get_text() for text in ax.texts]
    ('Predicted', 'True', ['8', '2', '1', '9'])
    """
    from matplotlib import colormaps

    cmap = colormaps.get_cmap(cmap)  # a wrong name fails here, before a figure is opened
    matrix = _as_matrix(cm)
    classes = len(matrix)
    names = checked_names(class_names, classes)
    title = "Confusion matrix"
    if normalize is not None:  # a class without samples stays 0
        if normalize not in SHARES:
            expected = "'true', 'pred', 'all' or None"
            raise ValueError(f"Expected normalize to be {expected}. Received: {normalize!r}.")
        axis, what = SHARES[normalize]
        total = matrix.sum(axis=axis, keepdims=True)
        matrix = np.divide(matrix, total, out=np.zeros(matrix.shape), where=total > 0)
        title += f", as shares of {what}"
    side = max(3.2, min(0.5 * classes, 6.0), 0.24 * classes)  # inches: enough to read the numbers
    # Of over a hundred classes there are no numbers, but a colour bar at the right.
    ax = axes_or_new(ax, figsize=(side + 0.5, side + 0.7) if classes <= 100 else (8.5, 7.2))
    image = ax.imshow(matrix, cmap=cmap, vmin=0, vmax=matrix.max() or 1, interpolation="nearest")
    ax.set(title=title, xlabel="Predicted", ylabel="True")
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    cell = side_in_points(ax) / classes
    size = min(10.0, max(0.75 * cell, SMALLEST_NAME))
    step = 1 if size <= cell else ceil(2.5 * size / cell)  # not each name, if they are many
    ax.set_xticks(range(0, classes, step), names[::step], fontsize=size)
    ax.set_yticks(range(0, classes, step), names[::step], fontsize=size)
    if 0.7 * size * max(map(len, names)) > cell * step:
        for label in ax.get_xticklabels():
            label.set(rotation=45, ha="right", rotation_mode="anchor")
    _write_numbers(image, matrix, cell)
    return ax


def _write_numbers(image: Any, matrix: Array, cell: float) -> None:
    """Write each number into its cell, or add a colour bar if they would be too small to read."""
    decimals = 0 if matrix.dtype.kind in "ui" else 2
    texts = {place: f"{value:.{decimals}f}" for place, value in np.ndenumerate(matrix)}
    size = min(14.0, 0.5 * cell, 0.85 * cell / (0.6 * max(map(len, texts.values()))))
    ax = image.axes
    if size < SMALLEST_NUMBER:
        ax.figure.colorbar(image, cax=ax.inset_axes((1.03, 0, 0.04, 1)))
        return
    cells = image.to_rgba(matrix).tolist()
    for (row, column), text in texts.items():
        cell_color = cells[row][column]
        color = text_color(cell_color)
        alpha = 0.6 if float(text) == 0 and contrast(cell_color, color) > 12 else 1  # which leaves over 4.5
        number = ax.text(column, row, text, ha="center", va="center", size=size, color=color, alpha=alpha)
        number.set_in_layout(False)  # inside the axes anyway, and measuring 10,000 of them takes 10 seconds


def _as_matrix(cm: npt.ArrayLike) -> Array:
    matrix: Array = np.asarray(cm)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.size == 0:
        hint = " confusion_matrix(y_true, y_pred) makes one." if matrix.ndim == 1 else ""
        raise ValueError(
            f"Expected a confusion matrix of shape (classes, classes). Received: shape {matrix.shape}.{hint}"
        )
    if matrix.dtype.kind not in "uif":
        raise TypeError(f"Expected a confusion matrix of numbers. Received: dtype {matrix.dtype}.")
    if not (np.isfinite(matrix).all() and (matrix >= 0).all()):
        raise ValueError("Expected counts or shares, finite and at least 0. Received: others among them.")
    return matrix

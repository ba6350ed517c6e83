"""The images themselves, and those that the network got wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy.typing as npt

from numpy_ann.plots.canvas import Colormap, Grid, SomeAxes
from numpy_ann.plots.panels import Title, as_indices, as_stack, draw_panels, labelled_images


def plot_images(
    images: npt.ArrayLike, labels: npt.ArrayLike | None = None, indices: npt.ArrayLike | None = None, *,
    axes: SomeAxes = None, cmap: str | Colormap = "gray",
) -> Grid:  # fmt: skip
    """Draw images in a grid, each with its label and its index above.

    All are drawn on one scale of brightness, so that they can be compared: 0 to 1 if every value lies there,
    else 0 to 255, else from the smallest to the largest value. Pixels stay sharp.

    Raises ``ValueError`` if shapes do not fit together, an index is out of range, there is nothing to draw, a
    pixel is not finite, or there is no such colour map; ``TypeError`` if the images are not numbers, the
    indices not whole numbers, or the axes not matplotlib's.

    Parameters
    ----------
    images : numbers of shape (n, height, width), (n, height, width, 1) or, for square images, (n, pixels)
    labels : shape (n,), optional
        The digits or the classes' names.
    indices : whole numbers of shape (count,), optional
        Which images; negative ones count from the end. Without it: the first nine, or as many as there are
        axes.
    axes : matplotlib Axes, one or several, optional
        Where to draw, at least one an image; those left over are switched off. Without it, on a new figure,
        in an array of shape (rows, columns). The array is returned.
    cmap : str or matplotlib Colormap
        ``"gray_r"`` draws black on white.

    >>> import numpy as np
    >>> from matplotlib.figure import Figure
    >>> axes = plot_images(np.eye(28).reshape(1, 28, 28), [5], axes=Figure().subplots())
    >>> axes[0].get_title(loc="left"), axes[0].get_title(loc="right")
    ('5', 'index 0')
    """
    stack, chosen, titles = labelled_images(images, labels, indices, axes)
    return draw_panels(stack[chosen], titles, axes, cmap=cmap)


def plot_mistakes(
    images: npt.ArrayLike, mistakes: Any, *,
    class_names: Sequence[object] | None = None, axes: SomeAxes = None, cmap: str | Colormap = "gray",
) -> Grid:  # fmt: skip
    """Draw images that were answered wrongly: the right class, an arrow, and the answer.

    Of ``worst_mistakes`` each image is drawn, with the model's certainty; of ``most_confused`` the surest
    mistake of each pair, with the pair's count.

    Raises ``ValueError`` if there is no mistake to draw, an index is out of range, a class has no name, or
    there is no such colour map; ``TypeError`` if ``mistakes`` is something else, the images are not numbers,
    or the axes not matplotlib's.

    Parameters
    ----------
    images, axes, cmap
        As for ``plot_images``: all images, of which the mistakes hold the indices.
    mistakes : Mistakes or ConfusedPairs
        What ``numpy_ann.inspection``'s ``worst_mistakes`` or ``most_confused`` returned.
    class_names : sequence, optional
        What to call the classes; 0, 1, 2, ... if not given.

    >>> from types import SimpleNamespace
    >>> import numpy as np
    >>> from matplotlib.figure import Figure
    >>> pair = SimpleNamespace(true=4, predicted=9, count=12, indices=[0, 2])
    >>> axes = plot_mistakes(np.zeros((3, 28, 28)), [pair], axes=Figure().subplots())
    >>> axes[0].get_title(loc="left"), axes[0].get_title(loc="right")
    ('4 → 9', '12 times')
    """
    stack, rows = as_stack(images), _rows(mistakes)
    if not rows:
        raise ValueError("There is no mistake to draw: every answer was right.")

    def name(number: int) -> str:
        if class_names is not None and number >= len(class_names):
            raise ValueError(f"Expected a name for class {number}. Received: {len(class_names)} names.")
        return str(number if class_names is None else class_names[number])

    titles = [Title(f"{name(true)} → {name(predicted)}", note) for _, true, predicted, note in rows]
    chosen = as_indices([int(index) for index, *_ in rows], len(stack), default=0)
    return draw_panels(stack[chosen], titles, axes, cmap=cmap)


def _rows(mistakes: Any) -> list[tuple[Any, int, int, str]]:
    """Return which images to draw, with their right class, the answer and a note."""
    try:
        if hasattr(mistakes, "probability"):
            notes = [f"{share:.0%}" for share in mistakes.probability]
            return list(zip(mistakes.indices, mistakes.true, mistakes.predicted, notes, strict=True))
        times = [(pair, f"{pair.count} time{'s' if pair.count != 1 else ''}") for pair in mistakes]
        return [(pair.indices[0], pair.true, pair.predicted, note) for pair, note in times]
    except (AttributeError, TypeError) as error:
        raise TypeError(
            "plot_mistakes expects what worst_mistakes or most_confused returned. "
            f"Received: {type(mistakes).__name__}."
        ) from error

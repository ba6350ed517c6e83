"""The images that the network got wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy.typing as npt

from numpy_ann._typing import Array
from numpy_ann.plots.panels import Title, as_indices, as_stack, brightness, draw_panels, grid_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap

__all__ = ["MistakesLike", "PairLike", "plot_mistakes"]


class MistakesLike(Protocol):
    """What ``worst_mistakes`` returns: arrays with one entry a mistake."""

    indices: Array
    true: Array
    predicted: Array
    probability: Array


class PairLike(Protocol):
    """One of what ``most_confused`` returns: a class taken for another, how often, and by which images."""

    indices: Array
    true: int
    predicted: int
    count: int


def plot_mistakes(
    images: npt.ArrayLike,
    mistakes: MistakesLike | Iterable[PairLike],
    *,
    class_names: Sequence[object] | None = None,
    axes: Axes | Sequence[Axes] | npt.NDArray[Any] | None = None,
    cmap: str | Colormap = "gray",
) -> npt.NDArray[Any]:
    """Draw images that were answered wrongly: the right class, an arrow, and the answer.

    Of ``worst_mistakes`` each image is drawn, with the model's certainty; of ``most_confused`` the surest
    mistake of each pair, with the pair's count.

    Parameters
    ----------
    images : numbers of shape (n, height, width), (n, height, width, 1) or, for square images, (n, pixels)
        All images, of which the mistakes hold the indices.
    mistakes : Mistakes or ConfusedPairs
        What ``numpy_ann.inspection``'s ``worst_mistakes`` or ``most_confused`` returned.
    class_names : sequence, optional
        What to call the classes; 0, 1, 2, ... if not given.
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
        There is no mistake to draw, an index is out of range, a class has no name, or there is no such
        colour map.
    TypeError
        ``mistakes`` is something else, the images are not numbers, or the axes not matplotlib's.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> import numpy as np
    >>> from matplotlib.figure import Figure
    >>> pair = SimpleNamespace(true=4, predicted=9, count=12, indices=np.array([0, 2]))
    >>> axes = plot_mistakes(np.zeros((3, 28, 28)), [pair], axes=Figure().subplots())
    >>> axes[0].get_title(loc="left"), axes[0].get_title(loc="right")
    ('4 → 9', '12 times')
    """
    from matplotlib import colormaps

    cmap = colormaps.get_cmap(cmap)  # a wrong name fails here, before a figure is opened
    stack = as_stack(images)
    indices, titles = _panels(mistakes, class_names)
    shown = stack[as_indices(indices, len(stack), default=0)]
    low, high = brightness(shown)
    return draw_panels(shown, titles, grid_of(axes), cmap=cmap, vmin=low, vmax=high)


def _panels(mistakes: Any, class_names: Sequence[object] | None) -> tuple[list[int], list[Title]]:
    """Return which images to draw, and what stands above them."""
    try:
        if hasattr(mistakes, "probability"):
            columns = (mistakes.indices, mistakes.true, mistakes.predicted, mistakes.probability)
            rows = [(i, t, p, f"{share:.0%}") for i, t, p, share in zip(*columns, strict=True)]
        else:
            rows = [(pair.indices[0], pair.true, pair.predicted, _times(pair.count)) for pair in mistakes]
    except (AttributeError, TypeError) as error:
        raise TypeError(
            "plot_mistakes expects what worst_mistakes or most_confused returned. "
            f"Received: {type(mistakes).__name__}."
        ) from error
    if not rows:
        raise ValueError("There is no mistake to draw: every answer was right.")
    titles = [Title(f"{_name(t, class_names)} → {_name(p, class_names)}", note) for _, t, p, note in rows]
    return [int(index) for index, *_ in rows], titles


def _name(number: int, class_names: Sequence[object] | None) -> str:
    if class_names is None:
        return str(number)
    if number >= len(class_names):
        raise ValueError(f"Expected a name for class {number}. Received: {len(class_names)} names.")
    return str(class_names[number])


def _times(count: int) -> str:
    return f"{count} time" if count == 1 else f"{count} times"

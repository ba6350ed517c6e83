"""Maps of which pixels matter, laid over the images they belong to."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from numpy_ann.plots.canvas import Grid, SomeAxes
from numpy_ann.plots.colors import color_bar, diverging, symmetric_limit
from numpy_ann.plots.panels import as_stack, brightness, draw_panels, labelled_images

INK = 0.35  # how dark the image shines through, from 0 to 1


def plot_saliency(
    images: npt.ArrayLike, saliency: npt.ArrayLike, labels: npt.ArrayLike | None = None,
    indices: npt.ArrayLike | None = None, *, axes: SomeAxes = None,
) -> Grid:  # fmt: skip
    """Draw how the score of a class depends on each pixel, over the images.

    Orange pixels raise the score when they get brighter, blue ones lower it; what is light in the image
    shines through in grey. All have one scale, symmetric around 0.

    Raises ``ValueError`` if shapes do not fit together, an index is out of range, there is nothing to draw,
    or a number is not finite; ``TypeError`` if something is not of numbers, or the axes are not matplotlib's.

    Parameters
    ----------
    images, labels, indices, axes
        As for ``plot_images``.
    saliency : numbers of the images' shape
        As ``numpy_ann.inspection.saliency`` returns it.

    >>> from matplotlib.figure import Figure
    >>> axes = plot_saliency(np.eye(28)[np.newaxis], np.eye(28)[np.newaxis], [7], axes=Figure().subplots())
    >>> axes[0].get_title(loc="left")
    '7'
    """
    return _draw_overlay(images, "saliency", saliency, labels, indices, axes, "gradient of the score")


def plot_occlusion(
    images: npt.ArrayLike, drops: npt.ArrayLike, labels: npt.ArrayLike | None = None,
    indices: npt.ArrayLike | None = None, *, axes: SomeAxes = None,
) -> Grid:  # fmt: skip
    """Draw by how much a class' probability drops where the images are covered, over the images.

    What is orange speaks for the class, what is blue against it. The rest is as for ``plot_saliency``.

    Parameters
    ----------
    images, labels, indices, axes
        As for ``plot_images``.
    drops : numbers of shape (n, height, width)
        As ``numpy_ann.inspection.occlusion`` returns them.

    >>> from matplotlib.figure import Figure
    >>> axes = plot_occlusion(np.eye(28)[np.newaxis], np.eye(28)[np.newaxis], axes=Figure().subplots())
    >>> axes[0].get_title(loc="right")
    'index 0'
    """
    return _draw_overlay(images, "drops", drops, labels, indices, axes, "drop of the probability")


def _draw_overlay(
    images: npt.ArrayLike, name: str, values: npt.ArrayLike, labels: npt.ArrayLike | None,
    indices: npt.ArrayLike | None, axes: SomeAxes, key: str,
) -> Grid:  # fmt: skip
    """Draw maps, called ``name``, over the images they belong to; their colour bar says ``key``."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    stack, chosen, titles = labelled_images(images, labels, indices, axes)
    maps = as_stack(values)
    if stack.shape != maps.shape:
        expected = f"{name} for each pixel of the images, of shape {stack.shape}"
        raise ValueError(f"Expected {expected}. Received: {maps.shape}.")
    limit = symmetric_limit(maps[chosen])
    colors = ScalarMappable(Normalize(-limit, limit), diverging())
    low, high = brightness(stack[chosen])
    ink = (stack[chosen] - low) / ((high - low) or 1)
    # Darkened, not mixed: where there is no ink, a colour is exactly that of the key.
    shown = colors.cmap(np.asarray(colors.norm(maps[chosen])))[..., :3] * (1 - INK * ink[..., np.newaxis])
    grid = draw_panels(shown, titles, axes, bar=True)
    if axes is None:  # right of all panels, in the room left there
        figure = grid.flat[0].figure
        room, inch = figure.subplotpars, 1 / figure.get_figwidth()
        bar = figure.add_axes((room.right + 0.1 * inch, room.bottom, 0.1 * inch, room.top - room.bottom))
    else:
        bar = grid.flat[len(chosen) - 1].inset_axes((1.04, 0, 0.06, 1))
    color_bar(colors, bar, key)
    return grid

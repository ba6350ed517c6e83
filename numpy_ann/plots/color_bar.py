"""The key to a figure's colours: which colour stands for which number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from numpy_ann._typing import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable

__all__ = ["color_bar", "symmetric_limit"]

STRONGEST = 0.995  # of the numbers lie within the limits, so that a few outliers don't pale the rest
SIZE = 8.0  # of the letters, in points


def symmetric_limit(values: Array) -> float:
    """Return the number that gets the strongest colour; its negative gets the strongest on the other side.

    Raises
    ------
    ValueError
        A number is not finite.

    >>> symmetric_limit(np.array([-2.0, 1.0])) > 1.9
    True
    """
    if not np.isfinite(values).all():
        raise ValueError("Expected finite numbers. Received: NaN or infinity among those to draw.")
    sizes = np.abs(values)
    return float(np.quantile(sizes, STRONGEST)) or float(sizes.max()) or 1.0


def color_bar(mappable: ScalarMappable, cax: Axes, label: str) -> None:
    """Draw the key on ``cax``: a few numbers, and what they are."""
    from matplotlib.ticker import MaxNLocator

    bar = cax.figure.colorbar(mappable, cax=cax, extend="both", extendfrac=0.04)
    bar.locator = MaxNLocator(nbins=4, symmetric=True)
    bar.ax.tick_params(labelsize=SIZE, length=2, width=0.5)
    bar.outline.set_linewidth(0.5)
    height = cax.bbox.height * 72 / cax.figure.dpi
    bar.set_label(label, fontsize=min(SIZE, height / (0.6 * len(label))))  # a letter is 0.6 as wide as high

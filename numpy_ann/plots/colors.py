"""Colours that everyone can tell apart, text that can be read on any of them, and the key to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.plots.canvas import Axes, Colormap

# Of the palette that M. Okabe and K. Ito drew up for colour-blind readers ("Color Universal Design", 2008).
# This pair also differs in lightness, so it survives grey print.
BLUE = "#0072B2"
ORANGE = "#D55E00"
# As many of the palette as can be told apart as faint shades too, in the order of use.
CLASS_COLORS = (BLUE, ORANGE, "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442")

BLACK, WHITE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)

STRONGEST = 0.995  # of the numbers lie within the limits, so that a few outliers don't pale the rest
SIZE = 8.0  # of the letters, in points


def relative_luminance(rgb: Sequence[float]) -> float:
    """Return how light a colour looks, from 0 (black) to 1 (white).

        L = 0.2126 R + 0.7152 G + 0.0722 B, with R, G, B = the sRGB channels (0 to 1) made linear

    Source: Web Content Accessibility Guidelines 2.2, "relative luminance".

    >>> round(relative_luminance((0.0, 1.0, 0.0)), 4)
    0.7152
    """
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a: Sequence[float], b: Sequence[float]) -> float:
    """Return the contrast of two colours, from 1 (none) to 21 (black on white).

        contrast = (lighter L + 0.05) / (darker L + 0.05)

    The guidelines ask for 4.5 or more for text. Source: as above, "contrast ratio".

    >>> round(contrast(WHITE, BLACK), 6)
    21.0
    """
    darker, lighter = sorted((relative_luminance(a), relative_luminance(b)))
    return (lighter + 0.05) / (darker + 0.05)


def text_color(background: Sequence[float]) -> tuple[float, float, float]:
    """Return black or white, whichever stands out more from ``background`` (red, green, blue; 0 to 1).

    The better of the two always reaches sqrt(21) = 4.58, which is enough for text.

    >>> text_color((0.03, 0.19, 0.42)) == WHITE, text_color((0.97, 0.98, 1.0)) == BLACK
    (True, True)
    """
    return max(BLACK, WHITE, key=lambda color: contrast(background, color))


def diverging() -> Colormap:
    """Return a colour map for numbers of both signs: blue below 0, white at 0, orange above.

    >>> diverging()(0.5)[:3] == WHITE
    True
    """
    from matplotlib.colors import LinearSegmentedColormap

    # An odd number of colours, so that the middle one is white.
    return LinearSegmentedColormap.from_list("blue-orange", [BLUE, "white", ORANGE], N=255)


def symmetric_limit(values: Array) -> float:
    """Return the number that gets the strongest colour; its negative gets the strongest on the other side.

    >>> symmetric_limit(np.array([-2.0, 1.0])) > 1.9
    True
    """
    if not np.isfinite(values).all():
        raise ValueError("Expected finite numbers. Received: NaN or infinity among those to draw.")
    sizes = np.abs(values)
    return float(np.quantile(sizes, STRONGEST)) or float(sizes.max()) or 1.0


def color_bar(mappable: Any, cax: Axes, label: str) -> None:
    """Draw the key on ``cax``: a few numbers, and what they are."""
    from matplotlib.ticker import MaxNLocator

    bar = cax.figure.colorbar(mappable, cax=cax, extend="both", extendfrac=0.04)
    bar.locator = MaxNLocator(nbins=4, symmetric=True)
    bar.ax.tick_params(labelsize=SIZE, length=2, width=0.5)
    bar.outline.set_linewidth(0.5)
    height = cax.bbox.height * 72 / cax.figure.dpi
    bar.set_label(label, fontsize=min(SIZE, height / (0.6 * len(label))))  # a letter is 0.6 as wide as high

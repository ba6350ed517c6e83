"""The network as a thing to look at, ask and play with."""

from numpy_ann.inspection.explorer import to_html

__all__ = ["to_html"]

"""The explorer: a trained network as one HTML file, to look at, draw for, and break."""

from numpy_ann.inspection.explorer.page import to_html

__all__ = ["to_html"]

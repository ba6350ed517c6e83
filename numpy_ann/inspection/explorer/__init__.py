"""The explorer: a trained network as one HTML file, to look at, draw for, and break.

``page.py`` puts the file together from ``page.html``, ``style.css`` and the scripts beside it; ``network.py``
says what of the network is packed inside.
"""

from numpy_ann.inspection.explorer.page import to_html

__all__ = ["to_html"]

"""The playground: one HTML file in which a network of one's choice learns, step by step, in the browser.

``page.py`` puts the file together; ``learner.js``, ``functions.js`` and ``rules.js`` are the library's
layers, functions and optimizers once more, held to its numbers by a test.
"""

from numpy_ann.inspection.playground.page import write_playground

__all__ = ["write_playground"]

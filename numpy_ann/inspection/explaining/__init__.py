"""What a part of the library computes, read from its own docstring.

``docstrings.py`` reads formulas, derivatives and sources; ``explain.py`` finds the part by its name and puts
them together; ``explanation.py`` is what comes of it, with the shapes and settings of the object at hand.
"""

from numpy_ann.inspection.explaining.explain import explain
from numpy_ann.inspection.explaining.explanation import Explanation

__all__ = ["Explanation", "explain"]

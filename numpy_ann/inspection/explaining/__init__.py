"""What a part of the library computes, read from its own docstring."""

from numpy_ann.inspection.explaining.explain import explain
from numpy_ann.inspection.explaining.explanation import Explanation

__all__ = ["Explanation", "explain"]

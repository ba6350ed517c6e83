"""Models: layers put together, trained, saved and loaded."""

from numpy_ann.models.sequential import Sequential

__all__ = ["Sequential"]

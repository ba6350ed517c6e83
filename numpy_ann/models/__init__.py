"""Models: layers put together, trained, saved and loaded."""

from numpy_ann.models.loading import load_model, save_model
from numpy_ann.models.sequential import Sequential

__all__ = ["Sequential", "load_model", "save_model"]

"""Models: layers put together, trained, saved and loaded."""

from numpy_ann.models.cloning import clone_model, model_from_json
from numpy_ann.models.loading import load_model, save_model
from numpy_ann.models.sequential import Sequential

__all__ = ["Sequential", "clone_model", "load_model", "model_from_json", "save_model"]

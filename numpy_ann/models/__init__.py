"""Models: layers put together, trained, saved and loaded."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from numpy_ann.models.model import Model
from numpy_ann.models.sequential import Sequential

if TYPE_CHECKING:
    from numpy_ann.models.cloning import clone_model, model_from_json
    from numpy_ann.models.loading import load_model, save_model

__all__ = ["Model", "Sequential", "clone_model", "load_model", "model_from_json", "save_model"]

# Loaded when first asked for: with them comes all of numpy_ann.saving.
_LATER = dict.fromkeys(("clone_model", "model_from_json"), "cloning")
_LATER |= dict.fromkeys(("load_model", "save_model"), "loading")


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Import what reads and writes models at its first use."""
        if name not in _LATER:
            raise AttributeError(f"module 'numpy_ann.models' has no attribute {name!r}")
        return getattr(import_module(f"numpy_ann.models.{_LATER[name]}"), name)

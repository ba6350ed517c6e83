"""Keras' model files: read with distrust, written so that Keras reads them."""

from numpy_ann.saving.containers.limits import Limits
from numpy_ann.saving.reader import read_model, read_weights
from numpy_ann.saving.writer import write_h5, write_keras, write_weights

__all__ = ["Limits", "read_model", "read_weights", "write_h5", "write_keras", "write_weights"]

"""Keras' model files: read with distrust, written so that Keras reads them; and one's own classes in them."""

from numpy_ann.saving.containers.limits import Limits
from numpy_ann.saving.formats.objects import deserialize_keras_object, serialize_keras_object
from numpy_ann.saving.reader import read_model, read_weights
from numpy_ann.saving.writer import write_h5, write_keras, write_weights

# isort: off
from numpy_ann.registration import (
    CustomObjectScope, custom_object_scope, get_custom_objects, get_registered_name, get_registered_object,
    register_keras_serializable,
)  # fmt: skip

__all__ = [
    "CustomObjectScope", "Limits", "custom_object_scope", "deserialize_keras_object", "get_custom_objects",
    "get_registered_name", "get_registered_object", "read_model", "read_weights",
    "register_keras_serializable", "serialize_keras_object", "write_h5", "write_keras", "write_weights",
]  # fmt: skip

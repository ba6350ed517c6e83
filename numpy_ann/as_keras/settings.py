"""Keras' settings, as far as there is something to set: ``keras.config``, and what ``keras`` itself names."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from numpy_ann.keras_tensor import KerasTensor
from numpy_ann.lookup import clear_session, keras_names
from numpy_ann.validation import checked_choice

__all__ = [
    "backend", "clear_session", "device", "disable_interactive_logging", "disable_traceback_filtering",
    "enable_interactive_logging", "enable_traceback_filtering", "epsilon", "floatx", "image_data_format",
    "is_keras_tensor", "is_traceback_filtering_enabled", "name_scope", "set_epsilon", "set_floatx",
    "set_image_data_format", "version",
]  # fmt: skip


def version() -> str:
    """Return the version of Keras whose names and numbers these are."""
    return next(iter(keras_names()["version"]))


def backend() -> str:
    """Return what computes: ``"numpy"``."""
    return "numpy"


def floatx() -> str:
    """Return the dtype that models have where they don't say one."""
    return "float32"


def set_floatx(value: str) -> None:
    """Take float32, which is the dtype of models; refuse another, with the way to have it."""
    if checked_choice("value", value, ("float16", "bfloat16", "float32", "float64")) != floatx():
        raise ValueError(
            f"numpy_ann's models are float32 where they don't say otherwise: not set_floatx({value!r}), but "
            'make each model with dtype="float64", as in Sequential([...], dtype="float64").'
        )


def epsilon() -> float:
    """Return the small number that probabilities are kept away from 0 and 1 by."""
    return 1e-7


def set_epsilon(value: float) -> None:
    """Take 1e-7, which is what everything here is computed with; refuse another."""
    if float(value) != epsilon():
        raise ValueError(f"numpy_ann computes with an epsilon of 1e-7 throughout. Received: value={value!r}")


def image_data_format() -> str:
    """Return where pictures have their channels."""
    return "channels_last"


def set_image_data_format(data_format: str) -> None:
    """Take ``"channels_last"``, the only format that there is; refuse another."""
    checked_choice("data_format", data_format, ("channels_last",))


def is_keras_tensor(x: Any) -> bool:
    """Return whether it is a symbolic tensor, as ``Input`` makes them."""
    return isinstance(x, KerasTensor)


def name_scope(*_: Any, **__: Any) -> AbstractContextManager[None]:
    """Return a ``with`` block that does nothing: there are no graphs to name, and one device."""
    return nullcontext()


device = name_scope


def disable_traceback_filtering(*_: Any) -> None:
    """Do nothing: tracebacks are whole, and progress is printed as ``verbose`` says."""


enable_traceback_filtering = disable_interactive_logging = disable_traceback_filtering
enable_interactive_logging = disable_traceback_filtering


def is_traceback_filtering_enabled() -> bool:
    """Return False: tracebacks are whole."""
    return False

"""``keras.backend``, usually ``K``, beside the settings: functions of ``ops`` under the names of Keras 2."""

import math
from importlib import import_module
from typing import Any

import numpy as np

from numpy_ann.as_keras.names import TABLES
from numpy_ann.as_keras.settings import floatx
from numpy_ann.as_keras.tensorflow import MODULES
from numpy_ann.as_keras.tensors import Variable, as_tensor, constant_array, reworded

__all__ = ["constant", "eval", "get_value", "int_shape", "ndim", "set_value", "variable"]

ALIASES = {n: op or n for n, _, op in (one.partition(":") for one in TABLES["backend"]["ops"].split())}
"""What is there beside ``__all__``, and its name in ``ops``."""
_ops: Any = import_module("numpy_ann.ops")
_OLD: Any = {
    "batch_flatten": lambda x: _ops.reshape(x, (-1, math.prod(x.shape[1:]))),
    "hard_sigmoid": lambda x: _ops.clip(_ops.add(_ops.multiply(x, 0.2), 0.5), 0.0, 1.0),  # today: x / 6 + 0.5
    "l2_normalize": lambda x, axis=None: MODULES["tensorflow.nn"]["l2_normalize"](x, axis),
    "repeat": lambda x, n: _ops.repeat(_ops.expand_dims(x, 1), n, 1),
    "sqrt": lambda x: _ops.sqrt(_ops.maximum(x, 0.0)),
}


def __getattr__(name: str) -> Any:
    """Return the function of ``ops`` that a name of Keras 2's means."""
    if name not in ALIASES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    place, _, function = f"ops.{ALIASES[name]}".rpartition(".")
    found = _OLD.get(name) or getattr(import_module(f"numpy_ann.{place}"), function)
    return reworded(found, TABLES["backend"]["arguments"].get(name, ""))


def variable(value: Any, dtype: Any = None, name: str | None = None, constraint: Any = None) -> Any:
    """Return a variable with these numbers."""
    return Variable(np.asarray(value, dtype or floatx()), name=name)


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Any:
    """Return these numbers as a tensor."""
    return as_tensor(constant_array(value, dtype or floatx(), shape))


def get_value(x: Any) -> Any:
    """Return the numbers of a variable, a parameter or an option such as ``optimizer.learning_rate``."""
    return x.numpy() if hasattr(x, "numpy") else np.asarray(x)[()]


eval = get_value  # noqa: A001  (Keras' name)


def set_value(x: Any, value: Any) -> None:
    """Give a variable, a parameter or an option other numbers."""
    x.assign(value)


def int_shape(x: Any) -> tuple[int | None, ...]:
    """Return the shape of an array or a symbolic tensor."""
    return tuple(x.shape)


def ndim(x: Any) -> int:
    """Return how many axes an array or a symbolic tensor has."""
    return len(x.shape)

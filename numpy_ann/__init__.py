"""The Keras MNIST workflow, written from scratch in NumPy.

A Keras script runs after a change of its import lines: ``numpy_ann.models``, ``numpy_ann.layers``,
``numpy_ann.optimizers``, ``numpy_ann.losses``, ``numpy_ann.metrics``, ``numpy_ann.callbacks``,
``numpy_ann.utils``, ``numpy_ann.data`` (Keras' ``datasets``) and ``numpy_ann.plots``.

>>> import numpy as np
>>> from numpy_ann.layers import Dense, Input
>>> from numpy_ann.models import Sequential
>>> model = Sequential(seed=0)
>>> for layer in Input(shape=(2,)), Dense(8, activation="tanh"), Dense(2, activation="softmax"):
...     model.add(layer)
>>> model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
>>> x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
>>> history = model.fit(x, [0, 1, 1, 0], epochs=500, verbose=0)
>>> model.predict(x, verbose=0).argmax(axis=1)
array([0, 1, 1, 0])
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from numpy_ann.errors import DataFormatError, ModelFormatError, NonFiniteError

__version__ = "0.1.0"

__all__ = [
    "DataFormatError", "Model", "ModelFormatError", "NonFiniteError", "Sequential", "__version__",
    "check_gradients", "load_model", "show_config",
]  # fmt: skip

if TYPE_CHECKING:
    # fmt: off
    # isort: off
    from numpy_ann import activations as activations, callbacks as callbacks, constraints as constraints
    from numpy_ann import data as data, distribution as distribution, initializers as initializers
    from numpy_ann import inspection as inspection, layers as layers, losses as losses, metrics as metrics
    from numpy_ann import models as models, ops as ops, optimizers as optimizers, plots as plots
    from numpy_ann import regularizers as regularizers, utils as utils, wrappers as wrappers
    # fmt: on
    from numpy_ann.environment import show_config
    from numpy_ann.gradient_check import check_gradients
    from numpy_ann.models import Model, Sequential, load_model

_ROOMS = [
    "activations", "callbacks", "constraints", "data", "distribution", "initializers", "inspection", "layers",
    "losses", "metrics", "models", "ops", "optimizers", "plots", "regularizers", "utils", "wrappers",
]  # fmt: skip
# Loaded when first asked for, so that `import numpy_ann` costs little more than `import numpy`.
_LATER = {
    **dict.fromkeys(("Model", "Sequential", "load_model"), "numpy_ann.models"),
    "check_gradients": "numpy_ann.gradient_check",
    "show_config": "numpy_ann.environment",
    **{room: f"numpy_ann.{room}" for room in _ROOMS},
}


if not TYPE_CHECKING:  # type checkers, told of the names above, see that any other is a mistake

    def __getattr__(name: str) -> Any:
        """Import a part of the package at its first use."""
        if name not in _LATER:
            raise AttributeError(f"module 'numpy_ann' has no attribute {name!r}")
        module = import_module(_LATER[name])
        return module if module.__name__ == f"numpy_ann.{name}" else getattr(module, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER})

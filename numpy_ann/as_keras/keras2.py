"""The spellings of Keras 1 and 2, with the meaning that they had: for ``run --keras2``."""

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from inspect import signature
from typing import Any

import numpy as np

from numpy_ann import part
from numpy_ann.as_keras import names
from numpy_ann.as_keras.tensors import replaced
from numpy_ann.callbacks import ModelCheckpoint
from numpy_ann.models import Model
from numpy_ann.training import Trainer

__all__ = ["old_spellings"]


@contextmanager
def old_spellings() -> Iterator[None]:
    """Take old options (``nb_epoch``), methods (``predict_classes``) and keys (``"acc"``) in a block."""
    changes = [
        (names, "keras_2", True),
        (part, "translate", today),
        (ModelCheckpoint, "_suffixes", ((".keras", *_HDF5), _HDF5)),
        (Model, "save_weights", _save_weights),
        (Trainer, "evaluate_generator", _evaluate_generator),
        (Trainer, "fit", _fit),
        (Trainer, "fit_generator", _fit),
        (Trainer, "predict_classes", predict_classes),
        (Trainer, "predict_generator", _predict_generator),
        (Trainer, "predict_proba", predict_proba),
    ]
    with replaced(changes), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "A layer's `input_shape` and `input_dim`")
        yield


def today(called: Callable[..., Any], options: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return options of Keras 1 and 2 as those of today; None where nothing is to be changed.

    >>> from numpy_ann.layers import Dense
    >>> today(Dense.__init__, {"output_dim": 3, "init": "uniform"})
    {'units': 3, 'kernel_initializer': 'random_uniform'}
    """
    has = signature(called).parameters
    found, changed = dict[str, Any](), False
    for name, value in options.items():
        known = next((new for new in part.OLD_NAMES.get(name, ()) if new in has), None)
        if name == "activation" and isinstance(value, str):
            value, changed = _ACTIVATIONS.get(value, value), changed or value in _ACTIVATIONS
        if name == "epsilon" and value is None:
            changed = True  # it meant the backend's: the default of today
            continue
        dropped = name == "decay" or (name == "show_accuracy" and "metrics" in has)
        if name in has or (known is None and "leave it out" not in part.CURES.get(name, "") and not dropped):
            found[name] = value
            continue
        changed = True
        if known is not None:
            value = (value,) if name == "input_dim" else value
            value = tuple(value)[1:] if name == "batch_input_shape" else value
            found[known] = _INITIALIZERS.get(value, value) if isinstance(value, str) else value
    if options.get("show_accuracy") and "metrics" in has:
        found["metrics"] = [*(found.get("metrics") or ()), "accuracy"]
    if options.get("decay") and "decay" not in has and "learning_rate" in has:
        from numpy_ann.optimizers.schedules import InverseTimeDecay

        rate = found.get("learning_rate", has["learning_rate"].default)
        found["learning_rate"] = InverseTimeDecay(rate, 1, options["decay"])
    return found if changed else None


_INITIALIZERS = {"uniform": "random_uniform", "normal": "random_normal", "zero": "zeros", "one": "ones"}
_ACTIVATIONS = {"ReLU": "relu", "ELU": "elu", "Softmax": "softmax"}  # layers, whose classes it took too


class _Figures(dict[str, Any]):
    """A history that answers to ``"acc"`` too, which is what Keras called ``"accuracy"`` before 2.3."""

    def __missing__(self, key: str) -> Any:
        for old, new in ("acc", "accuracy"), ("val_acc", "val_accuracy"):
            if key == old and new in self:
                return self[new]
        raise KeyError(key)


_HDF5 = (".h5", ".hdf5")
_fit_today, _save_weights_today = Trainer.fit, Model.save_weights


def _save_weights(self: Any, filepath: Any, overwrite: bool = True) -> None:
    """Save as ``save_weights`` does; to another HDF5 file the whole model, of which they are loaded."""
    whole = str(filepath).endswith(_HDF5) and not str(filepath).endswith(".weights.h5")
    (self.save if whole else partial(_save_weights_today, self))(filepath, overwrite)


def _fit(self: Any, *args: Any, **options: Any) -> Any:
    """Train as ``fit`` does; of a generator too."""
    if "generator" in options:
        options["x"] = options.pop("generator")
    history = _fit_today(self, *args, **options)
    history.history = _Figures(history.history)
    return history


def predict_classes(self: Any, x: Any, batch_size: int | None = 32, verbose: int = 0) -> Any:
    """Return each sample's class: the largest output, or 1 where the one output is over 0.5."""
    p = self.predict(x, batch_size=batch_size, verbose=verbose)
    return p.argmax(axis=-1) if p.shape[-1] > 1 else (p > 0.5).astype("int32")


def predict_proba(self: Any, x: Any, batch_size: int | None = 32, verbose: int = 0) -> Any:
    """Return the outputs, as ``predict`` does."""
    return self.predict(x, batch_size=batch_size, verbose=verbose)


def _evaluate_generator(self: Any, generator: Any, steps: int | None = None, **options: Any) -> Any:
    return self.evaluate(generator, steps=steps, **options)


def _predict_generator(self: Any, generator: Any, steps: int | None = None, **options: Any) -> Any:
    return np.asarray(self.predict(generator, steps=steps, **options))

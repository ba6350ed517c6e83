"""The spellings of Keras 1 and 2, with the meaning that they had: for ``run --keras2``."""

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial, partialmethod
from inspect import signature
from typing import Any

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
        (names, "keras_2", True), (part, "translate", today), (Model, "save_weights", _save_weights),
        (names, "_HOMES", names._HOMES | {"keras.wrappers": "as_keras.keras2_estimators wrappers"}),
        (ModelCheckpoint, "_suffixes", ((".keras", *_HDF5), _HDF5)),
        (Trainer, "evaluate_generator", _of_generator(Trainer.evaluate)),
        (Trainer, "fit_generator", _of_generator(Trainer.fit, "steps_per_epoch")),
        (Trainer, "predict_classes", predict_classes),
        (Trainer, "predict_generator", _of_generator(Trainer.predict)),
        (Trainer, "predict_proba", partialmethod(Trainer.predict, verbose=0)),
    ]  # fmt: skip
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
    found, changed, old = dict[str, Any](), False, part.old_names()
    for name, value in options.items():
        known = next((new for new in old["options"].get(name, ()) if new in has), None)
        if name == "activation" and isinstance(value, str):
            value, changed = _ACTIVATIONS.get(value, value), changed or value in _ACTIVATIONS
        if name == "epsilon" and value is None:
            changed = True  # it meant the backend's: the default of today
            continue
        dropped = name == "decay" or (name == "show_accuracy" and "metrics" in has)
        dropped |= "leave it out" in old["cures"].get(name, "")
        if name in has or (known is None and not dropped):
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
_HDF5 = (".h5", ".hdf5")
_save_weights_today = Model.save_weights


def _save_weights(self: Any, filepath: Any, overwrite: bool = True) -> None:
    """Save as ``save_weights`` does; to another HDF5 file the whole model, of which they are loaded."""
    whole = str(filepath).endswith(_HDF5) and not str(filepath).endswith(".weights.h5")
    (self.save if whole else partial(_save_weights_today, self))(filepath, overwrite)


def predict_classes(self: Any, x: Any, batch_size: int | None = 32, verbose: int = 0) -> Any:
    """Return each sample's class: the largest output, or 1 where the one output is over 0.5."""
    p = self.predict(x, batch_size=batch_size, verbose=verbose)
    return p.argmax(axis=-1) if p.shape[-1] > 1 else (p > 0.5).astype("int32")


def _of_generator(method: Any, steps: str = "steps") -> Any:
    return lambda self, generator, n=None, **more: method(self, generator, **{steps: n} | more)

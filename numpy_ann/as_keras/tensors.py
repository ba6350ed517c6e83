"""What Keras' and TensorFlow's functions return: arrays that also answer ``.numpy()``."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from typing import Any, Self

import numpy as np

__all__ = ["Tensor", "Variable", "as_tensor", "returning_tensors", "tensors_for_scripts"]

# What a script calls itself, by the module and the class that its kind is made of.
_ANSWERS = {
    "activations.function": ("ActivationFunction", "__call__"),
    "initializers.initializer": ("Initializer", "__call__"),
    "layers.layer": ("Layer", "__call__"),
    "losses.loss": ("Loss", "__call__"),
    "metrics": ("Metric", "__call__ result"),
    "models": ("Model", "__call__"),
    "regularizers": ("Regularizer", "__call__"),
}


class Tensor(np.ndarray):
    """An array as scripts written for TensorFlow expect it; in all else it is NumPy's.

    Examples
    --------
    >>> as_tensor(np.float32(1.5)).numpy()
    np.float32(1.5)
    >>> as_tensor(np.ones(2)) + 1
    <tf.Tensor: shape=(2,), dtype=float64, numpy=array([2., 2.])>
    """

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **options: Any) -> Any:
        """Do it on the tape, where a tape follows one of the inputs; else as NumPy does it."""
        followed = [_on_tape(x) for x in inputs]
        if all(x is own for x, own in zip(followed, inputs, strict=True)):
            followed = [_bare(x) for x in inputs]
        if out is not None:
            options["out"] = tuple(map(_bare, out))
        result = getattr(ufunc, method)(*followed, **options)
        return out[0] if out is not None and len(out) == 1 else as_tensor(result)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        """Do it on the tape, where a tape follows one of the arguments; else as NumPy does it."""
        followed = [_on_tape(x) for x in args]
        if all(x is own for x, own in zip(followed, args, strict=True)):
            kinds = [kind for kind in types if kind not in (Tensor, Variable)]
            if not kinds:
                return as_tensor(function(*_bare(list(args)), **{k: _bare(v) for k, v in options.items()}))
        return function(*followed, **options)

    def numpy(self) -> Any:
        """Return the plain array, or the plain number where there are no axes."""
        return np.asarray(self)[()]

    def get_shape(self) -> tuple[int, ...]:
        """Return the shape."""
        return self.shape

    def eval(self, *_: Any, **__: Any) -> Any:
        """Return the plain array."""
        return self.numpy()

    def __repr__(self) -> str:
        numbers = np.asarray(self)
        shown = repr(numbers) if numbers.ndim else str(numbers)
        return f"<tf.Tensor: shape={self.shape}, dtype={self.dtype}, numpy={shown}>"

    def __str__(self) -> str:
        return f"tf.Tensor({np.asarray(self)}, shape={self.shape}, dtype={self.dtype})"

    def __format__(self, specification: str) -> str:
        return format(np.asarray(self)[()], specification) if specification else str(self)


def _on_tape(x: Any) -> Any:
    """Return what a tape follows ``x`` by; ``x`` itself, if none does."""
    if not isinstance(x, Tensor):
        return x
    from numpy_ann.ops.tape import Traced, read

    found = read(x)
    return found if isinstance(found, Traced) else x


def _bare(x: Any) -> Any:
    """Return the plain array of a tensor; of a list or tuple, theirs; anything else as it is."""
    if isinstance(x, Tensor):
        return x.view(np.ndarray)
    return type(x)(map(_bare, x)) if type(x) in (list, tuple) else x


def as_tensor(value: Any) -> Any:
    """Return an array or a NumPy number as a ``Tensor``; tuples and lists with theirs; all else as it is."""
    if type(value) is np.ndarray or isinstance(value, np.generic):
        return np.asarray(value).view(Tensor)
    if type(value) in (tuple, list):
        return type(value)(map(as_tensor, value))
    return value


def returning_tensors(function: Any) -> Any:
    """Return the function, whose results have ``.numpy()``; anything but a function as it is."""
    if not callable(function) or isinstance(function, type):
        return function

    @wraps(function)
    def called(*args: Any, **options: Any) -> Any:
        return as_tensor(function(*args, **options))

    return called


def _answering(method: Any) -> Any:
    """Return the method, of which a script gets tensors, and this package what it always gets."""

    @wraps(method)
    def called(*args: Any, **options: Any) -> Any:
        value = method(*args, **options)
        if sys._getframe(1).f_globals.get("__name__", "").startswith("numpy_ann."):
            return value
        return as_tensor(np.float32(value) if type(value) is float else value)

    return called


@contextmanager
def tensors_for_scripts() -> Iterator[None]:
    """Have what scripts get of layers, models, losses and metrics answer ``.numpy()``, within a block."""
    before = []
    for module, (base, methods) in _ANSWERS.items():
        kinds = [getattr(import_module(f"numpy_ann.{module}"), base)]
        for kind in kinds:
            kinds += kind.__subclasses__()
            before += [(kind, name, vars(kind)[name]) for name in methods.split() if name in vars(kind)]
    for kind, name, method in before:
        setattr(kind, name, _answering(method))
    try:
        yield
    finally:
        for kind, name, method in before:
            setattr(kind, name, method)


class Variable(Tensor):
    """``tf.Variable``: an array that is changed in place.

    Examples
    --------
    >>> steps = Variable(0)
    >>> steps.assign_add(2).numpy()
    np.int32(2)
    """

    name: str
    trainable: bool

    def __new__(
        cls,
        initial_value: Any,
        trainable: bool = True,
        validate_shape: bool = True,
        caching_device: Any = None,
        name: str | None = None,
        variable_def: Any = None,
        dtype: Any = None,
        **options: Any,
    ) -> Self:
        """Make a variable of a number, an array, or a function that returns it."""
        value = initial_value() if callable(initial_value) else initial_value
        variable = np.array(_bare(constant_array(value, dtype))).view(cls)
        variable.name, variable.trainable = f"{name or 'Variable'}:0", trainable
        return variable

    def assign(self, value: Any, **_: Any) -> Self:
        """Take these numbers."""
        self.value[...] = value
        return self

    def assign_add(self, delta: Any, **_: Any) -> Self:
        """Add to each number."""
        self.value[...] += np.asarray(delta)
        return self

    def assign_sub(self, delta: Any, **_: Any) -> Self:
        """Subtract from each number."""
        self.value[...] -= np.asarray(delta)
        return self

    @property
    def value(self) -> Any:
        """The numbers, as a tape reads them."""
        return self.view(np.ndarray)

    def read_value(self) -> Tensor:
        """Return the numbers as they are now."""
        return np.array(self).view(Tensor)


def constant_array(value: Any, dtype: Any = None) -> Any:
    """Return an array as TensorFlow makes it: Python's numbers are float32 and int32, NumPy's keep theirs."""
    array = np.asarray(value, dtype)
    if dtype is None and not hasattr(value, "dtype") and not _holds_numpy(value):
        array = array.astype(
            {"f": np.float32, "i": np.int32, "c": np.complex64}.get(array.dtype.kind, array.dtype)
        )
    return array


def _holds_numpy(value: Any) -> bool:
    while isinstance(value, list | tuple) and value:
        value = value[0]
    return hasattr(value, "dtype")

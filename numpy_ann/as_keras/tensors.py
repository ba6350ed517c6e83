"""What Keras' and TensorFlow's functions return: arrays that also answer ``.numpy()``."""

import re
import sys
from ast import literal_eval
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial, wraps
from importlib import import_module
from typing import Any, Self

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from numpy_ann import initializers
from numpy_ann.as_keras.names import TABLES
from numpy_ann.lookup import counted_name
from numpy_ann.ops.tape import read
from numpy_ann.parameter import Parameter

__all__ = [
    "Tensor", "TensorFlowVariable", "Variable", "as_tensor", "replaced", "returning_tensors", "reworded",
    "tensors_for_scripts",
]  # fmt: skip


class Tensor(np.ndarray):
    """An array as scripts written for TensorFlow expect it; in all else it is NumPy's.

    >>> as_tensor(np.float32(1.5)).numpy()
    np.float32(1.5)
    >>> as_tensor(np.ones(2)) + 1
    <tf.Tensor: shape=(2,), dtype=float64, numpy=array([2., 2.])>
    """

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **options: Any) -> Any:
        if out is not None:
            options["out"] = tuple(map(_bare, out))
        result = getattr(ufunc, method)(*map(_bare, inputs), **options)
        return out[0] if out is not None and len(out) == 1 else as_tensor(result)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        return as_tensor(function(*map(_bare, args), **{name: _bare(a) for name, a in options.items()}))

    def __getitem__(self, key: Any) -> Any:
        return as_tensor(super().__getitem__(_bare(key)))

    def __iter__(self) -> Iterator[Any]:
        return map(self.__getitem__, range(len(self)))

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
        return format(np.asarray(self)[()], specification)


def _bare(x: Any) -> Any:
    """Return the plain array of a tensor, or what a tape follows it by; of a list or tuple, theirs."""
    if isinstance(x, Tensor):
        found = read(x)
        return found.view(np.ndarray) if isinstance(found, Tensor) else found
    return type(x)(map(_bare, x)) if type(x) in (list, tuple) else x


def as_tensor(value: Any) -> Any:
    """Return an array or a NumPy number as a ``Tensor``; tuples and lists with theirs; all else as it is."""
    if type(value) is np.ndarray or isinstance(value, np.generic):
        return np.asarray(value).view(Tensor)
    return type(value)(map(as_tensor, value)) if type(value) in (tuple, list) else value


def returning_tensors(function: Any) -> Any:
    """Return the function, whose results have ``.numpy()``; anything but a function as it is."""
    if not callable(function) or isinstance(function, type):
        return function

    @wraps(function)
    def called(*args: Any, **options: Any) -> Any:
        return as_tensor(function(*args, **options))

    return called


def reworded(function: Any, arguments: str) -> Any:
    """Return the function with arguments ``"a:x perm:axes=None"``: names, those they have in it, defaults."""
    words = [re.fullmatch(r"(\w+):?([-\w]*)=?(.*)", one).groups() for one in arguments.split()]  # type: ignore[union-attr]
    meant = {name: there or name for name, there, _ in words}
    defaults = {name: literal_eval(default) for name, _, default in words if default}

    def called(*args: Any, **options: Any) -> Any:
        given = {**defaults, **dict(zip([*meant][: len(args)], args, strict=True)), **options}
        return function(**{meant.get(name, name): given[name] for name in given if meant.get(name) != "-"})

    return called if words else function


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
def replaced(changes: Iterable[tuple[Any, str, Any]]) -> Iterator[None]:
    """Have attributes of modules and classes, also new ones, be these within a block."""
    with ExitStack() as restoring:
        for holder, name, value in changes:
            undo = partial(setattr, holder, name, vars(holder)[name]) if name in vars(holder) else None
            restoring.callback(undo or partial(delattr, holder, name))
            setattr(holder, name, value)
        yield


def tensors_for_scripts() -> AbstractContextManager[None]:
    """Have what scripts get of layers, models, losses and metrics answer ``.numpy()``, within a block."""
    changes = []
    for module, answers in TABLES["answers"].items():
        base, *methods = answers.split()
        kinds = [getattr(import_module(f"numpy_ann.{module}"), base)]
        for kind in kinds:
            kinds += kind.__subclasses__()
            own = vars(kind)
            changes += [(kind, name, _answering(own[name])) for name in methods if name in own]
    return replaced(changes)


class Variable(Parameter):
    """``keras.Variable``: an array that is changed in place, and that a tape and an optimizer know.

    It begins with the numbers ``initializer``, or those that it makes of ``shape``. Left out, ``shape`` and
    ``dtype`` are those of the numbers (Python's are float32 and int32), ``name`` is the session's next:
    ``variable``, ``variable_1``. ``trainable`` says whether tapes watch it by themselves.

    >>> steps = Variable(0)
    >>> steps.assign_add(2).numpy()
    np.int32(2)
    """

    __slots__ = ("__dict__",)

    def __init__(
        self, initializer: Any, shape: Any = None, dtype: Any = None, trainable: bool = True,
        autocast: bool = True, aggregation: str = "none", synchronization: str = "auto",
        name: str | None = None, **options: Any,
    ) -> None:  # fmt: skip
        initializer = initializers.get(initializer) if isinstance(initializer, str) else initializer
        if callable(initializer):
            initializer = initializer() if shape is None else initializer(shape, dtype=dtype)
        value = np.array(_bare(constant_array(initializer, dtype)))
        super().__init__(name or counted_name("variable"), value, trainable=trainable, **options)

    def _read(self) -> Any:
        found = super()._read()
        return as_tensor(found) if found is self.value else found

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        return as_tensor(super().__array_ufunc__(ufunc, method, *inputs, **options))

    def numpy(self) -> Any:
        """Return a copy of the numbers, the plain number where there are no axes."""
        return self.value.copy()[()]

    def __float__(self) -> float:
        return float(self.value)

    def __int__(self) -> int:
        return int(self.value)

    def __bool__(self) -> bool:
        return bool(self.value)

    __index__ = __int__
    __eq__, __ne__ = NDArrayOperatorsMixin.__eq__, NDArrayOperatorsMixin.__ne__
    __hash__ = Parameter.__hash__

    def __format__(self, specification: str) -> str:
        return format(self.numpy(), specification) if specification else str(self)

    def __repr__(self) -> str:
        return f"<Variable path={self.name}, shape={self.shape}, dtype={self.dtype}, value={self.value}>"

    def assign(self, value: Any, **_: Any) -> Self:  # type: ignore[override]
        """Take these numbers."""
        super().assign(np.asarray(getattr(value, "value", value)))
        return self

    def read_value(self) -> Any:
        """Return the numbers as they are now."""
        return as_tensor(self.value.copy())


class TensorFlowVariable(Variable):
    """``tf.Variable``, with TensorFlow's arguments."""

    def __init__(
        self, initial_value: Any, trainable: bool = True, validate_shape: bool = True,
        caching_device: Any = None, name: str | None = None, variable_def: Any = None, dtype: Any = None,
        **options: Any,
    ) -> None:  # fmt: skip
        options = {"dtype": dtype, "trainable": trainable, "constraint": options.get("constraint")}
        super().__init__(initial_value, name=f"{name or 'Variable'}:0", **options)

    def __getitem__(self, key: Any) -> Any:
        part = super().__getitem__(key)
        if isinstance(part, Tensor):
            part.assign = lambda new, **_: self.value.__setitem__(key, np.asarray(new))  # type: ignore[attr-defined]
        return part


def constant_array(value: Any, dtype: Any = None, shape: Any = None) -> Any:
    """Return an array as TensorFlow makes it: Python's numbers are float32 and int32, NumPy's keep theirs."""
    array = np.asarray(value, dtype)
    if dtype is None and not hasattr(value, "dtype") and not _holds_numpy(value):
        array = array.astype(
            {"f": np.float32, "i": np.int32, "c": np.complex64}.get(array.dtype.kind, array.dtype)
        )
    alone = array.size == 1  # which fills the shape; more numbers are laid in it
    return array if shape is None else np.broadcast_to(array.reshape(() if alone else shape), shape).copy()


def _holds_numpy(value: Any) -> bool:
    while isinstance(value, list | tuple) and value:
        value = value[0]
    return hasattr(value, "dtype")

"""Parameters: named arrays that training may change."""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from numpy_ann._typing import Array, Shape
from numpy_ann.constraints import Constraint
from numpy_ann.recording import here
from numpy_ann.regularizers import Regularizer

__all__ = ["Parameter", "Variable", "assign_all"]


class Variable(NDArrayOperatorsMixin):
    """The base of what holds an array as its ``value``, under Keras' methods; NumPy computes with it."""

    __slots__ = ()
    name: str
    value: Any

    @property
    def shape(self) -> Shape:
        """The shape of ``value``."""
        return np.shape(self.value)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of ``value``."""
        return np.asarray(self.value).dtype

    def numpy(self) -> Array:
        """Return a copy of ``value``."""
        return np.array(self.value)

    def assign(self, value: Any) -> Any:
        """Put other numbers of its shape in its place."""
        raise NotImplementedError

    def assign_add(self, value: Any, **_: Any) -> Any:
        """Add numbers to it."""
        return self.assign(self.value + np.asarray(value))

    def assign_sub(self, value: Any, **_: Any) -> Any:
        """Take numbers away from it."""
        return self.assign(self.value - np.asarray(value))


class Parameter(Variable):
    """A named array that training may change, with its gradient.

    Parameters
    ----------
    name : str
        What Keras calls the variable: ``"kernel"``, ``"bias"``.
    value : ndarray
        The numbers. Don't keep a reference across a model's build: the array moves.
    trainable : bool
        False for state that training updates by other means than its gradient.
    regularizer : Regularizer, optional
        Its penalty on ``value`` counts in the loss, while the parameter is trained.
    constraint : Constraint, optional
        What brings ``value`` back into its bounds after a training step.
    integer : bool
        True for a count: it stands among the parameters as a float like them, and in files as an integer.

    Attributes
    ----------
    grad : ndarray
        The gradient of the loss with respect to ``value``, of the last backward pass; zeros before the first.
        ``trace(model, x, y)``, of ``numpy_ann.inspection``, gives those of a batch without training on it.
    path : str
        Its name, behind those of what it was made in: ``"sequential/dense/kernel"``.

    >>> b = Parameter("bias", np.zeros(3, dtype=np.float32))
    >>> b
    Parameter('bias', shape=(3,), dtype=float32)
    >>> np.asarray(b)
    array([0., 0., 0.], dtype=float32)
    """

    __slots__ = (
        "__weakref__", "constraint", "grad", "integer", "name", "path", "regularizer", "trainable", "value",
    )  # fmt: skip
    value: Array

    def __init__(
        self, name: str, value: Array, *, trainable: bool = True, regularizer: Regularizer | None = None,
        constraint: Constraint | None = None, integer: bool = False,
    ) -> None:  # fmt: skip
        self.name = self.path = name
        self.value = value
        self.grad: Array = value if here.claimed else np.zeros_like(value)
        self.trainable = trainable
        self.regularizer = regularizer
        self.constraint = constraint
        self.integer = integer

    @property
    def ndim(self) -> int:
        """How many axes ``value`` has."""
        return self.value.ndim

    @property
    def size(self) -> int:
        """How many numbers ``value`` holds."""
        return int(self.value.size)

    __eq__, __ne__, __hash__ = object.__eq__, object.__ne__, object.__hash__  # pyright: ignore

    @property
    def T(self) -> Any:  # noqa: N802  (NumPy's name)
        """The numbers with their axes in reverse."""
        return np.transpose(self)

    def __getitem__(self, key: Any) -> Any:
        return self._read()[key]

    def __len__(self) -> int:
        return len(self.value)

    def _read(self) -> Any:
        """Return what operators compute with: ``value``, or on a tape what is derived by."""
        leaf = here.tapes[-1].leaf(self) if here.tapes else None
        return self.value if leaf is None else leaf

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if any(isinstance(out, Parameter) for out in options.get("out", ())):  # v -= ..., or out=v
            options.pop("out")
            warnings.warn(
                f"As in Keras, v -= ... makes a new array, and leaves the weight {self.path} as it is: "
                "v.assign_sub(...) changes it, as v.assign_add(...) and v.assign(...) do.",
                stacklevel=3,
            )
        return getattr(ufunc, method)(*map(_read, inputs), **options)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        lists = ([_read(b) for b in a] if isinstance(a, list | tuple) else _read(a) for a in args)
        return function(*lists, **{name: _read(a) for name, a in options.items()})

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        """Return what ``numpy()`` does, for ``np.asarray(layer.kernel)``: no view, as the array moves."""
        if copy is False:
            raise ValueError(f"An array of {self.name} is always a copy; its own numbers are in `value`.")
        return self.value.astype(self.dtype if dtype is None else dtype)

    def assign(self, value: Array) -> None:
        """Copy ``value`` into the parameter; raise ``ValueError`` if the shape is another one."""
        value = np.asarray(getattr(value, "value", value))
        if value.shape != self.shape:
            raise ValueError(f"{self.name} has shape {self.shape}, but the new value has {value.shape}.")
        self.value[...] = value

    def __repr__(self) -> str:
        return f"Parameter({self.name!r}, shape={self.shape}, dtype={self.value.dtype})"


def _read(a: Any) -> Any:
    return a._read() if isinstance(a, Parameter) else a


def assign_all(whose: str, parameters: Sequence[Parameter], weights: Sequence[Array], hint: str = "") -> None:
    """Copy arrays into parameters; raise ``ValueError``, and change nothing, if they don't fit."""
    arrays, expected = [np.asarray(w) for w in weights], [p.shape for p in parameters]
    if (shapes := [a.shape for a in arrays]) != expected:
        has = f"{whose} has weights of the shapes {expected}"
        raise ValueError(f"{has}, but set_weights() received {shapes}.{hint}")
    for parameter, array in zip(parameters, arrays, strict=True):
        parameter.assign(array)

"""What makes a traced array pass for NumPy's: operators, indexing, methods, NumPy's functions, numbers."""

from collections.abc import Callable, Iterator
from functools import cache, partial
from inspect import Parameter, signature
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from numpy_ann.recording import here

__all__ = ["OPS", "ArrayProtocol", "op_for"]

OPS: dict[str, Callable[..., Any]] = {}  # by name
_METHODS = frozenset(
    "all any argmax argmin argsort clip copy cumsum diagonal dot max mean min prod ravel repeat "  # noqa: SIM905
    "round squeeze std sum swapaxes take trace var".split()
)
_NAMES = {"remainder": "mod", "concat": "concatenate", "permute_dims": "transpose", "pow": "power"}
_REDUCTIONS = {"add": "sum", "multiply": "prod", "maximum": "max", "minimum": "min"}
_ARGUMENTS = {"a_min": "x_min", "a_max": "x_max", "min": "x_min", "max": "x_max"}
_ARGUMENTS |= {"shape": "newshape", "reps": "repeats"}


class ArrayProtocol(NDArrayOperatorsMixin):
    """The surface of an array whose numbers are in ``value``: each operator and function of NumPy is an op.

    Raises ``TypeError`` if a function of NumPy's has no derivative here, or bare numbers are asked for while
    a tape records.
    """

    __slots__ = ()
    __hash__ = object.__hash__  # pyright: ignore[reportAssignmentType]
    value: Any

    shape = property(lambda self: self.value.shape, doc="The shape of ``value``.")
    ndim = property(lambda self: self.value.ndim, doc="How many axes ``value`` has.")
    dtype = property(lambda self: self.value.dtype, doc="The dtype of ``value``.")
    size = property(lambda self: self.value.size, doc="How many numbers ``value`` holds.")
    T = property(lambda self: OPS["transpose"](self), doc="The array with its axes in reverse.")

    def __getattr__(self, name: str) -> Any:
        """Return the op of that name, where NumPy's arrays have it as a method."""
        if name in _METHODS:
            return partial(OPS[name], self)
        raise AttributeError(f"A traced array has no attribute {name!r}; its numbers are in `value`.")

    def reshape(self, *shape: Any) -> Any:
        """Return the array in another shape, given as one tuple or number by number."""
        return OPS["reshape"](self, shape[0] if len(shape) == 1 else shape)

    def transpose(self, *axes: Any) -> Any:
        """Return the array with its axes in another order, or in reverse."""
        return OPS["transpose"](self, (axes[0] if len(axes) == 1 else axes) or None)

    def astype(self, dtype: Any, **options: Any) -> Any:
        """Return the array in another dtype."""
        return OPS["cast"](self, dtype)

    def flatten(self) -> Any:
        """Return the array in one axis."""
        return OPS["ravel"](self)

    def numpy(self) -> Any:
        """Return a copy of the numbers, which no tape follows."""
        return np.array(self.value)

    def item(self) -> Any:
        """Return the one number as Python's."""
        return self.__array__().item()

    def __getitem__(self, key: Any) -> Any:
        return OPS["get_item"](self, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        raise TypeError("Nothing is written into an array that a tape follows: make a new one, by ops.where.")

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        # `x += y` asks to write into x, which gets the new array instead; NumPy's arrays can't.
        if any(isinstance(out, np.ndarray) for out in options.pop("out", None) or ()):
            raise TypeError(f"np.{ufunc.__name__} can't write a traced array into a plain one.")
        if method == "reduce":
            return op_for(_REDUCTIONS.get(ufunc.__name__, "reduce"))(*inputs, **{"axis": 0, **options})
        name = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
        return op_for(name)(*inputs, **options)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        """Do what NumPy's function does, with its arguments under the op's names."""
        op = op_for(function.__name__)
        if (places := _places(function, op, len(args), tuple(options))) is None:
            return op(*args, **options)
        arrays, rest = places
        given = {**dict(enumerate(args)), **options}
        found = {n: given[at] for n, at, known in rest if known or given[at] is not None}
        return op(*(given[at] for at in arrays), **found)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        if here.tapes:
            raise TypeError(
                "This asks for the bare numbers of a traced array, which would lose its derivative: float(), "
                "int(), bool(), `if`, and libraries that know no tape do. Use operators, NumPy's functions "
                "or numpy_ann.ops; ops.stop_gradient(x) gives the numbers, as constants."
            )
        return np.array(self.value, dtype=dtype)

    def __float__(self) -> float:
        return float(self.__array__())

    def __int__(self) -> int:
        return int(self.__array__())

    def __bool__(self) -> bool:
        return bool(self.__array__())

    def __format__(self, how: str) -> str:
        return format(np.asarray(self.value)[()], how)


for _name, _of in {"add": "add", "sub": "subtract", "mul": "multiply", "truediv": "divide"}.items():
    setattr(ArrayProtocol, f"__{_name}__", lambda self, other, of=_of: OPS[of](self, other))
    setattr(ArrayProtocol, f"__r{_name}__", lambda self, other, of=_of: OPS[of](other, self))


@cache
def _places(function: Any, op: Any, count: int, names: tuple[str, ...]) -> Any:
    """Return where an op's arrays are, and its options by name; None: the op takes all as they are."""
    try:
        form = signature(function)
    except ValueError:  # what NumPy wrote in C doesn't always say what it takes
        return None
    takes = form.parameters
    if any(p.kind is Parameter.VAR_POSITIONAL for p in takes.values()):
        return None
    given = list(form.bind(*range(count), **dict(zip(names, names, strict=True))).arguments.items())
    needed = sum(p.default is p.empty and p.kind is not p.VAR_KEYWORD for p in takes.values())
    arrays, known = max(needed, len(getattr(op, "derivatives", ()))), signature(op).parameters
    rest = [(n if n in known else _ARGUMENTS.get(n, n), at) for n, at in given[arrays:]]
    return [at for _, at in given[:arrays]], [(n, at, n in known) for n, at in rest]


def op_for(name: str) -> Callable[..., Any]:
    """Return the op that does what NumPy's function of that name does."""
    if (found := OPS.get(_NAMES.get(name, name))) is None:
        raise TypeError(
            f"np.{name} has no derivative here; numpy_ann.ops lists what has one. "
            "ops.stop_gradient(x) hands it the numbers, as constants."
        )
    return found

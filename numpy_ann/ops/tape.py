"""The tape: arrays that remember what they were made of, read backwards for the derivatives.

An op is a formula beside its derivatives, one for each array that it takes. Where one of these is traced, the
result is too: it remembers the op and what the op was given. ``backward`` goes from the last array to the
first and applies the chain rule at each::

    y = op(x)        dL/dx = sum of op.derivative(dL/dy, y, x) over all y that were made of x

A derivative is written in ops again. So of numbers it makes numbers, and of traced arrays a traced array,
which has derivatives itself: the second ones, and so on.

Source: Griewank and Walther, "Evaluating Derivatives" (2008), section 3.2 (reverse mode).
"""

from collections.abc import Callable, Sequence
from inspect import Parameter, signature
from itertools import count
from operator import attrgetter
from typing import Any, TypeAlias

import numpy as np

from numpy_ann.keras_tensor import KerasTensor, symbolic
from numpy_ann.ops.array_protocol import OPS, ArrayProtocol
from numpy_ann.recording import here

__all__ = ["Op", "Traced", "backward", "flat", "made_of", "op", "plain", "read", "single"]

Op: TypeAlias = Callable[..., Any]
_numbers = count()
_KNOWN = (np.ndarray, np.generic, int, float, str, type(None))  # what NumPy computes with as it is
_COMMON = frozenset((np.ndarray, np.float32, np.float64, int, float))


class Traced(ArrayProtocol):
    """An array on the tape: ``value``, made by ``op`` of ``args``; a leaf, with which all begins, of none.

    >>> x = Traced(np.array([1.0, 2.0]))
    >>> y = (x * np.sin(x)).sum()
    >>> y
    <traced sum: 2.66006584>
    >>> backward([y], [x], [np.ones(())])
    [array([1.38177329, 0.07700375])]
    """

    __slots__ = ("__weakref__", "args", "number", "op", "parents", "value")

    def __init__(self, value: Any, op: Any = None, args: Any = (), parents: Sequence["Traced"] = ()) -> None:
        self.value, self.op, self.args = value, op, args
        self.parents = parents  # the traced arrays that it was made of
        self.number = next(_numbers)  # what is made later has a larger one

    def __repr__(self) -> str:
        made = "array" if self.op is None else self.op.__name__
        return f"<traced {made}: {np.array2string(np.asarray(self.value), separator=', ')}>"


def backward(targets: Sequence[Traced], sources: Sequence[Traced], gradients: Sequence[Any]) -> list[Any]:
    """Return ``dL/dsource`` for each source, from ``dL/dtarget``; None where no target is made of it.

    What is made of arrays is made after them. So from the last to the first, each gradient is whole, the sum
    over all that was made of the array, when its turn comes. Where a tape records, gradients are traced.
    """
    order, wanted = made_of(targets), set(sources)
    leading = wanted.copy()
    for node in order:  # to a source: the others' derivatives nobody needs
        if not leading.isdisjoint(node.parents):
            leading.add(node)
    found: dict[Traced, Any] = {}
    for target, g in zip(targets, gradients, strict=True):
        found[target] = found[target] + g if target in found else g
    for y in reversed(order):
        if y not in leading or y not in found or not y.parents:
            continue
        args, value = (y.args, y) if here.tapes else ([*map(plain, y.args)], y.value)
        g = found[y] if y in wanted else found.pop(y)
        for xs, derivative in zip(y.args, y.op.derivatives, strict=False):
            ds: Any = None  # once for a whole list
            for i, x in enumerate(xs if type(xs) is list else (xs,)):
                if type(x) is Traced and x in leading and derivative is not None:
                    ds = derivative(g, value, *args) if ds is None else ds
                    d = _fitted(ds[i] if type(xs) is list else ds, x)
                    found[x] = found[x] + d if x in found else d
    return [found.get(x) for x in sources]


def made_of(last: Sequence[Traced]) -> list[Traced]:
    """Return all arrays that some on the tape were made of, in the order of their making, and these."""
    found, waiting = set(), list(last)
    while waiting:
        array = waiting.pop()
        if array not in found:
            found.add(array)
            waiting += array.parents
    return sorted(found, key=attrgetter("number"))


def _fitted(d: Any, x: Traced) -> Any:
    """Return the derivative in the shape and dtype of ``x``: broadcasting is undone here, for all ops."""
    shape, had = x.value.shape, getattr(d, "shape", ())
    if had != shape:
        if (more := len(had) - len(shape)) > 0:
            d = d.sum(axis=tuple(range(more)))
        if over := tuple(i for i, n in enumerate(np.shape(d)) if n != 1 == shape[i - min(more, 0)]):
            d = d.sum(axis=over, keepdims=True)
        if np.shape(d) != shape:  # a sum hands the same derivative to all that it summed
            d = OPS["broadcast_to"](d, shape)
    return d if d.dtype == x.value.dtype else OPS["cast"](d, x.dtype)


def op(function: Any, *derivatives: Any, listed: str = "xs") -> Op:
    """Return a function as an op: of plain arrays it makes what it makes, of traced ones a traced array.

    The formula takes as many arrays as there are derivatives (a list of them where it is called ``listed``),
    then options. ``derivative(g, y, x, ...)`` returns ``dL/dx`` from ``g``, which is ``dL/dy``, written in
    ops; of a list, a list. It may have another shape than ``x``, if it broadcasts. What it takes is what the
    op takes. None: ``y`` depends on that array in steps, or not at all.
    """
    told = [d for d in derivatives if d is not None]
    if told:
        takes = list(signature(told[0]).parameters.values())[2:]
    elif isinstance(function, np.ufunc):
        known = ["x"] if len(derivatives) == 1 else ["x1", "x2"]
        takes = [Parameter(n, Parameter.POSITIONAL_OR_KEYWORD) for n in known]
    else:
        takes = list(signature(function).parameters.values())
    names, fields = [p.name for p in takes], [(p.name, p.default) for p in takes]
    arrays, many = len(derivatives), [name == listed for name in names]

    def in_order(args: Any, options: dict[str, Any]) -> Any:
        args = (*args, *(options.pop(n, d) for n, d in fields[len(args) :]))
        if options or len(args) > len(names) or any(a is Parameter.empty for a in args):
            raise TypeError(f"ops.{call.__name__} takes {', '.join(names)}; received others, more or fewer.")
        return args

    def call(*args: Any, **options: Any) -> Any:
        if options or len(args) != len(names):
            args = in_order(args, options)
        if not here.tapes and _COMMON.issuperset(map(type, args[:arrays])):
            return single(function(*args), args)
        if symbolic(args):
            return KerasTensor.operate(call.__name__, args, {})
        full, numbers, parents, follows = [*args], [*args], [], False
        for i, derivative in enumerate(derivatives):
            a = full[i]
            if type(a) is not Traced:
                a = full[i] = [*map(read, a)] if many[i] else read(a)
            numbers[i] = plain(a)
            for x in a if type(a) is list else (a,):
                if type(x) is Traced:
                    parents.append(x)
                    follows = follows or derivative is not None
        y = single(function(*numbers), numbers)
        return Traced(y, call, full, parents) if follows else y

    call.derivatives, call.__name__ = derivatives, function.__name__  # type: ignore[attr-defined]
    call.__signature__ = signature(lambda: 0).replace(parameters=takes)  # type: ignore[attr-defined]
    return call


def flat(args: Any) -> list[Any]:
    """Return the arguments of an op in one list: some ops take a list of arrays."""
    return [one for a in args for one in (a if isinstance(a, list) else [a])]


def plain(a: Any) -> Any:
    """Return the numbers of a traced array, or of a list of them; anything else as it is."""
    if isinstance(a, list):
        return [plain(one) for one in a]
    return a.value if isinstance(a, Traced) else a


def read(a: Any) -> Any:
    """Return what an op computes with: a traced array, an array, or one of Python's numbers."""
    if isinstance(a, Traced):
        return a
    if here.tapes and (leaf := here.tapes[-1].leaf(a)) is not None:
        return leaf
    if isinstance(a, _KNOWN):
        return a
    if hasattr(a, "trainable") and hasattr(a, "value"):  # a layer's parameter
        return a.value
    if isinstance(a, list | tuple) and any(isinstance(one, Traced) for one in a):
        return OPS["stack"](list(a))
    array = np.asarray(a)
    return array.astype(np.float32) if array.dtype == np.float64 and isinstance(a, list | tuple) else array


def single(y: Any, args: Any) -> Any:
    """Return ``y``, in float32 where NumPy made it float64, but neither an array nor an argument says so."""
    if getattr(y, "dtype", None) != np.float64:
        return y
    said = (a if isinstance(a, type) else getattr(a, "dtype", a) for a in flat(args) if a is not None)
    return y if any(np.dtype(np.float64) == dtype for dtype in said) else y.astype(np.float32)

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
from typing import Any

import numpy as np

from numpy_ann.keras_tensor import KerasTensor
from numpy_ann.ops.array_protocol import OPS, ArrayProtocol
from numpy_ann.recording import here

__all__ = ["Traced", "backward", "flat", "op", "plain", "read", "single", "symbolic"]

_numbers = count()


class Traced(ArrayProtocol):
    """An array on the tape: ``value``, made by ``op`` of ``args``; a leaf, with which all begins, of none.

    >>> x = Traced(np.array([1.0, 2.0]))
    >>> y = (x * np.sin(x)).sum()
    >>> y
    <traced sum: 2.66006584>
    >>> backward([y], [x], [np.ones(())])
    [array([1.38177329, 0.07700375])]
    """

    __slots__ = ("__weakref__", "args", "number", "op", "value")

    def __init__(self, value: Any, op: Any = None, args: Sequence[Any] = ()) -> None:
        self.value, self.op, self.args = value, op, args
        self.number = next(_numbers)  # what is made later has a larger one

    @property
    def parents(self) -> list["Traced"]:
        """The traced arrays that it was made of."""
        return [a for a in flat(self.args) if isinstance(a, Traced)]

    def __repr__(self) -> str:
        made = "array" if self.op is None else self.op.__name__
        return f"<traced {made}: {np.array2string(np.asarray(self.value), separator=', ')}>"


def backward(targets: Sequence[Traced], sources: Sequence[Traced], gradients: Sequence[Any]) -> list[Any]:
    """Return ``dL/dsource`` for each source, from ``dL/dtarget``; None where no target is made of it.

    What is made of arrays is made after them. So from the last to the first, each gradient is whole, the sum
    over all that was made of the array, when its turn comes. Where a tape records, gradients are traced.
    """
    nodes: dict[int, Traced] = {}
    read_by: dict[int, list[int]] = {}
    waiting = list(targets)
    while waiting:
        node = waiting.pop()
        if node.number not in nodes:
            parents = node.parents
            nodes[node.number], read_by[node.number] = node, [x.number for x in parents]
            waiting += parents
    leading = {x.number for x in sources}  # to a source: the others' derivatives nobody needs
    for number in sorted(nodes):
        if not leading.isdisjoint(read_by[number]):
            leading.add(number)
    found: dict[int, Any] = {}
    for target, g in zip(targets, gradients, strict=True):
        found[target.number] = found[target.number] + g if target.number in found else g
    for number in sorted(leading & nodes.keys(), reverse=True):
        y = nodes[number]
        if y.op is None or number not in found:
            continue
        args, value = (y.args, y) if here.tapes else ([plain(a) for a in y.args], y.value)
        for xs, derivative in zip(y.args, y.op.derivatives, strict=False):
            ends = xs if isinstance(xs, list) else [xs]
            wanted = [isinstance(x, Traced) and x.number in leading for x in ends]
            if derivative is None or True not in wanted:
                continue
            ds = derivative(found[number], value, *args)
            for x, d, want in zip(ends, ds if ends is xs else [ds], wanted, strict=True):
                if want:
                    d = _fitted(d, x)
                    found[x.number] = found[x.number] + d if x.number in found else d
    return [found.get(x.number) for x in sources]


def _fitted(d: Any, x: Traced) -> Any:
    """Return the derivative in the shape and dtype of ``x``: broadcasting is undone here, for all ops."""
    if type(d) is np.ndarray and d.shape == x.value.shape and d.dtype == x.value.dtype:
        return d
    more = np.ndim(d) - x.ndim
    over = tuple(i for i, n in enumerate(np.shape(d)) if i < more or 1 == x.shape[i - more] != n)
    if over:
        d = d.sum(axis=over, keepdims=True)
        d = d.reshape(d.shape[max(more, 0) :])
    if np.shape(d) != x.shape:  # a sum hands the same derivative to all that it summed
        d = OPS["broadcast_to"](d, x.shape)
    return d if d.dtype == x.dtype else OPS["cast"](d, x.dtype)


def op(function: Any, *derivatives: Any, listed: str = "xs") -> Callable[..., Any]:
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
    arrays = len(derivatives)

    def in_order(args: Any, options: dict[str, Any]) -> list[Any]:
        if options or len(args) != len(names):
            args = [*args, *(options.pop(n, d) for n, d in fields[len(args) :])]
            if options or len(args) > len(names) or any(a is Parameter.empty for a in args):
                known = ", ".join(names)
                raise TypeError(f"ops.{call.__name__} takes {known}; received others, more or fewer.")
        first = [
            [*map(read, a)] if n == listed else read(a) for n, a in zip(names, args[:arrays], strict=False)
        ]
        return [*first, *args[arrays:]]

    def call(*args: Any, **options: Any) -> Any:
        plainly = len(args) == len(names) and not (options or here.tapes)
        if plainly and {*map(type, args[:arrays])} == {np.ndarray}:
            return single(function(*args), args)
        if symbolic(args):
            return KerasTensor.operate(call, args, options)
        full = in_order(args, options)
        numbers = [plain(a) for a in full]
        y = single(function(*numbers), numbers)
        followed = [a for a, derivative in zip(full, derivatives, strict=False) if derivative is not None]
        return Traced(y, call, full) if any(isinstance(a, Traced) for a in flat(followed)) else y

    call.derivatives, call.__name__ = derivatives, function.__name__  # type: ignore[attr-defined]
    call.__signature__ = signature(lambda: 0).replace(parameters=takes)  # type: ignore[attr-defined]
    return call


def symbolic(args: Any) -> bool:
    """Return whether there are symbolic tensors among arguments."""
    kinds = {*map(type, args)}
    inside = {list, tuple} & kinds and any(type(a) in (list, tuple) and symbolic(a) for a in args)
    return KerasTensor in kinds or bool(inside)


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
    if a is None or isinstance(a, np.ndarray | np.generic | int | float | str):
        return a
    if hasattr(a, "trainable") and hasattr(a, "value"):  # a layer's parameter
        return a.value
    if isinstance(a, list | tuple) and any(isinstance(one, Traced) for one in a):
        return OPS["stack"](list(a))
    array = np.asarray(a)
    return array.astype(np.float32) if array.dtype == np.float64 and isinstance(a, list | tuple) else array


def single(y: Any, args: Any) -> Any:
    """Return ``y``, in float32 where NumPy made it float64 of arrays that aren't: of integers, of numbers."""
    doubled = getattr(y, "dtype", None) == np.float64
    if doubled and not any(getattr(a, "dtype", None) == np.float64 for a in flat(args)):
        return y.astype(np.float32)
    return y

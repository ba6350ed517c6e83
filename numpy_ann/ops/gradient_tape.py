"""Derivatives of functions of one's own: by ``GradientTape``, as TensorFlow has it, or by ``grad``."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Self

import numpy as np

from numpy_ann.ops.array_protocol import OPS
from numpy_ann.ops.tape import Traced, backward, op, plain, read, single
from numpy_ann.recording import here

__all__ = [
    "GradientTape", "by_hand", "custom_gradient", "grad", "pulled_back", "value_and_grad",
]  # fmt: skip


class GradientTape:
    """Record what is computed inside ``with``, and give its derivatives.

    ::

        dL/dx = gradient(L, x)          dL/dx of all numbers of L, summed

    Layers' parameters that are trained are watched by themselves; arrays are by ``watch``. NumPy computes
    with plain arrays unseen: ``ops``, layers and losses find a watched array by itself, operators such as
    ``x * x`` only by what ``watch`` returns. Inside another tape's ``with`` the gradients are recorded too,
    which gives second derivatives.

    A tape holds references to parameters, not copies: ask for all gradients before an optimizer changes them.
    Raises ``RuntimeError`` if a tape that isn't persistent is asked twice; ``ValueError`` if what is to be
    derived isn't on the tape, or an array was never watched.

    Parameters
    ----------
    persistent : bool
        Whether ``gradient`` may be asked more than once.
    watch_accessed_variables : bool
        Whether parameters that are read are watched by themselves.

    >>> with GradientTape() as tape:
    ...     x = tape.watch(np.array([1.0, 2.0]))
    ...     y = (x**3).sum()
    >>> tape.gradient(y, x)
    array([ 3., 12.])
    """

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True) -> None:
        self._persistent, self._watches_variables, self._asked = persistent, watch_accessed_variables, False
        self._leaves: dict[int, tuple[Any, Traced]] = {}  # by identity; nested tapes share them

    def __enter__(self) -> Self:
        self._leaves = here.tapes[-1]._leaves if here.tapes else {}
        self._asked = False
        here.tapes = (*here.tapes, self)
        return self

    def __exit__(self, *error: object) -> None:
        here.tapes = tuple(tape for tape in here.tapes if tape is not self)

    def watch(self, tensor: Any) -> Any:
        """Begin at an array, or at each in a list or dictionary; return what operators see it by."""
        if isinstance(tensor, Traced):
            return tensor
        if not isinstance(tensor, np.ndarray | np.generic) and not hasattr(tensor, "trainable"):
            return _each(self.watch, np.asarray(tensor) if isinstance(tensor, float) else tensor)
        value = np.asarray(getattr(tensor, "value", tensor))  # a parameter's, or the array itself
        if value.dtype.kind != "f":
            raise ValueError(f"Only numbers with a fraction have derivatives. Received: dtype={value.dtype}")
        return self._leaves.setdefault(id(tensor), (tensor, Traced(value)))[1]

    def leaf_of(self, parameter: Any) -> Traced:
        """Return what a parameter was read as, or an array that nothing is made of."""
        return self._leaves[id(parameter)][1] if id(parameter) in self._leaves else Traced(parameter.value)

    def leaf(self, a: Any) -> Traced | None:
        """Return what stands for an array or a parameter on the tape, if anything does."""
        if (found := self._leaves.get(id(a))) is not None:
            return found[1]
        watched = self._watches_variables and getattr(a, "trainable", False) and hasattr(a, "value")
        if not watched or a.value.dtype.kind != "f":
            return None
        return self._leaves.setdefault(id(a), (a, Traced(a.value)))[1]

    def gradient(
        self, target: Any, sources: Any, output_gradients: Any = None, unconnected_gradients: str = "none"
    ) -> Any:
        """Return the derivative of ``target`` with respect to each of ``sources``, in their structure.

        Of a target, or a list of them, the numbers are summed, each times its ``output_gradients``; left out,
        these are 1. Sources are what was watched, parameters, or traced arrays made of them, in a list or
        dict; ``unconnected_gradients``, ``"none"`` or ``"zero"``, is what one has of which no target is made.
        """
        if self._asked and not self._persistent:
            raise RuntimeError(
                "A tape gives its gradients once: ask for all in one call, gradient(y, [a, b]), "
                "or make it GradientTape(persistent=True)."
            )
        self._asked = True
        if self in here.tapes and not self._persistent:
            self.__exit__()
        targets = list(target) if isinstance(target, list | tuple) else [target]
        for one in targets:
            if not isinstance(one, Traced):
                raise ValueError(
                    f"What is to be derived isn't on the tape: {type(one).__name__}. It was made outside "
                    "`with`, by predict (call the model: model(x)), in steps (comparisons, rounding), or by "
                    "operators on plain arrays, which go unseen: x = tape.watch(x) gives what is followed."
                )
        if output_gradients is None:
            output_gradients = [np.ones_like(y.value) for y in targets]
        elif not isinstance(output_gradients, list | tuple):
            output_gradients = [output_gradients]
        leaves: list[Traced] = []
        _each(lambda source: leaves.append(self._source(source)), sources)
        found = backward(targets, leaves, [read(g) for g in output_gradients])
        if unconnected_gradients == "zero":
            found = [np.zeros_like(x.value) if g is None else g for x, g in zip(leaves, found, strict=True)]
        answers = iter(found)
        return _each(lambda _: next(answers), sources)

    def _source(self, source: Any) -> Traced:
        if isinstance(source, Traced):
            return source
        if id(source) in self._leaves or (hasattr(source, "trainable") and hasattr(source, "value")):
            return self.leaf_of(source)
        raise ValueError(
            f"The tape doesn't know the array to derive by, of shape {np.shape(source)}: say tape.watch(x) "
            "inside `with`, before it is used, and hand over the same array."
        )


def _each(function: Callable[[Any], Any], structure: Any) -> Any:
    """Return the structure of what the function makes of each array in it."""
    if isinstance(structure, dict):
        return {key: _each(function, one) for key, one in structure.items()}
    if isinstance(structure, list | tuple):
        return type(structure)(_each(function, one) for one in structure)
    return function(structure)


def value_and_grad(f: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., Any]:
    """Return the function that returns ``f(...)``, one number, and its derivative.

    ``f`` is made of ops, NumPy's functions and operators. ``argnums`` says by which of its arguments, each an
    array, or a list or dict of them; of several, a tuple comes. Raises ``TypeError`` if ``f`` returns
    anything but one number, on which the arguments bear.

    >>> value_and_grad(lambda x: np.sum(x * x))(np.array([1.0, 2.0]))
    (np.float64(5.0), array([2., 4.]))
    """
    by = [argnums] if isinstance(argnums, int) else list(argnums)

    def begun(x: Any) -> Any:
        x = read(x)  # a new array, also of a traced one: f may use both
        if isinstance(x, Traced):
            return OPS["copy"](x)
        return Traced(np.asarray(x, None if hasattr(x, "dtype") else np.float32))

    @wraps(f)
    def derived(*args: Any, **options: Any) -> Any:
        given = list(args)
        with GradientTape() as tape:
            for i in by:
                given[i] = _each(begun, args[i])
            y = f(*given, **options)
        if np.ndim(y) or not isinstance(y, Traced):
            raise TypeError(
                f"grad() derives functions that return one number, made of their arguments by ops: take the "
                f"mean or the sum. This one returned {type(y).__name__} of shape {np.shape(y)}."
            )
        found = tape.gradient(y, tuple(given[i] for i in by), unconnected_gradients="zero")
        return y if here.tapes else y.value, found[0] if isinstance(argnums, int) else found

    return derived


def grad(f: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., Any]:
    """Return the derivative of ``f``, as ``value_and_grad`` has it; of that, ``grad`` gives the second.

    >>> grad(grad(lambda x: x**3))(2.0)
    np.float32(12.0)
    """
    both = value_and_grad(f, argnums)
    return wraps(f)(lambda *args, **options: both(*args, **options)[1])


def custom_gradient(f: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``f`` with a derivative of one's own: ``f(x1, ...)`` returns ``y, gradient``.

    ``gradient(upstream)``, or Keras' ``gradient(*args, upstream=g)``, returns ``dL/dx1, ...``.

    >>> @custom_gradient
    ... def clipped(x):
    ...     return x, lambda upstream: np.clip(upstream, -1, 1)
    >>> grad(lambda x: clipped(x) * 5)(2.0)
    np.float32(1.0)
    """

    @wraps(f)
    def custom(*args: Any) -> Any:
        args = tuple(map(read, args))
        y, gradient = f(*args)  # traced: the derivative may have one itself

        def derivative(g: Any, _: Any, xs: Any) -> list[Any]:
            try:
                ds = gradient(g)
            except TypeError:
                ds = gradient(*xs, upstream=g)
            ds = list(ds) if isinstance(ds, list | tuple) else [ds]
            return ds if here.tapes else plain(ds)

        return op(lambda xs: plain(y), derivative)(list(args))

    return custom


def pulled_back(f: Callable[..., Any], *xs: Any) -> tuple[Any, Callable[[Any], list[Any]]]:
    """Return the numbers of ``f(*xs)``, and the function from ``dL/dy`` to ``dL/dx`` for each ``x``.

    >>> y, pull = pulled_back(lambda x: x * x, np.array([1.0, 2.0]))
    >>> y, pull(np.array([1.0, 10.0]))
    (array([1., 4.]), [array([ 2., 40.])])
    """
    with GradientTape():
        leaves = [Traced(x) for x in xs]
        y = f(*leaves)

    def pull(g: Any) -> list[Any]:
        found = backward([y], leaves, [g]) if isinstance(y, Traced) else [None for _ in xs]
        return [np.zeros_like(x) if d is None else d for x, d in zip(xs, found, strict=True)]

    pull.follows = isinstance(y, Traced)  # type: ignore[attr-defined]
    return plain(y), pull


def by_hand(name: str, y: Any, xs: Sequence[Any], derivative: Callable[[Any], Sequence[Any]]) -> Any:
    """Return ``y`` as made of ``xs``, with a derivative in plain NumPy, from ``dL/dy`` to each ``dL/dx``."""

    def once(g: Any, _: Any, xs: Any) -> list[Any]:
        if here.tapes:
            raise TypeError(
                f"{name} is derived by hand, once: it has no second derivative here. Write it with "
                "numpy_ann.ops, which have all of them."
            )
        return list(derivative(plain(g)))

    once.derivatives, once.__name__ = (once,), name  # type: ignore[attr-defined]  # an op, of this use alone
    parents = [x for x in xs if isinstance(x, Traced)]
    return Traced(single(y, xs), once, [list(xs)], parents) if parents else y

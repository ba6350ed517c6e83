"""What an activation function is: a formula, its derivative, and perhaps options."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Literal, NamedTuple, cast

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.recording import here

_DEFINED: dict[tuple[str, ...], "ActivationFunction"] = {}  # by name and the names of the options


class ActivationFunction(NamedTuple):
    """A function ``f`` and its derivative.

    ``f(z, out=None)`` returns ``y``; ``out`` may be ``z`` itself. ``f.backward(dy, kept, out=None)`` returns
    ``dz``, where ``kept`` is ``y`` if ``f.reads`` is ``"output"`` and ``z`` if it is ``"input"``; ``out`` may
    be ``dy`` itself. All arrays have one shape, ``(batch, features...)``.

    Options go by name, as in Keras: ``f(z, negative_slope=0.1)``; ``f.with_options(negative_slope=0.1)`` is
    the function with the option built in, for a layer.

    >>> from numpy_ann.activations import relu
    >>> z = np.array([[-1.0, 2.0]])
    >>> y = relu(z)
    >>> y, relu.backward(np.ones_like(z), y)
    (array([[0., 2.]]), array([[0., 1.]]))
    >>> relu(z, negative_slope=0.5)
    array([[-0.5,  2. ]])
    """

    name: str
    formula: str
    derivative: str
    forward: Callable[..., Array]
    backward_function: Callable[..., Array]
    reads: Literal["input", "output"] = "output"
    options: Mapping[str, Any] = {}  # with their values
    general: "ActivationFunction | None" = None  # takes the options, where the plain function takes none
    source: str = ""

    def __getattr__(self, attribute: str) -> str:
        """Return the name as ``__name__``, where functions have it, and tuples nothing."""
        if attribute == "__name__":
            return self.name
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {attribute!r}")

    def __call__(self, z: Array, out: Array | None = None, **options: Any) -> Array:
        """Return ``f(z)``; without ``out``, ``z`` may be a list or hold integers too."""
        if here.tapes:
            from numpy_ann.activations.own import on_tape

            return cast(Array, on_tape(self.with_options(**options) if options else self, z))
        if out is None:
            z = np.asarray(z)
            z = z if z.dtype.kind == "f" else z.astype(np.float64)
        return (self.with_options(**options) if options else self).forward(z, out)

    @property
    def derived_by_tape(self) -> bool:
        """Whether it is a function of somebody's own, whatever its name."""
        return self.derivative.endswith("by the tape")

    def backward(self, dy: Array, kept: Array, out: Array | None = None) -> Array:
        """Return ``dz``, the gradient with respect to the input."""
        return self.backward_function(dy, kept, out)

    def with_options(self, **options: Any) -> "ActivationFunction":
        """Return the function with other options; itself, where they are the options it has.

        Raises ``TypeError`` if there is no such option.
        """
        if unknown := sorted(options.keys() - self.options.keys()):
            known = ", ".join(self.options) or "no options"
            raise TypeError(f"The activation function {self.name} has {known}; received {unknown}.")
        merged = {**self.options, **options}
        return self if merged == self.options else _built_in(self.general or self, merged)

    def __reduce__(self) -> tuple[Any, ...]:
        """Be copied as one that is known, with its options: formulas are lambdas, which pickle can't hold."""
        if self.derived_by_tape:
            return ActivationFunction, tuple(self)
        return _known, ((self.name, *self.options), {**self.options})

    def __repr__(self) -> str:
        return f"<activation {self.name}: y = {self.formula}>"


def define(
    name: str, formula: str, derivative: str, forward: Callable[..., Array], backward: Callable[..., Array],
    reads: Literal["input", "output"] = "output", *, source: str, options: Mapping[str, Any] | None = None,
    general: ActivationFunction | None = None,
) -> ActivationFunction:  # fmt: skip
    """Return the function; its forward and backward take ``options`` by name, unless ``general``'s do."""
    f = ActivationFunction(name, formula, derivative, forward, backward, reads, source=source)
    if general is not None:
        f = f._replace(options=options or {}, general=general)
    elif options:
        f = _built_in(f, options)
    _DEFINED.setdefault((name, *f.options), f)
    return f


def _built_in(function: ActivationFunction, options: Mapping[str, Any]) -> ActivationFunction:
    both = (partial(f, **options) for f in (function.forward, function.backward_function))
    return function._replace(forward=next(both), backward_function=next(both), options=options)


def _known(key: tuple[str, ...], options: Mapping[str, Any]) -> ActivationFunction:
    return _DEFINED[key].with_options(**options)

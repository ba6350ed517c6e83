"""Activation functions of one's own, which the tape derives, and those of this package on the tape."""

from collections.abc import Callable
from functools import partial
from inspect import signature
from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.activations.function import ActivationFunction
from numpy_ann.ops.array_protocol import OPS
from numpy_ann.ops.gradient_tape import by_hand, pulled_back
from numpy_ann.ops.tape import plain, read
from numpy_ann.recording import unrecorded


def derived_by_tape(function: Callable[..., Any]) -> ActivationFunction:
    """Return a function of arrays, made of ops, NumPy's functions and operators, with its derivative."""
    name = getattr(function, "__name__", type(function).__name__)
    forward, backward = partial(_forward, function), partial(_backward, function)
    return ActivationFunction(name, f"{name}(z)", "dz = dy f'(z), by the tape", forward, backward, "input")


def _forward(function: Callable[..., Any], z: Array, out: Array | None = None) -> Array:
    y = function(z)
    if out is None:
        return np.asarray(y, dtype=z.dtype)
    out[...] = y
    return out


def _backward(function: Callable[..., Any], dy: Array, z: Array, out: Array | None = None) -> Array:
    (dz,) = pulled_back(function, z)[1](dy)
    return _forward(lambda _: dz, z, out)


def on_tape(f: ActivationFunction, z: Any) -> Any:
    """Return ``f(z)``, traced where ``z`` is: by the op of that name, with all derivatives, or by hand."""
    z = read(z)
    own = getattr(f.forward, "func", None)
    if own is _forward:
        return f.forward.args[0](z)  # type: ignore[attr-defined]
    op = OPS.get({"exponential": "exp", "linear": "copy"}.get(f.name, f.name))
    if op is not None and f.options.keys() <= signature(op).parameters.keys():
        return op(z, **f.options)
    numbers = np.asarray(plain(z))
    with unrecorded():
        y = f.forward(numbers, None)
    kept = y if f.reads == "output" else numbers
    return by_hand(f.name, y, [z], lambda g: [f.backward(np.asarray(g), kept)])

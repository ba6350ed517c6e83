"""Activation functions, each beside its derivative.

An activation is ``y = f(z)``, number by number (softmax: row by row). Its backward function turns ``dy``,
the gradient of the loss with respect to ``y``, into ``dz``, the gradient with respect to ``z``. Most
derivatives are cheapest from ``y``, which training has at hand; ``reads`` says which of the two arrays
``backward`` wants.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.lookup import find

__all__ = ["ActivationFunction", "get", "linear", "relu", "sigmoid", "softmax", "tanh"]


class ActivationFunction(NamedTuple):
    """A function ``f`` and its derivative.

    ``f(z, out=None)`` returns ``y``; ``out`` may be ``z`` itself. ``f.backward(dy, kept, out=None)`` returns
    ``dz``, where ``kept`` is ``y`` if ``f.reads`` is ``"output"`` and ``z`` if it is ``"input"``; ``out`` may
    be ``dy`` itself. All arrays have one shape, ``(batch, features...)``.

    Examples
    --------
    >>> z = np.array([[-1.0, 2.0]])
    >>> y = relu(z)
    >>> y, relu.backward(np.ones_like(z), y)
    (array([[0., 2.]]), array([[0., 1.]]))
    """

    name: str
    formula: str
    derivative: str
    forward: Callable[[Array, Array | None], Array]
    backward_function: Callable[[Array, Array, Array | None], Array]
    reads: Literal["input", "output"] = "output"

    def __call__(self, z: Array, out: Array | None = None) -> Array:
        """Return ``f(z)``; without ``out``, ``z`` may be a list or hold integers too."""
        if out is None:
            z = np.asarray(z)
            z = z if z.dtype.kind == "f" else z.astype(np.float64)
        return self.forward(z, out)

    def backward(self, dy: Array, kept: Array, out: Array | None = None) -> Array:
        """Return ``dz``, the gradient with respect to the input."""
        return self.backward_function(dy, kept, out)

    def __repr__(self) -> str:
        return f"<activation {self.name}: y = {self.formula}>"


_LARGEST_EXPONENT = {"e": 11.0, "f": 88.0, "d": 709.0}  # exp() of these is still finite, by dtype


def _linear(z: Array, out: Array | None) -> Array:
    return z


def _linear_backward(dy: Array, y: Array, out: Array | None) -> Array:
    return dy


def _relu(z: Array, out: Array | None) -> Array:
    # NumPy's maximum is three times faster against an array than against a number.
    return np.maximum(z, np.zeros(z.shape[-1:], dtype=z.dtype), out=out)


def _relu_backward(dy: Array, y: Array, out: Array | None) -> Array:
    return np.multiply(dy, y > 0, out=out)


def _sigmoid(z: Array, out: Array | None) -> Array:
    # exp(-z) overflows for z far below 0, where the answer is as good as exp(z); hence the bound.
    y = np.maximum(z, -_LARGEST_EXPONENT[z.dtype.char], out=out)
    np.negative(y, out=y)
    np.exp(y, out=y)
    y += 1
    return np.reciprocal(y, out=y)


def _sigmoid_backward(dy: Array, y: Array, out: Array | None) -> Array:
    return np.multiply(dy, y * (1 - y), out=out)


def _tanh(z: Array, out: Array | None) -> Array:
    return np.tanh(z, out=out)


def _tanh_backward(dy: Array, y: Array, out: Array | None) -> Array:
    return np.multiply(dy, 1 - y * y, out=out)


def _softmax(z: Array, out: Array | None) -> Array:
    # exp(z - max) / sum is the same as exp(z) / sum, without the overflow.
    y = np.subtract(z, z.max(axis=-1, keepdims=True), out=out)
    np.exp(y, out=y)
    y /= y.sum(axis=-1, keepdims=True)
    return y


def _softmax_backward(dy: Array, y: Array, out: Array | None) -> Array:
    along = np.sum(dy * y, axis=-1, keepdims=True)
    dz = np.subtract(dy, along, out=out)
    dz *= y
    return dz


linear = ActivationFunction("linear", "z", "dz = dy", _linear, _linear_backward)
relu = ActivationFunction("relu", "max(z, 0)", "dz = dy (y > 0)", _relu, _relu_backward)
sigmoid = ActivationFunction("sigmoid", "1 / (1 + exp(-z))", "dz = dy y (1 - y)", _sigmoid, _sigmoid_backward)
tanh = ActivationFunction("tanh", "tanh(z)", "dz = dy (1 - y^2)", _tanh, _tanh_backward)
softmax = ActivationFunction(
    "softmax", "exp(z) / sum(exp(z))", "dz = y (dy - sum(dy y))", _softmax, _softmax_backward
)

_BY_NAME = {f.name: f for f in (linear, relu, sigmoid, tanh, softmax)}


def get(identifier: str | ActivationFunction | None) -> ActivationFunction:
    """Return the activation function of that name; ``None`` is ``linear``.

    Raises
    ------
    ValueError
        If there is none of that name.

    Examples
    --------
    >>> get("tanh")
    <activation tanh: y = tanh(z)>
    """
    if identifier is None:
        return linear
    if isinstance(identifier, ActivationFunction):
        return identifier
    if isinstance(identifier, str):
        return find("activation function", identifier, _BY_NAME)
    raise ValueError(
        f"Could not interpret activation function identifier: {identifier!r}. "
        "Expected a name, a function of numpy_ann.activations, or None."
    )

"""Smooth activation functions, made of exponentials; none of them overflows where its value doesn't.

Each is its name, formula and derivative in words, then both in code, the derivative from ``y`` unless it says
``"input"``. The last two, softmax and its logarithm, are functions of a whole row of numbers.
"""

from math import pi, sqrt

import numpy as np

from numpy_ann._typing import Array, multiply
from numpy_ann.activations.function import define
from numpy_ann.error_function import erfc

_LARGEST_EXPONENT = {"e": 11.0, "f": 88.0, "d": 709.0}  # exp() of these is still finite, by dtype


def _sigmoid(z: Array, out: Array | None = None) -> Array:
    # exp(-z) overflows for z far below 0, where the answer is as good as exp(z); hence the bound.
    y: Array = np.maximum(z, -_LARGEST_EXPONENT[z.dtype.char], out=out)
    np.negative(y, out=y)
    np.exp(y, out=y)
    y += 1
    return np.reciprocal(y, out=y)


def _elu(z: Array, out: Array | None, alpha: float) -> Array:
    below = np.expm1(np.minimum(z, 0))  # the minimum: exp of a large z would overflow, and be thrown away
    below *= alpha
    return np.add(np.maximum(z, 0), below, out=out)


# With these two, layers of SELU keep mean 0 and variance 1: Klambauer et al., "Self-Normalizing Neural
# Networks", NIPS 2017.
SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805


def _softplus(z: Array, out: Array | None = None) -> Array:
    y: Array = np.logaddexp(z, z.dtype.type(0), out=out)
    return y


def _tanh_form(z: Array) -> tuple[Array, Array]:
    """Return an approximation of the normal distribution, ``(1 + tanh(u)) / 2``, and its derivative."""
    z = np.clip(z, -20, 20)  # where tanh(u) is -1 or 1 already, and z^3 doesn't overflow
    t = np.tanh(sqrt(2 / pi) * (z + 0.044715 * z**3))
    return (1 + t) / 2, (1 - t * t) * (sqrt(2 / pi) * (1 + 3 * 0.044715 * z * z)) / 2


def _gelu_backward(dy: Array, z: Array, out: Array | None, approximate: bool) -> Array:
    if approximate:
        p, slope = _tanh_form(z)
    else:
        p, slope = erfc(z * -sqrt(0.5)) / 2, np.exp(-z * z / 2) / sqrt(2 * pi)
    return multiply(dy, p + z * slope, out=out)


def _softmax(z: Array, out: Array | None, axis: int | tuple[int, ...] = -1) -> Array:
    # exp(z - max) / sum is the same as exp(z) / sum, without the overflow.
    y: Array = np.subtract(z, z.max(axis=axis, keepdims=True), out=out)
    np.exp(y, out=y)
    y /= y.sum(axis=axis, keepdims=True)
    return y


def _softmax_backward(dy: Array, y: Array, out: Array | None, axis: int | tuple[int, ...] = -1) -> Array:
    dz: Array = np.subtract(dy, np.sum(dy * y, axis=axis, keepdims=True), out=out)
    dz *= y
    return dz


def _log_softmax(z: Array, out: Array | None, axis: int | tuple[int, ...] = -1) -> Array:
    y: Array = np.subtract(z, z.max(axis=axis, keepdims=True), out=out)
    y -= np.log(np.exp(y).sum(axis=axis, keepdims=True))
    return y


# fmt: off
sigmoid = define(
    "sigmoid", "1 / (1 + exp(-z))", "dz = dy y (1 - y)",
    _sigmoid, lambda dy, y, out: multiply(dy, y * (1 - y), out=out),
    source='Goodfellow, Bengio and Courville, "Deep Learning" (2016), section 3.10.',
)
log_sigmoid = define(
    "log_sigmoid", "log(sigmoid(z))", "dz = dy (1 - exp(y))",
    lambda z, out: np.negative(_softplus(-z, out), out=out),
    lambda dy, y, out: multiply(dy, -np.expm1(y), out=out), source="Keras 3, keras.activations.log_sigmoid.",
)
tanh = define(
    "tanh", "tanh(z)", "dz = dy (1 - y^2)",
    lambda z, out: np.tanh(z, out=out), lambda dy, y, out: multiply(dy, 1 - y * y, out=out),
    source='Goodfellow, Bengio and Courville, "Deep Learning" (2016), section 6.3.2.',
)
tanh_shrink = define(
    "tanh_shrink", "z - tanh(z)", "dz = dy tanh(z)^2",
    lambda z, out: np.subtract(z, np.tanh(z), out=out),
    lambda dy, z, out: multiply(dy, np.tanh(z) ** 2, out=out),
    "input", source="Keras 3, keras.activations.tanh_shrink.",
)
elu = define(
    "elu", "z if z > 0 else alpha (exp(z) - 1)", "dz = dy (1 if y > 0 else y + alpha)",
    _elu,  # y + alpha = alpha exp(z)
    lambda dy, y, out, alpha: multiply(dy, np.where(y > 0, y.dtype.type(1), y + alpha), out=out),
    source='Clevert, Unterthiner and Hochreiter, "Fast and Accurate Deep Network Learning by Exponential '
    'Linear Units (ELUs)", ICLR 2016, section 3.', options={"alpha": 1.0},
)
celu = define(
    "celu", "z if z > 0 else alpha (exp(z / alpha) - 1)", "dz = dy (1 if y > 0 else y / alpha + 1)",
    lambda z, out, alpha: np.add(np.maximum(z, 0), alpha * np.expm1(np.minimum(z, 0) / alpha), out=out),
    lambda dy, y, out, alpha: multiply(dy, np.where(y > 0, y.dtype.type(1), y / alpha + 1), out=out),
    source='Barron, "Continuously Differentiable Exponential Linear Units" (2017).', options={"alpha": 1.0},
)
selu = define(
    "selu", "1.0507 (z if z > 0 else 1.6733 (exp(z) - 1))",
    "dz = dy (y + 1.0507 1.6733 if y < 0 else 1.0507)",
    lambda z, out: multiply(_elu(z, out, SELU_ALPHA), SELU_SCALE, out=out),
    lambda dy, y, out: multiply(
        dy, np.where(y < 0, y + SELU_SCALE * SELU_ALPHA, y.dtype.type(SELU_SCALE)), out=out
    ),
    source='Klambauer et al., "Self-Normalizing Neural Networks", NIPS 2017, equation 2.',
)
silu = define(
    "silu", "z sigmoid(z)", "dz = dy s (1 + z (1 - s)) with s = sigmoid(z)",
    lambda z, out: multiply(z, _sigmoid(z), out=out),
    lambda dy, z, out: multiply(dy, (s := _sigmoid(z)) * (1 + z * (1 - s)), out=out), "input",
    source='Elfwing, Uchibe and Doya, "Sigmoid-Weighted Linear Units for Neural Network Function '
    'Approximation in Reinforcement Learning" (2017).',
)
softplus = define(
    "softplus", "log(1 + exp(z))", "dz = dy (1 - exp(-y))",
    _softplus, lambda dy, y, out: multiply(dy, -np.expm1(-y), out=out),
    source='Dugas et al., "Incorporating Second-Order Functional Knowledge for Better Option Pricing", NIPS '
    '2000.',
)
mish = define(
    "mish", "z t with t = tanh(softplus(z))", "dz = dy (t + z (1 - t^2) sigmoid(z))",
    lambda z, out: multiply(z, np.tanh(_softplus(z)), out=out),
    lambda dy, z, out: multiply(dy, (t := np.tanh(_softplus(z))) + z * (1 - t * t) * _sigmoid(z), out=out),
    "input",
    source='Misra, "Mish: A Self Regularized Non-Monotonic Activation Function" (2019).',
)
softsign = define(
    "softsign", "z / (1 + |z|)", "dz = dy (1 - |y|)^2",
    lambda z, out: np.divide(z, 1 + np.abs(z), out=out),
    lambda dy, y, out: multiply(dy, (1 - np.abs(y)) ** 2, out=out),
    source='Turian, Bergstra and Bengio, "Quadratic Features and Deep Architectures for Chunking", NAACL '
    '2009.',
)
exponential = define(
    "exponential", "exp(z)", "dz = dy y",
    lambda z, out: np.exp(z, out=out), lambda dy, y, out: multiply(dy, y, out=out),
    source="Keras 3, keras.activations.exponential.",
)
squareplus = define(
    "squareplus", "(z + sqrt(z^2 + b)) / 2", "dz = dy (1 + z / sqrt(z^2 + b)) / 2",
    lambda z, out, b: np.divide(z + np.hypot(z, z.dtype.type(b**0.5)), 2, out=out),
    lambda dy, z, out, b: multiply(dy, (1 + z / np.hypot(z, z.dtype.type(b**0.5))) / 2, out=out),
    "input", options={"b": 4.0},
    source='Barron, "Squareplus: A Softplus-Like Algebraic Rectifier" (2021).',
)
gelu = define(
    "gelu", "z P(z), with P the normal distribution; or nearly that: (1 + tanh(0.798 (z + 0.0447 z^3))) / 2",
    "dz = dy (P(z) + z P'(z))",
    lambda z, out, approximate: (
        multiply(z, _tanh_form(z)[0] if approximate else erfc(z * -sqrt(0.5)) / 2, out=out)
    ),
    _gelu_backward, "input",
    source='Hendrycks and Gimpel, "Gaussian Error Linear Units (GELUs)" (2016), section 2.',
    options={"approximate": False},
)
softmax = define(
    "softmax", "exp(z) / sum(exp(z))", "dz = y (dy - sum(dy y))", _softmax, _softmax_backward,
    source='Goodfellow, Bengio and Courville, "Deep Learning" (2016), equation 6.29.', options={"axis": -1},
)
log_softmax = define(
    "log_softmax", "z - log(sum(exp(z)))", "dz = dy - exp(y) sum(dy)", _log_softmax,
    lambda dy, y, out, axis=-1: np.subtract(dy, np.exp(y) * np.sum(dy, axis=axis, keepdims=True), out=out),
    source='Goodfellow, Bengio and Courville, "Deep Learning" (2016), equation 6.30.', options={"axis": -1},
)
# fmt: on

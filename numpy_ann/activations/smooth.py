"""Smooth activation functions, made of exponentials; none of them overflows where its value doesn't.

The last two, softmax and its logarithm, are functions of a whole row of numbers.
"""

import numpy as np

from numpy_ann._typing import Array, multiply
from numpy_ann.activations.function import ActivationFunction, with_defaults

__all__ = [
    "celu", "elu", "exponential", "log_sigmoid", "log_softmax", "mish", "selu", "sigmoid", "silu", "softmax",
    "softplus", "softsign", "squareplus", "tanh", "tanh_shrink",
]  # fmt: skip

_LARGEST_EXPONENT = {"e": 11.0, "f": 88.0, "d": 709.0}  # exp() of these is still finite, by dtype

# With these two, layers of SELU keep mean 0 and variance 1: Klambauer et al., "Self-Normalizing Neural
# Networks", NIPS 2017.
SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805


def _sigmoid(z: Array, out: Array | None) -> Array:
    # exp(-z) overflows for z far below 0, where the answer is as good as exp(z); hence the bound.
    y: Array = np.maximum(z, -_LARGEST_EXPONENT[z.dtype.char], out=out)
    np.negative(y, out=y)
    np.exp(y, out=y)
    y += 1
    return np.reciprocal(y, out=y)


def _sigmoid_backward(dy: Array, y: Array, out: Array | None) -> Array:
    return multiply(dy, y * (1 - y), out=out)


def _tanh(z: Array, out: Array | None) -> Array:
    return np.tanh(z, out=out)


def _tanh_backward(dy: Array, y: Array, out: Array | None) -> Array:
    return multiply(dy, 1 - y * y, out=out)


def _tanh_shrink(z: Array, out: Array | None) -> Array:
    return np.subtract(z, np.tanh(z), out=out)


def _tanh_shrink_backward(dy: Array, z: Array, out: Array | None) -> Array:
    return multiply(dy, np.tanh(z) ** 2, out=out)


def _elu(z: Array, out: Array | None, *, alpha: float) -> Array:
    below = np.expm1(np.minimum(z, 0))  # the minimum: exp of a large z would overflow, and be thrown away
    below *= alpha
    return np.add(np.maximum(z, 0), below, out=out)


def _elu_backward(dy: Array, y: Array, out: Array | None, *, alpha: float) -> Array:
    return multiply(dy, np.where(y > 0, y.dtype.type(1), y + alpha), out=out)  # y + alpha = alpha exp(z)


def _celu(z: Array, out: Array | None, *, alpha: float) -> Array:
    below = np.expm1(np.minimum(z, 0) / alpha)
    below *= alpha
    return np.add(np.maximum(z, 0), below, out=out)


def _celu_backward(dy: Array, y: Array, out: Array | None, *, alpha: float) -> Array:
    return multiply(dy, np.where(y > 0, y.dtype.type(1), y / alpha + 1), out=out)


def _selu(z: Array, out: Array | None) -> Array:
    y = _elu(z, out, alpha=SELU_ALPHA)
    y *= SELU_SCALE
    return y


def _selu_backward(dy: Array, y: Array, out: Array | None) -> Array:
    scale = y.dtype.type(SELU_SCALE)
    return multiply(dy, np.where(y < 0, y + SELU_SCALE * SELU_ALPHA, scale), out=out)


def _silu(z: Array, out: Array | None) -> Array:
    return multiply(z, _sigmoid(z, None), out=out)


def _silu_backward(dy: Array, z: Array, out: Array | None) -> Array:
    s = _sigmoid(z, None)
    return multiply(dy, s * (1 + z * (1 - s)), out=out)


def _softplus(z: Array, out: Array | None) -> Array:
    y: Array = np.logaddexp(z, z.dtype.type(0), out=out)
    return y


def _softplus_backward(dy: Array, y: Array, out: Array | None) -> Array:
    return multiply(dy, -np.expm1(-y), out=out)


def _log_sigmoid(z: Array, out: Array | None) -> Array:
    y: Array = np.logaddexp(-z, z.dtype.type(0), out=out)
    return np.negative(y, out=y)


def _log_sigmoid_backward(dy: Array, y: Array, out: Array | None) -> Array:
    return multiply(dy, -np.expm1(y), out=out)


def _mish(z: Array, out: Array | None) -> Array:
    return multiply(z, np.tanh(_softplus(z, None)), out=out)


def _mish_backward(dy: Array, z: Array, out: Array | None) -> Array:
    t = np.tanh(_softplus(z, None))
    return multiply(dy, t + z * (1 - t * t) * _sigmoid(z, None), out=out)


def _softsign(z: Array, out: Array | None) -> Array:
    y: Array = np.divide(z, 1 + np.abs(z), out=out)
    return y


def _softsign_backward(dy: Array, y: Array, out: Array | None) -> Array:
    return multiply(dy, (1 - np.abs(y)) ** 2, out=out)


def _exponential(z: Array, out: Array | None) -> Array:
    return np.exp(z, out=out)


def _exponential_backward(dy: Array, y: Array, out: Array | None) -> Array:
    return multiply(dy, y, out=out)


def _squareplus(z: Array, out: Array | None, *, b: float) -> Array:
    y: Array = np.add(z, np.hypot(z, z.dtype.type(b**0.5)), out=out)
    y /= 2
    return y


def _squareplus_backward(dy: Array, z: Array, out: Array | None, *, b: float) -> Array:
    return multiply(dy, (1 + z / np.hypot(z, z.dtype.type(b**0.5))) / 2, out=out)


F = ActivationFunction
sigmoid = F(
    "sigmoid", "1 / (1 + exp(-z))", "dz = dy y (1 - y)", _sigmoid, _sigmoid_backward,
    source='Goodfellow, Bengio and Courville, "Deep Learning" (2016), section 3.10.',
)  # fmt: skip
log_sigmoid = F(
    "log_sigmoid", "log(sigmoid(z))", "dz = dy (1 - exp(y))", _log_sigmoid, _log_sigmoid_backward,
    source="Keras 3, keras.activations.log_sigmoid.",
)  # fmt: skip
tanh = F(
    "tanh", "tanh(z)", "dz = dy (1 - y^2)", _tanh, _tanh_backward,
    source='Goodfellow, Bengio and Courville, "Deep Learning" (2016), section 6.3.2.',
)  # fmt: skip
tanh_shrink = F(
    "tanh_shrink", "z - tanh(z)", "dz = dy tanh(z)^2", _tanh_shrink, _tanh_shrink_backward, "input",
    source="Keras 3, keras.activations.tanh_shrink.",
)  # fmt: skip
elu = with_defaults(F(
    "elu", "z if z > 0 else alpha (exp(z) - 1)", "dz = dy (1 if y > 0 else y + alpha)", _elu, _elu_backward,
    source='Clevert, Unterthiner and Hochreiter, "Fast and Accurate Deep Network Learning by Exponential '
    'Linear Units (ELUs)", ICLR 2016, section 3.',
), {"alpha": 1.0})  # fmt: skip
celu = with_defaults(F(
    "celu", "z if z > 0 else alpha (exp(z / alpha) - 1)", "dz = dy (1 if y > 0 else y / alpha + 1)",
    _celu, _celu_backward,
    source='Barron, "Continuously Differentiable Exponential Linear Units" (2017).',
), {"alpha": 1.0})  # fmt: skip
selu = F(
    "selu", "1.0507 (z if z > 0 else 1.6733 (exp(z) - 1))",
    "dz = dy (y + 1.0507 1.6733 if y < 0 else 1.0507)",
    _selu, _selu_backward,
    source='Klambauer et al., "Self-Normalizing Neural Networks", NIPS 2017, equation 2.',
)  # fmt: skip
silu = F(
    "silu", "z sigmoid(z)", "dz = dy s (1 + z (1 - s)) with s = sigmoid(z)", _silu, _silu_backward, "input",
    source='Elfwing, Uchibe and Doya, "Sigmoid-Weighted Linear Units for Neural Network Function '
    'Approximation in Reinforcement Learning" (2017).',
)  # fmt: skip
softplus = F(
    "softplus", "log(1 + exp(z))", "dz = dy (1 - exp(-y))", _softplus, _softplus_backward,
    source='Dugas et al., "Incorporating Second-Order Functional Knowledge for Better Option Pricing", NIPS '
    '2000.',
)  # fmt: skip
mish = F(
    "mish", "z t with t = tanh(softplus(z))", "dz = dy (t + z (1 - t^2) sigmoid(z))",
    _mish, _mish_backward, "input",
    source='Misra, "Mish: A Self Regularized Non-Monotonic Activation Function" (2019).',
)  # fmt: skip
softsign = F(
    "softsign", "z / (1 + |z|)", "dz = dy (1 - |y|)^2", _softsign, _softsign_backward,
    source='Turian, Bergstra and Bengio, "Quadratic Features and Deep Architectures for Chunking", NAACL '
    '2009.',
)  # fmt: skip
exponential = F(
    "exponential", "exp(z)", "dz = dy y", _exponential, _exponential_backward,
    source="Keras 3, keras.activations.exponential.",
)  # fmt: skip
squareplus = with_defaults(F(
    "squareplus", "(z + sqrt(z^2 + b)) / 2", "dz = dy (1 + z / sqrt(z^2 + b)) / 2",
    _squareplus, _squareplus_backward, "input",
    source='Barron, "Squareplus: A Softplus-Like Algebraic Rectifier" (2021).',
), {"b": 4.0})  # fmt: skip

Axis = int | tuple[int, ...]


def _softmax(z: Array, out: Array | None, *, axis: Axis = -1) -> Array:
    # exp(z - max) / sum is the same as exp(z) / sum, without the overflow.
    y: Array = np.subtract(z, z.max(axis=axis, keepdims=True), out=out)
    np.exp(y, out=y)
    y /= y.sum(axis=axis, keepdims=True)
    return y


def _softmax_backward(dy: Array, y: Array, out: Array | None, *, axis: Axis = -1) -> Array:
    along = np.sum(dy * y, axis=axis, keepdims=True)
    dz: Array = np.subtract(dy, along, out=out)
    dz *= y
    return dz


def _log_softmax(z: Array, out: Array | None, *, axis: Axis = -1) -> Array:
    y: Array = np.subtract(z, z.max(axis=axis, keepdims=True), out=out)
    y -= np.log(np.exp(y).sum(axis=axis, keepdims=True))
    return y


def _log_softmax_backward(dy: Array, y: Array, out: Array | None, *, axis: Axis = -1) -> Array:
    dz: Array = np.subtract(dy, np.exp(y) * np.sum(dy, axis=axis, keepdims=True), out=out)
    return dz


softmax = F(
    "softmax", "exp(z) / sum(exp(z))", "dz = y (dy - sum(dy y))",
    _softmax, _softmax_backward, options={"axis": -1},
    source='Goodfellow, Bengio and Courville, "Deep Learning" (2016), equation 6.29.',
)  # fmt: skip
log_softmax = F(
    "log_softmax", "z - log(sum(exp(z)))", "dz = dy - exp(y) sum(dy)",
    _log_softmax, _log_softmax_backward, options={"axis": -1},
    source='Goodfellow, Bengio and Courville, "Deep Learning" (2016), equation 6.30.',
)  # fmt: skip

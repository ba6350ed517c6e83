"""What networks are made of: activation functions, cross-entropies, normalizations.

Those with a derivative beside them are cheaper or more exact by it. The others are formulas of ops alone, and
the tape derives them by the chain rule.
"""

# fmt: off
# isort: off
from math import pi
from math import sqrt as root
from typing import Any

import numpy as np

from numpy_ann.ops.arithmetic import (
    absolute, clip, divide, erfc, exp, greater, less, log, log1p, maximum, minimum, rsqrt, sqrt, square, tanh,
    where,
)
from numpy_ann.ops.formulas import formula, named
from numpy_ann.ops.reductions import _axes, mean, norm, sum as total, var
from numpy_ann.ops.shapes import convert_to_tensor, reshape, split
from numpy_ann.ops.tape import Op, op, plain
# fmt: on
# isort: on


def _softmax(x: Any, axis: Any) -> Any:
    e = np.exp(x - np.maximum.reduce(x, axis, keepdims=True))
    return e / np.add.reduce(e, axis, keepdims=True)


def _log_softmax(x: Any, axis: Any) -> Any:
    x = x - np.maximum.reduce(x, axis, keepdims=True)
    return x - np.log(np.add.reduce(np.exp(x), axis, keepdims=True))


# y_k = exp(x_k) / (exp(x_1) + ... + exp(x_n)), and its logarithm
softmax: Op = op(_softmax, lambda g, y, x, axis=-1: y * (g - total(g * y, axis, True)))
log_softmax: Op = op(_log_softmax, lambda g, y, x, axis=-1: g - exp(y) * total(g, axis, True))

# Number by number.
relu: Op = op(lambda x: np.maximum(x, 0), lambda g, y, x: g * greater(x, 0))
relu6: Op = op(lambda x: np.clip(x, 0, 6), lambda g, y, x: g * (greater(x, 0) & less(x, 6)))
sigmoid: Op = op(lambda x: (1 + np.tanh(np.multiply(x, 0.5))) / 2, lambda g, y, x: g * y * (1 - y))
softplus: Op = op(lambda x: np.logaddexp(x, 0), lambda g, y, x: g * sigmoid(x))
leaky_relu: Op = op(
    lambda x, slope: np.where(np.greater(x, 0), x, np.multiply(x, slope)),
    lambda g, y, x, negative_slope=0.2: where(greater(x, 0), g, g * negative_slope),
)
celu: Op = op(
    lambda x, alpha: np.where(np.greater(x, 0), x, alpha * np.expm1(np.minimum(x, 0) / alpha)),
    lambda g, y, x, alpha=1.0: where(greater(x, 0), g, g * exp(minimum(x, 0) / alpha)),
)
elu: Op = op(
    lambda x, alpha: np.where(np.greater(x, 0), x, alpha * np.expm1(np.minimum(x, 0))),
    lambda g, y, x, alpha=1.0: where(greater(x, 0), g, g * alpha * exp(minimum(x, 0))),
)
selu = formula(lambda x: 1.0507009873554805 * elu(x, 1.6732632423543772))
silu = formula(lambda x: x * sigmoid(x))
log_sigmoid = formula(lambda x: -softplus(-x))
mish = formula(lambda x: x * tanh(softplus(x)))
softsign = formula(lambda x: x / (1 + absolute(x)))
squareplus = formula(lambda x, b=4: (x + sqrt(square(x) + b)) / 2)
hard_sigmoid = formula(lambda x: relu6(x + 3.0) / 6)
hard_silu = formula(lambda x: x * hard_sigmoid(x))
hard_tanh = formula(lambda x: clip(x, -1.0, 1.0))
hard_shrink = formula(lambda x, threshold=0.5: where(greater(absolute(x), threshold), x, 0.0))
soft_shrink = formula(lambda x, threshold=0.5: x - clip(x, -threshold, threshold))
tanh_shrink = formula(lambda x: x - tanh(x))
threshold = formula(lambda x, threshold, default_value: where(greater(x, threshold), x, default_value))
sparse_plus = formula(lambda x: where(greater(x, 1), x, square(clip(x, -1.0, 1.0) + 1) / 4))
sparse_sigmoid = formula(lambda x: (clip(x, -1.0, 1.0) + 1) / 2)


def gelu(x: Any, approximate: Any = True) -> Any:
    if approximate:
        return x / 2 * (1 + tanh(root(2 / pi) * (x + 0.044715 * x * x * x)))
    return x / 2 * erfc(x * -root(0.5))


def glu(x: Any, axis: Any = -1) -> Any:
    """Return ``x_1 sigmoid(x_2)``, of the two halves of ``x``."""
    first, second = split(x, 2, axis)
    return first * sigmoid(second)


def sparsemax(x: Any, axis: Any = -1) -> Any:
    """Return the nearest point to ``x`` whose numbers aren't negative and add up to 1."""
    ranked = -np.sort(-plain(x), axis)
    k = np.moveaxis(np.arange(1, ranked.shape[axis] + 1) * np.ones((1,) * ranked.ndim), -1, axis)
    chosen = np.sum(1 + k * ranked > np.cumsum(ranked, axis), axis, keepdims=True)
    inside = plain(x) >= np.take_along_axis(ranked, chosen - 1, axis)
    return relu(x - (total(x * inside, axis, True) - 1) / chosen.astype(ranked.dtype))


def one_hot(x: Any, num_classes: Any, axis: Any = -1, dtype: Any = None, sparse: Any = False) -> Any:
    """Return 1 at the class, 0 elsewhere; all 0 for a number that is no class."""
    rows = np.asarray(plain(x)).astype(int)[..., None] == np.arange(num_classes)
    return np.moveaxis(rows, -1, axis).astype(dtype or "float32")


def multi_hot(inputs: Any, num_classes: Any, axis: Any = -1, dtype: Any = None, sparse: Any = False) -> Any:
    return np.max(one_hot(inputs, num_classes, axis, dtype), 1 if np.ndim(inputs) > 1 else 0)


def categorical_crossentropy(target: Any, output: Any, from_logits: Any = False, axis: Any = -1) -> Any:
    """Return ``-(t_1 log(p_1) + ... + t_n log(p_n))``, of probabilities, or of logits by softmax."""
    output = convert_to_tensor(output)
    if from_logits:
        return -total(target * log_softmax(output, axis), axis)
    p = clip(output / total(output, axis, True), 1e-7, 1 - 1e-7)
    return -total(target * log(p), axis)


def sparse_categorical_crossentropy(
    target: Any, output: Any, from_logits: Any = False, axis: Any = -1
) -> Any:
    target, output = np.asarray(plain(target)), convert_to_tensor(output)
    if target.ndim == np.ndim(output) and target.shape[-1] == 1:
        target = target[..., 0]
    target = one_hot(target, output.shape[axis], axis, output.dtype)
    return categorical_crossentropy(target, output, from_logits, axis)


def binary_crossentropy(target: Any, output: Any, from_logits: Any = False) -> Any:
    """Return ``-t log(p) - (1 - t) log(1 - p)``, of probabilities, or of logits by sigmoid."""
    output = convert_to_tensor(output)
    if from_logits:
        return relu(output) - output * target + log1p(exp(-absolute(output)))
    p = clip(output, 1e-7, 1 - 1e-7)
    return -(target * log(p) + (1 - target) * log(1 - p))


def normalize(x: Any, axis: Any = -1, order: Any = 2, epsilon: Any = None) -> Any:
    length = norm(x, None if order == 2 else order, axis, True)
    return divide(x, maximum(length, 1e-7 if epsilon is None else epsilon))


def batch_normalization(
    x: Any, mean: Any, variance: Any, axis: Any, offset: Any = None, scale: Any = None, epsilon: Any = 1e-3
) -> Any:
    """Return ``scale (x - mean) / sqrt(variance + epsilon) + offset``, each along an axis."""
    shape = [n if i == axis % np.ndim(x) else 1 for i, n in enumerate(np.shape(x))]
    mean, variance = reshape(mean, shape), reshape(variance, shape)
    return _scaled((x - mean) * rsqrt(variance + epsilon), scale, offset, axis)


def _scaled(y: Any, scale: Any, offset: Any = None, axis: Any = -1) -> Any:
    if (axes := _axes(axis, y)) != (np.ndim(y) - 1,):  # Keras' own rule: along other axes than the last
        shape = [n if i in axes else 1 for i, n in enumerate(np.shape(y))]
        scale, offset = (v if v is None else reshape(v, shape) for v in (scale, offset))
    y = y if scale is None else y * scale
    return y if offset is None else y + offset


def layer_normalization(
    x: Any, gamma: Any = None, beta: Any = None, axis: Any = -1, epsilon: Any = None
) -> Any:
    """Return ``gamma (x - mean(x)) / sqrt(var(x) + epsilon) + beta``, each sample by itself."""
    y = (x - mean(x, axis, True)) * rsqrt(var(x, axis, True) + (1e-7 if epsilon is None else epsilon))
    return _scaled(y, gamma, beta, axis)


def rms_normalization(x: Any, scale: Any = None, axis: Any = -1, epsilon: Any = None) -> Any:
    """Return ``scale x / sqrt(mean(x^2) + epsilon)``."""
    return _scaled(x * rsqrt(mean(square(x), axis, True) + (1e-7 if epsilon is None else epsilon)), scale)


__all__ = named(globals())

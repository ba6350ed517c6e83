"""Activation functions made of straight and bent pieces: ReLU and its relatives, the hard and sparse ones.

Each is its name, formula and derivative in words, then both in code, the derivative from ``y`` unless it says
``"input"``. At a corner, where the derivative jumps, the one used is TensorFlow's.
"""

import numpy as np

from numpy_ann._typing import Array, multiply
from numpy_ann.activations.function import ActivationFunction, define


def _slope(above: Array, lower: float, dtype: np.dtype[np.floating]) -> Array:
    return np.where(above, dtype.type(1), dtype.type(lower))


def _bent(
    z: Array, out: Array | None, *, negative_slope: float, max_value: float | None, threshold: float
) -> Array:
    y: Array = np.where(z > threshold, z if max_value is None else np.clip(z, 0, max_value), 0)
    if negative_slope:
        y += negative_slope * np.minimum(z - threshold, 0)
    return np.positive(y, out=out)


def _bent_backward(
    dy: Array, z: Array, out: Array | None, *, negative_slope: float, max_value: float | None,
    threshold: float,
) -> Array:  # fmt: skip
    above = z > threshold
    slope = _slope(above, negative_slope, dy.dtype)
    if max_value is not None:
        # Keras cuts off at 6 by relu6, which stops at the bound itself.
        beyond = z >= max_value if (max_value, threshold) == (6, 0) else z > max_value
        slope[above & beyond] = 0
    if max_value is not None or threshold:  # otherwise it is leaky_relu, whose slope at 0 is the lower one
        slope[z == threshold] = 0
    return multiply(dy, slope, out=out)


def _ramp(z: Array, out: Array | None, half: int) -> Array:
    """Return what goes from 0 to 1 between ``-half`` and ``half``, on a line."""
    y: Array = np.add(z, half, out=out)
    np.clip(y, 0, 2 * half, out=y)
    y /= 2 * half
    return y


# fmt: off
linear = define(
    "linear", "z", "dz = dy",
    lambda z, out: z, lambda dy, y, out: dy,
    source='Goodfellow, Bengio and Courville, "Deep Learning" (2016), section 6.2.2.1.',
)
_RELU = 'Nair and Hinton, "Rectified Linear Units Improve Restricted Boltzmann Machines", ICML 2010.'
relu = define(
    "relu", "max(z, 0)", "dz = dy (y > 0)",
    # NumPy's maximum is three times faster against an array than against a number.
    lambda z, out: np.maximum(z, np.zeros(z.shape[-1:], dtype=z.dtype), out=out),
    lambda dy, y, out: multiply(dy, y > 0, out=out),
    source=_RELU, options={"negative_slope": 0.0, "max_value": None, "threshold": 0.0},
    general=ActivationFunction(
        "relu", "z or at most max_value above threshold, else negative_slope (z - threshold)",
        "dz = dy times 1, 0 or negative_slope", _bent, _bent_backward, "input", source=_RELU,
    ),
)
leaky_relu = define(
    "leaky_relu", "z if z > 0 else negative_slope z", "dz = dy times 1 or negative_slope",
    lambda z, out, negative_slope: multiply(z, _slope(z > 0, negative_slope, z.dtype), out=out),
    lambda dy, z, out, negative_slope: multiply(dy, _slope(z > 0, negative_slope, dy.dtype), out=out),
    "input", options={"negative_slope": 0.2},
    source='Maas, Hannun and Ng, "Rectifier Nonlinearities Improve Neural Network Acoustic Models", ICML '
    '2013.',
)
relu6 = define(
    "relu6", "min(max(z, 0), 6)", "dz = dy (0 < y < 6)",
    lambda z, out: np.clip(z, 0, 6, out=out),
    lambda dy, y, out: multiply(dy, (y > 0) & (y < 6), out=out),
    source='Krizhevsky, "Convolutional Deep Belief Networks on CIFAR-10" (2010).',
)
hard_sigmoid = define(
    "hard_sigmoid", "relu6(z + 3) / 6", "dz = dy (0 < y < 1) / 6",
    lambda z, out: _ramp(z, out, 3),
    lambda dy, y, out: multiply(dy, ((y > 0) & (y < 1)) / dy.dtype.type(6), out=out),
    source='Howard et al., "Searching for MobileNetV3", ICCV 2019, section 5.2.',
)
# What Keras 1 and 2 call hard_sigmoid, for their files: no name finds it.
steep_hard_sigmoid = define(
    "hard_sigmoid", "min(max(0.2 z + 0.5, 0), 1)", "dz = dy 0.2 (0 < y < 1)",
    lambda z, out, slope: np.clip(z * z.dtype.type(slope) + z.dtype.type(0.5), 0, 1, out=out),
    lambda dy, y, out, slope: multiply(dy, ((y > 0) & (y < 1)) * dy.dtype.type(slope), out=out),
    options={"slope": 0.2}, source="Theano's hard_sigmoid, which Keras had until its version 3.",
)
hard_silu = define(
    "hard_silu", "z hard_sigmoid(z)", "dz = dy (hard_sigmoid(z) + z (-3 < z < 3) / 6)",
    lambda z, out: multiply(z, _ramp(z, None, 3), out=out),
    lambda dy, z, out: multiply(dy, _ramp(z, None, 3) + z * ((z > -3) & (z < 3)) / 6, out=out),
    "input", source='Howard et al., "Searching for MobileNetV3", ICCV 2019, section 5.2.',
)
hard_tanh = define(
    "hard_tanh", "min(max(z, -1), 1)", "dz = dy (-1 <= z <= 1)",
    lambda z, out: np.clip(z, -1, 1, out=out),
    lambda dy, z, out: multiply(dy, (z >= -1) & (z <= 1), out=out),
    "input", source='Collobert, "Large Scale Machine Learning" (2004).',
)
hard_shrink = define(
    "hard_shrink", "z if |z| > threshold else 0", "dz = dy (y != 0)",
    lambda z, out, threshold: multiply(z, np.abs(z) > threshold, out=out),
    lambda dy, y, out, threshold: multiply(dy, y != 0, out=out), options={"threshold": 0.5},
    source='Donoho and Johnstone, "Ideal Spatial Adaptation by Wavelet Shrinkage", Biometrika 81 (1994).',
)
soft_shrink = define(
    "soft_shrink", "sign(z) max(|z| - threshold, 0)", "dz = dy (y != 0)",
    lambda z, out, threshold: np.subtract(z, np.clip(z, -threshold, threshold), out=out),
    lambda dy, y, out, threshold: multiply(dy, y != 0, out=out), options={"threshold": 0.5},
    source='Donoho, "De-noising by Soft-Thresholding", IEEE Transactions on Information Theory 41 (1995).',
)
sparse_plus = define(
    "sparse_plus", "0 up to -1, (z + 1)^2 / 4 up to 1, then z", "dz = dy sparse_sigmoid(z)",
    lambda z, out: np.add(np.square(np.clip(z, -1, 1) + 1) / 4, np.maximum(z - 1, 0), out=out),
    lambda dy, z, out: multiply(dy, _ramp(z, None, 1), out=out),
    "input", source="Keras 3, keras.activations.sparse_plus.",
)
sparse_sigmoid = define(
    "sparse_sigmoid", "min(max((z + 1) / 2, 0), 1)", "dz = dy (0 < y < 1) / 2",
    lambda z, out: _ramp(z, out, 1),
    lambda dy, y, out: multiply(dy, ((y > 0) & (y < 1)) / dy.dtype.type(2), out=out),
    source="Keras 3, keras.activations.sparse_sigmoid.",
)
# fmt: on

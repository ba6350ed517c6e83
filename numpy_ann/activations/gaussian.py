"""The Gaussian error linear unit."""

from math import pi, sqrt

import numpy as np

from numpy_ann._typing import Array, multiply
from numpy_ann.activations.function import ActivationFunction, with_defaults
from numpy_ann.error_function import erfc

__all__ = ["gelu"]


def _cdf(z: Array) -> Array:
    """Return the probability that a standard normal number is below ``z``."""
    return erfc(z * -sqrt(0.5)) / 2


def _gelu(z: Array, out: Array | None, *, approximate: bool) -> Array:
    return multiply(z, _tanh_form(z)[0] if approximate else _cdf(z), out=out)


def _gelu_backward(dy: Array, z: Array, out: Array | None, *, approximate: bool) -> Array:
    if approximate:
        p, slope = _tanh_form(z)
    else:
        p, slope = _cdf(z), np.exp(-z * z / 2) / sqrt(2 * pi)
    return multiply(dy, p + z * slope, out=out)


def _tanh_form(z: Array) -> tuple[Array, Array]:
    """Return an approximation of the normal distribution, ``(1 + tanh(u)) / 2``, and its derivative."""
    z = np.clip(z, -20, 20)  # where tanh(u) is -1 or 1 already, and z^3 doesn't overflow
    t = np.tanh(sqrt(2 / pi) * (z + 0.044715 * z**3))
    return (1 + t) / 2, (1 - t * t) * (sqrt(2 / pi) * (1 + 3 * 0.044715 * z * z)) / 2


gelu = with_defaults(ActivationFunction(
    "gelu", "z P(z), with P the normal distribution; or nearly that: (1 + tanh(0.798 (z + 0.0447 z^3))) / 2",
    "dz = dy (P(z) + z P'(z))",
    _gelu, _gelu_backward, "input",
    source='Hendrycks and Gimpel, "Gaussian Error Linear Units (GELUs)" (2016), section 2.',
), {"approximate": False})  # fmt: skip

"""Activation functions of a whole row of numbers: softmax and its relatives."""

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.activations.function import ActivationFunction

__all__ = ["log_softmax", "softmax"]

Axis = int | tuple[int, ...]


def _softmax(z: Array, out: Array | None, *, axis: Axis = -1) -> Array:
    # exp(z - max) / sum is the same as exp(z) / sum, without the overflow.
    y = np.subtract(z, z.max(axis=axis, keepdims=True), out=out)
    np.exp(y, out=y)
    y /= y.sum(axis=axis, keepdims=True)
    return y


def _softmax_backward(dy: Array, y: Array, out: Array | None, *, axis: Axis = -1) -> Array:
    along = np.sum(dy * y, axis=axis, keepdims=True)
    dz = np.subtract(dy, along, out=out)
    dz *= y
    return dz


def _log_softmax(z: Array, out: Array | None, *, axis: Axis = -1) -> Array:
    y = np.subtract(z, z.max(axis=axis, keepdims=True), out=out)
    y -= np.log(np.exp(y).sum(axis=axis, keepdims=True))
    return y


def _log_softmax_backward(dy: Array, y: Array, out: Array | None, *, axis: Axis = -1) -> Array:
    return np.subtract(dy, np.exp(y) * np.sum(dy, axis=axis, keepdims=True), out=out)


softmax = ActivationFunction(
    "softmax",
    "exp(z) / sum(exp(z))",
    "dz = y (dy - sum(dy y))",
    _softmax,
    _softmax_backward,
    options={"axis": -1},
    source='Goodfellow, Bengio and Courville, "Deep Learning" (2016), equation 6.29.',
)
log_softmax = ActivationFunction(
    "log_softmax",
    "z - log(sum(exp(z)))",
    "dz = dy - exp(y) sum(dy)",
    _log_softmax,
    _log_softmax_backward,
    options={"axis": -1},
    source='Goodfellow, Bengio and Courville, "Deep Learning" (2016), equation 6.30.',
)

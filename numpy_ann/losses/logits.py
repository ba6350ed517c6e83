"""Cross-entropy from logits: with the softmax or sigmoid it is simpler, faster and never infinite."""

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.activations import sigmoid


def softmax_crossentropy(z: Array, y: Array, *, out: Array | None = None) -> tuple[Array, Array]:
    """Return each sample's cross-entropy ``l = -sum_j y_j log p_j`` with ``p = softmax(z)``, and ``p``.

    The logarithm undoes the exponential: ``log p_j = z_j - log sum_k exp(z_k)``, so::

        l = sum(y) log sum_k exp(z_k) - sum_j y_j z_j

    Subtracting the largest ``z`` of a row from all of them changes neither ``p`` nor ``l`` and keeps ``exp``
    from overflowing. The sum is then at least 1, so its logarithm is finite whatever the logits.
    Shapes: ``z`` and ``p`` are ``(..., classes)``, ``l`` is ``(...)``; ``y`` is target probabilities, as
    ``z``, or integers, ``(...)``: the true classes. ``p`` goes to ``out``, which may be ``z``.

    >>> losses, p = softmax_crossentropy(np.array([[0.0, 1000.0]]), np.array([0]))
    >>> losses, p
    (array([1000.]), array([[0., 1.]]))
    """
    p = np.subtract(z, z.max(axis=-1, keepdims=True), out=out)
    if y.ndim == p.ndim:
        log_numerator, weight = np.einsum("...j,...j->...", p, y), y.sum(axis=-1)
    else:
        log_numerator, weight = np.take_along_axis(p, y[..., np.newaxis], axis=-1)[..., 0], 1
    np.exp(p, out=p)
    total = p.sum(axis=-1, keepdims=True)
    p /= total
    return weight * np.log(total[..., 0]) - log_numerator, p


def softmax_crossentropy_gradient(p: Array, y: Array, *, out: Array | None = None) -> Array:
    """Return ``dl/dz = p sum(y) - y`` from the probabilities that ``softmax_crossentropy`` returned.

    The derivative of ``log sum exp`` is the softmax itself. It is ``p - y`` where a sample's ``y`` sum to 1.

    >>> softmax_crossentropy_gradient(np.array([[0.25, 0.75]]), np.array([1]))
    array([[ 0.25, -0.25]])
    """
    if y.ndim == p.ndim:
        dz: Array = np.multiply(p, y.sum(axis=-1, keepdims=True), out=out)
        dz -= y
        return dz
    dz = p.copy() if out is None else out
    dz[...] = p
    dz[(*np.indices(y.shape, sparse=True), y)] -= 1
    return dz


def sigmoid_crossentropy(z: Array, y: Array, *, out: Array | None = None) -> tuple[Array, Array]:
    """Return each output's ``c = -y log p - (1 - y) log(1 - p)`` with ``p = sigmoid(z)``, and ``p``.

    As ``log p = z - log(1 + exp(z))`` and ``log(1 - p) = -log(1 + exp(z))``::

        c = log(1 + exp(z)) - z y               dc/dz = p - y

    ``log(1 + exp(z)) = max(z, 0) + log(1 + exp(-|z|))``, where no ``exp`` overflows, so ``c`` is finite
    whatever the logits. Shapes: all the same. ``p`` goes to ``out``, which may be ``z``.

    >>> sigmoid_crossentropy(np.array([1000.0, 1000.0]), np.array([0.0, 1.0]))
    (array([1000.,    0.]), array([1., 1.]))
    """
    c = np.abs(z)
    np.log1p(np.exp(np.negative(c, out=c), out=c), out=c)
    c += np.maximum(z, 0)
    c -= z * y
    return c, sigmoid(z, out)

"""What batch, layer and group normalization share: numbers of mean 0 and variance 1, scaled and moved."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from numpy_ann._typing import Array, BatchShape, Shape, multiply
from numpy_ann.constraints import ConstraintLike
from numpy_ann.initializers import InitializerLike
from numpy_ann.layers.layer import Layer
from numpy_ann.parameter import Parameter
from numpy_ann.regularizers import RegularizerLike
from numpy_ann.validation import checked_axes, checked_bool, checked_number, sample_of

__all__ = ["ScaleAndCenter", "batch_axes"]


class ScaleAndCenter(Layer):
    """The base of normalizations.

    ::

        x^ = (x - mean) / sqrt(variance + epsilon)         y = gamma x^ + beta

    with means and variances along axes of a batch. If they are the batch's own, they depend on ``x``, and
    with ``g = dy gamma``::

        dx = (g - mean(g) - x^ mean(g x^)) / sqrt(variance + epsilon)         otherwise without the means

    Parameters
    ----------
    epsilon : float
        Added to the variance; 0 or more.
    center, scale : bool
        Whether there are ``beta`` and ``gamma``.
    beta_initializer, gamma_initializer : str, Initializer or callable
        Where they start.
    beta_regularizer, gamma_regularizer : str or Regularizer, optional
        Penalties in the loss.
    beta_constraint, gamma_constraint : str or Constraint, optional
        What they are brought back to after a training step.

    Source: the gradient is Ioffe and Szegedy, "Batch Normalization", ICML 2015, section 3, gathered.
    """

    axis: int | list[int]
    gamma: Parameter
    beta: Parameter

    def __init__(
        self, axis: int | Sequence[int] = -1, epsilon: float = 1e-3, center: bool = True, scale: bool = True,
        beta_initializer: InitializerLike = "zeros", gamma_initializer: InitializerLike = "ones",
        beta_regularizer: RegularizerLike = None, gamma_regularizer: RegularizerLike = None,
        beta_constraint: ConstraintLike = None, gamma_constraint: ConstraintLike = None, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(**options)
        self.axis = checked_axes("axis", axis)
        self.epsilon = checked_number("epsilon", epsilon, least=0)
        self.center, self.scale = checked_bool("center", center), checked_bool("scale", scale)
        self._keep_options("beta", beta_initializer, beta_regularizer, beta_constraint)
        self._keep_options("gamma", gamma_initializer, gamma_regularizer, gamma_constraint)

    def normalized_axes(self, input_shape: Shape) -> tuple[int, ...]:
        """Return the axes of a batch along which each place has its own ``gamma`` and ``beta``."""
        return batch_axes(self.axis, input_shape)

    def parameter_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of ``gamma`` and ``beta`` for samples of ``input_shape``."""
        return tuple(input_shape[axis - 1] for axis in self.normalized_axes(input_shape))

    def build(self, input_shape: BatchShape) -> None:
        sample = sample_of(input_shape)
        shape, axes = self.parameter_shape(sample), self.normalized_axes(sample)
        self._spread = tuple(n if i in axes else 1 for i, n in enumerate((1, *sample)))
        self._summed = tuple(i for i in range(len(input_shape)) if i not in axes)
        if self.scale:
            self.gamma = self._add_kept("gamma", shape)
        if self.center:
            self.beta = self._add_kept("beta", shape)

    def _standardized(
        self, x: Array, mean: Array, variance: Array, training: bool, over: tuple[int, ...]
    ) -> Array:
        """Return ``x^``; ``over`` are the axes of the moments, none if they don't depend on ``x``."""
        inverse = 1 / np.sqrt(variance + self.epsilon)
        normalized = x - mean
        normalized *= inverse
        if training:
            self._memory.update(normalized=normalized, inverse=inverse, over=over)
        return normalized

    def _by_its_own(self, x: Array, training: bool, over: tuple[int, ...]) -> Array:
        """Return ``x^`` by the moments of ``x`` itself along axes."""
        mean, variance = x.mean(axis=over, keepdims=True), x.var(axis=over, keepdims=True)
        return self._standardized(x, mean, variance, training, over)

    def _scaled(self, normalized: Array, out: Array | None) -> Array:
        """Return ``gamma x^ + beta``."""
        gamma = self.gamma.value.reshape(self._spread) if self.scale else normalized.dtype.type(1)
        y: Array = np.multiply(normalized, gamma, out=out)
        if self.center:
            y += self.beta.value.reshape(self._spread)
        return y

    def _mean(self, values: Array, over: tuple[int, ...], samples: int = 1) -> Array:
        """Return the mean along axes; ``samples`` is that of the batch where the values are gradients."""
        return np.asarray(np.mean(values, axis=over, keepdims=True))

    def backward_parameters(self, dz: Array) -> None:
        normalized = self._memory["normalized"].reshape(dz.shape)
        if self.scale:
            self.gamma.grad[...] = np.sum(dz * normalized, axis=self._summed).reshape(self.gamma.shape)
        if self.center:
            self.beta.grad[...] = np.sum(dz, axis=self._summed).reshape(self.beta.shape)

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        normalized = self._memory["normalized"]
        g = dz * (self.gamma.value.reshape(self._spread) if self.scale else 1)
        g = g.reshape(normalized.shape)  # in groups, where means are those of groups
        if over := self._memory["over"]:
            along = normalized * self._mean(g * normalized, over, len(g))
            along += self._mean(g, over, len(g))
            g = g - along
        dx = multiply(g, self._memory["inverse"], out=out if g.shape == dz.shape else None)
        return dx.reshape(dz.shape)


def batch_axes(axis: int | list[int], input_shape: Shape) -> tuple[int, ...]:
    """Return axes of a batch of samples of ``input_shape``, counted from 0, in order.

    Raises ``ValueError`` if there is no such axis, or it is the batch's.
    """
    rank = len(input_shape) + 1
    axes = sorted(a + rank if a < 0 else a for a in ([axis] if isinstance(axis, int) else axis))
    if not axes or axes[0] < 1 or axes[-1] >= rank or len(set(axes)) < len(axes):
        raise ValueError(
            f"`axis` is one of 1 to {rank - 1} for samples of shape {input_shape}, or counted back from -1. "
            f"Received: axis={axis}"
        )
    return tuple(axes)

"""Normalizations of each sample by itself, whole or by groups, and what batch normalization shares."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from numpy_ann import constraints, initializers, regularizers
from numpy_ann._typing import Array, BatchShape, Shape, multiply
from numpy_ann.constraints import ConstraintLike
from numpy_ann.initializers import InitializerLike
from numpy_ann.layers.layer import Layer
from numpy_ann.parameter import Parameter
from numpy_ann.regularizers import RegularizerLike
from numpy_ann.validation import checked_axes, checked_bool, checked_integer, checked_number

_LARGEST_STRETCH = 1e12  # Keras' 1 / epsilon


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
        self.beta_initializer = initializers.get(beta_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.gamma_constraint = constraints.get(gamma_constraint)

    def normalized_axes(self, input_shape: Shape) -> tuple[int, ...]:
        """Return the axes of a batch along which each place has its own ``gamma`` and ``beta``."""
        return batch_axes(self.axis, input_shape)

    def parameter_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of ``gamma`` and ``beta`` for samples of ``input_shape``."""
        return tuple(input_shape[axis - 1] for axis in self.normalized_axes(input_shape))

    def build(self, input_shape: BatchShape) -> None:
        sample: Shape = tuple(input_shape[1:])
        shape, axes = self.parameter_shape(sample), self.normalized_axes(sample)
        self._spread = tuple(n if i in axes else 1 for i, n in enumerate((1, *sample)))
        self._summed = tuple(i for i in range(len(input_shape)) if i not in axes)
        if self.scale:
            self.gamma = self.add_weight(
                shape, self.gamma_initializer, name="gamma",
                regularizer=self.gamma_regularizer, constraint=self.gamma_constraint,
            )  # fmt: skip
        if self.center:
            self.beta = self.add_weight(
                shape, self.beta_initializer, name="beta",
                regularizer=self.beta_regularizer, constraint=self.beta_constraint,
            )  # fmt: skip

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
        mean, variance = x.mean(axis=over, keepdims=True), x.var(axis=over, keepdims=True)
        return self._standardized(x, mean, variance, training, over)

    def _scaled(self, normalized: Array, out: Array | None) -> Array:
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


class LayerNormalization(ScaleAndCenter):
    """Normalize each sample along some of its axes; the same in training and predicting.

    ``y = gamma (x - mean) / sqrt(variance + epsilon) + beta``, with the mean and the (biased) variance of one
    sample along ``axis``. For the backward pass see ``ScaleAndCenter``. **Input shape** ``(batch, ...,
    features)``. **Output shape** the same. ``gamma``, ``beta``: the lengths of the axes.

    Parameters
    ----------
    axis : int or list of int
        The axes that are normalized; the batch is axis 0. The other options are those of ``ScaleAndCenter``.

    Source: Ba, Kiros and Hinton, "Layer Normalization" (2016), equation 3.

    >>> LayerNormalization(epsilon=0.0).forward(np.array([[1.0, 3.0]]))
    array([[-1.,  1.]], dtype=float32)
    """

    def parameter_shape(self, input_shape: Shape) -> Shape:
        super().parameter_shape(input_shape)  # complains of axes that aren't there
        # Keras sorts the axes as numbers, -1 before 1 (but lays the weights over the axes in order).
        axes = [self.axis] if isinstance(self.axis, int) else sorted(self.axis)
        return tuple((1, *input_shape)[axis] for axis in axes)

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        x = self._checked(x)
        axes = self.normalized_axes(x.shape[1:])
        return self._scaled(self._by_its_own(x, training, axes), out)


class GroupNormalization(ScaleAndCenter):
    """Normalize each sample group by group of its features; the same in training and predicting.

    ``y = gamma (x - mean) / sqrt(variance + epsilon) + beta``, with the mean and the (biased) variance of all
    numbers of one sample that are of one group, neighbours along ``axis``. For the backward pass see
    ``ScaleAndCenter``; its means are those of the groups. **Input shape** ``(batch, ..., features)``.
    **Output shape** the same. ``gamma``, ``beta``: ``(features,)``.

    Parameters
    ----------
    groups : int
        How many, at least 1; the number of features is a multiple of it. -1: each feature is one.
    axis : int
        The features' axis; the batch is axis 0. The other options are those of ``ScaleAndCenter``.

    Source: Wu and He, "Group Normalization", ECCV 2018, equations 1 to 3 and 7.

    >>> GroupNormalization(2, epsilon=0.0)([[1.0, 3.0, 10.0, 30.0]])
    array([[-1.,  1., -1.,  1.]], dtype=float32)
    """

    def __init__(
        self, groups: int = 32, axis: int = -1, epsilon: float = 1e-3, center: bool = True,
        scale: bool = True, beta_initializer: InitializerLike = "zeros",
        gamma_initializer: InitializerLike = "ones", beta_regularizer: RegularizerLike = None,
        gamma_regularizer: RegularizerLike = None, beta_constraint: ConstraintLike = None,
        gamma_constraint: ConstraintLike = None, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(
            checked_integer("axis", axis), epsilon, center, scale, beta_initializer, gamma_initializer,
            beta_regularizer, gamma_regularizer, beta_constraint, gamma_constraint, **options,
        )  # fmt: skip
        self.groups = checked_integer("groups", groups, least=-1)
        if self.groups == 0:
            raise ValueError("`groups` must be a positive integer, or -1. Received: groups=0")

    def parameter_shape(self, input_shape: Shape) -> Shape:
        (features,) = super().parameter_shape(input_shape)
        if features is None or features % (features if self.groups == -1 else self.groups):
            raise ValueError(
                f"Layer {self.name!r} can't part {features} features into {self.groups} groups of one size. "
                f"Received: groups={self.groups} for samples of shape {input_shape}"
            )
        return (features,)

    def build(self, input_shape: BatchShape) -> None:
        super().build(input_shape)
        sample: Shape = tuple(input_shape[1:])
        (axis,) = self.normalized_axes(sample)
        if self.groups == -1:
            self.groups = sample[axis - 1]
        size = sample[axis - 1] // self.groups
        self._axis, self._groups = axis, (self.groups, size)
        self._over = tuple(i for i in range(1, len(sample) + 2) if i != axis)

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        x = self._checked(x)
        grouped = x.reshape(*x.shape[: self._axis], *self._groups, *x.shape[self._axis + 1 :])
        normalized = self._by_its_own(grouped, training, self._over)
        return self._scaled(normalized.reshape(x.shape), out)


class UnitNormalization(Layer):
    """Stretch or shrink each sample along some of its axes to the length 1.

    Forward and backward, with ``r = min(1 / sqrt(sum x^2), 1e12)``, sums along ``axis``::

        y = x r         dx = r (dy - y sum(dy y))

    **Input shape** ``(batch, ..., features)``. **Output shape** the same.

    Parameters
    ----------
    axis : int or list of int
        The axes whose numbers are one vector; the batch is axis 0.

    Source: Keras 3, keras.layers.UnitNormalization.

    >>> UnitNormalization()([[3.0, 4.0]])
    array([[0.6, 0.8]], dtype=float32)
    """

    def __init__(self, axis: int | Sequence[int] = -1, **options: Any) -> None:
        super().__init__(**options)
        self.axis = checked_axes("axis", axis)

    def compute_output_shape(self, input_shape: BatchShape) -> BatchShape:
        batch_axes(self.axis, tuple(input_shape[1:]))
        return tuple(input_shape)

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        x = self._checked(x)
        axes = batch_axes(self.axis, x.shape[1:])
        with np.errstate(divide="ignore"):  # what is 0 has no length, and stays
            r = np.minimum(1 / np.sqrt(np.sum(np.square(x), axis=axes, keepdims=True)), _LARGEST_STRETCH)
        y: Array = np.multiply(x, r, out=out)
        if training:
            self._memory.update(y=y, r=r, axes=axes)
        return y

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        y, r = self._memory["y"], self._memory["r"]
        along = np.sum(dz * y, axis=self._memory["axes"], keepdims=True)
        along = np.where(r < _LARGEST_STRETCH, along, 0)  # a bound doesn't move
        dx: Array = np.subtract(dz, y * along, out=out)
        dx *= r
        return dx


class RMSNormalization(Layer):
    """Divide each sample by its root mean square along its last axes, and scale it by learned factors.

    Forward and backward, with ``r = 1 / sqrt(mean(x^2) + epsilon)``, means along ``axis``::

        x^ = x r        y = x^ g
        dg = sum of dy x^ over the other axes
        dx = r (dy g - x^ mean(dy g x^))

    **Input shape** ``(batch, ..., features)``. **Output shape** the same. ``g``, in files ``scale``: the
    lengths of the axes, 1 at first.

    Parameters
    ----------
    axis : int or list of int
        The axes that are normalized: the last, or the last few. The batch is axis 0.
    epsilon : float
        Added to the mean square; 0 or more.

    Source: Zhang and Sennrich, "Root Mean Square Layer Normalization", NeurIPS 2019, equation 4.

    >>> RMSNormalization(epsilon=0.0)([[3.0, -3.0]])
    array([[ 1., -1.]], dtype=float32)
    """

    scale: Parameter

    def __init__(self, axis: int | Sequence[int] = -1, epsilon: float = 1e-6, **options: Any) -> None:
        super().__init__(**options)
        self.axis = checked_axes("axis", axis)
        self.epsilon = checked_number("epsilon", epsilon, least=0)

    def normalized_axes(self, input_shape: Shape) -> tuple[int, ...]:
        """Return the axes of a batch that are normalized."""
        axes = batch_axes(self.axis, input_shape)
        if axes[-1] != len(input_shape) or len(axes) != axes[-1] - axes[0] + 1:
            raise ValueError(
                f"`axis` must be the last axis or the last few, as the scale in Keras spreads over those. "
                f"Received: axis={self.axis} for samples of shape {input_shape}"
            )
        return axes

    def build(self, input_shape: BatchShape) -> None:
        axes = self.normalized_axes(tuple(input_shape[1:]))
        self.scale = self.add_weight([input_shape[axis] for axis in axes], "ones", name="scale")

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        x = self._checked(x)
        axes = self.normalized_axes(x.shape[1:])
        r = 1 / np.sqrt(np.mean(np.square(x), axis=axes, keepdims=True) + self.epsilon)
        normalized = x * r
        if training:
            self._memory.update(normalized=normalized, r=r, axes=axes)
        return multiply(normalized, self.scale.value, out=out)

    def backward_parameters(self, dz: Array) -> None:
        others = tuple(axis for axis in range(dz.ndim) if axis not in self._memory["axes"])
        self.scale.grad[...] = np.sum(dz * self._memory["normalized"], axis=others)

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        normalized, g = self._memory["normalized"], dz * self.scale.value
        along = normalized * np.mean(g * normalized, axis=self._memory["axes"], keepdims=True)
        return multiply(g - along, self._memory["r"], out=out)


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

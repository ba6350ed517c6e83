"""Group normalization: the features of each sample get mean 0 and variance 1 group by group."""

from typing import Any

import numpy as np

from numpy_ann._typing import Array, BatchShape, Shape
from numpy_ann.constraints import Constraint
from numpy_ann.initializers import InitializerLike
from numpy_ann.layers.scale_and_center import ScaleAndCenter, batch_axes
from numpy_ann.regularizers import Regularizer
from numpy_ann.validation import checked_integer, sample_of

__all__ = ["GroupNormalization"]


class GroupNormalization(ScaleAndCenter):
    """Normalize each sample group by group of its features; the same in training and predicting.

    ``y = gamma (x - mean) / sqrt(variance + epsilon) + beta``, with the mean and the (biased) variance of all
    numbers of one sample that are of one group, neighbours along ``axis``. For the backward pass see
    ``ScaleAndCenter``; its means are those of the groups.

    **Input shape** ``(batch, ..., features)``. **Output shape** the same. ``gamma``, ``beta``:
    ``(features,)``.

    Parameters
    ----------
    groups : int
        How many; the number of features is a multiple of it. -1: each feature is one.
    axis : int
        The features' axis; the batch is axis 0.
    epsilon, center, scale, beta_initializer, gamma_initializer
        As for ``LayerNormalization``.
    beta_regularizer, gamma_regularizer, beta_constraint, gamma_constraint
        The same.
    **options
        ``name``, ``trainable``, ``dtype``, ``input_shape``, ``activity_regularizer``: see ``Layer``.

    Raises
    ------
    ValueError
        If ``groups`` is neither positive nor -1; when built, if there is no such axis, or its length isn't a
        multiple of ``groups``.

    Source: Wu and He, "Group Normalization", ECCV 2018, equations 1 to 3 and 7.

    Examples
    --------
    >>> GroupNormalization(2, epsilon=0.0)([[1.0, 3.0, 10.0, 30.0]])
    array([[-1.,  1., -1.,  1.]], dtype=float32)
    """

    def __init__(
        self,
        groups: int = 32,
        axis: int = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: InitializerLike = "zeros",
        gamma_initializer: InitializerLike = "ones",
        beta_regularizer: str | Regularizer | None = None,
        gamma_regularizer: str | Regularizer | None = None,
        beta_constraint: str | Constraint | None = None,
        gamma_constraint: str | Constraint | None = None,
        **options: Any,
    ) -> None:
        super().__init__(
            epsilon,
            center,
            scale,
            beta_initializer,
            gamma_initializer,
            beta_regularizer,
            gamma_regularizer,
            beta_constraint,
            gamma_constraint,
            **options,
        )
        self.groups, self.axis = checked_integer("groups", groups, least=-1), checked_integer("axis", axis)
        if self.groups == 0:
            raise ValueError("`groups` must be a positive integer, or -1. Received: groups=0")

    def normalized_axes(self, input_shape: Shape) -> tuple[int, ...]:
        return batch_axes(self.axis, input_shape)

    def parameter_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of ``gamma`` and ``beta``, if the groups divide it."""
        (features,) = super().parameter_shape(input_shape)
        if features % (features if self.groups == -1 else self.groups):
            raise ValueError(
                f"Layer {self.name!r} can't part {features} features into {self.groups} groups of one size. "
                f"Received: groups={self.groups} for samples of shape {input_shape}"
            )
        return (features,)

    def build(self, input_shape: BatchShape) -> None:
        """Make ``gamma`` and ``beta`` for samples of ``input_shape``."""
        super().build(input_shape)
        sample = sample_of(input_shape)
        (axis,) = self.normalized_axes(sample)
        if self.groups == -1:
            self.groups = sample[axis - 1]
        size = sample[axis - 1] // self.groups
        self._grouped = (*sample[: axis - 1], self.groups, size, *sample[axis:])
        self._over = tuple(i for i in range(1, len(sample) + 2) if i != axis)

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        x = self._checked(x)
        grouped = x.reshape(len(x), *self._grouped)
        mean = grouped.mean(axis=self._over, keepdims=True)
        variance = grouped.var(axis=self._over, keepdims=True)
        normalized = self._standardized(grouped, mean, variance, training, self._over).reshape(x.shape)
        if training:
            self._memory["normalized"] = normalized
        return self._scaled(normalized, out)

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        normalized = self._memory["normalized"].reshape(len(dz), *self._grouped)
        g = dz * (self.gamma.value.reshape(self._spread) if self.scale else 1)
        g = g.reshape(len(dz), *self._grouped)
        along = normalized * np.mean(g * normalized, axis=self._over, keepdims=True)
        along += np.mean(g, axis=self._over, keepdims=True)
        dx: Array = ((g - along) * self._memory["inverse"]).reshape(dz.shape)
        return dx

"""Normalizations of each sample by itself: mean 0 and variance 1, or one length."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from numpy_ann._typing import Array, BatchShape, Shape
from numpy_ann.constraints import Constraint
from numpy_ann.initializers import InitializerLike
from numpy_ann.layers.layer import Layer
from numpy_ann.layers.scale_and_center import ScaleAndCenter, batch_axes
from numpy_ann.regularizers import Regularizer
from numpy_ann.validation import checked_axes, sample_of

__all__ = ["LayerNormalization", "UnitNormalization"]

_LARGEST_STRETCH = 1e12  # Keras' 1 / epsilon


class LayerNormalization(ScaleAndCenter):
    """Normalize each sample along some of its axes; the same in training and predicting.

    ``y = gamma (x - mean) / sqrt(variance + epsilon) + beta``, with the mean and the (biased) variance of one
    sample along ``axis``. For the backward pass see ``ScaleAndCenter``.

    **Input shape** ``(batch, ..., features)``. **Output shape** the same. ``gamma``, ``beta``: the lengths of
    the axes.

    Parameters
    ----------
    axis : int or list of int
        The axes that are normalized; the batch is axis 0.
    epsilon : float
        Added to the variance.
    center, scale : bool
        Whether there are ``beta`` and ``gamma``.
    beta_initializer, gamma_initializer : str, Initializer or callable
        Where they start.
    beta_regularizer, gamma_regularizer : str or Regularizer, optional
        Penalties in the loss.
    beta_constraint, gamma_constraint : str or Constraint, optional
        What they are brought back to after a training step.
    **options
        ``name``, ``trainable``, ``dtype``, ``input_shape``, ``activity_regularizer``: see ``Layer``.

    Raises
    ------
    ValueError
        When built, if there is no such axis.

    Source: Ba, Kiros and Hinton, "Layer Normalization" (2016), equation 3.

    Examples
    --------
    >>> LayerNormalization(epsilon=0.0).forward(np.array([[1.0, 3.0]]))
    array([[-1.,  1.]], dtype=float32)
    """

    def __init__(
        self,
        axis: int | Sequence[int] = -1,
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
        self.axis = checked_axes("axis", axis)

    def normalized_axes(self, input_shape: Shape) -> tuple[int, ...]:
        """Return the axes that are normalized."""
        return batch_axes(self.axis, input_shape)

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        """Return ``gamma x^ + beta``."""
        x = self._checked(x)
        axes = self.normalized_axes(x.shape[1:])
        mean, variance = x.mean(axis=axes, keepdims=True), x.var(axis=axes, keepdims=True)
        return self._scaled(self._standardized(x, mean, variance, training, axes), out)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, under Keras' names."""
        return {**super().get_config(), "axis": self.axis}


class UnitNormalization(Layer):
    """Stretch or shrink each sample along some of its axes to the length 1.

    Forward and backward, with ``r = min(1 / sqrt(sum x^2), 1e12)``, sums along ``axis``::

        y = x r         dx = r (dy - y sum(dy y))

    **Input shape** ``(batch, ..., features)``. **Output shape** the same.

    Parameters
    ----------
    axis : int or list of int
        The axes whose numbers are one vector; the batch is axis 0.
    **options
        ``name``, ``trainable``, ``dtype``, ``input_shape``: see ``Layer``.

    Raises
    ------
    ValueError
        When built, if there is no such axis.

    Source: Keras 3, keras.layers.UnitNormalization.

    Examples
    --------
    >>> UnitNormalization()([[3.0, 4.0]])
    array([[0.6, 0.8]], dtype=float32)
    """

    def __init__(self, axis: int | Sequence[int] = -1, **options: Any) -> None:
        super().__init__(**options)
        self.axis = checked_axes("axis", axis)

    def compute_output_shape(self, input_shape: BatchShape) -> BatchShape:
        """Return ``input_shape``, if it has the axes."""
        batch_axes(self.axis, sample_of(input_shape))
        return tuple(input_shape)

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        """Return ``x r``."""
        x = self._checked(x)
        axes = batch_axes(self.axis, x.shape[1:])
        with np.errstate(divide="ignore"):  # what is 0 has no length, and stays
            r = np.minimum(1 / np.sqrt(np.sum(np.square(x), axis=axes, keepdims=True)), _LARGEST_STRETCH)
        y = np.multiply(x, r, out=out)
        if training:
            self._memory.update(y=y, r=r, axes=axes)
        return y

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        """Return ``r (dz - y sum(dz y))``."""
        y, r = self._memory["y"], self._memory["r"]
        along = np.sum(dz * y, axis=self._memory["axes"], keepdims=True)
        along = np.where(r < _LARGEST_STRETCH, along, 0)  # a bound doesn't move
        dx = np.subtract(dz, y * along, out=out)
        dx *= r
        return dx

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, under Keras' names."""
        return {**super().get_config(), "axis": self.axis}

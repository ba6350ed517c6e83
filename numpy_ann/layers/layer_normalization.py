"""Layer normalization: each sample gets mean 0 and variance 1 by itself."""

from collections.abc import Sequence
from typing import Any

from numpy_ann._typing import Array, Shape
from numpy_ann.constraints import Constraint
from numpy_ann.initializers import InitializerLike
from numpy_ann.layers.scale_and_center import ScaleAndCenter, batch_axes
from numpy_ann.regularizers import Regularizer
from numpy_ann.validation import checked_axes

__all__ = ["LayerNormalization"]


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
    >>> import numpy as np
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

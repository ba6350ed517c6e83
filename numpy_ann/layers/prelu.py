"""A rectifier that learns its slopes."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from numpy_ann import constraints, initializers, regularizers
from numpy_ann._typing import Array, Shape
from numpy_ann.constraints import Constraint
from numpy_ann.initializers import Initializer
from numpy_ann.layers.layer import Layer
from numpy_ann.parameter import Parameter
from numpy_ann.regularizers import Regularizer

__all__ = ["PReLU"]


class PReLU(Layer):
    """The parametric rectified linear unit: the slope below 0 is learned, one for each place of a sample.

    Forward and backward::

        y = max(x, 0) + alpha min(x, 0)
        dalpha = sum of dy min(x, 0) over the batch and the shared axes
        dx = dy (x > 0) + dy alpha (x < 0)

    **Input shape** ``(batch, ...)``. **Output shape** the same. ``alpha``: the shape of a sample, 1 along the
    shared axes.

    Parameters
    ----------
    alpha_initializer : str or Initializer
        Where ``alpha`` starts.
    alpha_regularizer : str or Regularizer, optional
        A penalty on ``alpha`` in the loss.
    alpha_constraint : str or Constraint, optional
        What ``alpha`` is brought back to after a training step.
    shared_axes : list of int, optional
        Axes along which one ``alpha`` serves; the batch is axis 0, so they begin at 1.
    **options
        ``name``, ``trainable``, ``dtype``, ``input_shape``, ``activity_regularizer``: see ``Layer``.

    Raises
    ------
    ValueError
        When built, if samples have no such axis.

    Source: He et al., "Delving Deep into Rectifiers", ICCV 2015, equations 1 and 2.

    Examples
    --------
    >>> PReLU(alpha_initializer=initializers.Constant(0.25)).forward(np.array([[-4.0, 4.0]]))
    array([[-1.,  4.]], dtype=float32)
    """

    alpha: Parameter

    def __init__(
        self,
        alpha_initializer: str | Initializer = "zeros",
        alpha_regularizer: str | Regularizer | None = None,
        alpha_constraint: str | Constraint | None = None,
        shared_axes: int | Sequence[int] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)
        self.alpha_constraint = constraints.get(alpha_constraint)
        self.shared_axes: list[int] | None = None
        if shared_axes is not None:
            self.shared_axes = [shared_axes] if isinstance(shared_axes, int) else list(shared_axes)
        self._x: Array | None = None

    def alpha_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of ``alpha`` for samples of ``input_shape``."""
        shared = self.shared_axes or []
        if not all(1 <= axis <= len(input_shape) for axis in shared):
            raise ValueError(
                f"`shared_axes` of samples of shape {input_shape} are from 1 to {len(input_shape)}. "
                f"Received: shared_axes={shared}"
            )
        return tuple(1 if i in shared else n for i, n in enumerate(input_shape, 1))

    def build(self, input_shape: Shape, rng: np.random.Generator, dtype: np.dtype[np.floating]) -> Shape:
        """Make ``alpha`` for samples of ``input_shape``."""
        value = self.alpha_initializer(self.alpha_shape(input_shape), rng, dtype)
        self.alpha = Parameter(
            "alpha", value, regularizer=self.alpha_regularizer, constraint=self.alpha_constraint
        )
        self.parameters = [self.alpha]
        return super().build(input_shape, rng, dtype)

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        """Return ``max(x, 0) + alpha min(x, 0)``."""
        x = self._checked(x)
        if training:
            self._x = x
        below = np.minimum(x, 0)
        below *= self.alpha.value
        return np.add(np.maximum(x, 0), below, out=out)

    def backward_parameters(self, dz: Array) -> None:
        """Write ``dalpha``."""
        per_sample = dz * np.minimum(self._kept(self._x), 0)
        self.alpha.grad[...] = per_sample.sum(axis=(0, *(self.shared_axes or ())), keepdims=True)[0]

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        """Return ``dx``; at 0 the derivative is 0, as in Keras."""
        x = self._kept(self._x)
        slope = (x < 0) * self.alpha.value
        slope += x > 0
        return np.multiply(dz, slope, out=out)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, under Keras' names."""
        return {
            **super().get_config(),
            "alpha_initializer": self.alpha_initializer,
            "alpha_regularizer": self.alpha_regularizer,
            "alpha_constraint": self.alpha_constraint,
            "shared_axes": self.shared_axes,
        }

"""The dense layer: every output looks at every input.

Why its derivatives are what they are: of a sample, ``z_j = sum_i x_i W_ij + b_j``. A small change of
``W_ij`` moves ``z_j`` by ``x_i`` times as much, and no other, so by the chain rule ``dL/dW_ij = x_i
dL/dz_j``; every sample of the batch uses the same ``W``, so theirs add up: ``dW = x^T dz``, and ``db``
likewise, ``b_j`` moving ``z_j`` by itself. ``x_i`` acts through every ``z_j``, by ``W_ij``: ``dL/dx_i =
sum_j W_ij dL/dz_j``, which is ``dx = dz W^T``. The mean over the batch is in ``dz`` already: losses/loss.py
divides once, at the loss.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from numpy_ann import activations, constraints, initializers, regularizers
from numpy_ann._typing import Array, BatchShape
from numpy_ann.activations import ActivationFunction
from numpy_ann.constraints import ConstraintLike
from numpy_ann.initializers import InitializerLike
from numpy_ann.layers.layer import Layer
from numpy_ann.parameter import Parameter
from numpy_ann.regularizers import RegularizerLike
from numpy_ann.validation import checked_bool, checked_integer, checked_shape


class Dense(Layer):
    """A densely connected layer.

    Forward::

        z = x W + b
        y = f(z)

    Backward, with ``dy`` the gradient of the loss with respect to ``y``::

        dz = dy f'(z)
        dW = x^T dz         db = sum of dz over the batch
        dx = dz W^T

    **Input shape** ``(batch, ..., inputs)``. **Output shape** ``(batch, ..., units)``. ``W``, in files
    ``kernel``: ``(inputs, units)``. ``b``, in files ``bias``: ``(units,)``.

    Parameters
    ----------
    units : int
        How many outputs; at least 1.
    activation : str or ActivationFunction, optional
        ``f``; left out, the layer is linear.
    use_bias : bool
        Whether there is a ``b``.
    kernel_initializer, bias_initializer : str, Initializer or callable
        Where ``W`` and ``b`` start.
    input_dim, input_shape : int, tuple of int
        For a first layer without an ``Input``: how many features a sample has, or its shape.
    kernel_regularizer, bias_regularizer : str or Regularizer, optional
        Penalties on ``W`` and ``b`` in the loss.
    kernel_constraint, bias_constraint : str or Constraint, optional
        What ``W`` and ``b`` are brought back to after a training step.
    activity_regularizer : str or Regularizer, optional
        A penalty on the outputs in the loss.

    Source: the gradients are Goodfellow, Bengio and Courville, "Deep Learning" (2016), algorithm 6.4.

    >>> layer = Dense(3, activation="relu")
    >>> x = np.ones((2, 4), dtype=np.float32)
    >>> y = layer.forward(x, training=True)
    >>> dx = layer.backward(np.ones_like(y))
    >>> y.shape, dx.shape, layer.kernel.grad.shape
    ((2, 3), (2, 4), (4, 3))
    """

    kernel: Parameter
    bias: Any  # a Parameter, or None without `use_bias`

    def __init__(
        self, units: int, activation: str | ActivationFunction | None = None, use_bias: bool = True,
        kernel_initializer: InitializerLike = "glorot_uniform", bias_initializer: InitializerLike = "zeros",
        kernel_regularizer: RegularizerLike = None, bias_regularizer: RegularizerLike = None,
        activity_regularizer: RegularizerLike = None, kernel_constraint: ConstraintLike = None,
        bias_constraint: ConstraintLike = None, *,
        input_dim: int | None = None, input_shape: Sequence[int] | None = None, **options: Any,
    ) -> None:  # fmt: skip
        if input_dim is not None:
            input_shape = checked_shape("Dense", "input_dim", (input_dim,))
        super().__init__(input_shape=input_shape, activity_regularizer=activity_regularizer, **options)
        self.units = checked_integer("units", units, least=1)
        self.activation = activations.get(activation)
        self.use_bias = checked_bool("use_bias", use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_initializer = initializers.get(bias_initializer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.bias_constraint = constraints.get(bias_constraint)

    def build(self, input_shape: BatchShape) -> None:
        self.kernel = self.add_weight(
            (input_shape[-1], self.units), self.kernel_initializer, name="kernel",
            regularizer=self.kernel_regularizer, constraint=self.kernel_constraint,
        )  # fmt: skip
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                (self.units,), self.bias_initializer, name="bias",
                regularizer=self.bias_regularizer, constraint=self.bias_constraint,
            )  # fmt: skip

    def compute_output_shape(self, input_shape: BatchShape) -> BatchShape:
        if len(input_shape) < 2:
            raise ValueError(
                f"Layer {self.name!r} needs inputs of at least two axes, (batch, features), "
                "but a sample has none. One feature a sample is a column: x.reshape(-1, 1)."
            )
        return (*input_shape[:-1], self.units)

    def pre_activation(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        """Return ``z = x W + b``."""
        x = self._checked(x)
        z = np.matmul(x, self.kernel.value, out=out)
        if self.use_bias:
            z += self.bias.value
        if training:
            self._memory["x"] = x
        return z

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        """Return ``y = f(x W + b)``."""
        f = self.activation
        keeps_z = training and f.reads == "input"  # then y must not be written over z
        z = self.pre_activation(x, training=training, out=None if keeps_z else out)
        y = f(z, out=out if keeps_z else z)
        if training:
            self._memory["activation"] = z if keeps_z else y
        return y

    def backward_activation(self, dy: Array, *, out: Array | None = None) -> Array:
        """Return ``dz = dy f'(z)``."""
        return self.activation.backward(dy, self._memory["activation"], out)

    def backward_parameters(self, dz: Array) -> None:
        """Write ``dW = x^T dz`` and ``db = sum dz``."""
        x: Array = self._memory["x"]
        x, dz = x.reshape(-1, x.shape[-1]), dz.reshape(-1, self.units)
        np.matmul(x.T, dz, out=self.kernel.grad)
        if self.use_bias:
            np.sum(dz, axis=0, out=self.bias.grad)

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        """Return ``dx = dz W^T``."""
        return np.matmul(dz, self.kernel.value.T, out=out)

"""Activation functions as layers of their own."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from numpy_ann import activations
from numpy_ann._typing import Array
from numpy_ann.activations import ActivationFunction
from numpy_ann.layers.layer import Layer
from numpy_ann.validation import checked_axes

__all__ = ["Activation", "ActivationLayer", "Softmax"]


class ActivationLayer(Layer):
    """The base of layers that are an activation function and nothing else: ``z = x``, ``y = f(z)``."""

    @abstractmethod
    def __init__(self, function: ActivationFunction, **options: Any) -> None:
        super().__init__(**options)
        self.activation = function

    def as_activation(self) -> ActivationFunction:
        """Return ``f``, where the layer stands for it: ``Dense(3, activation=LeakyReLU(0.1))``."""
        return self.activation

    def pre_activation(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        return self._checked(x)

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        x = self._checked(x)
        y = self.activation(x, out=out)
        if training:
            self._memory["activation"] = y if self.activation.reads == "output" else x
        return y

    def backward_activation(self, dy: Array, *, out: Array | None = None) -> Array:
        return self.activation.backward(dy, self._memory["activation"], out)

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        return dz


class Activation(ActivationLayer):
    """Any activation function, by name.

    Forward ``y = f(x)``, backward ``dx = dy f'(x)``.

    Parameters
    ----------
    activation : str or ActivationFunction
        ``f``: a name, or a function of ``numpy_ann.activations``. For an unknown name, near ones are offered.

    >>> import numpy as np
    >>> Activation("relu").forward(np.array([[-3.0, 4.0]]))
    array([[0., 4.]], dtype=float32)
    """

    def __init__(self, activation: str | ActivationFunction, **options: Any) -> None:
        super().__init__(activations.get(activation), **options)


class Softmax(ActivationLayer):
    """Turn each row of scores into probabilities: positive numbers that sum to 1.

    Forward ``y_j = exp(x_j) / sum_k exp(x_k)`` along an axis, backward ``dx = y (dy - sum(dy y))``.
    **Input shape** ``(batch, ..., classes)``. **Output shape** the same.

    Parameters
    ----------
    axis : int or list of int
        Along which the probabilities sum to 1; the batch is axis 0.

    Source: Goodfellow, Bengio and Courville, "Deep Learning" (2016), equation 6.29.

    >>> import numpy as np
    >>> Softmax().forward(np.array([[0.0, np.log(3.0)]]))
    array([[0.25, 0.75]], dtype=float32)
    """

    def __init__(self, axis: int | Sequence[int] = -1, **options: Any) -> None:
        self.axis = checked_axes("axis", axis)
        along = self.axis if isinstance(self.axis, int) else tuple(self.axis)
        super().__init__(activations.softmax.with_options(axis=along), **options)

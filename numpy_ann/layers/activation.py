"""Activation functions as layers of their own; one of them learns its slope."""

import warnings
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np

from numpy_ann import activations, constraints, initializers, regularizers
from numpy_ann._typing import Array, BatchShape, multiply
from numpy_ann.activations import ActivationFunction
from numpy_ann.constraints import ConstraintLike
from numpy_ann.initializers import InitializerLike
from numpy_ann.layers.layer import Layer
from numpy_ann.parameter import Parameter
from numpy_ann.regularizers import RegularizerLike
from numpy_ann.validation import checked_axes, checked_number


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

    >>> Softmax().forward(np.array([[0.0, np.log(3.0)]]))
    array([[0.25, 0.75]], dtype=float32)
    """

    def __init__(self, axis: int | Sequence[int] = -1, **options: Any) -> None:
        self.axis = checked_axes("axis", axis)
        along = self.axis if isinstance(self.axis, int) else tuple(self.axis)
        super().__init__(activations.softmax.with_options(axis=along), **options)


class ReLU(ActivationLayer):
    """The rectified linear unit: negative numbers become 0.

    Forward ``y = max(x, 0)``, backward ``dx = dy (x > 0)`` if no option is given; at 0 the derivative is 0,
    as in Keras. With options::

        y = max_value                         dx = 0                     where max_value <= x
        y = x                                 dx = dy                    where threshold < x < max_value
        y = negative_slope (x - threshold)    dx = dy negative_slope     elsewhere

    and at the corners between the pieces TensorFlow's derivative.

    Parameters
    ----------
    max_value : float, optional
        The largest output.
    negative_slope, threshold : float
        The slope below the threshold, up to which numbers are made small. All three are 0 or more.

    Source: Nair and Hinton, "Rectified Linear Units Improve Restricted Boltzmann Machines", ICML 2010.

    >>> ReLU().forward(np.array([[-3.0, 4.0]]))
    array([[0., 4.]], dtype=float32)
    >>> ReLU(max_value=2.0, negative_slope=0.5).forward(np.array([[-3.0, 4.0]]))
    array([[-1.5,  2. ]], dtype=float32)
    """

    def __init__(
        self, max_value: float | None = None, negative_slope: float = 0.0, threshold: float = 0.0,
        **options: Any,
    ) -> None:  # fmt: skip
        self.max_value = None if max_value is None else checked_number("max_value", max_value, least=0)
        self.negative_slope = checked_number("negative_slope", negative_slope, least=0)
        self.threshold = checked_number("threshold", threshold, least=0)
        chosen = {name: getattr(self, name) for name in activations.relu.options}
        super().__init__(activations.relu.with_options(**chosen), **options)


class LeakyReLU(ActivationLayer):
    """A rectifier that lets a little of the negative numbers through.

    Forward ``y = x if x > 0 else negative_slope x``, backward ``dx = dy`` or ``dy negative_slope``.

    Parameters
    ----------
    negative_slope : float
        The slope below 0; not negative. (The function of the name ``"leaky_relu"`` has 0.2, as in Keras.)
    alpha : float, optional
        Keras 2's name for the slope; warned of, as by Keras 3.

    Source: Maas, Hannun and Ng, "Rectifier Nonlinearities Improve Neural Network Acoustic Models", ICML 2013.

    >>> LeakyReLU(0.5).forward(np.array([[-3.0, 4.0]]))
    array([[-1.5,  4. ]], dtype=float32)
    """

    def __init__(self, negative_slope: float = 0.3, *, alpha: float | None = None, **options: Any) -> None:
        if alpha is not None:
            warnings.warn("`alpha` is Keras 2's name: say negative_slope= instead.", stacklevel=3)
            negative_slope = alpha
        self.negative_slope = checked_number("negative_slope", negative_slope, least=0)
        super().__init__(activations.leaky_relu.with_options(negative_slope=self.negative_slope), **options)


class ELU(ActivationLayer):
    """A rectifier that bends smoothly to ``-alpha``.

    Forward ``y = x if x > 0 else alpha (exp(x) - 1)``, backward ``dx = dy`` or ``dy (y + alpha)``.

    Parameters
    ----------
    alpha : float
        How far below 0 the outputs go, 0 or more.

    Source: Clevert, Unterthiner and Hochreiter, "Fast and Accurate Deep Network Learning by Exponential
    Linear Units (ELUs)", ICLR 2016, section 3.

    >>> ELU().forward(np.array([[-np.log(2), 4.0]]))
    array([[-0.5,  4. ]], dtype=float32)
    """

    def __init__(self, alpha: float = 1.0, **options: Any) -> None:
        self.alpha = checked_number("alpha", alpha, least=0)
        super().__init__(activations.elu.with_options(alpha=self.alpha), **options)


class PReLU(Layer):
    """The parametric rectified linear unit: the slope below 0 is learned, one for each place of a sample.

    Forward and backward::

        y = max(x, 0) + alpha min(x, 0)
        dalpha = sum of dy min(x, 0) over the batch and the shared axes
        dx = dy (x > 0) + dy alpha (x < 0)

    **Input shape** ``(batch, ...)``. **Output shape** the same. ``alpha``: a sample's, 1 along shared axes.

    Parameters
    ----------
    alpha_initializer, alpha_regularizer, alpha_constraint
        Where ``alpha`` starts, a penalty on it in the loss, and what it is brought back to after a training
        step.
    shared_axes : list of int, optional
        Axes along which one ``alpha`` serves; the batch is axis 0, so they begin at 1.

    Source: He et al., "Delving Deep into Rectifiers", ICCV 2015, equations 1 and 2.

    >>> PReLU(alpha_initializer="ones").forward(np.array([[-4.0, 4.0]]))
    array([[-4.,  4.]], dtype=float32)
    """

    alpha: Parameter

    def __init__(
        self, alpha_initializer: InitializerLike = "zeros", alpha_regularizer: RegularizerLike = None,
        alpha_constraint: ConstraintLike = None, shared_axes: int | Sequence[int] | None = None,
        **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(**options)
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)
        self.alpha_constraint = constraints.get(alpha_constraint)
        axes = None if shared_axes is None else checked_axes("shared_axes", shared_axes)
        self.shared_axes = [axes] if isinstance(axes, int) else axes

    def build(self, input_shape: BatchShape) -> None:
        sample, shared = tuple(input_shape[1:]), self.shared_axes or []
        if not all(1 <= axis <= len(sample) for axis in shared):
            raise ValueError(
                f"`shared_axes` of samples of shape {sample} are from 1 to {len(sample)}. "
                f"Received: shared_axes={shared}"
            )
        self.alpha = self.add_weight(
            [1 if i in shared else n for i, n in enumerate(sample, 1)], self.alpha_initializer, name="alpha",
            regularizer=self.alpha_regularizer, constraint=self.alpha_constraint,
        )  # fmt: skip

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        x = self._checked(x)
        if training:
            self._memory["x"] = x
        below = np.minimum(x, 0)
        below *= self.alpha.value
        return np.add(np.maximum(x, 0), below, out=out)

    def backward_parameters(self, dz: Array) -> None:
        per_sample = dz * np.minimum(self._memory["x"], 0)
        self.alpha.grad[...] = per_sample.sum(axis=(0, *(self.shared_axes or ())), keepdims=True)[0]

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        x = self._memory["x"]
        slope = (x < 0) * self.alpha.value  # at 0 the derivative is 0, as in Keras
        slope += x > 0
        return multiply(dz, slope, out=out)

"""Rectifiers as layers: what is above a threshold passes, what is below is made small."""

from math import isfinite
from typing import Any

from numpy_ann import activations
from numpy_ann.layers.activation import ActivationLayer

__all__ = ["ELU", "LeakyReLU", "ReLU"]


class ReLU(ActivationLayer):
    """The rectified linear unit: negative numbers become 0.

    Forward ``y = max(x, 0)``, backward ``dx = dy (x > 0)`` if no option is given; at 0 the derivative is 0,
    as in Keras. With options::

        y = max_value                         dx = 0                     where max_value <= x
        y = x                                 dx = dy                    where threshold < x < max_value
        y = negative_slope (x - threshold)    dx = dy negative_slope     elsewhere

    and at the corners between the pieces TensorFlow's derivative.

    **Input shape** any. **Output shape** the same.

    Parameters
    ----------
    max_value : float, optional
        The largest output.
    negative_slope : float
        The slope below the threshold.
    threshold : float
        Up to which numbers are made small.
    **options
        ``name``, ``trainable``, ``dtype``, ``input_shape``: see ``Layer``.

    Raises
    ------
    ValueError
        If one of the three is negative or not finite.

    Source: Nair and Hinton, "Rectified Linear Units Improve Restricted Boltzmann Machines", ICML 2010.

    Examples
    --------
    >>> import numpy as np
    >>> ReLU().forward(np.array([[-3.0, 4.0]]))
    array([[0., 4.]], dtype=float32)
    >>> ReLU(max_value=2.0, negative_slope=0.5).forward(np.array([[-3.0, 4.0]]))
    array([[-1.5,  2. ]], dtype=float32)
    """

    def __init__(
        self,
        max_value: float | None = None,
        negative_slope: float = 0.0,
        threshold: float = 0.0,
        **options: Any,
    ) -> None:
        self.max_value = None if max_value is None else _not_negative("max_value", max_value)
        self.negative_slope = _not_negative("negative_slope", negative_slope)
        self.threshold = _not_negative("threshold", threshold)
        f = activations.relu.with_options(**self._options)
        super().__init__(f, **options)

    @property
    def _options(self) -> dict[str, Any]:
        return {
            "max_value": self.max_value,
            "negative_slope": self.negative_slope,
            "threshold": self.threshold,
        }

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, under Keras' names."""
        return {**super().get_config(), **self._options}


class LeakyReLU(ActivationLayer):
    """A rectifier that lets a little of the negative numbers through.

    Forward ``y = x if x > 0 else negative_slope x``, backward ``dx = dy`` or ``dy negative_slope``.
    **Input shape** any. **Output shape** the same.

    Parameters
    ----------
    negative_slope : float
        The slope below 0. (The activation function of the name ``"leaky_relu"`` has 0.2, as in Keras.)
    alpha : float, optional
        Keras 2's name for the slope.
    **options
        ``name``, ``trainable``, ``dtype``, ``input_shape``: see ``Layer``.

    Raises
    ------
    ValueError
        If the slope is negative or not finite.

    Source: Maas, Hannun and Ng, "Rectifier Nonlinearities Improve Neural Network Acoustic Models", ICML 2013.

    Examples
    --------
    >>> import numpy as np
    >>> LeakyReLU(0.5).forward(np.array([[-3.0, 4.0]]))
    array([[-1.5,  4. ]], dtype=float32)
    """

    def __init__(self, negative_slope: float = 0.3, *, alpha: float | None = None, **options: Any) -> None:
        self.negative_slope = _not_negative("negative_slope", negative_slope if alpha is None else alpha)
        super().__init__(activations.leaky_relu.with_options(negative_slope=self.negative_slope), **options)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, under Keras' names."""
        return {**super().get_config(), "negative_slope": self.negative_slope}


class ELU(ActivationLayer):
    """A rectifier that bends smoothly to ``-alpha``.

    Forward ``y = x if x > 0 else alpha (exp(x) - 1)``, backward ``dx = dy`` or ``dy (y + alpha)``.
    **Input shape** any. **Output shape** the same.

    Parameters
    ----------
    alpha : float
        How far below 0 the outputs go.
    **options
        ``name``, ``trainable``, ``dtype``, ``input_shape``: see ``Layer``.

    Raises
    ------
    ValueError
        If ``alpha`` is negative or not finite.

    Source: Clevert, Unterthiner and Hochreiter, "Fast and Accurate Deep Network Learning by Exponential
    Linear Units (ELUs)", ICLR 2016, section 3.

    Examples
    --------
    >>> import numpy as np
    >>> ELU().forward(np.array([[-np.log(2), 4.0]]))
    array([[-0.5,  4. ]], dtype=float32)
    """

    def __init__(self, alpha: float = 1.0, **options: Any) -> None:
        self.alpha = _not_negative("alpha", alpha)
        super().__init__(activations.elu.with_options(alpha=self.alpha), **options)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, under Keras' names."""
        return {**super().get_config(), "alpha": self.alpha}


def _not_negative(name: str, value: Any) -> float:
    """Return the number, if it is finite and at least 0."""
    if value is None or isinstance(value, bool | str) or not isfinite(value) or value < 0:
        raise ValueError(f"`{name}` is a number of 0 or more. Received: {name}={value!r}")
    return float(value)

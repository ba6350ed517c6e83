"""Normally distributed noise while training, added to the numbers or multiplied with them."""

from math import sqrt
from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.layers.noise import NoiseLayer, checked_rate

__all__ = ["GaussianDropout", "GaussianNoise"]


class GaussianNoise(NoiseLayer):
    """Forward, in training, ``y = x + n`` with ``n ~ N(0, stddev^2)``; backward ``dx = dy``.

    When predicting, ``y = x``. **Input shape** any. **Output shape** the same.

    Parameters
    ----------
    stddev : float
        The noise's standard deviation, from 0 to 1 as in Keras.
    seed : int, optional
        Where the layer's random stream begins. Otherwise that follows from the model's seed.
    **options
        ``name``, ``trainable``, ``dtype``, ``input_shape``: see ``Layer``.

    Raises
    ------
    ValueError
        If ``stddev`` isn't from 0 to 1.

    Source: Goodfellow, Bengio and Courville, "Deep Learning" (2016), section 7.5.

    Examples
    --------
    >>> GaussianNoise(0.1).forward(np.ones((1, 2)))
    array([[1., 1.]], dtype=float32)
    """

    def __init__(self, stddev: float, seed: int | None = None, **options: Any) -> None:
        super().__init__(seed, **options)
        number = isinstance(stddev, int | float | np.number) and not isinstance(stddev, bool)
        if not number or not 0 <= stddev <= 1:
            raise ValueError(
                "Invalid value received for argument `stddev`. Expected a float value between 0 and 1. "
                f"Received: stddev={stddev!r}"
            )
        self.stddev = float(stddev)

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        """Return ``x + n`` in training, else ``x`` itself."""
        x = self._checked(x)
        return np.add(x, self._noise(x.shape, x.dtype), out=out) if training else x

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        """Return ``dz``."""
        self._kept(self._last_noise)
        return dz

    def _draw(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
        """Return new noise."""
        noise: Array = self._rng.standard_normal(shape, dtype=dtype)
        noise *= self.stddev
        return noise

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, under Keras' names."""
        return {**super().get_config(), "stddev": self.stddev, "seed": self.seed}


class GaussianDropout(NoiseLayer):
    """Forward, in training, ``y = x n`` with ``n ~ N(1, rate / (1 - rate))``; backward ``dx = dy n``.

    The noise has the mean and the variance that dropout of that rate has. When predicting, ``y = x``.
    **Input shape** any. **Output shape** the same.

    Parameters
    ----------
    rate : float
        From 0 to below 1.
    seed : int, optional
        Where the layer's random stream begins. Otherwise that follows from the model's seed.
    **options
        ``name``, ``trainable``, ``dtype``, ``input_shape``: see ``Layer``.

    Raises
    ------
    ValueError
        If ``rate`` is another number.

    Source: Srivastava et al., "Dropout", JMLR 15 (2014), section 10.

    Examples
    --------
    >>> GaussianDropout(0.5).forward(np.ones((1, 2)))
    array([[1., 1.]], dtype=float32)
    """

    def __init__(self, rate: float, seed: int | None = None, **options: Any) -> None:
        super().__init__(seed, **options)
        self.rate = checked_rate(rate, below_1=True)

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        """Return ``x n`` in training, else ``x`` itself."""
        x = self._checked(x)
        return np.multiply(x, self._noise(x.shape, x.dtype), out=out) if training else x

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        """Return ``dz n``."""
        return np.multiply(dz, self._kept(self._last_noise), out=out)

    def _draw(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
        """Return new noise."""
        noise: Array = self._rng.standard_normal(shape, dtype=dtype)
        noise *= sqrt(self.rate / (1 - self.rate))
        noise += 1
        return noise

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, under Keras' names."""
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}

"""Normally distributed noise in training."""

from math import sqrt
from typing import Any

import numpy as np

from numpy_ann._typing import Array, multiply
from numpy_ann.layers.dropout import NoiseLayer
from numpy_ann.validation import checked_number

__all__ = ["GaussianDropout", "GaussianNoise"]


class GaussianNoise(NoiseLayer):
    """Forward, in training, ``y = x + n`` with ``n ~ N(0, stddev^2)``; backward ``dx = dy``.

    When predicting, ``y = x``. **Input shape** any. **Output shape** the same.

    Parameters
    ----------
    stddev : float
        The noise's standard deviation, from 0 to 1 as in Keras.
    seed
        As for ``NoiseLayer``.

    Source: Goodfellow, Bengio and Courville, "Deep Learning" (2016), section 7.5.

    >>> GaussianNoise(0.1).forward(np.ones((1, 2)))
    array([[1., 1.]], dtype=float32)
    """

    def __init__(self, stddev: float, seed: int | None = None, **options: Any) -> None:
        super().__init__(seed, **options)
        self.stddev = checked_number("stddev", stddev, least=0, most=1)

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        """Return ``x + n`` in training, else ``x`` itself."""
        x = self._checked(x)
        return np.add(x, self._noise(x.shape, x.dtype), out=out) if training else x

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        _ = self._memory["noise"]  # complains where there was no pass
        return dz

    def _draw(self, rng: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
        noise: Array = rng.standard_normal(shape, dtype=dtype)
        noise *= self.stddev
        return noise


class GaussianDropout(NoiseLayer):
    """Forward, in training, ``y = x n`` with ``n ~ N(1, rate / (1 - rate))``; backward ``dx = dy n``.

    The noise has the mean and the variance that dropout of that rate has. When predicting, ``y = x``.
    **Input shape** any. **Output shape** the same.

    Parameters
    ----------
    rate : float
        From 0 to below 1.
    seed
        As for ``NoiseLayer``.

    Source: Srivastava et al., "Dropout", JMLR 15 (2014), section 10.

    >>> GaussianDropout(0.5).forward(np.ones((1, 2)))
    array([[1., 1.]], dtype=float32)
    """

    def __init__(self, rate: float, seed: int | None = None, **options: Any) -> None:
        super().__init__(seed, **options)
        self.rate = checked_number("rate", rate, least=0, below=1)

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        """Return ``x n`` in training, else ``x`` itself."""
        x = self._checked(x)
        return multiply(x, self._noise(x.shape, x.dtype), out=out) if training else x

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        """Return ``dz n``."""
        return multiply(dz, self._memory["noise"], out=out)

    def _draw(self, rng: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
        noise: Array = rng.standard_normal(shape, dtype=dtype)
        noise *= sqrt(self.rate / (1 - self.rate))
        noise += 1
        return noise

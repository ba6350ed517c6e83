"""Random numbers in training: what all such layers share, and the normally distributed ones."""

from abc import abstractmethod
from math import sqrt
from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.layers.layer import Layer
from numpy_ann.random_streams import checked_seed
from numpy_ann.validation import checked_fraction, checked_number

__all__ = ["GaussianDropout", "GaussianNoise", "NoiseLayer", "kept_at_random"]

_BITS = 16  # of randomness for each number: the rate is met to within 1e-5, and they are cheap to draw


class NoiseLayer(Layer):
    """The base of layers with random numbers; a layer defines ``_draw``.

    Parameters
    ----------
    seed : int, optional
        Where the layer's random stream begins. Otherwise that follows from the model's seed.
    """

    def __init__(self, seed: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.seed = None if seed is None else checked_seed(seed)

    def join(self, stream: np.random.Generator, dtype: np.dtype[np.floating]) -> None:
        """Draw from ``stream``, which the model saves with its others; a layer's own seed begins it."""
        if self.seed is not None and stream is not self._stream:
            stream.bit_generator.state = np.random.default_rng(self.seed).bit_generator.state
        super().join(stream, dtype)

    def _noise(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
        """Return new random numbers, kept for the backward pass; the last ones, if they are to be held."""
        last = self._memory.get("noise")
        if self.hold_noise and last is not None and last.shape == shape:
            return last
        stream, _ = self._at_home()
        noise = self._memory["noise"] = self._draw(stream, shape, dtype)
        return noise

    @abstractmethod
    def _draw(self, rng: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
        """Return new random numbers."""


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
        self.stddev = checked_fraction("stddev", stddev)

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
        return np.multiply(x, self._noise(x.shape, x.dtype), out=out) if training else x

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        """Return ``dz n``."""
        return np.multiply(dz, self._memory["noise"], out=out)

    def _draw(self, rng: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
        noise: Array = rng.standard_normal(shape, dtype=dtype)
        noise *= sqrt(self.rate / (1 - self.rate))
        noise += 1
        return noise


def kept_at_random(rng: np.random.Generator, rate: float, shape: tuple[int, ...]) -> Array:
    """Return False with probability ``rate``: 16 random bits a number, compared with it in units of 2^-16."""
    size = int(np.prod(shape))
    words = rng.bit_generator.random_raw(-(-size * _BITS // 64))
    return words.view(np.uint16)[:size].reshape(shape) >= round(rate * 2**_BITS)

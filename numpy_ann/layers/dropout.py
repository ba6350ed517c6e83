"""Noise in training: numbers are dropped at random, so that no unit relies on another, or disturbed."""

from abc import abstractmethod
from collections.abc import Sequence
from math import prod, sqrt
from typing import Any

import numpy as np

from numpy_ann._typing import Array, BatchShape, Shape, multiply
from numpy_ann.activations.smooth import SELU_ALPHA, SELU_SCALE
from numpy_ann.layers.layer import Layer
from numpy_ann.random_streams import checked_seed
from numpy_ann.validation import checked_number, is_integer

_SATURATION = -SELU_ALPHA * SELU_SCALE  # what SELU gives far below 0
_BITS = 16  # of randomness for each number: the rate is met to within 1e-5, and they are cheap to draw


class NoiseLayer(Layer):
    """The base of layers with random numbers in training: ``y = x n``; when predicting, ``y = x``.

    A layer defines ``_draw``, and ``_disturbed`` where it does something else with the numbers.

    Parameters
    ----------
    seed : int, optional
        Where the layer's random stream begins, 0 or more. Otherwise that follows from the model's seed.
    """

    def __init__(self, seed: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.seed = None if seed is None else checked_seed(seed)

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        x = self._checked(x)
        return self._disturbed(x, self._noise(x), out) if training else x

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        return multiply(dz, self._memory["noise"], out=out)

    def _disturbed(self, x: Array, noise: Array, out: Array | None) -> Array:
        return multiply(x, noise, out=out)

    def _noise(self, x: Array) -> Array:
        """Return new random numbers, kept for the backward pass; the last ones, if they are to be held."""
        last: Array | None = self._memory.get("noise")
        shape = self._noise_shape(x.shape)
        if not self.hold_noise or last is None or last.shape != shape:
            last = self._memory["noise"] = self._draw(self._stream, shape, x.dtype)
        return last

    def _noise_shape(self, shape: Shape) -> Shape:
        return shape

    @abstractmethod
    def _draw(self, rng: np.random.Generator, shape: Shape, dtype: np.dtype[Any]) -> Array:
        """Return new random numbers."""


class _MaskedLayer(NoiseLayer):
    """The base of layers whose random numbers are a mask of ``noise_shape``."""

    def __init__(
        self, rate: float, noise_shape: Sequence[int | None] | None = None, seed: int | None = None,
        **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(seed, **options)
        self.rate = checked_number("rate", rate, least=0, most=1)
        self.noise_shape: tuple[int | None, ...] | None = None
        if noise_shape is not None:
            sequence = isinstance(noise_shape, Sequence | np.ndarray) and not isinstance(noise_shape, str)
            if not sequence or not all(n is None or (is_integer(n) and n > 0) for n in noise_shape):
                raise ValueError(
                    "`noise_shape` must be a tuple of positive integers and None, the batch axis included. "
                    f"Received: noise_shape={noise_shape!r}"
                )
            self.noise_shape = tuple(None if n is None else int(n) for n in noise_shape)

    def _noise_shape(self, shape: Shape) -> Shape:
        if (mask := self.noise_shape) is None:
            return shape
        concrete = tuple(m if n is None else n for n, m in zip(mask, shape, strict=False))
        if len(mask) != len(shape) or any(n not in (1, m) for n, m in zip(concrete, shape, strict=True)):
            raise ValueError(f"A mask of `noise_shape` {mask} doesn't spread over inputs of {shape}.")
        return concrete

    def _draw(self, rng: np.random.Generator, shape: Shape, dtype: np.dtype[Any]) -> Array:
        return kept_at_random(rng, self.rate, shape).astype(dtype)


class Dropout(_MaskedLayer):
    """Set numbers to 0 at random while training, and scale up the rest to keep the expected sum.

    Forward, in training, with a new mask for each batch::

        mask = 0 with probability rate, else 1 / (1 - rate)
        y = x mask

    Backward: ``dx = dy mask``. When predicting, ``y = x``.

    Parameters
    ----------
    rate : float
        The probability to *drop* a number, from 0 to 1 (not the probability to keep it).
    noise_shape : sequence of int or None, optional
        The shape of the mask, the batch axis included: an axis of 1 drops or keeps all numbers along it
        together; None stands for the input's own length.

    Source: Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", JMLR 15
    (2014), in the "inverted" form of its section 10.

    >>> layer = Dropout(0.5, seed=0)
    >>> x = np.ones((2, 50))
    >>> bool(np.all(layer.forward(x) == x))
    True
    >>> np.unique(layer.forward(x, training=True))
    array([0., 2.], dtype=float32)
    """

    def _draw(self, rng: np.random.Generator, shape: Shape, dtype: np.dtype[Any]) -> Array:
        # Cast first: twice as fast as multiplying booleans.
        mask = kept_at_random(rng, self.rate, shape).astype(dtype)
        mask *= 1 / (1 - self.rate) if self.rate < 1 else 0.0
        return mask


class AlphaDropout(_MaskedLayer):
    """Set numbers to SELU's lowest value at random while training, and keep mean 0 and variance 1.

    Forward, in training, with ``mask`` 0 with probability ``rate``, else 1, and ``s = -1.7581``::

        y = a (x mask + s (1 - mask)) + b
        a = 1 / sqrt((1 - rate) (1 + rate s^2))         b = -a s rate

    Backward: ``dx = dy a mask``. When predicting, ``y = x``. Parameters are those of ``Dropout``, but
    ``rate`` is below 1.

    Source: Klambauer et al., "Self-Normalizing Neural Networks", NIPS 2017, section "New Dropout Technique".

    >>> y = AlphaDropout(0.5, seed=0).forward(np.zeros((1, 1000)), training=True)
    >>> bool(abs(y.mean()) < 0.1)
    True
    """

    def __init__(
        self, rate: float, noise_shape: Sequence[int | None] | None = None, seed: int | None = None,
        **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(checked_number("rate", rate, least=0, below=1), noise_shape, seed, **options)
        self._a = ((1 - self.rate) * (1 + self.rate * _SATURATION**2)) ** -0.5

    def _disturbed(self, x: Array, noise: Array, out: Array | None) -> Array:
        y: Array = np.multiply(x, noise, out=out)
        y += _SATURATION * (1 - noise)
        y *= self._a
        y -= self._a * _SATURATION * self.rate
        return y

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        return multiply(dz, self._a * self._memory["noise"], out=out)


class SpatialDropout1D(Dropout):
    """Drop whole features of a sequence while training: ``Dropout`` with one number of the mask a feature.

    Forward, in training, ``y[i, t, j] = x[i, t, j] mask[i, j]``, with ``mask`` 0 with probability ``rate``,
    else ``1 / (1 - rate)``; backward ``dx = dy mask``. When predicting, ``y = x``. **Input shape** ``(batch,
    steps, features)``. **Output shape** the same.

    Source: Tompson et al., "Efficient Object Localization Using Convolutional Networks", CVPR 2015, section
    3.2. ``rate`` and ``seed`` are those of ``Dropout``.

    >>> y = SpatialDropout1D(0.5, seed=0).forward(np.ones((1, 3, 9)), training=True)
    >>> bool(np.all(y == y[:, :1]))
    True
    """

    def __init__(self, rate: float, seed: int | None = None, **options: Any) -> None:
        super().__init__(rate, (None, 1, None), seed, **options)

    def compute_output_shape(self, input_shape: BatchShape) -> BatchShape:
        does = "drops features of sequences, of the shape (batch, steps, features)"
        self._needs(len(input_shape) == 3, does, input_shape)
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        return {key: config[key] for key in ("rate", "seed", "name", "dtype")}


class GaussianNoise(NoiseLayer):
    """Forward, in training, ``y = x + n`` with ``n ~ N(0, stddev^2)``; backward ``dx = dy``.

    When predicting, ``y = x``.

    Parameters
    ----------
    stddev : float
        The noise's standard deviation, from 0 to 1 as in Keras.

    Source: Goodfellow, Bengio and Courville, "Deep Learning" (2016), section 7.5.

    >>> GaussianNoise(0.1).forward(np.ones((1, 2)))
    array([[1., 1.]], dtype=float32)
    """

    def __init__(self, stddev: float, seed: int | None = None, **options: Any) -> None:
        super().__init__(seed, **options)
        self.stddev = checked_number("stddev", stddev, least=0, most=1)

    def _disturbed(self, x: Array, noise: Array, out: Array | None) -> Array:
        return np.add(x, noise, out=out)

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        _ = self._memory["noise"]  # complains where there was no pass
        return dz

    def _draw(self, rng: np.random.Generator, shape: Shape, dtype: np.dtype[Any]) -> Array:
        return self.stddev * rng.standard_normal(shape, dtype=dtype)


class GaussianDropout(NoiseLayer):
    """Forward, in training, ``y = x n`` with ``n ~ N(1, rate / (1 - rate))``; backward ``dx = dy n``.

    The noise has the mean and the variance that dropout of that rate has. When predicting, ``y = x``.

    Parameters
    ----------
    rate : float
        From 0 to below 1.

    Source: Srivastava et al., "Dropout", JMLR 15 (2014), section 10.

    >>> GaussianDropout(0.5).forward(np.ones((1, 2)))
    array([[1., 1.]], dtype=float32)
    """

    def __init__(self, rate: float, seed: int | None = None, **options: Any) -> None:
        super().__init__(seed, **options)
        self.rate = checked_number("rate", rate, least=0, below=1)

    def _draw(self, rng: np.random.Generator, shape: Shape, dtype: np.dtype[Any]) -> Array:
        stddev = sqrt(self.rate / (1 - self.rate))
        return 1 + stddev * rng.standard_normal(shape, dtype=dtype)


def kept_at_random(rng: np.random.Generator, rate: float, shape: Shape) -> Array:
    """Return False with probability ``rate``: 16 random bits a number, compared with it in units of 2^-16."""
    size = prod(shape)
    words = rng.bit_generator.random_raw(-(-size * _BITS // 64))
    kept: Array = words.view(np.uint16)[:size].reshape(shape) >= round(rate * 2**_BITS)
    return kept

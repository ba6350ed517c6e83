"""What layers that draw random numbers in training share."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np

from numpy_ann._typing import Array, Shape
from numpy_ann.layers.layer import Layer
from numpy_ann.random_streams import checked_seed

__all__ = ["NoiseLayer", "checked_noise_shape", "checked_rate", "concrete_shape", "kept_at_random"]

_BITS = 16  # of randomness for each number: the rate is met to within 1e-5, and they are cheap to draw


class NoiseLayer(Layer):
    """The base of layers with random numbers; a layer defines ``_draw``.

    Parameters
    ----------
    seed : int, optional
        Where the layer's random stream begins. Otherwise that follows from the model's seed.
    **options
        ``name``, ``trainable``, ``dtype``, ``input_shape``: see ``Layer``.
    """

    _rng: np.random.Generator

    def __init__(self, seed: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.seed = None if seed is None else checked_seed(seed)
        self._last_noise: Array | None = None

    def build(self, input_shape: Shape, rng: np.random.Generator, dtype: np.dtype[np.floating]) -> Shape:
        """Take up the random stream that the numbers come from."""
        self.take_stream(rng)
        return super().build(input_shape, rng, dtype)

    def take_stream(self, rng: np.random.Generator) -> None:
        """Draw from ``rng``, which the model saves with its others; begin it at the layer's seed, if any."""
        if rng is getattr(self, "_rng", None):
            return
        if self.seed is not None:
            rng.bit_generator.state = np.random.default_rng(self.seed).bit_generator.state
        self._rng = rng

    def _noise(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
        """Return new random numbers, kept for the backward pass; the last ones, if they are to be held."""
        if not (self.hold_noise and self._last_noise is not None and self._last_noise.shape == shape):
            self._last_noise = self._draw(shape, dtype)
        return self._last_noise

    @abstractmethod
    def _draw(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
        """Return new random numbers."""


def kept_at_random(rng: np.random.Generator, rate: float, shape: tuple[int, ...]) -> Array:
    """Return False with probability ``rate``: 16 random bits a number, compared with it in units of 2^-16."""
    size = int(np.prod(shape))
    words = rng.bit_generator.random_raw(-(-size * _BITS // 64))
    return words.view(np.uint16)[:size].reshape(shape) >= round(rate * 2**_BITS)


def checked_rate(rate: Any, *, below_1: bool = False) -> float:
    """Return a probability to drop."""
    number = isinstance(rate, int | float | np.number) and not isinstance(rate, bool)
    if not number or not 0 <= rate <= 1 or (below_1 and rate == 1):
        raise ValueError(
            "Invalid value received for argument `rate`. Expected a float value between 0 and 1"
            f"{', 1 left out' if below_1 else ''}. Received: rate={rate!r}"
        )
    return float(rate)


def checked_noise_shape(noise_shape: Sequence[int | None] | None) -> tuple[int | None, ...] | None:
    """Return the shape of a mask."""
    if noise_shape is None:
        return None
    sequence = isinstance(noise_shape, Sequence) and not isinstance(noise_shape, str)
    if not sequence or not all(n is None or (type(n) is int and n > 0) for n in noise_shape):
        raise ValueError(
            "Invalid value received for argument `noise_shape`. Expected a tuple of positive integers and "
            f"None, the batch axis included. Received: noise_shape={noise_shape!r}"
        )
    return tuple(noise_shape)


def concrete_shape(noise_shape: tuple[int | None, ...], shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return a mask's shape for inputs of ``shape``: None is the input's own length.

    Raises
    ------
    ValueError
        If the mask doesn't spread over the inputs.
    """
    concrete = tuple(
        m if n is None else n for n, m in zip(noise_shape, shape[: len(noise_shape)], strict=False)
    )
    if len(noise_shape) != len(shape) or any(n not in (1, m) for n, m in zip(concrete, shape, strict=True)):
        raise ValueError(f"A mask of `noise_shape` {noise_shape} doesn't spread over inputs of {shape}.")
    return concrete

"""Dropout: while training, each number is dropped at random, so that no unit relies on another."""

from typing import Any

import numpy as np

from numpy_ann._typing import Array, Shape
from numpy_ann.layers.layer import Layer
from numpy_ann.random_streams import checked_seed

__all__ = ["Dropout"]

_BITS = 16  # of randomness for each number: the rate is met to within 1e-5, and they are cheap to draw


class Dropout(Layer):
    """Set numbers to 0 at random while training, and scale up the rest to keep the expected sum.

    Forward, in training, with a new mask for each batch::

        mask = 0 with probability rate, else 1 / (1 - rate)
        y = x mask

    Backward: ``dx = dy mask``. When predicting, ``y = x``.

    **Input shape** any. **Output shape** the same.

    Parameters
    ----------
    rate : float
        The probability to *drop* a number, from 0 to 1 (not the probability to keep it).
    seed : int, optional
        Where the layer's random stream begins. Otherwise that follows from the model's seed.
    **options
        ``name``, ``trainable``, ``dtype``, ``input_shape``: see ``Layer``.

    Raises
    ------
    ValueError
        If ``rate`` isn't between 0 and 1, or ``seed`` no integer of 0 or more.

    Source: Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", JMLR 15
    (2014), in the "inverted" form of its section 10.

    Examples
    --------
    >>> layer = Dropout(0.5, seed=0)
    >>> x = np.ones((2, 50))
    >>> bool(np.all(layer.forward(x) == x))
    True
    >>> np.unique(layer.forward(x, training=True))
    array([0., 2.])
    """

    def __init__(self, rate: float, *, seed: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        if isinstance(rate, bool) or not isinstance(rate, int | float | np.number) or not 0 <= rate <= 1:
            raise ValueError(
                "Invalid value received for argument `rate`. Expected a float value between 0 and 1. "
                f"Received: rate={rate!r}"
            )
        self.rate = float(rate)
        self.seed = None if seed is None else checked_seed(seed)
        self._mask: Array | None = None

    def build(self, input_shape: Shape, rng: np.random.Generator, dtype: np.dtype[np.floating]) -> Shape:
        """Take up the random stream that masks come from."""
        if (
            self.seed is not None
        ):  # the stream begins at this layer's seed, and is saved with the model's others
            rng.bit_generator.state = np.random.default_rng(self.seed).bit_generator.state
        self._rng = rng
        return super().build(input_shape, rng, dtype)

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        """Return ``x mask`` in training, else ``x`` itself."""
        x = self._checked(x)
        if not training:
            return x
        if not (self.hold_noise and self._mask is not None and self._mask.shape == x.shape):
            self._mask = self._draw(x.shape, x.dtype)
        return np.multiply(x, self._mask, out=out)

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        """Return ``dz mask``."""
        return np.multiply(dz, self._kept(self._mask), out=out)

    def _draw(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
        """Return a new mask: 16 random bits a number, compared with the rate in units of 2^-16."""
        size = int(np.prod(shape))
        words = self._rng.bit_generator.random_raw(-(-size * _BITS // 64))
        keep = words.view(np.uint16)[:size].reshape(shape) >= round(self.rate * 2**_BITS)
        mask = keep.astype(dtype)  # casting first and scaling then is twice as fast as multiplying booleans
        mask *= 1 / (1 - self.rate) if self.rate < 1 else 0.0
        return mask

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, under Keras' names."""
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}

"""Dropout: while training, each number is dropped at random, so that no unit relies on another."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.layers.noise import (
    NoiseLayer,
    checked_noise_shape,
    checked_rate,
    concrete_shape,
    kept_at_random,
)

__all__ = ["Dropout"]


class Dropout(NoiseLayer):
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
    noise_shape : sequence of int or None, optional
        The shape of the mask, the batch axis included: an axis of 1 drops or keeps all numbers along it
        together; None stands for the input's own length.
    seed : int, optional
        Where the layer's random stream begins. Otherwise that follows from the model's seed.
    **options
        ``name``, ``trainable``, ``dtype``, ``input_shape``: see ``Layer``.

    Raises
    ------
    ValueError
        If ``rate`` isn't between 0 and 1, ``seed`` no integer of 0 or more, or ``noise_shape`` not made of
        positive integers and None.

    Source: Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", JMLR 15
    (2014), in the "inverted" form of its section 10.

    Examples
    --------
    >>> layer = Dropout(0.5, seed=0)
    >>> x = np.ones((2, 50))
    >>> bool(np.all(layer.forward(x) == x))
    True
    >>> np.unique(layer.forward(x, training=True))
    array([0., 2.], dtype=float32)
    """

    def __init__(
        self,
        rate: float,
        noise_shape: Sequence[int | None] | None = None,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(seed, **options)
        self.rate = checked_rate(rate)
        self.noise_shape = checked_noise_shape(noise_shape)

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        """Return ``x mask`` in training, else ``x`` itself."""
        x = self._checked(x)
        if not training:
            return x
        shape = x.shape if self.noise_shape is None else concrete_shape(self.noise_shape, x.shape)
        return np.multiply(x, self._noise(shape, x.dtype), out=out)

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        """Return ``dz mask``."""
        return np.multiply(dz, self._kept(self._last_noise), out=out)

    def _draw(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
        """Return a new mask."""
        # Casting first and scaling then is twice as fast as multiplying booleans.
        mask = kept_at_random(self._rng, self.rate, shape).astype(dtype)
        mask *= 1 / (1 - self.rate) if self.rate < 1 else 0.0
        return mask

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, under Keras' names."""
        options = {"rate": self.rate, "seed": self.seed, "noise_shape": self.noise_shape}
        return {**super().get_config(), **options}

"""Dropout for layers of SELU: what is dropped keeps mean and variance as they are."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.activations.smooth import SELU_ALPHA, SELU_SCALE
from numpy_ann.layers.noise import (
    NoiseLayer,
    checked_noise_shape,
    checked_rate,
    concrete_shape,
    kept_at_random,
)

__all__ = ["AlphaDropout"]

_SATURATION = -SELU_ALPHA * SELU_SCALE  # what SELU gives far below 0


class AlphaDropout(NoiseLayer):
    """Set numbers to SELU's lowest value at random while training, and keep mean 0 and variance 1.

    Forward, in training, with ``mask`` 0 with probability ``rate``, else 1, and ``s = -1.7581``::

        y = a (x mask + s (1 - mask)) + b
        a = 1 / sqrt((1 - rate) (1 + rate s^2))         b = -a s rate

    Backward: ``dx = dy a mask``. When predicting, ``y = x``.

    **Input shape** any. **Output shape** the same. Parameters are those of ``Dropout``, but
    ``rate`` is below 1.

    Source: Klambauer et al., "Self-Normalizing Neural Networks", NIPS 2017, section "New Dropout Technique".

    Examples
    --------
    >>> y = AlphaDropout(0.5, seed=0).forward(np.zeros((1, 1000)), training=True)
    >>> bool(abs(y.mean()) < 0.1)
    True
    """

    def __init__(
        self,
        rate: float,
        noise_shape: Sequence[int | None] | None = None,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(seed, **options)
        self.rate = checked_rate(rate, below_1=True)
        self.noise_shape = checked_noise_shape(noise_shape)
        self._a = ((1 - self.rate) * (1 + self.rate * _SATURATION**2)) ** -0.5

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        """Return ``a (x mask + s (1 - mask)) + b`` in training, else ``x`` itself."""
        x = self._checked(x)
        if not training:
            return x
        shape = x.shape if self.noise_shape is None else concrete_shape(self.noise_shape, x.shape)
        mask = self._noise(shape, x.dtype)
        y = np.multiply(x, mask, out=out)
        y += _SATURATION * (1 - mask)
        y *= self._a
        y -= self._a * _SATURATION * self.rate
        return y

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        """Return ``dz a mask``."""
        return np.multiply(dz, self._a * self._kept(self._last_noise), out=out)

    def _draw(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
        """Return a new mask."""
        return kept_at_random(self._rng, self.rate, shape).astype(dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, under Keras' names."""
        options = {"rate": self.rate, "seed": self.seed, "noise_shape": self.noise_shape}
        return {**super().get_config(), **options}

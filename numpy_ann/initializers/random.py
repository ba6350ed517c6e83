"""Initializers that draw from one distribution, whatever the shape."""

from typing import Any

import numpy as np

from numpy_ann._typing import Array, Shape
from numpy_ann.initializers.initializer import RandomInitializer

__all__ = ["RandomNormal", "RandomUniform", "TruncatedNormal", "truncated_normal"]


class RandomUniform(RandomInitializer):
    """``W ~ U(minval, maxval)``.

    Parameters
    ----------
    minval, maxval : float
        Where the numbers begin, and before which they end.
    seed : int, optional
        See ``RandomInitializer``.

    Examples
    --------
    >>> W = RandomUniform()((784, 128), np.random.default_rng(0), np.dtype("float32"))
    >>> W.shape, str(W.dtype)
    ((784, 128), 'float32')
    """

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: int | None = None) -> None:
        super().__init__(seed)
        self.minval, self.maxval = float(minval), float(maxval)

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:  # noqa: D102
        return rng.uniform(self.minval, self.maxval, size=shape)

    def get_config(self) -> dict[str, Any]:  # noqa: D102
        return {**super().get_config(), "minval": self.minval, "maxval": self.maxval}


class RandomNormal(RandomInitializer):
    """``W ~ N(mean, stddev^2)``.

    Parameters
    ----------
    mean, stddev : float
        The distribution's mean and standard deviation.
    seed : int, optional
        See ``RandomInitializer``.

    Examples
    --------
    >>> W = RandomNormal()((784, 128), np.random.default_rng(0), np.dtype("float32"))
    >>> W.shape, str(W.dtype)
    ((784, 128), 'float32')
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        super().__init__(seed)
        self.mean, self.stddev = float(mean), float(stddev)
        if not self.stddev >= 0:
            raise ValueError(f"`stddev` is a number of 0 or more. Received: stddev={stddev!r}")

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:  # noqa: D102
        return rng.normal(self.mean, self.stddev, size=shape)

    def get_config(self) -> dict[str, Any]:  # noqa: D102
        return {**super().get_config(), "mean": self.mean, "stddev": self.stddev}


class TruncatedNormal(RandomNormal):
    """``W ~ N(mean, stddev^2)``, drawn again while it lies more than two ``stddev`` from the mean.

    What is left has a standard deviation of 0.8796 ``stddev``. Parameters are those of ``RandomNormal``.

    Examples
    --------
    >>> W = TruncatedNormal(stddev=1.0)((1000,), np.random.default_rng(0), np.dtype(np.float64))
    >>> bool(np.abs(W).max() <= 2)
    True
    """

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:  # noqa: D102
        return self.mean + self.stddev * truncated_normal(shape, rng)


def truncated_normal(shape: Shape, rng: np.random.Generator) -> Array:
    """Return standard normal numbers between -2 and 2, drawing anew those outside: one in 22."""
    numbers = rng.standard_normal(shape)
    while (outside := np.abs(numbers) > 2).any():
        numbers[outside] = rng.standard_normal(int(np.count_nonzero(outside)))
    return numbers

"""What every initializer is: a rule that fills an array with its first values."""

from abc import ABC, abstractmethod
from typing import Any, Self

import numpy as np

from numpy_ann._typing import Array, Shape
from numpy_ann.random_streams import checked_seed

__all__ = ["Initializer", "RandomInitializer"]


class Initializer(ABC):
    """Draws an array's first values: ``initializer(shape, rng, dtype)``."""

    @abstractmethod
    def __call__(self, shape: Shape, rng: np.random.Generator, dtype: np.dtype[np.floating]) -> Array:
        """Return a new array of that shape and dtype, random numbers coming from ``rng``."""

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this initializer anew."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make the initializer that ``get_config`` described."""
        return cls(**config)


class RandomInitializer(Initializer):
    """The base of initializers that draw random numbers; an initializer defines ``draw``.

    Parameters
    ----------
    seed : int, optional
        Draw from a generator of its own, the same numbers at every call. Otherwise from the layer's stream.
    """

    def __init__(self, seed: int | None = None) -> None:
        self.seed = None if seed is None else checked_seed(seed)

    def __call__(self, shape: Shape, rng: np.random.Generator, dtype: np.dtype[np.floating]) -> Array:
        """Return a new array of that shape and dtype."""
        rng = rng if self.seed is None else np.random.default_rng(self.seed)
        return self.draw(shape, rng).astype(dtype)

    @abstractmethod
    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        """Return random numbers in float64."""

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this initializer anew."""
        return {"seed": self.seed}

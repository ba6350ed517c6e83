"""Where the weights start."""

from abc import ABC, abstractmethod
from typing import Any

import numpy as np

from numpy_ann._typing import Array, Shape
from numpy_ann.lookup import find
from numpy_ann.random_streams import checked_seed

__all__ = ["GlorotUniform", "Initializer", "Ones", "Zeros", "get"]


class Initializer(ABC):
    """Draws an array's first values: ``initializer(shape, rng, dtype)``."""

    @abstractmethod
    def __call__(self, shape: Shape, rng: np.random.Generator, dtype: np.dtype[np.floating]) -> Array:
        """Return a new array of that shape and dtype, random numbers coming from ``rng``."""

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this initializer anew."""
        return {}


class Zeros(Initializer):
    """All 0; the usual start of a bias.

    Examples
    --------
    >>> Zeros()((3,), np.random.default_rng(), np.dtype("float32"))
    array([0., 0., 0.], dtype=float32)
    """

    def __call__(self, shape: Shape, rng: np.random.Generator, dtype: np.dtype[np.floating]) -> Array:  # noqa: D102
        return np.zeros(shape, dtype=dtype)


class Ones(Initializer):
    """All 1.

    Examples
    --------
    >>> Ones()((3,), np.random.default_rng(), np.dtype("float32"))
    array([1., 1., 1.], dtype=float32)
    """

    def __call__(self, shape: Shape, rng: np.random.Generator, dtype: np.dtype[np.floating]) -> Array:  # noqa: D102
        return np.ones(shape, dtype=dtype)


class GlorotUniform(Initializer):
    """Uniform numbers, as wide as keeps activations and gradients at one size through the layers.

    ``W ~ U(-limit, limit)`` with ``limit = sqrt(6 / (fan_in + fan_out))``, so that
    ``Var[W] = 2 / (fan_in + fan_out)``.

    Shapes: for a kernel ``(..., fan_in, fan_out)``, leading axes multiply both fans.

    Parameters
    ----------
    seed : int, optional
        Draw from a generator of its own, the same numbers at every call. Otherwise from the layer's stream.

    Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks",
    AISTATS 2010, equation 16.

    Examples
    --------
    >>> W = GlorotUniform()((784, 128), np.random.default_rng(0), np.dtype(np.float32))
    >>> bool(np.abs(W).max() <= np.sqrt(6 / (784 + 128)))
    True
    """

    def __init__(self, seed: int | None = None) -> None:
        self.seed = None if seed is None else checked_seed(seed)

    def __call__(self, shape: Shape, rng: np.random.Generator, dtype: np.dtype[np.floating]) -> Array:  # noqa: D102
        fan_in, fan_out = fans(shape)
        limit = np.sqrt(6 / (fan_in + fan_out))
        rng = rng if self.seed is None else np.random.default_rng(self.seed)
        return rng.uniform(-limit, limit, size=shape).astype(dtype)

    def get_config(self) -> dict[str, Any]:  # noqa: D102
        return {"seed": self.seed}


def fans(shape: Shape) -> tuple[int, int]:
    """Return how many inputs reach an output, and how many outputs an input reaches.

    Examples
    --------
    >>> fans((784, 128))
    (784, 128)
    """
    if len(shape) < 2:
        size = shape[0] if shape else 1
        return size, size
    receptive = int(np.prod(shape[:-2]))
    return receptive * shape[-2], receptive * shape[-1]


_BY_NAME: dict[str, type[Initializer]] = {
    "glorot_uniform": GlorotUniform,
    "zeros": Zeros,
    "ones": Ones,
    "GlorotUniform": GlorotUniform,
    "Zeros": Zeros,
    "Ones": Ones,
}


def get(identifier: str | Initializer) -> Initializer:
    """Return the initializer of that name, or the initializer itself.

    Raises
    ------
    ValueError
        If there is none of that name; the message offers near ones.

    Examples
    --------
    >>> type(get("glorot_uniform")).__name__
    'GlorotUniform'
    """
    if isinstance(identifier, Initializer):
        return identifier
    if isinstance(identifier, str):
        return find("initializer", identifier, _BY_NAME)()
    raise ValueError(f"An initializer is a name or an Initializer. Received: {identifier!r}")

"""Initializers without chance."""

from typing import Any

import numpy as np

from numpy_ann._typing import Array, Shape
from numpy_ann.initializers.initializer import Initializer

__all__ = ["Constant", "Identity", "Ones", "Zeros"]


class Zeros(Initializer):
    """All 0, ``W = 0``: the usual start of a bias.

    Examples
    --------
    >>> W = Zeros()((784, 128), np.random.default_rng(0), np.dtype("float32"))
    >>> W.shape, str(W.dtype)
    ((784, 128), 'float32')
    """

    def __call__(self, shape: Shape, rng: np.random.Generator, dtype: np.dtype[np.floating]) -> Array:  # noqa: D102
        return np.zeros(shape, dtype=dtype)


class Ones(Initializer):
    """All 1: ``W = 1``.

    Examples
    --------
    >>> W = Ones()((784, 128), np.random.default_rng(0), np.dtype("float32"))
    >>> W.shape, str(W.dtype)
    ((784, 128), 'float32')
    """

    def __call__(self, shape: Shape, rng: np.random.Generator, dtype: np.dtype[np.floating]) -> Array:  # noqa: D102
        return np.ones(shape, dtype=dtype)


class Constant(Initializer):
    """All the same number: ``W = value``.

    Parameters
    ----------
    value : float
        That number.

    Examples
    --------
    >>> Constant(0.5)((2,), np.random.default_rng(0), np.dtype(np.float64))
    array([0.5, 0.5])
    """

    def __init__(self, value: float = 0.0) -> None:
        self.value = float(value)

    def __call__(self, shape: Shape, rng: np.random.Generator, dtype: np.dtype[np.floating]) -> Array:  # noqa: D102
        return np.full(shape, self.value, dtype=dtype)

    def get_config(self) -> dict[str, Any]:  # noqa: D102
        return {"value": self.value}


class Identity(Initializer):
    """``gain`` on the diagonal, 0 elsewhere: a dense layer that begins by handing its inputs on.

    ``W_ij = gain [i = j]``.

    Parameters
    ----------
    gain : float
        The number on the diagonal.

    Raises
    ------
    ValueError
        When called, if the shape hasn't two axes.

    Examples
    --------
    >>> Identity(2.0)((2, 3), np.random.default_rng(0), np.dtype(np.float64))
    array([[2., 0., 0.],
           [0., 2., 0.]])
    """

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = float(gain)

    def __call__(self, shape: Shape, rng: np.random.Generator, dtype: np.dtype[np.floating]) -> Array:  # noqa: D102
        if len(shape) != 2:
            raise ValueError(f"Identity fills matrices, of two axes. Received: shape={shape}")
        return self.gain * np.eye(*shape, dtype=dtype)

    def get_config(self) -> dict[str, Any]:  # noqa: D102
        return {"gain": self.gain}

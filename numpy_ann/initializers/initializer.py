"""What every initializer is: a rule that fills an array with its first values; and those without chance."""

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from numpy_ann._typing import Array, Shape
from numpy_ann.part import Described
from numpy_ann.validation import checked_number

__all__ = ["Constant", "Identity", "Initializer", "InitializerLike", "Ones", "Zeros"]


class Initializer(Described):
    """Gives an array its first values: ``initializer(shape, dtype=None)``, float32 if no dtype is said.

    One of your own is a class with ``__call__``, or a plain function ``(shape, dtype=None)``.
    """

    @abstractmethod
    def __call__(self, shape: Shape, dtype: Any = None) -> Array:
        """Return a new array of that shape and dtype."""


InitializerLike: TypeAlias = str | Initializer | type[Initializer] | Callable[..., Any]


class Zeros(Initializer):
    """All 0, ``W = 0``: the usual start of a bias.

    >>> W = Zeros()((784, 128))
    >>> W.shape, str(W.dtype)
    ((784, 128), 'float32')
    """

    def __call__(self, shape: Shape, dtype: Any = None) -> Array:
        return np.zeros(shape, dtype=dtype or np.float32)


class Ones(Initializer):
    """All 1: ``W = 1``.

    >>> W = Ones()((784, 128))
    >>> W.shape, str(W.dtype)
    ((784, 128), 'float32')
    """

    def __call__(self, shape: Shape, dtype: Any = None) -> Array:
        return np.ones(shape, dtype=dtype or np.float32)


class Constant(Initializer):
    """All the same number, or the numbers of an array: ``W = value``.

    Parameters
    ----------
    value : float or array_like
        That number, or an array that broadcasts to the shape.

    >>> Constant(0.5)((2,), "float64")
    array([0.5, 0.5])
    """

    def __init__(self, value: Any = 0.0) -> None:
        array = np.asarray(value)
        several = array.ndim > 0 and array.dtype.kind in "biuf" and bool(np.isfinite(array).all())
        self.value: Any = array.tolist() if several else checked_number("value", value)

    def __call__(self, shape: Shape, dtype: Any = None) -> Array:
        try:
            return np.full(shape, self.value, dtype=dtype or np.float32)
        except ValueError:
            of = np.shape(self.value)
            raise ValueError(
                f"The array of Constant has the shape {of}, the weight {tuple(shape)}."
            ) from None


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

    >>> Identity(2.0)((2, 3), "float64")
    array([[2., 0., 0.],
           [0., 2., 0.]])
    """

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = checked_number("gain", gain)

    def __call__(self, shape: Shape, dtype: Any = None) -> Array:
        if len(shape) != 2:
            raise ValueError(f"Identity fills matrices, of two axes. Received: shape={shape}")
        return np.asarray(self.gain * np.eye(*shape, dtype=dtype or np.float32))

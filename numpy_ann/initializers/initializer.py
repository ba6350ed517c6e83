"""What every initializer is: a rule that gives an array its first values; those without chance, and with."""

from abc import abstractmethod
from collections.abc import Callable
from math import prod
from typing import Any, TypeAlias

import numpy as np

from numpy_ann._typing import Array, Shape
from numpy_ann.part import Described
from numpy_ann.random_streams import checked_seed, new_seed
from numpy_ann.recording import here
from numpy_ann.validation import checked_number


class Initializer(Described):
    """Gives an array its first values: ``initializer(shape, dtype=None)``, float32 if no dtype is said.

    One of your own is a class with ``__call__``, or a plain function ``(shape, dtype=None)``.
    """

    @abstractmethod
    def __call__(self, shape: Shape, dtype: Any = None) -> Array:
        """Return a new array of that shape and dtype."""


InitializerLike: TypeAlias = str | Initializer | type[Initializer] | Callable[..., Any]


class Zeros(Initializer):
    """All 0, ``W = 0``: the usual start of a bias."""

    def __call__(self, shape: Shape, dtype: Any = None) -> Array:
        return np.zeros(shape, dtype=dtype or np.float32)


class Ones(Initializer):
    """All 1: ``W = 1``."""

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
            given = f"The array of Constant has the shape {np.shape(self.value)}"
            raise ValueError(f"{given}, the weight {tuple(shape)}.") from None


class Identity(Initializer):
    """``W_ij = gain [i = j]``, on the diagonal: a dense layer that begins by handing its inputs on.

    Raises ``ValueError`` when called, if the shape hasn't two axes.

    Parameters
    ----------
    gain : float
        The number on the diagonal.

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


class RandomInitializer(Initializer):
    """The base of initializers that draw random numbers; an initializer defines ``draw``.

    Parameters
    ----------
    seed : int, optional
        Draw from a generator of its own, the same numbers at every call. Otherwise they come from the stream
        of the layer whose weights they are; and alone, from a seed that the object draws at its first call.
    """

    def __init__(self, seed: int | None = None) -> None:
        self.seed = None if seed is None else checked_seed(seed)
        self._seed_alone: int | None = None

    def __call__(self, shape: Shape, dtype: Any = None) -> Array:
        """Return a new array; ``ValueError`` if the dtype isn't one of floats, or it can't fill the shape."""
        kind = np.dtype(dtype or np.float32)
        if kind.kind != "f":
            raise ValueError(f"{type(self).__name__} fills arrays of floats. Received: dtype={dtype!r}")
        return self.draw(tuple(shape), self._generator()).astype(kind)

    def _generator(self) -> np.random.Generator:
        if self.seed is not None:
            return np.random.default_rng(self.seed)
        if here.stream is not None:
            return here.stream  # type: ignore[no-any-return]
        if self._seed_alone is None:
            self._seed_alone = new_seed()
        return np.random.default_rng(self._seed_alone)

    @abstractmethod
    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        """Return random numbers in float64."""


class RandomUniform(RandomInitializer):
    """``W ~ U(minval, maxval)``.

    Parameters
    ----------
    minval, maxval : float
        Where the numbers begin, and before which they end.
    """

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: int | None = None) -> None:
        super().__init__(seed)
        self.minval, self.maxval = checked_number("minval", minval), checked_number("maxval", maxval)

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        return rng.uniform(self.minval, self.maxval, size=shape)


class RandomNormal(RandomInitializer):
    """``W ~ N(mean, stddev^2)``.

    Parameters
    ----------
    mean, stddev : float
        The distribution's mean and standard deviation.
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        super().__init__(seed)
        self.mean, self.stddev = checked_number("mean", mean), checked_number("stddev", stddev, least=0)

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        return rng.normal(self.mean, self.stddev, size=shape)


class TruncatedNormal(RandomNormal):
    """``W ~ N(mean, stddev^2)``, drawn again while it lies more than two ``stddev`` from the mean.

    What is left has a standard deviation of 0.8796 ``stddev``. Parameters are those of ``RandomNormal``.

    >>> W = TruncatedNormal(stddev=1.0)((1000,), "float64")
    >>> bool(np.abs(W).max() <= 2)
    True
    """

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        return self.mean + self.stddev * truncated_normal(shape, rng)


class Orthogonal(RandomInitializer):
    """A random matrix whose rows, or columns if they are fewer, are orthogonal and of length ``gain``.

    ``A = Q R`` is a matrix of normal numbers; ``W = gain Q``, with the signs of ``R``'s diagonal, so that
    every orthogonal matrix is as likely as any other. Shapes of more axes are filled as ``(product, last)``.

    Raises ``ValueError`` when called, if the shape has fewer than two axes.

    Parameters
    ----------
    gain : float
        How much longer the output is than the input.

    Source: Saxe, McClelland and Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep
    linear neural networks", ICLR 2014; for the signs, Mezzadri, "How to generate random matrices from the
    classical compact groups", Notices of the AMS 54 (2007).

    >>> W = Orthogonal()((3, 2), "float64")
    >>> bool(np.allclose(W.T @ W, np.eye(2)))
    True
    """

    def __init__(self, gain: float = 1.0, seed: int | None = None) -> None:
        super().__init__(seed)
        self.gain = checked_number("gain", gain)

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        if len(shape) < 2:
            raise ValueError(f"Orthogonal fills arrays of two axes and more. Received: shape={shape}")
        rows, columns = prod(shape[:-1]), shape[-1]
        Q, R = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
        Q *= np.sign(np.diagonal(R))
        return self.gain * (Q if rows >= columns else Q.T).reshape(shape)


def truncated_normal(shape: Shape, rng: np.random.Generator) -> Array:
    """Return standard normal numbers between -2 and 2, drawing anew those outside: one in 22."""
    numbers = rng.standard_normal(shape)
    while (outside := np.abs(numbers) > 2).any():
        numbers[outside] = rng.standard_normal(int(np.count_nonzero(outside)))
    return numbers

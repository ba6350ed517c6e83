"""Inputs on another scale: a given one, or that of mean 0 and variance 1, by what was seen of the data."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from operator import index
from typing import Any

import numpy as np

from numpy_ann._typing import Array, BatchShape, Shape, multiply
from numpy_ann.initializers import Constant
from numpy_ann.layers.layer import Layer
from numpy_ann.layers.layer_normalization import batch_axes
from numpy_ann.layers.moments import batches_of, mean_and_variance
from numpy_ann.parameter import Parameter
from numpy_ann.validation import checked_bool

SMALLEST_DEVIATION = 1e-7  # Keras' epsilon: what is constant in the data is divided by this, and not by 0


class Rescaling(Layer):
    """``y = x scale + offset``, as in ``Rescaling(1 / 255)`` for pixels; backward ``dx = dy scale``.

    Parameters
    ----------
    scale, offset : float or list of float
        Finite; a list has one number for each place of the last axis.

    >>> Rescaling(2.0, offset=-1.0).forward(np.array([[0.0, 0.5, 1.0]]))
    array([[-1.,  0.,  1.]], dtype=float32)
    """

    def __init__(self, scale: Any, offset: Any = 0.0, **options: Any) -> None:
        super().__init__(**options)
        self.scale, self.offset = _numbers("scale", scale), _numbers("offset", offset)

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        x = self._checked(x)
        y: Array = np.multiply(x, np.asarray(self.scale, dtype=x.dtype), out=out)
        y += np.asarray(self.offset, dtype=x.dtype)
        return y

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        return multiply(dz, np.asarray(self.scale, dtype=dz.dtype), out=out)


def _numbers(name: str, value: Any) -> float | list[float]:
    array = np.asarray(value)
    if array.dtype.kind not in "iuf" or array.ndim > 1 or not np.isfinite(array).all():
        raise ValueError(f"`{name}` is a finite number or a list of them. Received: {name}={value!r}")
    numbers: float | list[float] = array.astype(float).tolist()
    return numbers


class Normalization(Layer):
    """Move and scale inputs to mean 0 and variance 1, by the data's own, which ``adapt`` finds beforehand.

    ::

        y = (x - mean) / s        dx = dy / s
        y = mean + x s            dx = dy s          inverted
        s = max(sqrt(variance), 1e-7)

    As in Keras, a layer that was neither adapted nor told passes its inputs on: mean 0, variance 1. **Input
    shape** ``(batch, ...)``. **Output shape** the same. ``mean``, ``variance``: the lengths of the kept axes.
    Training leaves them alone. With them Keras keeps a whole number, ``count``, which is 0 but in files of
    Keras 2. From ``.h5`` files, its own included, Keras 3 takes an ``axis`` that is one integer, and no
    other. Raises ``TypeError`` if ``axis`` holds anything but integers; ``ValueError`` if only one of
    ``mean`` and ``variance`` is given, they differ in shape or have more axes than are kept, aren't finite,
    or a variance is negative; when built, if there is no such axis, or they don't fit.

    Parameters
    ----------
    axis : int, list of int or None
        The axes along which each place has a mean and a variance of its own: the features. None: the data
        have one of each. The batch is axis 0, and is never kept.
    mean, variance : float or list of float, optional
        Given together, they need no ``adapt``, and are options rather than parameters. Lists have a number
        for each place of the kept axes, or of the last ones, or 1.
    invert : bool
        Turn what was normalized into what it was before.

    >>> x = np.array([[0.0, 7.0], [2.0, 9.0], [0.0, 7.0], [2.0, 9.0]])
    >>> layer = Normalization()
    >>> layer.adapt(x)
    >>> layer(x[:2])
    array([[-1., -1.],
           [ 1.,  1.]], dtype=float32)
    """

    count: Parameter
    _mean: Parameter
    _variance: Parameter

    def __init__(
        self, axis: int | Sequence[int] | None = -1, mean: Any = None, variance: Any = None,
        invert: bool = False, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(**options)
        axes = () if axis is None else axis if isinstance(axis, Iterable) else (axis,)
        self.axis = tuple(index(a) for a in axes)
        self.invert = checked_bool("invert", invert)
        if (mean is None) != (variance is None):
            raise ValueError(
                "`mean` and `variance` are given together, or found together by adapt(). "
                f"Received: mean={mean!r} and variance={variance!r}"
            )
        self.input_mean = None if mean is None else self._given("mean", mean)
        self.input_variance = None if variance is None else self._given("variance", variance)
        negative = self.input_variance is not None and (self.input_variance < 0).any()
        shapes = {np.shape(given) for given in (mean, variance) if given is not None}
        if negative or len(shapes) > 1:
            raise ValueError(
                "`mean` and `variance` have one shape, and no variance is negative. "
                f"Received: mean={mean!r} and variance={variance!r}"
            )

    def _given(self, name: str, value: Any) -> Array:
        array = np.asarray(value)
        if array.dtype.kind not in "biuf" or array.ndim > len(self.axis) or not np.isfinite(array).all():
            raise ValueError(
                f"`{name}` is a finite number, or an array of at most {len(self.axis)} axes: those that "
                f"`axis` keeps. Received: {name}={value!r}, with axis={self.axis}"
            )
        return array.astype(np.float64)

    def kept_axes(self, input_shape: Shape) -> tuple[int, ...]:
        """Return the axes of a batch along which each place has its own mean and variance, if it has them."""
        if self.axis and not input_shape:
            raise ValueError(
                f"Samples that are single numbers have one mean and one variance: axis=None. "
                f"Received: axis={self.axis}"
            )
        return batch_axes(list(self.axis), input_shape) if self.axis else ()

    def parameter_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of mean and variance for samples of ``input_shape``, if what was given fits it."""
        shape = tuple(input_shape[axis - 1] for axis in self.kept_axes(input_shape))
        if None in shape:
            raise ValueError(
                f"All `axis` values to be kept must have a known length. Received: axis={self.axis} for "
                f"samples of shape {input_shape}"
            )
        if self.input_mean is not None:
            try:
                np.broadcast_to(self.input_mean, shape)
            except ValueError:
                raise ValueError(
                    f"The kept axes have the lengths {shape}, "
                    f"but `mean` and `variance` the shape {self.input_mean.shape}."
                ) from None
        return shape

    def compute_output_shape(self, input_shape: BatchShape) -> BatchShape:
        self.parameter_shape(tuple(input_shape[1:]))
        return tuple(input_shape)

    def build(self, input_shape: BatchShape) -> None:
        sample: Shape = tuple(input_shape[1:])
        shape, kept = self.parameter_shape(sample), self.kept_axes(sample)
        self._spread = tuple(n if i in kept else 1 for i, n in enumerate((1, *sample)))
        for name, given, otherwise in (("mean", self.input_mean, 0), ("variance", self.input_variance, 1)):
            start = Constant(otherwise if given is None else given.tolist())
            setattr(self, f"_{name}", self.add_weight(shape, start, trainable=False, name=name))
        self.count = self.add_weight((), "zeros", "int32", trainable=False, name="count")
        if self.input_mean is not None:
            self.parameters = []  # what is given is an option

    def adapt(self, data: Any) -> None:
        """Take mean and variance from ``data``, in place of those before.

        Data are an array, or a list, a generator or a data set of batches; of tuples ``(x, y, ...)``, ``x``.
        The layer computes in float64 here, and holds one batch at a time. ``count`` stays as it is, as in
        Keras 3. Raises ``TypeError`` if it is something else, or holds anything but real numbers;
        ``ValueError`` if there are no data, they don't have the layer's features, or mean or variance isn't
        finite (a NaN among the data, say); or if ``mean`` and ``variance`` were given. Then nothing has
        changed.

        >>> layer = Normalization(axis=None)
        >>> layer.adapt(np.array([1.0, 2.0, 3.0]) + 10 * i for i in range(2))
        >>> layer.get_weights()[0]
        array(7., dtype=float32)
        """
        if self.input_mean is not None:
            given = "was given `mean` and `variance`, and has nothing to adapt"
            raise ValueError(f"Layer {self.name!r} {given}. Make it without them.")
        batches = batches_of(data)
        if (first := next(batches, None)) is None:
            raise ValueError("adapt() received no data: an array or an iterable without a single row.")
        shape = first.shape[1:] if self.input_shape is None else self.input_shape
        kept = self.kept_axes(shape)
        summed = tuple(axis for axis in range(len(shape) + 1) if axis not in kept)
        dtype: np.dtype[np.floating] = self.dtype or np.dtype(np.float32)
        with np.errstate(over="ignore", invalid="ignore"):
            found = mean_and_variance(self._fitting(chain([first], batches), shape, kept), summed)
            mean, variance = (figure.astype(dtype) for figure in found)
        if not (np.isfinite(mean).all() and np.isfinite(variance).all()):
            why = f"without a finite mean and variance in {dtype}: a NaN, infinity, or numbers too large"
            raise ValueError(f"adapt() received data {why}.")
        if not self.built:
            self.join(np.random.default_rng(0), dtype)  # it draws nothing
            self.build((None, *shape))
        self._mean.assign(mean)
        self._variance.assign(variance)

    def _fitting(self, batches: Iterable[Array], shape: Shape, kept: tuple[int, ...]) -> Iterator[Array]:
        """Yield the batches; complain about one without the kept axes of samples of ``shape``."""
        for batch in batches:
            if shape == (1,) and batch.ndim == 1:  # one feature, as fit() takes it too
                batch = batch[:, np.newaxis]
            if batch.ndim != len(shape) + 1 or any(batch.shape[axis] != shape[axis - 1] for axis in kept):
                raise ValueError(
                    f"Layer {self.name!r} expects data of shape (batch, {', '.join(map(str, shape))}), but "
                    f"adapt() received {batch.shape}."
                )
            yield batch

    @property
    def mean(self) -> Array | None:
        """What is taken from a batch, in a shape that goes with it; None before the layer is built."""
        return self._mean.value.reshape(self._spread) if self.built else None

    @property
    def variance(self) -> Array | None:
        """The square of what a batch is divided by, like ``mean``."""
        return self._variance.value.reshape(self._spread) if self.built else None

    def _scale(self) -> Array:
        scale: Array = np.maximum(np.sqrt(self._variance.value), SMALLEST_DEVIATION).reshape(self._spread)
        return scale

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        x = self._checked(x)
        mean, scale = self._mean.value.reshape(self._spread), self._scale()
        if self.invert:
            y = np.multiply(x, scale, out=out)
            y += mean
        else:
            y = np.subtract(x, mean, out=out)
            y /= scale
        return y

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        return (np.multiply if self.invert else np.divide)(dz, self._scale(), out=out)

    def get_config(self) -> dict[str, Any]:
        given = {"mean": self.input_mean, "variance": self.input_variance}
        lists = {name: None if value is None else value.tolist() for name, value in given.items()}
        return super().get_config() | lists

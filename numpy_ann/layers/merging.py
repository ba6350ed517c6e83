"""Several arrays into one: where the branches of a graph meet."""

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any, ClassVar

import numpy as np

from numpy_ann._typing import Array, BatchShape, Shape
from numpy_ann.layers.layer import Layer, batch_of
from numpy_ann.lookup import snake_case
from numpy_ann.validation import checked_axes, checked_bool, checked_integer, checked_list_of_shapes, closed

_SMALLEST_LENGTH = 1e-12  # Keras' epsilon: a shorter vector, 0 above all, is divided by this


class MergingLayer(Layer):
    """The base of layers that take a list of arrays, ``layer([x1, x2])``, and make one of them.

    Arrays are spread as NumPy does it, behind the batch axis: an axis of 1 stands for any length, and a
    sample of fewer axes goes with the last ones of the others. **Input shape** a list of ``(batch, ...)``.
    **Output shape** that to which they are spread.
    """

    several_inputs: ClassVar[bool] = True
    inputs_taken: ClassVar[int | None] = None
    keeps_inputs: ClassVar[bool] = False
    operation: ClassVar[np.ufunc]  # on two of the inputs, or on what is made so far and the next

    def compute_output_shape(self, input_shape: Any) -> BatchShape:
        samples = self._samples(input_shape)
        known = [tuple(1 if n is None else n for n in shape) for shape in samples]
        opened = [tuple(1 + (n is None) for n in shape) for shape in samples]
        try:
            pairs = zip(np.broadcast_shapes(*known), np.broadcast_shapes(*opened), strict=True)
            return (input_shape[0][0], *(n if is_open == 1 else None for n, is_open in pairs))
        except ValueError:
            raise ValueError(
                f"Layer {self.name!r} got inputs of shapes that don't go together: {samples}, the batch axis "
                "left out. They must be equal, or 1 where they differ."
            ) from None

    def _samples(self, input_shape: Any) -> list[Shape]:
        shapes = checked_list_of_shapes(f"Layer {self.name!r}", input_shape)
        exact = self.inputs_taken
        self._needs(exact in (None, len(shapes)), f"takes exactly {exact} inputs", input_shape)
        return [tuple(shape[1:]) for shape in shapes]

    def _all_checked(self, x: Any, training: bool) -> list[Array]:
        """Return the inputs in the layer's dtype if they fit; build the layer first if nobody has."""
        if not isinstance(x, list | tuple):
            raise ValueError(
                f"Layer {self.name!r} takes a list of inputs, as in layer([x1, x2]). Received: {type(x)}"
            )
        arrays = [np.asarray(array, dtype=self.dtype or np.float32) for array in x]
        shapes: Any = tuple(array.shape[1:] for array in arrays)
        if not self.built or (shapes != self.input_shape and not self.in_model):
            self.build([(None, *shape) for shape in shapes])  # type: ignore[arg-type]
            arrays = [np.asarray(array, dtype=self.dtype) for array in arrays]
        if training:
            self._memory["shapes"] = shapes
        known: Any = self.input_shape
        fits = len(known) == len(shapes) and [*map(closed, known, shapes)] == [*shapes]
        if not fits or len({len(array) for array in arrays}) > 1:
            expected, received = map(batch_of, known), (str(x.shape) for x in arrays)
            raise ValueError(
                f"Layer {self.name!r} expects inputs of shape {', '.join(expected)}, but received "
                f"{', '.join(received)}."
            )
        return arrays

    def _spread(self, x: Array) -> Array:
        """Return an input with axes of 1 where samples of others have more."""
        missing = len(self.output_shape or ()) + 1 - x.ndim
        return x.reshape(len(x), *(1,) * missing, *x.shape[1:]) if missing else x

    def _summed(self, gradient: Array, number: int) -> Array:
        """Return a gradient of the output's shape, summed to that of an input: the way back of spreading."""
        shape: Shape = self._memory["shapes"][number]
        if shape == gradient.shape[1:]:
            return gradient
        spread = (1,) * (gradient.ndim - 1 - len(shape)) + shape
        axes = tuple(i for i, n in enumerate(spread, 1) if n == 1 != gradient.shape[i])
        summed: Array = gradient.sum(axis=axes, keepdims=True)
        return summed.reshape(len(gradient), *shape)

    def forward(self, x: Any, *, training: bool = False, out: Array | None = None) -> Array:
        arrays = [self._spread(array) for array in self._all_checked(x, training)]
        if training and self.keeps_inputs:
            self._memory["x"] = arrays
        y = np.empty(np.broadcast_shapes(*(a.shape for a in arrays)), self.dtype) if out is None else out
        first, *rest = arrays
        if not rest:
            y[...] = first
        for array in rest:
            first = self.operation(first, array, out=y)
        return y

    def backward_input(self, dz: Array, *, out: Any = None) -> Any:
        return [self._summed(self._gradient(dz, i), i) for i in range(len(self.input_shape or ()))]

    def _gradient(self, dz: Array, number: int) -> Array:
        """Return the gradient of one input, in the output's shape."""
        return dz


class Add(MergingLayer):
    """Add arrays: the skip connection of a residual network.

    Forward ``y = x1 + ... + xn``, backward ``dx = dy`` of each, summed over what it was spread to.

    >>> Add()([np.array([[1.0, 2.0]]), np.array([[10.0]])])
    array([[11., 12.]], dtype=float32)
    """

    operation = np.add


class Average(Add):
    """Take the mean of ``n`` arrays.

    Forward ``y = (x1 + x2 + ...) / n``, backward ``dx = dy / n`` of each, summed as by ``Add``.

    >>> Average()([np.array([[1.0, 2.0]]), np.array([[3.0, 6.0]])])
    array([[2., 4.]], dtype=float32)
    """

    def forward(self, x: Any, *, training: bool = False, out: Array | None = None) -> Array:
        y = super().forward(x, training=training, out=out)
        y /= len(x)
        return y

    def _gradient(self, dz: Array, number: int) -> Array:
        dx: Array = dz / dz.dtype.type(len(self.input_shape or ()))
        return dx


class Subtract(MergingLayer):
    """Subtract the second of two arrays from the first.

    Forward ``y = x1 - x2``, backward ``dx = dy`` of the first and ``dx = -dy`` of the second, summed as by
    ``Add``. **Input shape** a list of two ``(batch, ...)``. **Output shape** that to which they are spread.

    >>> Subtract()([np.array([[1.0, 2.0]]), np.array([[3.0, 1.0]])])
    array([[-2.,  1.]], dtype=float32)
    """

    inputs_taken = 2
    operation = np.subtract

    def _gradient(self, dz: Array, number: int) -> Array:
        return -dz if number else dz


class Multiply(MergingLayer):
    """Multiply arrays, number by number: a gate.

    Forward ``y = x1 x2 ...``, backward ``dx = dy`` times the other inputs, summed as by ``Add``.

    >>> Multiply()([np.array([[1.0, 2.0]]), np.array([[3.0, 1.0]])])
    array([[3., 2.]], dtype=float32)
    """

    keeps_inputs = True
    operation = np.multiply

    def _gradient(self, dz: Array, number: int) -> Array:
        for i, x in enumerate(self._memory["x"]):
            dz = dz if i == number else dz * x
        return dz


class Maximum(MergingLayer):
    """Take the largest of arrays, number by number.

    Forward ``y = max(max(x1, x2), x3)...``, two at a time, as Keras does; backward ``dx = dy`` where the
    input is the larger of its two, half of it where they are equal, and 0 elsewhere.

    >>> layer = Maximum()
    >>> layer([np.array([[1.0, 2.0]]), np.array([[3.0, 2.0]])], training=True)
    array([[3., 2.]], dtype=float32)
    >>> layer.backward(np.array([[1.0, 1.0]]))
    [array([[0. , 0.5]], dtype=float32), array([[1. , 0.5]], dtype=float32)]
    """

    keeps_inputs = True
    operation: ClassVar[np.ufunc] = np.maximum

    def backward_input(self, dz: Array, *, out: Any = None) -> Any:
        inputs = self._memory["x"]
        before = accumulate(inputs[:-1], self.operation)
        found = []
        for y, x in zip(reversed([*before]), reversed(inputs[1:]), strict=True):
            chosen = self.operation(y, x)
            found.append(dz * ((x == chosen) / np.add(x == chosen, y == chosen, dtype=dz.dtype)))
            dz = dz - found[-1]
        return [self._summed(gradient, i) for i, gradient in enumerate([dz, *reversed(found)])]


class Minimum(Maximum):
    """Take the smallest of arrays, number by number.

    Forward ``y = min(min(x1, x2), x3)...``, two at a time, as Keras does; backward ``dx = dy`` where the
    input is the smaller of its two, half of it where they are equal, and 0 elsewhere.

    >>> Minimum()([np.array([[1.0, 2.0]]), np.array([[3.0, 1.0]])])
    array([[1., 1.]], dtype=float32)
    """

    operation = np.minimum


class Concatenate(MergingLayer):
    """Put arrays one behind the other, along one axis.

    Forward ``y = [x1, x2, ...]``, backward ``dx = dy``, cut where the inputs met. **Input shape** a list of
    ``(batch, ...)``, equal but for the axis. **Output shape** the same, but for the axis, which is the sum.

    Parameters
    ----------
    axis : int
        Counted with the batch's, which is 0 and can't be it.

    >>> Concatenate()([np.array([[1.0, 2.0]]), np.array([[3.0]])])
    array([[1., 2., 3.]], dtype=float32)
    """

    def __init__(self, axis: int = -1, **options: Any) -> None:
        super().__init__(**options)
        self.axis = checked_integer("axis", axis)

    def compute_output_shape(self, input_shape: Any) -> BatchShape:
        samples = self._samples(input_shape)
        axes = len(samples[0]) + 1
        at = self.axis + axes if self.axis < 0 else self.axis
        does = f"puts inputs together along axis {self.axis}, which they haven't, or which is the batch's"
        self._needs(0 < at < axes, does, input_shape)
        columns = [set(column) for column in zip(*samples, strict=False)]
        alike = all(len(column - {None}) < 2 for i, column in enumerate(columns, 1) if i != at)
        alike = alike and {*map(len, samples)} == {axes - 1}
        self._needs(alike, f"needs inputs of equal shapes, but for axis {self.axis}", input_shape)
        whole = [None if None in column else max(column) for column in columns]
        whole[at - 1] = None if None in columns[at - 1] else sum(shape[at - 1] for shape in samples)
        return (input_shape[0][0], *whole)

    def forward(self, x: Any, *, training: bool = False, out: Array | None = None) -> Array:
        return np.concatenate(self._all_checked(x, training), axis=self.axis, out=out)

    def backward_input(self, dz: Array, *, out: Any = None) -> Any:
        at = self.axis - 1 if self.axis > 0 else self.axis
        lengths = [shape[at] for shape in self._memory["shapes"]]
        return np.split(dz, np.cumsum(lengths[:-1]), axis=self.axis)


class Dot(MergingLayer):
    """Multiply two arrays and sum along an axis of each: how alike two vectors are.

    Forward ``y = sum of x1 x2 over the axis``, backward ``dx = dy x2`` of the first and ``dx = dy x1`` of the
    second. With ``normalize``, it is the cosine of vectors: ``u = x / |x|`` stands in place of ``x``, and
    ``dx = (du - u (u . du)) / |x|``. **Input shape** a list of two, of at least two axes. **Output shape**
    the axes of the first, then of the second, but for those summed over, with the batch's once; ``(batch,
    1)`` if none is left.

    Parameters
    ----------
    axes : int or two int
        Along which to sum: one for both, or one each. The batch's, 0, can't be it.
    normalize : bool
        Whether to divide by the lengths of the vectors along the axes first.

    >>> Dot(axes=1)([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])])
    array([[11.]], dtype=float32)
    """

    inputs_taken = 2

    def __init__(self, axes: int | Sequence[int], normalize: bool = False, **options: Any) -> None:
        super().__init__(**options)
        checked = checked_axes("axes", axes)
        if isinstance(checked, list) and len(checked) != 2:
            raise ValueError(f"`axes` must be an integer or two. Received: axes={axes!r}")
        self.axes = checked
        self.normalize = checked_bool("normalize", normalize)

    def summed_axes(self, samples: Sequence[Shape]) -> list[int]:
        """Return the axis of each input, counted with the batch's."""
        given = [self.axes] * 2 if isinstance(self.axes, int) else self.axes
        return [a + len(shape) + 1 if a < 0 else a for a, shape in zip(given, samples, strict=True)]

    def compute_output_shape(self, input_shape: Any) -> BatchShape:
        samples = self._samples(input_shape)
        places = self.summed_axes(samples)
        pairs = list(zip(samples, places, strict=True))
        does = f"sums along the axes {self.axes}, which the inputs haven't, or are the batch's"
        self._needs(all(0 < axis <= len(shape) for shape, axis in pairs), does, input_shape)
        does = f"sums along axes of different lengths, {places[0]} and {places[1]}"
        self._needs(len({shape[axis - 1] for shape, axis in pairs}) == 1, does, input_shape)
        left = [n for shape, axis in pairs for i, n in enumerate(shape, 1) if i != axis]
        return (input_shape[0][0], *(left or [1]))

    def _matrices(self, arrays: Sequence[Array]) -> list[Array]:
        places = self.summed_axes(self.input_shape)  # type: ignore[arg-type]
        rows = [np.moveaxis(array, axis, -1) for array, axis in zip(arrays, places, strict=True)]
        return [row.reshape(len(row), -1, row.shape[-1]) for row in rows]

    def forward(self, x: Any, *, training: bool = False, out: Array | None = None) -> Array:
        arrays = self._all_checked(x, training)
        vectors, lengths = self._matrices(arrays), None
        if self.normalize:
            sums = (np.sum(np.square(v), axis=-1, keepdims=True) for v in vectors)
            lengths = [np.maximum(np.sqrt(s), s.dtype.type(_SMALLEST_LENGTH)) for s in sums]
            vectors = [v / length for v, length in zip(vectors, lengths, strict=True)]
        if training:
            self._memory.update(vectors=vectors, lengths=lengths)
        y: Array = np.matmul(vectors[0], vectors[1].swapaxes(1, 2))
        return y.reshape(len(y), *self.compute_output_shape([array.shape for array in arrays])[1:])

    def backward_input(self, dz: Array, *, out: Any = None) -> Any:
        first, second = vectors = self._memory["vectors"]
        dz = dz.reshape(len(dz), first.shape[1], second.shape[1])
        gradients = [np.matmul(dz, second), np.matmul(dz.swapaxes(1, 2), first)]
        if self.normalize:
            gradients = [
                (du - u * np.sum(u * du, axis=-1, keepdims=True)) / length
                for du, u, length in zip(gradients, vectors, self._memory["lengths"], strict=True)
            ]
        samples, found = self._memory["shapes"], []
        for gradient, shape, axis in zip(gradients, samples, self.summed_axes(samples), strict=True):
            others = np.delete(shape, axis - 1)
            rows = gradient.reshape(len(gradient), *others, shape[axis - 1])
            found.append(np.moveaxis(rows, -1, axis))
        return found


def _function_of(layer: type[MergingLayer], more: str = "") -> Callable[..., Any]:
    """Return the function that makes a layer and calls it at once."""
    name = snake_case(layer.__name__)

    def function(inputs: Any, *args: Any, **options: Any) -> Any:
        return layer(*args, **options)(inputs)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"""Return what ``{layer.__name__}`` makes of a list of inputs; its options are taken.

    >>> y = {name}([np.ones((2, 3)), np.ones((2, 3))]{more})
    """
    return function


add, average, concatenate = _function_of(Add), _function_of(Average), _function_of(Concatenate)
dot, maximum, minimum = _function_of(Dot, ", axes=1"), _function_of(Maximum), _function_of(Minimum)
multiply, subtract = _function_of(Multiply), _function_of(Subtract)

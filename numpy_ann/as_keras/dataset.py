"""``tf.data.Dataset`` over arrays in memory: rows, shuffled, batched, mapped, taken, repeated."""

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count, islice, repeat
from typing import Any

import numpy as np

from numpy_ann.as_keras.tensors import as_tensor, constant_array
from numpy_ann.random_streams import new_seed

__all__ = ["AUTOTUNE", "Dataset", "TensorSpec"]

AUTOTUNE = -1
INFINITE, UNKNOWN = -1, -2


def _mapped(function: Callable[..., Any], first: Any, *others: Any) -> Any:
    """Return the structure (tuples and dictionaries of arrays) with the function applied to each array."""
    if isinstance(first, dict):
        return {key: _mapped(function, value, *(s[key] for s in others)) for key, value in first.items()}
    if isinstance(first, tuple):
        return tuple(_mapped(function, *parts) for parts in zip(first, *others, strict=True))
    return function(first, *others)


def _called(function: Callable[..., Any], element: Any) -> Any:
    return function(*element) if isinstance(element, tuple) else function(element)


def _arrays(structure: Any) -> Any:
    """Return the structure with arrays for what was given: frames and series too."""
    if hasattr(structure, "to_numpy"):
        return constant_array(structure.to_numpy())
    if isinstance(structure, dict):
        return {key: _arrays(value) for key, value in structure.items()}
    return tuple(map(_arrays, structure)) if isinstance(structure, tuple) else constant_array(structure)


@dataclass(frozen=True)
class TensorSpec:
    """The shape, None where it is open, and the dtype of arrays."""

    shape: Any
    dtype: Any = "float32"
    name: str | None = None


class Dataset:
    """Elements one after another, anew each time it is iterated.

    As long as rows are only shuffled, taken and batched, a batch is gathered at once from the arrays.

    >>> x, y = np.arange(5), np.arange(5) * 2
    >>> for batch in Dataset.from_tensor_slices((x, y)).batch(3).take(1):
    ...     print(*batch, sep="; ")
    tf.Tensor([0 1 2], shape=(3,), dtype=int64); tf.Tensor([0 2 4], shape=(3,), dtype=int64)
    """

    class_names: list[str]  # of pictures in folders
    file_paths: list[str]

    def __init__(
        self, elements: Callable[[], Iterable[Any]], length: int, rows: Any = None, order: Any = None
    ) -> None:
        self._elements, self._length = elements, length
        # Of a data set of rows: its arrays, and a function that returns the rows' numbers, drawn anew.
        self._rows, self._order = rows, order

    @classmethod
    def _of_rows(cls, rows: Any, order: Callable[[], Any], length: int) -> "Dataset":
        def elements() -> Iterator[Any]:
            return (_mapped(lambda a, i=i: as_tensor(a[i]), rows) for i in order())

        return cls(elements, length, rows, order)

    @classmethod
    def from_tensor_slices(cls, tensors: Any, name: str | None = None) -> "Dataset":
        """Return the rows of arrays, or of tuples or dictionaries of arrays of one length.

        Raises ``ValueError`` if the lengths differ.
        """
        rows = _arrays(tensors)
        lengths: set[int] = set()
        _mapped(lambda a: lengths.add(len(a)), rows)
        if len(lengths) > 1:
            raise ValueError(
                f"Arrays of one data set have the same number of rows. Received: {sorted(lengths)}"
            )
        (length,) = lengths
        return cls._of_rows(rows, lambda: np.arange(length), length)

    @classmethod
    def from_tensors(cls, tensors: Any, name: str | None = None) -> "Dataset":
        """Return one element."""
        return cls(lambda: iter([_mapped(as_tensor, _arrays(tensors))]), 1)

    @classmethod
    def from_generator(
        cls, generator: Callable[..., Iterable[Any]], output_types: Any = None, output_shapes: Any = None,
        args: Any = (), output_signature: Any = None, **_: Any,
    ) -> "Dataset":  # fmt: skip
        """Return what a generator function yields, in the dtypes that are said."""
        kinds = output_types if output_signature is None else output_signature
        dtypes = _mapped(lambda kind: kind.dtype if isinstance(kind, TensorSpec) else kind, kinds)

        def converted(element: Any) -> Any:
            if kinds is None:
                return _mapped(lambda a: as_tensor(constant_array(a)), element)
            return _mapped(lambda dtype, a: as_tensor(constant_array(a, dtype)), dtypes, element)

        return cls(lambda: map(converted, generator(*args)), UNKNOWN)

    @classmethod
    def range(cls, *bounds: int, output_type: Any = "int64", **_: Any) -> "Dataset":
        """Return whole numbers, as ``range`` counts them."""
        return cls.from_tensor_slices(np.arange(*bounds, dtype=output_type))

    @classmethod
    def zip(cls, *datasets: Any, **_: Any) -> "Dataset":
        """Return tuples of one element of each data set."""
        several = tuple(datasets[0]) if len(datasets) == 1 else datasets
        lengths = [d._length for d in several if d._length != INFINITE]
        return cls(lambda: zip(*several, strict=False), min(lengths, default=INFINITE))

    @classmethod
    def sample_from_datasets(
        cls, datasets: Sequence["Dataset"], weights: Any = None, seed: int | None = None,
        stop_on_empty_dataset: bool = False, **_: Any,
    ) -> "Dataset":  # fmt: skip
        """Return elements of several data sets, each of one that is drawn by ``weights``, or evenly."""
        first, draws = new_seed() if seed is None else seed, count()

        def elements() -> Iterator[Any]:
            random = np.random.default_rng([first, next(draws)])
            sources = [iter(dataset) for dataset in datasets]
            p = np.array(np.ones(len(sources)) if weights is None else weights, float)
            while p.any():
                i = random.choice(len(sources), p=p / p.sum())
                try:
                    yield next(sources[i])
                except StopIteration:
                    if stop_on_empty_dataset:
                        return
                    p[i] = 0

        return cls(elements, INFINITE if all(d._length == INFINITE for d in datasets) else UNKNOWN)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._elements())

    def __len__(self) -> int:
        if self._length < 0:
            raise TypeError("The data set is endless, or nobody knows its length.")
        return self._length

    def __bool__(self) -> bool:
        return True

    def cardinality(self) -> Any:
        """Return how many elements there are: -1 without end, -2 if nobody knows."""
        return as_tensor(np.int64(self._length))

    def as_numpy_iterator(self) -> Iterator[Any]:
        """Return the elements as plain arrays."""
        return (_mapped(lambda a: np.asarray(a)[()], element) for element in self)

    def shuffle(
        self, buffer_size: int, seed: int | None = None, reshuffle_each_iteration: bool = True,
        name: str | None = None,
    ) -> "Dataset":  # fmt: skip
        """Return the elements in a random order, another each time.

        Rows are shuffled as a whole, whatever the size of the buffer; other elements through a buffer.
        """
        first = new_seed() if seed is None else seed
        draws = count() if reshuffle_each_iteration else repeat(0)

        def generator() -> np.random.Generator:
            return np.random.default_rng([first, next(draws)])

        if self._rows is not None:
            return self._of_rows(self._rows, lambda: generator().permutation(self._order()), self._length)

        def elements() -> Iterator[Any]:
            random, buffer = generator(), []
            for element in self:
                buffer.append(element)
                if len(buffer) >= buffer_size:
                    yield buffer.pop(int(random.integers(len(buffer))))
            random.shuffle(buffer)
            yield from buffer

        return Dataset(elements, self._length)

    def batch(self, batch_size: int, drop_remainder: bool = False, **_: Any) -> "Dataset":
        """Return batches of so many elements; the last may be smaller."""
        whole, rest = divmod(self._length, batch_size)
        length = self._length if self._length < 0 else whole + (rest > 0 and not drop_remainder)

        def gathered() -> Iterator[Any]:
            order = self._order()
            end = len(order) - len(order) % batch_size if drop_remainder else len(order)
            for start in np.arange(0, end, batch_size):
                batch = order[start : start + batch_size]
                yield _mapped(lambda a, batch=batch: as_tensor(a[batch]), self._rows)

        def stacked() -> Iterator[Any]:
            elements = iter(self)
            while chunk := list(islice(elements, batch_size)):
                if len(chunk) == batch_size or not drop_remainder:
                    yield _mapped(lambda *rows: as_tensor(np.stack(list(map(np.asarray, rows)))), *chunk)

        return Dataset(stacked if self._rows is None else gathered, length)

    def unbatch(self) -> "Dataset":
        """Return the rows of batches one by one."""

        def elements() -> Iterator[Any]:
            for batch in self:
                counts: list[int] = []
                _mapped(lambda a, counts=counts: counts.append(len(a)), batch)
                for i in np.arange(counts[0]):
                    yield _mapped(lambda a, i=i: as_tensor(np.asarray(a)[i]), batch)

        return Dataset(elements, UNKNOWN)

    def map(self, map_func: Callable[..., Any], *_: Any, **__: Any) -> "Dataset":
        """Return what the function makes of each element; of tuples it takes the parts."""

        def elements() -> Iterator[Any]:
            for made in (_called(map_func, element) for element in self):
                yield _mapped(as_tensor, tuple(made) if isinstance(made, list) else made)

        return Dataset(elements, self._length)

    def filter(self, predicate: Callable[..., Any], **_: Any) -> "Dataset":
        """Return the elements that a function says True to."""
        return Dataset(lambda: (one for one in self if bool(_called(predicate, one))), UNKNOWN)

    def take(self, count: int, **_: Any) -> "Dataset":
        """Return the first elements; all of them for -1."""
        return self if count < 0 else self._cut(slice(count))

    def skip(self, count: int, **_: Any) -> "Dataset":
        """Return the elements behind the first ones; none of them for -1."""
        return self._cut(slice(count, None) if count >= 0 else slice(0))

    def _cut(self, part: slice) -> "Dataset":
        length = part.stop if self._length == INFINITE and part.stop is not None else self._length
        length = len(range(length)[part]) if length >= 0 else length
        if self._rows is not None:
            return self._of_rows(self._rows, lambda: self._order()[part], length)
        return Dataset(lambda: islice(self, part.start, part.stop), length)

    def window(
        self, size: int, shift: int | None = None, stride: int = 1, drop_remainder: bool = False, **_: Any
    ) -> "Dataset":  # fmt: skip
        """Return windows of so many elements, each a data set, of tuples a tuple of data sets.

        One begins ``shift`` elements after the one before; within it, elements are ``stride`` apart.
        """
        span, further = (size - 1) * stride + 1, size if shift is None else shift

        def elements() -> Iterator[Any]:
            source, kept = iter(self), list[Any]()
            while True:
                kept += islice(source, span - len(kept))
                if len(kept) < (span if drop_remainder else 1):
                    return
                yield _mapped(lambda *parts: Dataset(lambda: parts, len(parts)), *kept[:span:stride])
                list(islice(source, max(further - len(kept), 0)))  # which no window has
                kept = kept[further:]

        begun = len(range(0, max(self._length - (span - 1) * drop_remainder, 0), further))
        return Dataset(elements, begun if self._length >= 0 else self._length)

    def flat_map(self, map_func: Callable[..., Any], **_: Any) -> "Dataset":
        """Return the elements of the data sets that the function makes of each element, one after another."""
        return Dataset(lambda: chain.from_iterable(_called(map_func, one) for one in self), UNKNOWN)

    def repeat(self, count: int | None = None, **_: Any) -> "Dataset":
        """Return the elements so many times, or without end."""
        if count is None or count < 0:
            return Dataset(lambda: chain.from_iterable(repeat(self)), INFINITE)
        length = self._length if self._length < 0 < count else self._length * count
        return Dataset(lambda: chain.from_iterable(repeat(self, count)), length)

    def concatenate(self, dataset: "Dataset", **_: Any) -> "Dataset":
        """Return the elements of this one, then of another."""
        both = [self._length, dataset._length]
        length = INFINITE if INFINITE in both else UNKNOWN if UNKNOWN in both else sum(both)
        return Dataset(lambda: chain(self, dataset), length)

    def enumerate(self, start: int = 0, **_: Any) -> "Dataset":
        """Return pairs of a number and an element."""
        return Dataset(
            lambda: zip(map(as_tensor, map(np.int64, count(start))), self, strict=False), self._length
        )

    def cache(self, filename: str = "", name: str | None = None) -> "Dataset":
        """Return the elements of the first whole pass, in their order, again and again; kept in memory."""
        if self._rows is not None:
            return self._of_rows(self._rows, functools.cache(self._order), self._length)
        kept: list[list[Any]] = []

        def elements() -> Iterator[Any]:
            if kept:
                yield from kept[0]
                return
            found = []
            for element in self:
                found.append(element)
                yield element
            kept.append(found)

        return Dataset(elements, self._length)

    def prefetch(self, *_: Any, **__: Any) -> "Dataset":
        """Return it as it is."""
        return self

    with_options = prefetch

    @property
    def element_spec(self) -> Any:
        """The first element's shapes and dtypes."""
        return _mapped(lambda a: TensorSpec(np.shape(a), np.asarray(a).dtype), next(iter(self)))

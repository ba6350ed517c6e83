"""What users wrap numbers in: lists of one array, frames, sparse matrices, data sets in files."""

from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np

from numpy_ann._typing import Array, Shape


def is_sparse(value: object) -> bool:
    """Return whether it is a sparse matrix or array of scipy, or what has its methods."""
    return hasattr(value, "tocsr") and hasattr(value, "toarray")


class StoredRows:
    """Samples that become an array batch by batch, when they are asked for: never as a whole.

    The source is a sparse matrix, whose rows are made dense; or a data set of an HDF5 file, an array of zarr
    or dask, which are read; all rows of it, or those from ``start`` to before ``stop``. ``sample`` is the
    shape of one sample, if it isn't that of the source.

    >>> rows = StoredRows(np.arange(8).reshape(4, 2))
    >>> len(rows), rows.part(1, 4)[np.array([2, 0])].tolist()
    (4, [[6, 7], [2, 3]])
    """

    def __init__(
        self, source: Any, start: int = 0, stop: int | None = None, sample: Shape | None = None
    ) -> None:
        self._sparse = is_sparse(source)
        # Only rows in a compressed form can be had one by one; its size is that of what isn't 0.
        self._source = source.tocsr() if self._sparse and source.format != "csr" else source
        self._start = start
        self.dtype = np.dtype(source.dtype)
        end: int = source.shape[0] if stop is None else stop
        self.shape: Shape = (end - start, *(source.shape[1:] if sample is None else sample))
        self.ndim, self.size = len(self.shape), prod(self.shape)
        self._held: tuple[Array, Array] | None = None

    @property
    def blocks(self) -> list[int] | None:
        """Where the chunks begin, if the samples are stored in such, and where the last one ends."""
        chunks = getattr(self._source, "chunks", None)
        if self._sparse or not chunks:
            return None
        first = chunks[0]  # dask has the length of each; others have one for all
        starts = np.cumsum(first) if isinstance(first, tuple) else np.arange(0, self._source.shape[0], first)
        inner = starts[(starts > self._start) & (starts < self._start + len(self))] - self._start
        return [0, *inner.tolist(), len(self)]

    def hold(self, numbers: Array) -> None:
        """Read these samples at once: those that the next batches ask for, in chunks that are read once."""
        self._held = None
        wanted = np.unique(numbers)
        self._held = wanted, self[wanted]

    def __len__(self) -> int:
        return int(self.shape[0])

    def __getitem__(self, which: slice | Array) -> Array:
        """Return the samples of a slice, or of an array of numbers, dense."""
        if self._held is not None:
            numbers = np.arange(*which.indices(len(self))) if isinstance(which, slice) else which
            held, samples = self._held
            place = np.searchsorted(held, numbers)
            if place.max(initial=-1) < len(held) and np.array_equal(held[place], numbers):
                return samples[place]
        if isinstance(which, slice):
            first, last, step = which.indices(len(self))
            rows: Any = self._source[first + self._start : last + self._start : step]
        elif self._sparse:
            rows = self._source[which + self._start]
        elif not len(which):
            rows = np.empty((0, *self.shape[1:]), self.dtype)
        else:  # HDF5 reads rows in ascending order, each once
            wanted, place = np.unique(which + self._start, return_inverse=True)
            rows = np.asarray(getattr(self._source, "oindex", self._source)[wanted])[place]
        dense: Array = rows.toarray() if self._sparse else np.asarray(rows)
        return dense.reshape(len(dense), *self.shape[1:])

    def reshape(self, samples: int, *sample: int) -> "StoredRows":
        """Return the same rows as samples of another shape."""
        return StoredRows(self._source, self._start, self._start + samples, sample)

    def part(self, start: int, stop: int) -> "StoredRows":
        """Return the samples from ``start`` to before ``stop``, as lazy as these."""
        return StoredRows(self._source, self._start + start, self._start + stop, self.shape[1:])

    def astype(self, dtype: Any, copy: bool = True) -> Array:
        """Return all samples, dense: of one batch."""
        return self[:].astype(dtype, copy=copy)


def part_of(array: Any, start: int, stop: int) -> Any:
    """Return the samples from ``start`` to before ``stop``, uncopied; of nothing, nothing."""
    if isinstance(array, StoredRows):
        return array.part(start, stop)
    return None if array is None else array[start:stop]


def only(name: str, value: Any, input_name: str | None = None, taken: Shape | int | None = None) -> Any:
    """Return the one array in a list, a tuple or a dictionary; anything else as it is.

    Raises ``ValueError``, about the argument ``name``, if a dictionary doesn't hold it under ``input_name``;
    left out, under any, if it is the only one. A list of one array of the shape ``taken``, or of this length
    alone, is a list of one sample.

    >>> only("x", [np.arange(2)]), only("x", {"pixels": [1, 2]}, "pixels"), only("x", [[1, 2]])
    (array([0, 1]), [1, 2], [[1, 2]])
    """
    if isinstance(value, Mapping):
        if input_name is None and len(value) == 1:
            return next(iter(value.values()))
        if input_name in value:
            return value[input_name]
        raise ValueError(
            f"`{name}` is a dictionary with the names {list(value)!r}, but the model's one input is "
            f"{input_name or 'input_layer'!r}. Pass the array itself, or make it under that name."
        )
    if isinstance(value, list | tuple) and len(value) == 1:
        shape = getattr(value[0], "shape", None)
        if shape and not (tuple(shape) == taken or (isinstance(taken, int) and tuple(shape) == (taken,))):
            return value[0]
    return value


def numbers_in(name: str, value: Any) -> Any:
    """Return what is no array as one, or as ``StoredRows``; what NumPy makes an array of is left to it.

    Raises ``TypeError`` if a column of a frame holds anything but numbers, or a sparse matrix stands for
    targets or weights; ``ValueError`` if a column has missing values.
    """
    if is_sparse(value):
        if name[:1] != "x":
            raise TypeError(f"`{name}` is a sparse matrix; only `x` may be one. Pass {name}.toarray().")
        return StoredRows(value)
    module = type(value).__module__.partition(".")[0]
    if module in ("dask", "dask_expr") and (not hasattr(value, "chunks") or np.isnan(value.shape[0])):
        cure = "to_dask_array(lengths=True)" if hasattr(value, "to_dask_array") else "compute_chunk_sizes()"
        raise TypeError(f"`{name}` is of dask and doesn't know how many rows it has: pass {name}.{cure}.")
    if name[:1] == "x" and module in ("h5py", "zarr", "dask"):
        return StoredRows(value) if value.dtype.kind in "biuf" and value.ndim else value[()]
    if module == "polars":
        return _of_polars(name, value)
    if not (hasattr(value, "dtypes") and hasattr(value, "isna")):  # neither frame nor series of pandas
        return value
    series = not hasattr(value, "columns")
    columns = [(value.name, value.dtype)] if series else list(zip(value.columns, value.dtypes, strict=True))
    for number, (column, dtype) in enumerate(columns):
        of = f"`{name}`" if series else f"Column {column!r} of `{name}`"
        if dtype.kind not in "biuf" or str(dtype) == "category":
            raise TypeError(
                f"{of} must hold real numbers, but its dtype is {dtype}.{cure_of(name, dtype, column)}"
            )
        missing = (value if series else value.iloc[:, number]).isna()
        if not isinstance(dtype, np.dtype) and missing.any():
            raise ValueError(
                f"{of} has missing values (NA), the first in row {int(np.argmax(missing))}: fill them, as in "
                f"{name}.fillna(0), or leave the rows out."
            )
    kinds = (getattr(dtype, "subtype", dtype) for _, dtype in columns)  # of sparse columns
    common = {getattr(kind, "numpy_dtype", kind) for kind in kinds}
    return value.to_numpy(dtype=np.result_type(*common)) if common else np.asarray(value)


def _of_polars(name: str, value: Any) -> Any:
    if hasattr(value, "collect"):
        raise TypeError(f"`{name}` is a LazyFrame, which holds no numbers yet. Pass {name}.collect().")
    frame = hasattr(value, "get_columns")
    for column in value.get_columns() if frame else [value]:
        of = f"Column {column.name!r} of `{name}`" if frame else f"`{name}`"
        if not (column.dtype.is_numeric() or str(column.dtype) == "Boolean"):
            cure = cure_of(name, np.dtype(object), column.name if frame else None)
            raise TypeError(f"{of} must hold real numbers, but its dtype is {column.dtype}.{cure}")
        if column.null_count():
            raise ValueError(
                f"{of} has missing values (null): fill them, as in {name}.fill_null(0), or drop the rows."
            )
    return value.to_numpy()


def cure_of(name: str, dtype: Any, column: Any = None) -> str:
    """Return what helps with columns of text, of categories, of times."""
    if dtype.kind in "Mm":
        return f" Count from a day: ({name} - {name}.min()) / np.timedelta64(1, 'D')."
    if name == "y":
        return " Number the classes: classes, y = np.unique(y, return_inverse=True)."
    if column is not None:
        return f" Leave it out, or make numbers of it: pandas.get_dummies({name}), {name}.astype(float)."
    return f" Convert it first: np.asarray({name}, dtype='float32'), or StringLookup() where it holds words."

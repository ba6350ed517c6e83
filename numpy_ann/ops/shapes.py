"""Shapes: the same numbers elsewhere. Each derivative brings ``g`` back to where the numbers came from."""

import itertools
from typing import Any

import numpy as np

from numpy_ann.ops.arithmetic import cast
from numpy_ann.ops.formulas import formula, named
from numpy_ann.ops.tape import Op, Traced, op, plain, read


def _shape(x: Any) -> Any:
    return np.shape(plain(x))


def _axes(axis: Any) -> Any:
    return tuple(axis) if isinstance(axis, list) else axis


def _at(axis: Any, x: Any, *rest: Any) -> Any:
    """Return the key of ``x`` that is ``rest`` along an axis, and all of the axes before it."""
    return (slice(None),) * (axis % len(_shape(x))) + rest


reshape: Op = op(np.reshape, lambda g, y, x, newshape: reshape(g, _shape(x)))
ravel: Op = op(np.ravel, lambda g, y, x: reshape(g, _shape(x)))
expand_dims: Op = op(
    lambda x, axis: np.expand_dims(x, _axes(axis)), lambda g, y, x, axis: reshape(g, _shape(x))
)
squeeze: Op = op(lambda x, axis: np.squeeze(x, _axes(axis)), lambda g, y, x, axis=None: reshape(g, _shape(x)))
transpose: Op = op(
    np.transpose, lambda g, y, x, axes=None: transpose(g, None if axes is None else np.argsort(axes))
)
moveaxis: Op = op(np.moveaxis, lambda g, y, x, source, destination: moveaxis(g, destination, source))
swapaxes: Op = op(np.swapaxes, lambda g, y, x, axis1, axis2: swapaxes(g, axis1, axis2))
flip: Op = op(np.flip, lambda g, y, x, axis=None: flip(g, axis))
roll: Op = op(np.roll, lambda g, y, x, shift, axis=None: roll(g, np.negative(shift), axis))
broadcast_to: Op = op(np.broadcast_to, lambda g, y, x, shape: g)  # backward, the tape sums what was repeated
tril: Op = op(np.tril, lambda g, y, x, k=0: g * np.tril(np.ones(np.shape(g), plain(g).dtype), k))
triu: Op = op(np.triu, lambda g, y, x, k=0: g * np.triu(np.ones(np.shape(g), plain(g).dtype), k))


def _place(x: Any, key: Any, shape: Any) -> Any:
    """Return zeros of ``shape`` with ``x`` added at ``key``, once for each time that it stands there."""
    y = np.zeros(shape, np.asarray(x).dtype)
    parts = key if isinstance(key, tuple) else (key,)
    if all(isinstance(part, int | slice | type(None) | type(...)) for part in parts):
        y[key] = x
    else:
        np.add.at(y, key, x)
    return y


get_item: Op = op(lambda x, key: np.asarray(x)[key], lambda g, y, x, key: place(g, key, _shape(x)))
place: Op = op(_place, lambda g, y, x, key, shape: get_item(g, key))


def _cut(g: Any, y: Any, xs: Any, axis: Any = 0) -> Any:
    """Return the pieces of ``g`` that belong to each of the arrays joined."""
    if axis is None:
        pieces = _cut(g, y, [ravel(x) for x in xs])
        return [reshape(piece, _shape(x)) for piece, x in zip(pieces, xs, strict=True)]
    return split(g, np.cumsum([_shape(x)[axis] for x in xs])[:-1], axis)


def _unpadded(
    g: Any, y: Any, x: Any, pad_width: Any, mode: Any = "constant", constant_values: Any = None
) -> Any:
    if mode == "constant":
        before = np.broadcast_to(pad_width, (len(_shape(x)), 2))[:, 0]
        return g[tuple(slice(b, b + n) for b, n in zip(before.tolist(), _shape(x), strict=True))]
    places = np.pad(np.arange(plain(x).size).reshape(_shape(x)), pad_width, mode)
    return place(g, np.unravel_index(places, _shape(x)), _shape(x))


concatenate: Op = op(np.concatenate, _cut)
stack: Op = op(np.stack, lambda g, y, x, axis=0: [g[_at(axis, g, i)] for i in range(len(x))], listed="x")
pad: Op = op(
    lambda x, width, mode, fill: np.pad(
        x, width, mode, **({} if fill is None else {"constant_values": fill})
    ),
    _unpadded,
)


def take(x: Any, indices: Any, axis: Any = None) -> Any:
    indices = np.asarray(plain(read(indices))).astype(int, copy=False)
    return ravel(x)[indices] if axis is None else get_item(x, _at(axis, x, indices))


def take_along_axis(x: Any, indices: Any, axis: Any = None) -> Any:
    """Return ``x[i, indices[i, j]]``: along an axis by an index of its own for each row."""
    indices = np.asarray(plain(read(indices)))
    if axis is None:
        return ravel(x)[indices.ravel()]
    key = list(np.ogrid[tuple(map(slice, _shape(x)))])
    key[axis] = indices
    return get_item(x, tuple(key))


def repeat(x: Any, repeats: Any, axis: Any = None) -> Any:
    x = ravel(x) if axis is None else x
    return take(x, np.repeat(np.arange(_shape(x)[axis or 0]), repeats), axis or 0)


def split(x: Any, indices_or_sections: Any, axis: Any = 0) -> Any:
    n = _shape(x)[axis]
    if isinstance(indices_or_sections, int):
        if n % indices_or_sections:
            raise ValueError(f"split() can't cut {n} rows into {indices_or_sections} equal pieces.")
        indices_or_sections = range(0, n, n // indices_or_sections)[1:]
    ends = [0, *map(int, indices_or_sections), n]
    return [get_item(x, _at(axis, x, slice(a, b))) for a, b in itertools.pairwise(ends)]


def array_split(x: Any, indices_or_sections: Any, axis: Any = 0) -> Any:
    parts = np.array_split(np.arange(_shape(x)[axis]), indices_or_sections)
    return split(x, np.cumsum([len(part) for part in parts])[:-1], axis)


def diagonal(x: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> Any:
    x = moveaxis(x, (axis1, axis2), (-2, -1))
    rows = np.diagonal(np.arange(_shape(x)[-2])[:, None] + np.zeros(_shape(x)[-2:], int), offset)
    return x[..., rows, rows + offset]


def diag(x: Any, k: Any = 0) -> Any:
    if len(_shape(x)) == 2:
        return diagonal(x, k)
    rows, size = np.arange(len(x)) + (-k if k < 0 else 0), len(x) + abs(k)
    return place(x, (rows, rows + k), (size, size))


def diff(a: Any, n: Any = 1, axis: Any = -1) -> Any:
    for _ in range(n):
        a = a[_at(axis, a, slice(1, None))] - a[_at(axis, a, slice(-1))]
    return a


def meshgrid(*x: Any, indexing: Any = "xy") -> Any:
    places = np.meshgrid(*(np.arange(len(read(one))) for one in x), indexing=indexing)
    return [take(one, at) for one, at in zip(x, places, strict=True)]


def _updated(inputs: Any, key: Any, updates: Any) -> Any:
    """Return ``inputs`` with ``updates`` in the place of what is at ``key``."""
    kept = np.ones(_shape(inputs), bool)
    kept[key] = False
    return inputs * kept + place(updates, key, kept.shape)


def _span(start: Any, shape: Any) -> Any:
    return tuple(slice(int(i), int(i) + int(n)) for i, n in zip(start, shape, strict=True))


def slice_update(inputs: Any, start_indices: Any, updates: Any) -> Any:
    return _updated(inputs, _span(start_indices, _shape(read(updates))), updates)


def scatter(indices: Any, values: Any, shape: Any) -> Any:
    return place(values, tuple(np.asarray(plain(indices)).T), tuple(shape))


def scatter_update(inputs: Any, indices: Any, updates: Any, reduction: Any = None) -> Any:
    key = tuple(np.asarray(plain(indices)).T)
    if reduction is None:
        return _updated(inputs, key, updates)
    if reduction == "add":
        return inputs + place(updates, key, _shape(inputs))
    raise ValueError(f'scatter_update() has the reductions None and "add". Received: {reduction!r}')


def segment_sum(data: Any, segment_ids: Any, num_segments: Any = None, sorted: Any = False) -> Any:  # noqa: A002
    ids = np.asarray(plain(segment_ids))
    return place(data, ids, (int(ids.max()) + 1 if num_segments is None else num_segments, *_shape(data)[1:]))


tile = formula(lambda x, repeats: take(x, np.tile(np.arange(np.size(plain(x))).reshape(_shape(x)), repeats)))
unstack = formula(lambda x, num=None, axis=0: [get_item(x, _at(axis, x, i)) for i in range(_shape(x)[axis])])
hstack = formula(lambda xs: concatenate(list(xs), 0 if np.ndim(plain(read(xs[0]))) == 1 else 1))
vstack = formula(lambda xs: concatenate([reshape(x, (1, -1)) if len(_shape(read(x))) < 2 else x for x in xs]))
append = formula(lambda x1, x2, axis=None: concatenate([x1, x2], axis))
trace = formula(lambda x, offset=0, axis1=0, axis2=1: diagonal(x, offset, axis1, axis2).sum(-1))
nonzero = formula(lambda x: np.nonzero(plain(x)))
slice_of = formula(lambda inputs, start_indices, shape: get_item(inputs, _span(start_indices, shape)))

shape = formula(lambda x: _shape(x))
ndim = formula(lambda x: len(_shape(x)))
size = formula(lambda x: np.size(plain(x)))
convert_to_numpy = formula(lambda x: np.array(plain(x)))


def _convert_to_tensor(x: Any, dtype: Any = None, sparse: Any = None, ragged: Any = None) -> Any:
    """Return ``x`` as an array, of lists in float32; a parameter's is a copy, or traced inside a tape."""
    variable, x = hasattr(x, "trainable"), read(x)
    if variable or not isinstance(x, Traced | np.ndarray):
        x = x if isinstance(x, Traced) else np.array(x, np.float32 if type(x) is float else None)
    return x if dtype is None else cast(x, dtype)


convert_to_tensor = formula(_convert_to_tensor, reads=False)

# Constants, in float32 unless told.
zeros_like = formula(lambda x, dtype=None: np.zeros_like(plain(x), dtype))
ones_like = formula(lambda x, dtype=None: np.ones_like(plain(x), dtype))
full_like = formula(lambda x, fill_value, dtype=None: np.full_like(plain(x), fill_value, dtype))
empty_like = formula(lambda x, dtype=None: np.empty_like(plain(x), dtype))
zeros = formula(lambda shape, dtype=None: np.zeros(shape, dtype or "float32"))
ones = formula(lambda shape, dtype=None: np.ones(shape, dtype or "float32"))
full = formula(lambda shape, fill_value, dtype=None: np.full(shape, fill_value, dtype or "float32"))
empty = formula(lambda shape, dtype=None: np.empty(shape, dtype or "float32"))
eye = formula(lambda N, M=None, k=0, dtype=None: np.eye(N, M, k, dtype or "float32"))
identity = formula(lambda n, dtype=None: np.identity(n, dtype or "float32"))
tri = formula(lambda N, M=None, k=0, dtype=None: np.tri(N, M, k, dtype or "float32"))


def linspace(
    start: Any, stop: Any, num: Any = 50, endpoint: Any = True, retstep: Any = False, dtype: Any = None,
    axis: Any = 0,
) -> Any:  # fmt: skip
    return np.linspace(start, stop, num, endpoint, retstep, dtype or "float32", axis)


def arange(start: Any, stop: Any = None, step: Any = None, dtype: Any = None) -> Any:
    y = np.arange(0 if stop is None else start, start if stop is None else stop, 1 if step is None else step)
    return y.astype(dtype or ("float32" if y.dtype.kind == "f" else "int32"))


__all__ = named(globals())

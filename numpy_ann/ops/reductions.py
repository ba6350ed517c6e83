"""Reductions: sums, means and their like over axes, each beside its derivative.

Each number of ``x`` gets its share of ``g``, which the tape broadcasts back over the axes.
"""

from typing import Any

import numpy as np

from numpy_ann.ops.arithmetic import absolute, equal, exp, isnan, multiply, power, sqrt, square, where
from numpy_ann.ops.formulas import formula, named
from numpy_ann.ops.shapes import expand_dims, flip, moveaxis, reshape, take_along_axis
from numpy_ann.ops.tape import Op, Traced, op, plain, read


def _spread(g: Any, x: Any, axis: Any, keepdims: Any = False) -> Any:
    """Return ``g`` with the axes back, of length 1, that a reduction took from ``x``."""
    return g if keepdims or axis is None else expand_dims(g, _axes(axis, x))


def _axes(axis: Any, x: Any) -> Any:
    """Return the axes meant, from 0 on; all, if none is said."""
    n = np.ndim(x)
    return tuple(range(n)) if axis is None else tuple(int(i) % n for i in np.atleast_1d(axis))


def _by_axes(function: Any) -> Any:
    """Return a reduction of NumPy's with Keras' arguments; Keras takes a list of axes too."""

    def reduced(x: Any, axis: Any = None, keepdims: Any = False, initial: Any = None) -> Any:
        options = {} if initial is None else {"initial": initial}
        return function(x, tuple(axis) if isinstance(axis, list) else axis, keepdims=keepdims, **options)

    return reduced


def _of_extreme(g: Any, y: Any, x: Any, axis: Any = None, keepdims: Any = False, initial: Any = None) -> Any:
    """Return the derivative of the largest or the smallest: ``g``, shared by those that are it."""
    there = equal(x, _spread(y, x, axis, keepdims))
    many = np.maximum(there.sum(_axes(axis, x), keepdims=True), 1).astype(plain(x).dtype)
    return _spread(g, x, axis, keepdims) * there / many


def _logsumexp(x: Any, axis: Any, keepdims: Any) -> Any:
    top = np.nan_to_num(np.max(x, _axes(axis, x), keepdims=True), posinf=0, neginf=0)
    y = np.log(np.sum(np.exp(x - top), _axes(axis, x), keepdims=True)) + top
    return y if keepdims else np.squeeze(y, _axes(axis, x))


def _cumsum_back(g: Any, y: Any, x: Any, axis: Any = None, dtype: Any = None) -> Any:
    if axis is None:
        return reshape(flip(cumsum(flip(g))), np.shape(plain(x)))
    return flip(cumsum(flip(g, axis), axis), axis)


sum: Op = op(  # noqa: A001
    _by_axes(np.add.reduce), lambda g, y, x, axis=None, keepdims=False: _spread(g, x, axis, keepdims)
)
mean: Op = op(
    _by_axes(np.mean),
    lambda g, y, x, axis=None, keepdims=False: (
        _spread(g, x, axis, keepdims) * (np.size(plain(y)) / np.size(plain(x)))
    ),
)
max: Op = op(_by_axes(np.maximum.reduce), _of_extreme)  # noqa: A001
min: Op = op(_by_axes(np.minimum.reduce), _of_extreme)  # noqa: A001
logsumexp: Op = op(
    _logsumexp,
    lambda g, y, x, axis=None, keepdims=False: (
        _spread(g, x, axis, keepdims) * exp(x - _spread(y, x, axis, keepdims))
    ),
)
cumsum: Op = op(np.cumsum, _cumsum_back)


def prod(x: Any, axis: Any = None, keepdims: Any = False, dtype: Any = None) -> Any:
    """Return ``y = x_1 ... x_n``: on the tape by products of pairs, as zeros have derivatives too."""
    axes = _axes(axis, x)
    if not isinstance(x, Traced):
        return np.prod(x, axes, keepdims=keepdims, dtype=dtype)
    kept = tuple(1 if i in axes else n for i, n in enumerate(x.shape))
    x = moveaxis(x, axes, range(len(axes)))
    x = reshape(x, (-1, *x.shape[len(axes) :]))
    y: Any = 1.0
    while len(x) > 1:
        y, half = (y * x[-1] if len(x) % 2 else y), len(x) // 2
        x = x[:half] * x[half : 2 * half]
    y = y * x[0] if len(x) else np.ones(x.shape[1:], x.dtype)
    return reshape(y, kept) if keepdims else y


def average(x: Any, axis: Any = None, weights: Any = None) -> Any:
    if weights is None:
        return mean(x, axis)
    weights = read(weights)
    if np.ndim(weights) == 1 < np.ndim(x):
        weights = reshape(weights, [-1 if i == axis % np.ndim(x) else 1 for i in range(np.ndim(x))])
    return sum(x * weights, axis) / sum(weights * np.ones(np.shape(x), plain(x).dtype), axis)


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Any:  # noqa: A002
    """Return the length, ``(|x_1|^p + ... + |x_n|^p)^(1/p)`` of vectors with ``ord`` for ``p``."""
    axes = _axes(axis, x)
    if ord is None or (ord == 2 and len(axes) == 1) or (ord == "fro" and len(axes) == 2):
        return sqrt(sum(square(x), axes, keepdims))
    if len(axes) == 1 and ord in (np.inf, -np.inf):
        return (max if ord > 0 else min)(absolute(x), axes, keepdims)
    if len(axes) == 1 and ord != "fro" and ord != 0:
        return power(sum(power(absolute(x), ord), axes, keepdims), 1 / ord)
    if len(axes) == 2 and ord in (1, -1, np.inf, -np.inf):
        over, then = axes if np.abs(ord) == 1 else axes[::-1]
        y = (max if ord > 0 else min)(sum(absolute(x), over, True), then, True)
        return y if keepdims else reshape(y, [n for i, n in enumerate(np.shape(x)) if i not in axes])
    raise ValueError(f'norm() takes ord=p of vectors, "fro", 1, -1, inf, -inf of matrices. Received: {ord!r}')


def quantile(x: Any, q: Any, axis: Any = None, method: Any = "linear", keepdims: Any = False) -> Any:
    """Return what a share ``q`` of the numbers lies below; between two, on the line from one to the other."""
    if method != "linear":
        raise ValueError(f'quantile() has method="linear" here. Received: method={method!r}')
    axes, shape = _axes(axis, x), np.shape(x)
    x = moveaxis(multiply(x, 1.0), axes, range(-len(axes), 0))  # whole numbers have quantiles between them
    apart = np.shape(x)[: len(shape) - len(axes)]
    ranks = sort(reshape(x, (*apart, np.prod([shape[i] for i in axes], dtype=int))))
    ranks = where(isnan(ranks[..., -1:]), np.nan, ranks)  # sorted last: one makes all unknown
    place = np.asarray(q, dtype=np.float64) * (ranks.shape[-1] - 1)
    below = np.floor(place).astype(int)
    above, part = np.ceil(place).astype(int), (place - below).astype(plain(x).dtype)
    y = ranks[..., below] * (1 - part) + ranks[..., above] * part
    y = moveaxis(y, range(np.ndim(y) - part.ndim, np.ndim(y)), range(part.ndim))
    kept = (1 if i in axes else n for i, n in enumerate(shape))
    return reshape(y, (*part.shape, *kept)) if keepdims else y


def percentile(x: Any, q: Any, axis: Any = None, method: Any = "linear", keepdims: Any = False) -> Any:
    return quantile(x, np.divide(q, 100), axis, method, keepdims)


median = formula(lambda x, axis=None, keepdims=False: quantile(x, 0.5, axis, "linear", keepdims))
var = formula(lambda x, axis=None, keepdims=False: mean(square(x - mean(x, axis, True)), axis, keepdims))
std = formula(lambda x, axis=None, keepdims=False: sqrt(var(x, axis, keepdims)))
ptp = formula(lambda x, axis=None, keepdims=False: max(x, axis, keepdims) - min(x, axis, keepdims))
moments = formula(
    lambda x, axes, keepdims=False, synchronized=False: (mean(x, axes, keepdims), var(x, axes, keepdims))
)
sort = formula(lambda x, axis=-1: take_along_axis(x, argsort(x, axis), axis))


def top_k(x: Any, k: Any, sorted: Any = True) -> Any:  # noqa: A002
    """Return the ``k`` largest of each row, the largest first, and where they are."""
    places = np.shape(x)[-1] - 1 - np.argsort(plain(flip(x, -1)), -1, kind="stable")[..., : -k - 1 : -1]
    return take_along_axis(x, places, -1), places


# Where something is, and whether: in steps.
argmax: Op = op(lambda x, axis=None, keepdims=False: np.argmax(x, axis, keepdims=keepdims), None)
argmin: Op = op(lambda x, axis=None, keepdims=False: np.argmin(x, axis, keepdims=keepdims), None)
argsort: Op = op(lambda x, axis=-1: np.argsort(x, axis, kind="stable"), None)
all: Op = op(lambda x, axis=None, keepdims=False: _by_axes(np.all)(x, axis, keepdims), None)  # noqa: A001
any: Op = op(lambda x, axis=None, keepdims=False: _by_axes(np.any)(x, axis, keepdims), None)  # noqa: A001
count_nonzero: Op = op(lambda x, axis=None: np.count_nonzero(x, axis), None)
in_top_k: Op = op(
    lambda targets, predictions, k: (
        np.sum(predictions > np.take_along_axis(predictions, targets[:, None], -1), -1) < k
    ),
    None,
    None,
)
_searchsorted: Any = np.searchsorted  # of any ``side``
searchsorted: Op = op(
    lambda sorted_sequence, values, side="left": _searchsorted(sorted_sequence, values, side), None, None
)
bincount: Op = op(lambda x, weights=None, minlength=0: np.bincount(x, weights, minlength), None, None)

__all__ = named(globals())

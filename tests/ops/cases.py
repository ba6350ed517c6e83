"""One table of all ops: what each is gradient-checked with, and compared with Keras on JAX.

A row of ``ELEMENTWISE`` says from where the numbers of each array are drawn: R any, P above 0, U within -1
and 1, G above 1. A row of ``OTHERS`` is a function of the ops (ours, or Keras') and arrays, whose shapes are
written as axes: ``"nk"`` is a matrix; ``n``, ``k`` and ``j`` are drawn, other letters are 3.
"""

import numpy as np


def names(text):
    return text.split()


ELEMENTWISE = {
    **dict.fromkeys(names("add subtract multiply maximum minimum arctan2 logaddexp logaddexp2"), "RR"),
    **dict.fromkeys(names("divide true_divide hypot divide_no_nan"), "RP"),
    **dict.fromkeys(names("mod fmod"), "UG"),
    "power": "PR",
    **dict.fromkeys(names("negative abs absolute fabs square exp exp2 expm1 sin cos arctan sinh cosh"), "R"),
    **dict.fromkeys(
        names("tanh arcsinh deg2rad rad2deg erf erfc copy nan_to_num convert_to_tensor array"), "R"
    ),
    **dict.fromkeys(names("sqrt cbrt reciprocal log log2 log10 log1p rsqrt"), "P"),
    **dict.fromkeys(names("arcsin arccos arctanh tan"), "U"),
    "arccosh": "G",
    **dict.fromkeys(names("relu relu6 sigmoid softplus leaky_relu elu celu selu gelu silu swish mish"), "R"),
    **dict.fromkeys(
        names("softsign squareplus hard_sigmoid hard_silu hard_swish hard_tanh hard_shrink"), "R"
    ),
    **dict.fromkeys(names("soft_shrink tanh_shrink sparse_plus sparse_sigmoid log_sigmoid"), "R"),
    **dict.fromkeys(names("sum mean max amax min amin logsumexp cumsum prod var ptp norm median sort"), "R"),
    **dict.fromkeys(names("ravel flip transpose softmax log_softmax"), "R"),
}

OTHERS = [
    ("where", ("nk", "nk"), lambda o, x, y: o.where(o.greater(x, 0), x * 2, y)),
    ("clip", ("nk",), lambda o, x: o.clip(x, -0.5, 1.0)),
    ("cast", ("nk",), lambda o, x: o.cast(o.square(x), "float64")),
    ("threshold", ("nk",), lambda o, x: o.threshold(x, 0.3, -1.0)),
    ("gelu", ("nk",), lambda o, x: o.gelu(x, approximate=False)),
    ("leaky_relu", ("nk",), lambda o, x: o.leaky_relu(x, negative_slope=0.4)),
    ("elu", ("nk",), lambda o, x: o.elu(x, alpha=0.4)),
    ("celu", ("nk",), lambda o, x: o.celu(x, alpha=0.4)),
    ("glu", ("n6",), lambda o, x: o.glu(x)),
    ("sparsemax", ("n4",), lambda o, x: o.sparsemax(x)),
    ("softmax", ("nkj",), lambda o, x: o.softmax(x, axis=1)),
    ("log_softmax", ("nkj",), lambda o, x: o.log_softmax(x, axis=0)),
    ("sum", ("nkj",), lambda o, x: o.sum(x, axis=(0, -1))),
    ("sum", ("nkj",), lambda o, x: o.sum(x, axis=1, keepdims=True)),
    ("mean", ("nkj",), lambda o, x: o.mean(x, axis=[0, 1])),
    ("mean", ("nkj",), lambda o, x: o.mean(x, axis=-1, keepdims=True)),
    ("max", ("nkj",), lambda o, x: o.max(x, axis=1)),
    ("min", ("nkj",), lambda o, x: o.min(x, axis=(0, 2), keepdims=True)),
    ("max", ("nk",), lambda o, x: o.max(x, axis=0, initial=0.1)),
    ("prod", ("n3k",), lambda o, x: o.prod(x, axis=1)),
    ("prod", ("nk",), lambda o, x: o.prod(o.where(o.greater(x, 1), x, 0.0), axis=0, keepdims=True)),
    ("logsumexp", ("nkj",), lambda o, x: o.logsumexp(x, axis=(1, 2))),
    ("logsumexp", ("nk",), lambda o, x: o.logsumexp(x, axis=0, keepdims=True)),
    ("cumsum", ("nk",), lambda o, x: o.cumsum(x, axis=1)),
    ("var", ("nkj",), lambda o, x: o.var(x, axis=1, keepdims=True)),
    ("std", ("4k",), lambda o, x: o.std(x, axis=0)),
    ("moments", ("4k",), lambda o, x: o.concatenate(o.moments(x, axes=[0]), axis=0)),
    ("average", ("nk",), lambda o, x: o.average(x, axis=0)),
    ("average", ("nk", "k"), lambda o, x, w: o.average(x, axis=1, weights=o.square(w) + 1)),
    ("average", ("nk", "nk"), lambda o, x, w: o.average(x, weights=o.square(w) + 1)),
    ("norm", ("nkj",), lambda o, x: o.norm(x, axis=-1)),
    ("norm", ("nk",), lambda o, x: o.norm(x, ord=3, axis=1, keepdims=True)),
    ("norm", ("nk",), lambda o, x: o.norm(x, ord=1, axis=0)),
    ("norm", ("nk",), lambda o, x: o.norm(x, ord=np.inf, axis=0)),
    ("norm", ("nk",), lambda o, x: o.norm(x, ord="fro", keepdims=True)),
    ("norm", ("nk",), lambda o, x: o.norm(x, ord=1)),
    ("norm", ("nk",), lambda o, x: o.norm(x, ord=-np.inf)),
    ("normalize", ("nk",), lambda o, x: o.normalize(x, axis=0)),
    ("median", ("nkj",), lambda o, x: o.median(x, axis=1, keepdims=True)),
    ("quantile", ("nkj",), lambda o, x: o.quantile(x, [0.2, 0.7], axis=(0, 2))),
    ("percentile", ("nk",), lambda o, x: o.percentile(x, 30.0, axis=0, keepdims=True)),
    ("sort", ("nk",), lambda o, x: o.sort(x, axis=0)),
    ("top_k", ("n4",), lambda o, x: o.top_k(x, 2)[0]),
    ("reshape", ("nk",), lambda o, x: o.reshape(x, (-1, 1))),
    ("transpose", ("nkj",), lambda o, x: o.transpose(x, axes=(2, 0, 1))),
    ("moveaxis", ("nkj",), lambda o, x: o.moveaxis(x, 0, -1)),
    ("swapaxes", ("nkj",), lambda o, x: o.swapaxes(x, 0, 2)),
    ("expand_dims", ("nk",), lambda o, x: o.expand_dims(x, axis=(0, 2))),
    ("squeeze", ("nk",), lambda o, x: o.squeeze(o.expand_dims(x, 1), axis=1)),
    ("broadcast_to", ("k",), lambda o, x: o.broadcast_to(x, (2, x.shape[0]))),
    ("broadcast_to", ("nk",), lambda o, x: o.broadcast_to(o.sum(x, 1, keepdims=True), (2, x.shape[0], 3))),
    ("flip", ("nk",), lambda o, x: o.flip(x, axis=1)),
    ("roll", ("nk",), lambda o, x: o.roll(x, 2, axis=1)),
    ("roll", ("nk",), lambda o, x: o.roll(x, -1)),
    ("get_item", ("3k",), lambda o, x: o.get_item(x, 1)),
    ("get_item", ("3k",), lambda o, x: x[np.array([0, 2, 2]), ..., None] * x[1:, :1][0]),
    ("concatenate", ("nk", "nj"), lambda o, x, y: o.concatenate([x, y, x], axis=-1)),
    ("stack", ("nk", "nk"), lambda o, x, y: o.stack([x, y], axis=1)),
    ("append", ("nk", "nk"), lambda o, x, y: o.append(x, y, axis=0)),
    ("append", ("nk", "k"), lambda o, x, y: o.append(x, y)),
    ("hstack", ("nk", "nj"), lambda o, x, y: o.hstack([x, y])),
    ("vstack", ("nk", "k"), lambda o, x, y: o.vstack([x, y])),
    ("pad", ("nk",), lambda o, x: o.pad(x, ((1, 0), (2, 1)), constant_values=0.5)),
    ("pad", ("3k",), lambda o, x: o.pad(x, ((2, 1), (0, 0)), mode="reflect")),
    ("tril", ("nk",), lambda o, x: o.tril(x, k=1)),
    ("triu", ("nk",), lambda o, x: o.triu(x, k=-1)),
    ("take", ("3k",), lambda o, x: o.take(x, np.array([[0, 2], [2, 1]]), axis=0)),
    ("take", ("3k",), lambda o, x: o.take(x, np.array([0, 1, 1]))),
    ("take_along_axis", ("3k",), lambda o, x: o.take_along_axis(x, o.argsort(x, axis=0), axis=0)),
    ("repeat", ("nk",), lambda o, x: o.repeat(x, 2, axis=1)),
    ("repeat", ("3k",), lambda o, x: o.repeat(x, np.array([1, 0, 2]), axis=0)),
    ("tile", ("nk",), lambda o, x: o.tile(x, (2, 1, 2))),
    ("split", ("6k",), lambda o, x: o.split(x, 3, axis=0)[1]),
    ("split", ("4k",), lambda o, x: o.concatenate(o.split(x, [1, 3], axis=0)[::2], axis=0)),
    ("array_split", ("4k",), lambda o, x: o.array_split(x, 3, axis=0)[0]),
    ("unstack", ("3k",), lambda o, x: o.unstack(x, axis=0)[2]),
    ("diagonal", ("nkj",), lambda o, x: o.diagonal(x, offset=0, axis1=0, axis2=2)),
    ("diag", ("34",), lambda o, x: o.diag(x, k=1)),
    ("diag", ("k",), lambda o, x: o.diag(x, k=-1)),
    ("trace", ("34",), lambda o, x: o.trace(x, offset=1)),
    ("diff", ("n4",), lambda o, x: o.diff(x, n=2)),
    ("meshgrid", ("n", "k"), lambda o, x, y: o.multiply(*o.meshgrid(x, y))),
    ("slice", ("34",), lambda o, x: o.slice(x, (1, 0), (2, 3))),
    ("slice_update", ("34", "22"), lambda o, x, y: o.slice_update(x, (1, 0), y)),
    ("scatter_update", ("34", "2"), lambda o, x, y: o.scatter_update(x, np.array([[0, 1], [2, 3]]), y)),
    ("scatter", ("2",), lambda o, x: o.scatter(np.array([[0, 1], [1, 2]]), x, (2, 3))),
    ("segment_sum", ("4k",), lambda o, x: o.segment_sum(x, np.array([0, 2, 0, 1]), num_segments=4)),
    ("matmul", ("nk", "kj"), lambda o, x, y: o.matmul(x, y)),
    ("matmul", ("ank", "kj"), lambda o, x, y: o.matmul(x, y)),
    ("matmul", ("ank", "akj"), lambda o, x, y: o.matmul(x, y)),
    ("matmul", ("nk", "akj"), lambda o, x, y: o.matmul(x, y)),
    ("matmul", ("k", "akj"), lambda o, x, y: o.matmul(x, y)),
    ("matmul", ("ank", "k"), lambda o, x, y: o.matmul(x, y)),
    ("matmul", ("k", "k"), lambda o, x, y: o.matmul(x, y)),
    ("matmul", ("k", "kj"), lambda o, x, y: x @ y),
    ("dot", ("nk", "kj"), lambda o, x, y: o.dot(x, y)),
    ("dot", ("nk", "akj"), lambda o, x, y: o.dot(x, y)),
    ("inner", ("nk", "jk"), lambda o, x, y: o.inner(x, y)),
    ("vdot", ("nk", "nk"), lambda o, x, y: o.vdot(x, y)),
    ("outer", ("n", "k"), lambda o, x, y: o.outer(x, y)),
    ("tensordot", ("nkj", "jkn"), lambda o, x, y: o.tensordot(x, y, axes=([1, 2], [1, 0]))),
    ("tensordot", ("nkj", "kja"), lambda o, x, y: o.tensordot(x, y, axes=2)),
    ("einsum", ("nk", "kj"), lambda o, x, y: o.einsum("ij,jk->ki", x, y)),
    ("einsum", ("nk", "nj"), lambda o, x, y: o.einsum("ij,il->l", x, y)),
    ("einsum", ("nkj", "ja"), lambda o, x, y: o.einsum("...j,jk->...k", x, y)),
    ("einsum", ("nk", "nk", "kj"), lambda o, x, y, z: o.einsum("ij, ij, jk", x, y, z)),
    ("inv", ("33",), lambda o, x: o.inv(x + 4 * np.eye(3))),
    ("det", ("33",), lambda o, x: o.det(x + 4 * np.eye(3))),
    ("solve", ("33", "3k"), lambda o, x, y: o.solve(x + 4 * np.eye(3), y)),
    (
        "categorical_crossentropy",
        ("n3", "n3"),
        lambda o, t, x: o.categorical_crossentropy(o.square(t), x, True),
    ),
    (
        "categorical_crossentropy",
        ("n3", "n3"),
        lambda o, t, x: o.categorical_crossentropy(o.square(t), o.softmax(x)),
    ),
    (
        "sparse_categorical_crossentropy",
        ("33",),
        lambda o, x: o.sparse_categorical_crossentropy(np.array([2, 0, 1]), x, from_logits=True),
    ),
    ("binary_crossentropy", ("nk", "nk"), lambda o, t, x: o.binary_crossentropy(o.sigmoid(t), x, True)),
    ("binary_crossentropy", ("nk", "nk"), lambda o, t, x: o.binary_crossentropy(o.sigmoid(t), o.sigmoid(x))),
    (
        "batch_normalization",
        ("n3", "3", "3", "3", "3"),
        lambda o, x, m, v, b, s: o.batch_normalization(x, m, o.square(v), -1, offset=b, scale=s),
    ),
    ("layer_normalization", ("n3", "3", "3"), lambda o, x, g, b: o.layer_normalization(x, g, b)),
    ("rms_normalization", ("n3", "3"), lambda o, x, s: o.rms_normalization(x, s)),
]

# What depends on its arrays in steps, or makes no arrays of them: nothing to derive.
CONSTANT = {
    *names("sign floor ceil trunc round floor_divide equal not_equal greater greater_equal less less_equal"),
    *names("logical_and logical_or logical_xor logical_not isfinite isinf isnan signbit heaviside isclose"),
    *names("bitwise_and bitwise_or bitwise_xor bitwise_not bitwise_invert left_shift right_shift allclose"),
    *names(
        "bitwise_left_shift bitwise_right_shift argmax argmin argsort all any count_nonzero in_top_k isin"
    ),
    *names(
        "searchsorted bincount shape ndim size convert_to_numpy zeros_like ones_like full_like empty_like"
    ),
    *names(
        "zeros ones full empty eye identity tri linspace arange one_hot multi_hot dtype is_tensor nonzero"
    ),
}


def drawn(domain, shape, rng):
    """Numbers of a domain, away from where derivatives jump."""
    size = int(np.prod(shape))  # no two alike: there the larger one changes
    x = 0.2 + 1.8 * ((rng.permutation(size) + rng.uniform(0.3, 0.7, size)) / size).reshape(shape)
    if domain == "P":
        return x
    if domain == "U":
        return x * 0.4 * rng.choice([-1, 1], shape)
    return x + 1 if domain == "G" else x * rng.choice([-1, 1], shape)


def shapes_of(axes, sizes):
    return tuple(sizes.get(axis, int(axis) if axis.isdigit() else 3) for axis in axes)


def elementwise_case(name, domains):
    return (name, domains, lambda o, *xs: getattr(o, name)(*xs))


CASES = [elementwise_case(name, domains) for name, domains in ELEMENTWISE.items()] + OTHERS


def arrays_of(case, seed, sizes=None):
    """The case's arrays, with sizes of axes drawn by the seed."""
    rng = np.random.default_rng(seed)
    sizes = {letter: int(rng.integers(1, 5)) for letter in "nkj"} if sizes is None else sizes
    spaces = case[1]
    if isinstance(spaces, tuple):
        return [drawn("R", shapes_of(axes, sizes), rng) for axes in spaces]
    n, k, j = (sizes[letter] for letter in "nkj")
    shape = [(n, k), (k,), (n, k, j)][seed % 3]
    if len(spaces) == 1:
        return [drawn(spaces, shape, rng)]
    pairs = [((n, k), (n, k)), ((n, k), (k,)), ((n, 1), (j, 1, k)), ((), (n, k)), ((k,), (n, 1))]
    return [drawn(d, s, rng) for d, s in zip(spaces, pairs[seed % 5], strict=True)]

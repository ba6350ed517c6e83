"""Products of matrices, each beside its derivatives.

Y = A B          dL/dA = G B^T,    dL/dB = A^T G,    with G = dL/dY
"""

from string import ascii_uppercase
from typing import Any

import numpy as np

from numpy_ann.ops.formulas import formula, named
from numpy_ann.ops.reductions import sum as total
from numpy_ann.ops.shapes import reshape, swapaxes, transpose
from numpy_ann.ops.tape import Op, op, plain, read


def _turned(x: Any) -> Any:
    """Return the matrix, or each matrix of many, transposed."""
    return x.T if x.ndim == 2 else swapaxes(x, -1, -2)


def _left(g: Any, y: Any, x1: Any, x2: Any) -> Any:
    if x2.ndim == 1:  # a vector: each row of A meets it
        return (g if x1.ndim == 1 else g[..., None]) * x2
    return matmul(g[..., None, :], _turned(x2))[..., 0, :] if x1.ndim == 1 else matmul(g, _turned(x2))


def _right(g: Any, y: Any, x1: Any, x2: Any) -> Any:
    if x1.ndim == 1:
        return x1 * g if x2.ndim == 1 else x1[:, None] * g[..., None, :]
    if x2.ndim == 1:
        return total(x1 * g[..., None], tuple(range(x1.ndim - 1)))
    if x2.ndim == 2 < x1.ndim:  # one matrix for a batch of them: one product
        return matmul(_turned(reshape(x1, (-1, x1.shape[-1]))), reshape(g, (-1, g.shape[-1])))
    return matmul(_turned(x1), g)


matmul: Op = op(np.matmul, _left, _right)


def _einsum_derivative(g: Any, xs: Any, subscripts: Any, i: Any) -> Any:
    """Return ``dL/dx_i``: a product of ``g`` with the others, over what ``x_i`` has no axis for."""
    inputs, output = subscripts.split("->")
    names, others = inputs.split(","), list(xs)
    own, _ = names.pop(i), others.pop(i)
    there = {axis for name in (output, *names) for axis in name}
    for axis in own:  # an axis that was summed alone: all along it get the same
        if axis not in there:
            others.append(np.ones(plain(xs[i]).shape[own.index(axis)], plain(xs[i]).dtype))
            names.append(axis)
    return _einsum([g, *others], f"{','.join([output, *names])}->{own}")


_einsum: Op = op(
    lambda xs, subscripts: np.einsum(subscripts, *xs, optimize=2 < len(xs) < 16),
    lambda g, y, xs, subscripts: [_einsum_derivative(g, xs, subscripts, i) for i in range(len(xs))],
)


def einsum(subscripts: Any, *operands: Any, **options: Any) -> Any:
    """Return products summed over the axes that ``subscripts`` leave out: ``"ij,jk->ik"``."""
    arrays = [read(x) for x in operands]
    subscripts = subscripts.replace(" ", "")
    if "->" not in subscripts:
        letters = sorted(set(subscripts) - {",", "."})
        once = "".join(c for c in letters if subscripts.count(c) == 1)
        subscripts += "->" + ("..." if "..." in subscripts else "") + once
    if "..." in subscripts:
        inputs, output = subscripts.split("->")
        names = inputs.split(",")
        free = "".join(c for c in ascii_uppercase if c not in subscripts)
        spans = [np.ndim(plain(x)) - len(n.replace("...", "")) for x, n in zip(arrays, names, strict=True)]
        most = max(span for span, n in zip(spans, names, strict=True) if "..." in n)
        names = [n.replace("...", free[most - span : most]) for span, n in zip(spans, names, strict=True)]
        subscripts = f"{','.join(names)}->{output.replace('...', free[:most])}"
    if any(len(set(name)) < len(name) for name in subscripts.split("->")[0].split(",")):
        raise ValueError(f"einsum() takes no axis twice of one array here: {subscripts!r}. Use diagonal().")
    return _einsum(arrays, subscripts)


def tensordot(x1: Any, x2: Any, axes: Any = 2) -> Any:
    """Return products summed over pairs of axes: the last of ``x1``, the first of ``x2``, or others."""
    a, b = x1, read(x2)
    if isinstance(axes, int):
        axes = list(range(np.ndim(a) - axes, np.ndim(a))), list(range(axes))
    left, right = ([i % np.ndim(x) for i in np.atleast_1d(own)] for own, x in zip(axes, (a, b), strict=True))
    kept_a = [i for i in range(np.ndim(a)) if i not in left]
    kept_b = [i for i in range(np.ndim(b)) if i not in right]
    sizes = [a.shape[i] for i in kept_a] + [b.shape[i] for i in kept_b]
    inner_size = int(np.prod([a.shape[i] for i in left], dtype=int))
    rows = reshape(transpose(a, [*kept_a, *left]), (-1, inner_size))
    columns = reshape(transpose(b, [*right, *kept_b]), (inner_size, -1))
    return reshape(matmul(rows, columns), sizes)


def dot(x1: Any, x2: Any) -> Any:
    """Return products summed over the last axis of ``x1`` and the last but one of ``x2``."""
    a, b = x1, read(x2)
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return a * b
    return matmul(a, b) if np.ndim(b) <= 2 else tensordot(a, b, ([np.ndim(a) - 1], [np.ndim(b) - 2]))


def inner(x1: Any, x2: Any) -> Any:
    return x1 * x2 if np.ndim(x1) == 0 or np.ndim(x2) == 0 else tensordot(x1, x2, ([-1], [-1]))


vdot = formula(lambda x1, x2: matmul(reshape(x1, (-1,)), reshape(x2, (-1,))))
outer = formula(lambda x1, x2: reshape(x1, (-1, 1)) * reshape(x2, (1, -1)))

# Of square matrices that have an inverse.
inv: Op = op(np.linalg.inv, lambda g, y, x: -_turned(y) @ g @ _turned(y))
det: Op = op(np.linalg.det, lambda g, y, x: (g * y)[..., None, None] * _turned(inv(x)))
solve = formula(lambda a, b: matmul(inv(a), b))

__all__ = named(globals())

"""Arithmetic, number by number: each function beside its derivatives.

A row is a NumPy function and one derivative for each of its arrays: ``g`` is ``dL/dy``, and what stands there
is ``dL/dx``. Where ``x1`` and ``x2`` have other shapes, the tape sums over what was broadcast.
"""

from math import log as ln
from math import pi
from math import sqrt as root
from typing import Any

import numpy as np

from numpy_ann.error_function import erfc as erfc_of
from numpy_ann.ops.formulas import formula, named
from numpy_ann.ops.tape import Op, Traced, op, plain

# y depends on x in steps: what comes out is no longer traced, as its derivative is 0 wherever it has one.
sign, floor, ceil, trunc = op(np.sign, None), op(np.floor, None), op(np.ceil, None), op(np.trunc, None)
floor_divide: Op = op(np.floor_divide, None, None)
equal, not_equal = op(np.equal, None, None), op(np.not_equal, None, None)
greater, greater_equal = op(np.greater, None, None), op(np.greater_equal, None, None)
less, less_equal = op(np.less, None, None), op(np.less_equal, None, None)
logical_and, logical_or = op(np.logical_and, None, None), op(np.logical_or, None, None)
logical_xor, logical_not = op(np.logical_xor, None, None), op(np.logical_not, None)
isfinite, isinf = op(np.isfinite, None), op(np.isinf, None)
isnan, signbit = op(np.isnan, None), op(np.signbit, None)
heaviside: Op = op(np.heaviside, None, None)

# y = f(x1, x2)
add: Op = op(np.add, lambda g, y, x1, x2: g, lambda g, y, x1, x2: g)
subtract: Op = op(np.subtract, lambda g, y, x1, x2: g, lambda g, y, x1, x2: -g)
multiply: Op = op(np.multiply, lambda g, y, x1, x2: g * x2, lambda g, y, x1, x2: g * x1)
divide: Op = op(np.divide, lambda g, y, x1, x2: g / x2, lambda g, y, x1, x2: -g * y / x2)
power: Op = op(
    np.power,
    lambda g, y, x1, x2: g * x2 * power(x1, _less_one(x2)),
    lambda g, y, x1, x2: g * y * log(where(greater(x1, 0), x1, 1)),
)
arctan2: Op = op(
    np.arctan2,
    lambda g, y, x1, x2: g * x2 / (x1 * x1 + x2 * x2),
    lambda g, y, x1, x2: -g * x1 / (x1 * x1 + x2 * x2),
)
hypot: Op = op(np.hypot, lambda g, y, x1, x2: g * x1 / y, lambda g, y, x1, x2: g * x2 / y)
logaddexp: Op = op(np.logaddexp, lambda g, y, x1, x2: g * exp(x1 - y), lambda g, y, x1, x2: g * exp(x2 - y))
logaddexp2: Op = op(
    np.logaddexp2, lambda g, y, x1, x2: g * exp2(x1 - y), lambda g, y, x1, x2: g * exp2(x2 - y)
)
mod: Op = op(np.mod, lambda g, y, x1, x2: g, lambda g, y, x1, x2: -g * floor_divide(x1, x2))
fmod: Op = op(np.fmod, lambda g, y, x1, x2: g, lambda g, y, x1, x2: -g * trunc(divide(plain(x1), plain(x2))))
# Where both are the larger, each gets half.
maximum: Op = op(
    np.maximum,
    lambda g, y, x1, x2: g * greater(x1, x2) + g * 0.5 * equal(x1, x2),
    lambda g, y, x1, x2: g * greater(x2, x1) + g * 0.5 * equal(x1, x2),
)
minimum: Op = op(
    np.minimum,
    lambda g, y, x1, x2: g * less(x1, x2) + g * 0.5 * equal(x1, x2),
    lambda g, y, x1, x2: g * less(x2, x1) + g * 0.5 * equal(x1, x2),
)

# y = f(x)
negative: Op = op(np.negative, lambda g, y, x: -g)
absolute: Op = op(np.absolute, lambda g, y, x: g * sign(x))
fabs: Op = op(np.fabs, lambda g, y, x: g * sign(x))
square: Op = op(np.square, lambda g, y, x: g * 2 * x)
sqrt: Op = op(np.sqrt, lambda g, y, x: g / (2 * y))
cbrt: Op = op(np.cbrt, lambda g, y, x: g / (3 * y * y))
reciprocal: Op = op(lambda x: 1 / np.asarray(x), lambda g, y, x: -g * y * y)
exp: Op = op(np.exp, lambda g, y, x: g * y)
exp2: Op = op(np.exp2, lambda g, y, x: g * y * ln(2))
expm1: Op = op(np.expm1, lambda g, y, x: g * (y + 1))
log: Op = op(np.log, lambda g, y, x: g / x)
log2: Op = op(np.log2, lambda g, y, x: g / (x * ln(2)))
log10: Op = op(np.log10, lambda g, y, x: g / (x * ln(10)))
log1p: Op = op(np.log1p, lambda g, y, x: g / (1 + x))
sin: Op = op(np.sin, lambda g, y, x: g * cos(x))
cos: Op = op(np.cos, lambda g, y, x: -g * sin(x))
tan: Op = op(np.tan, lambda g, y, x: g * (1 + y * y))
arcsin: Op = op(np.arcsin, lambda g, y, x: g / sqrt(1 - x * x))
arccos: Op = op(np.arccos, lambda g, y, x: -g / sqrt(1 - x * x))
arctan: Op = op(np.arctan, lambda g, y, x: g / (1 + x * x))
sinh: Op = op(np.sinh, lambda g, y, x: g * cosh(x))
cosh: Op = op(np.cosh, lambda g, y, x: g * sinh(x))
tanh: Op = op(np.tanh, lambda g, y, x: g * (1 - y * y))
arcsinh: Op = op(np.arcsinh, lambda g, y, x: g / sqrt(x * x + 1))
arccosh: Op = op(np.arccosh, lambda g, y, x: g / sqrt(x * x - 1))
arctanh: Op = op(np.arctanh, lambda g, y, x: g / (1 - x * x))
deg2rad: Op = op(np.deg2rad, lambda g, y, x: g * (pi / 180))
rad2deg: Op = op(np.rad2deg, lambda g, y, x: g * (180 / pi))

# In steps too, by Keras' names.
bitwise_not: Op = op(np.invert, None)
bitwise_and: Op = op(lambda x, y: np.bitwise_and(x, y), None, None)
bitwise_or: Op = op(lambda x, y: np.bitwise_or(x, y), None, None)
bitwise_xor: Op = op(lambda x, y: np.bitwise_xor(x, y), None, None)
left_shift: Op = op(lambda x, y: np.left_shift(x, y), None, None)
right_shift: Op = op(lambda x, y: np.right_shift(x, y), None, None)

round: Op = op(lambda x, decimals=0: np.round(x, decimals), None)  # noqa: A001

# Choices.
where: Op = op(
    lambda c, x1=None, x2=None: np.where(c) if x1 is None and x2 is None else np.where(c, x1, x2),
    None,
    lambda g, y, condition, x1=None, x2=None: where(condition, g, g * 0),
    lambda g, y, condition, x1=None, x2=None: where(condition, g * 0, g),
)
clip: Op = op(np.clip, lambda g, y, x, x_min, x_max: g * equal(x, y))
nan_to_num: Op = op(
    lambda x, nan, posinf, neginf: np.nan_to_num(x, nan=nan, posinf=posinf, neginf=neginf),
    lambda g, y, x, nan=0.0, posinf=None, neginf=None: g * isfinite(x),
)
divide_no_nan = formula(lambda x1, x2: where(equal(x2, 0), 0.0, x1 / where(equal(x2, 0), 1.0, x2)))

# The error function, its complement, and others that NumPy has no name for.
erf: Op = op(lambda x: 1 - erfc_of(np.asarray(x)), lambda g, y, x: g * exp(-x * x) * (2 / root(pi)))
erfc: Op = op(lambda x: erfc_of(np.asarray(x)), lambda g, y, x: g * exp(-x * x) * (-2 / root(pi)))
rsqrt: Op = op(lambda x: 1 / np.sqrt(x), lambda g, y, x: -g * y / (2 * x))

# The same numbers in another dtype, or another place.
cast: Op = op(lambda x, dtype: np.asarray(x).astype(dtype), lambda g, y, x, dtype: cast(g, plain(x).dtype))
copy: Op = op(np.array, lambda g, y, x: g)
stop_gradient: Op = op(lambda variable: variable, None)  # as constants

isin: Op = op(
    lambda x1, x2, assume_unique=False, invert=False: np.isin(x1, x2, assume_unique, invert=invert),
    None,
    None,
)
dtype = formula(lambda x: str(plain(x).dtype))
is_tensor = formula(lambda x: isinstance(x, np.ndarray | np.generic | Traced), reads=False)


def isclose(x1: Any, x2: Any, rtol: Any = 1e-5, atol: Any = 1e-8, equal_nan: Any = False) -> Any:
    return np.isclose(plain(x1), plain(x2), rtol, atol, equal_nan)


def allclose(x1: Any, x2: Any, rtol: Any = 1e-5, atol: Any = 1e-8, equal_nan: Any = False) -> Any:
    return isclose(x1, x2, rtol, atol, equal_nan).all()


def _less_one(x: Any) -> Any:
    """Return ``x - 1``; where ``x`` is 0, and so is the derivative, a power that makes no infinity."""
    return where(equal(x, 0), 1, x - 1) if hasattr(x, "dtype") else x - 1 if x else 1


__all__ = named(globals())

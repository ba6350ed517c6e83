"""The error function, which the normal distribution needs, from NumPy alone."""

import numpy as np

from numpy_ann._typing import Array

__all__ = ["erfc"]

_K = 3.75
# Worked out to 100 digits by tests/fixtures/erf/make_coefficients.py.
_COEFFICIENTS = (
    1.1775789345674017, -0.004590054580646478, -0.08424913336651792, 0.05920993999819189,
    -0.026658668435305753, 0.009074997670705265, -0.002413163540417608, 0.0004907758365258086,
    -6.916973302501207e-05, 4.13902798607301e-06, 7.74038306619849e-07, -2.1886401049234397e-07,
    1.076499946567091e-08, 4.521959811218287e-09, -7.754400208831351e-10, -6.318088340886684e-11,
    2.86879501093067e-11, 1.9455868545777347e-13, -9.65469674843344e-13, 3.25254814814874e-14,
    3.3478119482868056e-14, -1.864562880419313e-15, -1.2507950530688648e-15, 7.418235256624044e-17,
    5.068148904796111e-17,
)  # fmt: skip
_TERMS = {"e": 9, "f": 13, "d": 25}  # as many as the dtype can tell from 0
_FAR = 30.0  # beyond it, exp(-x^2) is 0 in any dtype


def erfc(x: Array) -> Array:
    """Return the complementary error function: the integral of ``2 / sqrt(pi) exp(-s^2)`` from ``x`` on.

    For ``x >= 0`` it is ``exp(-x^2) g(t) / (1 + 2 x)`` with ``t = (x - 3.75) / (x + 3.75)`` and ``g`` a
    Chebyshev series of 25 terms (13 in float32); for ``x < 0`` it is ``2 - erfc(-x)``. The series is good to
    the last bits; what is left is the rounding of ``x^2`` in the exponent. So the relative error is below
    ``(4 + x^2) epsilon``, and the absolute error below ``4 epsilon``, with ``epsilon`` 2.2e-16 in float64 and
    1.2e-7 in float32.

    Shapes: any. dtype: that of ``x``.

    Source: Shepherd and Laframboise, "Chebyshev Approximation of (1 + 2x) exp(x^2) erfc x in 0 <= x <
    infinity", Mathematics of Computation 36 (1981); the coefficients were worked out anew.

    >>> erfc(np.array([-np.inf, 0.0, 1.0])).round(6)
    array([2.      , 1.      , 0.157299])
    """
    size = np.minimum(np.abs(x), _FAR)
    t = (size - _K) / (size + _K)
    t *= 2
    now, before = np.zeros_like(t), np.zeros_like(t)  # Clenshaw's recurrence, with 2 t
    for coefficient in _COEFFICIENTS[_TERMS[t.dtype.char] - 1 : 0 : -1]:
        np.subtract(t * now, before, out=before)
        before += coefficient
        now, before = before, now
    t /= 2
    now *= t
    now -= before
    now += _COEFFICIENTS[0]
    now *= np.exp(-size * size)
    now /= 1 + 2 * size
    return np.where(np.signbit(x), 2 - now, now)

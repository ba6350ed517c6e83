import math

import numpy as np
import pytest

from numpy_ann import activations
from numpy_ann.error_function import erfc

X = np.concatenate([np.linspace(-6, 26, 5001), -np.logspace(-20, 1, 500), np.logspace(-20, 1.4, 500)])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_erfc_is_as_exact_as_it_says(dtype: str) -> None:
    x = X.astype(dtype)
    exact = np.array([math.erfc(v) for v in x.astype("float64")])
    found = erfc(x)
    assert found.dtype == dtype
    epsilon = np.finfo(dtype).eps
    error = np.abs(found.astype("float64") - exact)
    normal = exact > np.finfo(dtype).tiny
    assert np.max(error[normal] / exact[normal] / (4 + x[normal].astype("float64") ** 2)) < epsilon
    assert error.max() < 4 * epsilon


def test_erfc_far_out() -> None:
    assert erfc(np.array([-np.inf, -1e300, 0.0, 1e300, np.inf])).round(12).tolist() == [2, 2, 1, 0, 0]
    assert np.isnan(erfc(np.array([np.nan]))).all()


def test_gelu_by_hand() -> None:
    # P(1) = 0.841344746..., the share of a normal distribution within one deviation and below.
    assert np.allclose(activations.gelu([1.0, -1.0]), [0.8413447460685429, -0.15865525393145707], rtol=1e-15)
    # tanh(sqrt(2 / pi) * 1.044715) = tanh(0.833562...) = 0.682383...
    assert np.allclose(activations.gelu([1.0], approximate=True), (1 + 0.6823839) / 2, atol=1e-6)
    z = np.linspace(-6, 6, 101)
    assert 1e-4 < np.abs(activations.gelu(z) - activations.gelu(z, approximate=True)).max() < 5e-4

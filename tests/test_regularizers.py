from inspect import isabstract, isclass

import numpy as np
import pytest

from numpy_ann import regularizers
from numpy_ann.regularizers import L1, L1L2, L2, Regularizer
from tests.parts import Case, by_part, names
from tests.parts.penalties import MATRIX
from tests.parts.regularizers import CASES
from tests.parts.tables import stored

W = np.array([[1.0, -2.0], [0.0, 3.0]])


def test_by_hand() -> None:
    assert L1(0.5)(W) == 3.0  # (1 + 2 + 0 + 3) / 2
    assert L2(0.5)(W) == 7.0  # (1 + 4 + 0 + 9) / 2
    assert L1L2(0.5, 0.5)(W) == 10.0
    assert L1(0.5).gradient(W).tolist() == [[0.5, -0.5], [0, 0.5]]
    assert L2(0.5).gradient(W).tolist() == W.tolist()
    assert L1L2(0.5, 0.5).gradient(W.astype("float32")).dtype == "float32"


CONTRACT_PARTS = names(CASES)
every_regularizer = by_part(CASES)


def test_every_public_regularizer_has_a_case() -> None:
    public = (getattr(regularizers, name) for name in regularizers.__all__)
    assert set(CONTRACT_PARTS) == {c.__name__ for c in public if isclass(c) and not isabstract(c)}


@every_regularizer
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_gradient_is_the_penaltys(case: Case, dtype: str) -> None:
    regularizer, w = case.make(), np.random.default_rng(0).normal(size=(3, 4)).astype(dtype)
    w.flags.writeable = False  # writing to it raises
    gradient = regularizer.gradient(w)
    assert isinstance(regularizer(w), float)
    assert (gradient.shape, gradient.dtype) == (w.shape, dtype)
    direction, h = np.random.default_rng(1).normal(size=w.shape), 1e-6
    w = w.astype("float64")
    numeric = (regularizer(w + h * direction) - regularizer(w - h * direction)) / (2 * h)
    assert np.isclose(np.sum(gradient * direction), numeric, rtol=1e-5)


@every_regularizer
def test_equals_keras(case: Case) -> None:
    assert case.make()(np.array(MATRIX)) == pytest.approx(stored(case)["value"], rel=1e-6)
    assert case.make().get_config() == pytest.approx(stored(case)["config"])


@every_regularizer
def test_configuration(case: Case) -> None:
    regularizer: Regularizer = case.make()
    assert repr(type(regularizer).from_config(regularizer.get_config())) == repr(regularizer)


def test_names() -> None:
    assert repr(regularizers.get("l1")) == "L1(l1=0.01)"
    assert regularizers.get(None) is None
    assert repr(regularizers.get(L1L2)) == "L1L2(l1=0.0, l2=0.0)"
    for wrong in (3, (L1,)):
        with pytest.raises(ValueError, match=r"is a name, a Regularizer, a function or None\. Received: "):
            regularizers.get(wrong)
    with pytest.raises(ValueError, match=r"identifier: 'l3'"):
        regularizers.get("l3")
    for value in (-1.0, float("inf"), "a", True):
        with pytest.raises(ValueError, match="must be a number of 0 or more"):
            L2(value)  # type: ignore[arg-type]


def test_orthogonal_by_hand() -> None:
    # Rows (2, 0) and (3, 4) have the directions (1, 0) and (0.6, 0.8), of product 0.6: R = 0.5 0.6.
    R = regularizers.orthogonal_regularizer(0.5)
    w = np.array([[2.0, 0.0], [3.0, 4.0]])
    assert R(w) == pytest.approx(0.3)
    # dR/dw_1 = 0.5 ((0.6, 0.8) - 0.6 (1, 0)) / 2 = (0, 0.2);
    # dR/dw_2 = 0.5 ((1, 0) - 0.6 (0.6, 0.8)) / 5 = (0.064, -0.048)
    assert np.allclose(R.gradient(w), [[0.0, 0.2], [0.064, -0.048]])
    columns = regularizers.OrthogonalRegularizer(0.5, mode="columns")
    assert columns(w.T) == pytest.approx(0.3)
    assert np.allclose(columns.gradient(w.T), R.gradient(w).T)
    assert R(w[:1]) == 0.0
    with pytest.raises(ValueError, match="`mode` must be one of"):
        regularizers.OrthogonalRegularizer(mode="both")
    with pytest.raises(ValueError, match="matrices, of two axes"):
        R(np.ones(3))

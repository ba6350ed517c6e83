from inspect import isabstract, isclass

import numpy as np
import pytest

from numpy_ann import constraints
from numpy_ann.constraints import Constraint, MaxNorm, MinMaxNorm, NonNeg, UnitNorm
from tests.parts import Case, by_part, names
from tests.parts.constraints import CASES
from tests.parts.penalties import MATRIX
from tests.parts.tables import stored

W = np.array(MATRIX)


def test_by_hand() -> None:
    assert NonNeg()(W).tolist() == [[3, 0.3], [4, 0]]
    assert np.allclose(MaxNorm(1.0)(W), [[0.6, 0.3], [0.8, -0.4]], atol=1e-6)
    assert np.allclose(UnitNorm()(W), [[0.6, 0.6], [0.8, -0.8]], atol=1e-6)
    # Half of the way from 5 to 2 is 3.5, from 0.5 to 1 is 0.75.
    assert np.allclose(MinMaxNorm(1.0, 2.0, 0.5)(W), [[2.1, 0.45], [2.8, -0.6]], atol=1e-6)
    assert np.allclose(np.linalg.norm(UnitNorm([0, 1])(W)), 1)
    assert np.all(UnitNorm()(np.zeros((2, 2))) == 0)
    assert MaxNorm()(W.astype("float32")).dtype == "float32"


CONTRACT_PARTS = names(CASES)
every_constraint = by_part(CASES)


def test_every_public_constraint_has_a_case() -> None:
    public = (getattr(constraints, name) for name in constraints.__all__)
    assert set(CONTRACT_PARTS) == {c.__name__ for c in public if isclass(c) and not isabstract(c)}


@every_constraint
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_shapes_dtypes_and_arguments(case: Case, dtype: str) -> None:
    w = W.astype(dtype)
    w.flags.writeable = False  # writing to it raises
    constrained = case.make()(w)
    assert (constrained.shape, constrained.dtype) == (w.shape, dtype)
    # What has been constrained satisfies the constraint; MinMaxNorm goes a share of the way only.
    if not isinstance(case.make(), MinMaxNorm):
        np.testing.assert_allclose(case.make()(constrained), constrained, rtol=1e-5)


@every_constraint
def test_equals_keras(case: Case) -> None:
    np.testing.assert_allclose(case.make()(W), stored(case)["value"], rtol=1e-6)
    assert case.make().get_config() == stored(case)["config"]


@every_constraint
def test_configuration(case: Case) -> None:
    constraint: Constraint = case.make()
    assert repr(type(constraint).from_config(constraint.get_config())) == repr(constraint)


def test_names() -> None:
    assert isinstance(constraints.get("min_max_norm"), MinMaxNorm)
    assert constraints.get(None) is None
    assert repr(constraints.get(MaxNorm)) == repr(MaxNorm())
    assert constraints.get(np.abs) is np.abs
    for wrong in 3, int:
        assert not isinstance(wrong, type) or constraints.get(wrong) is wrong
    with pytest.raises(ValueError, match=r"a name, a Constraint, a function or None. Received: 3"):
        constraints.get(3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"'maxnorm'\. Did you mean"):
        constraints.get("maxnorm")
    with pytest.raises(ValueError, match="`axis` must be an integer or several"):
        MaxNorm(axis="a")  # type: ignore[arg-type]

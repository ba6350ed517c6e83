import numpy as np
import pytest

from numpy_ann import regularizers
from numpy_ann.regularizers import L1, L1L2, L2, Regularizer

W = np.array([[1.0, -2.0], [0.0, 3.0]])


def test_by_hand() -> None:
    assert L1(0.5)(W) == 3.0  # (1 + 2 + 0 + 3) / 2
    assert L2(0.5)(W) == 7.0  # (1 + 4 + 0 + 9) / 2
    assert L1L2(0.5, 0.5)(W) == 10.0
    assert L1(0.5).gradient(W).tolist() == [[0.5, -0.5], [0, 0.5]]
    assert L2(0.5).gradient(W).tolist() == W.tolist()
    assert L1L2(0.5, 0.5).gradient(W.astype("float32")).dtype == "float32"


@pytest.mark.parametrize("regularizer", [L1(0.1), L2(0.2), L1L2(0.3, 0.4)])
def test_configuration(regularizer: Regularizer) -> None:
    assert repr(type(regularizer).from_config(regularizer.get_config())) == repr(regularizer)


def test_names() -> None:
    assert repr(regularizers.get("l1")) == "L1(l1=0.01)"
    assert regularizers.get(None) is None
    with pytest.raises(ValueError, match=r"identifier: 'l3'"):
        regularizers.get("l3")
    for value in (-1.0, float("inf"), "a", True):
        with pytest.raises(ValueError, match="expected a non-negative float"):
            L2(value)  # type: ignore[arg-type]

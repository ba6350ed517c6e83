import numpy as np
import pytest

from numpy_ann.optimizers import Lion


def test_by_hand() -> None:
    # beta_1 0.5, beta_2 0.75, learning rate 0.125.
    theta, optimizer = np.array([10.0, 10.0]), Lion(0.125, beta_1=0.5, beta_2=0.75)
    optimizer.step(theta, np.array([4.0, -8.0]))  # down and up by the rate; m = (1, -2)
    assert theta.tolist() == [9.875, 10.125]
    # 0.5 * 1 - 0.5 * 0.5 = 0.25 > 0: down, against the gradient's sign. 0.5 * -2 + 0.5 * 2 = 0: no move.
    optimizer.step(theta, np.array([-0.5, 2.0]))
    assert theta.tolist() == [9.75, 10.125]
    assert optimizer.state["momentum"].tolist() == [0.75 - 0.125, -1.5 + 0.5]


@pytest.mark.parametrize("beta_1", [0.0, -0.5, 1.5])
def test_a_beta_1_that_is_refused(beta_1: float) -> None:
    with pytest.raises(ValueError, match="`beta_1` must be"):
        Lion(beta_1=beta_1)

import math

import numpy as np
import pytest

from numpy_ann.optimizers import Nadam, legacy


def test_by_hand() -> None:
    # beta_1 0.5, beta_2 0.75, epsilon 1, learning rate 0.5; u_t = 0.5 (1 - 0.96^t / 2):
    # u_1 = 0.26, u_2 = 0.2696, U_1 = 0.26, U_2 = 0.070096.
    # t = 1, g = 4: m = 2, v = 4, m_hat = 0.2696 * 2 / (1 - U_2) + 0.74 * 4 / 0.74, v_hat = 4 / 0.25 = 16.
    theta, optimizer = np.array([10.0]), Nadam(0.5, beta_1=0.5, beta_2=0.75, epsilon=1)
    optimizer.step(theta, np.array([4.0]))
    m_hat = 0.5392 / (1 - 0.070096) + 4
    assert math.isclose(theta[0], 10 - 0.5 * m_hat / (4 + 1))
    assert optimizer.state["momentum"].tolist() == [2.0]
    assert optimizer.state["velocity"].tolist() == [4.0]


@pytest.mark.parametrize("steps", [0, 1, 2, 999, 1000, 1001, 1500])
def test_the_product_of_momenta(steps: int) -> None:
    optimizer = Nadam(beta_1=0.999)
    optimizer.iterations = steps
    product = math.prod(0.999 * (1 - 0.5 * 0.96**i) for i in range(1, steps + 1))
    assert math.isclose(optimizer.momentum_product, product, rel_tol=1e-12)


def test_the_legacy_rule_adds_epsilon_to_the_root() -> None:
    # As test_by_hand, with the first momentum's part alone: g = 4, sqrt(v_hat) = 4, epsilon 1 or 3.
    steps = []
    for epsilon in (1.0, 3.0):
        theta, optimizer = np.array([10.0]), legacy.Nadam(0.5, beta_1=0.5, beta_2=0.75, epsilon=epsilon)
        optimizer.step(theta, np.array([4.0]))
        steps.append(10 - theta[0])
    assert math.isclose(steps[0] / steps[1], (4 + 3) / (4 + 1))

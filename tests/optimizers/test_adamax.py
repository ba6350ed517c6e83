import math

import numpy as np

from numpy_ann.optimizers import Adamax


def test_by_hand() -> None:
    # beta_1 0.5, beta_2 0.25, epsilon 1, learning rate 0.5.
    theta, optimizer = np.array([10.0]), Adamax(0.5, beta_1=0.5, beta_2=0.25, epsilon=1)
    # t = 1, g = -4: m = -2, u = 4, theta = 10 + 0.5 / 0.5 * 2 / 5.
    optimizer.step(theta, np.array([-4.0]))
    assert math.isclose(theta[0], 10.4)
    # t = 2, g = 0.5: m = -0.75, u = max(1, 0.5) = 1, theta = 10.4 + 0.5 / 0.75 * 0.75 / 2 = 10.65.
    optimizer.step(theta, np.array([0.5]))
    assert math.isclose(theta[0], 10.65)
    assert optimizer.state["momentum"].tolist() == [-0.75]
    assert optimizer.state["norm"].tolist() == [1.0]

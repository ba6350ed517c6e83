import math

import numpy as np

from numpy_ann.optimizers import Adadelta


def test_by_hand() -> None:
    # rho 0.75, epsilon 3, learning rate 0.5; g = 2:
    # v = 0.25 * 4 = 1, delta = -2 sqrt(0 + 3) / sqrt(1 + 3) = -sqrt(3), d = 0.25 * 3 = 0.75.
    theta, optimizer = np.array([10.0]), Adadelta(0.5, rho=0.75, epsilon=3.0)
    optimizer.step(theta, np.array([2.0]))
    assert math.isclose(theta[0], 10 - math.sqrt(3) / 2)
    # g = 10: v = 0.75 + 25 = 25.75, delta = -10 sqrt(3.75 / 28.75).
    optimizer.step(theta, np.array([10.0]))
    assert math.isclose(theta[0], 10 - math.sqrt(3) / 2 - 5 * math.sqrt(3.75 / 28.75))
    assert optimizer.state["accumulated_grad"].tolist() == [25.75]
    d = 0.75 * 0.75 + 0.25 * 100 * 3.75 / 28.75
    assert math.isclose(optimizer.state["accumulated_delta_var"][0], d)

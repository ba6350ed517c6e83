import math

import numpy as np
import pytest

from numpy_ann.optimizers import Adagrad
from numpy_ann.parameter import Parameter


def test_by_hand() -> None:
    # s begins with 1, epsilon 3. g = 4: s = 17, theta = 10 - 0.5 * 4 / sqrt(20).
    # g = 2: s = 21, theta falls by 0.5 * 2 / sqrt(24).
    theta, optimizer = np.array([10.0]), Adagrad(0.5, initial_accumulator_value=1.0, epsilon=3.0)
    optimizer.step(theta, np.array([4.0]))
    assert math.isclose(theta[0], 10 - 2 / math.sqrt(20))
    optimizer.step(theta, np.array([2.0]))
    assert math.isclose(theta[0], 10 - 2 / math.sqrt(20) - 1 / math.sqrt(24))
    assert optimizer.state["accumulator"].tolist() == [21.0]


def test_the_accumulator_begins_with_its_initial_value_and_the_average_with_0() -> None:
    optimizer = Adagrad(initial_accumulator_value=0.5, use_ema=True)
    assert optimizer.slots == ("average", "accumulator")
    optimizer.build([Parameter("bias", np.zeros(2))])
    assert optimizer.state["accumulator"].tolist() == [0.5, 0.5]
    assert optimizer.state["average"].tolist() == [0.0, 0.0]


def test_an_initial_value_below_0_is_refused() -> None:
    with pytest.raises(ValueError, match="`initial_accumulator_value` must be a number of 0 or more"):
        Adagrad(initial_accumulator_value=-0.1)

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann.optimizers import RMSprop
from tests.optimizers.keras_steps import GRADIENTS, THETA, assert_steps, steps

KERAS = [  # RMSprop(0.01, rho=0.8)
    [0.977639854, -1.97763932, 0.5],
    [0.957227528, -1.985448, 0.522360682],
    [0.975948274, -1.98973227, 0.522355676],
    [0.95849818, -1.98735094, 0.500429213],
]


def test_by_hand() -> None:
    # rho 0.75, epsilon 3: g = 2: v = 0.25 * 4 = 1, theta = 10 - 0.5 * 2 / sqrt(1 + 3) = 9.5.
    # g = 10: v = 0.75 * 1 + 0.25 * 100 = 25.75, theta = 9.5 - 0.5 * 10 / sqrt(28.75).
    theta, optimizer = np.array([10.0]), RMSprop(0.5, rho=0.75, epsilon=3)
    optimizer.step(theta, np.array([2.0]))
    assert theta.tolist() == [9.5]
    optimizer.step(theta, np.array([10.0]))
    assert math.isclose(theta[0], 9.5 - 5 / math.sqrt(28.75))
    assert optimizer.state["velocity"].tolist() == [25.75]


def test_equals_keras() -> None:
    assert_steps(lambda: RMSprop(0.01, rho=0.8), KERAS)


@given(rate=st.floats(0, 1), rho=st.floats(0, 0.999), epsilon=st.floats(1e-8, 1))
def test_equals_the_textbook_loop(rate: float, rho: float, epsilon: float) -> None:
    optimizer = RMSprop(rate, rho, epsilon=epsilon)
    rate = optimizer.learning_rate
    path = steps(optimizer, "float64")
    for j in range(3):
        theta, v = THETA[j], 0.0
        for t, g in enumerate(np.array(GRADIENTS)[:, j]):
            v = rho * v + (1 - rho) * g**2
            theta = theta - rate * g / math.sqrt(v + epsilon)
            assert np.isclose(path[t, j], theta, rtol=1e-12, atol=1e-12)


def test_slots_and_names() -> None:
    assert RMSprop().slots == ("velocity",)
    expected = {"name": "rmsprop", "learning_rate": 0.25, "rho": 0.5, "epsilon": 1e-7}
    assert expected.items() <= RMSprop(0.25, 0.5).get_config().items()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rho": 1.0}, "`rho` must be a number from 0 to below 1"),
        ({"rho": -0.1}, "`rho` must be a number from 0 to below 1"),
        ({"epsilon": 0.0}, "`epsilon` must be a number above 0"),
        ({"epsilon": float("nan")}, "`epsilon` must be a number above 0"),
    ],
)
def test_options_that_are_refused(options: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RMSprop(**options)


def test_centered_with_momentum_by_hand() -> None:
    # rho 0.75, momentum 0.5, epsilon 1. g = 4: v = 4, a = 1, step = 0.5 * 4 / sqrt(4 - 1 + 1) = 1 = u.
    theta = np.array([10.0])
    optimizer = RMSprop(0.5, rho=0.75, momentum=0.5, epsilon=1, centered=True)
    optimizer.step(theta, np.array([4.0]))
    assert theta.tolist() == [9.0]
    # g = 0: v = 3, a = 0.75, step = 0, u = 0.5.
    optimizer.step(theta, np.array([0.0]))
    assert theta.tolist() == [8.5]
    assert optimizer.slots == ("velocity", "momentum", "average_gradient")
    assert [float(slot[0]) for slot in optimizer.state.values()] == [3.0, 0.5, 0.75]

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann.optimizers import Adam, flat_vector
from tests.optimizers.keras_steps import GRADIENTS, THETA, assert_steps, steps

KERAS = [
    (
        {"learning_rate": 0.01},
        [
            [0.990000367, -1.99000013, 0.5],
            [0.980348766, -1.98599803, 0.507441223],
            [0.981014729, -1.98394096, 0.513192058],
            [0.977141917, -1.98180807, 0.508695483],
        ],
    ),
    (
        {"learning_rate": 0.1, "beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3},
        [
            [0.903065324, -1.90010524, 0.5],
            [0.800743759, -1.88488996, 0.591316104],
            [0.845313072, -1.89297616, 0.640546799],
            [0.78732121, -1.88851392, 0.550222516],
        ],
    ),
]


def test_by_hand() -> None:
    # beta_1 0.5, beta_2 0.75, epsilon 1, learning rate 0.5.
    theta, optimizer = np.array([10.0]), Adam(0.5, beta_1=0.5, beta_2=0.75, epsilon=1)
    # t = 1, g = 4: m = 2, v = 4, alpha = 0.5 sqrt(0.25) / 0.5 = 0.5, theta = 10 - 0.5 * 2 / (2 + 1).
    optimizer.step(theta, np.array([4.0]))
    assert math.isclose(theta[0], 10 - 1 / 3)
    # t = 2, g = 2: m = 1 + 1 = 2, v = 3 + 1 = 4, alpha = 0.5 sqrt(0.4375) / 0.75.
    optimizer.step(theta, np.array([2.0]))
    assert math.isclose(theta[0], 10 - 1 / 3 - 0.5 * math.sqrt(0.4375) / 0.75 * 2 / 3)
    assert optimizer.state["momentum"].tolist() == [2.0]
    assert optimizer.state["velocity"].tolist() == [4.0]


@pytest.mark.parametrize(("options", "expected"), KERAS)
def test_equals_keras(options: dict[str, float], expected: list[list[float]]) -> None:
    assert_steps(lambda: Adam(**options), expected)


@given(
    rate=st.floats(0, 1), beta_1=st.floats(0, 0.99), beta_2=st.floats(0, 0.9999), epsilon=st.floats(1e-8, 1)
)
def test_equals_the_papers_algorithm(rate: float, beta_1: float, beta_2: float, epsilon: float) -> None:
    optimizer = Adam(rate, beta_1, beta_2, epsilon)
    rate = optimizer.learning_rate
    path = steps(optimizer, "float64")
    for j in range(3):
        theta, m, v = THETA[j], 0.0, 0.0
        for t, g in enumerate(np.array(GRADIENTS)[:, j], start=1):
            m = beta_1 * m + (1 - beta_1) * g
            v = beta_2 * v + (1 - beta_2) * g**2
            # The paper corrects m and v; its epsilon, hat taken off, is epsilon / sqrt(1 - beta_2^t).
            m_hat, v_hat = m / (1 - beta_1**t), v / (1 - beta_2**t)
            theta = theta - rate * m_hat / (math.sqrt(v_hat) + epsilon / math.sqrt(1 - beta_2**t))
            assert np.isclose(path[t - 1, j], theta, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_the_first_step_is_the_learning_rate_whatever_the_gradients_size(scale: float) -> None:
    theta = np.zeros(2)
    Adam(0.125).step(theta, scale * np.array([1.0, -2.0]))
    assert np.allclose(theta, [-0.125, 0.125], rtol=1e-2)


def test_slots_and_names() -> None:
    assert Adam().slots == ("momentum", "velocity")
    expected = {"name": "adam", "learning_rate": 0.25, "beta_1": 0.5, "beta_2": 0.75, "epsilon": 1e-5}
    assert expected.items() <= Adam(0.25, 0.5, 0.75, 1e-5).get_config().items()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"beta_1": 1.0}, "`beta_1` must be a number from 0 to below 1"),
        ({"beta_2": -0.1}, "`beta_2` must be a number from 0 to below 1"),
        ({"beta_2": float("nan")}, "`beta_2` must be a number from 0 to below 1"),
        ({"epsilon": 0.0}, "`epsilon` must be a number above 0"),
    ],
)
def test_options_that_are_refused(options: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Adam(**options)


def test_amsgrad_divides_by_the_largest_velocity() -> None:
    # beta_2 0.5: v = 8, then 4, but v_hat stays 8; beta_1 0, so m = g; epsilon 1.
    theta, optimizer = np.array([10.0]), Adam(0.5, beta_1=0, beta_2=0.5, epsilon=1, amsgrad=True)
    optimizer.step(theta, np.array([4.0]))
    before = theta[0]
    optimizer.step(theta, np.array([0.0]))
    assert theta[0] == before
    assert optimizer.state["velocity"].tolist() == [4.0]
    assert optimizer.state["velocity_hat"].tolist() == [8.0]
    # t = 3, g = 1: v = 2.5, alpha = 0.5 sqrt(0.875), step = alpha / (sqrt(8) + 1).
    optimizer.step(theta, np.array([1.0]))
    assert math.isclose(before - theta[0], 0.5 * math.sqrt(0.875) / (math.sqrt(8) + 1))


@pytest.mark.parametrize("options", [{}, {"amsgrad": True, "weight_decay": 0.1, "use_ema": True}])
def test_a_long_vector_is_changed_block_by_block_to_the_same_bits(monkeypatch, options) -> None:
    rng = np.random.default_rng(0)
    theta, *gradients = rng.normal(size=(4, 1003)).astype(np.float32)

    def trained() -> tuple[np.ndarray, dict[str, np.ndarray]]:
        trained, optimizer = theta.copy(), Adam(**options)
        for gradient in gradients:
            optimizer.step(trained, gradient)
        return trained, optimizer.state

    whole, state = trained()
    monkeypatch.setattr(flat_vector, "BLOCK", 100)
    assert len(flat_vector.blocks(len(theta))) == 11
    in_blocks, state_in_blocks = trained()
    np.testing.assert_array_equal(in_blocks, whole)
    for slot, value in state.items():
        np.testing.assert_array_equal(state_in_blocks[slot], value)

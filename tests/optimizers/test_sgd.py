import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann.optimizers import SGD
from tests.optimizers.keras_steps import GRADIENTS, THETA, assert_steps, steps

KERAS = {
    (0.0, False): [
        [0.99000001, -1.70000005, 0.5],
        [0.970000029, -1.80000007, 0.550000012],
        [1.0, -1.85000002, 0.549989998],
        [0.959999979, -1.82500005, 0.34999001],
    ],
    (0.9, False): [
        [0.99000001, -1.70000005, 0.5],
        [0.961000025, -1.52999997, 0.550000012],
        [0.964900017, -1.42699993, 0.594990015],
        [0.928409994, -1.30929995, 0.435481012],
    ],
    (0.9, True): [
        [0.981000006, -1.42999995, 0.5],
        [0.934899986, -1.37699997, 0.595000029],
        [0.968410015, -1.33429992, 0.635481],
        [0.895569026, -1.20336986, 0.291922897],
    ],
}


def test_by_hand() -> None:
    # Against g = 1, then g = 2, at learning rate 0.5: 10 - 0.5 = 9.5, then 9.5 - 1 = 8.5.
    theta, optimizer = np.array([10.0]), SGD(0.5)
    path = [float(theta[0]) for g in (1.0, 2.0) if optimizer.step(theta, np.array([g])) is None]
    assert path == [9.5, 8.5]


def test_momentum_by_hand() -> None:
    # momentum 0.5: v = -0.5, theta = 9.5; then v = 0.5 * -0.5 - 1 = -1.25, theta = 8.25.
    theta, optimizer = np.array([10.0]), SGD(0.5, momentum=0.5)
    path = [float(theta[0]) for g in (1.0, 2.0) if optimizer.step(theta, np.array([g])) is None]
    assert path == [9.5, 8.25]
    assert optimizer.state["momentum"].tolist() == [-1.25]


def test_nesterov_by_hand() -> None:
    # v as above; theta = theta + 0.5 v - 0.5 g: 10 - 0.25 - 0.5 = 9.25, then 9.25 - 0.625 - 1 = 7.625.
    theta, optimizer = np.array([10.0]), SGD(0.5, momentum=0.5, nesterov=True)
    path = [float(theta[0]) for g in (1.0, 2.0) if optimizer.step(theta, np.array([g])) is None]
    assert path == [9.25, 7.625]


@pytest.mark.parametrize(("momentum", "nesterov"), KERAS)
def test_equals_keras(momentum: float, nesterov: bool) -> None:
    assert_steps(lambda: SGD(0.1, momentum, nesterov), KERAS[momentum, nesterov])


@given(rate=st.floats(0, 2), momentum=st.floats(0, 1), nesterov=st.booleans())
def test_equals_the_textbook_loop(rate: float, momentum: float, nesterov: bool) -> None:
    optimizer = SGD(rate, momentum, nesterov)
    rate = optimizer.learning_rate
    path = steps(optimizer, "float64")
    for j in range(3):
        theta, v = THETA[j], 0.0
        for t, g in enumerate(np.array(GRADIENTS)[:, j]):
            v = momentum * v - rate * g
            theta = theta + momentum * v - rate * g if nesterov else theta + v
            assert np.isclose(path[t, j], theta, rtol=1e-12, atol=1e-12)


def test_slots_and_names() -> None:
    assert SGD().slots == ()
    assert SGD(momentum=0.1).slots == ("momentum",)
    config = {"name": "SGD", "learning_rate": 0.25, "momentum": 0.5, "nesterov": True}
    assert config.items() <= SGD(0.25, 0.5, True).get_config().items()


@pytest.mark.parametrize("momentum", [-0.1, 1.1, float("nan")])
def test_momentum_that_is_refused(momentum: float) -> None:
    with pytest.raises(ValueError, match=r"`momentum` must be a number from 0 to 1\. Received: momentum="):
        SGD(momentum=momentum)

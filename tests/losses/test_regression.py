import math

import numpy as np
import pytest

from numpy_ann import losses

# Two samples of one output: p - y is 0.5 for the first and -3 for the second; y is 1 and 4.
Y, P = np.array([1.0, 4.0]), np.array([[1.5], [1.0]])


@pytest.mark.parametrize(
    ("loss", "each", "slopes"),
    [
        (losses.MeanSquaredError(), (0.25, 9), (1, -6)),
        (losses.MeanAbsoluteError(), (0.5, 3), (1, -1)),
        # Half of 1 is 50 %, 3 of 4 is 75 %.
        (losses.MeanAbsolutePercentageError(), (50, 75), (100, -25)),
        # log 2.5/2 and log 2/5; the slope is 2 d / (p + 1).
        (
            losses.MeanSquaredLogarithmicError(),
            (math.log(1.25) ** 2, math.log(0.4) ** 2),
            (2 * math.log(1.25) / 2.5, math.log(0.4)),
        ),
        # 0.5 lies on the parabola, 3 on the straight line 1 * 3 - 1/2.
        (losses.Huber(), (0.125, 2.5), (0.5, -1)),
        (losses.Huber(0.25), (0.25 * 0.5 - 0.03125, 0.25 * 3 - 0.03125), (0.25, -0.25)),
        (
            losses.LogCosh(),
            (math.log(math.cosh(0.5)), math.log(math.cosh(3))),
            (math.tanh(0.5), -math.tanh(3)),
        ),
        # p - y log p; 1 - y / p.
        (losses.Poisson(), (1.5 - math.log(1.5), 1), (1 - 1 / 1.5, -3)),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_by_hand(loss: losses.Loss, each: tuple[float, float], slopes: tuple[float, float]) -> None:
    assert loss.forward(P, Y) == pytest.approx(sum(each) / 2, rel=1e-6)
    assert loss.backward().ravel() == pytest.approx(np.array(slopes) / 2, rel=1e-6)


def test_several_outputs_are_averaged() -> None:
    # (1 + 9) / 2 for the sample; the slopes 2 and -6, halved.
    loss = losses.MeanSquaredError()
    assert loss.forward(np.array([[1.0, -3.0]]), np.zeros((1, 2))) == 5.0
    assert loss.backward().tolist() == [[1.0, -3.0]]


@pytest.mark.parametrize("error", [1e3, -1e3, 1e30, -1e30])
def test_large_errors_stay_finite(error: float) -> None:
    for loss in (losses.Huber(), losses.LogCosh()):
        assert np.isfinite(loss.forward(np.array([[error]], np.float32), np.zeros((1, 1))))
        assert loss.backward().item() == math.copysign(1, error)


@pytest.mark.parametrize("delta", [0, -1, math.inf, math.nan, True, "1"])
def test_deltas_that_are_refused(delta: object) -> None:
    with pytest.raises(ValueError, match="`delta` must be a number above 0"):
        losses.Huber(delta)  # type: ignore[arg-type]

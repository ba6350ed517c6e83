"""LearningRateScheduler: schedules of one argument and of two."""

import math

import numpy as np
import pytest

from numpy_ann.callbacks import LearningRateScheduler
from numpy_ann.optimizers import SGD
from tests.callbacks.training import fit, new_model


@pytest.mark.parametrize(
    ("schedule", "rates"),
    [
        (lambda epoch, rate: rate / 2, [0.5, 0.25, 0.125]),
        (lambda epoch: 2.0**-epoch, [1, 0.5, 0.25]),
        (lambda epoch, *rest: rest[0] / 4, [0.25, 0.0625, 0.015625]),
        (lambda epoch: np.float32(0.75), [0.75] * 3),
    ],
)
def test_each_epoch_has_its_rate(schedule, rates):
    model = new_model(SGD(1.0))
    history = fit(model, LearningRateScheduler(schedule))
    assert history["learning_rate"] == rates
    assert model.optimizer.learning_rate == rates[-1]


def test_the_rate_is_what_the_epoch_is_trained_with():
    one, other = new_model(SGD(1.0)), new_model(SGD(0.25))
    fit(one, LearningRateScheduler(lambda epoch: 0.25))
    fit(other)
    np.testing.assert_array_equal(one.theta, other.theta)


def test_what_is_printed(capsys):
    fit(new_model(), LearningRateScheduler(lambda epoch: 0.5), epochs=1)
    assert capsys.readouterr().out == ""
    fit(new_model(), LearningRateScheduler(lambda epoch: 0.5, verbose=1), epochs=1)
    assert capsys.readouterr().out == "\nEpoch 1: LearningRateScheduler setting learning rate to 0.5.\n"


@pytest.mark.parametrize("wrong", [1, None, "0.1"])
def test_a_rate_must_be_a_float(wrong):
    with pytest.raises(ValueError, match="should be a float"):
        fit(new_model(), LearningRateScheduler(lambda epoch: wrong))


def test_a_function_that_does_not_tell_what_it_takes_is_given_both():
    history = fit(new_model(SGD(1.0)), LearningRateScheduler(math.hypot))
    assert history["learning_rate"] == pytest.approx([1, math.sqrt(1 + 1), math.sqrt(4 + 2)])


def test_a_mistake_within_the_schedule_is_not_taken_for_one_in_its_arguments():
    def schedule(epoch, rate):
        return rate + "0.1"

    with pytest.raises(TypeError, match="unsupported operand") as caught:
        fit(new_model(), LearningRateScheduler(schedule))
    assert "LearningRateScheduler" in caught.value.__notes__[0]

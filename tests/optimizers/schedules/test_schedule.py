"""The contract of all schedules, and Keras' numbers; a new one joins in ``tests/parts/schedules.py``."""

import inspect
import json
from typing import Any

import numpy as np
import pytest

from numpy_ann.optimizers import SGD, schedules
from numpy_ann.optimizers.schedules import (
    CosineDecay,
    CosineDecayRestarts,
    ExponentialDecay,
    InverseTimeDecay,
    LearningRateSchedule,
    PiecewiseConstantDecay,
    PolynomialDecay,
)
from tests.parts import Case, by_part, names
from tests.parts.schedules import CASES, STEPS
from tests.parts.tables import stored

CONTRACT_PARTS = names(CASES)
every_schedule = by_part(CASES)


def test_every_schedule_has_a_case() -> None:
    public = (getattr(schedules, name) for name in schedules.__all__)
    classes = {c.__name__ for c in public if inspect.isclass(c) and not inspect.isabstract(c)}
    assert classes == set(CONTRACT_PARTS)


@every_schedule
def test_equals_keras(case: Case) -> None:
    rates = [case.make()(step) for step in STEPS]
    assert all(type(rate) is float for rate in rates)
    np.testing.assert_allclose(rates, stored(case)["rates"], rtol=2e-6, atol=1e-9)


@every_schedule
def test_configuration_round_trip(case: Case) -> None:
    schedule: LearningRateSchedule = case.make()
    assert schedule.get_config() == stored(case)["config"]
    serialized = json.loads(json.dumps(schedules.serialize(schedule)))
    again = schedules.deserialize(serialized)
    assert type(again) is type(schedule)
    assert again.get_config() == schedule.get_config()
    assert repr(again) == repr(schedule)
    optimizer = SGD.from_config(SGD(schedule).get_config())
    assert optimizer.schedule is not None
    assert optimizer.learning_rate == schedule(0)
    assert repr(schedule) in repr(optimizer)


@pytest.mark.parametrize(
    ("schedule", "step", "expected"),
    [
        (ExponentialDecay(1.0, 10, 0.25), 5, 0.5),  # the root of 1/4
        (ExponentialDecay(1.0, 10, 0.25, staircase=True), 19, 0.25),
        (InverseTimeDecay(1.0, 10, 3.0), 10, 0.25),  # 1 / (1 + 3)
        (InverseTimeDecay(1.0, 10, 3.0, staircase=True), 9, 1.0),
        (PiecewiseConstantDecay([2], [1.0, 0.5]), 2, 1.0),
        (PiecewiseConstantDecay([2], [1.0, 0.5]), 3, 0.5),
        (PiecewiseConstantDecay([2.5], [1.0, 0.5]), 3, 0.5),
        (PolynomialDecay(1.0, 4, 0.0, power=2.0), 2, 0.25),  # (1 - 1/2)^2
        (PolynomialDecay(1.0, 4, 0.0), 5, 0.0),
        (PolynomialDecay(1.0, 4, 0.0, cycle=True), 6, 0.25),  # 6 of 8 steps
        (CosineDecay(1.0, 4, alpha=0.5), 2, 0.75),  # halfway from 1 to 1/2
        (CosineDecay(1.0, 4, alpha=0.5), 9, 0.5),
        (CosineDecay(0, 4, warmup_target=1.0, warmup_steps=2), 1, 0.5),
        (CosineDecayRestarts(1.0, 2, m_mul=0.5), 4, 0.25),  # half of the second period, 4 steps from 0.5 on
        (CosineDecayRestarts(1.0, 2, t_mul=1.0), 5, 0.5),
    ],
)
def test_by_hand(schedule: LearningRateSchedule, step: int, expected: float) -> None:
    assert schedule(step) == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ExponentialDecay(0.1, 0, 0.5), "`decay_steps` must be a number above 0"),
        (lambda: ExponentialDecay(-0.1, 1, 0.5), "`initial_learning_rate` must be a number of 0 or more"),
        (lambda: InverseTimeDecay(1e39, 1, 0.5), "`initial_learning_rate` is beyond float32"),
        (lambda: PolynomialDecay(0.1, -5), "`decay_steps` must be a number above 0"),
        (lambda: PiecewiseConstantDecay([1, 2], [0.1, 0.2]), "one less than `values`"),
        (lambda: PiecewiseConstantDecay([], [0.1]), "at least one number"),
        (lambda: PiecewiseConstantDecay([2, 1], [0.1, 0.2, 0.3]), "`boundaries` must rise"),
        (lambda: CosineDecay(0.1, 10, alpha=1.5), "`alpha` must be a number from 0 to 1"),
        (lambda: CosineDecayRestarts(0.1, 10, t_mul=0.5), "`t_mul` must be a number of 1 or more"),
        (lambda: schedules.deserialize({"class_name": "CosinDecay", "config": {}}), "'CosineDecay'"),
    ],
)
def test_arguments_that_are_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()

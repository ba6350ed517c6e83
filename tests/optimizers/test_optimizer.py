"""The contract that every optimizer keeps. A new one joins by an entry in ``tests/parts/optimizers.py``."""

import inspect
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann import optimizers
from numpy_ann._typing import Array
from numpy_ann.optimizers import SGD, Adam, Optimizer, RMSprop
from numpy_ann.optimizers.optimizer import DEFAULTS
from numpy_ann.optimizers.schedules import ExponentialDecay
from numpy_ann.parameter import Parameter
from tests.parts import by_part, names
from tests.parts.optimizers import CASES, OptimizerCase
from tests.support import for_each

CONTRACT_PARTS = names(CASES)
every_optimizer = by_part(CASES)
dtypes = for_each("dtype", ["float32", "float64"])

RNG = np.random.default_rng(0)
START, GRADIENTS = RNG.normal(size=7), RNG.normal(size=(5, 7))


def test_every_public_optimizer_has_a_case() -> None:
    public = filter(inspect.isclass, (getattr(optimizers, name) for name in optimizers.__all__))
    assert set(CONTRACT_PARTS) == {c.__name__ for c in public if c is not Optimizer}


@every_optimizer
@dtypes
def test_steps_in_place_and_in_its_dtype(case: OptimizerCase, dtype: str) -> None:
    optimizer, theta = case.make(), START.astype(dtype)
    optimizer.build([Parameter("theta", theta)])
    assert tuple(optimizer.state) == optimizer.slots
    for name, slot in optimizer.state.items():
        assert np.all(slot == np.array(optimizer.initial_value(name), dtype))
    slots = list(optimizer.state.values())
    for t, g in enumerate(GRADIENTS.astype(dtype)):
        g.flags.writeable = False  # writing to it raises
        before = theta.copy()
        assert optimizer.step(theta, g) is None
        assert optimizer.gradients_seen == t + 1
        waits = (t + 1) % (optimizer.gradient_accumulation_steps or 1)
        assert optimizer.iterations == (t + 1) // (optimizer.gradient_accumulation_steps or 1)
        moved = theta != before
        if waits:
            assert not np.any(moved)
            continue
        assert np.any(moved) if case.rests else np.all(moved)
    assert theta.dtype == dtype
    for kept, slot in zip(slots, optimizer.state.values(), strict=True):
        assert slot is kept
        assert slot.dtype == dtype
    assert [optimizer.state[name].shape for name in optimizer.slots] == [
        np.shape(np.ravel(np.empty(optimizer.slot_shape(name, (7,))))) for name in optimizer.slots
    ]


@every_optimizer
@dtypes
def test_takes_the_steps_of_its_plain_rule(case: OptimizerCase, dtype: str) -> None:
    # What lies around the rule is left out. In float32, 1 - beta_2^t is rounded in place alone, before it
    # is used, as in Keras.
    optimizer, theta = without_options(case), START.astype(dtype)
    optimizer.build([Parameter("theta", theta)])
    plain, state = theta.copy(), {name: slot.copy() for name, slot in optimizer.state.items()}
    tolerance = {"rtol": 1e-12} if dtype == "float64" else {"rtol": 2e-4, "atol": 1e-6}
    for t, g in enumerate(GRADIENTS.astype(dtype), start=1):
        before = plain.copy(), {name: slot.copy() for name, slot in state.items()}
        new, slots = optimizer.rule(plain, g, state, t, float(optimizer.learning_rate))
        assert np.array_equal(plain, before[0])  # a rule writes to nothing
        for name, slot in state.items():
            assert np.array_equal(slot, before[1][name])
        optimizer.step(theta, g)
        assert new.dtype == dtype
        np.testing.assert_allclose(theta, new, **tolerance)
        assert set(slots) == set(optimizer.own_slots)
        for name, slot in slots.items():
            np.testing.assert_allclose(optimizer.state[name], slot, **tolerance)
        plain, state = new, slots


def without_options(case: OptimizerCase) -> Optimizer:
    """Return the optimizer without what every optimizer can do around its rule."""
    config = case.make().get_config()
    return type(case.make()).from_config({**config, **DEFAULTS, "weight_decay": 0.0})


@every_optimizer
def test_a_subclass_needs_the_plain_rule_alone(case: OptimizerCase) -> None:
    optimizer, plain = case.make(), case.make()
    plain.__class__ = type("Plain", (type(plain),), {"update": Optimizer.update})
    one, other = (
        [Parameter("kernel", START[:6].reshape(2, 3).copy()), Parameter("bias", START[6:].copy())]
        for _ in "12"
    )
    for g in GRADIENTS:
        optimizer.apply([g[:6].reshape(2, 3), g[6:]], one)
        plain.apply([g[:6].reshape(2, 3), g[6:]], other)
    for a, b in zip(one, other, strict=True):
        np.testing.assert_allclose(a.value, b.value, rtol=1e-12)


def test_what_has_no_rule_is_refused() -> None:
    class Kerasic(Optimizer):
        def update_step(self, gradient: object, variable: object, learning_rate: object) -> None: ...

    with pytest.raises(TypeError, match=r"Kerasic overrides `update_step`.* `rule\(theta, g, "):
        Kerasic(0.1)

    class Bare(Optimizer):
        pass

    with pytest.raises(TypeError, match=r"Bare defines no `rule\(theta, g, state, t, learning_rate\)`"):
        Bare(0.1)

    class InPlace(Optimizer):
        def update(self, theta: Array, g: Array, learning_rate: float) -> None:
            theta -= learning_rate * g

    with pytest.raises(NotImplementedError, match="InPlace has its rule in place alone: see update"):
        InPlace(0.1).rule(np.ones(2), np.ones(2), {}, 1, 0.1)
    optimizer, parameter = InPlace(0.5), Parameter("w", np.array([1.0, 2.0]))
    assert not optimizer.built
    optimizer.apply([np.array([2.0, 4.0])], [parameter])
    assert optimizer.built
    assert parameter.value.tolist() == [0, 0]


@every_optimizer
def test_works_on_a_view(case: OptimizerCase) -> None:
    # As in training, where the trainable parameters are the first part of a vector.
    whole, alone = np.concatenate([START, [100.0]]), START.copy()
    one, other = case.make(), case.make()
    for g in GRADIENTS:
        one.step(whole[:7], g)
        other.step(alone, g)
    assert np.array_equal(whole[:7], alone)
    assert whole[7] == 100


@every_optimizer
def test_a_gradient_of_0_moves_nothing(case: OptimizerCase) -> None:
    """Unless weights decay, or are pulled towards 0: then they do move, and no further away."""
    theta = START.copy()
    case.make().step(theta, np.zeros(7))
    assert np.array_equal(theta, START) is not case.moves_at_0
    assert np.all(np.abs(theta) <= np.abs(START))


@every_optimizer
def test_goes_downhill(case: OptimizerCase) -> None:
    # On the bowl L = |theta|^2 / 2, whose gradient is theta.
    optimizer, theta = case.make(), START.copy()
    for _ in range(20):
        optimizer.step(theta, theta.copy())
    assert np.sum(theta**2) < np.sum(START**2)


@every_optimizer
@dtypes
def test_goes_on_from_a_saved_state(case: OptimizerCase, dtype: str) -> None:
    theta = START.astype(dtype)
    first = case.make()
    for g in GRADIENTS[:3]:
        first.step(theta, g.astype(dtype))
    second, again = type(first).from_config(first.get_config()), theta.copy()
    second.build([Parameter("theta", again)])
    saved = {name: slot.copy() for name, slot in first.state.items()}
    second.set_state(first.gradients_seen, saved)
    for g in GRADIENTS[3:]:
        first.step(theta, g.astype(dtype))
        second.step(again, g.astype(dtype))
    assert np.array_equal(theta, again)
    assert first.gradients_seen == second.gradients_seen == 5
    for name, slot in second.state.items():  # it works on copies
        assert not np.shares_memory(slot, saved[name])


@every_optimizer
def test_states_that_are_refused(case: OptimizerCase) -> None:
    optimizer = case.make()
    with pytest.raises(ValueError, match=r"no slots yet to set: call build\(variables\) first"):
        optimizer.set_state(1, {})
    optimizer.build([Parameter("theta", START)])
    good = {name: np.ones_like(slot) for name, slot in optimizer.state.items()}
    for bad in ({**good, "other": np.ones(7)}, {name: np.ones(6) for name in (*good, "other")}):
        with pytest.raises(ValueError, match="The optimizer has the slots"):
            optimizer.set_state(1, bad)
    assert optimizer.iterations == 0


@every_optimizer
def test_configuration_round_trip(case: OptimizerCase) -> None:
    optimizer = case.make()
    again = type(optimizer).from_config(optimizer.get_config())
    assert again.get_config() == optimizer.get_config()
    assert repr(again) == repr(optimizer)
    theta, other = START.copy(), START.copy()
    for g in GRADIENTS:
        optimizer.step(theta, g)
        again.step(other, g)
    assert np.array_equal(theta, other)


@every_optimizer
def test_one_optimizer_belongs_to_one_model(case: OptimizerCase) -> None:
    optimizer = case.make()
    optimizer.step(START.copy(), GRADIENTS[0])
    parameter = Parameter("theta", START)
    optimizer.build([parameter])  # nothing new
    assert optimizer.gradients_seen == 1
    with pytest.raises(ValueError, match="training 7 parameters and can't go on with 8"):
        optimizer.build([Parameter("theta", np.zeros(8))])
    with pytest.raises(ValueError, match="training another model"):
        optimizer.build([Parameter("theta", START)])
    optimizer.build([parameter])


@every_optimizer
def test_the_learning_rate_can_be_set_between_steps(case: OptimizerCase) -> None:
    optimizer, theta = case.make(), START.copy()
    if case.scheduled:
        with pytest.raises(TypeError, match="not settable"):
            optimizer.learning_rate = 0
        return
    optimizer.learning_rate = 0
    optimizer.step(theta, GRADIENTS[0])
    assert np.array_equal(theta, START)
    optimizer.learning_rate = 0.5
    assert optimizer.get_config()["learning_rate"] == 0.5


def test_a_schedule_in_force_refuses_a_number() -> None:
    optimizer = SGD(ExponentialDecay(0.5, 1, 0.5))
    theta = np.zeros(1)
    for rate in (0.5, 0.25, 0.125):  # theta falls by 1, 0.5, 0.25 times the gradient of 1
        assert optimizer.learning_rate == rate
        before = theta[0]
        optimizer.step(theta, np.ones(1))
        assert before - theta[0] == rate
    with pytest.raises(TypeError, match=r"created with a LearningRateSchedule .* not settable"):
        optimizer.learning_rate = 0.1
    optimizer.learning_rate = ExponentialDecay(8.0, 1, 0.5)
    assert optimizer.learning_rate == 1.0  # 8 / 2^3: the steps taken count


@given(rate=st.floats(0, 1e38))
def test_the_learning_rate_has_float32_precision(rate: float) -> None:
    assert SGD(rate).learning_rate == float(np.float32(rate))
    assert isinstance(SGD(np.float64(rate)).learning_rate, float)


@pytest.mark.parametrize("rate", [-0.1, nan, inf, -inf, 1e39, "0.1", None, True, 1j, [0.1]])
@pytest.mark.parametrize("kind", [SGD, RMSprop, Adam])
def test_learning_rates_that_are_refused(kind: type[Optimizer], rate: object) -> None:
    message = (
        r"`learning_rate` should be a finite number of 0 or more, such as 0\.001\. Received: learning_rate="
    )
    with pytest.raises(ValueError, match=message):
        kind(rate)  # type: ignore[arg-type]
    optimizer = kind(0.25)
    with pytest.raises(ValueError, match=message):
        optimizer.learning_rate = rate  # type: ignore[assignment]
    assert optimizer.learning_rate == 0.25


@pytest.mark.parametrize("name", CONTRACT_PARTS)
def test_found_by_name(name: str) -> None:
    for spelled in (name, name.lower(), name.upper()):
        assert type(optimizers.get(spelled)).__name__ == name
    assert optimizers.get(name) is not optimizers.get(name)  # a new one each time, as they hold state
    own = optimizers.get(name)
    assert optimizers.get(own) is own


def test_what_is_no_optimizer_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"Could not interpret optimizer identifier: 'adamm'\. Did you mean 'adam'"
    ):
        optimizers.get("adamm")
    with pytest.raises(ValueError, match="Expected a name or an Optimizer"):
        optimizers.get(Adam)  # type: ignore[arg-type]


@every_optimizer
def test_states_which_slots_keras_keeps_side_by_side_and_which_are_never_negative(
    case: OptimizerCase,
) -> None:
    optimizer, theta = case.make(), START.copy()
    for g in GRADIENTS:
        optimizer.step(theta, g)
    for name in optimizer.non_negative_slots & set(optimizer.slots):
        assert np.all(optimizer.state[name] >= 0)
    order = optimizer.slot_order(2)
    assert len(order) == len(set(order)) == 2 * len(optimizer.slots)
    for name in optimizer.slots:
        first = order.index((name, 0))
        apart = len(optimizer.interleaved) if name in optimizer.interleaved else 1
        assert order[first + apart] == (name, 1)


def test_optimizers_that_keras_has_beside_are_refused_by_name() -> None:
    for name in ("Muon", "LossScaleOptimizer", "ScheduleFreeAdamW", "MultiOptimizer"):
        with pytest.raises(AttributeError, match=f"leaves out Keras' {name}: .* Use another optimizer"):
            getattr(optimizers, name)

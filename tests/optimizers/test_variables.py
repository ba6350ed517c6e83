"""Optimizers as Keras calls them: built for a list of variables, applied to a list of gradients."""

import copy
import json
import pickle
import warnings
from typing import Any

import numpy as np
import pytest

from numpy_ann._typing import Array
from numpy_ann.constraints import NonNeg
from numpy_ann.layers import Dense, Input
from numpy_ann.models import Sequential
from numpy_ann.optimizers import SGD, Adam, Nadam, Optimizer, RMSprop
from numpy_ann.optimizers.schedules import ExponentialDecay
from numpy_ann.parameter import Parameter
from tests.optimizers.test_optimizer import every_optimizer
from tests.parts.optimizers import OptimizerCase

RNG = np.random.default_rng(1)
VALUES = [RNG.normal(size=(3, 2)), RNG.normal(size=2), RNG.normal(size=(2, 1))]
GRADIENTS = [[RNG.normal(size=value.shape) for value in VALUES] for _ in range(5)]
NAMES = ["kernel", "bias", "kernel_1"]


def lone() -> list[Parameter]:
    return [Parameter(name, value.copy()) for name, value in zip(NAMES, VALUES, strict=True)]


def flat(variables: list[Parameter]) -> Array:
    return np.concatenate([v.value.ravel() for v in variables])


def flattened(variables: list[Parameter]) -> Array:
    """Return one vector, of which the variables are views from then on, as in a model."""
    theta, end = flat(variables), 0
    for v in variables:
        v.value = theta[end : end + v.size].reshape(v.shape)
        end += v.size
    return theta


@every_optimizer
def test_apply_takes_the_step_that_training_takes(case: OptimizerCase) -> None:
    trained, alone, viewed = lone(), lone(), lone()
    theta, _ = flattened(trained), flattened(viewed)
    gradient = np.zeros_like(theta)
    training, applied, by_pairs = case.make(), case.make(), case.make()
    for optimizer, variables in ((training, trained), (applied, alone)):
        optimizer.build(variables)
    for t, step in enumerate(GRADIENTS, start=1):
        gradient[:] = np.concatenate([g.ravel() for g in step])
        training.step(theta, gradient)
        gradients = [training.scale_loss(g) for g in step]
        before = copy.deepcopy(gradients)
        applied.apply(gradients)
        assert by_pairs.apply_gradients(zip(gradients, viewed, strict=True)) == t
        for g, b in zip(gradients, before, strict=True):
            assert np.array_equal(g, b)
        for variables in (alone, viewed):
            assert np.array_equal(flat(variables), theta)
    for optimizer, variables in ((training, trained), (applied, alone)):
        optimizer.finalize_variable_values(theta if variables is trained else variables)
    assert np.array_equal(flat(alone), theta)
    for name, slot in training.state.items():
        assert np.array_equal(applied.state[name], slot)


@every_optimizer
def test_what_has_no_gradient_stays(case: OptimizerCase) -> None:
    # A step without the middle one's gradient is the step of an optimizer that doesn't know it.
    optimizer, others = case.make(), case.make()
    variables, two = lone(), lone()[::2]
    optimizer.build(variables)
    for gradients in GRADIENTS:
        with pytest.warns(UserWarning, match=r"Gradients do not exist for variables \['bias'\]"):
            optimizer.apply([gradients[0], None, gradients[2]])
        others.apply(gradients[::2], two)
    assert np.array_equal(variables[1].value, VALUES[1]) or optimizer.ema_overwrite_frequency
    np.testing.assert_allclose(flat(variables[::2]), flat(two), rtol=1e-14)
    for slot in optimizer.own_slots:
        first, middle, last = optimizer.slot_arrays(slot)
        assert np.all(middle == optimizer.initial_value(slot))
        np.testing.assert_allclose([*first.ravel(), *last.ravel()], others.state[slot], rtol=1e-14)
    optimizer.apply(GRADIENTS[0][:1], variables[:1])  # fewer variables, none without a gradient: no warning
    assert optimizer.gradients_seen == 6


@pytest.mark.parametrize("options", [{}, {"clipnorm": 0.5, "weight_decay": 0.1}, {"use_ema": True}])
def test_the_mean_of_several_gradients_makes_a_step(options: dict[str, Any]) -> None:
    accumulating, plain = Adam(0.1, gradient_accumulation_steps=3, **options), Adam(0.1, **options)
    ours, theirs = lone(), lone()
    for _ in range(2):
        for gradients in GRADIENTS[:3]:
            before = flat(ours)
            accumulating.apply(gradients, ours)
            if accumulating.gradients_seen % 3:
                assert np.array_equal(flat(ours), before)
        plain.apply([sum(gs) / 3 for gs in zip(*GRADIENTS[:3], strict=True)], theirs)
        np.testing.assert_allclose(flat(ours), flat(theirs), rtol=1e-12)
    assert (accumulating.iterations, accumulating.gradients_seen, plain.iterations) == (2, 6, 2)
    assert not accumulating.state["gradient_accumulator"].any()


def test_while_gradients_accumulate_by_hand() -> None:
    # With k = 2 and g = -1, -3, -1, -3, steps by -2 follow the second and the fourth gradient. The schedule
    # counts gradients: 8 / 2^(0, 1, 2, 3) = 8, 4, 2, 1; the second and the fourth are used: 0, 8, 8, 10.
    # The average with momentum 0.5 begins as theta while no step is over: 0, 8; then 4 + 4 = 8, 4 + 5 = 9.
    optimizer = SGD(
        ExponentialDecay(8.0, 1, 0.5), gradient_accumulation_steps=2, use_ema=True, ema_momentum=0.5
    )
    theta, path, averages = np.zeros(1), [], []
    for g in (-1.0, -3.0, -1.0, -3.0):
        optimizer.step(theta, np.array([g]))
        path.append(float(theta[0]))
        averages.append(float(optimizer.state["average"][0]))
    assert path == [0, 8, 8, 10]
    assert averages == [0, 8, 8, 9]
    assert optimizer.slots == ("average", "gradient_accumulator")


def test_training_goes_on_in_the_middle_of_an_accumulation() -> None:
    x, y = RNG.normal(size=(20, 3)), RNG.normal(size=(20, 1))

    def trained(*epochs: int) -> list[Array]:
        optimizer = Adam(0.1, gradient_accumulation_steps=3)
        model = Sequential([Input((3,)), Dense(2), Dense(1)], seed=0, dtype="float64")
        model.compile(optimizer, "mean_squared_error")
        for n in epochs:
            model.fit(x, y, batch_size=5, epochs=n, verbose=0)  # 4 gradients an epoch
            again = Adam.from_config(optimizer.get_config())
            again.build(model.trainable_parameters)
            again.set_state(optimizer.gradients_seen, optimizer.state)
            model.compile(again, "mean_squared_error")
            optimizer = again
        assert optimizer.iterations == 2
        return model.get_weights()

    for a, b in zip(trained(2), trained(1, 1), strict=True):
        assert np.array_equal(a, b)


def test_constraints_hold_after_apply() -> None:
    W = Parameter("kernel", np.ones(2), constraint=NonNeg())
    SGD(1.0).apply([[2.0, 0.5]], [W])
    assert W.value.tolist() == [0.0, 0.5]


def test_a_scaled_loss_takes_the_same_step() -> None:
    W, optimizer = Parameter("kernel", np.ones(1)), SGD(0.5, loss_scale_factor=1024)
    assert optimizer.scale_loss(3.0) == 3072.0
    optimizer.apply([[1024.0]], [W])
    assert W.value.tolist() == [0.5]
    assert SGD().scale_loss(3.0) == 3.0


def test_gradients_that_are_refused() -> None:
    optimizer, variables = SGD(), lone()
    optimizer.apply([])  # nothing to do
    with pytest.raises(ValueError, match=r"call build\(variables\) first"):
        optimizer.apply(GRADIENTS[0])
    optimizer.build(variables)
    with pytest.raises(ValueError, match="Received 2 gradients for 3 variables"):
        optimizer.apply(GRADIENTS[0][:2])
    with pytest.raises(ValueError, match="No gradients provided for any variable"):
        optimizer.apply([None, None, None])
    with pytest.raises(ValueError, match=r"Unknown variables: \[Parameter\('other'"):
        optimizer.apply([np.zeros(2)], [Parameter("other", np.zeros(2))])
    for wrong in (np.zeros((2, 3)), np.zeros((3, 2), complex), [["a", "b"]] * 3):
        with pytest.raises(
            ValueError, match=r"The gradient of kernel must be an array of numbers of its shape"
        ):
            optimizer.apply([wrong, *GRADIENTS[0][1:]])
    assert np.array_equal(flat(variables), flat(lone()))
    assert optimizer.iterations == 0


def test_what_is_no_list_of_variables_is_refused() -> None:
    with pytest.raises(TypeError, match=r"built for a list of Parameters, .* Received: \[array"):
        SGD().build([np.zeros(3)])  # type: ignore[list-item]
    with pytest.raises(ValueError, match=r"one dtype\. Received: float32, float64"):
        SGD().build([Parameter("a", np.zeros(1)), Parameter("b", np.zeros(1, np.float32))])


def test_a_copy_goes_on_with_variables_of_its_own() -> None:
    optimizer, variables = Adam(), lone()
    optimizer.apply(GRADIENTS[0], variables)
    copied, others = pickle.loads(pickle.dumps(optimizer)), lone()  # noqa: S301
    for v, own in zip(variables, others, strict=True):
        own.assign(v.value)
    for gradients in GRADIENTS[1:]:
        optimizer.apply(gradients, variables)
        copied.apply(gradients, others)
    assert np.array_equal(flat(variables), flat(others))


def test_the_variables_can_be_read_and_set() -> None:
    optimizer, variables = RMSprop(0.5, momentum=0.5), lone()[:2]
    assert [v.name for v in optimizer.variables] == ["iteration", "learning_rate"]
    optimizer.build(variables)
    assert [(v.name, v.shape, str(v.dtype)) for v in optimizer.variables] == [
        ("iteration", (), "int64"),
        ("learning_rate", (), "float32"),
        ("kernel_velocity", (3, 2), "float64"),
        ("bias_velocity", (2,), "float64"),
        ("kernel_momentum", (3, 2), "float64"),
        ("bias_momentum", (2,), "float64"),
    ]
    for i, variable in enumerate(optimizer.variables):
        variable.assign(np.full(variable.shape, i + 3))
        assert np.all(variable.numpy() == i + 3)
    assert (optimizer.iterations, optimizer.learning_rate) == (3, 4.0)
    assert optimizer.state["momentum"].tolist() == [7.0] * 6 + [8.0] * 2
    assert len(RMSprop(ExponentialDecay(0.1, 1, 0.5)).variables) == 1


def test_the_product_of_momenta_is_a_variable_that_follows_from_the_steps() -> None:
    optimizer, variables = Nadam(), lone()
    assert len(optimizer.variables) == 2
    optimizer.apply(GRADIENTS[0], variables)
    product = optimizer.variables[-1]
    assert product.name == "variable"
    assert product.numpy() == optimizer.momentum_product
    with pytest.raises(ValueError, match="read-only"):
        product.assign(np.array(1.0))


def test_the_learning_rate_is_a_number_and_a_variable() -> None:
    optimizer: Optimizer = SGD(0.5)
    rate = optimizer.learning_rate
    assert (float(rate), rate * 2, 1 - rate, f"{rate:.2f}", json.dumps(rate)) == (
        0.5,
        1.0,
        0.5,
        "0.50",
        "0.5",
    )
    assert type(float(rate)) is type(rate * 2) is float
    assert (np.asarray(rate), np.float32(2) * rate) == (0.5, 1.0)
    for new in (0.25, np.float32(0.25), np.array(0.25), 1, rate):
        optimizer.learning_rate.assign(new)
        assert optimizer.learning_rate == new == rate.numpy() == rate.value
        assert rate == 0.5  # the number of the moment when it was asked for
    assert type(copy.deepcopy(rate)) is type(pickle.loads(pickle.dumps(rate))) is float  # noqa: S301
    assert rate.numpy().dtype == np.float32
    assert type(optimizer.get_config()["learning_rate"]) is float
    for wrong in (-1, "0.1", [0.1], np.nan, True):
        with pytest.raises(ValueError, match="`learning_rate` should be a finite number"):
            optimizer.learning_rate.assign(wrong)
    with pytest.raises(TypeError, match="not settable"):
        SGD(ExponentialDecay(0.5, 1, 0.5)).learning_rate.assign(0.1)


def test_the_iterations_are_a_number_and_a_variable() -> None:
    optimizer = Adam(gradient_accumulation_steps=4)
    optimizer.iterations.assign(3)
    assert (optimizer.iterations, optimizer.gradients_seen) == (3, 12)
    assert optimizer.iterations.numpy() == np.int64(3)
    assert type(pickle.loads(pickle.dumps(optimizer.iterations))) is int  # noqa: S301
    for wrong in (-1, 1.5, "3"):
        with pytest.raises(ValueError, match="`iterations` must be an integer of at least 0"):
            optimizer.iterations = wrong  # type: ignore[assignment]
        with pytest.raises(ValueError, match="`gradients_seen` must be an integer of at least 0"):
            optimizer.gradients_seen.assign(wrong)


def test_a_training_and_apply_go_on_from_each_other() -> None:
    model = Sequential([Input((3,)), Dense(2), Dense(1)], seed=0)
    model.compile(Adam(), "mean_squared_error")
    model.fit(np.ones((4, 3)), np.ones((4, 1)), verbose=0)
    gradients = [np.ones(p.shape) for p in model.trainable_parameters]
    before = model.get_weights()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.optimizer.apply_gradients(zip(gradients, model.trainable_parameters, strict=True))
    assert all(np.all(a != b) for a, b in zip(model.get_weights(), before, strict=True))
    model.fit(np.ones((4, 3)), np.ones((4, 1)), verbose=0)
    assert model.optimizer.iterations == 3

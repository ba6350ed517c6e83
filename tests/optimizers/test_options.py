"""The options that every optimizer takes: decay, clipping, averages."""

from typing import Any

import numpy as np
import pytest

from numpy_ann._typing import Array
from numpy_ann.layers import Dense, Input
from numpy_ann.models import Sequential
from numpy_ann.optimizers import SGD, Adam, AdamW
from numpy_ann.optimizers.optimizer import DEFAULTS
from numpy_ann.parameter import Parameter

# Two parameters in one vector: a kernel of two numbers, and a bias of one.
PARAMETERS = [Parameter("kernel", np.zeros((2, 1))), Parameter("bias", np.zeros(1))]


def after_a_step(optimizer: Any, g: list[float], theta: list[float] | None = None) -> Array:
    start = np.array(theta or [0.0, 0.0, 0.0])
    optimizer.build(PARAMETERS)
    gradient = np.array(g)
    gradient.flags.writeable = False
    optimizer.step(start, gradient)
    return start


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        # The kernel's gradient (3, 4) has length 5, and becomes (0.6, 0.8); the bias' -0.5 is short enough.
        ({"clipnorm": 1.0}, [-0.6, -0.8, 0.5]),
        # Length of everything: sqrt(9 + 16 + 0.25) = sqrt(25.25).
        ({"global_clipnorm": 1.0}, [-3 / 25.25**0.5, -4 / 25.25**0.5, 0.5 / 25.25**0.5]),
        ({"clipvalue": 3.5}, [-3.0, -3.5, 0.5]),
        ({"clipnorm": 100.0}, [-3.0, -4.0, 0.5]),
        ({"clipnorm": 0.0}, [-3.0, -4.0, 0.5]),  # no limit, as in Keras
        ({}, [-3.0, -4.0, 0.5]),
    ],
)
def test_clipping(options: dict[str, Any], expected: list[float]) -> None:
    np.testing.assert_allclose(after_a_step(SGD(1.0, **options), [3.0, 4.0, -0.5]), expected, rtol=1e-14)


@pytest.mark.parametrize("option", ["clipnorm", "global_clipnorm"])
def test_a_gradient_of_0_is_clipped_to_0(option: str) -> None:
    assert after_a_step(SGD(1.0, **{option: 1.0}), [0.0, 0.0, 0.0]).tolist() == [0, 0, 0]  # type: ignore[arg-type]


def test_parameters_decay_by_rate_and_decay() -> None:
    # theta - 0.5 * 0.25 * theta = 7/8 theta, then the plain step -0.5 * g.
    theta = after_a_step(SGD(0.5, weight_decay=0.25), [2.0, 0.0, 0.0], [8.0, 16.0, -8.0])
    assert theta.tolist() == [6.0, 14.0, -7.0]


def test_what_is_excluded_does_not_decay() -> None:
    optimizer = SGD(0.5, weight_decay=0.25)
    optimizer.exclude_from_weight_decay(var_names=["ia"])  # in "bias"
    assert after_a_step(optimizer, [0.0, 0.0, 0.0], [8.0, 16.0, -8.0]).tolist() == [7.0, 14.0, -8.0]
    with pytest.raises(ValueError, match="only be called before the optimizer is built"):
        optimizer.exclude_from_weight_decay(var_names=["kernel"])

    optimizer = SGD(0.5, weight_decay=0.25)
    optimizer.exclude_from_weight_decay(var_list=[PARAMETERS[0]])
    assert after_a_step(optimizer, [0.0, 0.0, 0.0], [8.0, 16.0, -8.0]).tolist() == [8.0, 16.0, -7.0]


def test_adamw_is_adam_with_decay() -> None:
    g, theta = [1.0, -2.0, 0.5], [1.0, 2.0, 3.0]
    expected = after_a_step(Adam(0.01, weight_decay=0.1), g, theta)
    assert np.array_equal(after_a_step(AdamW(0.01, 0.1), g, theta), expected)
    assert AdamW().weight_decay == 0.004
    with pytest.raises(ValueError, match="`weight_decay` must be a number"):
        AdamW(weight_decay=None)  # type: ignore[arg-type]


def test_the_average() -> None:
    # SGD(1) with g = -1, -1, -1, -1 goes from 0 to 1, 2, 3, 4. With momentum 0.5, the average begins with
    # the first place: 1, then (1 + 2) / 2 = 1.5, (1.5 + 3) / 2 = 2.25, (2.25 + 4) / 2 = 3.125.
    optimizer, theta = SGD(1.0, use_ema=True, ema_momentum=0.5), np.zeros(1)
    optimizer.finalize_variable_values(theta)  # nothing to do yet
    for place, average in ((1, 1), (2, 1.5), (3, 2.25), (4, 3.125)):
        optimizer.step(theta, -np.ones(1))
        assert theta[0] == place
        assert optimizer.state["average"][0] == average
    optimizer.finalize_variable_values(theta)
    assert theta[0] == 3.125
    SGD().finalize_variable_values(theta)  # without an average, nothing happens
    assert theta[0] == 3.125


def test_the_average_takes_the_parameters_place_every_so_many_steps() -> None:
    # As above, but after steps 2 and 4 theta is the average: 1; 2 -> 1.5; 2.5, average (1.5 + 2.5) / 2 = 2;
    # 3.5, average (2 + 3.5) / 2 = 2.75.
    optimizer = SGD(1.0, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=2)
    theta, path = np.zeros(1), []
    for _ in range(4):
        optimizer.step(theta, -np.ones(1))
        path.append(theta[0])
    assert path == [1, 1.5, 2.5, 2.75]


def test_the_configuration_has_keras_keys_in_keras_order() -> None:
    assert list(SGD().get_config()) == ["name", "learning_rate", *DEFAULTS, "momentum", "nesterov"]
    assert {key: SGD().get_config()[key] for key in DEFAULTS} == DEFAULTS
    assert repr(SGD(0.5, clipnorm=1)) == "SGD(learning_rate=0.5, clipnorm=1.0, momentum=0.0, nesterov=False)"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"clipnorm": 1.0, "clipvalue": 1.0}, "Only one of `clipnorm`, `clipvalue` and `global_clipnorm`"),
        ({"clipnorm": -1.0}, "`clipnorm` must be a number of 0 or more"),
        ({"clipvalue": float("nan")}, "`clipvalue` must be a number of 0 or more"),
        ({"global_clipnorm": "1"}, "`global_clipnorm` must be a number of 0 or more"),
        ({"weight_decay": -0.1}, "`weight_decay` must be a number of 0 or more"),
        ({"use_ema": True, "ema_momentum": 1.5}, "`ema_momentum` must be a number from 0 to 1"),
        ({"use_ema": True, "ema_overwrite_frequency": 0}, "`ema_overwrite_frequency` must be an integer of"),
        (
            {"use_ema": True, "ema_overwrite_frequency": 1.5},
            "`ema_overwrite_frequency` must be an integer of",
        ),
        ({"loss_scale_factor": 0}, "`loss_scale_factor` must be a number above 0"),
        (
            {"gradient_accumulation_steps": 1},
            "`gradient_accumulation_steps` must be an integer of at least 2",
        ),
        ({"gradient_accumulation_steps": 2.0}, "`gradient_accumulation_steps` must be an integer of"),
        ({"use_ema": "yes"}, "`use_ema` must be True or False"),
    ],
)
def test_options_that_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SGD(0.1, **options)


def model_of(optimizer: Any) -> Sequential:
    model = Sequential([Input((3,)), Dense(2), Dense(1)], seed=0, dtype="float64")
    model.compile(optimizer, "mean_squared_error")
    return model


def test_training_says_where_each_parameter_lies() -> None:
    model = model_of(SGD(1.0, clipnorm=1e-3))
    before = model.get_weights()
    model.train_on_batch(np.ones((4, 3)), np.full((4, 1), 100.0))
    steps = [np.linalg.norm(a - b) for a, b in zip(model.get_weights(), before, strict=True)]
    np.testing.assert_allclose(steps, 1e-3, rtol=1e-9)  # each parameter's own length


def test_biases_are_excluded_by_their_name() -> None:
    optimizer = SGD(0.5, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    model = model_of(optimizer)
    model.set_weights([np.ones(w.shape) for w in model.get_weights()])
    x = np.ones((4, 3))
    model.train_on_batch(x, model.predict(x, verbose=0))  # no error, no gradient: the decay alone
    assert [float(w.flat[0]) for w in model.get_weights()] == [0.75, 1.0, 0.75, 1.0]


def test_fit_ends_with_the_average() -> None:
    optimizer = SGD(0.01, use_ema=True, ema_momentum=0.5)
    model = model_of(optimizer)
    model.fit(np.ones((4, 3)), np.ones((4, 1)), batch_size=1, verbose=0)
    assert optimizer.iterations == 4
    assert np.array_equal(
        np.concatenate([w.ravel() for w in model.get_weights()]), optimizer.state["average"]
    )

"""Every optimizer in files: options, schedules and state come back, and training goes on to the same bits."""

import json
import warnings
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from numpy_ann.errors import ModelFormatError
from numpy_ann.layers import Dense, Input
from numpy_ann.models import Sequential, load_model
from numpy_ann.optimizers import (
    SGD,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    Lion,
    Nadam,
    Optimizer,
    RMSprop,
    legacy,
)
from numpy_ann.optimizers.schedules import (
    CosineDecay,
    CosineDecayRestarts,
    ExponentialDecay,
    InverseTimeDecay,
    LearningRateSchedule,
    PiecewiseConstantDecay,
)
from tests.parts.unusual import IN_TRAINING
from tests.saving.files import edit_config, edit_weights

X = np.random.default_rng(0).normal(size=(12, 4)).astype(np.float32)
Y = np.eye(3, dtype=np.float32)[np.arange(12) % 3]


def trained(optimizer: Optimizer, dtype: str = "float32") -> Sequential:
    optimizer = type(optimizer).from_config(optimizer.get_config())
    model = Sequential([Input((4,)), Dense(5, "tanh"), Dense(3, "softmax")], seed=0, dtype=dtype)
    model.compile(optimizer, "categorical_crossentropy")
    fit(model)
    return model


def fit(model: Sequential) -> None:
    model.fit(X, Y, batch_size=5, epochs=2, verbose=0)


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize("optimizer", IN_TRAINING, ids=repr)
def test_training_goes_on(optimizer: Optimizer, suffix: str, tmp_path: Path) -> None:
    model = trained(optimizer)
    model.save(tmp_path / f"x{suffix}")
    again = load_model(tmp_path / f"x{suffix}")
    assert again.optimizer is not None
    assert model.optimizer is not None
    assert repr(again.optimizer) == repr(optimizer)
    assert again.optimizer.iterations == 6
    assert again.optimizer.learning_rate == model.optimizer.learning_rate
    for name, slot in model.optimizer.state.items():
        assert np.array_equal(again.optimizer.state[name], slot)
    fit(model)
    fit(again)
    for a, b in zip(model.get_weights(), again.get_weights(), strict=True):
        assert np.array_equal(a, b)


LEGACY: list[Optimizer] = [
    legacy.RMSprop(0.01),
    legacy.RMSprop(0.01, centered=True, clipnorm=0.5),
    legacy.RMSprop(0.01, momentum=0.5),
    legacy.RMSprop(InverseTimeDecay(0.01, 1, 0.5)),
    legacy.Adagrad(0.1, initial_accumulator_value=0.0),
    legacy.Nadam(0.01),
    legacy.Nadam(0.01, schedule_decay=0.0),
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", LEGACY, ids=repr)
def test_a_legacy_optimizer_stays_one_in_h5(optimizer: Optimizer, dtype: str, tmp_path: Path) -> None:
    model = trained(optimizer, dtype)
    model.save(tmp_path / "x.h5")
    again = load_model(tmp_path / "x.h5")
    assert repr(again.optimizer) == repr(optimizer)
    assert repr(optimizer).startswith("legacy.")
    fit(model)
    fit(again)
    for a, b in zip(model.get_weights(), again.get_weights(), strict=True):
        assert np.array_equal(a, b)
    with h5py.File(tmp_path / "x.h5") as file:
        config = json.loads(file.attrs["training_config"])["optimizer_config"]["config"]
        assert config["decay"] == (optimizer.schedule_decay if isinstance(optimizer, legacy.Nadam) else 0.0)
        assert not {"weight_decay", "use_ema", "schedule_decay"} & config.keys()


@pytest.mark.parametrize(
    ("optimizer", "warns"),
    [
        (legacy.RMSprop(0.01), True),
        (legacy.RMSprop(0.01, momentum=0.5), False),
        (legacy.Adagrad(0.1, initial_accumulator_value=0.0), True),
        (legacy.Adagrad(0.1), False),
        (legacy.Nadam(0.01), True),
    ],
    ids=repr,
)
def test_keras_3_has_no_legacy_optimizers(optimizer: Optimizer, warns: bool, tmp_path: Path) -> None:
    model = trained(optimizer)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.save(tmp_path / "x.keras")
    assert ["holds its" in str(warning.message) for warning in caught] == [True] * warns
    again = load_model(tmp_path / "x.keras").optimizer
    assert again is not None
    assert model.optimizer is not None
    assert f"legacy.{again!r}" == repr(optimizer).replace(", schedule_decay=0.004", "")
    for name, slot in model.optimizer.state.items():
        assert np.array_equal(again.state[name], slot)


def test_what_files_of_legacy_optimizers_cannot_hold(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a legacy RMSprop has no weight decay"):
        trained(legacy.RMSprop(0.01, weight_decay=0.1)).save(tmp_path / "x.h5")


@pytest.mark.filterwarnings("ignore:The model has nothing to train")
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize("optimizer", IN_TRAINING, ids=repr)
def test_an_optimizer_with_nothing_to_train(optimizer: Optimizer, suffix: str, tmp_path: Path) -> None:
    model = Sequential([Input((4,)), Dense(3, trainable=False)], seed=0)
    model.compile(type(optimizer).from_config(optimizer.get_config()), "mse")
    fit(model)
    model.save(tmp_path / f"x{suffix}")
    again = load_model(tmp_path / f"x{suffix}")
    assert repr(again.optimizer) == repr(optimizer)
    fit(again)
    for a, b in zip(model.get_weights(), again.get_weights(), strict=True):
        assert np.array_equal(a, b)


@pytest.mark.parametrize(
    "optimizer", [Nadam(0.01), Adam(0.01, amsgrad=True), legacy.Nadam(0.01), legacy.RMSprop(0.01)], ids=repr
)
def test_weights_alone_bring_the_state(optimizer: Optimizer, tmp_path: Path) -> None:
    model, other = trained(optimizer, "float64"), trained(optimizer, "float64")
    fit(other)
    model.save_weights(tmp_path / "x.weights.h5")
    other.load_weights(tmp_path / "x.weights.h5")
    assert other.optimizer is not None
    assert other.optimizer.iterations == 6
    other.streams.set_state(model.streams.get_state())
    fit(model)
    fit(other)
    for a, b in zip(model.get_weights(), other.get_weights(), strict=True):
        assert np.array_equal(a, b)


def optimizer_config(config: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = config["compile_config"]["optimizer"]["config"]
    return found


@pytest.mark.parametrize(
    ("optimizer", "options", "message"),
    [
        (SGD(), {"clipnorm": -1.0}, "clipnorm: -1.0 is not between"),
        (SGD(), {"clipnorm": 1.0, "clipvalue": 1.0}, "Only one of"),
        (SGD(), {"weight_decay": "0.1"}, "weight_decay: expected a number"),
        (SGD(), {"use_ema": 1}, "use_ema: expected true or false"),
        (SGD(), {"ema_overwrite_frequency": 0}, "ema_overwrite_frequency: 0 is not between"),
        (SGD(), {"loss_scale_factor": -2.0}, "loss_scale_factor: -2.0 is not between"),
        (SGD(), {"gradient_accumulation_steps": 1}, "gradient_accumulation_steps: 1 is not between"),
        (SGD(), {"learning_rate": {"class_name": "Sinus", "config": {}}}, "'Sinus' is not supported"),
        (AdamW(), {"weight_decay": None}, "weight_decay: expected a number, found null"),
        (Lion(), {"beta_1": 0}, "`beta_1` must be a number above 0"),
        (Lion(), {"epsilon": 0.1}, "epsilon: this option is not supported"),
        (RMSprop(), {"decay": 0.0}, "weight_decay: this option is not supported"),  # not beside a decay
        (Adam(), {"lr": 0.1}, "weight_decay: this option is not supported"),
    ],
)
def test_options_that_are_refused(
    optimizer: Optimizer, options: dict[str, Any], message: str, tmp_path: Path
) -> None:
    path = tmp_path / "x.keras"
    trained(optimizer).save(path)
    edit_config(path, lambda config: optimizer_config(config).update(options))
    with pytest.raises(ModelFormatError, match=message):
        load_model(path)
    load_model(path, compile=False)


@pytest.mark.parametrize(
    ("schedule", "options", "message"),
    [
        (ExponentialDecay(0.1, 3, 0.5), {"decay_steps": 0}, "`decay_steps` must be a number above 0"),
        (ExponentialDecay(0.1, 3, 0.5), {"decay_rate": -1}, "decay_rate: -1 is not between"),
        (ExponentialDecay(0.1, 3, 0.5), {"code": "print()"}, "code: this option is not supported"),
        (PiecewiseConstantDecay([1], [0.1, 0.2]), {"boundaries": [1, 2]}, "one less than `values`"),
        (PiecewiseConstantDecay([1], [0.1, 0.2]), {"values": [True, 0.1]}, "expected a number, found true"),
        (CosineDecay(0.1, 3), {"alpha": 2}, "alpha: 2 is not between"),
        (CosineDecayRestarts(0.1, 3), {"t_mul": 0.5}, "`t_mul` must be a number of 1 or more"),
    ],
)
def test_schedules_that_are_refused(
    schedule: LearningRateSchedule, options: dict[str, Any], message: str, tmp_path: Path
) -> None:
    path = tmp_path / "x.keras"
    trained(SGD(schedule)).save(path)
    edit_config(path, lambda config: optimizer_config(config)["learning_rate"]["config"].update(options))
    with pytest.raises(ModelFormatError, match=message):
        load_model(path)


def test_a_schedule_of_ones_own_is_handed_over(tmp_path: Path) -> None:
    class Own(ExponentialDecay):
        pass

    optimizer = SGD(0.1)
    model = trained(optimizer)
    assert model.optimizer is not None
    model.optimizer.learning_rate = Own(0.1, 3, 0.5)  # type: ignore[assignment]
    path = tmp_path / "x.keras"
    model.save(path)
    with pytest.raises(ModelFormatError, match="'Own' is a class or a function of somebody's own"):
        load_model(path)
    again = load_model(path, custom_objects={"Own": Own})
    assert isinstance(again.optimizer.schedule, Own)
    assert again.optimizer.schedule.get_config() == Own(0.1, 3, 0.5).get_config()


def test_a_mean_of_squares_below_0_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.keras"
    trained(Adagrad()).save(path)

    def spoil(root: Any) -> None:
        root["optimizer/vars/2"][0, 0] = -1

    edit_weights(path, spoil)
    with pytest.raises(ModelFormatError, match="numbers below 0"):
        load_model(path)


@pytest.mark.parametrize(
    ("optimizer", "class_name", "first", "second"),
    [
        (SGD(0.1, momentum=0.5), "SGD", "SGD/iter:0", "SGD/dense/kernel/momentum:0"),
        (RMSprop(momentum=0.5), "RMSprop", "RMSprop/iter:0", "RMSprop/dense/kernel/rms:0"),
        (Adamax(), "Adamax", "Adamax/iter:0", "Adamax/dense/kernel/m:0"),
        (RMSprop(), "Custom>RMSprop", "iteration:0", "RMSprop/velocity/dense/kernel:0"),
        (AdamW(), "Custom>AdamW", "iteration:0", "AdamW/m/dense/kernel:0"),
        (SGD(use_ema=True), "Custom>SGD", "iteration:0", "SGD/average/dense/kernel:0"),
    ],
)
def test_h5_names_what_keras_2_computes_the_same_with(
    optimizer: Optimizer, class_name: str, first: str, second: str, tmp_path: Path
) -> None:
    trained(optimizer).save(tmp_path / "x.h5")
    with h5py.File(tmp_path / "x.h5") as root:
        config = json.loads(root.attrs["training_config"])["optimizer_config"]
        names = list(root["optimizer_weights"].attrs["weight_names"])
    assert config["class_name"] == class_name
    assert names[:2] == [first, second]

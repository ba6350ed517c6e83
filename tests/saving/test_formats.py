"""The tables of what files may name: each row there and back, and no row that nothing reads."""

import inspect
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from numpy_ann import initializers, layers, losses, metrics, optimizers
from numpy_ann.activations import ActivationFunction
from numpy_ann.errors import ModelFormatError
from numpy_ann.layers.traced import Lambda
from numpy_ann.saving import CustomObjectScope
from numpy_ann.saving.containers.strict_json import ConfigValue
from numpy_ann.saving.formats.compile_config import (
    read_compiled,
    read_metrics,
    write_loss,
    write_metrics,
)
from numpy_ann.saving.formats.model_contents import OutputArguments
from numpy_ann.saving.formats.objects import write_part
from numpy_ann.saving.formats.optimizers import write_optimizer
from numpy_ann.saving.formats.options import Row, read_dtype
from numpy_ann.saving.formats.parts import (
    LAYERS,
    LOSSES,
    METRICS,
    OPTIMIZERS,
    read_initializer,
)
from tests.parts import by_part, tables
from tests.parts.files import plain, read_layer, there_and_back
from tests.parts.unusual import UNUSUAL
from tests.support import for_each

# What is made of a function or of another part, which files can't hold.
OF_FUNCTIONS = [
    losses.FunctionLoss(lambda y_true, y_pred: (y_pred, y_pred), name="f"),
    metrics.LossMetric(losses.Huber()),
    metrics.MeanMetricWrapper(lambda y_true, y_pred: y_pred, "f"),
]
TABLES = {**LAYERS, **OPTIMIZERS, **{f"loss {k}": v for k, v in LOSSES.items()}, **METRICS}


# And one of each case of tests/parts, whose own options those are that they give.
CASES = [
    case
    for kind in ("layers", "losses", "metrics", "optimizers")
    for case in tables.TABLES[kind]
    if type(case.make()) in {row.make for row in TABLES.values()}
    and not isinstance(case.make().get_config().get("activation"), ActivationFunction)  # is refused
]


@for_each("thing", UNUSUAL)
def test_there_and_back(thing):
    again = there_and_back(thing, (3,) if isinstance(thing, layers.RepeatVector) else (4, 3))
    assert type(again) is type(thing)
    assert plain(again.get_config()) == plain(thing.get_config())


@by_part(CASES)
def test_cases_there_and_back(case):
    thing = getattr(case, "ready", case.make)()
    again = there_and_back(thing, getattr(case, "shape", (4, 3)))
    assert type(again) is type(thing)
    assert plain(again.get_config()) == plain(thing.get_config())


def test_every_row_is_tested_above():
    tested = {type(thing) for thing in (*UNUSUAL, *(case.make() for case in CASES))}
    assert tested == {row.make for row in TABLES.values()} - {Lambda}  # tests/saving/test_handed_over.py


def test_every_argument_of_a_row_is_one_of_the_class():
    for name, row in TABLES.items():
        known = set()
        for cls in row.make.__mro__[:-1]:
            known |= set(inspect.signature(cls.__init__).parameters)
        assert set(row.arguments) - set(row.old) <= known, name


def test_every_layer_can_be_saved():
    public = {getattr(layers, name) for name in layers.__all__ if isinstance(getattr(layers, name), type)}
    assert public - {layers.Layer, layers.InputLayer} == {row.make for row in LAYERS.values()} - {Lambda}


def test_every_loss_metric_and_optimizer_can_be_saved():
    for package, base, rows in (
        (losses, losses.Loss, LOSSES),
        (metrics, metrics.Metric, METRICS),
        (optimizers, optimizers.Optimizer, OPTIMIZERS),
    ):
        public = {getattr(package, name) for name in package.__all__}
        classes = {c for c in public if isinstance(c, type) and issubclass(c, base) and c is not base}
        made = {c for c in classes if not inspect.isabstract(c)}
        assert made - {type(thing) for thing in OF_FUNCTIONS} - {metrics.Mean, metrics.Sum} == {
            row.make for row in rows.values()
        }


@pytest.mark.parametrize("thing", OF_FUNCTIONS, ids=lambda thing: type(thing).__name__)
def test_what_is_made_of_a_function_is_not_written(thing):
    with pytest.raises(ValueError, match=f"{type(thing).__name__} can't be written to a Keras file"):
        there_and_back(thing)


def test_what_keras_writes_beside_a_losses_options():
    beside = {name: row.written for name, row in LOSSES.items() if row.written}
    last = {"axis": -1}
    assert beside == {
        "BinaryCrossentropy": last,
        "BinaryFocalCrossentropy": last,
        "CategoricalCrossentropy": last,
        "CategoricalFocalCrossentropy": last,
        "SparseCategoricalCrossentropy": {"ignore_class": None},
    }
    for name, written in beside.items():
        assert write_loss(getattr(losses, name)())["config"].items() >= written.items()


def test_readers_are_derived_from_signatures():
    class Scaled(layers.Layer):
        def __init__(self, factor: float, groups: int = 1, shifts: Sequence[float] = (), **options: Any):
            super().__init__(**options)

    arguments = Row(Scaled).arguments
    assert arguments.keys() >= {"factor", "groups", "shifts", "name", "trainable"}
    for option, value, problem in (
        ("factor", "1", "expected a number"),
        ("factor", 1e31, "is not between"),
        ("groups", 1.0, "expected an integer"),
        ("groups", 2**40, "is not between"),
        ("shifts", 1.0, "expected an array"),
        ("shifts", [True], "expected a number"),
        ("shifts", [0.0] * 10_001, "at most 10000 are read"),
        ("trainable", 1, "expected true or false"),
    ):
        with pytest.raises(ModelFormatError, match=problem):
            arguments[option](ConfigValue(value, "x"))
    assert arguments["shifts"](ConfigValue([1, 2.5], "x")) == [1.0, 2.5]
    assert arguments["name"](ConfigValue(None, "x")) is None
    assert "activity_regularizer" not in arguments  # nothing says here how one is read


@pytest.mark.parametrize("name", ["ELU", "LeakyReLU", "ReLU", "Softmax", "Activation"])
def test_what_a_base_class_is_given_is_no_option(name):
    assert "function" not in LAYERS[name].arguments


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("float32", "float32"),
        ("float64", "float64"),
        ("mixed_float16", "float32"),
        (None, "float32"),
        ({"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float64"}}, "float64"),
        ({"class_name": "Policy", "config": {"name": "float64", "source_name": None}}, "float64"),
    ],
)
def test_dtypes(value, expected):
    assert read_dtype(ConfigValue(value, "x")) == expected


@pytest.mark.parametrize(
    "value",
    [
        "bfloat16",
        "int8",
        "object",
        3,
        {"class_name": "QuantizedDTypePolicy", "config": {"name": "float32"}},
        {"class_name": "DTypePolicy", "config": {"name": "float32", "scale": 2}},
        {},
    ],
)
def test_other_dtypes(value):
    with pytest.raises(ModelFormatError):
        read_dtype(ConfigValue(value, "x"))


def test_an_initializer_of_keras_is_ours():
    written = {"class_name": "HeNormal", "config": {"seed": 3}}
    initializer = read_initializer(ConfigValue(written, "x"))
    assert isinstance(initializer, initializers.HeNormal)
    assert write_part(initializer).items() >= written.items()
    assert isinstance(read_initializer(ConfigValue("he_normal", "x")), initializers.HeNormal)
    with pytest.raises(ModelFormatError, match="Constant"):
        read_initializer(ConfigValue("mine", "x"))


def test_subclasses_are_not_written_as_their_base():
    class MyAdam(optimizers.Adam):
        pass

    class MyLoss(losses.CategoricalCrossentropy):
        pass

    class MyMetric(metrics.CategoricalAccuracy):
        pass

    class MyDense(layers.Dense):
        pass

    for entry in (
        write_optimizer(MyAdam()),
        write_loss(MyLoss()),
        *write_metrics([MyMetric()]),
        write_part(MyDense(3)),
    ):
        assert entry["class_name"].startswith("My")
        assert (entry["module"], entry["registered_name"]) == (None, entry["class_name"])


def test_keras_2_wrappers_become_the_name_that_was_given():
    def wrapper(name, function):
        return {
            "class_name": "MeanMetricWrapper",
            "config": {"name": name, "dtype": "float32", "fn": function},
        }

    given = [[wrapper("acc", "sparse_categorical_accuracy"), wrapper("hits", "categorical_accuracy")]]
    accuracy, hits = read_metrics(ConfigValue(given, "x"))
    assert accuracy == "acc"
    assert type(hits) is metrics.CategoricalAccuracy
    assert hits.name == "hits"
    with pytest.raises(ModelFormatError, match="'mine' is not supported"):
        read_metrics(ConfigValue([wrapper("x", "mine")], "x"))


def test_weights_of_labels_are_read_as_keras_3_writes_them():
    tensor = {"class_name": "__tensor__", "config": {"value": [1.0, 2.0, 3.0], "dtype": "float32"}}
    entry = {"class_name": "AUC", "config": {"name": "auc", "label_weights": tensor, "multi_label": False}}
    (auc,) = read_metrics(ConfigValue([entry], "x"))
    assert auc.label_weights == [1.0, 2.0, 3.0]
    tensor["config"]["value"] = 1.0
    with pytest.raises(ModelFormatError, match="expected an array, found 1"):
        read_metrics(ConfigValue([entry], "x"))


def test_a_compile_configuration_without_an_optimizer():
    record, notes = read_compiled(ConfigValue({"loss": "categorical_crossentropy", "metrics": None}, "x"))
    assert type(record.optimizer) is optimizers.RMSprop
    assert "does not say with which optimizer" in notes[0]
    assert read_compiled(ConfigValue({}, "x")) == (None, [])


def read_legacy(kind, **config):
    record, notes = read_compiled(ConfigValue({"optimizer": {"class_name": kind, "config": config}}, "x"))
    assert notes == []
    return record.optimizer


def test_a_decay_makes_the_learning_rate_fall():
    sgd = read_legacy("SGD", lr=0.5, decay=0.25, momentum=0.9, nesterov=True)
    assert type(sgd) is optimizers.SGD
    assert [sgd.schedule(step) for step in (0, 4)] == [0.5, 0.25]
    assert read_legacy("Adam", learning_rate=0.5, decay=0.0, name="Adam").learning_rate == 0.5
    assert read_legacy("Adam", decay=0.5).schedule(0) == pytest.approx(0.001)


def test_legacy_optimizers_with_another_rule():
    assert type(read_legacy("RMSprop", decay=0.0, momentum=0.0)) is optimizers.legacy.RMSprop
    assert read_legacy("Adagrad", decay=0.0, name="Adagrad").initial_accumulator_value == 0.1
    assert read_legacy("Adagrad", lr=0.1, epsilon=None).initial_accumulator_value == 0
    for options in ({"decay": 0.5, "name": "Nadam"}, {"lr": 0.1, "schedule_decay": 0.5}):
        nadam = read_legacy("Nadam", **options)
        assert (type(nadam), nadam.schedule_decay) == (optimizers.legacy.Nadam, 0.5)
        assert nadam.schedule is None


def test_clipnorm_once_meant_the_whole_gradient():
    assert read_legacy("SGD", lr=0.1, clipnorm=2.0).global_clipnorm == 2
    assert read_legacy("SGD", lr=0.1, clipnorm=2.0, name="SGD").clipnorm == 2


@pytest.mark.parametrize(
    ("name", "config", "problem"),
    [
        ("SGD", {"lr": 0.1, "learning_rate": 0.1}, "both lr and learning_rate"),
        ("SGD", {"lr": -0.1}, "lr: -0.1 is not between"),
        ("SGD", {"lr": float("inf")}, "lr: "),
        ("SGD", {"lr": 0.1, "decay": -1.0}, "decay: -1.0 is not between"),
        ("SGD", {"lr": 0.1, "decay": "1"}, "decay: expected a number"),
        ("SGD", {"lr": {"class_name": "ExponentialDecay"}}, "lr: expected a number"),
        ("SGD", {"lr": 0.1, "schedule_decay": 0.1}, "schedule_decay: this option is not supported"),
        ("Nadam", {"lr": 0.1, "schedule_decay": -0.1}, "schedule_decay: -0.1 is not between"),
        ("RMSprop", {"lr": 0.1, "epsilon": 0.0}, "`epsilon` must be a number above 0"),
        ("SGD", {"lr": 0.1, "clipnorm": 1.0, "clipvalue": 1.0}, "Only one of"),
        ("TFOptimizer", {"decay": 0.1}, "'TFOptimizer' is not supported"),
        ("Lion", {"decay": 0.1}, "'Lion' is not supported"),
        ("decayed", {"decay": 0.1}, "'decayed' is not supported"),
        (
            "SGD",
            {
                "learning_rate": {
                    "class_name": "InverseTimeDecay",
                    "config": {"initial_learning_rate": 0.1, "decay_steps": 1, "decay_rate": 0.1},
                },
                "decay": 0.1,
            },
            "can't have a decay beside",
        ),
    ],
)
def test_legacy_optimizers_that_are_refused(name, config, problem):
    with pytest.raises(ModelFormatError, match=problem):
        read_legacy(name, **config)


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        ({"optimizer": "adamm"}, "Did you mean 'adam'"),
        ({"optimizer": "adam", "loss": {}}, r"loss: \[\] aren't the one output"),
        (
            {"optimizer": "adam", "loss": {"a": "mse", "b": "mse"}},
            "'b'. aren't the one output",
        ),
        ({"optimizer": "adam", "loss": ["categorical_crossentropy"] * 2}, "losses for 2 outputs"),
        ({"optimizer": "adam", "metrics": {"out": ["accurracy"]}}, "Did you mean 'accuracy'"),
        ({"optimizer": "adam", "metrics": ["accurracy"]}, "Did you mean 'accuracy'"),
        ({"optimizer": "adam", "loss_weights": [2.0, 1.0]}, "loss_weights: weights of 2 losses"),
        ({"optimizer": "adam", "extra": 1}, "could mean something"),
        ({"optimizer": "adam", "loss": "mean_sqared_error"}, "loss: .*Did you mean 'mean_squared_error'"),
        (
            {"optimizer": "adam", "metrics": [["mse"] * 50, ["mae"] * 51]},
            "metrics: 101 metrics; at most 100 are read",
        ),
        (
            {"loss": {"class_name": "MeanSquaredError", "config": {"fn": "mean_absolute_error"}}},
            "loss: config: fn: expected 'mean_squared_error', found 'mean_absolute_error'",
        ),
        (
            {"optimizer": {"class_name": "Adam", "config": {"loss_scale_factor": 0.0}}},
            "`loss_scale_factor` must be a number above 0",
        ),
        (
            {"optimizer": {"class_name": "Adam", "config": {"gradient_accumulation_steps": 2.5}}},
            "gradient_accumulation_steps: expected an integer",
        ),
        (
            {"optimizer": {"class_name": "Adam", "config": {"gradient_accumulation_steps": True}}},
            "gradient_accumulation_steps: expected an integer",
        ),
        (
            {"optimizer": {"class_name": "Adam", "config": {"decay": False}}},
            "decay: expected a number, found false",
        ),
        (
            {"optimizer": {"class_name": "Adam", "config": {"clipnorm": -1.0}}},
            "clipnorm: -1.0 is not between",
        ),
        (
            {"optimizer": {"class_name": "Adam", "config": {"amsgrad": 0}}},
            "amsgrad: expected true or false, found 0",
        ),
    ],
)
def test_compile_configurations_that_are_refused(config, problem):
    with pytest.raises(ModelFormatError, match=problem):
        read_compiled(ConfigValue(config, "x"))


def read_two(**config):
    return read_compiled(ConfigValue({"optimizer": "sgd", **config}, "x"), ["a", "b"])[0].outputs


def test_a_list_or_one_loss_for_all_outputs_and_dictionaries_by_name():
    listed = read_two(loss=["mse", "mae"], loss_weights=[2.0, 3.0], metrics=["mae", ["mse", "mae"]])
    assert [tuple(part) for part in listed] == [
        ("mse", 2.0, ["mae"], ()),
        ("mae", 3.0, ["mse", "mae"], ()),
    ]
    named = read_two(loss="mse", metrics={"a": "mae", "b": ["mse"]})
    assert {name: tuple(part) for name, part in named.items()} == {
        "a": ("mse", 1.0, ["mae"], ()),
        "b": ("mse", 1.0, ["mse"], ()),
    }
    mixed = read_two(loss=["mse", "mae"], loss_weights=[2.0, 3.0], metrics={"b": ["mse"]})
    assert {name: tuple(part) for name, part in mixed.items()} == {
        "a": ("mse", 2.0, (), ()),
        "b": ("mae", 3.0, ["mse"], ()),
    }
    assert {name: part.loss for name, part in read_two(loss="mse", metrics={"a": []}).items()} == {
        "a": "mse",
        "b": "mse",
    }
    assert [part.loss for part in read_two(loss="mse")] == ["mse", "mse"]
    partly = read_two(loss=["mse", None], metrics=[None, ["mae"]])
    assert [(part.loss, [*part.metrics]) for part in partly] == [("mse", []), (None, ["mae"])]
    whole = {"class_name": "Huber", "config": {"delta": 2.0}}
    assert [part.loss.delta for part in read_two(loss=whole)] == [2.0, 2.0]


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        ({"loss": ["mse"]}, "loss: 1 entries for 2 outputs"),
        ({"loss": ["mse"] * 3}, "loss: 3 entries; at most 2 are read"),
        ({"loss": "mse", "loss_weights": 2.0}, "loss_weights: expected an entry for each output, found 2.0"),
        ({"loss": {"a": "mse", "c": "mae"}}, r"loss: \['c'\] are none of the outputs \['a', 'b'\]"),
        ({"loss": "mse", "metrics": "mae"}, "metrics: expected an entry for each output, found 'mae'"),
    ],
)
def test_what_is_not_for_each_of_two_outputs_is_refused(config, problem):
    with pytest.raises(ModelFormatError, match=problem):
        read_two(**config)


def test_a_list_of_one_loss_is_that_of_the_one_output():
    for given in ("mse", ["mse"], {"class_name": "MeanSquaredError", "config": {"fn": "mean_squared_error"}}):
        record, _ = read_compiled(ConfigValue({"loss": given}, "x"))
        assert type(losses.get(record.outputs.loss)) is losses.MeanSquaredError


def test_what_stands_under_the_name_of_the_one_output_is_that_outputs():
    given = {
        "loss": {"out": "mae"}, "loss_weights": {"out": 2.0}, "metrics": {"out": "mse"},
        "weighted_metrics": {"out": ["mae", "mse"]},
    }  # fmt: skip
    for outputs in ((), ("out",)):
        record, _ = read_compiled(ConfigValue(given, "x"), outputs)
        assert record.outputs == OutputArguments("mae", 2.0, ["mse"], ["mae", "mse"])
    for key in ("loss", "metrics", "weighted_metrics"):
        with pytest.raises(ModelFormatError, match=rf"{key}: \['out'\] aren't the one output \['end'\]"):
            read_compiled(ConfigValue({key: given[key]}, "x"), ["end"])


def test_a_hundred_metrics_are_read():
    assert len(read_metrics(ConfigValue([["mse"] * 50, ["mae"] * 50], "x"))) == 100


def test_a_wrapper_of_keras_2_around_a_function_of_ones_own_measures_with_it():
    def gap(y_true, y_pred):
        return abs(y_true - y_pred).max(axis=-1)

    config = {"name": "widest", "dtype": "float32", "fn": "gap"}
    wrapper = ConfigValue([{"class_name": "MeanMetricWrapper", "config": config}], "x")
    with CustomObjectScope({"gap": gap}):
        (metric,) = read_metrics(wrapper)
    assert metric.name == "widest"
    metric.update_state(np.zeros((2, 2)), np.array([[1.0, 3.0], [-2.0, 0.0]]))
    assert metric.result() == 2.5
    with pytest.raises(ModelFormatError, match="'gap' is not supported"):
        read_metrics(wrapper)


@pytest.mark.parametrize(
    ("given", "written"),
    [("mean", "sum_over_batch_size"), ("sum_over_batch_size", "sum_over_batch_size"), ("sum", "sum")],
)
def test_the_mean_of_keras_3_9_is_written_as_all_of_keras_call_it(given, written):
    assert write_loss(losses.MeanSquaredError(reduction=given))["config"]["reduction"] == written


def nested(depth):
    return [nested(depth - 1)] if depth else 1.0


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        ({"mean": 1.0}, "given together"),
        ({"mean": nested(9), "variance": nested(9)}, "expected a number, found an array"),
        ({"mean": [[1.0], 2.0], "variance": [[1.0], 2.0]}, "inhomogeneous"),
        ({"mean": [[1.0]], "variance": [[1.0]]}, "at most 1 axes"),
        ({"mean": "1", "variance": "1"}, "mean: expected a number"),
        ({"mean": 1.0, "variance": -1.0}, "no variance is negative"),
        ({"mean": [1.0, 2.0], "variance": [1.0, 2.0]}, r"have the lengths \(3,\)"),
        ({"axis": 3}, "`axis` is one of 1 to 2"),
        ({"axis": [[1]]}, "expected an integer"),
        ({"invert": 1}, "expected true or false"),
    ],
)
def test_normalizations_that_are_refused(config, problem):
    with pytest.raises(ModelFormatError, match=problem):
        read_layer(ConfigValue({"class_name": "Normalization", "config": config}, "x"), (4, 3))

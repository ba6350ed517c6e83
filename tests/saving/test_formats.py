"""The tables of what files may name: each row there and back, and no row that nothing reads."""

import inspect
import json

import pytest

from numpy_ann import initializers, layers, losses, metrics, optimizers
from numpy_ann.errors import ModelFormatError
from numpy_ann.saving.compile_formats import read_compiled
from numpy_ann.saving.initializer_formats import read_initializer, write_initializer
from numpy_ann.saving.item import Item
from numpy_ann.saving.layer_formats import LAYERS, read_dtype, read_layer, write_layer
from numpy_ann.saving.loss_formats import LOSSES, read_loss, write_loss
from numpy_ann.saving.metric_formats import METRICS, read_metrics, write_metrics
from numpy_ann.saving.optimizer_formats import OPTIMIZERS, read_optimizer, write_optimizer

UNUSUAL = [
    layers.Activation("tanh", name="a"),
    layers.Dense(3, "relu", False, kernel_initializer=initializers.GlorotUniform(seed=4), trainable=False),
    layers.Dropout(0.3, seed=5),
    layers.Flatten(name="flat"),
    layers.ReLU(),
    layers.Softmax(),
    losses.CategoricalCrossentropy(True, 0.1, reduction="sum", name="c"),
    losses.SparseCategoricalCrossentropy(True, reduction="sum", name="s"),
    metrics.BinaryAccuracy(threshold=0.25, name="b"),
    metrics.CategoricalAccuracy(name="c"),
    metrics.CategoricalCrossentropy(from_logits=True, label_smoothing=0.5),
    metrics.SparseCategoricalAccuracy(name="s"),
    metrics.SparseCategoricalCrossentropy(from_logits=True),
    optimizers.Adam(0.1, 0.2, 0.3, 0.4, name="a"),
    optimizers.RMSprop(0.1, 0.2, 0.3, name="r"),
    optimizers.SGD(0.1, 0.2, True, name="s"),
]  # fmt: skip
TABLES = {**LAYERS, **OPTIMIZERS, **{f"loss {k}": v for k, v in LOSSES.items()}, **METRICS}


def there_and_back(thing):
    if isinstance(thing, layers.Layer):
        entry = {"class_name": type(thing).__name__, "config": write_layer(thing)}
        return read_layer(Item(json.loads(json.dumps(entry)), "x"), (4,))[0]
    if isinstance(thing, losses.Loss):
        return read_loss(Item(json.loads(json.dumps(write_loss(thing))), "x"))
    if isinstance(thing, metrics.Metric):
        return read_metrics(Item(json.loads(json.dumps(write_metrics([thing]))), "x"))[0]
    return read_optimizer(Item(json.loads(json.dumps(write_optimizer(thing))), "x"))


def plain(config):
    return {
        key: write_initializer(v) if isinstance(v, initializers.Initializer) else v
        for key, v in config.items()
    }


@pytest.mark.parametrize(
    "thing", UNUSUAL, ids=lambda thing: type(thing).__module__.split(".")[1] + type(thing).__name__
)
def test_there_and_back(thing):
    again = there_and_back(thing)
    assert type(again) is type(thing)
    assert plain(again.get_config()) == plain(thing.get_config())


def test_every_row_is_tested_above():
    assert {type(thing) for thing in UNUSUAL} == {table.make for table in TABLES.values()}


@pytest.mark.parametrize("name", TABLES)
def test_every_argument_of_a_row_is_one_of_the_class(name):
    table = TABLES[name]
    known = set()
    for cls in table.make.__mro__[:-1]:
        known |= set(inspect.signature(cls.__init__).parameters)
    assert set(table.arguments) <= known


def test_every_layer_can_be_saved():
    public = {getattr(layers, name) for name in layers.__all__ if isinstance(getattr(layers, name), type)}
    assert public - {layers.Layer, layers.InputLayer} == {table.make for table in LAYERS.values()}


def test_every_loss_metric_and_optimizer_can_be_saved():
    for package, base, tables in (
        (losses, losses.Loss, LOSSES),
        (metrics, metrics.Metric, METRICS),
        (optimizers, optimizers.Optimizer, OPTIMIZERS),
    ):
        public = {getattr(package, name) for name in package.__all__}
        made = {
            c for c in public if isinstance(c, type) and issubclass(c, base) and not inspect.isabstract(c)
        }
        assert made == {table.make for table in tables.values()}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("float32", "float32"),
        ("float64", "float64"),
        ("mixed_float16", "float32"),
        (None, "float32"),
        ({"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float64"}}, "float64"),
    ],
)
def test_dtypes(value, expected):
    assert read_dtype(Item(value, "x")) == expected


@pytest.mark.parametrize(
    "value",
    [
        "bfloat16",
        "int8",
        "object",
        3,
        {"class_name": "QuantizedDTypePolicy", "config": {"name": "float32"}},
        {},
    ],
)
def test_other_dtypes(value):
    with pytest.raises(ModelFormatError):
        read_dtype(Item(value, "x"))


def test_an_initializer_of_keras_is_ours():
    written = {"class_name": "HeNormal", "config": {"seed": 3}}
    initializer = read_initializer(Item(written, "x"))
    assert isinstance(initializer, initializers.HeNormal)
    assert write_initializer(initializer).items() >= written.items()
    assert isinstance(read_initializer(Item("he_normal", "x")), initializers.HeNormal)
    with pytest.raises(ModelFormatError, match="Constant"):
        read_initializer(Item("mine", "x"))


def test_subclasses_are_not_written_as_their_base():
    class MyAdam(optimizers.Adam):
        pass

    class MyLoss(losses.CategoricalCrossentropy):
        pass

    class MyMetric(metrics.CategoricalAccuracy):
        pass

    class MyDense(layers.Dense):
        pass

    for write, thing in (
        (write_optimizer, MyAdam()),
        (write_loss, MyLoss()),
        (write_metrics, [MyMetric()]),
        (write_layer, MyDense(3)),
    ):
        with pytest.raises(ValueError, match="My"):
            write(thing)


def test_keras_2_wrappers_become_the_name_that_was_given():
    def wrapper(name, function):
        return {
            "class_name": "MeanMetricWrapper",
            "config": {"name": name, "dtype": "float32", "fn": function},
        }

    given = [[wrapper("acc", "sparse_categorical_accuracy"), wrapper("hits", "categorical_accuracy")]]
    accuracy, hits = read_metrics(Item(given, "x"))
    assert accuracy == "acc"
    assert type(hits) is metrics.CategoricalAccuracy
    assert hits.name == "hits"
    with pytest.raises(ModelFormatError, match="'mine' is not supported"):
        read_metrics(Item([wrapper("x", "mine")], "x"))


def test_a_compile_configuration_without_an_optimizer():
    record, notes = read_compiled(Item({"loss": "categorical_crossentropy", "metrics": None}, "x"))
    assert type(record.optimizer) is optimizers.RMSprop
    assert "does not say with which optimizer" in notes[0]
    assert read_compiled(Item({}, "x")) == (None, [])


def test_the_legacy_rmsprop_is_another_one():
    config = {"learning_rate": 0.1, "decay": 0.0, "rho": 0.9, "momentum": 0.0, "epsilon": 1e-7}
    _, notes = read_compiled(Item({"optimizer": {"class_name": "RMSprop", "config": config}}, "x"))
    assert "epsilon beside the root" in notes[0]


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        ({"optimizer": "adamm"}, "Did you mean 'adam'"),
        ({"optimizer": "adam", "loss": {"out": "mse"}}, "'class_name' is missing"),
        ({"optimizer": "adam", "loss": ["categorical_crossentropy"] * 2}, "losses for 2 outputs"),
        ({"optimizer": "adam", "metrics": {"out": ["accuracy"]}}, "by output name"),
        ({"optimizer": "adam", "metrics": ["accurracy"]}, "Did you mean 'accuracy'"),
        ({"optimizer": "adam", "loss_weights": [2.0]}, "loss_weights: an array of 1 is not supported"),
        ({"optimizer": "adam", "extra": 1}, "could mean something"),
        (
            {"optimizer": {"class_name": "Adam", "config": {"clipnorm": 1.0}}},
            "clipnorm: 1.0 is not supported",
        ),
        (
            {"optimizer": {"class_name": "Adam", "config": {"amsgrad": True}}},
            "amsgrad: true is not supported",
        ),
        ({"optimizer": {"class_name": "Adam", "config": {"amsgrad": 0}}}, "amsgrad: 0 is not supported"),
    ],
)
def test_compile_configurations_that_are_refused(config, problem):
    with pytest.raises(ModelFormatError, match=problem):
        read_compiled(Item(config, "x"))

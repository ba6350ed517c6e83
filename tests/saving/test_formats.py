"""The tables of what files may name: each row there and back, and no row that nothing reads."""

import inspect
from collections.abc import Sequence
from typing import Any

import pytest

from numpy_ann import initializers, layers, losses, metrics, optimizers
from numpy_ann.activations import ActivationFunction
from numpy_ann.constraints import MaxNorm, MinMaxNorm, NonNeg, UnitNorm
from numpy_ann.errors import ModelFormatError
from numpy_ann.regularizers import L1, L1L2, L2
from numpy_ann.saving.containers.strict_json import ConfigValue
from numpy_ann.saving.formats.architecture import read_layer, write_layer
from numpy_ann.saving.formats.compile_config import (
    read_compiled,
    read_metrics,
    write_loss,
    write_metrics,
)
from numpy_ann.saving.formats.optimizers import write_optimizer
from numpy_ann.saving.formats.options import Row
from numpy_ann.saving.formats.parts import (
    LAYERS,
    LOSSES,
    METRICS,
    OPTIMIZERS,
    read_dtype,
    read_initializer,
    write_part,
)
from tests.parts import tables
from tests.parts.files import plain, there_and_back

COMMON = {"name": "own", "trainable": False, "dtype": "float64", "activity_regularizer": L1(0.1)}
SCALED = {
    "epsilon": 0.1,
    "beta_initializer": initializers.RandomNormal(0.1, 0.2, seed=1),
    "beta_regularizer": L2(0.1),
    "beta_constraint": MaxNorm(3.0, axis=[0]),
    "gamma_initializer": initializers.Constant(0.5),
    "gamma_regularizer": L1L2(0.1, 0.2),
    "gamma_constraint": NonNeg(),
}
RUN = {"weight_decay": 0.1, "use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 3, "name": "own"}
RUN |= {"loss_scale_factor": 8.0, "gradient_accumulation_steps": 2}
LOSS = {"reduction": "sum", "name": "own"}
SMOOTHED = {"from_logits": True, "label_smoothing": 0.1}


def changed_optimizer(cls):
    """Return an optimizer all of whose options have other values than when left out."""
    usual = {name: inspect.signature(cls).parameters[name].default for name in cls.own_options()}
    own = {name: not v if isinstance(v, bool) else v / 2 or 0.25 for name, v in usual.items()}
    return cls(0.1, **own, **RUN)


UNUSUAL = [
    layers.Activation("tanh", **COMMON),
    layers.AlphaDropout(0.3, [None, 1, 3], 5, **COMMON),
    layers.BatchNormalization(
        1,
        0.9,
        moving_mean_initializer=initializers.RandomUniform(0.1, 0.2, seed=1),
        moving_variance_initializer=initializers.Constant(2.0),
        **SCALED,
        **COMMON,
    ),
    layers.BatchNormalization([-2], center=False, scale=False),
    layers.Dense(3, "relu", False, kernel_initializer=initializers.GlorotUniform(seed=4), trainable=False),
    layers.Dense(
        3,
        "gelu",
        kernel_initializer=initializers.VarianceScaling(2.0, "fan_out", "uniform", seed=1),
        bias_initializer=initializers.TruncatedNormal(0.1, 0.2, seed=1),
        kernel_regularizer=L1L2(0.1, 0.2),
        bias_regularizer=L2(0.1),
        kernel_constraint=MinMaxNorm(0.5, 1.5, 0.9, axis=[0]),
        bias_constraint=UnitNorm(axis=0),
        **COMMON,
    ),
    layers.Dropout(0.3, seed=5),
    layers.Dropout(0.3, [None, 1, 3], **COMMON),
    layers.ELU(0.5, **COMMON),
    layers.IntegerLookup(9, 2, 7, -2, [3, 5], "int64", [0.5, 2.0], False, "tf_idf", False, True, **COMMON),
    layers.IntegerLookup(vocabulary=[3, 5], invert=True),
    layers.StringLookup(9, 0, "", "?", ["a"], [0.5], False, "tf_idf", True, **COMMON),
    layers.StringLookup(vocabulary=["a"], invert=True),
    layers.Flatten(**COMMON),
    layers.GaussianDropout(0.3, 5, **COMMON),
    layers.GaussianNoise(0.3, 5, **COMMON),
    layers.LayerNormalization([1, 2], **SCALED, **COMMON),
    layers.LayerNormalization(1, center=False, scale=False),
    layers.LeakyReLU(0.1, **COMMON),
    layers.Normalization([1, -1], [[1.0, 2.0, 3.0]], [[0.5, 1.0, 2.0]], invert=True, **COMMON),
    layers.Normalization(None),
    layers.PReLU(initializers.Constant(0.25), L2(0.1), NonNeg(), [1], **COMMON),
    layers.ReLU(6.0, 0.1, 0.5, **COMMON),
    layers.Rescaling([0.5, 1.0, 2.0], [-1.0, 0.0, 1.0], **COMMON),
    layers.Rescaling(0.5, -1.0),
    layers.Reshape([-1, 2], **COMMON),
    layers.Softmax(1, **COMMON),
    layers.Softmax([1, 2]),
    layers.ActivityRegularization(0.1, 0.2, name="l", trainable=False, dtype="float64"),
    layers.GroupNormalization(2, 1, **SCALED, **COMMON),
    layers.GroupNormalization(-1, center=False, scale=False),
    layers.Identity(**COMMON),
    layers.Permute((2, 1), **COMMON),
    layers.RMSNormalization([1, 2], 0.1, **COMMON),
    layers.RepeatVector(3, **COMMON),
    layers.SpatialDropout1D(0.3, 5, name="l", dtype="float64"),
    layers.UnitNormalization([1, 2], **COMMON),
    losses.BinaryCrossentropy(**SMOOTHED, **LOSS),
    losses.BinaryFocalCrossentropy(True, 0.3, 1.5, **SMOOTHED, **LOSS),
    losses.CategoricalCrossentropy(True, 0.1, reduction="sum", name="c"),
    losses.CategoricalFocalCrossentropy([0.1, 0.2, 0.3], 1.5, **SMOOTHED, **LOSS),
    losses.CategoricalFocalCrossentropy(0.5),
    losses.CategoricalGeneralizedCrossEntropy(0.3, **LOSS),
    losses.CategoricalHinge(**LOSS),
    losses.CosineSimilarity(**LOSS),
    losses.Dice([1], **LOSS),
    losses.Hinge(**LOSS),
    losses.Huber(0.5, **LOSS),
    losses.KLDivergence(**LOSS),
    losses.LogCosh(**LOSS),
    losses.MeanAbsoluteError(reduction=None, name="m"),
    losses.MeanAbsolutePercentageError(reduction="none", name="m"),
    losses.MeanSquaredError(reduction="mean_with_sample_weight", name="m"),
    losses.MeanSquaredLogarithmicError(**LOSS),
    losses.Poisson(**LOSS),
    losses.SparseCategoricalCrossentropy(True, reduction="sum", name="s"),
    losses.SquaredHinge(**LOSS),
    losses.Tversky(0.3, 0.6, [1], **LOSS),
    metrics.AUC(20, "PR", "majoring", "a", multi_label=True, num_labels=3, label_weights=[1, 2, 3]),
    metrics.AUC(thresholds=[0.7, 0.2], summation_method="minoring", from_logits=True),
    metrics.BinaryAccuracy(threshold=0.25, name="b"),
    metrics.BinaryCrossentropy("b", **SMOOTHED),
    metrics.CategoricalAccuracy(name="c"),
    metrics.CategoricalCrossentropy(from_logits=True, label_smoothing=0.5),
    metrics.CategoricalHinge("c"),
    metrics.ConcordanceCorrelation("c", axis=0),
    metrics.CosineSimilarity("c"),
    metrics.F1Score("macro", 0.4, "f"),
    metrics.FBetaScore("weighted", 2.0, 0.4, "f"),
    metrics.FalseNegatives([0.2, 0.6], "f"),
    metrics.FalsePositives(0.2, "f"),
    metrics.Hinge("h"),
    metrics.IoU(3, [0, 2], "i", "float64", 1, False, False, 0),
    metrics.KLDivergence("k"),
    metrics.LogCoshError("l"),
    metrics.MeanAbsoluteError("m"),
    metrics.MeanIoU(3, "m", "float64", 1, False, False, 0),
    metrics.MeanAbsolutePercentageError("m"),
    metrics.MeanSquaredError("m"),
    metrics.MeanSquaredLogarithmicError("m"),
    metrics.OneHotIoU(3, [0, 2], "o", "float64", 1, True, 0),
    metrics.OneHotMeanIoU(3, "o", "float64", 1, True, 0),
    metrics.PearsonCorrelation("p", axis=0),
    metrics.Poisson("p"),
    metrics.Precision([0.2, 0.6], 2, 1, "p"),
    metrics.PrecisionAtRecall(0.7, 20, 1, "p"),
    metrics.R2Score("variance_weighted_average", 2, "r"),
    metrics.R2Score(None),
    metrics.Recall(0.2, 2, 1, "r"),
    metrics.RootMeanSquaredError("r"),
    metrics.SparseCategoricalAccuracy(name="s"),
    metrics.SparseCategoricalCrossentropy(from_logits=True),
    metrics.SparseTopKCategoricalAccuracy(3, "s"),
    metrics.SpecificityAtSensitivity(0.7, 20, 1, "s"),
    metrics.SquaredHinge("s"),
    metrics.TopKCategoricalAccuracy(3, "t"),
    metrics.TrueNegatives([0.2, 0.6], "t"),
    metrics.TruePositives(0.2, "t"),
    optimizers.Adam(0.1, 0.2, 0.3, 0.4, name="a"),
    optimizers.RMSprop(0.1, 0.2, 0.3, name="r"),
    optimizers.SGD(0.1, 0.2, True, name="s"),
    *(changed_optimizer(row.make) for row in OPTIMIZERS.values()),
    optimizers.SGD(optimizers.schedules.CosineDecay(0.1, 5, 0.2, "c", 0.3, 2), **RUN),
    # Of the limits, an optimizer has one.
    *(
        row.make(**{limit: 0.5})
        for row in OPTIMIZERS.values()
        for limit in ("clipnorm", "global_clipnorm", "clipvalue")
    ),
]  # fmt: skip
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


@pytest.mark.parametrize(
    "thing", UNUSUAL, ids=lambda thing: type(thing).__module__.split(".")[1] + type(thing).__name__
)
def test_there_and_back(thing):
    again = there_and_back(thing, (3,) if isinstance(thing, layers.RepeatVector) else (4, 3))
    assert type(again) is type(thing)
    assert plain(again.get_config()) == plain(thing.get_config())


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind} {case.name}")
def test_cases_there_and_back(case):
    thing = getattr(case, "ready", case.make)()
    again = there_and_back(thing, getattr(case, "shape", (4, 3)))
    assert type(again) is type(thing)
    assert plain(again.get_config()) == plain(thing.get_config())


def test_every_row_is_tested_above():
    tested = {type(thing) for thing in (*UNUSUAL, *(case.make() for case in CASES))}
    assert tested == {row.make for row in TABLES.values()}


def test_every_argument_of_a_row_is_unusual_above():
    for name, row in TABLES.items():
        check_that_every_argument_is_unusual(name, row)


def check_that_every_argument_is_unusual(name, row):
    usual, only_null = {}, set()
    for cls in reversed(row.make.__mro__[:-1]):
        parameters = inspect.signature(cls.__init__).parameters
        usual |= {key: p.default for key, p in parameters.items()}
        only_null |= {key for key, p in parameters.items() if p.annotation is None}
    things = [thing for thing in UNUSUAL if type(thing) is row.make]
    common = {"name", "reduction", "trainable", "dtype", "activity_regularizer"} if not things else set()
    things += [thing for thing in (case.make() for case in CASES) if type(thing) is row.make]
    given = [plain(thing.get_config()) for thing in things]
    unusual = {key for config in given for key, value in config.items() if value != usual[key]}
    keras_2_names = row.keras2.values()
    one_value = {"axis", "ignore_class"} if name.startswith("loss") else set()
    one_value |= {"dtype"} if name in METRICS else set()  # Keras' policy; here sums are float64
    known = {*keras_2_names, *row.old, *only_null, *one_value, *common}
    assert unusual >= row.arguments.keys() - known, name


def test_every_argument_of_a_row_is_one_of_the_class():
    for name, row in TABLES.items():
        known = set()
        for cls in row.make.__mro__[:-1]:
            known |= set(inspect.signature(cls.__init__).parameters)
        assert set(row.arguments) - set(row.old) <= known, name


def test_every_layer_can_be_saved():
    public = {getattr(layers, name) for name in layers.__all__ if isinstance(getattr(layers, name), type)}
    assert public - {layers.Layer, layers.InputLayer} == {row.make for row in LAYERS.values()}


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
        ({"optimizer": "adam", "loss": {"out": "mse"}}, "'class_name' is missing"),
        ({"optimizer": "adam", "loss": ["categorical_crossentropy"] * 2}, "losses for 2 outputs"),
        ({"optimizer": "adam", "metrics": {"out": ["accuracy"]}}, "by output name"),
        ({"optimizer": "adam", "metrics": ["accurracy"]}, "Did you mean 'accuracy'"),
        ({"optimizer": "adam", "loss_weights": [2.0, 1.0]}, "loss_weights: weights of 2 losses"),
        ({"optimizer": "adam", "extra": 1}, "could mean something"),
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

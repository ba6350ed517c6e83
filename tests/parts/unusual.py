"""Parts with every option away from its default, and optimizers in training: what files must bring back.

They stand beside the cases, which have options as users give them.
"""

import inspect
from typing import Any

from numpy_ann import initializers, layers, losses, metrics, optimizers
from numpy_ann.constraints import MaxNorm, MinMaxNorm, NonNeg, UnitNorm
from numpy_ann.optimizers import schedules
from numpy_ann.regularizers import L1, L1L2, L2
from numpy_ann.saving.formats.options import Row
from numpy_ann.saving.formats.parts import LAYERS, LOSSES, METRICS, OPTIMIZERS
from tests.parts.files import plain
from tests.parts.tables import TABLES

__all__ = ["IN_TRAINING", "UNUSUAL", "usual_arguments"]

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
    layers.BatchNormalization([-2], center=False, scale=False, synchronized=True),
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
# What goes on in training from files; what `repr` shows is what a file has to bring back.
IN_TRAINING: list[optimizers.Optimizer] = [
    optimizers.SGD(0.1),
    optimizers.SGD(0.1, momentum=0.5, nesterov=True, clipvalue=0.1),
    optimizers.SGD(0.1, use_ema=True, weight_decay=0.1),
    optimizers.RMSprop(0.01),
    optimizers.RMSprop(0.01, momentum=0.5, centered=True),
    optimizers.Adagrad(0.1, initial_accumulator_value=0.5),
    optimizers.Adagrad(0.1, initial_accumulator_value=0.0),
    optimizers.Adadelta(1.0),
    optimizers.Adam(0.01, amsgrad=True, clipnorm=0.5),
    optimizers.Adam(0.01, amsgrad=True, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=3),
    optimizers.AdamW(0.01, 0.1, global_clipnorm=0.5),
    optimizers.Adamax(0.01),
    optimizers.Nadam(0.01),
    optimizers.Nadam(0.01, use_ema=True),
    optimizers.Lion(0.01, beta_2=0.5),
    optimizers.SGD(schedules.ExponentialDecay(0.1, 3, 0.5, staircase=True)),
    optimizers.Adam(schedules.InverseTimeDecay(0.1, 3, 0.5)),
    optimizers.RMSprop(schedules.PiecewiseConstantDecay([2, 4], [0.1, 0.01, 0.001])),
    optimizers.Nadam(schedules.PolynomialDecay(0.1, 4, 0.01, power=2.0, cycle=True)),
    optimizers.AdamW(schedules.CosineDecay(0.01, 10, alpha=0.1, warmup_target=0.1, warmup_steps=2)),
    optimizers.SGD(schedules.CosineDecayRestarts(0.1, 2, t_mul=1.5, m_mul=0.5), momentum=0.9),
]


def usual_arguments() -> list[str]:
    """Return a sentence for each argument of a row that no case and nothing above gives another value."""
    # Of Lambda's, files have what the caller hands over: tests/saving/test_handed_over.py.
    rows = {**LAYERS, **OPTIMIZERS, **{f"loss {name}": row for name, row in LOSSES.items()}, **METRICS}
    cases = [case.make() for kind in ("layers", "losses", "metrics", "optimizers") for case in TABLES[kind]]
    found = []
    for name, row in rows.items():
        if name == "Lambda":
            continue
        things = [thing for thing in UNUSUAL if type(thing) is row.make]
        common = {"name", "reduction", "trainable", "dtype", "activity_regularizer"} if not things else set()
        things += [thing for thing in cases if type(thing) is row.make]
        left = row.arguments.keys() - common - _unusual(row, things) - {*row.keras2.values(), *row.old}
        left -= {"axis", "ignore_class"} if name.startswith("loss") else set()  # which have one value
        left -= {"dtype"} if name in METRICS else set()  # Keras' policy; here sums are float64
        found += [f"{name}: no case gives {argument} another value" for argument in sorted(left)]
    return found


def _unusual(row: Row, things: list[Any]) -> set[str]:
    """Return which arguments have other values than their defaults, or can have none but None."""
    usual: dict[str, Any] = {}
    found = set()
    for cls in reversed(row.make.__mro__[:-1]):
        parameters = inspect.signature(cls.__init__).parameters
        usual |= {key: p.default for key, p in parameters.items()}
        found |= {key for key, p in parameters.items() if p.annotation is None}
    for thing in things:
        found |= {key for key, value in plain(thing.get_config()).items() if value != usual[key]}
    return found

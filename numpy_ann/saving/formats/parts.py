"""The rows of all parts that a file may name: each room's classes, and what their signatures leave open."""

from dataclasses import replace
from functools import partial
from typing import Any

from numpy_ann import constraints, initializers, layers, losses, metrics, optimizers, regularizers
from numpy_ann.activations import ActivationFunction
from numpy_ann.constraints import Constraint
from numpy_ann.initializers import Initializer
from numpy_ann.layers.traced import Lambda
from numpy_ann.losses import Loss
from numpy_ann.metrics import Metric
from numpy_ann.optimizers import Optimizer, schedules
from numpy_ann.optimizers.schedules import LearningRateSchedule
from numpy_ann.regularizers import Regularizer
from numpy_ann.saving.containers.strict_json import ConfigValue, shown
from numpy_ann.saving.formats.objects import handed_over, make, plain, read_activation
from numpy_ann.training import Trainer

# isort: off
from numpy_ann.saving.formats.options import (
    ANYTHING, TABLES, Neutral, Reader, Row, Table, choice, each, numbers, optional, read_dtype, rows, within,
)  # fmt: skip

__all__ = [
    "CONSTRAINTS", "INITIALIZERS", "LAYERS", "LEGACY_OPTIMIZERS", "LOSSES", "METRICS",
    "MODELS", "OPTIMIZERS", "REGULARIZERS", "SCHEDULES", "read_initializer",
]  # fmt: skip

_LARGEST = 3.4e38  # a float32
_MOST_STEPS = 2**62
_STEPS, _SEED = within(int, 0, _MOST_STEPS), within(int, 0, 2**63 - 1)
_FRACTION, _FACTOR, _POSITIVE = within(float, 0, 1), within(float, 0, 1e30), within(float, 0, _LARGEST)
_SIZE, _AXIS = within(int, 1, 2**31), within(int, -32, 31)


def _constant(item: ConfigValue) -> Any:
    """Read the number, or the array, of ``Constant``; Keras 3 wraps NumPy's arrays."""
    wrapped = isinstance(item.value, dict) and item["class_name"].value == "__numpy__"
    return numbers(8)(item["config"]["value"] if wrapped else item)


INITIALIZERS = rows(
    initializers,
    Initializer,
    {
        "value": _constant,
        "seed": _SEED,
        **each("scale stddev", _FACTOR),
        "distribution": choice(
            "truncated_normal", "untruncated_normal", "uniform", normal="truncated_normal"
        ),
    },
    # Keras 3.15 has axes; TensorFlow 1.13 to 2.1 has the dtype, which a layer gives its weights anyway.
    {**each("input_axes output_axes", (None,)), "dtype": read_dtype},
)
for _name in ("Identity", "Orthogonal"):  # the classes' names in early Keras 3
    INITIALIZERS[f"{_name}Initializer"] = INITIALIZERS[_name]
REGULARIZERS = rows(regularizers, Regularizer, each("factor l1 l2", _FACTOR))
for _name in ("L1L2Regularizer", "WeightRegularizer", "ActivityRegularizer"):  # of Keras 1
    REGULARIZERS[_name] = REGULARIZERS["L1L2"]
CONSTRAINTS = rows(
    constraints,
    Constraint,
    {**each("min_value max_value", _FACTOR), "rate": _FRACTION, "axis": _AXIS},
    own=(
        Row(constraints.MaxNorm, old={"m": "max_value"}),
        Row(constraints.MinMaxNorm, old={"low": "min_value", "high": "max_value"}),
    ),
)
SCHEDULES = rows(
    schedules,
    LearningRateSchedule,
    {
        **each("initial_learning_rate decay_rate end_learning_rate power", _POSITIVE),
        **each("t_mul m_mul warmup_target values", _POSITIVE),
        **each(
            "decay_steps first_decay_steps warmup_steps boundaries",  # an int stays one
            lambda item: _STEPS(item) if isinstance(item.value, int) else _POSITIVE(item),
        ),
        "alpha": _FRACTION,
    },
)
read_initializer = optional(partial(make, kind="initializer", table=INITIALIZERS, get=initializers.get))
_KERAS1_INITIALIZERS = choice(
    glorot_uniform=initializers.GlorotUniform, he_uniform=initializers.HeUniform,
    identity=initializers.Identity, lecun_uniform=initializers.LecunUniform,
    normal=initializers.RandomNormal, one=initializers.Ones, orthogonal=partial(initializers.Orthogonal, 1.1),
    uniform=initializers.RandomUniform, zero=initializers.Zeros,
    # Keras 2 came to cut these off at two standard deviations.
    glorot_normal=partial(initializers.VarianceScaling, 1.0, "fan_avg", "untruncated_normal"),
    he_normal=partial(initializers.VarianceScaling, 2.0, "fan_in", "untruncated_normal"),
)  # fmt: skip
_read_schedule = partial(make, kind="learning rate schedule", table=SCHEDULES, get=optimizers.get)

_TOKENS = 1 << 20  # of a vocabulary; the text of a configuration is no longer


def _vocabulary(item: ConfigValue) -> list[Any]:
    kind: type[list[Any]] = type(item.value)  # a list, or what ``adapt`` found
    return kind(
        entry.of(int, -(2**63), 2**63 - 1) if isinstance(entry.value, int) else entry.of(str)
        for entry in item.array(_TOKENS)
    )


_LOOKUP: dict[Any, Reader | None] = {
    "vocabulary": optional(_vocabulary),
    "idf_weights": optional(lambda item: [weight.of(float, 0, _LARGEST) for weight in item.array(_TOKENS)]),
    "max_tokens": optional(within(int, 2, 2**31)),
    "num_oov_indices": within(int, 0, 2**31),
    # Keras 2 says of which dtype the numbers are that come out.
    "dtype": lambda item: "float32" if item.value == "int64" else read_dtype(item),
    **each("encoding oov_method vocabulary_dtype", None),
}
_IN_LOOKUPS: dict[str, Neutral] = {
    **each("vocabulary_size has_input_vocabulary", ANYTHING), "encoding": ("utf-8",),
    "oov_method": ("floormod",), "vocabulary_dtype": ("int64",),
}  # fmt: skip


def _handed_function(item: ConfigValue) -> Any:
    """Return the function of a Lambda, which the caller has handed over: code in files is never run."""
    if (own := handed_over(item, "function")) is not None:
        return own
    raise item.error(
        f"{shown(item.value)} is the function of a 'Lambda', and code in a file is not run. Hand it "
        "over by its name or the layer's: custom_objects={'twice': f} for a layer 'twice'"
    )


_KERAS1_DENSE = {
    "output_dim": "units", "init": "kernel_initializer", "bias": "use_bias",
    "W_regularizer": "kernel_regularizer", "b_regularizer": "bias_regularizer",
    "W_constraint": "kernel_constraint", "b_constraint": "bias_constraint",
}  # fmt: skip
_LATER = each("quantization_config lora_rank lora_alpha", (None,))
_IN_NORMALIZATIONS: dict[str, Neutral] = {
    **each("fused renorm_momentum", ANYTHING),
    "renorm": (False,),
    **each("renorm_clipping virtual_batch_size", (None,)),
    "mode": (0,),  # of Keras 1: 1 and 2 normalize otherwise
}

LAYERS = rows(
    layers,
    layers.Layer,
    {
        ActivationFunction: read_activation,
        Initializer: read_initializer,
        Regularizer: optional(partial(make, kind="regularizer", table=REGULARIZERS, get=regularizers.get)),
        Constraint: optional(partial(make, kind="constraint", table=CONSTRAINTS, get=constraints.get)),
        "dtype": read_dtype,
        "seed": _SEED,
        "init": lambda item: _KERAS1_INITIALIZERS(item)(),
        "axis": within(int, -32, 2**31),
        "dims": within(int, 1, 32),
        **each("target_shape groups", within(int, -1, 2**31)),
        **each("units noise_shape shared_axes n", _SIZE),
        **each("rate momentum stddev", _FRACTION),
        **each("alpha epsilon max_value negative_slope threshold l1 l2", _FACTOR),
        **each("input_shape input_dim sparse", None),
    },
    # Where a model has an input layer, the first two repeat it; where it has none, the architecture has read
    # them. Those of Keras 1 are of the input, not of the layer.
    {**each("batch_input_shape batch_shape input_dim input_dtype", ANYTHING), "sparse": (False,)},
    own=(
        Row(layers.ActivityRegularization, {"activity_regularizer": None}),
        Row(layers.BatchNormalization, inert=_IN_NORMALIZATIONS),
        Row(layers.Dense, inert=_LATER, old=_KERAS1_DENSE),
        Row(layers.Discretization, inert={"trainable": ANYTHING}),
        Row(layers.Dropout, old={"p": "rate"}),
        Row(
            layers.Embedding,  # Keras 2's input_length repeats the input's shape
            {**each("input_dim output_dim", _SIZE), **each("input_length mask_zero weights", None)},
            {"mask_zero": (False,), "input_length": ANYTHING, **_LATER},
        ),
        Row(layers.Flatten, {}, {"data_format": ("channels_last", None)}, {"data_format": "channels_last"}),
        Row(layers.GaussianDropout, old={"p": "rate"}),
        Row(layers.GaussianNoise, old={"sigma": "stddev"}),
        Row(layers.IntegerLookup, _LOOKUP, _IN_LOOKUPS),
        Row(layers.LayerNormalization, inert={"rms_scaling": (False,)}),
        Row(layers.LeakyReLU, old={"alpha": "negative_slope"}, keras2={"negative_slope": "alpha"}),
        Row(layers.Normalization, each("mean variance", optional(numbers(8)))),
        Row(layers.PReLU, old={"init": "alpha_initializer"}),
        Row(layers.ReLU, each("negative_slope threshold", optional(_FACTOR, 0.0))),
        Row(layers.Rescaling, each("scale offset", numbers(1))),
        Row(
            layers.SpatialDropout1D,  # Keras 3 takes no more; Keras 2 writes what it inherits
            each("activity_regularizer noise_shape trainable", None),
            {"trainable": ANYTHING, "noise_shape": (None,)},
        ),
        Row(layers.StringLookup, _LOOKUP, _IN_LOOKUPS),
    ),
    without=("InputLayer",),
)
LAYERS["Lambda"] = replace(
    LAYERS.own,
    make=Lambda,
    readers={
        **LAYERS.own.readers,
        "function": _handed_function,
        "output_shape": optional(lambda item: [one.of(int, 1, 2**31) for one in item.array(32)]),
        "arguments": optional(lambda item: {key: plain(one) for key, one in item.fields().items()}),
    },
    # Keras 2's, which say where it would look for the code.
    inert={
        **LAYERS.own.inert,
        **each("function_type module output_shape_type output_shape_module", ANYTHING),
    },
)
for _name in ("BatchNormalizationV1", "BatchNormalizationV2"):  # TensorFlow 1.13
    LAYERS[_name] = LAYERS["BatchNormalization"]
LAYERS["ThresholdedReLU"] = replace(LAYERS["ReLU"], old={"theta": "threshold"})

LOSSES = rows(
    losses,
    Loss,
    {
        # Keras 2's "auto" is the mean in fit and evaluate; Keras 3.9 took up "mean" for it.
        "reduction": choice(
            *("mean_with_sample_weight", "none", "sum", "sum_over_batch_size"),
            **each("auto mean", "sum_over_batch_size"),
        ),
        "label_smoothing": _FRACTION,
        **each("alpha delta gamma", _POSITIVE),
    },
    # Keras 2 writes the axis of some, and the function that computes the loss: see `read_loss`.
    {"axis": (-1,), "dtype": read_dtype, "fn": ANYTHING},
    own=(
        *(
            Row(cls, written={"axis": -1})
            for cls in losses.BY_CLASS.values()
            if "label_smoothing" in cls.options and "axis" not in cls.options
        ),
        Row(losses.SparseCategoricalCrossentropy, {"label_smoothing": None}, written={"ignore_class": None}),
    ),
    without=("FunctionLoss",),
)

METRICS = rows(
    metrics,
    Metric,
    {
        "dtype": lambda item: item.value if item.value in ("int", "int32", "int64") else read_dtype(item),
        "num_classes": within(int, 1, 10_000),  # a matrix of so many rows and columns
        "num_thresholds": within(int, 1, 100_000),
        **each("label_smoothing threshold thresholds", _FRACTION),
        **each("beta label_weights", _POSITIVE),
        **each("k top_k", _SIZE),
        **each("class_id num_labels num_regressors", within(int, 0, 2**31)),
    },
    {"axis": (-1,), "ignore_class": (None,), "from_sorted_ids": (False,)},
    without=("LossMetric", "Mean", "MeanMetricWrapper", "Sum"),
)

_MOMENTS = {"momentum": "m", "velocity": "v", "velocity_hat": "vhat"}
OPTIMIZERS = rows(
    optimizers,
    Optimizer,
    {
        LearningRateSchedule: lambda item: (
            _read_schedule(item) if isinstance(item.value, dict) else _POSITIVE(item)
        ),
        **each("beta_1 beta_2 ema_momentum momentum rho", _FRACTION),
        **each("clipnorm clipvalue global_clipnorm weight_decay", _POSITIVE),
        **each("epsilon initial_accumulator_value loss_scale_factor", _POSITIVE),
        "ema_overwrite_frequency": within(int, 1, _MOST_STEPS),
        "gradient_accumulation_steps": within(int, 2, _MOST_STEPS),
    },
    # How Keras runs it; which of its two kinds Keras 2 makes, see `read_optimizer`.
    {**each("jit_compile is_legacy_optimizer", ANYTHING), "decay": (None, 0)},
    own=(
        Row(
            optimizers.Adadelta,
            legacy={"accumulated_grad": "accum_grad", "accumulated_delta_var": "accum_var"},
        ),
        # Epsilon stands beside the root in the legacy one; but beside such a value, epsilon is nothing.
        Row(optimizers.Adagrad, legacy={}, legacy_if=lambda it: it.initial_accumulator_value > 0.01),
        Row(optimizers.Adam, keras2=_MOMENTS, legacy=_MOMENTS),
        Row(optimizers.AdamW, keras2=_MOMENTS),
        Row(optimizers.Adamax, keras2={"momentum": "m", "norm": "u"}, legacy={"momentum": "m", "norm": "v"}),
        Row(optimizers.Lion, keras2={"momentum": "m"}),
        Row(optimizers.Nadam, keras2=_MOMENTS),
        Row(
            optimizers.RMSprop,  # without momentum, epsilon stands beside the root in the legacy one
            legacy={"velocity": "rms", "average_gradient": "mg"},
            legacy_if=lambda it: it.momentum > 0,
        ),
        Row(optimizers.SGD, keras2={"momentum": "m"}, legacy={}),
    ),
)
LEGACY_OPTIMIZERS = {
    name: OPTIMIZERS[name]
    if cls is OPTIMIZERS[name].make
    else replace(
        OPTIMIZERS[name],
        make=cls,
        readers={**OPTIMIZERS[name].readers, "schedule_decay": _FACTOR},
        legacy=OPTIMIZERS[name].legacy or {"momentum": "m", "velocity": "v"},
        legacy_if=lambda optimizer: True,
    )
    for name in optimizers.legacy.__all__
    if isinstance(cls := getattr(optimizers.legacy, name), type)
}
"""The rows of the optimizers of Keras before 2.11, whose classes have the names of today's."""

MODELS = Table()
"""Of models by classes of one's own, which take the options of layers."""
MODELS.base, MODELS.own, MODELS.kind, MODELS.module = Trainer, LAYERS.own, "model", "keras"
TABLES.append(MODELS)

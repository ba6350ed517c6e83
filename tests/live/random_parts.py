"""The parts of random models: calls that both libraries know, and how hypothesis draws one of each kind."""

from collections import defaultdict
from math import prod
from typing import Any

from hypothesis import strategies as st

from tests.parts import Part
from tests.parts.optimizers import CASES as OPTIMIZERS


def part(path: str, required: dict[str, Any] | None = None, **optional: Any) -> Any:
    """Draw a call of ``path``: with the required options and any of the optional ones."""
    return st.builds(Part, st.just(path), st.fixed_dictionaries(required or {}, optional=optional))


def of(*values: Any) -> Any:
    return st.sampled_from(values)


ACTIVATIONS = of(
    *("relu", "tanh", "sigmoid", "linear", "softmax", "gelu", "elu", "selu", "silu", "softplus", "softsign"),
    *("leaky_relu", "relu6", "mish", "exponential", "hard_sigmoid", "hard_silu", "log_softmax", "hard_tanh"),
    *("hard_shrink", "soft_shrink", "tanh_shrink", "log_sigmoid", "squareplus", "sparse_plus", "celu"),
    "sparse_sigmoid",
)
SMALL = of(0.01, 0.125)
INITIALIZERS = st.one_of(
    of("he_normal", "lecun_uniform", "random_normal", "glorot_uniform", "orthogonal"),
    part("initializers.VarianceScaling", {"scale": of(0.5, 2.0), "mode": of("fan_in", "fan_avg")}),
    part("initializers.RandomUniform", {"minval": of(-1.0, 0.25), "maxval": of(0.5, 1.0)}),
)
REGULARIZERS = st.one_of(
    part("regularizers.L1", {"l1": SMALL}),
    part("regularizers.L2", {"l2": SMALL}),
    part("regularizers.L1L2", {"l1": SMALL, "l2": SMALL}),
    of("l1", "l2"),
)
CONSTRAINTS = st.one_of(
    of("max_norm", "non_neg", "unit_norm"),
    part("constraints.MaxNorm", {"max_value": of(0.5, 1.5)}),
    part("constraints.MinMaxNorm", {"min_value": of(0.25, 0.5), "max_value": of(0.75, 2.0)}, rate=of(0.5)),
)
TRAINABLE = {"trainable": of(True, False), "activity_regularizer": REGULARIZERS}
VECTORS = of("random_normal", "random_uniform", "ones")
NORMALIZATION = {
    "epsilon": of(1e-3, 0.25),
    "center": st.booleans(),
    "scale": st.booleans(),
    "beta_initializer": VECTORS,
    "gamma_initializer": VECTORS,
    "beta_regularizer": REGULARIZERS,
    "gamma_regularizer": REGULARIZERS,
    "beta_constraint": CONSTRAINTS,
    "gamma_constraint": CONSTRAINTS,
    **TRAINABLE,
}


def dense(units: Any, bias: Any = None, **options: Any) -> Any:
    return part(
        "layers.Dense",
        {"units": units, **options},
        use_bias=st.booleans() if bias is None else bias,
        kernel_initializer=INITIALIZERS,
        bias_initializer=VECTORS,
        kernel_regularizer=REGULARIZERS,
        bias_regularizer=REGULARIZERS,
        kernel_constraint=CONSTRAINTS,
        bias_constraint=CONSTRAINTS,
        **TRAINABLE,
    )


def hidden(shape: tuple[int, ...]) -> Any:
    """Draw a layer for samples of ``shape``."""
    axes = of(-1, *range(1, len(shape) + 1))
    several = st.lists(of(*range(1, len(shape) + 1)), min_size=1, unique=True)
    size = prod(shape)
    targets = [(size,), (1, size), (size, 1), *((n, size // n) for n in (2, 3) if size % n == 0)]
    noise = of("Dropout", "GaussianNoise", "GaussianDropout", "AlphaDropout")
    number = {"GaussianNoise": "stddev"}
    anything = st.one_of(
        part("layers.Activation", {"activation": ACTIVATIONS}),
        part("layers.ReLU", max_value=of(1.0, 6.0), negative_slope=of(0.1), threshold=of(0.2)),
        part("layers.LeakyReLU", negative_slope=of(0.1, 0.5)),
        part("layers.ELU", alpha=of(0.5, 1.0)),
        part("layers.Softmax", axis=st.one_of(axes, several)),
        part(
            "layers.PReLU",
            {"alpha_initializer": VECTORS},
            shared_axes=several,
            alpha_regularizer=REGULARIZERS,
            alpha_constraint=CONSTRAINTS,
            **TRAINABLE,
        ),
        part(
            "layers.Rescaling",
            {"scale": st.one_of(of(0.5, 2.0), st.just([(i + 1) / 2 for i in range(shape[-1])]))},
            offset=of(0.25, -1.0),
        ),
        part("layers.Reshape", {"target_shape": of(*targets, (-1,))}),
        part("layers.Flatten"),
        noise.map(lambda name: Part(f"layers.{name}", {number.get(name, "rate"): 0.0})),
    )
    return st.one_of(
        dense(st.integers(1, 5), activation=ACTIVATIONS),
        dense(st.integers(1, 5), activation=ACTIVATIONS),
        part("layers.BatchNormalization", axis=axes, momentum=of(0.5, 0.9), **NORMALIZATION),
        part("layers.LayerNormalization", axis=st.one_of(st.just(-1), several), **NORMALIZATION),
        anything,
        anything,
    )


RATES = of(0.125, 0.0625, 0.015625)  # exact in float32, in which learning rates are kept here
SCHEDULES = st.one_of(
    *(
        part(f"optimizers.schedules.{name}", options, **more)
        for name, options, more in (
            (
                "ExponentialDecay",
                {"initial_learning_rate": RATES, "decay_steps": of(3), "decay_rate": of(0.5)},
                {"staircase": of(True)},
            ),
            (
                "InverseTimeDecay",
                {"initial_learning_rate": RATES, "decay_steps": of(3), "decay_rate": of(0.5)},
                {"staircase": of(True)},
            ),
            (
                "PiecewiseConstantDecay",
                {"boundaries": of([3, 7]), "values": of([0.125, 0.0625, 0.03125])},
                {},
            ),
            (
                "PolynomialDecay",
                {"initial_learning_rate": RATES, "decay_steps": of(4)},
                {"power": of(2.0), "cycle": of(True), "end_learning_rate": of(0.01)},
            ),
            (
                "CosineDecay",
                {"initial_learning_rate": RATES, "decay_steps": of(6)},
                {"warmup_target": of(0.25), "warmup_steps": of(3), "alpha": of(0.1)},
            ),
            (
                "CosineDecayRestarts",
                {"initial_learning_rate": RATES, "first_decay_steps": of(3)},
                {"t_mul": of(1.5), "m_mul": of(0.9), "alpha": of(0.1)},
            ),
        )
    )
)
SHARED = {
    *("learning_rate", "name", "clipnorm", "clipvalue", "global_clipnorm", "weight_decay"),
    *("use_ema", "ema_momentum", "ema_overwrite_frequency"),
}


def rules() -> dict[str, dict[str, Any]]:
    """Return each optimizer's own options, and the values that the table has for them.

    Without Lamb, whose step is as long as the parameter: where a gradient is 0 but for rounding, as before a
    LayerNormalization of one feature, its direction is that of the rounding.
    """
    found: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for case in OPTIMIZERS:
        if case.stored and case.cls != "Lamb":
            own = found[case.cls]
            for option, value in case.part.options.items():
                if option not in SHARED and value not in own[option]:
                    own[option].append(value)
    return {name: {option: of(*values) for option, values in own.items()} for name, own in found.items()}


RULES = rules()
CLIPPING = st.one_of(
    st.just({}),
    st.builds(lambda key, limit: {key: limit}, of("clipnorm", "clipvalue", "global_clipnorm"), of(0.05, 0.5)),
)
AVERAGING = st.one_of(
    st.just({}),
    st.fixed_dictionaries(
        {"use_ema": st.just(True)}, optional={"ema_momentum": of(0.5), "ema_overwrite_frequency": of(1, 3)}
    ),
)


@st.composite
def optimizers(draw: Any) -> Part:
    name = draw(of(*RULES))
    rate = draw(st.one_of(RATES, RATES, SCHEDULES))
    own = draw(part(f"optimizers.{name}", {}, weight_decay=of(0.01, 0.125), **RULES[name])).options
    return Part(f"optimizers.{name}", {"learning_rate": rate, **own, **draw(CLIPPING), **draw(AVERAGING)})

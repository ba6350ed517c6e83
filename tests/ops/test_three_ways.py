"""Three ways to one gradient: by hand, by the formula on the tape, by differences; in float64."""

import inspect
from math import pi, sqrt

import numpy as np
import pytest

from numpy_ann import activations, layers, losses, ops
from numpy_ann.layers import (
    ELU,
    Activation,
    ActivityRegularization,
    Add,
    AlphaDropout,
    Average,
    BatchNormalization,
    Concatenate,
    Dense,
    Dot,
    Dropout,
    Embedding,
    Flatten,
    GaussianDropout,
    GaussianNoise,
    GlobalAveragePooling1D,
    GlobalMaxPooling1D,
    GroupNormalization,
    Identity,
    LayerNormalization,
    LeakyReLU,
    Maximum,
    Minimum,
    Multiply,
    Normalization,
    Permute,
    PReLU,
    ReLU,
    RepeatVector,
    Rescaling,
    Reshape,
    RMSNormalization,
    Softmax,
    SpatialDropout1D,
    Subtract,
    UnitNormalization,
)
from numpy_ann.layers.dropout import NoiseLayer
from numpy_ann.losses.own import FORMULAS as OF_BOTH
from numpy_ann.ops.gradient_tape import pulled_back
from tests.ops.test_ops import differences
from tests.parts.layers import CASES, NOT_DIFFERENTIABLE

EPSILON = 1e-7


def agree(hand, by_tape, f, x, g):
    """Hold both gradients of ``sum(g f(x))`` against each other, and against differences."""
    np.testing.assert_allclose(hand, by_tape, rtol=1e-10, atol=1e-10)
    direction = np.random.default_rng(5).normal(size=x.shape)
    slope = differences(lambda x: np.sum(g * f(x)), [x], [direction], 1e-4)
    assert np.isclose(np.sum(hand * direction), slope, rtol=1e-7, atol=1e-7)


# What the ops don't have, or have with a derivative beside them: written out here.
FORMULAS = {
    "linear": lambda z: z + 0,
    "relu": lambda z, negative_slope, max_value, threshold: ops.where(z > 0, z, 0 * z),
    "elu": lambda z, alpha: ops.where(z > 0, z, alpha * (ops.exp(z) - 1)),
    "celu": lambda z, alpha: ops.where(z > 0, z, alpha * (ops.exp(z / alpha) - 1)),
    "leaky_relu": lambda z, negative_slope: ops.where(z > 0, z, negative_slope * z),
    "sigmoid": lambda z: 1 / (1 + ops.exp(-z)),
    "softplus": lambda z: ops.log(1 + ops.exp(z)),
    "tanh": lambda z: (ops.exp(z) - ops.exp(-z)) / (ops.exp(z) + ops.exp(-z)),
    "exponential": lambda z: ops.exp(z),
    "softmax": lambda z, **_: ops.exp(z) / ops.sum(ops.exp(z), axis=-1, keepdims=True),
    "log_softmax": lambda z, **_: z - ops.log(ops.sum(ops.exp(z), axis=-1, keepdims=True)),
    "gelu": lambda z, approximate: (
        z * (1 + ops.tanh(sqrt(2 / pi) * (z + 0.044715 * z**3))) / 2
        if approximate
        else z * (1 + ops.erf(z / sqrt(2))) / 2
    ),
}
FUNCTIONS = [
    f
    for name, f in vars(activations).items()
    if isinstance(f, activations.ActivationFunction) and name == f.name
]


def formula_of(f):
    function = FORMULAS.get(f.name) or ops.OPS[f.name]
    takes = inspect.signature(function).parameters
    return lambda z: function(z, **{k: v for k, v in f.options.items() if k in takes})


@pytest.mark.parametrize("f", FUNCTIONS, ids=lambda f: f.name)
def test_activation_functions(f):
    rng = np.random.default_rng(1)
    z, g = rng.uniform(0.1, 3, size=(5, 4)) * rng.choice([-1, 1], (5, 4)), rng.normal(size=(5, 4))
    z[np.abs(np.abs(z) - 0.5) < 1e-2] += 0.1  # away from the kinks
    z[np.abs(np.abs(z) - 1) < 1e-2] += 0.1
    y, pull = pulled_back(formula_of(f), z)
    np.testing.assert_allclose(f(z), y, rtol=1e-12, atol=1e-12)
    hand = f.backward(g.copy(), f(z) if f.reads == "output" else z)
    agree(hand, pull(g)[0], f, z, g)
    with ops.GradientTape() as tape:  # and as one entry
        v = tape.watch(z)
        value = ops.sum(f(v) * g)
    np.testing.assert_allclose(tape.gradient(value, v), hand, rtol=1e-10, atol=1e-10)


def clipped(p):
    return ops.clip(p, EPSILON, 1 - EPSILON)


def logs(p):
    return ops.log(clipped(p / ops.sum(p, axis=-1, keepdims=True)))


LOSSES = {
    "MeanSquaredError": lambda t, p: ops.mean((t - p) ** 2, axis=-1),
    "MeanAbsoluteError": lambda t, p: ops.mean(ops.abs(t - p), axis=-1),
    "MeanAbsolutePercentageError": lambda t, p: (
        100 * ops.mean(ops.abs((t - p) / ops.maximum(np.abs(t), EPSILON)), -1)
    ),
    "MeanSquaredLogarithmicError": lambda t, p: ops.mean((ops.log(1 + t) - ops.log(1 + p)) ** 2, axis=-1),
    "LogCosh": lambda t, p: ops.mean(ops.log(ops.cosh(p - t)), axis=-1),
    "Poisson": lambda t, p: ops.mean(p - t * ops.log(p + EPSILON), axis=-1),
    "Huber": lambda t, p: ops.mean(ops.where(np.abs(t - p) <= 1, (p - t) ** 2 / 2, ops.abs(p - t) - 0.5), -1),
    "Hinge": lambda t, p: ops.mean(ops.maximum(1 - (2 * t - 1) * p, 0), axis=-1),
    "SquaredHinge": lambda t, p: ops.mean(ops.maximum(1 - (2 * t - 1) * p, 0) ** 2, axis=-1),
    "CategoricalHinge": lambda t, p: ops.relu(1 + ops.max((1 - t) * p, axis=-1) - ops.sum(t * p, axis=-1)),
    "CosineSimilarity": lambda t, p: -ops.sum(ops.normalize(t) * ops.normalize(p), axis=-1),
    "KLDivergence": lambda t, p: ops.sum(clipped(t) * ops.log(clipped(t) / clipped(p)), axis=-1),
    "CategoricalCrossentropy": lambda t, p: -ops.sum(t * logs(p), axis=-1),
    "BinaryCrossentropy": lambda t, p: -ops.mean(t * ops.log(p) + (1 - t) * ops.log(1 - p), axis=-1),
    "SparseCategoricalCrossentropy": lambda t, p: -ops.sum(ops.one_hot(t, 4) * logs(p), axis=-1),
    "BinaryFocalCrossentropy": lambda t, p: (
        -ops.mean(t * (1 - p) ** 2 * ops.log(p) + (1 - t) * p**2 * ops.log(1 - p), axis=-1)
    ),
    "CategoricalFocalCrossentropy": lambda t, p: (
        -ops.sum(0.25 * t * (1 - p / ops.sum(p, -1, True)) ** 2 * logs(p), axis=-1)
    ),
    "CategoricalGeneralizedCrossEntropy": lambda t, p: (
        (1 - ops.sum(ops.one_hot(t, 4) * p, axis=-1) ** 0.5) / 0.5
    ),
    "Dice": lambda t, p: 1 - 2 * ops.sum(t * p) / (ops.sum(t) + ops.sum(p) + EPSILON),
    "Tversky": lambda t, p: (
        1
        - ops.sum(t * p)
        / (ops.sum(t * p) + 0.5 * ops.sum(t * (1 - p)) + 0.5 * ops.sum((1 - t) * p) + EPSILON)
    ),
}
BINARY = (
    *("Hinge", "SquaredHinge", "CategoricalHinge", "BinaryCrossentropy", "BinaryFocalCrossentropy"),
    "CategoricalFocalCrossentropy",
)


def test_every_loss_is_here():
    assert LOSSES.keys() == losses.BY_CLASS.keys()


@pytest.mark.parametrize("name", LOSSES)
def test_losses(name):
    rng = np.random.default_rng(3)
    p = rng.uniform(0.1, 0.9, size=(6, 4))
    t = np.eye(4)[rng.integers(0, 4, 6)] if name in BINARY else rng.uniform(0.1, 0.9, size=(6, 4))
    loss, formula = getattr(losses, name)(), LOSSES[name]
    if loss.integer_targets:
        t = rng.integers(0, 4, 6)
    g = rng.normal(size=np.shape(loss.per_sample(p, t)))  # one for each sample, or for the batch
    losses_, pull = pulled_back(lambda p: formula(t, p), p)
    np.testing.assert_allclose(loss.per_sample(p, t), losses_, rtol=1e-10, atol=1e-10)
    hand = loss.gradient(p, t) * g[..., None]
    agree(hand, pull(g)[0], lambda p: loss.per_sample(p, t), p, g)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        *((name, {}) for name in OF_BOTH),
        ("Huber", {"delta": 0.3}),
        *(("CategoricalCrossentropy", o) for o in ({"from_logits": True}, {"label_smoothing": 0.2})),
        *(("BinaryCrossentropy", o) for o in ({"from_logits": True}, {"label_smoothing": 0.2})),
    ],
)
def test_losses_of_computed_targets(name, options):
    """A teacher's outputs, say: the gradient with respect to the targets too."""
    rng = np.random.default_rng(4)
    t, p = rng.uniform(0.1, 0.9, size=(2, 6, 4))
    loss = getattr(losses, name)(reduction="none", **options)
    for tape_t, tape_p in ((True, True), (True, False)):
        with ops.GradientTape() as tape:
            a, b = (tape.watch(x) if on else x for x, on in ((t, tape_t), (p, tape_p)))
            found = loss(a, b)
        by_hand = loss(t, p)
        np.testing.assert_allclose(ops.convert_to_numpy(found), by_hand, rtol=1e-10, atol=1e-10)
        g = rng.normal(size=by_hand.shape)
        ours = tape.gradient(found, a, output_gradients=g)
        agree(ours, ours, lambda t: loss(t, p), t, g)


def test_a_loss_without_a_derivative_of_targets_says_so():
    with ops.GradientTape() as tape, pytest.raises(TypeError, match="targets of Tversky are computed"):
        losses.Tversky()(tape.watch(np.ones((2, 3))), np.ones((2, 3)))


def normalized(x, axis, epsilon):
    return (x - ops.mean(x, axis=axis, keepdims=True)) / ops.sqrt(
        ops.var(x, axis=axis, keepdims=True) + epsilon
    )


def grouped(layer, x):
    n, k = x.shape
    groups = ops.reshape(x, (n, layer.groups, k // layer.groups))
    return ops.reshape(normalized(groups, -1, layer.epsilon), (n, k)) * layer.gamma + layer.beta


def alpha(own, x):
    """Return what SELU's dropout makes: what is dropped is its lowest value, and all is brought back."""
    s, mask = -1.7580993408473766, own._memory["noise"]
    a = ((1 - own.rate) * (1 + own.rate * s**2)) ** -0.5
    return a * (x * mask + s * (1 - mask)) - a * s * own.rate


LAYERS = {
    "dense": (
        lambda: Dense(3, activation="tanh"),
        lambda own, x: ops.tanh(ops.matmul(x, own.kernel) + own.bias),
    ),
    "batch": (BatchNormalization, lambda own, x: normalized(x, 0, own.epsilon) * own.gamma + own.beta),
    "layer": (LayerNormalization, lambda own, x: normalized(x, -1, own.epsilon) * own.gamma + own.beta),
    "group": (lambda: GroupNormalization(2), grouped),
    "rms": (
        RMSNormalization,
        lambda own, x: x / ops.sqrt(ops.mean(x**2, -1, True) + own.epsilon) * own.scale,
    ),
    "unit": (UnitNormalization, lambda own, x: x / ops.sqrt(ops.sum(x**2, -1, True))),
    "prelu": (lambda: PReLU("ones"), lambda own, x: ops.where(x > 0, x, own.alpha * x)),
    "rescaling": (lambda: Rescaling(3.0, 1.0), lambda own, x: 3 * x + 1),
    "softmax": (Softmax, lambda own, x: ops.exp(x) / ops.sum(ops.exp(x), -1, True)),
    "flatten": (Flatten, lambda own, x: ops.reshape(x, (x.shape[0], -1))),
    "reshape": (lambda: Reshape((2, -1)), lambda own, x: ops.reshape(x, (x.shape[0], 2, -1))),
    "repeat": (lambda: RepeatVector(3), lambda own, x: ops.repeat(ops.expand_dims(x, 1), 3, axis=1)),
    "elu": (lambda: ELU(0.7), lambda own, x: ops.where(x > 0, x, 0.7 * (ops.exp(x) - 1))),
    "leaky": (lambda: LeakyReLU(0.2), lambda own, x: ops.where(x > 0, x, 0.2 * x)),
    "relu": (
        lambda: ReLU(max_value=1.5, negative_slope=0.1, threshold=0.25),
        lambda own, x: ops.where(x > 0.25, ops.minimum(x, 1.5), 0.1 * (x - 0.25)),
    ),
    "activation": (lambda: Activation("tanh"), lambda own, x: ops.tanh(x)),
    "identity": (Identity, lambda own, x: x + 0),
    "activity": (lambda: ActivityRegularization(0.1), lambda own, x: x + 0),
    "normalization": (
        lambda: Normalization(mean=0.5, variance=4.0),
        lambda own, x: (x - 0.5) / ops.sqrt(np.full(x.shape, 4.0)),
    ),
    "noise": (lambda: GaussianNoise(0.3), lambda own, x: x + own._memory["noise"]),
    "dropout": (lambda: Dropout(0.5), lambda own, x: x * own._memory["noise"]),
    "gaussian": (lambda: GaussianDropout(0.5), lambda own, x: x * own._memory["noise"]),
    "alpha": (lambda: AlphaDropout(0.3), alpha),
}
SEQUENCES = {
    "permute": (lambda: Permute((2, 1)), lambda own, x: ops.transpose(x, (0, 2, 1))),
    "mean": (GlobalAveragePooling1D, lambda own, x: ops.mean(x, axis=1)),
    "mean of a row": (
        lambda: GlobalAveragePooling1D("channels_first", keepdims=True),
        lambda own, x: ops.sum(x, axis=2, keepdims=True) / x.shape[2],
    ),
    "largest": (GlobalMaxPooling1D, lambda own, x: ops.max(x, axis=1)),
    "spatial": (lambda: SpatialDropout1D(0.5), lambda own, x: x * own._memory["noise"]),
}
MERGING = {
    Add: lambda a, b: a + b,
    Subtract: lambda a, b: a - b,
    Multiply: lambda a, b: a * b,
    Average: lambda a, b: (a + b) / 2,
    Maximum: lambda a, b: ops.where(a > b, a, b),
    Minimum: lambda a, b: ops.where(a < b, a, b),
    Concatenate: lambda a, b: ops.concatenate([a, b], axis=-1),
    lambda: Dot(-1): lambda a, b: ops.sum(a * b, axis=-1, keepdims=True),
    lambda: Dot(-1, normalize=True): lambda a, b: ops.sum(
        ops.normalize(a) * ops.normalize(b), axis=-1, keepdims=True
    ),
}


@pytest.mark.parametrize("make", MERGING, ids=lambda make: make.__name__)
def test_merging_layers(make):
    layer, rng = make(), np.random.default_rng(4)
    a, b = rng.normal(size=(2, 5, 4))
    layer.join(rng, np.dtype("float64"))
    layer.build([(None, 4), (None, 4)])
    y, pull = pulled_back(MERGING[make], a, b)
    np.testing.assert_allclose(layer.forward([a, b], training=True), y, rtol=1e-10, atol=1e-10)
    g = rng.normal(size=y.shape)
    for hand, by_tape, x, f in zip(
        layer.backward(g.copy()), pull(g), (a, b),
        (lambda x: layer.forward([x, b]), lambda x: layer.forward([a, x])), strict=True,
    ):  # fmt: skip
        agree(hand, by_tape, f, x, g)


SHAPED = [(name, shape) for name in LAYERS for shape in ((5, 4), (7, 6))]


@pytest.mark.parametrize(("name", "shape"), [*SHAPED, *((name, (5, 3, 4)) for name in SEQUENCES)])
def test_layers(name, shape):
    make, formula = {**LAYERS, **SEQUENCES}[name]
    layer = make()
    layer.join(np.random.default_rng(0), np.dtype("float64"))
    layer.hold_noise = True
    rng = np.random.default_rng(2)
    x = rng.normal(size=shape)
    y = layer.forward(x, training=True)
    g = rng.normal(size=y.shape)
    dx = layer.backward(g.copy())
    parameters = layer.trainable_parameters
    by_hand = [p.grad.copy() for p in parameters]
    with ops.GradientTape(persistent=True) as tape:
        v = tape.watch(x)
        ways = [formula(layer, v)]
        if not isinstance(layer, NoiseLayer):  # as an entry, it draws anew
            ways.append(layer(v, training=True))
    np.testing.assert_allclose(y, ways[0].value, rtol=1e-10, atol=1e-10)
    for made in ways:
        found = tape.gradient(made, [v, *parameters], output_gradients=g)
        for ours, theirs in zip([dx, *by_hand], found, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-10)
    by_tape = tape.gradient(ways[0], v, output_gradients=g)
    agree(dx, by_tape, lambda x: layer.forward(x, training=True), x, g)


def test_every_layer_derived_by_hand_has_its_formula():
    """Of the table of all parts; what is neither here nor of another kind has none, and is named."""
    written = {type(make()).__name__ for make, _ in [*LAYERS.values(), *SEQUENCES.values()]}
    written |= {type(make()).__name__ for make in MERGING} | {"Embedding"}  # which has a test of its own
    known = {case.cls for case in CASES} | {
        name for name in layers.__all__ if isinstance(getattr(layers, name), type)
    }
    by_tape = {"Lambda", "Layer"}
    assert known - {"InputLayer"} - (NOT_DIFFERENTIABLE - {"Embedding"}) - by_tape == written


def test_embeddings_and_masks_as_entries():
    table, x = Embedding(4, 3), np.array([[0, 2], [2, 3]])
    table.build((None, 2))
    with ops.GradientTape() as tape:
        y = ops.sum(ops.square(table(x)))
    (parameter,) = table.trainable_parameters
    expected = 2 * np.array([[1], [0], [2], [1]]) * parameter.value
    np.testing.assert_allclose(tape.gradient(y, parameter), expected, rtol=1e-6)
    for layer in (Dropout(0.5), AlphaDropout(0.3)):
        layer.build((None, 400))
        ones = np.ones((2, 400), np.float32)
        with ops.GradientTape(persistent=True) as tape:
            v = tape.watch(ones)
            trained, predicted = layer(v, training=True), layer(v)
        assert predicted is v
        gradient = tape.gradient(trained, v)
        assert 0.2 < (gradient == 0).mean() < 0.6

"""Random models for tests/live: hypothesis draws the parts of one, and either library makes it of them."""

from dataclasses import dataclass
from importlib import import_module
from math import prod
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.live.random_parts import Part, dense, hidden, of, optimizers, part

BATCH = 6  # samples a step; one size, as Keras compiles anew for another


@dataclass(frozen=True)
class Drawn:
    """A model, how it is compiled, and what it is trained on; its ``repr`` is the script."""

    layers: tuple[Part, ...]
    optimizer: Part
    undecayed: tuple[str, ...]
    loss: Part
    metrics: tuple[str, ...]
    targets: str
    weights: str | None
    seed: int

    def model(self, library: str, dtype: str) -> Any:
        """Return the compiled model of ``numpy_ann`` or ``keras``; Keras' dtype is the one that is set."""
        options = {"dtype": dtype, "seed": self.seed} if library == "numpy_ann" else {}
        layers = [part.make(library) for part in self.layers]
        model = import_module(f"{library}.models").Sequential(layers, **options)
        optimizer = self.optimizer.make(library)
        if self.undecayed:
            optimizer.exclude_from_weight_decay(var_names=list(self.undecayed))
        model.compile(optimizer, self.loss.make(library), metrics=list(self.metrics))
        return model

    def data(self, steps: int, output_shape: tuple[int, ...]) -> tuple[Any, Any, dict[str, Any]]:
        """Return inputs and targets of ``(steps, BATCH, ...)``, and weights of samples or classes."""
        rng = np.random.default_rng(self.seed)
        x = rng.normal(size=(steps, BATCH, *self.layers[0].options["shape"]))
        y = TARGETS[self.targets](rng, (steps, BATCH, *output_shape))
        if self.weights == "sample_weight":
            return x, y, {"sample_weight": rng.integers(0, 5, (steps, BATCH)) / 2}
        if self.weights == "class_weight":
            return x, y, {"class_weight": {c: c + 0.5 for c in range(output_shape[-1])}}
        return x, y, {}

    def __repr__(self) -> str:
        layers = "".join(f"\n    {part}," for part in self.layers)
        exclude = f"optimizer.exclude_from_weight_decay(var_names={list(self.undecayed)})\n"
        return (
            f"\nmodel = Sequential([{layers}\n], seed={self.seed})\noptimizer = {self.optimizer}\n"
            f"{exclude if self.undecayed else ''}"
            f"model.compile(optimizer, {self.loss}, metrics={list(self.metrics)})\n"
            f"x, y = normal(...), {self.targets}(...)  # and {self.weights or 'no weights'}\n"
        )


def _one_hot(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    return np.eye(shape[-1])[rng.integers(shape[-1], size=shape[:-1])]


def _distributions(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    return rng.dirichlet(np.ones(shape[-1]), size=shape[:-1])


TARGETS: dict[str, Any] = {
    "one_hot": _one_hot,
    "distributions": _distributions,
    "labels": lambda rng, shape: rng.integers(shape[-1], size=shape[:-1]),
    "bits": lambda rng, shape: rng.integers(2, size=shape).astype(float),
    "signs": lambda rng, shape: 2.0 * rng.integers(2, size=shape) - 1,
    "numbers": lambda rng, shape: rng.normal(size=shape),
    "positive": lambda rng, shape: rng.gamma(2.0, size=shape),
}


# What a network may end in: the last activation, the losses (with their options) that suit it, the targets.
REDUCTION = {"reduction": of("sum", "mean_with_sample_weight")}
CATEGORICAL = (
    ("CategoricalCrossentropy", {"label_smoothing": of(0.1)}, of("one_hot", "distributions")),
    ("SparseCategoricalCrossentropy", {}, of("labels")),
    ("CategoricalFocalCrossentropy", {"alpha": of(0.5), "gamma": of(1.0, 3.0)}, of("one_hot")),
)
BINARY = (
    ("BinaryCrossentropy", {"label_smoothing": of(0.1)}, of("bits")),
    ("BinaryFocalCrossentropy", {"apply_class_balancing": of(True), "gamma": of(1.5)}, of("bits")),
)
PLAIN = (
    *((f"Mean{name}Error", {}, of("numbers")) for name in ("Squared", "Absolute")),
    ("MeanAbsolutePercentageError", {}, of("positive")),
    ("Huber", {"delta": of(0.5)}, of("numbers")),
    ("LogCosh", {}, of("numbers")),
    ("CosineSimilarity", {}, of("numbers")),
    ("Hinge", {}, of("signs", "bits")),
    ("SquaredHinge", {}, of("signs", "bits")),
)
ENDS: dict[str, tuple[Any, Any]] = {
    "softmax": (of("softmax"), (*CATEGORICAL, ("KLDivergence", {}, of("one_hot", "distributions")))),
    "class logits": (of("linear"), (*CATEGORICAL, ("CategoricalHinge", {}, of("one_hot")))),
    "sigmoid": (of("sigmoid"), (*BINARY, ("Poisson", {}, of("bits")))),
    "logits": (of("linear"), BINARY),
    "numbers": (of("linear", "tanh", "gelu"), PLAIN),
    "positive": (
        of("softplus", "relu", "exponential"),
        (("MeanSquaredLogarithmicError", {}, of("positive")), ("Poisson", {}, of("positive"))),
    ),
}
FROM_LOGITS = {name for name, _, _ in (*CATEGORICAL, *BINARY)}
METRICS = {
    "one_hot": ("accuracy", "categorical_crossentropy", "auc", "precision", "recall", "mse"),
    "distributions": ("kl_divergence", "mae", "cosine_similarity"),
    "labels": ("accuracy", "sparse_categorical_accuracy"),
    "bits": ("accuracy", "auc", "precision", "recall", "binary_accuracy"),
    "signs": ("hinge", "squared_hinge"),
    "numbers": ("mae", "mse", "root_mean_squared_error", "cosine_similarity"),
    "positive": ("mse", "mape", "msle", "poisson"),
}


@st.composite
def drawn_models(draw: Any) -> Drawn:
    """Draw a model, what it is compiled with, and what it is trained on."""
    few = st.integers(1, 3)
    shape = draw(st.one_of(st.tuples(st.integers(1, 5)), st.tuples(few, few), st.tuples(few, few, few)))
    layers = [Part("layers.Input", {"shape": shape})]
    for _ in range(draw(st.integers(0, 4))):
        layers.append(draw(hidden(shape)))
        shape = output_shape(layers[-1], shape)
    if len(shape) > 1 and draw(st.booleans()):
        layers.append(Part("layers.Flatten", {}))
        shape = (prod(shape),)
    end = draw(of(*ENDS))
    activations, losses = ENDS[end]
    name, options, targets = draw(of(*losses))
    kind = draw(targets)
    units = draw(st.integers(2 if name in (*FROM_LOGITS, "KLDivergence", "CategoricalHinge") else 1, 4))
    if end in ("sigmoid", "logits"):
        units = draw(st.integers(1, 3))
    activation = draw(activations)
    if draw(st.booleans()):
        layers.append(draw(dense(st.just(units), activation=st.just(activation))))
    else:  # the activation, if any, is a layer of its own
        layers.append(draw(dense(st.just(units))))
        if activation != "linear":
            layers.append(Part("layers.Activation", {"activation": activation}))
    shape = (*shape[:-1], units)
    loss = draw(part(f"losses.{name}", {}, **options, **REDUCTION))
    if "logits" in end and name in FROM_LOGITS:
        loss.options["from_logits"] = True
    weights = [None, None]
    if len(shape) == 1:  # Keras has no weights of samples whose losses are several
        weights.append("sample_weight")
        if kind in ("one_hot", "labels"):
            weights.append("class_weight")
    return Drawn(
        tuple(layers),
        draw(optimizers()),
        tuple(draw(st.sampled_from([(), (), ("bias",), ("gamma", "beta")]))),
        loss,
        tuple(draw(st.lists(of(*METRICS[kind]), max_size=2, unique=True))),
        kind,
        draw(of(*weights)),
        draw(st.integers(0, 2**16)),
    )


def output_shape(layer: Part, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape that a layer makes of ``shape``, as numpy_ann says it."""
    return layer.make("numpy_ann").compute_output_shape((None, *shape))[1:]

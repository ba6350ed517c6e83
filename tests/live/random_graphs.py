"""Random graphs: hypothesis draws the calls of one, and either library makes it of them.

Branches, merges, layers that are used twice, models in models, several inputs, words among them, and several
outputs with a loss each.
"""

from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import numpy as np
from hypothesis import strategies as st

from numpy_ann.random_streams import seed_everything

BATCH = 6
LOSSES = {
    "softmax": ("categorical_crossentropy", "sparse_categorical_crossentropy", "kl_divergence"),
    "sigmoid": ("binary_crossentropy", "mean_squared_error"),
    "linear": ("mean_squared_error", "huber", "mean_absolute_error"),
    "tanh": ("mean_squared_error",),
}
METRICS = {"categorical_crossentropy": "accuracy", "sparse_categorical_crossentropy": "accuracy"}
MERGES = ("Add", "Average", "Multiply", "Maximum", "Subtract", "Concatenate", "Dot")
OPTIMIZERS: dict[str, dict[str, Any]] = {
    "SGD": {"learning_rate": 0.0625, "momentum": 0.5},
    "RMSprop": {"learning_rate": 0.0078125},
    "Adam": {"learning_rate": 0.0078125, "amsgrad": True},
    "Adagrad": {"learning_rate": 0.0625},
    "Adamax": {"learning_rate": 0.0078125},
}


@dataclass(frozen=True)
class Output:
    """An output: its layer's name, its units, what it ends in, its loss and how much that counts."""

    name: str
    units: int
    activation: str
    loss: str
    weight: float

    def targets(self, rng: np.random.Generator, samples: int) -> Any:
        """Return targets that suit the loss."""
        if self.loss.startswith("sparse"):
            return rng.integers(self.units, size=samples)
        if self.activation == "softmax":
            return rng.dirichlet(np.ones(self.units), size=samples)
        if self.loss.startswith("binary"):
            return rng.integers(2, size=(samples, self.units)).astype(float)
        return rng.normal(size=(samples, self.units))


@dataclass(frozen=True)
class Graph:
    """The calls of a graph, of which the ``repr`` tells; ``make`` it in either library."""

    widths: tuple[int, ...]
    steps: tuple[tuple[Any, ...], ...]
    outputs: tuple[tuple[int, Output], ...]
    seed: int
    weighted: bool = field(default=False)
    words: tuple[int, int, int] | None = None  # how many there are, how many a sample has, numbers for each
    optimizer: str = "SGD"

    def make(self, library: str, dtype: str) -> Any:
        """Return the model of ``numpy_ann`` or ``keras``, not compiled; Keras' dtype is what is set."""
        layers, models = import_module(f"{library}.layers"), import_module(f"{library}.models")
        options = {"dtype": dtype, "seed": self.seed} if library == "numpy_ann" else {}
        seed_everything(self.seed)  # layers are built before the model, whose seed isn't theirs
        inputs = [layers.Input((width,), name=f"in_{i}") for i, width in enumerate(self.widths)]
        tensors, used = list(inputs), {}
        if self.words is not None:
            count, length, numbers = self.words
            inputs.append(layers.Input((length,), dtype="int32", name="words"))
            tensors.append(layers.Flatten()(layers.Embedding(count, numbers)(inputs[-1])))
        for number, (kind, sources, *said) in enumerate(self.steps):
            read = [tensors[i] for i in sources]
            if kind == "merge":
                made = getattr(layers, said[0])(**({"axes": 1} if said[0] == "Dot" else {}))(read)
            elif kind == "again":  # a layer used before, on what has the same width
                made = used[said[0]](read[0])
            elif kind == "model":
                width, units = said
                inner = layers.Input((width,))
                hidden = layers.Dense(units, activation="tanh")(inner)
                both = layers.Concatenate()([hidden, inner])
                used[number] = models.Model(inner, both, name=f"model_{number}", **options)
                made = used[number](read[0])
            elif kind == "chain":
                (units,) = said
                stack = [layers.Dense(units, activation="relu"), layers.BatchNormalization()]
                used[number] = models.Sequential(stack, name=f"chain_{number}", **options)
                made = used[number](read[0])
            else:
                name, arguments = said
                used[number] = getattr(layers, name)(**arguments)
                made = used[number](read[0])
            tensors.append(made)
        ends = [
            layers.Dense(output.units, activation=output.activation, name=output.name)(tensors[source])
            for source, output in self.outputs
        ]
        return models.Model(inputs, ends if len(ends) > 1 else ends[0], **options)

    def compiled(self, library: str, dtype: str) -> Any:
        """Return the model, compiled with a loss, a weight and a metric by output."""
        model = self.make(library, dtype)
        optimizers = import_module(f"{library}.optimizers")
        optimizer = getattr(optimizers, self.optimizer)(**OPTIMIZERS[self.optimizer])
        outputs = [output for _, output in self.outputs]
        if len(outputs) == 1:
            found = METRICS.get(outputs[0].loss, "mae")
            model.compile(optimizer, outputs[0].loss, metrics=[found])
            return model
        model.compile(
            optimizer,
            {output.name: output.loss for output in outputs},
            metrics={output.name: [METRICS.get(output.loss, "mae")] for output in outputs},
            loss_weights={output.name: output.weight for output in outputs},
        )
        return model

    def data(self, samples: int = BATCH) -> tuple[Any, Any, Any]:
        """Return inputs and targets by name, and weights of samples by output, if there are any."""
        rng = np.random.default_rng(self.seed)
        x = {f"in_{i}": rng.normal(size=(samples, width)) for i, width in enumerate(self.widths)}
        if self.words is not None:
            x["words"] = rng.integers(self.words[0], size=(samples, self.words[1]))
        y = {output.name: output.targets(rng, samples) for _, output in self.outputs}
        w = {name: rng.integers(1, 5, samples) / 2 for name in y} if self.weighted else None
        if len(y) == 1:
            (name,) = y
            return x, y[name], None if w is None else w[name]
        return x, y, w


@st.composite
def graphs(draw: Any) -> Graph:
    """Draw a graph."""
    widths = list(draw(st.lists(st.integers(1, 4), min_size=1, max_size=3)))
    inputs, steps, words = tuple(widths), [], None
    if draw(st.integers(0, 2)) == 0:
        words = draw(st.integers(1, 5)), draw(st.integers(1, 2)), draw(st.integers(1, 2))
        widths.append(words[1] * words[2])
    layers: dict[int, tuple[int, int]] = {}  # what went into a layer that can be used again, and came out
    for number in range(draw(st.integers(1, 6))):
        source = draw(st.integers(0, len(widths) - 1))
        width = widths[source]
        kind = draw(st.sampled_from(["layer", "layer", "merge", "again", "model", "chain"]))
        again = [i for i, (taken, _) in layers.items() if taken == width]
        if kind == "merge":
            name = draw(st.sampled_from(MERGES))
            others = [i for i, other in enumerate(widths) if other == width or name == "Concatenate"]
            count = 1 if name in ("Subtract", "Dot") else draw(st.integers(1, 2))
            sources = [source, *draw(st.lists(st.sampled_from(others), min_size=count, max_size=count))]
            steps.append(("merge", sources, name))
            made = {"Concatenate": sum(widths[i] for i in sources), "Dot": 1}.get(name, width)
        elif kind == "again" and again:
            which = draw(st.sampled_from(again))
            steps.append(("again", [source], which))
            made = layers[which][1]
        elif kind in ("model", "chain"):
            units = draw(st.integers(1, 3))
            steps.append((kind, [source], *((width, units) if kind == "model" else (units,))))
            made = units + width if kind == "model" else units
            layers[number] = width, made
        else:
            name = draw(st.sampled_from(["Dense", "Dense", "Dense", "Activation", "PReLU", "Dropout"]))
            arguments: dict[str, Any] = {}
            made = width
            if name == "Dense":
                made = draw(st.integers(1, 4))
                arguments = {
                    "units": made,
                    "activation": draw(st.sampled_from(["relu", "tanh", "gelu", None])),
                }
                if draw(st.booleans()):
                    arguments["kernel_regularizer"] = "l2"
                if draw(st.integers(0, 3)) == 0:
                    arguments["activity_regularizer"] = "l1"
            elif name == "Activation":
                arguments = {"activation": draw(st.sampled_from(["tanh", "softplus"]))}
            elif name == "Dropout":
                arguments = {"rate": 0.0}
            steps.append(("layer", [source], name, arguments))
            layers[number] = width, made
        widths.append(made)
    outputs = []
    for i in range(draw(st.integers(1, 3))):
        activation = draw(st.sampled_from(sorted(LOSSES)))
        units = draw(st.integers(2 if activation == "softmax" else 1, 3))
        output = Output(f"out_{i}", units, activation, draw(st.sampled_from(LOSSES[activation])), 0.5 + i)
        outputs.append((draw(st.integers(len(widths) // 2, len(widths) - 1)), output))
    optimizer = draw(st.sampled_from(["SGD", *OPTIMIZERS]))
    seed, weighted = draw(st.integers(0, 2**16)), draw(st.booleans())
    return Graph(inputs, tuple(steps), tuple(outputs), seed, weighted, words, optimizer)

"""The losses: what makes each, and what draws predictions and targets for it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from numpy_ann._typing import Array
from tests.parts import Case
from tests.parts.arrays import (
    Draw,
    any_number,
    distribution,
    labels,
    one_hot,
    positive,
    probability,
    signs,
    yes_or_no,
)

__all__ = ["AT_EDGES", "CASES", "REDUCED", "SHAPE", "LossCase"]

# What the stored numbers are of: this shape of predictions; how the losses become one number, and weights.
SHAPE = (4, 3)
REDUCED: list[tuple[str, list[float] | None]] = [
    ("sum_over_batch_size", None),
    ("sum", [0.5, 2.0, 0.0, 1.5]),
    ("mean_with_sample_weight", [0.5, 2.0, 0.0, 1.5]),
]


@dataclass(frozen=True)
class LossCase(Case):
    """A loss; what draws predictions, and what draws targets."""

    predictions: Draw
    targets: Draw

    @property
    def name(self) -> str:
        return f"{super().name} of {self.predictions.__name__}, {self.targets.__name__}"


def case(predictions: Draw, targets: Draw, name: str, /, *args: Any, **options: Any) -> LossCase:
    return LossCase.of(f"losses.{name}", args, options, predictions, targets)


def quartic(y_true: Array, y_pred: Array) -> tuple[Array, Array]:
    """A loss of a user's own, and its gradient."""
    error = y_pred - y_true
    return np.mean(error**4, axis=-1), 4 * error**3 / error.shape[-1]


CASES = [
    case(probability, yes_or_no, "BinaryCrossentropy"),
    case(probability, probability, "BinaryCrossentropy", label_smoothing=0.2),
    case(any_number, yes_or_no, "BinaryCrossentropy", from_logits=True),
    case(probability, yes_or_no, "BinaryFocalCrossentropy"),
    case(probability, probability, "BinaryFocalCrossentropy", True, 0.3, 0.5),
    case(any_number, yes_or_no, "BinaryFocalCrossentropy", gamma=0.0, from_logits=True),
    case(any_number, probability, "BinaryFocalCrossentropy", True, gamma=3.0, from_logits=True),
    case(positive, distribution, "CategoricalCrossentropy"),
    case(positive, distribution, "CategoricalCrossentropy", label_smoothing=0.2),
    case(any_number, distribution, "CategoricalCrossentropy", from_logits=True),
    case(any_number, distribution, "CategoricalCrossentropy", True, 0.5),
    case(positive, distribution, "CategoricalFocalCrossentropy"),
    case(positive, one_hot, "CategoricalFocalCrossentropy", 0.5, 0.0, label_smoothing=0.1),
    case(any_number, distribution, "CategoricalFocalCrossentropy", from_logits=True),
    case(distribution, labels, "CategoricalGeneralizedCrossEntropy"),
    case(distribution, labels, "CategoricalGeneralizedCrossEntropy", 0.9),
    case(any_number, one_hot, "CategoricalHinge"),
    case(any_number, any_number, "CosineSimilarity"),
    case(probability, yes_or_no, "Dice"),
    case(probability, probability, "Dice", axis=-1),
    LossCase.of("losses.FunctionLoss", (quartic,), {}, any_number, any_number, stored=False),
    case(any_number, signs, "Hinge"),
    case(any_number, yes_or_no, "Hinge"),
    case(any_number, any_number, "Huber"),
    case(any_number, any_number, "Huber", 0.3),
    case(probability, distribution, "KLDivergence"),
    case(any_number, any_number, "LogCosh"),
    case(any_number, any_number, "MeanAbsoluteError"),
    case(any_number, positive, "MeanAbsolutePercentageError"),
    case(any_number, any_number, "MeanSquaredError"),
    case(positive, positive, "MeanSquaredLogarithmicError"),
    case(positive, positive, "Poisson"),
    case(positive, labels, "SparseCategoricalCrossentropy"),
    case(any_number, labels, "SparseCategoricalCrossentropy", from_logits=True),
    case(any_number, signs, "SquaredHinge"),
    case(probability, yes_or_no, "Tversky"),
    case(probability, yes_or_no, "Tversky", 0.3, 0.7, axis=-1),
]


def extreme(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Probabilities that losses clip: 0, 1, and hardly more or less."""
    return np.array([[0.0, 1.0, 0.5], [1.0, 0.0, 1e-9], [1e-8, 1.0, 0.9999], [0.0, 0.0, 1.0]])


def far_off(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Logits whose exponentials are beyond float32."""
    return np.array([[60.0, -60.0, 0.0], [-90.0, 90.0, 1.0], [1000.0, -1000.0, 0.0], [5.0, -5.0, 2.0]])


def ones(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return np.ones(shape)


def large(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return rng.normal(scale=40, size=shape)


def small(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return rng.choice([-0.003, -0.001, 0.002, 0.004], size=shape)


def column(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """One output a sample."""
    return rng.normal(size=(shape[0], 1))


def flat(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Targets without an axis of outputs."""
    return rng.normal(size=shape[0])


# Where formulas are clipped, bent or nearly 0 / 0, Keras' numbers alone are compared.
AT_EDGES = [
    case(extreme, yes_or_no, "BinaryCrossentropy"),
    case(far_off, distribution, "BinaryCrossentropy", from_logits=True, label_smoothing=0.1),
    case(extreme, yes_or_no, "BinaryFocalCrossentropy"),
    case(small, any_number, "CosineSimilarity"),
    case(ones, yes_or_no, "Hinge"),
    case(column, flat, "Huber", 0.4),
    case(probability, one_hot, "KLDivergence"),
    case(large, any_number, "LogCosh"),
    case(column, flat, "MeanSquaredError"),
    case(any_number, positive, "MeanSquaredLogarithmicError"),
    case(positive, any_number, "MeanSquaredLogarithmicError"),
]

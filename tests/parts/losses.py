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

__all__ = ["CASES", "LossCase"]


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
    case(any_number, one_hot, "CategoricalHinge"),
    case(any_number, any_number, "CosineSimilarity"),
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
]

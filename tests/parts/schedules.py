"""The schedules of learning rates."""

from typing import Any

from tests.parts import Case

__all__ = ["CASES", "STEPS"]

STEPS = [0, 1, 2, 3, 4, 5, 7, 9, 10, 11, 14, 20, 21, 25, 30]


def case(name: str, /, *args: Any, **options: Any) -> Case:
    return Case.of(f"optimizers.schedules.{name}", args, options)


CASES = [
    case("ExponentialDecay", 0.1, 10, 0.5),
    case("ExponentialDecay", 0.1, decay_steps=10, decay_rate=0.5, staircase=True),
    case("InverseTimeDecay", 0.1, 10, 0.5),
    case("InverseTimeDecay", 0.1, decay_steps=7, decay_rate=2.0, staircase=True),
    case("PiecewiseConstantDecay", [3, 10], [0.1, 0.05, 0.01]),
    case("PolynomialDecay", 0.1, 20),
    case("PolynomialDecay", 0.1, 7, end_learning_rate=0.01, power=2.0, cycle=True),
    case("CosineDecay", 0.1, 20, 0.1),
    case("CosineDecay", 0.01, 20, warmup_target=0.2, warmup_steps=5),
    case("CosineDecayRestarts", 0.1, 3),
    case("CosineDecayRestarts", 0.1, 5, t_mul=1.0, m_mul=0.5, alpha=0.1),
    case("CosineDecayRestarts", 0.1, 4, t_mul=1.5),
]

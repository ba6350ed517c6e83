"""The regularizers."""

from typing import Any

from tests.parts import Case

__all__ = ["CASES"]


def case(name: str, /, *args: Any, **options: Any) -> Case:
    return Case.of(f"regularizers.{name}", args, options)


CASES = [
    case("L1", 0.1),
    case("L2", 0.2),
    case("L1L2", 0.3, 0.4),
    case("L1L2", l2=0.5),
    case("OrthogonalRegularizer", 0.3),
    case("OrthogonalRegularizer", mode="columns"),
]

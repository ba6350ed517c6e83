"""The constraints."""

from typing import Any

from tests.parts import Case

__all__ = ["CASES"]


def case(name: str, /, *args: Any, **options: Any) -> Case:
    return Case.of(f"constraints.{name}", args, options)


CASES = [
    case("MaxNorm"),
    case("MaxNorm", 3.0, 1),
    case("MinMaxNorm"),
    case("MinMaxNorm", 0.1, 0.2, 0.3),
    case("NonNeg"),
    case("UnitNorm"),
    case("UnitNorm", [0, 1]),
]

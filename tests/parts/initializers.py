"""The initializers."""

from typing import Any

from tests.parts import Case

__all__ = ["CASES"]


def case(name: str, /, *args: Any, **options: Any) -> Case:
    return Case.of(f"initializers.{name}", args, options)


CASES = [
    case("Constant", 0.3),
    case("GlorotNormal"),
    case("GlorotUniform", seed=3),
    case("HeNormal", seed=0),
    case("HeUniform"),
    case("Identity", 0.5),
    case("LecunNormal"),
    case("LecunUniform"),
    case("Ones"),
    case("Orthogonal", 2.0, seed=4),
    case("RandomNormal", 1.0, 0.2),
    case("RandomUniform", -1.0, 2.0, seed=1),
    case("TruncatedNormal", 0.5, 0.1),
    case("VarianceScaling", 3.0, "fan_out", "untruncated_normal", seed=7),
    case("Zeros"),
]

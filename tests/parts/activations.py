"""The activation functions: each as it is, and some with options."""

from typing import Any

from numpy_ann import activations
from numpy_ann.activations import ActivationFunction
from tests.parts import Case, names

__all__ = ["CASES", "DY", "Z", "function_of"]

# What the stored numbers are of: inputs far and near, corners among them, and gradients of the outputs.
Z = [[[-20.0, -4.0, -2.5, -0.9, -0.3, 0.0], [0.1, 0.6, 0.8, 2.2, 4.0, 9.0]]]
DY = [[[-1.0, -0.8, -0.6, -0.45, -0.3, -0.1], [0.1, 0.25, 0.45, 0.6, 0.8, 1.0]]]


def case(name: str, **options: Any) -> Case:
    return Case.of(f"activations.{name}", (), options)


def function_of(case: Case) -> ActivationFunction:
    """Return the function with its options."""
    found: ActivationFunction = case.part.find()
    return found.with_options(**case.part.options)


# Every function stands in the package under its own name.
PLAIN = [
    case(name) for name in activations.__all__ if isinstance(getattr(activations, name), ActivationFunction)
]
CASES = [
    *PLAIN,
    case("relu", negative_slope=0.3),
    case("relu", max_value=2.0),
    case("relu", negative_slope=0.1, max_value=1.5, threshold=0.5),
    case("leaky_relu", negative_slope=0.01),
    case("elu", alpha=0.7),
    case("celu", alpha=2.0),
    case("gelu", approximate=True),
    case("soft_shrink", threshold=0.2),
    case("squareplus", b=1.0),
    case("softmax", axis=1),
    Case.of("activations.log_softmax", (), {"axis": (1, 2)}, stored=False),  # Keras takes one axis
]
assert names(CASES) == names(PLAIN)

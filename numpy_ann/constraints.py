"""Bounds that weights are brought back to after every training step."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.lookup import by_name, concrete_classes
from numpy_ann.part import Described
from numpy_ann.validation import checked_axes, checked_number, is_integer

__all__ = [
    "Constraint", "MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm", "get", "max_norm", "min_max_norm", "non_neg",
    "unit_norm",
]  # fmt: skip

Axis: TypeAlias = int | Sequence[int]


class Constraint(Described):
    """A projection of weights: ``constraint(w)`` returns new ones of the same shape and dtype."""

    @abstractmethod
    def __call__(self, w: Array) -> Array:
        """Return the weights that are to replace ``w``."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v}' for k, v in self.get_config().items())})"


ConstraintLike: TypeAlias = str | Constraint | None


class NonNeg(Constraint):
    """``w = max(w, 0)``.

    >>> NonNeg()(np.array([[3.0], [-4.0]]))
    array([[3.],
           [0.]])
    """

    def __call__(self, w: Array) -> Array:
        return np.maximum(w, 0)


class _Norm(Constraint):
    """``w = w desired(norm) / (norm + 1e-7)`` with ``norm = sqrt(sum of w^2 along axis)``, of each unit."""

    def __init__(self, axis: Axis = 0) -> None:
        self.axis = checked_axes("axis", axis)
        self._axes = (self.axis,) if isinstance(self.axis, int) else tuple(self.axis)

    @abstractmethod
    def desired(self, norms: Array) -> Array | float:
        """Return the lengths that are to replace ``norms``."""

    def __call__(self, w: Array) -> Array:
        norms = np.sqrt(np.sum(np.square(w), axis=self._axes, keepdims=True))
        scale: Array = self.desired(norms) / (norms + 1e-7)  # Keras' epsilon: of zeros, no division by zero
        return w * scale


class MaxNorm(_Norm):
    """Each unit's incoming weights have a length of ``max_value`` at most.

    ``w = w min(norm, max_value) / (norm + 1e-7)``, with ``norm`` the length so far.

    Parameters
    ----------
    max_value : float
        The largest length.
    axis : int or list of int
        Along which the length is taken; 0 of a dense layer's kernel ``(inputs, units)``.

    Source: Srivastava et al., "Dropout", JMLR 15 (2014), section 5.1.

    >>> MaxNorm(1.0)(np.array([[3.0, 0.3], [4.0, 0.4]])).round(6)
    array([[0.6, 0.3],
           [0.8, 0.4]])
    """

    def __init__(self, max_value: float = 2, axis: Axis = 0) -> None:
        super().__init__(axis)
        self.max_value = _bound("max_value", max_value)

    def desired(self, norms: Array) -> Array:
        return np.clip(norms, 0, self.max_value)


class UnitNorm(_Norm):
    """Each unit's incoming weights have a length of 1; ``axis`` as for ``MaxNorm``.

    ``w = w / (norm + 1e-7)``, with ``norm`` the length so far.

    >>> UnitNorm()(np.array([[3.0], [-4.0]])).round(6)
    array([[ 0.6],
           [-0.8]])
    """

    def desired(self, norms: Array) -> float:
        return 1.0


class MinMaxNorm(_Norm):
    """Each unit's incoming weights have a length from ``min_value`` to ``max_value``, or go there by steps.

    ``w = w desired / (norm + 1e-7)``, ``desired = rate clip(norm, min_value, max_value) + (1 - rate) norm``.

    Parameters
    ----------
    min_value, max_value : float
        The bounds.
    rate : float
        How much of the way to the bound is gone at each step: 1 for all of it.
    axis : int or list of int
        As for ``MaxNorm``.

    >>> MinMaxNorm(0.0, 1.0)(np.array([[3.0], [-4.0]])).round(6)
    array([[ 0.6],
           [-0.8]])
    """

    def __init__(
        self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: Axis = 0
    ) -> None:
        super().__init__(axis)
        self.min_value, self.max_value = _bound("min_value", min_value), _bound("max_value", max_value)
        self.rate = _bound("rate", rate)

    def desired(self, norms: Array) -> Array:
        return self.rate * np.clip(norms, self.min_value, self.max_value) + (1 - self.rate) * norms


def _bound(name: str, value: Any) -> float:
    """Return a finite number; as it is, if it is Python's own, as files and messages show it."""
    number = checked_number(name, value)
    return int(value) if is_integer(value) else number


max_norm, min_max_norm, non_neg, unit_norm = MaxNorm, MinMaxNorm, NonNeg, UnitNorm  # Keras' other names

_BY_NAME: dict[str, type[Constraint]] = concrete_classes(__all__, globals())


@by_name("constraint", Constraint, _BY_NAME, none=True)
def get(identifier: str | Constraint | type[Constraint] | None) -> Constraint | None:
    """Return the constraint of that name, or itself; ``None`` stays ``None``.

    Raises ``ValueError`` if there is none of that name.

    >>> get("max_norm")
    MaxNorm(max_value=2, axis=0)
    """
    if isinstance(identifier, type) and issubclass(identifier, Constraint):
        return identifier()
    if callable(identifier):
        return identifier  # a function w -> w
    raise ValueError(f"A constraint is a name, a Constraint, a function or None. Received: {identifier!r}")

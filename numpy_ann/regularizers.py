"""Penalties on large weights or activities, added to the loss."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Self

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.lookup import concrete_classes, find
from numpy_ann.validation import checked_number

__all__ = ["L1", "L1L2", "L2", "Regularizer", "get", "l1", "l1_l2", "l2"]


class Regularizer(ABC):
    """A penalty ``R(w)`` and its gradient; shapes: any, the gradient having that of ``w``."""

    @abstractmethod
    def __call__(self, w: Array) -> float:
        """Return ``R(w)``, to be added to the loss."""

    @abstractmethod
    def gradient(self, w: Array) -> Array:
        """Return ``dR/dw``."""

    @abstractmethod
    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this regularizer anew."""

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make the regularizer that ``get_config`` described."""
        return cls(**config)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v}' for k, v in self.get_config().items())})"


class L1L2(Regularizer):
    """The sum of both penalties: on sizes, which makes small weights 0, and on squares.

    ::

        R(w) = l1 sum |w| + l2 sum w^2          dR/dw = l1 sign(w) + 2 l2 w

    Parameters
    ----------
    l1, l2 : float
        Factors of 0 or more. The name ``"l1_l2"`` means 0.01 for both, as in Keras 2; ``"L1L2"`` is the class
        with its defaults, as in Keras 2 and 3, and ``regularizers.l1_l2`` the class, as in Keras 3.

    Raises
    ------
    ValueError
        If a factor isn't a finite number of 0 or more.

    Source: Goodfellow, Bengio and Courville, "Deep Learning" (2016), section 7.1; Keras leaves out the half.

    Examples
    --------
    >>> w = np.array([1.0, -2.0])
    >>> L1L2(l1=0.5, l2=0.25)(w)
    2.75
    >>> L1L2(l1=0.5, l2=0.25).gradient(w)
    array([ 1. , -1.5])
    """

    def __init__(self, l1: float | None = 0.0, l2: float | None = 0.0) -> None:
        self.l1, self.l2 = _factor("l1", l1, 0.0), _factor("l2", l2, 0.0)

    def __call__(self, w: Array) -> float:
        """Return ``R(w)``."""
        penalty = 0.0
        if self.l1:
            penalty += self.l1 * float(np.abs(w).sum())
        if self.l2:
            penalty += self.l2 * float(np.square(w).sum())
        return penalty

    def gradient(self, w: Array) -> Array:
        """Return ``l1 sign(w) + 2 l2 w``."""
        gradient = np.multiply(w, 2 * self.l2)
        if self.l1:
            gradient += self.l1 * np.sign(w)
        return gradient

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this regularizer anew."""
        return {"l1": self.l1, "l2": self.l2}


class L1(L1L2):
    """``R(w) = l1 sum |w|``; see ``L1L2``.

    Examples
    --------
    >>> L1(0.5)(np.array([3.0, -4.0])), L1(0.5).gradient(np.array([3.0, -4.0]))
    (3.5, array([ 0.5, -0.5]))
    """

    def __init__(self, l1: float | None = 0.01) -> None:
        super().__init__(_factor("l1", l1, 0.01), 0.0)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this regularizer anew."""
        return {"l1": self.l1}


class L2(L1L2):
    """``R(w) = l2 sum w^2``; see ``L1L2``.

    Examples
    --------
    >>> L2(0.1)(np.array([3.0, -4.0])), L2(0.1).gradient(np.array([3.0, -4.0]))
    (2.5, array([ 0.6, -0.8]))
    """

    def __init__(self, l2: float | None = 0.01) -> None:
        super().__init__(0.0, _factor("l2", l2, 0.01))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this regularizer anew."""
        return {"l2": self.l2}


def _factor(name: str, value: Any, default: float) -> float:
    return checked_number(name, default if value is None else value, least=0)


l1, l2, l1_l2 = L1, L2, L1L2  # Keras' other names for them

_BY_NAME: dict[str, Callable[[], Regularizer]] = concrete_classes(__all__, globals()) | {
    "l1_l2": lambda: L1L2(0.01, 0.01)
}


def get(identifier: str | Regularizer | type[Regularizer] | None) -> Regularizer | None:
    """Return the regularizer of that name, or itself; ``None`` stays ``None``.

    Raises
    ------
    ValueError
        If there is none of that name.

    Examples
    --------
    >>> get("l2"), get("l1_l2"), get("L1L2")
    (L2(l2=0.01), L1L2(l1=0.01, l2=0.01), L1L2(l1=0.0, l2=0.0))
    """
    if identifier is None or isinstance(identifier, Regularizer):
        return identifier
    if isinstance(identifier, str):
        return find("regularizer", identifier, _BY_NAME)()
    if isinstance(identifier, type) and issubclass(identifier, Regularizer):
        return identifier()
    raise ValueError(f"A regularizer is a name, a Regularizer or None. Received: {identifier!r}")

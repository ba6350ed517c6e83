"""Penalties on large weights or activities, added to the loss."""

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.lookup import by_name, concrete_classes
from numpy_ann.part import Described
from numpy_ann.recording import here
from numpy_ann.validation import checked_choice, checked_number

__all__ = ["L1", "L1L2", "L2", "OrthogonalRegularizer", "Regularizer", "get", "l1", "l1_l2", "l2"]
__all__ += ["orthogonal_regularizer"]


class Regularizer(Described):
    """A penalty ``R(w)`` and its gradient; shapes: any, the gradient having that of ``w``."""

    def __init_subclass__(cls, **options: Any) -> None:
        """Have the tape derive a formula that comes without its derivative."""
        super().__init_subclass__(**options)
        if "__call__" in vars(cls) and "gradient" not in vars(cls):
            cls.gradient = _by_tape  # type: ignore[method-assign]

    @abstractmethod
    def __call__(self, w: Array) -> Any:
        """Return ``R(w)``, to be added to the loss."""

    def gradient(self, w: Array) -> Array:
        """Return ``dR/dw``; left out, the tape derives ``__call__``."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v}' for k, v in self.get_config().items())})"


RegularizerLike: TypeAlias = str | Regularizer | None


def _by_tape(self: Regularizer, w: Array) -> Array:
    from numpy_ann.ops.gradient_tape import pulled_back

    value, pull = pulled_back(self, w)
    return pull(np.ones_like(value))[0]  # type: ignore[no-any-return]


class _FunctionRegularizer(Regularizer):
    """A function ``R(w)`` of one's own."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function

    def __call__(self, w: Array) -> Any:
        return _number(self.function(w))


def _number(penalty: Any) -> Any:
    return penalty if here.tapes else float(penalty)


class L1L2(Regularizer):
    """The sum of both penalties: on sizes, which makes small weights 0, and on squares.

    ::

        R(w) = l1 sum |w| + l2 sum w^2          dR/dw = l1 sign(w) + 2 l2 w

    Parameters
    ----------
    l1, l2 : float
        Factors of 0 or more. The name ``"l1_l2"`` means 0.01 for both, as in Keras 2; ``"L1L2"`` is the class
        with its defaults, as in Keras 2 and 3, and ``regularizers.l1_l2`` the class, as in Keras 3.

    Source: Goodfellow, Bengio and Courville, "Deep Learning" (2016), section 7.1; Keras leaves out the half.

    >>> w = np.array([1.0, -2.0])
    >>> L1L2(l1=0.5, l2=0.25)(w)
    2.75
    >>> L1L2(l1=0.5, l2=0.25).gradient(w)
    array([ 1. , -1.5])
    """

    def __init__(self, l1: float | None = 0.0, l2: float | None = 0.0) -> None:
        self.l1, self.l2 = _factor("l1", l1, 0.0), _factor("l2", l2, 0.0)

    def __call__(self, w: Array) -> float:
        penalty = 0.0
        if self.l1:
            penalty += self.l1 * _number(np.abs(w).sum())
        if self.l2:
            penalty += self.l2 * _number(np.square(w).sum())
        return penalty

    def gradient(self, w: Array) -> Array:
        gradient = np.multiply(w, 2 * self.l2)
        if self.l1:
            gradient += self.l1 * np.sign(w)
        return gradient


class L1(L1L2):
    """``R(w) = l1 sum |w|``; see ``L1L2``.

    >>> L1(0.5)(np.array([3.0, -4.0])), L1(0.5).gradient(np.array([3.0, -4.0]))
    (3.5, array([ 0.5, -0.5]))
    """

    def __init__(self, l1: float | None = 0.01) -> None:
        super().__init__(_factor("l1", l1, 0.01), 0.0)


class L2(L1L2):
    """``R(w) = l2 sum w^2``; see ``L1L2``.

    >>> L2(0.1)(np.array([3.0, -4.0])), L2(0.1).gradient(np.array([3.0, -4.0]))
    (2.5, array([ 0.6, -0.8]))
    """

    def __init__(self, l2: float | None = 0.01) -> None:
        super().__init__(0.0, _factor("l2", l2, 0.01))


class OrthogonalRegularizer(Regularizer):
    """A penalty on rows, or columns, of a matrix that are not orthogonal to each other.

    ::

        R(W) = factor / pairs * sum over pairs i < j of |n_i n_j|          n_i = W_i / |W_i|
        dn_i = factor / pairs * sum of sign(n_i n_j) n_j          dR/dW_i = (dn_i - n_i (dn_i n_i)) / |W_i|

    A single row has nobody to be orthogonal to: 0.

    Raises ``ValueError`` when called, if there aren't two axes.

    Parameters
    ----------
    factor : float
        Of 0 or more.
    mode : {"rows", "columns"}
        What of the matrix the vectors are.

    Source: Keras 3, keras.regularizers.OrthogonalRegularizer.

    >>> OrthogonalRegularizer(0.5)(np.array([[2.0, 0.0], [3.0, 4.0]]))  # 0.5 (0.6)
    0.3
    """

    def __init__(self, factor: float = 0.01, mode: str = "rows") -> None:
        self.factor = checked_number("factor", factor, least=0)
        self.mode = checked_choice("mode", mode, ("rows", "columns"))

    def _vectors(self, w: Array) -> tuple[Array, Array, Array]:
        """Return the vectors as rows of length 1, what they are divided by, and their products' signs."""
        if np.ndim(w) != 2:
            raise ValueError(
                f"OrthogonalRegularizer reads matrices, of two axes. Received: shape={np.shape(w)}"
            )
        rows = np.asarray(w) if self.mode == "rows" else np.asarray(w).T
        lengths = np.sqrt(np.maximum(np.square(rows).sum(axis=1, keepdims=True), 1e-24))
        unit = rows / lengths
        products = unit @ unit.T
        np.fill_diagonal(products, 0)
        return unit, lengths, products

    def __call__(self, w: Array) -> float:
        unit, _, products = self._vectors(w)
        return self.factor * float(np.abs(products).sum()) / max(len(unit) * (len(unit) - 1), 1)

    def gradient(self, w: Array) -> Array:
        unit, lengths, products = self._vectors(w)
        dn = np.sign(products) @ unit
        dn *= 2 * self.factor / max(len(unit) * (len(unit) - 1), 1)
        rows: Array = (dn - unit * (dn * unit).sum(axis=1, keepdims=True)) / lengths
        return rows if self.mode == "rows" else rows.T


def _factor(name: str, value: Any, default: float) -> float:
    return checked_number(name, default if value is None else value, least=0)


l1, l2, l1_l2 = L1, L2, L1L2  # Keras' other names for them
orthogonal_regularizer = OrthogonalRegularizer

_BY_NAME: dict[str, Callable[[], Regularizer]] = {
    **concrete_classes(__all__, globals()),
    "l1_l2": lambda: L1L2(0.01, 0.01),
}


@by_name("regularizer", Regularizer, _BY_NAME, none=True)
def get(identifier: str | Regularizer | type[Regularizer] | None) -> Regularizer | None:
    """Return the regularizer of that name, or itself; ``None`` stays ``None``.

    Raises ``ValueError`` if there is none of that name.

    >>> get("l2"), get("l1_l2"), get("L1L2")
    (L2(l2=0.01), L1L2(l1=0.01, l2=0.01), L1L2(l1=0.0, l2=0.0))
    """
    if isinstance(identifier, type) and issubclass(identifier, Regularizer):
        return identifier()
    if callable(identifier):
        return _FunctionRegularizer(identifier)
    raise ValueError(f"A regularizer is a name, a Regularizer, a function or None. Received: {identifier!r}")

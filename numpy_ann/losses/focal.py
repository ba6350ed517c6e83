"""The focal losses: cross-entropy that leaves what is learned already and attends to what is hard."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.activations import softmax
from numpy_ann.losses.binary import BinaryLoss, Elements
from numpy_ann.losses.categorical import LossOfDistributions
from numpy_ann.losses.loss import EPSILON
from numpy_ann.validation import checked_bool, checked_number

__all__ = ["BinaryFocalCrossentropy", "CategoricalFocalCrossentropy"]


class BinaryFocalCrossentropy(BinaryLoss):
    """Cross-entropy times a factor that is small where the prediction is good.

    With ``c`` the cross-entropy of one output (see ``BinaryLoss``) and ``p_t`` the probability given to what
    is true::

        p_t = y p + (1 - y)(1 - p)              f = (1 - p_t)^gamma
        e = f c                                 de = f dc - gamma (1 - p_t)^(gamma - 1) (2 y - 1) dp c

    times ``alpha`` for yes and ``1 - alpha`` for no if ``apply_class_balancing``.

    Parameters
    ----------
    apply_class_balancing : bool
        Whether yes and no weigh differently.
    alpha : float
        The weight of yes, from 0 to 1.
    gamma : float
        How much less good predictions count; 0 or more. 0 is plain cross-entropy.

    Source: Lin et al., "Focal Loss for Dense Object Detection" (2017), equations 4 and 5.

    >>> round(BinaryFocalCrossentropy()(np.array([1, 0]), np.array([[0.75], [0.25]])), 5)
    0.01798
    """

    options = (*BinaryLoss.options, "apply_class_balancing", "alpha", "gamma")

    def __init__(
        self, apply_class_balancing: bool = False, alpha: float = 0.25, gamma: float = 2.0,
        from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(from_logits, label_smoothing, axis, **options)
        self.apply_class_balancing = checked_bool("apply_class_balancing", apply_class_balancing)
        self.alpha = checked_number("alpha", alpha, least=0)
        self.gamma = checked_number("gamma", gamma, least=0)

    def of_elements(self, e: Elements) -> Array:
        return self._weight(e.y) * self._missing(e) ** self.gamma * e.c

    def slope_of_elements(self, e: Elements) -> Array:
        missing = self._missing(e)
        df = -_power_slope(missing, self.gamma) * (2 * e.y - 1) * e.dp
        return self._weight(e.y) * (missing**self.gamma * e.dc + df * e.c)

    def _missing(self, e: Elements) -> Array:
        return 1 - (e.y * e.p + (1 - e.y) * (1 - e.p))

    def _weight(self, y: Array) -> Array | float:
        return y * self.alpha + (1 - y) * (1 - self.alpha) if self.apply_class_balancing else 1.0


class CategoricalFocalCrossentropy(LossOfDistributions):
    """Categorical cross-entropy times a factor that is small where the prediction is good.

    With ``p = q / sum(q)`` of predictions ``q``, kept within ``[1e-7, 1 - 1e-7]``, or ``p = softmax(q)`` from
    logits::

        l = -sum_j alpha_j y_j (1 - p_j)^gamma log p_j
        dl/dp_j = alpha_j y_j (gamma (1 - p_j)^(gamma - 1) log p_j - (1 - p_j)^gamma / p_j)
        dl/dq_j = (dl/dp_j - sum_k p_k dl/dp_k) / sum(q), or from logits that times p_j sum(q)

    Shapes: both ``(batch, ..., classes)``. Other parameters: see ``CategoricalCrossentropy``.

    Parameters
    ----------
    alpha : float or sequence of float
        The weight of all classes, or of each.
    gamma : float
        How much less good predictions count; 0 or more.

    Source: Lin et al., "Focal Loss for Dense Object Detection" (2017), equation 5.

    >>> round(CategoricalFocalCrossentropy()(np.array([[0.0, 1.0]]), np.array([[0.25, 0.75]])), 6)
    0.004495
    """

    options = ("alpha", "gamma", *LossOfDistributions.options)

    def __init__(
        self, alpha: float | Sequence[float] = 0.25, gamma: float = 2.0, from_logits: bool = False,
        label_smoothing: float = 0.0, axis: int = -1, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(from_logits, label_smoothing, axis, **options)
        if isinstance(alpha, Sequence | np.ndarray):
            self.alpha: float | list[float] = [checked_number("alpha", a, least=0) for a in alpha]
        else:
            self.alpha = checked_number("alpha", alpha, least=0)
        self.gamma = checked_number("gamma", gamma, least=0)

    def per_sample(self, y_pred: Array, y_true: Array) -> Array:
        weighted, p, _ = self._parts(y_pred, y_true)
        p = np.clip(p, EPSILON, 1 - EPSILON)
        return -(weighted * (1 - p) ** self.gamma * np.log(p)).sum(axis=-1)

    def gradient(self, y_pred: Array, y_true: Array, *, out: Array | None = None) -> Array:
        """Return ``dl/dq``; 0 where the bound on ``p`` took hold."""
        weighted, p, scale = self._parts(y_pred, y_true)
        inside = (p >= EPSILON) & (p <= 1 - EPSILON)
        q = np.where(inside, p, 0.5)
        dp = _power_slope(1 - q, self.gamma) * np.log(q) - (1 - q) ** self.gamma / q
        dp = np.where(inside, weighted * dp, 0)
        return np.multiply(dp - (dp * p).sum(axis=-1, keepdims=True), scale, out=out)

    def _parts(self, y_pred: Array, y_true: Array) -> tuple[Array, Array, Array]:
        """Return ``alpha y``, ``p`` and what turns ``dp - sum(p dp)`` into the gradient."""
        weighted = self.smoothed(y_true) * np.asarray(self.alpha, y_pred.dtype)
        if self.from_logits:
            p = softmax(y_pred)
            return weighted, p, p
        total = y_pred.sum(axis=-1, keepdims=True)
        return weighted, y_pred / total, 1 / total

    def check_targets(self, y_true: Array, output_shape: tuple[int, ...]) -> None:
        super().check_targets(y_true, output_shape)
        if isinstance(self.alpha, list) and len(self.alpha) != output_shape[-1]:
            raise ValueError(
                f"`alpha` has {len(self.alpha)} weights, and the model {output_shape[-1]} outputs. "
                "Give one number for all, or one for each."
            )


def _power_slope(base: Array, gamma: float) -> Array | float:
    """Return the derivative of ``base ** gamma``; 0 at 0, where it is infinite for ``gamma`` below 1."""
    if gamma == 0:
        return 0.0
    return gamma * np.where(base > 0, np.where(base > 0, base, 1) ** (gamma - 1), float(gamma == 1))

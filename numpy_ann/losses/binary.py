"""Losses of outputs that each are the probability of a yes, and the focal ones."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from numpy_ann._typing import Array, divide, mean, multiply, summed
from numpy_ann.activations import softmax
from numpy_ann.losses.categorical import LossOfDistributions
from numpy_ann.losses.logits import sigmoid_crossentropy
from numpy_ann.losses.loss import EPSILON, LossOfProbabilities
from numpy_ann.losses.targets import aligned
from numpy_ann.validation import checked_bool, checked_number


class Elements(NamedTuple):
    """Targets, probabilities, cross-entropy; derivatives of ``c`` and ``p`` by the logit, or by ``p``."""

    y: Array
    p: Array
    c: Array
    dc: Array
    dp: Array | float


class BinaryLoss(LossOfProbabilities):
    """The mean over a sample's outputs of a loss made of cross-entropy: for one yes or no, or several.

    The cross-entropy ``c`` comes from probabilities ``p``, kept within ``[1e-7, 1 - 1e-7]``::

        c = -y log p - (1 - y) log(1 - p)       dc/dp = (1 - y) / (1 - p) - y / p

    or from logits ``z``, as ``sigmoid_crossentropy`` derives. Behind a sigmoid, training uses the second form
    on the sigmoid's input, as TensorFlow does.
    Shapes: ``y_pred`` is ``(batch, ..., outputs)``, ``y_true`` the same, or ``(batch, ...)`` for one output.
    """

    _classes = 2

    @abstractmethod
    def of_elements(self, e: Elements) -> Array:
        """Return the loss of each output."""

    @abstractmethod
    def slope_of_elements(self, e: Elements) -> Array:
        """Return its derivative with respect to what ``e.dc`` and ``e.dp`` are with respect to."""

    def of_logits(self, z: Array, y_true: Array, *, out: Array | None = None) -> tuple[Array, Elements]:
        """Return ``l`` from logits, and what ``gradient_of`` needs; the probabilities go to ``out``."""
        y = self.smoothed(aligned(y_true, z))
        c, p = sigmoid_crossentropy(z, y, out=out)
        e = Elements(y, p, c, p - y, p * (1 - p))
        return self.of_elements(e).mean(axis=-1), e

    def gradient_of(self, e: Elements, *, out: Array | None = None) -> Array:
        """Return ``dl`` of the elements."""
        return divide(self.slope_of_elements(e), e.p.shape[-1], out=out)

    def per_sample(self, y_pred: Array, y_true: Array) -> Array:
        if self.from_logits:
            return self.of_logits(y_pred, y_true)[0]
        return mean(self.of_elements(self._of_probabilities(y_pred, y_true)), axis=-1)

    def gradient(self, y_pred: Array, y_true: Array, *, out: Array | None = None) -> Array:
        """Return ``dl/dp``, or ``dl/dz`` from logits; nothing passes through ``c`` at its bounds."""
        e = self.of_logits(y_pred, y_true)[1] if self.from_logits else self._of_probabilities(y_pred, y_true)
        return self.gradient_of(e, out=out)

    def _of_probabilities(self, p: Array, y_true: Array) -> Elements:
        y = self.smoothed(y_true)
        q = np.clip(p, EPSILON, 1 - EPSILON)
        c = -y * np.log(q) - (1 - y) * np.log(1 - q)
        return Elements(y, p, c, np.where(p == q, (1 - y) / (1 - q) - y / q, 0), 1.0)

    def check_targets(self, y_true: Array, output_shape: tuple[int, ...]) -> None:
        super().check_targets(y_true, output_shape)
        low, high = y_true.min(initial=0), y_true.max(initial=1)
        if low < 0 or high > 1:  # of NaN, training says where it comes from
            raise ValueError(
                f"Targets of {self.name} must be from 0 to 1, but they range from {low} to {high}. For "
                "labels -1 and 1 use (y + 1) / 2 or a hinge loss; for several classes a categorical loss."
            )


class BinaryCrossentropy(BinaryLoss):
    """The surprise at a yes or no: minus the logarithm of the probability that was given to it.

    With ``c`` the cross-entropy of each of ``k`` outputs (see ``BinaryLoss`` for it and the parameters)::

        l = sum_j c_j / k                       dl/dp_j = dc_j/dp_j / k, or from logits dl/dz = (p - y) / k

    Source: Goodfellow, Bengio and Courville, "Deep Learning" (2016), section 6.2.2.2.

    >>> round(BinaryCrossentropy()(np.array([1, 0]), np.array([[0.75], [0.25]])), 4)
    0.2877
    """

    def of_elements(self, e: Elements) -> Array:
        return e.c

    def slope_of_elements(self, e: Elements) -> Array:
        return e.dc


class BinaryFocalCrossentropy(BinaryLoss):
    """Cross-entropy times a factor that is small where the prediction is good.

    With ``c`` the cross-entropy of one output (see ``BinaryLoss``) and ``p_t`` the probability of the truth::

        p_t = y p + (1 - y)(1 - p)              f = (1 - p_t)^gamma
        e = f c                                 de = f dc - gamma (1 - p_t)^(gamma - 1) (2 y - 1) dp c

    times ``alpha`` for yes and ``1 - alpha`` for no if ``apply_class_balancing``.
    Source: Lin et al., "Focal Loss for Dense Object Detection" (2017), equations 4 and 5.

    Parameters
    ----------
    apply_class_balancing : bool
        Whether yes and no weigh differently.
    alpha : float
        The weight of yes, from 0 to 1.
    gamma : float
        How much less good predictions count; 0 or more. 0 is plain cross-entropy.

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
        right: Array = e.y * e.p + (1 - e.y) * (1 - e.p)
        return 1 - right

    def _weight(self, y: Array) -> Array | float:
        return y * self.alpha + (1 - y) * (1 - self.alpha) if self.apply_class_balancing else 1.0


class CategoricalFocalCrossentropy(LossOfDistributions):
    """Categorical cross-entropy times a factor that is small where the prediction is good.

    With ``p = q / sum(q)`` of predictions ``q``, kept in ``[1e-7, 1 - 1e-7]``, or ``softmax(q)`` of logits::

        l = -sum_j alpha_j y_j (1 - p_j)^gamma log p_j
        dl/dp_j = alpha_j y_j (gamma (1 - p_j)^(gamma - 1) log p_j - (1 - p_j)^gamma / p_j)
        dl/dq_j = (dl/dp_j - sum_k p_k dl/dp_k) / sum(q), or from logits that times p_j sum(q)

    Shapes: both ``(batch, ..., classes)``. Other parameters: see ``CategoricalCrossentropy``.
    Source: Lin et al., "Focal Loss for Dense Object Detection" (2017), equation 5.

    Parameters
    ----------
    alpha : float or sequence of float
        The weight of all classes, or of each.
    gamma : float
        How much less good predictions count; 0 or more.

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
        return -summed(weighted * (1 - p) ** self.gamma * np.log(p), axis=-1)

    def gradient(self, y_pred: Array, y_true: Array, *, out: Array | None = None) -> Array:
        """Return ``dl/dq``; 0 where the bound on ``p`` took hold."""
        weighted, p, scale = self._parts(y_pred, y_true)
        inside = (p >= EPSILON) & (p <= 1 - EPSILON)
        q = np.where(inside, p, 0.5)
        dp = _power_slope(1 - q, self.gamma) * np.log(q) - (1 - q) ** self.gamma / q
        dp = np.where(inside, weighted * dp, 0)
        return multiply(dp - (dp * p).sum(axis=-1, keepdims=True), scale, out=out)

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

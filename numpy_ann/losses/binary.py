"""Losses of outputs that each are the probability of a yes."""

from abc import abstractmethod
from typing import NamedTuple

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.losses.logits import LossOfProbabilities, sigmoid_crossentropy
from numpy_ann.losses.loss import EPSILON
from numpy_ann.losses.targets import aligned

__all__ = ["BinaryCrossentropy", "BinaryLoss", "Elements"]


class Elements(NamedTuple):
    """What a binary loss is made of, output by output: arrays of shape ``(batch, ..., outputs)``.

    ``y`` target, ``p`` probability, ``c`` their cross-entropy; ``dc`` and ``dp`` the derivatives of ``c`` and
    ``p``, both with respect to the logit, or both with respect to ``p``.
    """

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
        return np.divide(self.slope_of_elements(e), e.p.shape[-1], out=out)

    def per_sample(self, y_pred: Array, y_true: Array) -> Array:
        if self.from_logits:
            return self.of_logits(y_pred, y_true)[0]
        return self.of_elements(self._of_probabilities(y_pred, y_true)).mean(axis=-1)

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

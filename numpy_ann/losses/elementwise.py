"""Losses that look at each output by itself."""

from abc import abstractmethod

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.losses.loss import Loss
from numpy_ann.losses.targets import check_same_shape

__all__ = ["ElementwiseLoss"]


class ElementwiseLoss(Loss):
    """The mean over a sample's outputs of an error that each output has by itself.

    With ``e`` the error of one output ``p`` for its target ``y``, and ``k`` outputs::

        l = sum_j e(y_j, p_j) / k               dl/dp_j = e'(y_j, p_j) / k

    A loss of this family says what ``e`` and its derivative with respect to ``p`` are.

    Shapes: ``y_pred`` is ``(batch, ..., k)``, ``y_true`` the same, or without the last axis where ``k`` is 1.

    Parameters
    ----------
    reduction, name : str, optional
        See ``Loss``.
    """

    @abstractmethod
    def error(self, y: Array, p: Array) -> Array:
        """Return ``e``, output by output."""

    @abstractmethod
    def slope(self, y: Array, p: Array) -> Array:
        """Return ``de/dp``, output by output."""

    def targets(self, y_true: Array) -> Array:
        """Return what ``error`` and ``slope`` take for ``y``: the targets as they are."""
        return y_true

    def per_sample(self, y_pred: Array, y_true: Array) -> Array:
        """Return ``l``."""
        return self.error(self.targets(y_true), y_pred).mean(axis=-1)

    def gradient(self, y_pred: Array, y_true: Array, *, out: Array | None = None) -> Array:
        """Return ``dl/dp``."""
        return np.divide(self.slope(self.targets(y_true), y_pred), y_pred.shape[-1], out=out)

    def check_targets(self, y_true: Array, output_shape: tuple[int, ...]) -> None:
        """Raise ``ValueError`` unless there is a target for each output."""
        check_same_shape(self.name, y_true, output_shape)

"""The losses of overlap: how much of what is meant and what is predicted coincides, as in segmentation."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from numpy_ann._typing import Array, summed
from numpy_ann.losses.loss import EPSILON, Loss
from numpy_ann.validation import checked_axes, checked_number


class _OverlapLoss(Loss):
    """The base of ``l = 1 - n / d``, with ``n`` and ``d`` sums over ``axis``, or the whole batch if None."""

    options: ClassVar[tuple[str, ...]] = ("axis",)

    def __init__(self, axis: int | Sequence[int] | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.axis = None if axis is None else checked_axes("axis", axis)
        self._axes = None if axis is None else tuple(np.atleast_1d(axis).tolist())

    @abstractmethod
    def _parts(self, y: Array, p: Array) -> tuple[Array, Array, Array | float, Array | float]:
        """Return ``n`` and ``d``, with the axes kept, and the derivatives of both with respect to ``p``."""

    @property
    def sees_batches(self) -> bool:
        return self.axis is None or super().sees_batches

    def _sum(self, x: Array) -> Array:
        return summed(x, axis=self._axes, keepdims=True)

    def per_sample(self, y_pred: Array, y_true: Array) -> Array:
        n, d, *_ = self._parts(y_true, y_pred)
        return np.squeeze(1 - n / d, axis=self._axes)

    def gradient(self, y_pred: Array, y_true: Array, *, out: Array | None = None) -> Array:
        """Return ``dl/dp = -(dn/dp - n/d dd/dp) / d``."""
        n, d, dn, dd = self._parts(y_true, y_pred)
        return np.divide(n / d * dd - dn, d, out=out)

    def check_targets(self, y_true: Array, output_shape: tuple[int, ...]) -> None:
        super().check_targets(y_true, output_shape)
        axes, ndim = self._axes, len(output_shape) + 1
        if axes and any(axis not in range(-ndim, ndim) or axis % ndim == 0 for axis in axes):
            raise ValueError(
                f"`axis` of {self.name} must be None, for the whole batch, or axes of a sample, from "
                f"1 to {ndim - 1} for outputs of {(len(y_true), *output_shape)}. Received: axis={self.axis}"
            )


class Dice(_OverlapLoss):
    """One minus the Dice coefficient: twice what is shared, of all that is in either.

    With sums over ``axis``, and ``y`` and ``p`` from 0 to 1::

        n = 2 sum(y p)          d = sum(y) + sum(p) + 1e-7          l = 1 - n / d
        dn/dp = 2 y             dd/dp = 1                           dl/dp = (n / d - 2 y) / d

    By default the whole batch is one sum, so ``l`` is one number: the mean over batches depends on how they
    are cut, and ``reduction`` plays a part only where there are weights (see ``Loss``). The ``1e-7`` is in
    ``d`` alone: where nothing is meant and nothing predicted, ``l`` is 1, not 0.
    Shapes: both ``(batch, ...)``; ``l`` is a scalar, or the shape without the axes summed over.
    Source: Milletari, Navab and Ahmadi, "V-Net" (2016), section 3, without their squares, as Keras has it.

    Parameters
    ----------
    axis : int or sequence of int, optional
        What to sum over, the batch being axis 0; ``(1, 2)`` gives a number for each sample of two axes.

    >>> round(Dice()(np.array([[1.0, 0.0]]), np.array([[0.5, 0.5]])), 4)
    0.5
    """

    def _parts(self, y: Array, p: Array) -> tuple[Array, Array, Array | float, Array | float]:
        return 2 * self._sum(y * p), self._sum(y) + self._sum(p) + EPSILON, 2 * y, 1.0


class Tversky(_OverlapLoss):
    """One minus the Tversky index: what is shared, of it and the weighted rest of either.

    With sums over ``axis``, and ``y`` and ``p`` from 0 to 1::

        n = sum(y p)            d = n + alpha sum(y (1 - p)) + beta sum(p (1 - y)) + 1e-7
        l = 1 - n / d           dn/dp = y           dd/dp = y - alpha y + beta (1 - y)

    and ``dl/dp = (n / d dd/dp - dn/dp) / d``. With both at 0.5 it is ``Dice``, but for the ``1e-7``;
    batches and ``reduction`` are as there. As Keras computes it, ``alpha`` weighs what is meant and not
    predicted (false negatives), ``beta`` what is predicted and not meant: the paper, and Keras' own
    documentation, have them the other way round.
    Source: Salehi, Erdogmus and Gholipour, "Tversky loss function for image segmentation" (2017), equation 1.

    Parameters
    ----------
    alpha, beta : float
        The weights, 0 or more.
    axis
        As for ``Dice``.

    >>> round(Tversky(alpha=0.0, beta=1.0)(np.array([[1.0, 0.0]]), np.array([[0.5, 0.5]])), 4)
    0.5
    """

    options = ("alpha", "beta", "axis")

    def __init__(
        self, alpha: float = 0.5, beta: float = 0.5, axis: int | Sequence[int] | None = None, **options: Any
    ) -> None:
        super().__init__(axis, **options)
        self.alpha = checked_number("alpha", alpha, least=0)
        self.beta = checked_number("beta", beta, least=0)

    def _parts(self, y: Array, p: Array) -> tuple[Array, Array, Array | float, Array | float]:
        n = self._sum(y * p)
        d = n + self.alpha * self._sum(y * (1 - p)) + self.beta * self._sum(p * (1 - y)) + EPSILON
        return n, d, y, y - self.alpha * y + self.beta * (1 - y)

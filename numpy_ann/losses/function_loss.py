"""A plain function as a loss."""

from collections.abc import Callable
from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.losses.loss import Loss

__all__ = ["FunctionLoss", "LossFunction"]

LossFunction = Callable[[Array, Array], tuple[Array, Array]]
"""Takes ``(y_true, y_pred)``, in Keras' order, and returns ``(losses, gradient)``."""


class FunctionLoss(Loss):
    """A loss of your own, from a function that returns each sample's loss and its gradient.

    ::

        l = function(y_true, y_pred)[0]         dl/dp = function(y_true, y_pred)[1]

    ``function(y_true, y_pred)`` returns ``l``, of shape ``(batch, ...)`` without the last axis, and
    ``dl/dp``, of the shape of ``y_pred``, each sample by itself: the mean over the batch is taken here. Where
    ``l`` is one number for the whole batch, ``dl/dp`` is its derivative.
    ``compile(loss=function)`` and ``check_gradients(model, x, y, function)`` wrap it by themselves.

    Parameters
    ----------
    function : callable
        As above. Targets come in the shape of the predictions.
    **options
        ``reduction``, ``name`` (the function's own): see ``Loss``.

    Raises
    ------
    TypeError
        If ``function`` is no function.
    ValueError
        If it returns something else, when it is called.

    Notes
    -----
    Keras' own functions return the losses alone, and leave the gradient to their backend. A Keras file can't
    hold a function: save such a model as ``.h5`` with ``include_optimizer=False``, or only its weights.

    >>> def quartic(y_true, y_pred):
    ...     error = y_pred - y_true
    ...     return np.mean(error**4, axis=-1), 4 * error**3 / error.shape[-1]
    >>> loss = FunctionLoss(quartic)
    >>> loss.forward(np.array([[3.0]]), np.array([[1.0]])), loss.backward()
    (16.0, array([[32.]]))
    """

    options = ("function",)

    def __init__(self, function: LossFunction, **options: Any) -> None:
        if not callable(function):
            raise TypeError(f"A loss function is a function. Received: {function!r}")
        super().__init__(**{"name": getattr(function, "__name__", type(function).__name__), **options})
        self.function = function

    def per_sample(self, y_pred: Array, y_true: Array) -> Array:
        return self._called(y_pred, y_true)[0]

    def gradient(self, y_pred: Array, y_true: Array, *, out: Array | None = None) -> Array:
        # A copy, for the caller scales it in place.
        gradient = np.empty_like(y_pred) if out is None else out
        gradient[...] = self._called(y_pred, y_true)[1]
        return gradient

    def _called(self, y_pred: Array, y_true: Array) -> tuple[Array, Array]:
        """Return what the function returns, checked."""
        returned = self.function(y_true, y_pred)
        if not isinstance(returned, tuple) or len(returned) != 2:
            raise ValueError(
                f"The loss function {self.name!r} must return a tuple (losses, gradient): there is no "
                f"automatic differentiation here. It returned {type(returned).__name__}."
            )
        losses, gradient = np.asarray(returned[0]), np.asarray(returned[1])
        if losses.shape not in ((), y_pred.shape[:-1]) or gradient.shape != y_pred.shape:
            raise ValueError(
                f"The loss function {self.name!r} must return losses of shape {y_pred.shape[:-1]}, one a "
                f"sample, or one number for the batch, and a gradient of shape {y_pred.shape}. It returned "
                f"the shapes {losses.shape} and {gradient.shape}."
            )
        return losses.astype(y_pred.dtype, copy=False), gradient

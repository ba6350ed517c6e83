"""Losses of one's own, which the tape derives, and the losses of this package where others read them."""

from collections.abc import Callable
from typing import Any

import numpy as np

from numpy_ann import ops as _ops
from numpy_ann._typing import Array, Shape
from numpy_ann.losses.loss import EPSILON, Loss, _beside, _checked_weight
from numpy_ann.ops.array_protocol import OPS
from numpy_ann.ops.gradient_tape import by_hand, pulled_back
from numpy_ann.ops.tape import Traced, plain
from numpy_ann.recording import unrecorded

ops: Any = _ops  # rows of formulas, which say no types


def derive_by_tape(cls: type[Loss]) -> None:
    """Make training use the class' own ``call(y_true, y_pred)``, of ops, NumPy's functions and operators."""
    for method in (check_targets, per_sample, gradient, forward, backward):
        if method.__name__ not in vars(cls):
            setattr(cls, method.__name__, method)
    # Copies leave out what the last batch left.
    cls.__getstate__ = lambda self: {**vars(self), "_pull": None, "_last": None}  # type: ignore[method-assign]


def check_targets(self: Any, y_true: Array, output_shape: Shape) -> None:
    """Take any targets: what fits, only ``call`` knows."""


def per_sample(self: Any, y_pred: Array, y_true: Array) -> Array:
    """Return ``l``."""
    return np.asarray(self.call(y_true, y_pred))


def gradient(self: Any, y_pred: Array, y_true: Array, *, out: Array | None = None) -> Array:
    """Return ``dl/dy_pred``, summed over samples that depend on each other."""
    losses, pull = pulled_back(lambda p: self.call(y_true, p), y_pred)
    losses = self.checked_losses(np.asarray(losses), y_pred)
    found = np.empty_like(y_pred) if out is None else out
    found[...] = pull(np.ones_like(losses))[0]
    return found


def forward(self: Any, y_pred: Array, y_true: Array, sample_weight: Array | None = None) -> float:
    """Return ``L``; the tape keeps what ``backward`` needs."""
    y_pred, y_true = self.paired(y_pred, y_true)
    losses, self._pull = pulled_back(lambda p: self.call(y_true, p), y_pred)
    losses = self.checked_losses(np.asarray(losses), y_pred)
    self._last = y_pred, y_true, sample_weight, losses.shape
    return float(self.reduce(losses, sample_weight))


def backward(self: Any, *, out: Array | None = None) -> Array:
    """Return ``dL / dy_pred`` of the last ``forward``."""
    y_pred, _, sample_weight, shape = self._last
    pull, self._pull = self._pull, None
    if not pull.follows:
        raise ValueError(
            f"The loss {self.name!r} depends on the predictions by nothing that has a derivative: use "
            "numpy_ann.ops, NumPy's functions and operators on y_pred, and no steps such as argmax and round."
        )
    gradient: Array = pull(self.scale_gradient(np.ones(shape, y_pred.dtype), sample_weight, shape))[0]
    return gradient


def _clipped(p: Any) -> Any:
    return ops.clip(p, EPSILON, 1 - EPSILON)


def _log(own: Any, p: Any) -> Any:
    """Return the logarithms of probabilities, or of the softmax of logits."""
    if own.from_logits:
        return ops.log_softmax(p, axis=-1)
    return ops.log(_clipped(p / ops.sum(p, axis=-1, keepdims=True)))


def _binary(own: Any, t: Any, p: Any) -> Any:
    t = own.smoothed(t)
    log_p = ops.log_sigmoid(p) if own.from_logits else ops.log(_clipped(p))
    log_q = ops.log_sigmoid(-p) if own.from_logits else ops.log(1 - _clipped(p))
    return -ops.mean(t * log_p + (1 - t) * log_q, axis=-1)


def _huber(own: Any, t: Any, p: Any) -> Any:
    far, e = np.abs(plain(t) - plain(p)) > own.delta, ops.abs(p - t)
    return ops.mean(ops.where(far, own.delta * (e - own.delta / 2), e**2 / 2), axis=-1)


FORMULAS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "MeanSquaredError": lambda own, t, p: ops.mean((t - p) ** 2, axis=-1),
    "MeanAbsoluteError": lambda own, t, p: ops.mean(ops.abs(t - p), axis=-1),
    "MeanSquaredLogarithmicError": lambda own, t, p: ops.mean(
        (ops.log(1 + t) - ops.log(1 + p)) ** 2, axis=-1
    ),
    "LogCosh": lambda own, t, p: ops.mean(ops.log(ops.cosh(p - t)), axis=-1),
    "Huber": _huber,
    "Poisson": lambda own, t, p: ops.mean(p - t * ops.log(p + EPSILON), axis=-1),
    "CosineSimilarity": lambda own, t, p: -ops.sum(ops.normalize(t, -1) * ops.normalize(p, -1), axis=-1),
    "KLDivergence": lambda own, t, p: ops.sum(_clipped(t) * ops.log(_clipped(t) / _clipped(p)), axis=-1),
    "CategoricalCrossentropy": lambda own, t, p: -ops.sum(own.smoothed(t) * _log(own, p), axis=-1),
    "BinaryCrossentropy": _binary,
}
"""``l`` where the targets are computed too, as by a teacher, and have a gradient."""


def traced_losses(loss: Loss, y_true: Any, y_pred: Any) -> Any:
    """Return the loss of each sample: by hand, as one entry on the tape; by ops where targets are traced."""
    p, t = loss.paired(plain(y_pred), plain(y_true))
    if isinstance(y_true, Traced):
        if type(loss).__name__ not in FORMULAS:
            raise TypeError(
                f"The targets of {type(loss).__name__} are computed on the tape, and have no derivative: "
                "use ops.stop_gradient(y_true) if none is wanted, or write the loss by ops."
            )
        return FORMULAS[type(loss).__name__](loss, ops.reshape(y_true, t.shape), y_pred)
    with unrecorded():
        losses = np.asarray(loss.per_sample(p, t))

    def derivative(g: Any) -> list[Any]:
        axes = getattr(loss, "_axes", None) or range(np.ndim(g), p.ndim)
        return [loss.gradient(p, t) * np.expand_dims(g, tuple(axes))]

    return by_hand(loss.name, losses, [y_pred], derivative)


def called_on_tape(loss: Loss, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
    """Return ``L`` as ``Loss.__call__`` does, traced where the predictions are."""
    losses = loss.call(y_true, y_pred)
    shape, weight = np.shape(losses), plain(sample_weight)
    weight = weight if weight is None or not shape else _checked_weight(weight, shape)
    if loss.reduction in ("none", None):
        return losses if weight is None else losses * _beside(weight, len(shape))
    return OPS["sum"](losses * loss.scale_gradient(np.ones(shape, losses.dtype), weight, shape))


def each_on_tape(cls: type[Loss], y_true: Any, y_pred: Any, **options: Any) -> Any:
    """Return what the loss' function returns, traced; along the last axis, where the loss has no other."""
    ignored = options.pop("ignore_class", None)
    axis = -1 if "axis" in cls.options else options.pop("axis", -1)
    if axis not in (-1, np.ndim(y_pred) - 1):
        raise ValueError(f"On the tape a loss is taken along the last axis: `axis` is -1. Received: {axis!r}")
    if ignored is None:
        return traced_losses(cls(**options), y_true, y_pred)
    y_true = np.asarray(plain(y_true)).reshape(np.shape(y_pred)[:-1])
    kept = y_true != ignored
    return traced_losses(cls(**options), np.where(kept, y_true, 0), y_pred) * kept

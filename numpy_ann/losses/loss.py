"""What every loss is: a number for each sample, its gradient, and the mean over the batch."""

import math
from typing import Any, ClassVar

import numpy as np

from numpy_ann._typing import Array, Shape
from numpy_ann.communicator import group
from numpy_ann.lookup import snake_case
from numpy_ann.losses.targets import aligned, check_as_many, check_last_axis, check_same_shape
from numpy_ann.part import Described, ours, required, seen_as_ours
from numpy_ann.recording import here
from numpy_ann.validation import checked_bool, checked_choice, checked_number

EPSILON = 1e-7
"""Keras' bound on probabilities: they are kept within [EPSILON, 1 - EPSILON] before the logarithm."""

_BY_BATCH = ("sum", "mean_with_sample_weight")  # the mean of these over batches depends on where they are cut
_REDUCTIONS = ("sum_over_batch_size", "mean", *_BY_BATCH, "none", None)


def by_tape() -> Any:
    """Return the module of what the tape derives, which imports ops: not before it is needed."""
    from numpy_ann.losses import own

    return own


class Loss(Described):
    """How wrong predictions are, as one number, and in which direction they would get better.

    With ``l_i`` the loss of sample ``i`` of ``n``, and ``w_i`` its weight (1 if not given)::

        L = sum(w_i l_i) / n                    reduction="sum_over_batch_size", or "mean"
        L = sum(w_i l_i) / sum(w_i)             reduction="mean_with_sample_weight"
        L = sum(w_i l_i)                        reduction="sum"
        w_i l_i, a number for each sample       reduction="none", or None: for calls, not for training

    A loss defines ``per_sample`` and ``gradient``; the mean over the batch lives here and nowhere else. As in
    Keras, the weighted sum is divided by the number of samples, not by the sum of the weights, unless asked.
    ``integer_targets`` says whether targets are class numbers, kept as integers; ``options`` names the
    arguments beside ``reduction`` and ``name``, for ``get_config``: each is an attribute too.

    A loss of the whole batch taken together returns one number, a scalar, for ``l``, and its derivative with
    respect to all of ``y_pred``. As in Keras it stands for the loss of each sample where there are weights
    (``L = l mean(w)``, or ``l sum(w)`` for ``reduction="sum"``), and ``L = l`` where there are none.
    Shapes: ``y_pred`` ``(batch, ..., classes)``, ``l`` ``(batch, ...)`` or a scalar, weights ``(batch,)``.

    Parameters
    ----------
    reduction : str or None
        One of the above.
    name : str, optional
        Left out, it is the class name in snake case.
    """

    _not_called: ClassVar[dict[str, str]] = {"__call__": "`call(y_true, y_pred)`"}
    _together: ClassVar[dict[str, str]] = {"per_sample": "gradient"}
    _needed = "reduction"
    integer_targets: ClassVar[bool] = False
    options: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **options: Any) -> None:
        """Have the tape derive a class that defines ``call``, in Keras' way."""
        super().__init_subclass__(**options)
        if not ours(cls.call):  # the class's own, or a mixin's
            by_tape().derive_by_tape(cls)

    def __init__(self, *, reduction: str | None = "sum_over_batch_size", name: str | None = None) -> None:
        self.reduction = checked_choice("reduction", reduction, _REDUCTIONS)
        self.name = name or snake_case(type(self).__name__)

    @required
    def per_sample(self, y_pred: Array, y_true: Array) -> Array:
        """Return ``l``: of shape ``y_pred.shape[:-1]``, a number for each sample, or one for the batch."""
        raise NotImplementedError

    @required
    def gradient(self, y_pred: Array, y_true: Array, *, out: Array | None = None) -> Array:
        """Return ``dl_i / dy_pred_i`` for each sample by itself, in the shape of ``y_pred``."""
        raise NotImplementedError

    def check_targets(self, y_true: Array, output_shape: tuple[int, ...]) -> None:
        """Raise ``ValueError`` unless ``y_true`` can be targets of ``(batch, *output_shape)``: one each."""
        check_same_shape(self.name, y_true, output_shape)

    def forward(self, y_pred: Array, y_true: Array, sample_weight: Array | None = None) -> float:
        """Return ``L``, and keep references for ``backward``."""
        y_pred, y_true = self.paired(y_pred, y_true)
        losses = self.checked_losses(np.asarray(self.per_sample(y_pred, y_true)), y_pred)
        self._last = y_pred, y_true, sample_weight, losses.shape
        return self.reduce(losses, sample_weight)

    def backward(self, *, out: Array | None = None) -> Array:
        """Return ``dL / dy_pred`` of the last ``forward``."""
        y_pred, y_true, sample_weight, shape = self._last
        return self.scale_gradient(self.gradient(y_pred, y_true, out=out), sample_weight, shape)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return ``l``; a class of one's own may define this alone, and the tape derives it.

        ``super().call(y_true, y_pred)`` is the formula of the class above.
        """
        formula = seen_as_ours(self)
        if here.tapes:
            return by_tape().traced_losses(formula, y_true, y_pred)
        y_pred, y_true = self.paired(y_pred, y_true)
        return formula.per_sample(y_pred, y_true)

    def checked_losses(self, losses: Array, y_pred: Array) -> Array:
        """Return ``l``, once its shape is known to be that of losses of samples, or of one of the batch."""
        if losses.ndim and losses.shape[0] != len(y_pred):
            raise ValueError(
                f"The loss {self.name!r} must return a number for each of the {len(y_pred)} samples, in the "
                f"shape (batch, ...), or one, a scalar, for the whole batch. It returned the shape "
                f"{losses.shape} for predictions of {y_pred.shape}: reduce over axis=-1, or over all axes."
            )
        return losses

    def reduce(self, losses: Array, sample_weight: Array | None = None) -> float:
        """Return ``L`` from ``l``; raise ``ValueError`` where ``reduction=None``, which makes no ``L``."""
        if self.reduction in ("none", None):
            raise ValueError(
                f"The loss {self.name!r} has reduction={self.reduction!r}, so it gives a number for each "
                'sample; training needs one for the batch: leave it out, or say reduction="sum".'
            )
        if sample_weight is not None:
            losses = losses * _beside(sample_weight, losses.ndim)
        divisor = self._divisor(losses.size, sample_weight)
        return float(losses.sum()) / divisor if divisor else 0.0

    def scale_gradient(
        self, gradient: Array, sample_weight: Array | None = None, shape: Shape | None = None
    ) -> Array:
        """Turn the gradients of each ``l_i``, of ``shape``, into the gradient of ``L``, in place."""
        if shape == ():
            gradient *= self.reduce(np.ones(()), sample_weight)  # L is a multiple of l
            return gradient
        losses = gradient.size // gradient.shape[-1] if shape is None else math.prod(shape)
        divisor = self._divisor(losses, sample_weight)
        if divisor != 1:
            gradient *= 1 / divisor if divisor else 0.0
        if sample_weight is not None:
            gradient *= _beside(sample_weight, gradient.ndim)
        return gradient

    @property
    def sees_batches(self) -> bool:
        """Whether the mean of ``L`` over batches depends on how the data are cut into them."""
        return self.reduction in _BY_BATCH

    def _divisor(self, losses: int, sample_weight: Array | None) -> float:
        if self.reduction not in _BY_BATCH:
            return losses
        divisor: float = 1 if self.reduction == "sum" else losses
        if self.reduction == "mean_with_sample_weight" and sample_weight is not None and losses:
            divisor = float(np.mean(sample_weight)) * losses
        if group().size > 1:
            # Each process' loss counts as much as it has of the batch.
            total = np.array([losses, divisor], np.float64)
            group().sum(total)
            divisor = losses / total[0] * (1 if self.reduction == "sum" else total[1])
        return divisor

    def __call__(self, y_true: Array, y_pred: Array, sample_weight: Array | None = None) -> Any:
        """Return ``L``, or for ``reduction=None`` an array of all ``l``; checks the targets first."""
        if here.tapes:
            return by_tape().called_on_tape(self, y_true, y_pred, sample_weight)
        y_pred, y_true = self.paired(y_pred, y_true)
        self.check_targets(y_true, y_pred.shape[1:])
        losses = self.checked_losses(np.asarray(self.per_sample(y_pred, y_true)), y_pred)
        if sample_weight is not None and losses.ndim:
            sample_weight = _checked_weight(sample_weight, losses.shape)
        if self.reduction in ("none", None):
            return losses if sample_weight is None else losses * _beside(sample_weight, losses.ndim)
        return self.reduce(losses, sample_weight)

    def paired(self, y_pred: Array, y_true: Array) -> tuple[Array, Array]:
        """Return both as arrays of the predictions' dtype and shape (class numbers stay as they are)."""
        y_pred = np.asarray(y_pred)
        if y_pred.dtype.kind != "f":
            y_pred = y_pred.astype(np.float64)
        y_true = np.asarray(y_true, dtype=None if self.integer_targets else y_pred.dtype)
        check_as_many(y_true, y_pred)
        return y_pred, y_true if self.integer_targets else aligned(y_true, y_pred)

    def get_config(self) -> dict[str, Any]:
        options = {option: getattr(self, option) for option in self.options}
        return {"name": self.name, "reduction": self.reduction, **options}


class LossOfProbabilities(Loss):
    """The base of losses of probabilities, or of the logits that a softmax or sigmoid makes them of.

    Parameters
    ----------
    from_logits : bool
        Whether ``y_pred`` are logits rather than probabilities.
    label_smoothing : float
        From 0 to 1: ``y`` becomes ``y (1 - label_smoothing) + label_smoothing / classes``; of a yes or no
        there are two.
    axis : int
        Only -1: the last axis has the classes, or the outputs.
    """

    options: ClassVar[tuple[str, ...]] = ("from_logits", "label_smoothing")
    _classes: ClassVar[int | None] = None  # as many as the targets have, if not said

    def __init__(
        self, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1, **options: Any
    ) -> None:
        super().__init__(**options)
        if axis != -1:
            check_last_axis(self.name, axis)
        self.from_logits = checked_bool("from_logits", from_logits)
        self.label_smoothing = checked_number("label_smoothing", label_smoothing, least=0, most=1)

    def smoothed(self, y_true: Array) -> Array:
        """Return the targets with the label smoothing applied."""
        if not self.label_smoothing:
            return y_true
        share = self.label_smoothing / (self._classes or y_true.shape[-1])
        return y_true * (1 - self.label_smoothing) + share


def _beside(sample_weight: Array, ndim: int) -> Array:
    """Return the weights with axes of length 1 appended, so that they spread over ``ndim`` axes."""
    sample_weight = np.asarray(sample_weight)
    return sample_weight.reshape(sample_weight.shape + (1,) * (ndim - sample_weight.ndim))


def _checked_weight(sample_weight: Array, shape: tuple[int, ...]) -> Array:
    """Return the weights of losses of ``shape``, if there is one a sample, one a loss, or one for all."""
    weight = np.asarray(sample_weight)
    if weight.ndim == len(shape) + 1 and weight.shape[-1] == 1:
        weight = weight[..., 0]
    fits = weight.ndim <= len(shape) and all(n in (1, m) for n, m in zip(weight.shape, shape, strict=False))
    if not fits:
        raise ValueError(
            f"`sample_weight` holds a number for each of the {shape[0]} samples. "
            f"Received: sample_weight.shape={np.shape(sample_weight)}, for losses of the shape {shape}."
        )
    return weight

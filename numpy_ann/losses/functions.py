"""The losses as functions: a class, called sample by sample; and a plain function as a loss."""

import inspect
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, cast

import numpy as np
from numpy.typing import ArrayLike

from numpy_ann._typing import Array, Shape
from numpy_ann.lookup import snake_case
from numpy_ann.losses.loss import Loss, by_tape
from numpy_ann.recording import here
from numpy_ann.validation import checked_integer

P = ParamSpec("P")

LossFunction = Callable[[Any, Any], Any]
"""Takes ``(y_true, y_pred)``, in Keras' order, and returns the losses, or ``(losses, gradient)``."""


def function_of(loss_class: Callable[P, Loss]) -> Callable[Concatenate[ArrayLike, ArrayLike, P], Array]:
    """Return a class as Keras' function, for each sample, of its options, another axis, a class to ignore."""
    cls = cast(type[Loss], loss_class)
    name, y = snake_case(cls.__name__), inspect.Parameter.POSITIONAL_OR_KEYWORD
    options = [p for p in inspect.signature(cls).parameters.values() if p.kind is y]
    signature = inspect.Signature([*(inspect.Parameter(n, y) for n in ("y_true", "y_pred")), *options])

    def function(*args: Any, **named: Any) -> Array:
        bound = signature.bind(*args, **named)
        return by_tape().each_on_tape(cls, **bound.arguments) if here.tapes else _each(cls, **bound.arguments)

    whole = cast(Any, function)
    whole.__name__ = whole.__qualname__ = name
    whole.__module__, whole.__signature__, whole.loss_class = __package__, signature, cls
    formula = inspect.cleandoc(cls.__doc__ or "").partition("\n\n")[2]
    for heading in ("Shapes:", "Parameters\n", "Source:"):
        formula = formula.partition(heading)[0]
    whole.__doc__ = (
        f"Return the loss of each sample, without a mean over the batch; options: see ``{cls.__name__}``."
        f"\n\n{formula.strip()}\n\nExamples\n--------\n>>> from numpy_ann.losses import {name}\n"
        f">>> {name}({'[1]' if cls.integer_targets else '[[0, 1]]'}, [[0.25, 0.75]]).shape\n"
        f"{'()' if 'axis' in cls.options else '(1,)'}\n"
    )
    return function


def class_of(function: Any) -> type[Loss] | None:
    """Return the class behind one of these functions; None for anything else."""
    return getattr(function, "loss_class", None) if inspect.isfunction(function) else None


def as_name(loss: Any) -> Any:
    """Return the name of one of these functions, by which files know it; anything else as it is."""
    return loss.__name__ if class_of(loss) else loss


def _each(cls: type[Loss], y_true: ArrayLike, y_pred: ArrayLike, **options: Any) -> Array:
    """Return ``l`` in the shape of ``y_pred`` without the axis that is reduced."""
    ignored, axis = options.pop("ignore_class", None), options.get("axis")
    y_pred, y_true = np.asarray(y_pred), np.asarray(y_true)
    if y_pred.ndim == 0:
        raise ValueError(f"{snake_case(cls.__name__)} takes arrays. Received: y_pred={y_pred}")
    if not cls.integer_targets:
        y_true, y_pred = _of_one_rank(y_true, y_pred)
    if isinstance(axis, int | np.integer) and "axis" not in cls.options:  # where the class has -1 alone
        axis = checked_integer("axis", options.pop("axis"))
        if y_true.ndim == y_pred.ndim:
            y_true = np.moveaxis(y_true, axis, -1)
        y_pred = np.moveaxis(y_pred, axis, -1)
    loss = cls(**options)
    if alone := y_pred.ndim == 1 and "axis" not in cls.options:  # one sample, without a batch
        y_true, y_pred = y_true[np.newaxis], y_pred[np.newaxis]
    kept = None if ignored is None else y_true.reshape(y_pred.shape[:-1]) != ignored
    if kept is not None:
        y_true = np.where(kept, y_true.reshape(kept.shape), 0)
    y_pred, y_true = loss.paired(y_pred, y_true)
    # Of a loss over axes of one's choice, which may be the batch's, the shape alone is checked.
    (Loss if "axis" in cls.options else cls).check_targets(loss, y_true, y_pred.shape[1:])
    losses = np.asarray(loss.per_sample(y_pred, y_true))
    if kept is not None:
        losses = np.where(kept, losses, losses.dtype.type(0))
    return losses[0] if alone else losses


def _of_one_rank(y_true: Array, y_pred: Array) -> tuple[Array, Array]:
    """Return both with as many axes, as Keras does where a last axis of 1 is missing in one of them."""
    more, fewer = (y_true, y_pred) if y_true.ndim > y_pred.ndim else (y_pred, y_true)
    if more.ndim == fewer.ndim + 1 and more.shape[-1] == 1:
        fewer, more = (fewer[:, np.newaxis], more) if fewer.ndim == 1 else (fewer, more[..., 0])
    return (more, fewer) if y_true.ndim > y_pred.ndim else (fewer, more)


class FunctionLoss(Loss):
    """A loss of your own, from a function ``(y_true, y_pred)`` that returns the loss of each sample.

    ::

        l = function(y_true, y_pred)        dl/dp = function'(y_true, y_pred), by the tape

    ``l`` has the shape ``(batch, ...)``, without the last axis, or is one number for the whole batch; the
    mean is taken here. Made of ``numpy_ann.ops``, NumPy's functions and operators, it is derived by the
    tape. A function may return its derivative too, ``(l, dl/dp)``, that of each sample by itself in the shape
    of ``y_pred``. ``compile(loss=function)`` wraps it by itself.
    Raises ``TypeError`` if ``function`` is no function. Raises ``ValueError`` if it returns something else,
    when it is called. A Keras file can't hold a function: save such a model as ``.h5`` with
    ``include_optimizer=False``, or only its weights.

    Parameters
    ----------
    function : callable
        As above. Targets come in the shape of the predictions. Left out, the loss' name is the function's.

    >>> FunctionLoss(lambda t, p: np.mean(np.square(t - p), axis=-1))(np.array([[1.0]]), np.array([[3.0]]))
    4.0
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
        self._derives: bool | None = None  # whether it returns its derivative: its first answer tells

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return self.function(y_true, y_pred)

    def check_targets(self, y_true: Array, output_shape: Shape) -> None:
        """Take any targets: what fits, only the function knows."""

    def forward(self, y_pred: Array, y_true: Array, sample_weight: Array | None = None) -> float:
        y_pred, y_true = self.paired(y_pred, y_true)
        if self._derives is None:
            self._called(y_pred, y_true)
        if self._derives:
            return super().forward(y_pred, y_true, sample_weight)
        return float(by_tape().forward(self, y_pred, y_true, sample_weight))

    def backward(self, *, out: Array | None = None) -> Array:
        return super().backward(out=out) if self._derives else by_tape().backward(self, out=out)

    def per_sample(self, y_pred: Array, y_true: Array) -> Array:
        return self._called(y_pred, y_true)[0]

    def gradient(self, y_pred: Array, y_true: Array, *, out: Array | None = None) -> Array:
        gradient = self._called(y_pred, y_true)[1]
        if gradient is None:
            derived: Array = by_tape().gradient(self, y_pred, y_true, out=out)
            return derived
        found = np.empty_like(y_pred) if out is None else out  # a copy, for the caller scales it in place
        found[...] = gradient
        return found

    def _called(self, y_pred: Array, y_true: Array) -> tuple[Array, Array | None]:
        returned = self.function(y_true, y_pred)
        self._derives = isinstance(returned, tuple) and len(returned) == 2
        if not self._derives:
            return np.asarray(returned, dtype=y_pred.dtype), None
        losses, gradient = np.asarray(returned[0]), np.asarray(returned[1])
        if losses.shape not in ((), y_pred.shape[:-1]) or gradient.shape != y_pred.shape:
            raise ValueError(
                f"The loss function {self.name!r} must return losses of shape {y_pred.shape[:-1]}, one a "
                f"sample, or one number for the batch, and a gradient of shape {y_pred.shape}. It returned "
                f"the shapes {losses.shape} and {gradient.shape}."
            )
        return losses.astype(y_pred.dtype, copy=False), gradient

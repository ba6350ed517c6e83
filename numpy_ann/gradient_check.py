"""Checking a backward pass against its forward pass.

A derivative is a limit, ``dL/dw = lim (L(w + h) - L(w - h)) / 2h``: move one number at a time, and run the
forward pass twice. In float64 with a small ``h`` the two agree to about nine digits, unless one is wrong.
"""

from collections.abc import Callable
from copy import deepcopy
from typing import Any, NamedTuple

import numpy as np

from numpy_ann import losses
from numpy_ann._typing import Array
from numpy_ann.layers import Activation, Layer
from numpy_ann.losses import FunctionLoss, Loss
from numpy_ann.models import Model
from numpy_ann.parameter import Parameter
from numpy_ann.training.configuration import Configuration
from numpy_ann.training.data.bundles import Bundle, arrays_of, by_name
from numpy_ann.training.outputs import OutputLosses, OutputsConfiguration
from numpy_ann.training.plan import Plan, Use, as_plan
from numpy_ann.training.workings import CHAIN

__all__ = ["GradientCheck", "GradientError", "check_gradients"]

_STEPS = (1e-5, 1e-6, 1e-7)  # h; the smaller ones step closer to a kink
_EPS = float(np.finfo(np.float64).eps)


class GradientError(NamedTuple):
    """How well the gradient of one array, a ``parameter`` of a ``layer``, agrees.

    ``error`` is the largest relative error, found at ``where``; ``checked`` numbers were compared, of which
    ``kinks`` lie where the function has a corner, as ReLU at 0, and so no derivative to compare with.
    """

    layer: str
    parameter: str
    error: float
    where: tuple[int, ...]
    checked: int
    kinks: int


class GradientCheck:
    """The outcome of ``check_gradients``; print it for a table.

    ``errors`` has a ``GradientError`` for each parameter and for the input, ``worst`` is the one with the
    largest error, and ``passed`` says whether every error is within the tolerance.
    """

    def __init__(self, errors: list[GradientError], tolerance: float) -> None:
        self.errors = errors
        self.tolerance = tolerance
        self.worst = max(errors, key=lambda e: e.error)
        self.passed = self.worst.error <= tolerance

    def __str__(self) -> str:
        rows = [("layer", "parameter", "checked", "error", "verdict")]
        for e in self.errors:
            verdict = "ok" if e.error <= self.tolerance else f"WRONG at {e.where}"
            verdict += f" ({e.kinks} at a kink)" if e.kinks else ""
            rows.append((e.layer, e.parameter, str(e.checked), f"{e.error:.1e}", verdict))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        padded = ([text.ljust(w) for text, w in zip(row, widths, strict=True)] for row in rows)
        lines = ["  ".join(row).rstrip() for row in padded]
        least = min(e.error for e in self.errors)
        if not self.passed and len(self.errors) > 1 and least > 0.99 * self.worst.error:
            lines.append("All are wrong by the same factor: look at the loss.")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<GradientCheck passed={self.passed}, worst error {self.worst.error:.1e}>"


def check_gradients(
    model_or_layer: Any, x: Any, y: Any = None, loss: Any = None, *,
    tolerance: float = 1e-5, max_entries: int = 100, seed: int = 0,
) -> GradientCheck:  # fmt: skip
    """Compare the backward pass with central differences, for every parameter and the input, in float64.

    Works on a copy, so the model or layer stays as it is. All is as in training: dropout is active, with one
    mask for all passes, and regularizers' penalties count. Parameters that training changes by other means
    than a gradient are left out.

    Raises ``ValueError`` if there is a ``y`` but no loss, or the reverse, or the model has no layers.

    Parameters
    ----------
    model_or_layer : Model, Layer, or str, Loss or callable
        Of any dtype; the copy is made float64. A layer may be unbuilt. A loss is checked by itself, ``x``
        being the predictions.
    x : ndarray, shape (batch, ...), or list or dict
        Inputs, of a graph as for ``fit``. Few samples do.
    y : ndarray, list or dict, optional
        Targets, where there is a loss.
    loss : str, Loss, list or dict, optional
        What is differentiated. Left out: a model's compiled loss if ``y`` is given, else the sum of the
        outputs with random weights.
    tolerance : float
        The largest relative error, ``|a - n| / max(|a|, |n|)``, that passes, where ``a`` is the analytic and
        ``n`` the numeric gradient; numbers under a thousandth of their array's largest gradient are compared
        with that. What the rounding of the losses explains is no error.
    max_entries : int
        Of a larger array, so many numbers are compared one by one, at random, and all together once more in a
        random direction.
    seed : int
        Of these choices.

    >>> from numpy_ann.layers import Dense
    >>> result = check_gradients(Dense(3, activation="tanh"), np.ones((2, 4)))
    >>> result.passed
    True
    >>> print(result)  # doctest: +ELLIPSIS
    layer  parameter  checked  error    verdict
    dense  kernel     12       ...  ok
    dense  bias       3        ...  ok
    dense  input      8        ...  ok
    """
    rng = np.random.default_rng(seed)
    if not isinstance(model_or_layer, Model | Layer):
        loss = losses.get(model_or_layer)
        model_or_layer = Activation("linear", name=getattr(loss, "name", None))
    subject: Any = _of_model if isinstance(model_or_layer, Model) else _of_layer
    plan, configuration, names, inputs, targets = subject(deepcopy(model_or_layer), x, y, loss)
    if y is None:
        shapes = [(len(inputs[0]), *shape) for shape in plan.shapes_on([a.shape[1:] for a in inputs])]
        targets = Bundle([rng.uniform(0.5, 1.5, size=shape) for shape in shapes])
    plan = Plan(plan.shapes[: plan.inputs], [_Checked(**vars(use)) for use in plan], plan.outputs)
    judged = OutputLosses(plan, configuration)

    def forward() -> tuple[list[Array], float]:
        values = plan.forward(inputs, training=True, logits=True)
        return values, judged.forward(values, targets)[1]

    forward()  # draws the noise that is then held
    parameters: dict[Parameter, str] = {}
    for use in plan:
        use.layer.hold_noise = True
        for p in use.trained:
            parameters.setdefault(p, use.path)
            p.grad = np.zeros_like(p.value)
    values, _ = forward()
    found = plan.backward(judged.backward(), values, plan.needed(inputs=True))
    for regularizer, p in plan.penalties():
        p.grad += regularizer.gradient(p.value)
    checked = [(path, p.name, p.value, p.grad) for p, path in parameters.items()]
    for name, array, gradient, kind in zip(names, inputs, found, plan.input_kinds, strict=False):
        if kind == "float" and array.dtype.kind == "f":  # what nobody reads may be whole numbers
            checked.append((*name, array, np.zeros_like(array) if gradient is None else gradient))
    errors = [_compare(*arrays, lambda: forward()[1], max_entries, rng) for arrays in checked]
    return GradientCheck(errors, tolerance)


class _Checked(Use):
    """A use of a layer whose parameters are looked at, frozen or not."""

    @property
    def trained(self) -> list[Parameter]:
        owner = self.owner
        return owner.trainable_parameters if owner.by_call else [p for p in owner.parameters if p.trainable]


def _weighted_sum() -> Loss:
    """Return ``L = sum(y_true y_pred)``: any weights will do to make one number of all outputs."""
    return FunctionLoss(lambda t, p: (np.sum(t * p, axis=-1), t.copy()), reduction="sum")


def _of_model(model: Any, x: Any, y: Any, loss: Any) -> Any:
    """Return a model's plan in float64, its losses, the names of its inputs, inputs and targets."""
    _check_together(y, loss or (y is not None and model.configuration))
    if not model.layers:
        raise ValueError("The model has no layers whose gradients could be checked.")
    if isinstance(x, dict) and model.workings is CHAIN:
        (x,) = by_name("x", x, model.input_names)
    if not model.built:
        model.build_for(np.asarray(x))
    model.cast("float64")
    plan, names = as_plan(model.plan), model.output_names
    if y is None:
        sums = [Configuration("sgd", _weighted_sum()) for _ in names]
        configuration: Any = OutputsConfiguration(sums, names)
    elif loss is not None:
        configuration = model.workings.configuration(model, "sgd", loss, None, None, None)
    else:
        configuration = model.configuration
    adapter, targets = model.workings.adapter(model, configuration), None
    inputs = arrays_of(adapter.inputs(x)[:].astype(np.float64, copy=True))
    if y is not None:
        targets = adapter.targets(x, y, None)[1]
        integers = model.workings is CHAIN and configuration.require_loss().integer_targets
        targets = targets if integers else targets.astype(np.float64)
    chain = model.workings is CHAIN
    begin = [(plan.uses[0].path if chain else name, "input") for name in model.input_names]
    return plan, configuration, begin, inputs, targets


def _of_layer(layer: Layer, x: Any, y: Any, loss: Any) -> Any:
    """Return the plan of a layer in float64, and the rest as for a model.

    Behind another layer, a layer's own ``backward_activation`` is run; the last one's is the output's work.
    """
    _check_together(y, loss)
    several = layer.several_inputs
    kind = np.float64 if several or layer.input_kind == "float" else None
    inputs = [np.array(a, dtype=kind) for a in (x if several else [x])]
    last = Activation("linear")
    shapes: Any = [(None, *a.shape[1:]) for a in inputs]
    for one, shape in ((layer, shapes if several else shapes[0]), (last, None)):
        if not one.built:
            one.join(np.random.default_rng(0), np.dtype(np.float64))
            one.build((None, *(layer.output_shape or ())) if shape is None else shape)
        one.dtype = np.dtype(np.float64)
        for p in one.parameters:
            p.value = p.value.astype(np.float64)
    uses = [Use(layer, layer, [*range(len(inputs))], layer.name), Use(last, last, [len(inputs)], "")]
    plan = Plan([shape[1:] for shape in shapes], uses, [len(inputs) + 1])
    configuration = Configuration("sgd", _weighted_sum() if y is None else loss)
    if y is not None:
        y = np.asarray(y)
        configuration.check_targets(y, plan.output_shapes[0])
        y = y if configuration.require_loss().integer_targets else y.astype(np.float64)
    names = [(layer.name, f"input {i}" if several else "input") for i in range(len(inputs))]
    return plan, configuration, names, inputs, y


def _check_together(y: Any, loss: Any) -> None:
    if (loss is None or loss is False) != (y is None):
        raise ValueError("A loss and targets `y` go together: pass both, or neither.")


def _compare(
    layer: str, parameter: str, value: Array, analytic: Array, loss: Callable[[], float], max_entries: int,
    rng: np.random.Generator,
) -> GradientError:  # fmt: skip
    """Return how well ``analytic``, the gradient with respect to ``value``, agrees with differences."""
    large = value.size > max_entries
    chosen = rng.choice(value.size, max_entries, replace=False) if large else np.arange(value.size)
    units = (np.eye(1, value.size, int(i)).reshape(value.shape) for i in chosen)
    directions = [(np.unravel_index(i, value.shape), unit) for i, unit in zip(chosen, units, strict=True)]
    if large:
        direction = rng.standard_normal(value.shape)
        directions.append(((), direction / np.linalg.norm(direction)))
    floor = max(1e-3 * float(np.abs(analytic).max(initial=0)), 1e-8)
    worst, kinks = 0.0, 0
    where: tuple[int, ...] = ()
    for index, direction in directions:
        error, at_kink = _error_along(direction, value, float(np.sum(analytic * direction)), loss, floor)
        kinks += at_kink
        if error > worst:
            worst, where = error, tuple(int(i) for i in index)
    return GradientError(layer, parameter, worst, where, len(directions), kinks)


def _error_along(
    direction: Array, value: Array, analytic: float, loss: Callable[[], float], floor: float
) -> tuple[float, bool]:
    """Return the relative error of one directional derivative, and whether there is a kink instead of one."""
    start, here = value.copy(), loss()
    # So much of a difference, at the largest step, may come of the losses' rounding alone.
    doubt = 8 * _EPS * abs(here) / _STEPS[0]
    error, at_kink = np.inf, False
    for h in _STEPS:
        np.copyto(value, start + h * direction)
        above = loss()
        np.copyto(value, start - h * direction)
        below = loss()
        np.copyto(value, start)
        right, left = (above - here) / h, (here - below) / h
        numeric = (above - below) / (2 * h)
        difference, scale = abs(analytic - numeric), max(abs(analytic), abs(numeric), floor)
        if difference > 1e-6 * scale:  # a smaller one is reported as it is
            difference = max(difference - doubt, 0.0)
        error = min(error, difference / scale)
        if error <= 1e-6:
            return error, False
        # A smooth function's one-sided slopes differ by about h and by the rounding of the losses; at a
        # corner they differ for every h.
        rounding = 64 * _EPS * max(abs(above), abs(here), abs(below)) / h
        slack = 1e-3 * max(abs(right), abs(left), floor) + rounding
        at_kink = abs(right - left) > slack
    return (0.0, True) if at_kink else (error, False)

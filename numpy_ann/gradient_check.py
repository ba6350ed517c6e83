"""Checking a backward pass against its forward pass.

A derivative is a limit, ``dL/dw = lim (L(w + h) - L(w - h)) / 2h``, so a backward pass can be checked by
moving one number at a time and running the forward pass twice. This is slow, and exact enough: in float64
with a small ``h`` the two agree to about nine digits, unless one of them is wrong.
"""

from collections.abc import Callable
from copy import deepcopy
from typing import Any, NamedTuple

import numpy as np

from numpy_ann._typing import Array, Shape
from numpy_ann.layers import Activation, Layer
from numpy_ann.losses import Loss
from numpy_ann.models import Model
from numpy_ann.training.backpropagation import backpropagation
from numpy_ann.training.configuration import Configuration
from numpy_ann.training.data.bundles import Bundle, by_name
from numpy_ann.training.output_loss import output_loss_of
from numpy_ann.training.outputs import OutputLosses, OutputsConfiguration, configuration_by_output
from numpy_ann.training.regularized import regularized
from numpy_ann.training.step import predictions_and_loss

__all__ = ["GradientCheck", "GradientError", "check_gradients"]

_STEPS = (1e-5, 1e-6, 1e-7)  # h; the smaller ones step closer to a kink
_EPS = float(np.finfo(np.float64).eps)


class GradientError(NamedTuple):
    """How well one array's gradient agrees.

    ``layer`` and ``parameter`` name the array; ``error`` is the largest relative error, found at ``where``;
    ``checked`` numbers were compared, of which ``kinks`` lie where the function has a corner, as ReLU at 0,
    and so no derivative to compare with.
    """

    layer: str
    parameter: str
    error: float
    where: tuple[int, ...]
    checked: int
    kinks: int


class GradientCheck:
    """The outcome of ``check_gradients``; print it for a table.

    Attributes
    ----------
    errors : list of GradientError
        One for each parameter, and one for the input.
    worst : GradientError
        The one with the largest error.
    passed : bool
        Whether every error is within the tolerance.
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
        widths = [max(len(row[i]) for row in rows) for i in range(5)]
        padded = ([text.ljust(w) for text, w in zip(row, widths, strict=True)] for row in rows)
        return "\n".join("  ".join(row).rstrip() for row in padded)

    def __repr__(self) -> str:
        return f"<GradientCheck passed={self.passed}, worst error {self.worst.error:.1e}>"


def check_gradients(
    model_or_layer: Model | Layer, x: Any, y: Any = None, loss: Any = None, *,
    tolerance: float = 1e-5, max_entries: int = 100, seed: int = 0,
) -> GradientCheck:  # fmt: skip
    """Compare the backward pass with central differences, for every parameter and the input, in float64.

    Works on a copy, so the model or layer stays as it is. All is as in training: dropout is active, with one
    mask for all passes, and regularizers' penalties count. Parameters that training changes by other means
    than a gradient are left out.

    Parameters
    ----------
    model_or_layer : Model or Layer
        Of any dtype; the copy is made float64. A layer may be unbuilt.
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

    Raises
    ------
    ValueError
        If there is a ``y`` but no loss, or the reverse, or the model has no layers.

    Examples
    --------
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
    first: Any = model_or_layer
    if isinstance(first, Model) and not isinstance(first.plan, list):
        return GradientCheck(_graph_errors(first, x, y, loss, max_entries, rng), tolerance)
    given: Any = x
    if isinstance(x, dict) and isinstance(first, Model):
        (given,) = by_name("x", x, first.input_names)
    several = isinstance(first, Layer) and first.several_inputs
    inputs = [np.array(a, dtype=np.float64) for a in given] if several else [_as_input(first, given)]
    x = inputs if several else inputs[0]
    layers = _float64_copies(model_or_layer, inputs, several)
    output_shape = layers[-1].output_shape or ()
    loss = _loss(model_or_layer, y, loss, output_shape)
    if y is None:
        y = rng.uniform(0.5, 1.5, size=(len(inputs[0]), *output_shape))
    y = np.asarray(y)
    y = y if loss.integer_targets else y.astype(np.float64)
    bare = layers
    layers, output_loss = regularized(layers, output_loss_of(layers[-1].output_activation, loss))

    def loss_of_x() -> float:
        return predictions_and_loss(layers, output_loss, x, y)[1]

    loss_of_x()  # draws the noise that is then held
    for layer in bare:
        layer.hold_noise = True
    loss_of_x()
    to_input = bare[0].differentiable
    dx: Any = backpropagation(layers, output_loss.backward(), lowest=None if to_input else 0)

    learned = [(layer.name, p) for layer in layers for p in layer.parameters if p.trainable]
    checked = [(name, p.name, p.value, p.grad.copy()) for name, p in learned]
    if to_input:
        gradients = dx if several else [dx]
        named = ["input"] if not several else [f"input {i}" for i in range(len(inputs))]
        checked += [(layers[0].name, *one) for one in zip(named, inputs, gradients, strict=True)]
    errors = [_compare(*arrays, loss_of_x, max_entries, rng) for arrays in checked]
    return GradientCheck(errors, tolerance)


class _WeightedSum(Loss):
    """``L = sum(y_true y_pred)``: any weights will do to make one number of all outputs."""

    def __init__(self) -> None:
        super().__init__(reduction="sum")

    def per_sample(self, y_pred: Array, y_true: Array) -> Array:
        sums: Array = np.sum(y_true * y_pred, axis=-1)
        return sums

    def gradient(self, y_pred: Array, y_true: Array, *, out: Array | None = None) -> Array:
        return y_true.copy()

    def check_targets(self, y_true: Array, output_shape: tuple[int, ...]) -> None:
        pass


def _graph_errors(
    model: Model, x: Any, y: Any, loss: Any, max_entries: int, rng: np.random.Generator
) -> list[GradientError]:
    """Return how well the gradients of a graph agree: those of its parameters, each once, and its inputs."""
    copy, compiled = deepcopy(model), loss is None and y is not None
    copy.cast("float64")
    plan, names = copy.plan, copy.output_names
    if loss is not None:
        copy.configuration = configuration_by_output(copy, "sgd", loss, None, None, None)
    elif y is None:
        parts = [Configuration("sgd", _WeightedSum()) for _ in names]
        copy.configuration = OutputsConfiguration(parts, names)
    if (loss is not None and y is None) or (compiled and copy.configuration is None):
        raise ValueError("A loss and targets `y` go together: pass both, or neither.")
    adapter = copy.workings.adapter(copy, copy.configuration)
    inputs = adapter.inputs(x).copy()
    if y is None:
        shapes = [(len(inputs), *shape) for shape in plan.output_shapes]
        targets: Any = Bundle([rng.uniform(0.5, 1.5, size=shape) for shape in shapes])
    else:
        targets = adapter.targets(x, y, None)[1].astype()
    losses, nowhere = OutputLosses(plan, copy.configuration), [None] * len(names)

    def forward() -> tuple[list[Array], float]:
        values = plan.forward(inputs.arrays, training=True, logits=True)
        ends = [values[i] for i in plan.outputs], plan.penalty(values)
        return values, losses.forward(ends, targets, None, out=nowhere)[1]

    forward()  # draws the noise that is then held
    for use in plan:
        use.layer.hold_noise = True
    values, _ = forward()
    parameters = {p: use.path for use in reversed(plan.uses) for p in use.owner.trainable_parameters}
    for p in parameters:
        p.grad = np.zeros_like(p.value)
    found = plan.backward(losses.backward(out=nowhere), values, plan.needed(inputs=True))
    for regularizer, p in plan.penalties():
        p.grad += regularizer.gradient(p.value)
    checked = [(path, p.name, p.value, p.grad) for p, path in reversed(parameters.items())]
    for name, array, gradient, kind in zip(
        copy.input_names, inputs.arrays, found[: plan.inputs], plan.input_kinds, strict=True
    ):
        if kind == "float":
            checked.append((name, "input", array, np.zeros_like(array) if gradient is None else gradient))
    return [_compare(*arrays, lambda: forward()[1], max_entries, rng) for arrays in checked]


def _loss(
    model_or_layer: Model | Layer, y: Array | None, loss: str | Loss | None, output_shape: Shape
) -> Loss:
    """Return what is to be differentiated, after checking that it takes such targets."""
    if loss is None and y is not None and isinstance(model_or_layer, Model):
        compiled = model_or_layer.configuration
        loss = None if compiled is None else compiled.loss_argument
    if (loss is None) != (y is None):
        raise ValueError("A loss and targets `y` go together: pass both, or neither.")
    if loss is None:
        return _WeightedSum()
    configuration = Configuration("sgd", loss)
    configuration.check_targets(np.asarray(y), output_shape)
    return configuration.require_loss()


def _as_input(model_or_layer: Any, x: Array) -> Array:
    """Return inputs of which a copy can be moved; those that take no gradient stay as they are."""
    first = model_or_layer if isinstance(model_or_layer, Layer) else next(iter(model_or_layer.plan), None)
    return np.array(x, dtype=np.float64 if first is None or first.input_kind == "float" else None)


def _float64_copies(model_or_layer: Model | Layer, inputs: list[Array], several: bool) -> list[Layer]:
    copy: Any = deepcopy(model_or_layer)
    # Behind another layer, a layer's own ``backward_activation`` is run; the last one's is the head's work.
    layers: list[Layer] = copy.plan if isinstance(copy, Model) else [copy, Activation("linear")]
    if not layers:
        raise ValueError("The model has no layers whose gradients could be checked.")
    shapes: Any = [(None, *x.shape[1:]) for x in inputs]
    rng = np.random.default_rng(0)
    for layer in layers:
        if not layer.built:
            layer.join(rng, np.dtype(np.float64))
            layer.build(shapes if several and layer is layers[0] else shapes[0])
        layer.dtype = np.dtype(np.float64)
        for p in layer.parameters:
            p.value, p.grad = p.value.astype(np.float64), p.grad.astype(np.float64)
        shapes = [(None, *(layer.output_shape or ()))]
    return layers


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

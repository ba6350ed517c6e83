"""What a few steps tell of each layer, and the signs by which a training that goes wrong is known."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf, isfinite, nan
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from numpy_ann._typing import Array

RECENT = 5  # epochs in which rises of the loss are added up
PROGRESS = 0.05  # part of its first value by which the loss must have fallen to be moving
FAR_ABOVE = 3  # times the loss before any step: no batch is so much harder than the mean of an epoch
LEAP = 1.5  # times it, of one batch: where units have died since, the steps have killed them
LARGE_INPUTS = 5  # times the size that initial weights are made for
STEPS = 8  # of an epoch; evenly spread, once its length is known
RECTIFIERS = ("relu", "relu6")


class LayerMeasures(NamedTuple):
    """A layer's medians over the steps seen, or NaN; W is its kernel, dW its gradient, norms Euclidean."""

    update_ratio: float  # |change of W in a step| / |W|
    gradient_norm: float  # |dW|
    gradient_ratio: float  # |dW| / |W|
    dead_share: float  # of the units, those whose output was 0 for every sample looked at


class StepMeasures:
    """Looks at some of an epoch's ``steps``: at kernels that learn, each copied, and at rectifiers."""

    def __init__(self, layers: Sequence[Any], steps: int | None) -> None:
        self._watched = set(range(STEPS))
        if steps is not None:
            self._watched = {round((steps - 1) * i / (STEPS - 1)) for i in range(STEPS)}
        self._names = [layer.name for layer in layers]
        trained = [(layer.name, p) for layer in layers for p in layer.trainable_parameters]
        self._kernels = {name: p for name, p in trained if p.name == "kernel"}
        # The last layer's activation is computed with the loss, and nobody keeps its output; a leaky
        # rectifier's slope brings a unit back.
        rectifiers = [layer for layer in layers[:-1] if layer.activation.name in RECTIFIERS]
        self._rectifiers = [one for one in rectifiers if not one.activation.options.get("negative_slope")]
        self._before: dict[str, Array] | None = None
        self._steps: dict[str, list[tuple[float, float, float]]] = {name: [] for name in self._kernels}
        self._alive: dict[str, Array] = {}
        self._first = next((layer for layer in layers if layer.name in self._kernels), None)
        self.inputs = nan

    def before_step(self, batch: int) -> None:
        """Finish with the step before, and remember the weights if this one is to be looked at."""
        self.after_step()
        if batch in self._watched:
            self._before = {name: kernel.value.copy() for name, kernel in self._kernels.items()}

    @np.errstate(over="ignore")
    def after_step(self) -> None:
        """Compare with the weights remembered, if there are any."""
        if self._before is None:
            return
        for name, kernel in self._kernels.items():
            W = self._before[name]
            size, gradient, change = (float(np.linalg.norm(a)) for a in (W, kernel.grad, kernel.value - W))
            self._steps[name].append((_ratio(change, size), gradient, _ratio(gradient, size)))
        x = None if self._first is None else self._first._memory.get("x")
        if x is not None and self.inputs != self.inputs:
            self.inputs = float(np.sqrt(np.mean(np.square(x, dtype=np.float64))))
        for layer in self._rectifiers:
            kept = layer._memory.get("activation")  # of the step's batch: `backward` has needed it
            if kept is not None:
                y = kept if layer.activation.reads == "output" else layer.activation(kept)
                active = (y != 0).reshape(-1, y.shape[-1]).any(axis=0)
                self._alive[layer.name] = active | self._alive.get(layer.name, False)
        self._before = None

    def result(self) -> dict[str, LayerMeasures]:
        """Return the measures by layer, in the layers' order."""
        self.after_step()
        measures = {}
        for name in self._names:
            steps, alive = self._steps.get(name), self._alive.get(name)
            update, gradient, ratio = np.median(steps, axis=0).tolist() if steps else [np.nan] * 3
            if steps or alive is not None:
                dead = np.nan if alive is None else float(1 - alive.mean())
                measures[name] = LayerMeasures(update, gradient, ratio, dead)
        return measures


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else np.nan


class Epoch(NamedTuple):
    """What was seen of an epoch."""

    number: int
    loss: float
    val_loss: float | None
    learning_rate: float
    clipped: bool  # whether the optimizer limits the gradient
    layers: dict[str, LayerMeasures]
    start: float = nan  # of the first epoch: the loss of its first batch, before any step,
    peak: float = nan  # and of the worst batch
    usual: float = inf  # the optimizer's default of the learning rate
    inputs: float = nan  # the root mean square of what the first layer with a kernel is given


class Sign(NamedTuple):
    """What is amiss: the layer at fault, if it is one, the number that gives it away, and a sentence."""

    layer: str | None
    value: float
    text: str
    at_once: bool = False  # whether it needn't last to be believed


@dataclass(frozen=True)
class Limits:
    """From where on a number is a bad sign; the defaults are argued for in ``TrainingDiagnostics``."""

    dead_share: float = 0.6
    vanishing: float = 1e-3
    exploding: float = 20.0
    overfitting: float = 0.15
    largest_update: float = 0.05
    smallest_update: float = 3e-5
    rise: float = 0.2


def unscaled_inputs(epochs: Sequence[Epoch], limits: Limits) -> Sign | None:
    """Find inputs that are many times as large as the initial weights are made for."""
    size = epochs[-1].inputs
    if not size > LARGE_INPUTS:
        return None
    cure = "try x / 255.0 of pictures, Normalization(), or (x - mean) / standard deviation"
    what = f"The first layer is given numbers of size {size:.4g} (root mean square), where 1 is usual"
    return Sign(None, size, f"{what}; {cure}.", at_once=True)


def dead_units(epochs: Sequence[Epoch], limits: Limits) -> Sign | None:
    """Find rectifiers that give 0 for every sample: no gradient comes through, so they stay that way."""
    layer, share = _largest(epochs[-1], "dead_share")
    if not share > limits.dead_share or _leapt(epochs):
        return None
    cure = "inputs scaled to about 1, initial biases of 0, weights that don't begin as 0, or LeakyReLU."
    what = f"{100 * share:.0f} % of the units of layer '{layer}' gave 0 for every sample looked at"
    return Sign(layer, share, f"{what} and learn no more; try a smaller learning rate, {cure}")


def vanishing_gradient(epochs: Sequence[Epoch], limits: Limits) -> Sign | None:
    """Compare the first layer's gradient with the last one's."""
    if dead_units(epochs, limits):  # which says it better
        return None
    norms = [(name, m.gradient_norm) for name, m in epochs[-1].layers.items() if isfinite(m.gradient_norm)]
    if len(norms) < 2 or norms[-1][1] == 0:
        return None
    (first, norm), (last, reference) = norms[0], norms[-1]
    share = norm / reference
    if not share < limits.vanishing:
        return None
    what = f"that of layer '{first}' is {share:.0e} times that of layer '{last}'"
    cure = "try relu with kernel_initializer='he_normal', BatchNormalization, or fewer layers."
    return Sign(first, share, f"The gradient vanishes on its way down: {what}; {cure}")


def exploding_gradient(epochs: Sequence[Epoch], limits: Limits) -> Sign | None:
    """Find a layer whose gradient is many times as large as its weights."""
    layer, ratio = _largest(epochs[-1], "gradient_ratio")
    if epochs[-1].clipped or not ratio > limits.exploding:
        return None
    what = f"The gradient explodes: that of layer '{layer}' is {ratio:.0f} times as large as its weights"
    cure = "inputs and targets scaled to about 1, smaller initial weights, or clipnorm=1.0 in the optimizer."
    return Sign(layer, ratio, f"{what}; try {cure}")


def overfitting(epochs: Sequence[Epoch], limits: Limits) -> Sign | None:
    """Compare the validation loss with its best epoch, since when the training loss has fallen."""
    validated = [(epoch.val_loss, epoch) for epoch in epochs if epoch.val_loss is not None]
    if not validated or validated[-1][1] is not epochs[-1]:
        return None
    now, epoch = validated[-1]
    lowest, best = min(validated, key=lambda pair: pair[0] if isfinite(pair[0]) else inf)
    # A rise counts beside what there was to gain: 0.002 after 0.001 is no news where all began at 2.3.
    limit = limits.overfitting * max(abs(lowest), _size(epochs) / 2)
    if not now - lowest > limit or not epoch.loss < best.loss:
        return None
    what = f"the validation loss is {now:.4g}, up from {lowest:.4g} in epoch {best.number + 1}"
    cure = "try EarlyStopping(restore_best_weights=True), Dropout, or more data."
    text = f"{what}, while the training loss has fallen to {epoch.loss:.4g}; {cure}"
    return Sign(None, now - lowest, f"The network learns its samples by heart: {text}")


def learning_rate_too_high(epochs: Sequence[Epoch], limits: Limits) -> Sign | None:
    """Find steps that are large beside the weights, or a loss that keeps going up."""
    now = epochs[-1]
    layer, ratio = _largest(now, "update_ratio")
    rate = min(now.learning_rate / 10, now.usual)
    advice = f"the learning rate of {now.learning_rate:.3g} is too high; try {rate:.3g}."
    if not isfinite(now.loss):
        return Sign(None, now.loss, f"The loss became {now.loss}: {advice}")
    first, start, peak, size = epochs[0].loss, epochs[0].start, epochs[0].peak, _size(epochs)
    if first > FAR_ABOVE * start > 0:
        what = f"The loss of the first epoch is {first:.4g}, far above the {start:.4g} before any step"
        return Sign(None, first / start, f"{what}: {advice}", at_once=True)
    dead, share = _largest(now, "dead_share")
    if share > limits.dead_share and _leapt(epochs):
        units = f"{100 * share:.0f} % of the units of layer '{dead}' give 0 for every sample looked at"
        what = f"The loss leapt from {start:.4g}, of the first batch, to {peak:.4g} in epoch 1, and {units}"
        return Sign(dead, share, f"{what}: {advice}", at_once=True)
    if ratio > limits.largest_update:
        part = f"by {100 * ratio:.0f} %, where 0.1 % is usual"
        return Sign(layer, ratio, f"A step changes the weights of layer '{layer}' {part}: {advice}")
    recent = [epoch.loss for epoch in epochs[-RECENT - 1 :]]
    ups = [after - before for before, after in pairwise(recent) if after - before > limits.rise / 10 * size]
    # A single peak is an accident; and at the end of a training, noise goes up and down with small steps.
    if len(ups) > 1 and sum(ups) > limits.rise * size and ratio > limits.largest_update / 5:
        what = f"the ups of the last {len(recent) - 1} epochs make {sum(ups):.4g}: {advice}"
        before = f"The training loss, {first:.4g} in the first epoch, goes up and down"
        return Sign(None, sum(ups), f"{before}; {what}")
    return None


def learning_rate_too_low(epochs: Sequence[Epoch], limits: Limits) -> Sign | None:
    """Find steps that are tiny beside the weights, while the loss stands still."""
    layer, ratio = _largest(epochs[-1], "update_ratio")
    first, lowest = epochs[0].loss, min(epoch.loss for epoch in epochs)
    # Without a gradient, as where all units are dead, no learning rate would help.
    if not 0 < ratio < limits.smallest_update or not first - lowest < PROGRESS * _size(epochs):
        return None
    old = epochs[-1].learning_rate
    text = (
        f"A step changes no layer's weights by more than {ratio:.0e} of their size, where 1e-03 is usual, "
        f"and the loss hardly moves, from {first:.5g} to {lowest:.5g}: the learning rate of {old:.2g} is too "
        f"low; try {old * min(100, 1e-3 / ratio):.1g}."
    )
    return Sign(layer, ratio, text)


Check: TypeAlias = Callable[[Sequence[Epoch], Limits], Sign | None]
CHECKS: dict[str, Check] = {check.__name__: check for check in (
    unscaled_inputs, dead_units, vanishing_gradient, exploding_gradient, overfitting,
    learning_rate_too_high, learning_rate_too_low,
)}  # fmt: skip


def _leapt(epochs: Sequence[Epoch]) -> bool:
    return epochs[0].peak > LEAP * epochs[0].start > 0


def _size(epochs: Sequence[Epoch]) -> float:
    """Return what changes of the loss are measured by: the first, or a lower one farther from 0."""
    losses = [epoch.loss for epoch in epochs]
    return max(abs(losses[0]), abs(min(losses)))


def _largest(epoch: Epoch, measure: str) -> tuple[str | None, float]:
    """Return the layer in which a measure is largest, and the measure; NaN where nothing was measured."""
    found = [(getattr(measures, measure), name) for name, measures in epoch.layers.items()]
    value, name = max(((v, n) for v, n in found if isfinite(v)), default=(nan, None))
    return name, value

"""What a few training steps of an epoch tell about each layer: how far they go, and what the gradient is."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from numpy_ann._typing import Array

__all__ = ["LayerMeasures", "StepMeasures"]

STEPS = 8  # of an epoch; evenly spread, once its length is known
RECTIFIERS = ("relu", "relu6")


class LayerMeasures(NamedTuple):
    """A layer in an epoch; medians over the steps looked at, NaN where there is nothing to measure.

    W is the layer's kernel, dW its gradient, the norms are Euclidean.
    """

    update_ratio: float  # |change of W in a step| / |W|
    gradient_norm: float  # |dW|
    gradient_ratio: float  # |dW| / |W|
    dead_share: float  # of the units, those whose output was 0 for every sample looked at


class StepMeasures:
    """Looks at some of an epoch's steps, from between them; costs a copy of the kernels a step looked at.

    Parameters
    ----------
    layers : sequence of Layer
        The model's. Measured are those with a kernel that learns, or that end in a rectifier.
    steps : int, optional
        Batches an epoch, if known.
    """

    def __init__(self, layers: Sequence[Any], steps: int | None) -> None:
        self._watched = set(range(STEPS))
        if steps is not None:
            self._watched = {round((steps - 1) * i / (STEPS - 1)) for i in range(STEPS)}
        self._names = [layer.name for layer in layers]
        trained = [(layer.name, p) for layer in layers for p in layer.trainable_parameters]
        self._kernels = {name: p for name, p in trained if p.name == "kernel"}
        # The last layer's activation is computed with the loss, and nobody keeps its output.
        self._rectifiers = [layer for layer in layers[:-1] if _rectifies(layer.activation)]
        self._before: dict[str, Array] | None = None
        self._steps: dict[str, list[tuple[float, float, float]]] = {name: [] for name in self._kernels}
        self._alive: dict[str, Array] = {}

    def before_step(self, batch: int) -> None:
        """Finish with the step before, and remember the weights if this one is to be looked at."""
        self.after_step()
        if batch in self._watched:
            self._before = {name: kernel.value.copy() for name, kernel in self._kernels.items()}

    def after_step(self) -> None:
        """Compare with the weights remembered, if there are any."""
        if self._before is None:
            return
        for name, kernel in self._kernels.items():
            W = self._before[name]
            size, gradient = float(np.linalg.norm(W)), float(np.linalg.norm(kernel.grad))
            change = float(np.linalg.norm(kernel.value - W))
            self._steps[name].append((_ratio(change, size), gradient, _ratio(gradient, size)))
        for layer in self._rectifiers:
            kept = getattr(layer, "_kept_activation", None)  # of the step's batch: `backward` has needed it
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


def _rectifies(activation: Any) -> bool:
    """Return whether negative inputs are lost: a leaky rectifier's slope brings a unit back."""
    return activation.name in RECTIFIERS and not activation.options.get("negative_slope")


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else np.nan

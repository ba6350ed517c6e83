"""Steps of one's own: ``train_step`` and its kin, as Keras on TensorFlow has them, and Keras' defaults.

::

    class Own(Model):
        def train_step(self, data):
            x, y = data
            with GradientTape() as tape:
                loss = self.compute_loss(y=y, y_pred=self(x, training=True))
            self.optimizer.apply(tape.gradient(loss, self.trainable_variables), self.trainable_variables)
            return {"loss": loss}

``data`` is what ``fit`` was given, batch by batch: ``x``, ``(x, y)`` or ``(x, y, sample_weight)``. What is
returned are the figures of the epoch so far.
"""

from collections.abc import Callable, Mapping
from inspect import signature
from math import isfinite
from typing import Any

import numpy as np

from numpy_ann.errors import NonFiniteError
from numpy_ann.metrics import Mean, Metric
from numpy_ann.recording import unrecorded
from numpy_ann.training.data.adapter import (
    KERAS_BATCH,
    DataAdapter,
    as_numbers,
    check_lengths,
    size_of_batches,
)
from numpy_ann.training.data.batches import Batches
from numpy_ann.training.data.iterables import IterableBatches, unpacked
from numpy_ann.training.data.sample_weights import as_sample_weight, class_weights_of
from numpy_ann.training.loop import Evaluation

__all__ = [
    "HOOKS", "CompileMetrics", "OwnAdapter", "OwnStep", "begin", "compute_loss", "compute_metrics",
    "defaults", "figures_of", "metrics_of", "predict_step", "test_step", "train_step",
]  # fmt: skip

HOOKS = (
    *("train_step", "test_step", "predict_step", "compute_loss", "compute_metrics", "metrics"),
    "get_metrics_result",
)
"""What a model's class may override."""


class CompileMetrics(Metric):
    """The metrics that ``compile`` was given, as one; its result has them by name.

    Parameters
    ----------
    configuration : Configuration
        What ``compile`` was told.
    """

    _state = ()

    def __init__(self, configuration: Any) -> None:
        super().__init__("compile_metrics")
        self._configuration = configuration
        self._running: Any = None

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        y, p = np.asarray(y_true), np.asarray(y_pred)
        if self._running is None:
            self._running = self._configuration.running_metrics(y, p.shape[1:])
        self._running.update(0.0, y, p, None if sample_weight is None else np.asarray(sample_weight))

    def result(self) -> dict[str, Any]:
        found: dict[str, Any] = {} if self._running is None else self._running.results()
        found.pop("loss", None)
        return found

    def reset_state(self) -> None:
        if self._running is not None:
            self._running.reset()


class OwnAdapter(DataAdapter):
    """Batches for steps of one's own, which may do without targets."""

    def inputs(self, x: Any) -> Any:
        x = as_numbers("x", x if isinstance(x, np.ndarray) else self._only_input(x))
        if not self._model.built:
            self._model.build_for(x)
        return x

    def targets(self, x: Any, y: Any, sample_weight: Any) -> Any:
        x, y = self.inputs(x), None if y is None else as_numbers("y", y)
        weight = None
        if sample_weight is not None:
            weight = as_sample_weight(as_numbers("sample_weight", sample_weight))
        check_lengths(x=x, y=y, sample_weight=weight)
        return x, y, weight

    def batches(
        self, data: Any, batch_size: int | None, steps: int | None = None, class_weight: Any = None, *,
        argument: str = "batch_size", validating: bool = False,
    ) -> Any:  # fmt: skip
        dtype, whole = self._model.dtype, [False]

        def check(batch: Any) -> Any:
            x, y, w = self.targets(*unpacked(batch, targets=False))
            whole[0] = y is not None and y.dtype.kind in "iub"
            if class_weight is None:
                return x, y, w
            if y is None:
                raise ValueError("`class_weight` needs targets, `y`, which say each sample's class.")
            return x, y, class_weights_of(y, class_weight, w)

        if not isinstance(data, tuple):
            options: Any = {"integer_targets": lambda: whole[0], "steps_per_epoch": steps}
            source = IterableBatches(data, check, dtype, **options)
            return source, source.first[1]
        x, y, w = check(data)
        size = size_of_batches(len(x), batch_size, steps, KERAS_BATCH, argument)
        return Batches(x, y, w, size, dtype, integer_targets=whole[0], steps_per_epoch=steps), y


class OwnStep:
    """A method of the model in the place of a step, of an evaluation's pass and loss, and of their figures.

    Parameters
    ----------
    model : Trainer
        Whose.
    method : str
        ``"train_step"``, ``"test_step"`` or ``"predict_step"``.
    """

    batch_size = 0
    named: Mapping[str, Any] = {}

    def __init__(self, model: Any, method: str) -> None:
        self._model, self._method = model, method
        self._last: dict[str, Any] = {}

    def __call__(self, x: Any, y: Any = None, w: Any = None) -> Any:
        data = x if y is None else (x, y) if w is None else (x, y, w)
        found = getattr(self._model, self._method)(data)
        if self._method == "predict_step":
            return found if isinstance(found, np.ndarray) else _each(np.asarray, found)
        if not isinstance(found, Mapping):
            raise TypeError(
                f"{type(self._model).__name__}.{self._method} returns a dictionary from names to figures: "
                f'{{"loss": loss}}. It returned {found!r}.'
            )
        self._last = {}
        for name, figure in found.items():
            self._last |= figure if isinstance(figure, Mapping) else {name: figure}
        self._last = {name: _number(figure) for name, figure in self._last.items()}
        loss = self._last.get("loss", 0.0)
        if self._method == "train_step" and not isfinite(loss):
            raise NonFiniteError(f"The loss that train_step returned is {loss}.", loss)
        return None, loss

    def logits(self, x: Any) -> tuple[Any, None]:
        """Return the inputs, as an evaluation's pass: all else is ``forward``'s."""
        return x, None

    def forward(self, x: Any, y: Any, w: Any = None, *, out: Any = None) -> Any:
        """Return nothing and the loss, as an evaluation's loss."""
        return self(x, y, w)

    def joined(self, parts: list[Any]) -> Any:
        """Return the predictions of all batches, one behind the other."""
        first = parts[0]
        if isinstance(first, Mapping):
            return {key: self.joined([part[key] for part in parts]) for key in first}
        if isinstance(first, list):
            return [self.joined(list(column)) for column in zip(*parts, strict=True)]
        return np.concatenate(parts)

    def has_parameters(self) -> bool:
        """Return True: whoever takes the steps reads the parameters anew."""
        return True

    def finish(self) -> None:
        """End a training, as ``TrainingStep.finish`` does."""
        self._model.optimizer.finalize_variable_values(self._model.trainable_variables)

    def reset(self) -> None:
        """Begin an epoch."""
        self._model.reset_metrics()
        self._last = {}

    def update(self, *batch: Any) -> None:
        """Leave what ``train_step`` has said."""

    add_loss = pool = update

    def logs(self) -> dict[str, Any]:
        """Return the figures of the last batch, by name in alphabetical order."""
        return dict(sorted(self._last.items()))

    def results(self) -> dict[str, Any]:
        """Return them in the order of the model's metrics, others behind."""
        whole = "compile_metrics"
        names = [n for m in self._model.metrics for n in (m.result() if m.name == whole else [m.name])]
        order = [name for name in dict.fromkeys(names) if name in self._last]
        return {name: self._last[name] for name in [*order, *sorted(self._last.keys() - {*order})]}


def _number(figure: Any) -> Any:
    array = np.asarray(figure)
    return array.item() if array.size == 1 else array


def _each(function: Callable[[Any], Any], found: Any) -> Any:
    if isinstance(found, Mapping):
        return {key: _each(function, one) for key, one in found.items()}
    return [_each(function, one) for one in found] if isinstance(found, list | tuple) else function(found)


def train_step(self: Any, data: Any) -> dict[str, Any]:
    """Take one step on a batch; return the figures so far."""
    from numpy_ann.ops.gradient_tape import GradientTape

    x, y, w = unpacked(data, targets=False)
    with GradientTape() as tape:
        y_pred = self(x, training=True)
        loss = _loss_of(self, x, y, y_pred, w, True)
    trained = self.trainable_variables
    self.optimizer.apply(tape.gradient(loss, trained), trained)
    return dict(self.compute_metrics(x, y, y_pred, w))


def test_step(self: Any, data: Any) -> dict[str, Any]:
    """Return the figures so far, with those of a batch, without dropout."""
    x, y, w = unpacked(data, targets=False)
    y_pred = self(x, training=False)
    _loss_of(self, x, y, y_pred, w, False)
    return dict(self.compute_metrics(x, y, y_pred, w))


def predict_step(self: Any, data: Any) -> Any:
    """Return the predictions for a batch."""
    return self(unpacked(data, targets=False)[0], training=False)


def _loss_of(model: Any, x: Any, y: Any, y_pred: Any, sample_weight: Any, training: bool) -> Any:
    given = {"x": x, "y": y, "y_pred": y_pred, "sample_weight": sample_weight}
    if "training" in signature(model.compute_loss).parameters:
        given["training"] = training
    loss = model.compute_loss(**given)
    if model._loss_tracker is not None:
        model._loss_tracker.update_state(loss, sample_weight=len(x))
    return loss


def compute_loss(
    self: Any, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None,
    training: bool = True,
) -> Any:  # fmt: skip
    """Return the loss that ``compile`` was given, and the penalties; on the tape, where one records."""
    configuration, penalties = self._compiled(), list(self.losses)
    if configuration.loss_argument is None:
        if not penalties:
            raise ValueError("No loss to compute: give `compile` a loss, or override compute_loss().")
        return sum(penalties[1:], penalties[0])
    if not hasattr(configuration, "check_targets") or isinstance(y_pred, list | tuple | dict):
        raise ValueError(
            "compute_loss() is for one output: of several, override it, and add up the losses of each."
        )
    if configuration.loss is None:
        configuration.check_targets(np.asarray(y), np.shape(y_pred)[1:])
    loss: Any = configuration.loss
    with unrecorded():
        y = loss.paired(np.asarray(y_pred), y)[1]
    value = loss(y, y_pred, sample_weight)
    if configuration.loss_weight != 1:
        value = value * configuration.loss_weight
    return sum(penalties, value)


def compute_metrics(self: Any, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Any]:
    """Let ``compile``'s metrics take in a batch; return all figures."""
    if self._compile_metrics is not None:
        self._compile_metrics.update_state(y, y_pred, sample_weight)
    return dict(self.get_metrics_result())


def metrics_of(self: Any) -> list[Any]:
    """Return the tracker of the loss, ``compile``'s metrics as one, and those that are attributes."""
    found = [self._loss_tracker, self._compile_metrics]
    return [*(m for m in found if m is not None), *(
        thing for name, thing in vars(self).items() if isinstance(thing, Metric) and not name.startswith("_")
    )]  # fmt: skip


def figures_of(model: Any) -> dict[str, Any]:
    """Return the figures so far by name."""
    found: dict[str, Any] = {}
    for metric in model.metrics:
        result = metric.result()
        found |= result if isinstance(result, Mapping) else {metric.name: result}
    return found


def begin(model: Any) -> None:
    """Make the tracker of the loss, and ``compile``'s metrics, anew."""
    configuration = model.configuration
    given = configuration.loss_argument is not None or type(model).compute_loss is not compute_loss
    model._loss_tracker = Mean("loss") if given else None
    asked = getattr(configuration, "metrics", None) or getattr(configuration, "weighted_metrics", None)
    model._compile_metrics = CompileMetrics(configuration) if asked else None


def training_step(self: Any, batch_size: int) -> OwnStep:
    """Return the step, which has its figures too."""
    self.claim_parameters()
    self._step = self._step or OwnStep(self, "train_step")
    return self._step  # type: ignore[no-any-return]


def _forward_pass(self: Any, batch_size: int) -> tuple[OwnStep, OwnStep]:
    own = OwnStep(self, "test_step")
    return own, own


def _evaluation(self: Any, batches: Any, targets: Any) -> Evaluation:
    own: Any = OwnStep(self, "test_step")
    return Evaluation([(own, own)], batches, own)


defaults: dict[str, Any] = {
    "_adapter": lambda self, configuration=None: OwnAdapter(self, configuration),
    "_metrics_for": lambda self, y: self.training_step(0),
    "training_step": training_step,
    "_forward_pass": _forward_pass,
    "_evaluation": _evaluation,
}
"""The methods of a model that has such steps."""

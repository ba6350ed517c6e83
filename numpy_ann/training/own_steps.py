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
from typing import Any, ClassVar

import numpy as np

from numpy_ann.errors import NonFiniteError
from numpy_ann.metrics import Mean, Metric
from numpy_ann.recording import unrecorded
from numpy_ann.training.data.iterables import unpacked
from numpy_ann.training.loop import Evaluation

# isort: off
from numpy_ann.training.data.adapter import (
    KERAS_BATCH, DataAdapter, as_numbers, as_sample_weight, check_lengths,
)  # fmt: skip

HOOKS = (
    *("train_step", "test_step", "predict_step", "compute_loss", "compute_metrics", "metrics"),
    "get_metrics_result",
)
"""What a model's class may override."""


class CompileMetrics(Metric):
    """The metrics that ``compile`` was given, as one; its result has them by name."""

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
        found = {} if self._running is None else self._running.results()
        return {name: figure for name, figure in found.items() if name != "loss"}

    def reset_state(self) -> None:
        if self._running is not None:
            self._running.reset()


class OwnAdapter(DataAdapter):
    """Batches for steps of one's own, which may do without targets."""

    needs_targets: ClassVar[bool] = False

    def inputs(self, x: Any) -> Any:
        x = as_numbers("x", x if isinstance(x, np.ndarray) else self.only_input(x))
        if not self.model.built:
            self.model.build_for(x)
        return x

    def targets(self, x: Any, y: Any, sample_weight: Any) -> Any:
        x, y = self.inputs(x), None if y is None else as_numbers("y", y)
        w = None if sample_weight is None else as_sample_weight(as_numbers("sample_weight", sample_weight))
        check_lengths(x=x, y=y, sample_weight=w)
        return x, y, w

    def usual_size(self) -> int:
        return KERAS_BATCH

    def integer_targets(self, y: Any) -> bool:
        return y is not None and y.dtype.kind in "iub"

    def class_weights(self, y: Any, class_weight: Any, w: Any) -> Any:
        if y is None:
            raise ValueError("`class_weight` needs targets, `y`, which say each sample's class.")
        return super().class_weights(y, class_weight, w)


class OwnStep:
    """A method of the model in the place of a step, of an evaluation's pass and loss, and of their figures.

    It is ``"train_step"``, ``"test_step"`` or ``"predict_step"``.
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
        self._last = {name: _number(figure) for name, figure in _flat(dict(sorted(found.items()))).items()}
        loss = self._last.get("loss", 0.0)
        if self._method == "train_step" and not isfinite(loss):
            raise NonFiniteError(f"The loss that train_step returned is {loss}.", loss)
        return None, loss

    def logits(self, x: Any) -> tuple[Any, None]:
        """Return the inputs, as an evaluation's pass: all else is ``forward``'s, an evaluation's loss."""
        return x, None

    def forward(self, x: Any, y: Any, w: Any = None, *, out: Any = None) -> Any:
        """Return nothing and the loss."""
        return self(x, y, w)

    def joined(self, parts: list[Any]) -> Any:
        """Return the predictions of all batches, one behind the other."""
        first = parts[0]
        if isinstance(first, Mapping):
            return {key: self.joined([part[key] for part in parts]) for key in first}
        if isinstance(first, list | tuple):
            return type(first)([self.joined(list(column)) for column in zip(*parts, strict=True)])
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
        """Return the figures of the last batch, by name in Keras' order."""
        return dict(self._last)

    def results(self) -> dict[str, Any]:
        """Return them in the order of the model's metrics, others behind."""
        whole = "compile_metrics"
        names = [n for m in self._model.metrics for n in (m.result() if m.name == whole else [m.name])]
        order = [name for name in dict.fromkeys(names) if name in self._last]
        return {name: self._last[name] for name in [*order, *sorted(self._last.keys() - {*order})]}


def _flat(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Return figures by name; of what has several, each by its own."""
    found: dict[str, Any] = {}
    for name, figure in figures.items():
        found |= figure if isinstance(figure, Mapping) else {name: figure}
    return found


def _number(figure: Any) -> Any:
    return array.item() if (array := np.asarray(figure)).size == 1 else array


def _each(function: Callable[[Any], Any], found: Any) -> Any:
    if isinstance(found, Mapping):
        return {key: _each(function, one) for key, one in found.items()}
    kind = tuple if isinstance(found, tuple) else list
    return kind(_each(function, one) for one in found) if isinstance(found, list | tuple) else function(found)


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
    said = {"training": training} if "training" in signature(model.compute_loss).parameters else {}
    loss = model.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, **said)
    if model._loss_tracker is not None:
        model._loss_tracker.update_state(loss, sample_weight=len(x))
    return loss


def compute_loss(
    self: Any, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None,
    training: bool = True,
) -> Any:  # fmt: skip
    """Return the loss that ``compile`` was given, and the penalties; on the tape, where one records."""
    configuration, penalties = _of_one_output(self._compiled()), list(self.losses)
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


def _of_one_output(configuration: Any) -> Any:
    """Return what ``compile`` was told of the output, where a graph has one."""
    parts: Any = getattr(configuration, "parts", ())
    return parts[0] if len(parts) == 1 else configuration


def compute_metrics(self: Any, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Any]:
    """Let ``compile``'s metrics take in a batch; return all figures."""
    if self._compile_metrics is not None:
        self._compile_metrics.update_state(y, y_pred, sample_weight)
    return dict(self.get_metrics_result())


def metrics_of(self: Any) -> list[Any]:
    """Return the tracker of the loss, ``compile``'s metrics as one, and those that are attributes."""
    own = [m for name, m in vars(self).items() if isinstance(m, Metric) and not name.startswith("_")]
    return [*(m for m in (self._loss_tracker, self._compile_metrics) if m is not None), *own]


def figures_of(model: Any) -> dict[str, Any]:
    """Return the figures so far by name."""
    return _flat({metric.name: metric.result() for metric in model.metrics})


def begin(model: Any) -> None:
    """Make the tracker of the loss, and ``compile``'s metrics, anew."""
    configuration = _of_one_output(model.configuration)
    given = configuration.loss_argument is not None or type(model).compute_loss is not compute_loss
    model._loss_tracker = Mean("loss") if given else None
    asked = getattr(configuration, "metrics", None) or getattr(configuration, "weighted_metrics", None)
    model._compile_metrics = CompileMetrics(configuration) if asked else None


def training_step(self: Any, batch_size: int) -> OwnStep:
    """Return the step, which has its figures too."""
    self.claim_parameters()
    self._step = self._step or OwnStep(self, "train_step")
    return self._step  # type: ignore[no-any-return]


def _evaluation(self: Any, batches: Any, targets: Any) -> Evaluation:
    passes: Any = [self._forward_pass(0)]
    return Evaluation(passes, batches, passes[0][0])


defaults: dict[str, Any] = {
    "_own_adapter": OwnAdapter,
    "_metrics_for": lambda self, y: self.training_step(0),
    "training_step": training_step,
    "_forward_pass": lambda self, batch_size: (OwnStep(self, "test_step"),) * 2,
    "_evaluation": _evaluation,
}
"""The methods of a model that has such steps."""

"""Several outputs: a loss and metrics for each, and the sum of the losses, which training makes small.

::

    L = sum of weight_k L_k(y_k) + penalties
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from types import SimpleNamespace
from typing import Any

from numpy_ann import optimizers
from numpy_ann._typing import Array
from numpy_ann.metrics import Mean, Metric
from numpy_ann.training.configuration import Configuration, RunningLoss, RunningMetrics, pool
from numpy_ann.training.data.bundles import Bundle, arrays_of, by_name
from numpy_ann.training.output_loss import ActivationThenLoss, OutputLoss, output_loss_of
from numpy_ann.training.plan import Plan


class OutputsConfiguration:
    """The arguments of ``compile``, by output, and together as they were ``given``."""

    def __init__(self, parts: Sequence[Configuration], names: Sequence[str], given: Any = None) -> None:
        self.parts, self.names_of_outputs, first = list(parts), list(names), parts[0]
        self.optimizer = first.optimizer
        given = given or (first.loss_argument, first.metrics, first.weighted_metrics, first.loss_weight)
        self.loss_argument, self.metrics, self.weighted_metrics, self.loss_weight = given

    @property
    def loss(self) -> Any:
        """The losses, by output."""
        losses = [part.loss for part in self.parts]
        return losses[0] if len(losses) == 1 else losses

    @property
    def names(self) -> list[str]:
        """The names of the figures."""
        return list(OutputsMetrics([part.names_only() for part in self.parts], self).named)

    def require_loss(self) -> Any:
        """Return what all losses have in common; raise ``ValueError`` if ``compile`` was given none."""
        losses = [part.loss for part in self.parts if part.loss is not None]
        if not losses and all(part.loss_argument is None for part in self.parts):
            self.parts[0].require_loss()
        return SimpleNamespace(sees_batches=any(loss.sees_batches for loss in losses), integer_targets=False)

    def running_metrics(self, y: Any, output_shapes: Any, *, copies: bool = False) -> "OutputsMetrics":
        """Return new running metrics for targets like ``y``."""
        each = zip(self.parts, arrays_of(y), output_shapes, strict=True)
        found = [part.running_metrics(t, shape, copies=copies) for part, t, shape in each]
        return OutputsMetrics(found, self)


def configuration_by_output(
    model: Any, optimizer: Any, loss: Any, metrics: Any, weighted_metrics: Any, loss_weights: Any
) -> OutputsConfiguration:
    """Return the arguments of ``compile`` for a model of several outputs, each as one, list or dictionary.

    Raises ``ValueError`` if a list has another length than the outputs, or a dictionary other names.
    """
    names = model.output_names if model.built else [model.name]  # a chain, of one output
    optimizer = optimizers.get(optimizer)
    given = loss, metrics, weighted_metrics, loss_weights
    if len(names) == 1:
        return OutputsConfiguration([Configuration(optimizer, *given)], names, given)
    one = not isinstance(loss, list | tuple | Mapping) or "class_name" in loss
    losses = [loss] * len(names) if one else by_name("loss", loss, names, missing=True)
    weights = [None] * len(names) if loss_weights is None else by_name("loss_weights", loss_weights, names)
    plain = _figures("metrics", metrics, names)
    weighted = _figures("weighted_metrics", weighted_metrics, names)
    each = zip(losses, plain, weighted, weights, strict=True)
    return OutputsConfiguration([Configuration(optimizer, *one) for one in each], names, given)


def by_output(configuration: Any) -> OutputsConfiguration:
    """Return a configuration as that of the only output."""
    alone = not isinstance(configuration, OutputsConfiguration)
    return OutputsConfiguration([configuration], [""]) if alone else configuration


def _figures(argument: str, given: Any, names: Sequence[str]) -> list[Any]:
    found = by_name(argument, given, names, missing=True) if given else [None] * len(names)
    return [one if one is None or isinstance(one, list | tuple) else [one] for one in found]


class SummedLoss(float):
    """The sum of the losses, which has each of them in ``parts``."""

    parts: list[float]

    def __new__(cls, total: float, parts: list[float]) -> "SummedLoss":
        """Return the total as a number."""
        loss = super().__new__(cls, total)
        loss.parts = parts
        return loss


class OutputLosses:
    """The last activation functions and the losses of all outputs, and all penalties; see ``OutputLoss``."""

    def __init__(self, plan: Plan, configuration: Any) -> None:
        configuration.require_loss()
        parts = by_output(configuration).parts
        self._plan, self._activations = plan, plan.activations
        self.losses: list[OutputLoss | None] = [
            # A copy: one loss may judge two outputs, and keeps what its way back needs.
            None if part.loss is None else output_loss_of(activation, copy(part.loss))
            for part, activation in zip(parts, plan.activations, strict=True)
        ]
        self._weights = [part.loss_weight for part in parts]
        self._kept: list[tuple[Array, Array]] = []

    def forward(
        self, values: list[Array], y_true: Any, sample_weight: Any = None, *, out: Any = None
    ) -> tuple[Any, SummedLoss]:
        """Return the predictions, in targets' form, and the loss; keeps what ``backward`` needs.

        ``values`` are all arrays of the plan, whose outputs are ends without activation function.
        """
        arrays = [values[i] for i in self._plan.outputs]
        nowhere = [None] * len(arrays)
        weights = nowhere if sample_weight is None else arrays_of(sample_weight)
        made: list[tuple[Array, float]] = []
        rooms, functions = out or nowhere, self._activations
        each = zip(self.losses, functions, arrays, arrays_of(y_true), weights, rooms, strict=True)
        for loss, function, z, y, w, room in each:
            if loss is None:
                made.append((function(z, room if function.reads == "output" else None), 0.0))
            else:
                made.append(loss.forward(z, y, w, out=room))
        predictions, parts = map(list, zip(*made, strict=True))
        total = sum(self._plan.penalties_by_use(values, predictions))
        for loss, weight, part in zip(self.losses, self._weights, parts, strict=True):
            total += 0.0 if loss is None else weight * part
        self._kept = list(zip(arrays, predictions, strict=True))
        return predictions if isinstance(y_true, Bundle) else predictions[0], SummedLoss(total, parts)

    def backward(self, *, out: Any = None) -> list[Array | None]:
        """Return the gradient with respect to each of the ends, penalties of these outputs included."""
        rooms = out or [None] * len(self.losses)
        pairs = zip(self.losses, rooms, strict=True)
        gradients = [None if loss is None else loss.backward(out=room) for loss, room in pairs]
        for gradient, weight in zip(gradients, self._weights, strict=True):
            if gradient is not None and weight != 1:
                gradient *= weight
        for k, of_penalty in enumerate(self._of_penalties()):
            if of_penalty is not None:
                (z, y), function, before = self._kept[k], self._activations[k], gradients[k]
                dz = function.backward(of_penalty, y if function.reads == "output" else z)
                gradients[k] = dz if before is None else before + dz
        return gradients

    def _of_penalties(self) -> Iterator[Array | None]:
        """Yield the gradient of each output's own penalty, where it is an end and has one."""
        plan = self._plan
        for i, end, (_, y) in zip(plan.outputs, plan.ends, self._kept, strict=True):
            has_one = end and plan.uses[i - plan.inputs].layer.activity_regularizer is not None
            yield plan.uses[i - plan.inputs].penalty_gradient(y) if has_one else None

    def gradients_of_predictions(self) -> list[Array | None]:
        """Return ``dy`` of each output, None where activation function and loss go back in one step."""
        found: list[Array | None] = []
        for loss, weight, of_penalty in zip(self.losses, self._weights, self._of_penalties(), strict=True):
            dy = loss.loss.backward() * weight if isinstance(loss, ActivationThenLoss) else None
            found.append(dy if dy is None or of_penalty is None else dy + of_penalty)
        return found


class OutputsMetrics(RunningLoss):
    """The losses and the metrics of all outputs over the batches of an epoch; see ``RunningMetrics``.

    Of several outputs, the figures' names begin with the output's: ``price_loss``, ``price_mae``.
    """

    def __init__(self, parts: Sequence[RunningMetrics], configuration: OutputsConfiguration) -> None:
        self._loss, self._parts = Mean("loss"), list(parts)
        judged = [part.loss_argument is not None for part in configuration.parts]
        self._losses = [several and sum(judged) > 1 for several in judged]
        self._prefixes = [f"{name}_" if len(judged) > 1 else "" for name in configuration.names_of_outputs]

    def reset(self) -> None:
        """Begin an epoch."""
        self._loss = Mean("loss")
        for part in self._parts:
            part.reset()

    def update(self, loss: float, y_true: Any, y_pred: Any, sample_weight: Any) -> None:
        """Take in one batch."""
        self.add_loss(loss, len(y_pred[0]))
        weights = [None] * len(y_pred) if sample_weight is None else arrays_of(sample_weight)
        each: list[float] = getattr(loss, "parts", [loss])
        for part, *batch in zip(self._parts, each, arrays_of(y_true), y_pred, weights, strict=True):
            part.update(*batch)  # pyright: ignore[reportArgumentType]

    def pool(self) -> None:
        """Give every process the figures of all; see ``RunningMetrics.pool``."""
        pool([self._loss])
        for part in self._parts:
            part.pool()

    @property
    def metrics(self) -> list[Metric]:
        """The metrics of all outputs."""
        return [metric for part in self._parts for metric in part.metrics]

    @property
    def named(self) -> dict[str, Metric | None]:
        """What each figure is computed by, under its name; ``None`` for losses."""
        return self._collected([part.named for part in self._parts], None)

    def results(self) -> dict[str, float]:
        return self._collected([part.results() for part in self._parts], self._loss.result())

    def _collected(self, parts: Sequence[Mapping[str, Any]], loss: Any) -> dict[str, Any]:
        """Return the parts' figures under the names of outputs: losses first, then metrics by name."""
        found: dict[str, Any] = {"loss": loss}
        rest: dict[str, Any] = {}
        for prefix, part, judged in zip(self._prefixes, parts, self._losses, strict=True):
            if judged:
                found[f"{prefix}loss"] = part["loss"]
            rest |= {f"{prefix}{name}": figure for name, figure in part.items() if name != "loss"}
        return found | (dict(sorted(rest.items())) if len(parts) > 1 else rest)

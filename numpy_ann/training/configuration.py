"""What ``compile`` was told, optimizer, loss and metrics; and the running metrics of an epoch made of it."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from types import SimpleNamespace
from typing import Any

import numpy as np

from numpy_ann import losses, metrics, optimizers
from numpy_ann._typing import Array, Shape
from numpy_ann.communicator import group
from numpy_ann.losses import Loss
from numpy_ann.losses.functions import as_name
from numpy_ann.losses.targets import CROSSENTROPY
from numpy_ann.metrics import Mean, Metric
from numpy_ann.metrics.identifiers import BY_SHAPE, kind_of_targets
from numpy_ann.metrics.identifiers import as_name as metric_name
from numpy_ann.metrics.mean_metric import MeanMetricWrapper, Sum
from numpy_ann.metrics.metric import RunningMean
from numpy_ann.optimizers import Optimizer
from numpy_ann.part import ours
from numpy_ann.validation import checked_number, closed, is_number


class Configuration:
    """The arguments of ``compile``, checked, and kept as they were given for the model file.

    Raises ``ValueError`` if a name is unknown; the message offers near ones.

    Without a loss, a model can predict but not train; ``"crossentropy"``, or ``"ce"``, is decided by the
    first targets, as in Keras. Metrics also come in lists, or under the output's name. ``loss_weights`` is
    what the loss is multiplied by; penalties of regularizers are not.
    """

    def __init__(
        self, optimizer: str | Optimizer, loss: str | Loss | None = None,
        metrics: Sequence[str | Metric] | None = None, weighted_metrics: Sequence[str | Metric] | None = None,
        loss_weights: Any = None,
    ) -> None:  # fmt: skip
        self.optimizer: Optimizer = optimizers.get(optimizer)
        loss = loss if isinstance(loss, str) else as_name(_only("loss", loss))
        weight = loss_weights if is_number(loss_weights) else _only("loss_weights", loss_weights)
        if not (weight is None or is_number(weight)):
            raise ValueError(
                "`loss_weights` is a number, or holds one: the weight of the one output's loss. Metrics are "
                f"passed by name: metrics=[...]. Received: loss_weights={loss_weights!r}"
            )
        self.loss_weight = 1.0 if weight is None else checked_number("loss_weights", weight)
        self.loss_argument = loss
        self._by_shape = isinstance(loss, str) and loss.lower() in CROSSENTROPY
        self.loss: Loss | None = None if loss is None or self._by_shape else losses.get(loss)
        self.metrics = _checked("metrics", metrics)
        self.weighted_metrics = _checked("weighted_metrics", weighted_metrics)
        self._shapes: tuple[Shape, Shape] | None = None  # of targets and outputs, once they have come

    def running_metrics(
        self, y: Array | None, output_shape: Shape, *, copies: bool = False
    ) -> "RunningMetrics":
        """Return new running metrics for targets like ``y``, after checking that the targets fit.

        With ``copies``, metrics that ``compile`` was given are left alone.
        """
        if y is None:  # of several outputs, one without a loss
            return RunningMetrics([], [])
        output_shape = closed(output_shape, y.shape[1:])
        if self.loss_argument is not None:
            self.check_targets(y, output_shape)
        given, shapes = (self.metrics, self.weighted_metrics), (y.shape[1:], output_shape)
        found = [[metrics.get(metric, *shapes) for metric in some] for some in given]
        if copies:
            found = deepcopy(found)
        for metric in (*found[0], *found[1]):
            metric.check_targets(y, output_shape)
        return RunningMetrics(*found)

    def check_targets(self, y: Array, output_shape: Shape) -> None:
        """Raise ``ValueError`` unless the loss takes such targets; the first ones may decide which it is."""
        loss, output_shape = self.loss, closed(output_shape, y.shape[1:])
        if loss is None:
            if not self._by_shape:
                self.require_loss()
            loss = losses.get(f"{kind_of_targets(y.shape[1:], output_shape)}_crossentropy")
        loss.check_targets(y, output_shape)
        self.loss, self._shapes = loss, (y.shape[1:], output_shape)

    @property
    def names(self) -> list[str]:
        """The names of the figures: the loss, then the metrics; a metric given by name is called so."""
        return list(self.names_only().named)

    def names_only(self) -> "RunningMetrics":
        """Return running metrics that have names alone."""
        named: list[list[Any]] = [
            [SimpleNamespace(name=m) if isinstance(m, str) else metrics.get(m) for m in given]
            for given in (self.metrics, self.weighted_metrics)
        ]
        return RunningMetrics(*named)

    @property
    def loss_in_files(self) -> str | Loss | None:
        """The loss as it was given, or, decided by targets, under the name of what it is."""
        return self.loss.name if self._by_shape and self.loss is not None else self.loss_argument

    def metrics_in_files(self) -> tuple[list[str | Metric], list[str | Metric]]:
        """Return both lists with ``"crossentropy"``, which Keras 3 doesn't know there, as what it means."""
        return [*map(self._in_file, self.metrics)], [*map(self._in_file, self.weighted_metrics)]

    def _in_file(self, metric: str | Metric) -> str | Metric:
        if self._shapes is None or not isinstance(metric, str) or metric.lower() not in CROSSENTROPY:
            return metric
        return metrics.get(metric, *self._shapes)

    def require_loss(self) -> Loss:
        """Return the loss; raise ``ValueError`` if ``compile`` was given none."""
        if self.loss is None:
            raise ValueError(
                "The model was compiled without a loss. Pass one, as in "
                'compile(optimizer="adam", loss="categorical_crossentropy").'
            )
        return self.loss


def _only(argument: str, given: Any) -> Any:
    """Return the one entry of a list or dictionary, which Keras takes for each output; else what is given."""
    while isinstance(given, list | tuple | Mapping) and "class_name" not in given:
        entries = list(given.values()) if isinstance(given, Mapping) else list(given)
        if len(entries) != 1:
            raise ValueError(
                f"`{argument}` holds one entry, for the model's one output. Received: {argument}={given!r}"
            )
        given = entries[0]
    return given


def _flat(given: Any) -> list[Any]:
    """Return the metrics of lists in lists, and of dictionaries from outputs to metrics."""
    if isinstance(given, Mapping) and "class_name" not in given:
        given = list(given.values())
    return [metric for one in given for metric in _flat(one)] if isinstance(given, list | tuple) else [given]


def _checked(argument: str, given: Any) -> list[str | Metric]:
    if given is None:
        return []
    if not isinstance(given, list | tuple | dict):
        raise ValueError(
            f"Expected `{argument}` argument to be a list. Received: {argument}={given!r}; "
            f"did you mean [{given!r}]?"
        )
    plain = isinstance(given, list) and all(isinstance(metric, str | Metric) for metric in given)
    flat = given if plain else _flat(given)
    for metric in flat:
        if not (isinstance(metric, str) and metric.lower() in BY_SHAPE):
            metrics.get(metric)
    return [metric if isinstance(metric, str) else metric_name(metric) for metric in flat]


def adds_up(metric: Metric) -> bool:
    """Return whether processes can find a metric of their rows each; others, a user's too, see the batch."""
    formula = type(getattr(metric, "loss", metric))
    whole = isinstance(metric, MeanMetricWrapper | Sum) or getattr(metric, "axis", -1) == 0
    return isinstance(metric, RunningMean) and ours(type(metric)) and ours(formula) and not whole


def pool(means: Sequence[Any]) -> None:
    """Give every process an equal part of the sums over all of them: more batches may come."""
    if group().size > 1:
        sums = np.array([(mean.total, mean.count) for mean in means], np.float64)
        group().sum(sums)
        for mean, (total, count) in zip(means, (sums / group().size).tolist(), strict=True):
            mean.total, mean.count = total, count


class RunningLoss:
    """The loss over the batches of an epoch: the mean of theirs, each counted with its number of samples."""

    _loss: Mean

    def add_loss(self, loss: float, samples: int) -> None:
        """Take in the loss of a batch alone, from which there are no predictions."""
        self._loss.total += loss * samples
        self._loss.count += samples

    def results(self) -> dict[str, float]:
        """Return the figures so far: the loss first, then the metrics in the order of ``compile``."""
        raise NotImplementedError

    def logs(self) -> dict[str, float]:
        """Return the figures so far by name in alphabetical order, as Keras' logs have them."""
        return dict(sorted(self.results().items()))


class RunningMetrics(RunningLoss):
    """The loss and the metrics over the batches of an epoch, as Keras reports them.

    ``metrics`` are blind to sample weights, which ``weighted_metrics`` are given. All of them, the weighted
    ones last, become the attribute ``metrics``.
    """

    def __init__(self, metrics: Sequence[Metric], weighted_metrics: Sequence[Metric]) -> None:
        self._loss = Mean("loss")
        self.metrics = self._pooled = [*metrics, *weighted_metrics]
        self._blind = len(metrics)
        names = [metric.name for metric in metrics]
        names += [f"weighted_{m.name}" if m.name in names else m.name for m in weighted_metrics]
        self._names = ["loss"]
        for name in names:  # as Keras numbers them, so that none hides another
            free, number = name, 1
            while free in self._names:
                free, number = f"{name}_{number}", number + 1
            self._names.append(free)

    def reset(self) -> None:
        """Begin an epoch."""
        self._loss = Mean("loss")
        for metric in self.metrics:
            metric.reset_state()
        self._pooled = [m for m in self.metrics if adds_up(m)] if group().size > 1 else self.metrics

    def update(self, loss: float, y_true: Array, y_pred: Array, sample_weight: Array | None) -> None:
        """Take in one batch."""
        self.add_loss(loss, len(y_pred))
        mine: tuple[Any, ...] = (y_true, y_pred, sample_weight)
        whole: tuple[Any, ...] = mine
        if len(self._pooled) < len(self.metrics):
            every = group().gather(mine)
            whole = tuple(None if a[0] is None else np.concatenate(a) for a in zip(*every, strict=True))
        for number, metric in enumerate(self.metrics):
            batch = mine if metric in self._pooled else whole
            if len(batch[1]):  # of a small batch, one of several processes may have no row
                metric.take(*(batch[:2] if number < self._blind else batch))

    def pool(self) -> None:
        """Have every process give the figures of all."""
        pool([self._loss, *self._pooled])

    @property
    def named(self) -> dict[str, Metric | None]:
        """What each figure is computed by, under its name; ``None`` for the loss, which comes first."""
        return dict(zip(self._names, [None, *self.metrics], strict=True))

    def results(self) -> dict[str, float]:
        return dict(zip(self._names, [m.result() for m in (self._loss, *self.metrics)], strict=True))

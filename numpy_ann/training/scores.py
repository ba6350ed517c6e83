"""The running figures of an epoch: the loss and the metrics."""

from collections.abc import Sequence

from numpy_ann._typing import Array
from numpy_ann.metrics.metric import Mean, Metric

__all__ = ["Scores"]


class Scores:
    """The loss and the metrics over the batches of an epoch.

    The loss is the mean over batches, each counted with its number of samples, as Keras reports it.

    Parameters
    ----------
    metrics : sequence of Metric
        Blind to sample weights.
    weighted_metrics : sequence of Metric
        Given the sample weights too.
    """

    def __init__(self, metrics: Sequence[Metric], weighted_metrics: Sequence[Metric]) -> None:
        self._metrics = list(metrics)
        self._weighted = list(weighted_metrics)
        self._names = _unique_names([m.name for m in metrics], [m.name for m in weighted_metrics])
        self.reset()

    def reset(self) -> None:
        """Begin an epoch."""
        self._loss = Mean()
        for metric in (*self._metrics, *self._weighted):
            metric.reset_state()

    def update(self, loss: float, y_true: Array, y_pred: Array, sample_weight: Array | None) -> None:
        """Take in one batch."""
        self.add_loss(loss, len(y_pred))
        for metric in self._metrics:
            metric.update_state(y_true, y_pred)
        for metric in self._weighted:
            metric.update_state(y_true, y_pred, sample_weight)

    def add_loss(self, loss: float, samples: int) -> None:
        """Take in the loss of a batch alone, from which there are no predictions."""
        self._loss.add(loss, samples)

    @property
    def metrics(self) -> list[Metric]:
        """The metrics, the weighted ones last."""
        return [*self._metrics, *self._weighted]

    @property
    def named(self) -> dict[str, Metric | None]:
        """What each figure is computed by, under its name; ``None`` for the loss, which comes first."""
        return dict(zip(self._names, [None, *self.metrics], strict=True))

    def results(self) -> dict[str, float]:
        """Return the figures so far: the loss first, then the metrics in the order of ``compile``."""
        figures = [self._loss.result(), *(m.result() for m in (*self._metrics, *self._weighted))]
        return dict(zip(self._names, figures, strict=True))

    def logs(self) -> dict[str, float]:
        """Return the figures so far by name in alphabetical order, as Keras' logs have them."""
        results = self.results()
        return {name: results[name] for name in sorted(results)}


def _unique_names(metrics: Sequence[str], weighted: Sequence[str]) -> list[str]:
    """Return what Keras calls the loss, the metrics and the weighted ones, so that none hides another.

    Examples
    --------
    >>> _unique_names(["accuracy", "accuracy"], ["accuracy"])
    ['loss', 'accuracy', 'accuracy_1', 'weighted_accuracy']
    """
    names = ["loss"]
    for name in (*metrics, *(f"weighted_{name}" if name in metrics else name for name in weighted)):
        number = 1
        free = name
        while free in names:
            free, number = f"{name}_{number}", number + 1
        names.append(free)
    return names

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
        self.reset()

    def reset(self) -> None:
        """Begin an epoch."""
        self._loss = Mean()
        for metric in (*self._metrics, *self._weighted):
            metric.reset_state()

    def update(self, loss: float, y_true: Array, y_pred: Array, sample_weight: Array | None) -> None:
        """Take in one batch."""
        self._loss.add(loss, len(y_pred))
        for metric in self._metrics:
            metric.update_state(y_true, y_pred)
        for metric in self._weighted:
            metric.update_state(y_true, y_pred, sample_weight)

    def results(self) -> dict[str, float]:
        """Return the figures so far: the loss first, then the metrics in the order of ``compile``."""
        metrics = {metric.name: metric.result() for metric in (*self._metrics, *self._weighted)}
        return {"loss": self._loss.result(), **metrics}

    def logs(self) -> dict[str, float]:
        """Return the figures so far by name in alphabetical order, as Keras' logs have them."""
        results = self.results()
        return {name: results[name] for name in sorted(results)}

"""What every model that trains has: its configuration and its training step."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TypeVar

import numpy as np

from numpy_ann._typing import Array, Shape
from numpy_ann.callbacks import Callback, CallbackList, History, ProgressBar
from numpy_ann.layers import Layer
from numpy_ann.losses import Loss
from numpy_ann.metrics import Metric
from numpy_ann.optimizers import Optimizer
from numpy_ann.parameter import Parameter
from numpy_ann.random_streams import RandomStreams
from numpy_ann.threads import limited_blas
from numpy_ann.training.checks import as_list
from numpy_ann.training.configuration import Configuration
from numpy_ann.training.feed import Feed
from numpy_ann.training.head import head_of
from numpy_ann.training.intake import Intake
from numpy_ann.training.scores import Scores
from numpy_ann.training.step import TrainingStep

__all__ = ["TrainerBase", "figures"]

T = TypeVar("T")


class TrainerBase(ABC):
    """What ``fit`` and the steps on single batches share: ``compile``, and what it configures.

    A model says what its layers are and builds them; see ``numpy_ann.models.Sequential``.

    Attributes
    ----------
    history : History
        Of the last ``fit``.
    stop_training : bool
        A callback sets it to end training.
    resume_at : tuple of int, optional
        A callback sets it at the beginning of training, to go on from that epoch and batch.
    epochs_trained : int
        How many epochs ``fit`` has run, over the model's whole life.
    """

    streams: RandomStreams
    dtype: np.dtype[np.floating]
    theta: Array
    gradient: Array

    _fitting = False  # whether ``fit`` is at work, whose metrics nobody else may reset

    def __init__(self) -> None:
        self.configuration: Configuration | None = None
        self.history: History | None = None
        self.stop_training = False
        self.resume_at: tuple[int, int] | None = None
        self.epochs_trained = 0
        self._step: TrainingStep | None = None
        self._scores: Scores | None = None

    @property
    @abstractmethod
    def layers(self) -> list[Layer]:
        """The layers, first to last."""

    @property
    @abstractmethod
    def built(self) -> bool:
        """Whether the parameters exist."""

    @property
    @abstractmethod
    def parameters(self) -> list[Parameter]:
        """All parameters, layer by layer."""

    @property
    @abstractmethod
    def trainable_parameters(self) -> list[Parameter]:
        """Those that the optimizer changes, in the order in which they lie in ``gradient``."""

    @abstractmethod
    def build_for(self, x: Array) -> None:
        """Make the parameters, for inputs like ``x``, if there are none yet."""

    @abstractmethod
    def claim_parameters(self) -> None:
        """See to it that the layers' parameters are views into this model's ``theta`` and ``gradient``."""

    def compile(
        self,
        optimizer: str | Optimizer = "rmsprop",
        loss: str | Loss | None = None,
        loss_weights: None = None,
        metrics: Sequence[str | Metric] | None = None,
        weighted_metrics: Sequence[str | Metric] | None = None,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
        jit_compile: str | bool = "auto",
    ) -> None:
        """Say how to train: the optimizer, the loss, the figures to report.

        Parameters
        ----------
        optimizer : str or Optimizer
            ``"adam"``, ``"sgd"``, ``"rmsprop"``, or an optimizer with options of its own.
        loss : str or Loss, optional
            ``"categorical_crossentropy"`` for one-hot labels, ``"sparse_categorical_crossentropy"`` for
            integers, ``"crossentropy"`` for whatever targets come first, or a loss with options of its own.
        loss_weights : None
            Keras' place for the weights of several outputs' losses; a model here has one output.
        metrics, weighted_metrics : list, optional
            Such as ``["accuracy"]``; the weighted ones are given the sample weights.
        run_eagerly, steps_per_execution, jit_compile
            Taken so that Keras scripts run as they are; nothing here needs them, and they change nothing.

        Raises
        ------
        ValueError
            If a name is unknown; the message offers near ones. If ``loss_weights`` are given.
        """
        if loss_weights is not None:
            raise ValueError(
                "`loss_weights` weigh the losses of several outputs, but a model here has one. Metrics are "
                f"passed by name: metrics=[...]. Received: loss_weights={loss_weights!r}"
            )
        self.configuration = Configuration(optimizer, loss, metrics, weighted_metrics)
        self._step = self._scores = None
        if self.built:
            self.claim_parameters()

    @property
    def optimizer(self) -> Optimizer | None:
        """The optimizer that ``compile`` was given."""
        return None if self.configuration is None else self.configuration.optimizer

    @property
    def loss(self) -> Loss | None:
        """The loss that ``compile`` was given; None for ``"crossentropy"`` until targets have come."""
        return None if self.configuration is None else self.configuration.loss

    @property
    def metrics_names(self) -> list[str]:
        """What ``evaluate`` returns, in order: the loss first; metrics are known from the first data on."""
        return ["loss"] if self._scores is None else list(self._scores.named)

    @property
    def metrics(self) -> list[Metric]:
        """The metrics at work since the last call that used any."""
        return [] if self._scores is None else self._scores.metrics

    def metric_named(self, name: str) -> Metric | None:
        """Return the metric that the logs call so; ``None`` for the loss, and where there is none."""
        return None if self._scores is None else self._scores.named.get(name)

    @property
    def _input_shape(self) -> Shape | None:
        return self.layers[0].input_shape

    @property
    def _output_shape(self) -> Shape:
        return self.layers[-1].output_shape or ()

    def _require_configuration(self) -> Configuration:
        if self.configuration is None:
            raise ValueError(
                "You must call `compile()` before using the model: "
                'model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"]).'
            )
        return self.configuration

    def _intake(self) -> Intake:
        configuration = self._require_configuration()
        if configuration.loss_argument is None:
            configuration.require_loss()
        return Intake(self, configuration)

    def _scores_for(self, y: Array) -> Scores:
        """Return new figures for targets like ``y``; of copies of the metrics, where ``fit`` is counting."""
        if self._fitting:
            return self._require_configuration().scores(y, self._output_shape, copies=True)
        self._scores = self._require_configuration().scores(y, self._output_shape)
        return self._scores

    def _training_step(self, batch_size: int) -> TrainingStep:
        """Return the step, with room for batches of that size; the one from last time if it fits."""
        theta = self.theta
        self.claim_parameters()
        if self._step is None or self._step.workspace.batch_size < batch_size or self.theta is not theta:
            configuration = self._require_configuration()
            head = head_of(self.layers[-1].activation, configuration.require_loss())
            configuration.optimizer.build(self.gradient.size, self.dtype, self.trainable_parameters)
            self._step = TrainingStep(
                self.layers, head, configuration.optimizer, self.theta, self.gradient, batch_size
            )
        return self._step

    def current_step(self, step: TrainingStep) -> TrainingStep:
        """Return the step that is under way, made anew if another model has claimed the parameters."""
        return step if step.has_parameters() else self._training_step(step.workspace.batch_size)

    def _watched(
        self,
        unit: str,
        verbose: int,
        callbacks: Iterable[Callback] | Callback | None,
        feed: Feed,
        run: Callable[[CallbackList], T],
    ) -> T:
        """Return ``run(calls)`` with callbacks and progress bar in attendance."""
        progress = [ProgressBar(verbose, unit)] if verbose else []
        params = {"verbose": verbose, "epochs": 1, "steps": feed.steps}
        calls = CallbackList([*as_list(callbacks), *progress], self, params)
        with self._at_work(feed.batch_size, progress):
            return run(calls)

    @contextmanager
    def _counting(self) -> Iterator[None]:
        """Keep the metrics of ``fit`` as they are, whatever a callback evaluates or trains meanwhile."""
        outer, self._fitting = self._fitting, True
        try:
            yield
        finally:
            self._fitting = outer

    @contextmanager
    def _at_work(self, batch_size: int, progress: Sequence[ProgressBar]) -> Iterator[None]:
        """Give BLAS the threads that suit batches of that size; close the progress bars however it ends."""
        try:
            with self._limited_blas(batch_size):
                yield
        finally:
            for bar in progress:
                bar.close()

    def _limited_blas(self, batch_size: int) -> AbstractContextManager[None]:
        """Return the context in which BLAS has the threads that suit batches of that size."""
        return limited_blas(batch_size * max((p.value.size for p in self.parameters), default=0))


def figures(results: dict[str, float], return_dict: bool) -> float | list[float] | dict[str, float]:
    """Return figures in the form that Keras returns them."""
    if return_dict:
        return dict(sorted(results.items()))
    values = list(results.values())
    return values if len(values) > 1 else values[0]

"""The calls of a Keras model: compile, fit, evaluate, predict, train_on_batch."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

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
from numpy_ann.training import arrays, loop
from numpy_ann.training.batches import Batches
from numpy_ann.training.configuration import Configuration
from numpy_ann.training.head import head_of
from numpy_ann.training.prediction import Forward, predict_batch
from numpy_ann.training.step import TrainingStep

__all__ = ["Trainer"]

T = TypeVar("T")

_PREDICTION_BATCH = 256  # samples at once where the caller does not say: what the caches hold


class Trainer(ABC):
    """The base of models: everything that ``compile``, ``fit``, ``evaluate`` and ``predict`` do.

    A model says what its layers are and builds them; see ``numpy_ann.models.Sequential``.
    """

    layers: list[Layer]
    streams: RandomStreams
    dtype: np.dtype[np.floating]
    theta: Array
    gradient: Array

    def __init__(self) -> None:
        self.configuration: Configuration | None = None
        self.history: History | None = None
        self.stop_training = False
        self.epochs_trained = 0
        self._step: TrainingStep | None = None

    @property
    @abstractmethod
    def built(self) -> bool:
        """Whether the parameters exist."""

    @property
    @abstractmethod
    def parameters(self) -> list[Parameter]:
        """All parameters, layer by layer."""

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
        *,
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
            integers, or a loss with options of its own.
        metrics, weighted_metrics : list, optional
            Such as ``["accuracy"]``; the weighted ones are given the sample weights.
        run_eagerly, steps_per_execution, jit_compile
            Taken so that Keras scripts run as they are; nothing here needs them, and they change nothing.

        Raises
        ------
        ValueError
            If a name is unknown; the message offers near ones.
        """
        self.configuration = Configuration(optimizer, loss, metrics, weighted_metrics)
        self._step = None
        if self.built:
            self.claim_parameters()

    @property
    def optimizer(self) -> Optimizer | None:
        """The optimizer that ``compile`` was given."""
        return None if self.configuration is None else self.configuration.optimizer

    @property
    def loss(self) -> Loss | None:
        """The loss that ``compile`` was given."""
        return None if self.configuration is None else self.configuration.loss

    def fit(
        self,
        x: Array,
        y: Array,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: str | int = "auto",
        callbacks: Iterable[Callback] | Callback | None = None,
        validation_split: float = 0.0,
        validation_data: Sequence[Any] | None = None,
        shuffle: bool = True,
        class_weight: Mapping[int, float] | None = None,
        sample_weight: Array | None = None,
        initial_epoch: int = 0,
        *,
        validation_batch_size: int | None = None,
    ) -> History:
        """Train.

        Parameters
        ----------
        x, y : ndarray
            One row a sample; of any real dtype, never copied whole.
        batch_size : int
            Samples a step; 32 if left out. The last batch of an epoch may be smaller.
        epochs, initial_epoch : int
            Train the epochs ``initial_epoch`` up to before ``epochs``; the difference is their number.
        verbose : {"auto", 0, 1, 2}
            0 is silent; 1 ("auto") a live bar in a terminal and a line an epoch elsewhere; 2 a line an epoch.
        callbacks : list of Callback, optional
            Called as training goes.
        validation_split : float
            This fraction is cut off the end, before any shuffling, to validate with.
        validation_data : tuple, optional
            ``(x, y)`` or ``(x, y, sample_weight)``; goes before ``validation_split``.
        shuffle : bool
            Whether each epoch takes the samples in a new random order.
        class_weight : dict, optional
            From class to the weight of its samples in the loss.
        sample_weight : ndarray, shape (samples,), optional
            The weight of each sample in the loss; not together with ``class_weight``.
        validation_batch_size : int, optional
            Samples at once when validating; has no influence on the results.

        Returns
        -------
        History
            ``.history`` has a list for each figure, with a float for each epoch. The loss and the metrics of
            an epoch are means over its steps, taken as the weights change and with dropout active; those of
            the validation are taken after the epoch, without dropout. Also at ``model.history``, where it is
            found if training was interrupted.

        Raises
        ------
        ValueError, TypeError
            Before any work, if the arguments or data don't fit each other or the model.
        NonFiniteError
            If the loss becomes NaN or infinite.
        """
        configuration = self._require_configuration()
        batch_size = _count("batch_size", 32 if batch_size is None else batch_size)
        epochs, initial_epoch = _count("epochs", epochs), _count("initial_epoch", initial_epoch, least=0)
        verbose = _verbosity(verbose)
        x, y, w = self._targets(x, y, sample_weight)
        validation: tuple[Any, ...] | None = self._validation(validation_data)
        if validation is None and validation_split:
            (x, y, w), validation = arrays.split(validation_split, x, y, w)
        w = arrays.weights_of(y, w, class_weight)  # after the split: the validation is blind to class weights

        step = self._training_step(min(batch_size, len(x)))
        scores = configuration.scores(y, self._output_shape)
        batches = self._batches(x, y, w, batch_size)
        evaluation = None
        if validation is not None:
            x_val, y_val, w_val = validation
            size = _batch_size("validation_batch_size", validation_batch_size, x_val)
            evaluation = self._evaluation(x_val, y_val, w_val, size)

        history = History()
        progress = [ProgressBar(verbose)] if verbose else []
        params = {"verbose": verbose, "epochs": epochs, "steps": len(batches)}
        calls = CallbackList([*_as_list(callbacks), history, *progress], self, params)
        self.history = history
        self.stop_training = False
        order = self.streams["shuffle"] if shuffle else None
        with self._at_work(batches.batch_size, progress):
            loop.fit(self, step, batches, scores, calls, range(initial_epoch, epochs), order, evaluation)
        return history

    def evaluate(
        self,
        x: Array,
        y: Array,
        batch_size: int | None = None,
        verbose: str | int = "auto",
        sample_weight: Array | None = None,
        callbacks: Iterable[Callback] | Callback | None = None,
        *,
        return_dict: bool = False,
    ) -> float | list[float] | dict[str, float]:
        """Return the loss and the metrics on some data, without dropout.

        Parameters
        ----------
        x, y, sample_weight : ndarray
            As for ``fit``.
        batch_size : int, optional
            Samples at once; has no influence on the result, but on memory.
        verbose : {"auto", 0, 1, 2}
            As for ``fit``.
        callbacks : list of Callback, optional
            Their ``on_test_...`` methods are called.
        return_dict : bool
            Whether to return the figures by name.

        Returns
        -------
        float or list of float or dict
            The loss, followed by the metrics if there are any.
        """
        self._require_configuration()
        verbose = _verbosity(verbose)
        x, y, w = self._targets(x, y, sample_weight)
        evaluation = self._evaluation(x, y, w, _batch_size("batch_size", batch_size, x))
        results = self._watched("test", verbose, callbacks, evaluation.batches, evaluation.run)
        return _figures(results, return_dict)

    def predict(
        self,
        x: Array,
        batch_size: int | None = None,
        verbose: str | int = "auto",
        callbacks: Iterable[Callback] | Callback | None = None,
    ) -> Array:
        """Return the network's outputs, without dropout; needs no ``compile``.

        Predicting leaves no trace on the model: many threads may do it at once.

        Parameters
        ----------
        x : ndarray, shape (samples, ...)
            One row a sample, of any real dtype.
        batch_size : int, optional
            Samples at once; the results don't depend on it (but for rounding), memory does.
        verbose : {"auto", 0, 1, 2}
            As for ``fit``.
        callbacks : list of Callback, optional
            Their ``on_predict_...`` methods are called.

        Returns
        -------
        ndarray, shape (samples, ...)
            Of the model's dtype.
        """
        x = arrays.as_numbers("x", x)
        if not self.built:
            self.build_for(x)
        x = arrays.as_features("x", x, self._input_shape)
        verbose = _verbosity(verbose)
        size = _batch_size("batch_size", batch_size, x)
        if not verbose and not callbacks and len(x) == size:
            with self._at_work(size):
                y = predict_batch(self.layers, x.astype(self.dtype, copy=False))
            return y.copy() if np.may_share_memory(x, y) else y
        batches = Batches(x, None, None, size, self.dtype)
        forward = Forward(self.layers, size, self.dtype)
        result = np.empty((len(x), *self._output_shape), dtype=self.dtype)

        def run(calls: CallbackList) -> None:
            loop.predict(forward, batches, result, calls)

        self._watched("predict", verbose, callbacks, batches, run)
        return result

    def train_on_batch(
        self,
        x: Array,
        y: Array,
        sample_weight: Array | None = None,
        class_weight: Mapping[int, float] | None = None,
        *,
        return_dict: bool = False,
    ) -> float | list[float] | dict[str, float]:
        """Take one training step on these samples.

        Returns
        -------
        float or list of float or dict
            The loss before the step, followed by the metrics if there are any, of this batch alone.

        Raises
        ------
        NonFiniteError
            If the loss isn't finite; the step is not taken.
        """
        configuration = self._require_configuration()
        x, y, w = self._targets(x, y, sample_weight)
        w = arrays.weights_of(y, w, class_weight)
        step = self._training_step(len(x))
        scores = configuration.scores(y, self._output_shape)
        ((x, targets, w),) = self._batches(x, y, w, len(x)).in_order()
        assert targets is not None  # noqa: S101  (they were handed to the batches)
        with self._at_work(len(x)):
            y_pred, loss = step(x, targets, w)
        scores.update(loss, targets, y_pred, w)
        return _figures(scores.results(), return_dict)

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

    def _targets(self, x: Any, y: Any, sample_weight: Any) -> tuple[Array, Array, Array | None]:
        """Return inputs, targets and weights, checked against each other, the model and the loss."""
        if y is None:
            raise ValueError("`y` is missing: the targets, one row a sample.")
        x, y = arrays.as_numbers("x", x), arrays.as_numbers("y", y)
        arrays.check_lengths(x=x, y=y)
        if not self.built:
            self.build_for(x)
        x = arrays.as_features("x", x, self._input_shape)
        self._require_configuration().require_loss().check_targets(y, self._output_shape)
        return x, y, None if sample_weight is None else arrays.as_sample_weight(sample_weight, x)

    def _validation(self, validation_data: Sequence[Any] | None) -> tuple[Array, Array, Array | None] | None:
        if validation_data is None:
            return None
        if not isinstance(validation_data, tuple | list) or len(validation_data) not in (2, 3):
            raise ValueError(
                "`validation_data` is a tuple (x, y) or (x, y, sample_weight). "
                f"Received: {type(validation_data).__name__}"
            )
        x, y, *weight = validation_data
        return self._targets(x, y, weight[0] if weight else None)

    def _batches(self, x: Array, y: Array, sample_weight: Array | None, batch_size: int) -> Batches:
        integers = self._require_configuration().require_loss().integer_targets
        return Batches(x, y, sample_weight, batch_size, self.dtype, integer_targets=integers)

    def _training_step(self, batch_size: int) -> TrainingStep:
        """Return the step, with room for batches of that size; the one from last time if it fits."""
        theta = self.theta
        self.claim_parameters()
        if self._step is None or self._step.workspace.batch_size < batch_size or self.theta is not theta:
            configuration = self._require_configuration()
            head = head_of(self.layers[-1].activation, configuration.require_loss())
            configuration.optimizer.build(self.gradient.size, self.dtype)
            self._step = TrainingStep(
                self.layers, head, configuration.optimizer, self.theta, self.gradient, batch_size
            )
        return self._step

    def _evaluation(self, x: Array, y: Array, sample_weight: Array | None, size: int) -> loop.Evaluation:
        configuration = self._require_configuration()
        return loop.Evaluation(
            Forward(self.layers, size, self.dtype),
            head_of(self.layers[-1].activation, configuration.require_loss()),
            self._batches(x, y, sample_weight, size),
            configuration.scores(y, self._output_shape),
        )

    def _watched(
        self,
        unit: str,
        verbose: int,
        callbacks: Iterable[Callback] | Callback | None,
        batches: Batches,
        run: Callable[[CallbackList], T],
    ) -> T:
        """Return ``run(calls)`` with callbacks and progress bar in attendance."""
        progress = [ProgressBar(verbose, unit)] if verbose else []
        params = {"verbose": verbose, "epochs": 1, "steps": len(batches)}
        calls = CallbackList([*_as_list(callbacks), *progress], self, params)
        with self._at_work(batches.batch_size, progress):
            return run(calls)

    @contextmanager
    def _at_work(self, batch_size: int, progress: Sequence[ProgressBar] = ()) -> Iterator[None]:
        """Give BLAS the threads that suit batches of that size; close the progress bars however it ends."""
        largest = max((p.size for p in self.parameters), default=0)
        try:
            with limited_blas(batch_size * largest):
                yield
        finally:
            for bar in progress:
                bar.close()


def _count(argument: str, value: Any, *, least: int = 1) -> int:
    """Return ``value`` if it is a whole number of at least ``least``."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise ValueError(
            f"`{argument}` must be an integer of at least {least}. Received: {argument}={value!r}"
        )
    return int(value)


def _batch_size(argument: str, value: Any, x: Array) -> int:
    """Return how many samples to take at once in a forward pass."""
    return min(_PREDICTION_BATCH if value is None else _count(argument, value), len(x))


def _figures(results: dict[str, float], return_dict: bool) -> float | list[float] | dict[str, float]:
    """Return figures in the form that Keras returns them."""
    if return_dict:
        return dict(sorted(results.items()))
    figures = list(results.values())
    return figures if len(figures) > 1 else figures[0]


def _as_list(callbacks: Iterable[Callback] | Callback | None) -> list[Callback]:
    """Return the callbacks, be they many, one or none."""
    return [callbacks] if isinstance(callbacks, Callback) else list(callbacks or ())


def _verbosity(verbose: Any) -> int:
    """Return 0, 1 or 2."""
    if verbose == "auto":
        return 1
    if verbose not in (0, 1, 2):
        raise ValueError(f'`verbose` is "auto", 0, 1 or 2. Received: verbose={verbose!r}')
    return int(verbose)

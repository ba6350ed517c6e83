"""Training as Keras has it: compile, fit, evaluate, predict, and the steps on single batches."""

import warnings
from abc import abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping
from copy import copy
from functools import partial
from threading import get_ident
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar, overload

import numpy as np

from numpy_ann._typing import Array, ArrayLike
from numpy_ann.callbacks import Callback, CallbackList, History, ProgressBar
from numpy_ann.communicator import in_place, working_in
from numpy_ann.errors import escaped
from numpy_ann.layers import Dense, Layer
from numpy_ann.losses import Loss
from numpy_ann.metrics import Metric
from numpy_ann.optimizers import Optimizer
from numpy_ann.parameter import Parameter
from numpy_ann.part import Part, explaining_old_names, no_method, old_names, ours
from numpy_ann.random_streams import RandomStreams
from numpy_ann.threads import get_threads, limited_blas
from numpy_ann.training import loop, own_steps
from numpy_ann.training.configuration import RunningMetrics
from numpy_ann.training.data import Batches, BatchSource
from numpy_ann.training.data.adapter import KERAS_BATCH, PREDICTION_BATCH, serves_batches
from numpy_ann.training.output_loss import output_loss_of
from numpy_ann.training.outputs import OutputLosses
from numpy_ann.training.plan import Plan, as_plan
from numpy_ann.training.step import ForwardPass, TrainingStep
from numpy_ann.training.workings import CHAIN, GraphPass, GraphStep
from numpy_ann.validation import checked_count, checked_integer

T = TypeVar("T")

_MANY = 3  # epochs from which casting the data beforehand costs less than casting each batch


class Trainer(Part):
    """The base of models: everything that ``compile``, ``fit``, ``evaluate`` and ``predict`` do.

    A model says what its layers are and builds them; see ``numpy_ann.models.Model``.

    Attributes
    ----------
    history : History
        Of the last ``fit``.
    stop_training, stop_evaluating, stop_predicting : bool
        A callback sets it to end what is going on.
    resume_at : tuple of int, optional
        A callback sets it at the beginning of training, to go on from that epoch and batch.
    epochs_trained : int
        How many epochs ``fit`` has run, over the model's whole life.
    """

    _not_called: ClassVar[dict[str, str]] = {
        "__call__": "`call`",
        **{f"make_{step}_function": f"`{step}_step`" for step in ("train", "test", "predict")},
        "compute_output_shape": "that of a layer",
        **{f"{what}_from_config": "`from_config`" for what in ("build", "compile")},
        **{f"get_{what}_config": "`get_config`" for what in ("build", "compile")},
        "load_own_variables": "`load_weights`",
        "save_own_variables": "`save_weights`",
    }

    name: str
    streams: RandomStreams
    dtype: np.dtype[np.floating]
    theta: Array
    gradient: Array
    input_layer: Any

    configuration: Any = None
    history: History | None = None
    stop_training = stop_evaluating = stop_predicting = False
    resume_at: tuple[int, int] | None = None
    epochs_trained = 0
    plan: Any  # the list of a chain's layers, or a graph's plan
    workings: Any = CHAIN  # what trains such a plan
    by_own_steps: ClassVar[bool] = False  # whether its class overrides one of these, which are what runs then
    _own_adapter: ClassVar[Any] = None  # what its data are read by then
    train_step, test_step, predict_step = own_steps.train_step, own_steps.test_step, own_steps.predict_step
    compute_loss, compute_metrics = own_steps.compute_loss, own_steps.compute_metrics
    _loss_tracker = _compile_metrics = None
    _step: TrainingStep | None = None
    _running_metrics: RunningMetrics | None = None
    _every = 1  # batches between two calls of callbacks
    _fitting: int | None = None  # in which thread ``fit`` is at work, whose metrics nobody else may reset

    def __init_subclass__(cls, **options: Any) -> None:
        """Have a class that overrides ``train_step``, or what belongs to it, trained by that."""
        super().__init_subclass__(**options)
        if Layer in cls.__mro__:  # said when one is made: a class that fails here would confuse isinstance()
            type.__setattr__(cls, "__new__", _neither)
        own = {name for klass in cls.__mro__ if not ours(klass) for name in vars(klass)}
        if own.intersection(own_steps.HOOKS):
            cls.by_own_steps = True
            for name, method in own_steps.defaults.items():
                setattr(cls, name, method)

    if not TYPE_CHECKING:  # type checkers see that any other name is a mistake

        def __getattr__(self, name: str) -> Any:
            if name in old_names()["methods"]:
                raise AttributeError(no_method(type(self), name))
            return self.__getattribute__(name)

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
    def claim_parameters(self, *, anew: bool = False) -> None:
        """See to it that the layers' parameters are views into this model's ``theta`` and ``gradient``."""

    @explaining_old_names
    def compile(
        self, optimizer: str | Optimizer = "rmsprop", loss: Any = None, loss_weights: Any = None,
        metrics: Any = None, weighted_metrics: Any = None, run_eagerly: bool = False,
        steps_per_execution: int = 1, jit_compile: str | bool = "auto",
    ) -> None:  # fmt: skip
        """Say how to train: the optimizer, the loss, the figures to report.

        Raises ``ValueError`` if a name is unknown (near ones are offered), or a loss or weight is too many.

        Parameters
        ----------
        optimizer : str or Optimizer
            ``"adam"``, ``"sgd"``, ``"rmsprop"``, or an optimizer with options of its own.
        loss, loss_weights : str or Loss, float, optional
            ``"categorical_crossentropy"`` for one-hot labels, ``"sparse_categorical_crossentropy"`` for
            integers, ``"crossentropy"`` for whatever targets come first, or a loss with options of its own;
            and what it is multiplied by. Each of several outputs has its own, in a list or under its name.
        metrics, weighted_metrics : list, optional
            Such as ``["accuracy"]``; the weighted ones are given the sample weights.
        run_eagerly, jit_compile
            Taken so that Keras scripts run as they are: they say how Keras computes, and change no number.
        steps_per_execution : int
            At every so many batches, the callbacks of batches are called; nothing else depends on it.
        """
        self._every = checked_integer("steps_per_execution", steps_per_execution, least=1)
        self.configuration = self.workings.configuration(
            self, optimizer, loss, metrics, weighted_metrics, loss_weights
        )
        self._step = self._running_metrics = None
        if self.by_own_steps:
            own_steps.begin(self)
        if self.built:
            self.claim_parameters()

    @explaining_old_names
    def fit(
        self, x: Any, y: ArrayLike | None = None, batch_size: int | None = None, epochs: int = 1,
        verbose: str | int = "auto", callbacks: Iterable[Callback] | Callback | None = None,
        validation_split: float = 0.0, validation_data: Any = None, shuffle: bool = True,
        class_weight: Mapping[int, float] | None = None, sample_weight: ArrayLike | None = None,
        initial_epoch: int = 0, steps_per_epoch: int | None = None, validation_steps: int | None = None,
        validation_batch_size: int | None = None, validation_freq: int | Collection[int] = 1,
    ) -> History:  # fmt: skip
        """Train.

        Raises ``ValueError`` or ``TypeError`` before any work, if the arguments or data don't fit each other
        or the model; ``NonFiniteError`` if the loss becomes NaN or infinite.

        Parameters
        ----------
        x, y : ndarray
            One row a sample; of any real dtype, never copied whole (but arrays of another dtype than the
            model's, once, where the copy is below 1 GB and a quarter of the free memory). A last axis of 1
            may be missing, or there beyond what the model expects. ``x`` may also be a sparse matrix of
            scipy, a data set of an HDF5 file, or an array of zarr or dask, of which a batch at a time becomes
            an array, or about a chunk where it is stored in chunks (which are then shuffled, and the samples
            in each); a frame of numbers; a list or tuple of one array; or a dictionary that holds it under
            the input's name. Or ``x`` alone: an iterable of batches ``(x, y)`` or ``(x, y, sample_weight)``,
            held one at a time: a data loader, anything with ``__getitem__`` and ``__len__``, which starts
            anew with each epoch; or a generator, which runs on.
        batch_size : int
            Samples a step, of arrays; 32 if left out. The last batch of an epoch may be smaller.
        epochs, initial_epoch : int
            Train the epochs ``initial_epoch`` up to before ``epochs``.
        verbose : {"auto", 0, 1, 2}
            0 is silent; 1 ("auto") a live bar in a terminal and a line an epoch elsewhere; 2 a line an epoch.
        callbacks : list of Callback, optional
            Called as training goes.
        validation_split : float
            This fraction is cut off the end, before any shuffling, to validate with.
        validation_data : tuple or iterable, optional
            ``(x, y)`` or ``(x, y, sample_weight)``, or batches of these; goes before ``validation_split``.
        shuffle : bool
            Whether each epoch takes the samples in a new random order.
        class_weight, sample_weight : dict, ndarray of shape (samples,), optional
            The weight of samples in the loss: from class to that of its samples, or each one's.
        validation_batch_size : int, optional
            Samples at once when validating. It has no influence on the results, but with a loss whose
            reduction is ``"sum"`` or ``"mean_with_sample_weight"``: the loss is a mean over batches. For such
            a loss, it is ``batch_size`` if left out, as in Keras.
        steps_per_epoch, validation_steps : int, optional
            Batches an epoch, and a validation; left out, it is a pass over the data. The next epoch goes on
            where the last one stopped, the next validation begins anew (but of a generator, which runs on).
        validation_freq : int or list of int
            Validate after every so many epochs; or after these, counted from 1.

        Where ``numpy_ann.distribution`` has several processes train, each takes its rows of every batch.

        Returns
        -------
        History
            ``.history`` has a list for each figure, with a float for each epoch: means over its steps, taken
            as the weights change and with dropout active; of the validation, after the epoch and without. It
            is at ``model.history`` too, also if training was interrupted.
        """
        configuration = self._compiled()
        epochs = checked_integer("epochs", epochs, least=0)
        initial_epoch = checked_integer("initial_epoch", initial_epoch, least=0)
        checked_count("steps_per_epoch", steps_per_epoch)
        checked_count("validation_steps", validation_steps)
        if not isinstance(validation_freq, list | tuple | set):
            checked_integer("validation_freq", validation_freq, least=1, otherwise="a list of epochs")
        verbose = _verbosity(verbose)
        adapter = (self._own_adapter or self.workings.adapter)(self, configuration)
        data = adapter.data(x, y, sample_weight)
        validation = None if validation_data is None else adapter.validation(validation_data)
        if validation is None and validation_split:
            data, validation = adapter.split(validation_split, data)
        # Class weights come after the split: the validation is blind to them.
        size = KERAS_BATCH if batch_size is None and steps_per_epoch is None else batch_size
        batches, targets = adapter.batches(data, size, steps_per_epoch, class_weight)
        processes = batches.processes = in_place()
        if self.by_own_steps and processes.size > 1:
            raise ValueError(f"{type(self).__name__}: a train_step of one's own runs in one process.")
        if isinstance(batches, Batches) and epochs - initial_epoch >= _MANY:
            batches.cast_once()
        rows = -(-batches.batch_size // processes.size)  # of a batch, at most, in this process
        step = self.training_step(rows)
        evaluation = None
        if validation is not None:
            as_fit = validation_steps is not None or self.by_own_steps
            if validation_batch_size is None and (as_fit or configuration.require_loss().sees_batches):
                validation_batch_size = batch_size
            options = {"argument": "validation_batch_size", "validating": True}
            found = adapter.batches(validation, validation_batch_size, validation_steps, **options)
            found[0].processes = processes
            evaluation = self._evaluation(*found)
        metrics = self._metrics_for(targets)
        ending = self.plan[-1].activation.name if isinstance(self.plan, list) and self.plan else ""
        loss = configuration.loss if self.by_own_steps else configuration.loss or configuration.require_loss()
        if not (self.trainable_parameters or self.by_own_steps):
            warnings.warn("The model has nothing to train: no layer has trainable parameters.", stacklevel=3)
        logits = getattr(loss, "from_logits", None)
        if logits and ending in ("sigmoid", "softmax"):
            warnings.warn(
                f"The loss {escaped(loss.name)} is from_logits, but the model ends in {ending}, whose "
                "outputs are probabilities: end it in no activation, or leave from_logits out.",
                stacklevel=3,
            )
        elif logits is False and ending in ("linear", "relu") and isinstance(self.plan[-1], Dense):
            has = "no activation" if ending == "linear" else ending
            warnings.warn(
                f"The loss {escaped(loss.name)} is of probabilities, but the last layer has {has}: give it "
                "softmax (sigmoid, where each output answers yes or no), or the loss from_logits=True.",
                stacklevel=3,
            )
        history, progress = History(), [ProgressBar(verbose)] if verbose else []
        params = {"verbose": verbose, "epochs": epochs, "steps": batches.steps}
        with working_in(processes):
            calls = CallbackList(callbacks, self, params, self._every, progress, history)
        self.history, self.stop_training = history, False
        order = self.streams["shuffle"] if shuffle else None
        span = range(initial_epoch, epochs)
        if self._fitting not in (None, get_ident()):
            raise RuntimeError(
                f"Model '{self.name}' is being trained in another thread: two fits at once would write the "
                "same weights. Train copies (models.clone_model), or one after the other."
            )
        outer, self._fitting = self._fitting, get_ident()
        try:
            with limited_blas(rows, self.parameters), working_in(processes):
                loop.fit(self, step, batches, metrics, calls, span, order, evaluation, validation_freq)
        finally:
            self._fitting = outer
            for bar in progress:
                bar.close()
            for layer in self.plan:  # unshuffled batches are views, which keep all of x alive
                layer.forget()
        return history

    @overload
    def evaluate(
        self, x: Any, y: ArrayLike | None = None, batch_size: int | None = None, verbose: str | int = "auto",
        sample_weight: ArrayLike | None = None, steps: int | None = None,
        callbacks: Iterable[Callback] | Callback | None = None, *, return_dict: Literal[True],
    ) -> dict[str, float | Array]: ...  # fmt: skip

    @overload  # a float without metrics, a list with them: only ``compile`` knows
    def evaluate(
        self, x: Any, y: ArrayLike | None = None, batch_size: int | None = None, verbose: str | int = "auto",
        sample_weight: ArrayLike | None = None, steps: int | None = None,
        callbacks: Iterable[Callback] | Callback | None = None, *, return_dict: bool = False,
    ) -> Any: ...  # fmt: skip

    def evaluate(
        self, x: Any, y: ArrayLike | None = None, batch_size: int | None = None, verbose: str | int = "auto",
        sample_weight: ArrayLike | None = None, steps: int | None = None,
        callbacks: Iterable[Callback] | Callback | None = None, *, return_dict: bool = False,
    ) -> Any:  # fmt: skip
        """Return the loss, followed by the metrics if there are any, on some data, without dropout.

        Parameters
        ----------
        x, y, sample_weight, verbose, callbacks
            As for ``fit``; or ``x`` alone, an iterable of batches. Of callbacks, ``on_test_...`` are called.
        batch_size : int, optional
            Samples at once, of arrays; has no influence on the result, but on memory. With a loss whose
            reduction is ``"sum"`` or ``"mean_with_sample_weight"`` it has: the loss is a mean over batches,
            of 32 samples if left out, as in Keras.
        steps : int, optional
            How many batches to take; left out, all.
        return_dict : bool
            Whether to return the figures by name.
        """
        adapter = (self._own_adapter or self.workings.adapter)(self, self._compiled())
        verbose, steps = _verbosity(verbose), checked_count("steps", steps)
        evaluation = self._evaluation(*adapter.batches(adapter.data(x, y, sample_weight), batch_size, steps))
        shown = None if batch_size or steps else getattr(evaluation.batches, "samples", None)
        results = self._watched("test", verbose, callbacks, evaluation.batches, evaluation.run, shown)
        return _in_keras_form(results, return_dict)

    def predict(
        self, x: Any, batch_size: int | None = None, verbose: str | int = "auto", steps: int | None = None,
        callbacks: Iterable[Callback] | Callback | None = None,
    ) -> Any:  # fmt: skip
        """Return the network's outputs, ``(samples, ...)``, without dropout; needs no ``compile``.

        Predicting leaves no trace on the model: many threads may do it at once. Of large arrays, a few
        threads share the batches; see ``numpy_ann.threads.set_threads``.

        Parameters
        ----------
        x, verbose, steps, callbacks
            As for ``evaluate``; in batches, targets are left alone. ``on_predict_...`` are called.
        batch_size : int, optional
            Samples at once, of arrays; the results don't depend on it (but for rounding), memory does.
        """
        verbose, steps = _verbosity(verbose), checked_count("steps", steps)
        adapter = (self._own_adapter or self.workings.adapter)(self)
        batches: BatchSource
        result: Array | None = None
        if serves_batches(x):
            batches = adapter.input_batches(x, steps)
        else:
            x = adapter.inputs(x)
            usual = PREDICTION_BATCH if steps is None else -(-len(x) // steps)
            size = min(checked_count("batch_size", batch_size) or usual, len(x))
            if not verbose and not callbacks and len(x) == size and not self.by_own_steps:
                return self._predict_one(x)
            batches = adapter.batched(x, None, None, size, self.dtype, steps_per_epoch=steps)
            shape: Any = self.plan[-1].output_shape or () if isinstance(self.plan, list) else (None,)
            if None not in shape and not self.by_own_steps:
                result = np.empty((len(x), *shape), dtype=self.dtype)
        passes: list[Any] = [own_steps.OwnStep(self, "predict_step")]
        if not self.by_own_steps:
            needs = self.plan, batches.batch_size, self.dtype
            passes = [self.workings.forward_pass(*needs) for _ in range(self._passes(batches))]
        run = partial(loop.predict, passes, batches, result=result)
        shown = None if batch_size or steps else getattr(batches, "samples", None)
        found = self._watched("predict", verbose, callbacks, batches, run, shown)
        return found if self.by_own_steps else self._formed(found)

    def train_on_batch(
        self, x: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None,
        class_weight: Mapping[int, float] | None = None, *, return_dict: bool = False,
    ) -> Any:  # fmt: skip
        """Take one training step on these samples.

        Raises ``NonFiniteError`` if the loss isn't finite; the step is not taken. Returns the loss before the
        step, in a list or dictionary with the metrics if there are any, of this batch alone.
        """
        (x, y, w), metrics = self._one_batch(x, y, sample_weight, class_weight)
        step = self.training_step(len(x))
        with limited_blas(len(x), self.parameters):
            y_pred, loss = step(x, y, w)
        metrics.update(loss, y, y_pred, w)
        return _in_keras_form(metrics.results(), return_dict)

    def test_on_batch(
        self, x: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None, *,
        return_dict: bool = False,
    ) -> Any:  # fmt: skip
        """Return the loss of this batch alone, followed by the metrics if there are any, without dropout."""
        (x, y, w), metrics = self._one_batch(x, y, sample_weight)
        with limited_blas(len(x), self.parameters):
            forward, output_loss = self._forward_pass(len(x))
            z, out = forward.logits(x)
            y_pred, loss = output_loss.forward(z, y, w, out=out)
        metrics = forward if self.by_own_steps else metrics
        metrics.update(loss, y, y_pred, w)
        return _in_keras_form(metrics.results(), return_dict)

    def predict_on_batch(self, x: Any) -> Any:
        """Return the network's outputs for one batch, ``(samples, ...)``; needs no ``compile``."""
        if self.by_own_steps:
            return self.predict(x, 10**9, verbose=0)
        return self._predict_one(self.workings.adapter(self).inputs(x))

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
        """What ``evaluate`` returns, in order: the loss first; nothing before ``compile``.

        Keras 3 lists ``"compile_metrics"`` in place of all metrics; these are the names, as in Keras 2.
        """
        return [] if self.configuration is None else self.configuration.names

    @property
    def compiled(self) -> bool:
        """Whether ``compile`` was called."""
        return self.configuration is not None

    def reset_metrics(self) -> None:
        """Let the metrics forget all batches."""
        if self.by_own_steps:
            for metric in self.metrics:
                metric.reset_state()
        if self._running_metrics is not None:
            self._running_metrics.reset()

    def get_metrics_result(self) -> dict[str, Any]:
        """Return the figures of the last call that used any, by name."""
        if self.by_own_steps:
            return own_steps.figures_of(self)
        return {} if self._running_metrics is None else self._running_metrics.logs()

    @property
    def metrics(self) -> list[Metric]:
        """The metrics at work since the last call that used any."""
        if self.by_own_steps:
            return own_steps.metrics_of(self)
        return [] if self._running_metrics is None else self._running_metrics.metrics

    def metric_named(self, name: str) -> Metric | None:
        """Return the metric that the logs call so; ``None`` for the loss, and where there is none."""
        return None if self._running_metrics is None else self._running_metrics.named.get(name)

    def _compiled(self) -> Any:
        """Return what ``compile`` was told, after checking that there is a loss in it."""
        if self.configuration is None:
            raise ValueError(
                "You must call `compile()` before using the model: "
                'model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"]). '
                'Labels that are not one-hot take loss="sparse_categorical_crossentropy", numbers "mse".'
            )
        if self.configuration.loss_argument is None and not self.by_own_steps:
            self.configuration.require_loss()
        return self.configuration

    def _metrics_for(self, y: Any) -> Any:
        """Return new metrics; copies of ``compile``'s, where ``fit`` is counting."""
        copies = self._fitting is not None
        shape = self.workings.output_shape(self.plan)
        found: RunningMetrics = self._compiled().running_metrics(y, shape, copies=copies)
        if not copies:
            self._running_metrics = found
        return found

    def training_step(self, batch_size: int) -> TrainingStep:
        """Return the step, with room for batches of that size; the one from last time if it fits."""
        theta = self.theta
        self.claim_parameters()
        if self._step is None or self._step.batch_size < batch_size or self.theta is not theta:
            optimizer = self._compiled().optimizer
            optimizer.build(self.trainable_parameters)
            layers, output_loss = self._with_loss()
            step: Any = GraphStep if isinstance(layers, Plan) else TrainingStep
            self._step = step(layers, output_loss, optimizer, self.theta, self.gradient, batch_size)
        return self._step  # pyright: ignore[reportReturnType]

    def _with_loss(self) -> tuple[Any, Any]:
        """Return a chain's layers, and the loss that they end in; where more adds to that, a plan."""
        layers, configuration = self.plan, self._compiled()
        apart = not isinstance(layers, list) or configuration.loss_weight != 1
        if apart or any(
            layer.activity_regularizer or layer.by_call or any(p.regularizer for p in layer.parameters)
            for layer in layers
        ):
            plan = as_plan(layers)
            return plan, OutputLosses(plan, configuration)
        loss = configuration.loss or configuration.require_loss()
        return layers, output_loss_of(layers[-1].activation, loss)

    def _forward_pass(self, batch_size: int) -> tuple[Any, Any]:
        """Return the network as it is evaluated, and the loss that it ends in."""
        layers, output_loss = self._with_loss()
        forward_pass: Any = GraphPass if isinstance(layers, Plan) else ForwardPass
        return forward_pass(layers, batch_size, self.dtype), output_loss

    def _evaluation(self, batches: BatchSource, targets: Array) -> loop.Evaluation:
        passes = [self._forward_pass(batches.batch_size) for _ in range(self._passes(batches))]
        for _, output_loss in passes[1:]:
            if hasattr(output_loss, "loss"):
                output_loss.loss = copy(output_loss.loss)  # which remembers a batch
        return loop.Evaluation(passes, batches, self._metrics_for(targets))

    def _passes(self, batches: BatchSource) -> int:
        """Return how many passes compute the batches: two for each thread, one where they come one by one."""
        threads = min(get_threads(), batches.steps or 1)
        return 2 * threads if threads > 1 and loop.can_be_shared(self, batches) else 1

    def _one_batch(
        self, x: Any, y: Any, sample_weight: Any, class_weight: Mapping[int, float] | None = None
    ) -> tuple[tuple[Array, Array, Array | None], RunningMetrics]:
        """Return the batch, checked and cast, and the metrics to take it in."""
        adapter = (self._own_adapter or self.workings.adapter)(self, self._compiled())
        data = adapter.targets(x, y, sample_weight)
        batches, _ = adapter.batches(data, len(data[0]), None, class_weight)
        ((x, y, w),) = batches.one_pass()
        metrics = self._metrics_for(y)
        metrics.reset()
        return (x, y, w), metrics

    def _predict_one(self, x: Any) -> Any:
        x = x.astype(self.dtype, copy=False)
        with limited_blas(len(x), self.parameters):
            y = self.workings.outputs(self.plan, x)
        return self._formed(y.copy() if isinstance(y, np.ndarray) and np.may_share_memory(x, y) else y)

    def _formed(self, outputs: Any) -> Any:
        """Return outputs in the form in which the user wants them."""
        return outputs

    def _watched(
        self, unit: str, verbose: int, callbacks: Iterable[Callback] | Callback | None, batches: BatchSource,
        run: Callable[[CallbackList], T], samples: int | None = None,
    ) -> T:  # fmt: skip
        """Return ``run(calls)`` with callbacks and progress bar in attendance.

        Progress counts Keras' batches where nobody has said their size, and ``samples`` how many there are.
        """
        shown = None if samples is None or batches.batch_size <= KERAS_BATCH else -(-samples // KERAS_BATCH)
        progress = [ProgressBar(verbose, unit, shown, PREDICTION_BATCH // KERAS_BATCH)] if verbose else []
        params = {"verbose": verbose, "epochs": 1, "steps": batches.steps}
        calls = CallbackList(callbacks, self, params, self._every, progress)
        self.stop_evaluating = self.stop_predicting = False
        try:
            with limited_blas(batches.batch_size, self.parameters, single=loop.can_be_shared(self, batches)):
                return run(calls)
        finally:
            for bar in progress:
                bar.close()


def _neither(cls: type, *_: Any, **options: Any) -> Any:
    raise TypeError(f"{cls.__name__} is a model or a layer, not both: inherit from Model alone.")


def _verbosity(verbose: Any) -> int:
    if verbose == "auto":
        return 1
    if verbose not in (0, 1, 2):
        raise ValueError(f'`verbose` is "auto", 0, 1 or 2. Received: verbose={verbose!r}')
    return int(verbose)


def _in_keras_form(results: dict[str, float], return_dict: bool) -> Any:
    values = list(results.values())
    return dict(sorted(results.items())) if return_dict else values if len(values) > 1 else values[0]

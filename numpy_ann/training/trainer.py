"""The calls of a Keras model: compile, fit, evaluate, predict."""

from collections.abc import Collection, Iterable, Mapping
from functools import partial
from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.callbacks import Callback, CallbackList, History, ProgressBar
from numpy_ann.training import loop
from numpy_ann.training.base import figures
from numpy_ann.training.batches import Batches
from numpy_ann.training.checks import (
    KERAS_BATCH,
    as_list,
    batch_size_for,
    count,
    is_due,
    optional_count,
    verbosity,
)
from numpy_ann.training.feed import Feed
from numpy_ann.training.head import head_of
from numpy_ann.training.intake import Intake
from numpy_ann.training.iterables import serves_batches
from numpy_ann.training.on_batch import OnBatch
from numpy_ann.training.prediction import Forward, predict_batch
from numpy_ann.training.regularized import regularized

__all__ = ["Trainer"]


class Trainer(OnBatch):
    """The base of models: everything that ``compile``, ``fit``, ``evaluate`` and ``predict`` do."""

    def fit(
        self,
        x: Any,
        y: Array | None = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: str | int = "auto",
        callbacks: Iterable[Callback] | Callback | None = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Mapping[int, float] | None = None,
        sample_weight: Array | None = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int | Collection[int] = 1,
    ) -> History:
        """Train.

        Parameters
        ----------
        x, y : ndarray
            One row a sample; of any real dtype, never copied whole. Or ``x`` alone: an iterable of batches
            ``(x, y)`` or ``(x, y, sample_weight)``, of which one is held at a time: a data loader, anything
            with ``__getitem__`` and ``__len__``, which starts anew with each epoch; or a generator, which
            runs on.
        batch_size : int
            Samples a step, of arrays; 32 if left out. The last batch of an epoch may be smaller.
        epochs, initial_epoch : int
            Train the epochs ``initial_epoch`` up to before ``epochs``; the difference is their number.
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
        class_weight : dict, optional
            From class to the weight of its samples in the loss.
        sample_weight : ndarray, shape (samples,), optional
            The weight of each sample in the loss; not together with ``class_weight``.
        validation_batch_size : int, optional
            Samples at once when validating. It has no influence on the results, but with a loss whose
            reduction is ``"sum"`` or ``"mean_with_sample_weight"``: the loss is a mean over batches. For such
            a loss, it is ``batch_size`` if left out, as in Keras.
        steps_per_epoch, validation_steps : int, optional
            Batches an epoch, and a validation; left out, it is a pass over the data. The next epoch goes on
            where the last one stopped, the next validation begins anew (but of a generator, which runs on).
        validation_freq : int or list of int
            Validate after every so many epochs; or after these, counted from 1.

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
        intake = self._intake()
        batch_size = count("batch_size", KERAS_BATCH if batch_size is None else batch_size)
        epochs = count("epochs", epochs, least=0)
        initial_epoch = count("initial_epoch", initial_epoch, least=0)
        steps = optional_count("steps_per_epoch", steps_per_epoch)
        validation_steps = optional_count("validation_steps", validation_steps)
        is_due(0, validation_freq)
        verbose = verbosity(verbose)
        data = intake.data(x, y, sample_weight)
        validation = None if validation_data is None else intake.validation(validation_data)
        if validation is None and validation_split:
            data, validation = intake.split(validation_split, data)
        # Class weights come after the split: the validation is blind to them.
        feed, targets = intake.feed(data, batch_size, steps, class_weight)
        step = self._training_step(feed.batch_size)
        evaluation = None
        if validation is not None:
            argument = "validation_batch_size"
            if validation_batch_size is None and self._require_configuration().require_loss().sees_batches:
                validation_batch_size = batch_size
            found = intake.feed(
                validation, validation_batch_size, validation_steps, argument=argument, validating=True
            )
            evaluation = self._evaluation(*found)
        scores = self._scores_for(targets)

        history = History()
        progress = [ProgressBar(verbose)] if verbose else []
        params = {"verbose": verbose, "epochs": epochs, "steps": feed.steps}
        calls = CallbackList([*as_list(callbacks), history, *progress], self, params)
        self.history = history
        self.stop_training = False
        order = self.streams["shuffle"] if shuffle else None
        span, due = range(initial_epoch, epochs), partial(is_due, validation_freq=validation_freq)
        try:
            with self._at_work(feed.batch_size, progress), self._counting():
                loop.fit(self, step, feed, scores, calls, span, order, evaluation, due)
        finally:
            for layer in self.layers:  # unshuffled batches are views, which keep all of x alive
                layer.forget()
        return history

    def evaluate(
        self,
        x: Any,
        y: Array | None = None,
        batch_size: int | None = None,
        verbose: str | int = "auto",
        sample_weight: Array | None = None,
        steps: int | None = None,
        callbacks: Iterable[Callback] | Callback | None = None,
        *,
        return_dict: bool = False,
    ) -> float | list[float] | dict[str, float]:
        """Return the loss and the metrics on some data, without dropout.

        Parameters
        ----------
        x, y, sample_weight : ndarray
            As for ``fit``; or ``x`` alone, an iterable of batches.
        batch_size : int, optional
            Samples at once, of arrays; has no influence on the result, but on memory. With a loss whose
            reduction is ``"sum"`` or ``"mean_with_sample_weight"`` it has: the loss is a mean over batches,
            of 32 samples if left out, as in Keras.
        verbose : {"auto", 0, 1, 2}
            As for ``fit``.
        steps : int, optional
            How many batches to take; left out, all.
        callbacks : list of Callback, optional
            Their ``on_test_...`` methods are called.
        return_dict : bool
            Whether to return the figures by name.

        Returns
        -------
        float or list of float or dict
            The loss, followed by the metrics if there are any.
        """
        intake = self._intake()
        verbose, steps = verbosity(verbose), optional_count("steps", steps)
        data = intake.data(x, y, sample_weight)
        evaluation = self._evaluation(*intake.feed(data, batch_size, steps))
        results = self._watched("test", verbose, callbacks, evaluation.feed, evaluation.run)
        return figures(results, return_dict)

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: str | int = "auto",
        steps: int | None = None,
        callbacks: Iterable[Callback] | Callback | None = None,
    ) -> Array:
        """Return the network's outputs, without dropout; needs no ``compile``.

        Predicting leaves no trace on the model: many threads may do it at once.

        Parameters
        ----------
        x : ndarray, shape (samples, ...)
            One row a sample, of any real dtype; or an iterable of batches, in which targets are left alone.
        batch_size : int, optional
            Samples at once, of arrays; the results don't depend on it (but for rounding), memory does.
        verbose : {"auto", 0, 1, 2}
            As for ``fit``.
        steps : int, optional
            How many batches to take; left out, all.
        callbacks : list of Callback, optional
            Their ``on_predict_...`` methods are called.

        Returns
        -------
        ndarray, shape (samples, ...)
            Of the model's dtype.
        """
        verbose, steps = verbosity(verbose), optional_count("steps", steps)
        intake = Intake(self)
        result: Array | None = None
        if serves_batches(x):
            feed = intake.inputs_feed(x, steps)
        else:
            x = intake.inputs(x)
            size = batch_size_for("batch_size", batch_size, x)
            if not verbose and not callbacks and len(x) == size:
                with self._limited_blas(size):
                    y = predict_batch(self.layers, x.astype(self.dtype, copy=False))
                return y.copy() if np.may_share_memory(x, y) else y
            feed = Feed(Batches(x, None, None, size, self.dtype), steps)
            result = np.empty((len(x), *self._output_shape), dtype=self.dtype)
        forward = Forward(self.layers, feed.batch_size, self.dtype)
        run = partial(loop.predict, forward, feed, result=result)
        return self._watched("predict", verbose, callbacks, feed, run)

    def _evaluation(self, feed: Feed, targets: Array) -> loop.Evaluation:
        loss = self._require_configuration().require_loss()
        layers, head = regularized(self.layers, head_of(self.layers[-1].activation, loss))
        forward = Forward(layers, feed.batch_size, self.dtype)
        return loop.Evaluation(forward, head, feed, self._scores_for(targets))

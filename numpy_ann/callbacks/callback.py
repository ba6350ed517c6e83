"""What every callback is, methods that training calls as it goes; many in one; a record; one of functions."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np

from numpy_ann import part
from numpy_ann.communicator import ALONE, group, in_place, working_in

Logs = dict[str, float]
"""Figures by name: ``{"accuracy": 0.97, "loss": 0.09}``."""

Moment: TypeAlias = Callable[..., Any] | None
"""What is called at a moment of training, if anything is."""


class Callback(part.Part):
    """The base of callbacks: override the moments that interest you.

    ``fit`` calls ``on_train_begin``, then for each epoch ``on_epoch_begin``, for each batch
    ``on_train_batch_begin`` and ``on_train_batch_end``, with validation ``on_test_begin`` to ``on_test_end``,
    then ``on_epoch_end``, at last ``on_train_end``. ``logs`` holds the figures so far; ``epoch`` and
    ``batch`` count from 0. ``self.model.stop_training = True`` stops after the batch, or after the epoch.

    Attributes
    ----------
    model
        The model in training.
    params : dict
        ``verbose``, ``epochs`` and ``steps``: batches an epoch, ``None`` where that isn't known.
    outlives_nonfinite : bool
        Set by a class that stops training itself when the loss is no longer finite.
    writes : bool
        Set by a class that writes: where several processes train, the first one alone calls it.
    comes_last : bool
        Set by a class that is called behind the others, wherever it stands, and finds them as ``beside``.
    remembers : tuple of str
        The attributes, numbers or lists of arrays, that ``BackupAndRestore`` is to keep.

    >>> class Print(Callback):
    ...     def on_epoch_end(self, epoch, logs=None):
    ...         print(epoch, logs["loss"])
    """

    model: Any = None
    params: dict[str, Any]
    outlives_nonfinite = False
    writes = comes_last = False
    remembers: tuple[str, ...] = ()
    beside: Sequence["Callback"] = ()

    def set_model(self, model: Any) -> None:
        """Remember the model."""
        self.model = model

    def set_params(self, params: dict[str, Any]) -> None:
        """Remember what ``fit`` was called with."""
        self.params = params

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Before the first epoch."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """After the last epoch; ``logs`` are its figures."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Before an epoch."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """After an epoch and its validation; ``logs`` are the epoch's figures."""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a training step; left as it is, it is ``on_batch_begin``."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a training step; ``logs`` are the epoch's running means. Else it is ``on_batch_end``."""
        self.on_batch_end(batch, logs)

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Keras' older name for ``on_train_batch_begin``."""

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Keras' older name for ``on_train_batch_end``."""

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Before an evaluation."""

    def on_test_end(self, logs: Logs | None = None) -> None:
        """After an evaluation; ``logs`` are its figures."""

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch of an evaluation."""

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch of an evaluation; ``logs`` are the running means."""

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Before a prediction."""

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """After a prediction."""

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch of a prediction."""

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch of a prediction."""


class CallbackList:
    """Calls each callback in turn, and only those that listen: a batch without listeners costs nothing.

    An exception in a callback goes on as it is, with a note that names the callback and the method.

    Raises ``TypeError`` if one isn't a ``Callback``.

    Parameters
    ----------
    callbacks : Callback or iterable of Callback, optional
        Called in this order.
    model, params, every
        Handed to each; at ``every`` so many batches, the moments of batches are called.
    progress : sequence of Callback
        Called last; of several processes, the first one alone shows it, with the figures of its own rows.
    history : Callback, optional
        Called before that, behind the user's.

    >>> callbacks = CallbackList([Callback()], model=None, params={})
    >>> callbacks.call("on_epoch_end", 0, logs={"loss": 0.5})
    """

    def __init__(
        self, callbacks: Iterable[object] | Callback | None, model: Any, params: dict[str, Any],
        every: int = 1, progress: Sequence[Callback] = (), history: Callback | None = None,
    ) -> None:  # fmt: skip
        # By moment, the methods that override ``Callback``'s; the moments listened to in any process; whether
        # one of them takes care of a loss that isn't finite, so that it need not be an error.
        self.listeners: dict[str, list[tuple[str, Callable[..., None]]]] = {}
        self.observed: set[str] = set()
        self._saving: set[str] = set()
        self.model, self.every, self.outlive_nonfinite = model, every, False
        given: list[Any] = [callbacks] if isinstance(callbacks, Callback) else list(callbacks or ())
        given += [] if history is None else [history]
        given.sort(key=lambda callback: getattr(callback, "comes_last", False))
        for callback in (listed := [*given, *progress]):
            if not isinstance(callback, Callback):
                kind = "an instance, not a class" if isinstance(callback, type) else "an instance of Callback"
                raise TypeError(f"`callbacks` holds {callback!r}; each must be {kind}.")
            callback.set_params(params)
            callback.set_model(model)
            if callback.comes_last:
                callback.beside = given
            self.outlive_nonfinite |= callback.outlives_nonfinite
        first = not (in_place().rank or group().rank)
        for moment in [name for name in vars(Callback) if name.startswith("on_")]:
            # What ``on_train_batch_...`` calls in ``Callback`` counts too, where that is overridden.
            names = {moment, moment.replace("on_train_batch", "on_batch")}
            inherited = {getattr(Callback, name) for name in names}
            listening: list[Any] = [
                c
                for c in listed
                if not {getattr(m := getattr(c, n), "__func__", m) for n in names} <= inherited
            ]
            if any(callback in given for callback in listening):
                self.observed.add(moment)
            if any(callback.writes for callback in listening):
                self._saving.add(moment)
            called = [c for c in listening if first or not (c.writes or c in progress)]
            self.listeners[moment] = [(type(c).__name__, getattr(c, moment)) for c in called]

    def ends_with(self, number: int) -> bool:
        """Return whether this batch is the last of its group, at which callbacks are called."""
        return (number + 1) % self.every == 0

    def unfinished(self, number: int) -> int | None:
        """Return the number that the last group would end with, if the data have ended before."""
        over = (number + 1) % self.every
        return number + self.every - over if over else None

    def saves(self, moment: str) -> bool:
        """Return whether a callback may save the model then."""
        return moment in self._saving

    def call(self, moment: str, *place: int, logs: Logs | None = None) -> None:
        """Call every listener of that moment: ``call("on_epoch_end", epoch, logs=logs)``, with those logs."""
        if not self.listeners[moment]:
            return
        logs = {} if logs is None else logs
        with working_in(ALONE):
            for owner, method in self.listeners[moment]:
                try:
                    method(*place, logs)
                except Exception as error:
                    error.add_note(f"This was raised in the callback {owner}, in its method {moment}.")
                    raise


class _Figures(dict[str, list[Any]]):
    """Figures by name, which knows what Keras called ``"accuracy"`` before 2.3."""

    def __missing__(self, key: str) -> Any:
        if key not in ("acc", "val_acc") or (today := f"{key}uracy") not in self:
            raise KeyError(key)
        if part.translate is None:
            raise KeyError(f"{key}: Keras 3 calls it {today!r}; `numpy_ann run --keras2` takes both")
        return self[today]


class History(Callback):
    """Keeps every epoch's figures.

    ``history`` has a list a figure, with an entry an epoch: ``{"accuracy": [...], "val_loss": [...]}``. Of a
    metric with several figures, as ``F1Score()``, an entry is an array. ``epoch`` has the epochs' numbers.
    """

    def __init__(self) -> None:
        self.history: dict[str, list[Any]] = _Figures()
        self.epoch: list[int] = []

    def __repr__(self) -> str:
        last = ", ".join(f"{name} {v[-1]:.4g}" for name, v in self.history.items() if not np.ndim(v[-1]))
        return f"<History of {len(self.epoch)} epochs{last and f', the last: {last}'}>"

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.history, self.epoch = _Figures(), []

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(_figure(name, value))


def _figure(name: str, value: Any) -> Any:
    try:
        return np.array(value, dtype=np.float64) if np.ndim(value) else float(value)
    except (TypeError, ValueError):
        raise TypeError(
            f"The logs hold {name}={value!r}, which is no number: a callback, or a metric, put it there. "
            "What isn't a figure is best kept on the callback itself."
        ) from None


class LambdaCallback(Callback):
    """Call these functions at these moments, with ``(epoch, logs)``, ``(logs)`` or ``(batch, logs)``.

    ``moments`` are any other of ``Callback``'s methods, by their names.

    Raises ``TypeError`` if there is no such moment, or one is given something that can't be called.

    >>> callback = LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs["loss"]))
    >>> callback.on_epoch_end(3, {"loss": 0.5})
    3 0.5
    """

    def __init__(
        self, on_epoch_begin: Moment = None, on_epoch_end: Moment = None, on_train_begin: Moment = None,
        on_train_end: Moment = None, on_train_batch_begin: Moment = None, on_train_batch_end: Moment = None,
        **moments: Callable[..., Any],
    ) -> None:  # fmt: skip
        given = {"on_epoch_begin": on_epoch_begin, "on_epoch_end": on_epoch_end}
        given |= {"on_train_begin": on_train_begin, "on_train_end": on_train_end}
        given |= {"on_train_batch_begin": on_train_batch_begin, "on_train_batch_end": on_train_batch_end}
        given |= moments
        for moment, function in given.items():
            if not moment.startswith("on_") or not hasattr(Callback, moment):
                raise TypeError(f"A callback has no moment {moment!r}.")
            if not (function is None or callable(function)):
                raise TypeError(f"`{moment}` must be a function. Received: {function!r}")
            if function is not None:
                setattr(self, moment, function)

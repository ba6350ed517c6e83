"""Several callbacks, called as one."""

from collections.abc import Callable, Iterable
from typing import Any

from numpy_ann.callbacks.callback import Callback, Logs

__all__ = ["CallbackList"]


class CallbackList:
    """Calls each callback in turn, and only those that listen: a batch without listeners costs nothing.

    An exception in a callback goes on as it is, with a note that names the callback and the method.

    Parameters
    ----------
    callbacks : iterable of Callback
        Called in this order.
    model
        Handed to each by ``set_model``.
    params : dict
        Handed to each by ``set_params``.

    Attributes
    ----------
    listeners : dict
        By moment, the methods that override ``Callback``'s, each with its class's name.
    outlive_nonfinite : bool
        Whether one of them takes care of a loss that isn't finite, so that it need not be an error.

    Raises
    ------
    TypeError
        If one isn't a ``Callback``.

    Examples
    --------
    >>> callbacks = CallbackList([Callback()], model=None, params={})
    >>> callbacks.call("on_epoch_end", 0, logs={"loss": 0.5})
    """

    def __init__(self, callbacks: Iterable[object], model: Any, params: dict[str, Any]) -> None:
        self.listeners: dict[str, list[tuple[str, Callable[..., None]]]] = {}
        self.outlive_nonfinite = False
        listed = list(callbacks)
        for callback in listed:
            if not isinstance(callback, Callback):
                kind = "an instance, not a class" if isinstance(callback, type) else "an instance of Callback"
                raise TypeError(f"`callbacks` holds {callback!r}; each must be {kind}.")
            callback.set_params(params)
            callback.set_model(model)
            self.outlive_nonfinite |= callback.outlives_nonfinite
        for moment in [name for name in vars(Callback) if name.startswith("on_")]:
            # What ``on_train_batch_...`` calls in ``Callback`` counts too, where that is overridden.
            names = {moment, moment.replace("on_train_batch", "on_batch")}
            inherited = {getattr(Callback, name) for name in names}
            self.listeners[moment] = [
                (type(callback).__name__, getattr(callback, moment))
                for callback in listed
                if not inherited.issuperset(
                    getattr(own, "__func__", own) for own in (getattr(callback, name) for name in names)
                )
            ]

    def call(self, moment: str, *place: int, logs: Logs | None = None) -> None:
        """Call every listener of that moment: ``call("on_epoch_end", epoch, logs=logs)``.

        All are handed the same ``logs``, so that one can add to what the next sees; a dictionary in any case.
        """
        logs = {} if logs is None else logs
        for owner, method in self.listeners[moment]:
            try:
                method(*place, logs)
            except Exception as error:
                error.add_note(f"This was raised in the callback {owner}, in its method {moment}.")
                raise

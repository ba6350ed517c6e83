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
        self._callbacks: list[Callback] = []
        self._listeners: dict[str, list[tuple[str, Callable[..., None]]]] = {}
        self.outlive_nonfinite = False
        for callback in callbacks:
            if not isinstance(callback, Callback):
                kind = "an instance, not a class" if isinstance(callback, type) else "an instance of Callback"
                raise TypeError(f"`callbacks` holds {callback!r}; each must be {kind}.")
            callback.set_params(params)
            callback.set_model(model)
            self._callbacks.append(callback)
            self.outlive_nonfinite |= callback.outlives_nonfinite

    def listeners(self, moment: str) -> list[tuple[str, Callable[..., None]]]:
        """Return the methods that override ``Callback``'s for that moment, each with its class's name."""
        if moment not in self._listeners:
            names = (
                moment,
                moment.replace("on_train_batch", "on_batch"),
            )  # which the first calls in Callback
            self._listeners[moment] = [
                (type(callback).__name__, getattr(callback, moment))
                for callback in self._callbacks
                if any(_overrides(callback, name) for name in names)
            ]
        return self._listeners[moment]

    def call(self, moment: str, *place: int, logs: Logs | None = None) -> None:
        """Call every listener of that moment: ``call("on_epoch_end", epoch, logs=logs)``.

        All are handed the same ``logs``, so that one can add to what the next sees; a dictionary in any case.
        """
        logs = {} if logs is None else logs
        for owner, method in self.listeners(moment):
            try:
                method(*place, logs)
            except Exception as error:
                error.add_note(f"This was raised in the callback {owner}, in its method {moment}.")
                raise


def _overrides(callback: Callback, method: str) -> bool:
    own = getattr(callback, method)
    return getattr(own, "__func__", own) is not getattr(Callback, method)

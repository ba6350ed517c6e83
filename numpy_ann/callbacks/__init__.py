"""Callbacks: what happens beside training."""

from numpy_ann.callbacks.callback import Callback, Logs
from numpy_ann.callbacks.callback_list import CallbackList
from numpy_ann.callbacks.history import History
from numpy_ann.callbacks.progress import ProgressBar

__all__ = ["Callback", "CallbackList", "History", "Logs", "ProgressBar"]

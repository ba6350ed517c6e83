"""Callbacks: what happens beside training."""

from typing import TYPE_CHECKING

from numpy_ann.callbacks.backup_and_restore import BackupAndRestore
from numpy_ann.callbacks.callback import Callback, CallbackList, History, LambdaCallback, Logs
from numpy_ann.callbacks.learning_rate import LearningRateScheduler, ReduceLROnPlateau
from numpy_ann.callbacks.loggers import CSVLogger, RemoteMonitor
from numpy_ann.callbacks.model_checkpoint import ModelCheckpoint
from numpy_ann.callbacks.monitor import Monitor
from numpy_ann.callbacks.progress import ProgressBar
from numpy_ann.callbacks.stopping import EarlyStopping, TerminateOnNaN
from numpy_ann.callbacks.swap_ema_weights import SwapEMAWeights
from numpy_ann.callbacks.tensor_board import TensorBoard
from numpy_ann.callbacks.training_diagnostics import Finding, TrainingDiagnostics
from numpy_ann.lookup import left_out

__all__ = [
    "BackupAndRestore", "CSVLogger", "Callback", "CallbackList", "EarlyStopping", "Finding", "History",
    "LambdaCallback", "LearningRateScheduler", "Logs", "ModelCheckpoint", "Monitor", "ProgressBar",
    "ReduceLROnPlateau", "RemoteMonitor", "SwapEMAWeights", "TensorBoard", "TerminateOnNaN",
    "TrainingDiagnostics",
]  # fmt: skip

if not TYPE_CHECKING:
    __getattr__ = left_out(
        __name__,
        "OrbaxCheckpoint ProgbarLogger",
        "it is for other libraries' files and screens. ModelCheckpoint saves, CSVLogger and RemoteMonitor "
        "keep the figures, and verbose=1 shows a ProgressBar.",
    )

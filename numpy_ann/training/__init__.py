"""Training: one step, the batches it takes, and the loop that drives it."""

from numpy_ann.training.trainer import Trainer

__all__ = ["Trainer"]

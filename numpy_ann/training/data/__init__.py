"""What users have (arrays, lists, frames, iterables, generators) as batches: all that training sees of it."""

from numpy_ann.training.data.adapter import DataAdapter
from numpy_ann.training.data.batches import Batch, Batches, BatchSource

__all__ = ["Batch", "BatchSource", "Batches", "DataAdapter"]

"""Data sets and the file formats they come in: ``mnist.load_data()``, ``toy.moons()``, ``read_idx(path)``."""

from numpy_ann.data import mnist, toy
from numpy_ann.data.idx import read_idx

__all__ = ["mnist", "read_idx", "toy"]

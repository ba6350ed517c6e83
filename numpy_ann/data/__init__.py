"""Data sets and the file formats they come in: ``mnist.load_data()``, ``toy.moons()``, ``read_idx(path)``.

Keras' other data sets are modules too: ``fashion_mnist``, ``boston_housing``, ``california_housing``,
``imdb`` and ``reuters``.
"""

from numpy_ann.data import boston_housing, california_housing, fashion_mnist, imdb, mnist, reuters, toy
from numpy_ann.data.idx import read_idx

__all__ = [
    "boston_housing", "california_housing", "fashion_mnist", "imdb", "mnist", "read_idx", "reuters", "toy",
]  # fmt: skip

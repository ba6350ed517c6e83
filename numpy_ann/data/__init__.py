"""Data sets, each a module with ``load_data()``, and the file formats they come in: ``read_idx(path)``."""

from numpy_ann.data import boston_housing, california_housing, fashion_mnist, imdb, mnist, reuters, toy
from numpy_ann.data.idx import read_idx

__all__ = [
    "boston_housing", "california_housing", "fashion_mnist", "imdb", "mnist", "read_idx", "reuters", "toy",
]  # fmt: skip

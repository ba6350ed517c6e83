"""The images that all peers train on, as ``.npy`` files that need nothing but NumPy."""

from pathlib import Path

import numpy as np

__all__ = ["write_made_up", "write_mnist"]


def write_mnist(folder: Path, source: str | None) -> None:
    """Write MNIST's images and labels, from the folder ``source``, the cache or a download."""
    from numpy_ann.data import mnist

    (x_train, y_train), (x_test, y_test) = mnist.load_data(source)
    _write(folder, x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)


def write_made_up(folder: Path, train: int, test: int) -> None:
    """Write images of MNIST's shape with one bright row, whose number is the class: easily learnt."""
    rng = np.random.default_rng(0)
    arrays: dict[str, np.ndarray] = {}
    for part, samples in (("train", train), ("test", test)):
        y = rng.integers(0, 10, samples, dtype=np.uint8)
        x = rng.integers(0, 128, (samples, 28, 28), dtype=np.uint8)
        x[np.arange(samples), y] = 255
        arrays |= {f"x_{part}": x, f"y_{part}": y}
    _write(folder, **arrays)


def _write(folder: Path, **arrays: np.ndarray) -> None:
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)

"""What every peer can do, and the work that it is given."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

__all__ = ["MappedFile", "Network", "Peer", "load_images", "seconds_of"]


@dataclass(frozen=True)
class Network:
    """A classifier: ReLU layers with dropout behind each, then a softmax. The default is the tutorial's.

    Adam with its usual constants trains it on the cross-entropy.
    """

    hidden: Sequence[int] = (128, 64)
    classes: int = 10
    dropout: float = 0.3
    batch_size: int = 128


@dataclass(frozen=True)
class MappedFile:
    """Images (samples, 784) of uint8 that stay on disk, in a ``.npy`` file, and their labels."""

    images: np.ndarray
    labels: np.ndarray


class Peer(ABC):
    """A way to train and use a network, in the best form that its users would write.

    The module that defines it imports its library at the top, for the time that takes is measured too.
    """

    @abstractmethod
    def build(self, x: np.ndarray, y: np.ndarray, network: Network) -> None:
        """Make a new network and take in the data: x (samples, ...) float32, y (samples,) whole numbers."""

    @abstractmethod
    def train(self, epochs: int) -> list[float]:
        """Train, in a new order each epoch; return the seconds that each took."""

    @abstractmethod
    def predict(self, x: np.ndarray) -> np.ndarray:
        """Return the probabilities (samples, classes), with the batch size that is the library's default."""

    def train_mapped(self, mapped: MappedFile, network: Network) -> None:
        """Train an epoch on images that stay on disk, as far as the library can."""
        raise NotImplementedError("trains on arrays in memory only")

    def tutorial(self, folder: Path, epochs: int) -> float:
        """Load, train with a tenth held out to validate after each epoch, return the test accuracy."""
        x, y = load_images(folder, "train")
        split = int(len(x) * 0.9)
        self.build(x[:split], y[:split], Network())
        for _ in range(epochs):
            self.train(1)
            self.accuracy(x[split:], y[split:])
        return self.accuracy(*load_images(folder, "test"))

    def accuracy(self, x: np.ndarray, y: np.ndarray) -> float:
        """Return the share of right classes."""
        return float(np.mean(self.predict(x).argmax(axis=1) == y))


def load_images(folder: Path, part: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the images of ``part``, train or test, as float32 from 0 to 1, and their labels."""
    return np.load(folder / f"x_{part}.npy") / np.float32(255), np.load(folder / f"y_{part}.npy")


def seconds_of(work: Callable[[], object], times: int) -> list[float]:
    """Return how long each of ``times`` calls took."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return seconds

"""What the parent can ask of a peer's process. Arguments and results are plain JSON."""

import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.memory import peak_memory
from benchmarks.peers.interface import MappedFile, Network, Peer, load_images, seconds_of

__all__ = ["Answers"]


class Answers:
    """Each public method answers a request of that name."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    def load(self, folder: str, rows: int, network: dict[str, Any]) -> None:
        """Build a new network for the first training images; keep the test images for prediction."""
        x, y = load_images(Path(folder), "train")
        self._test, _ = load_images(Path(folder), "test")
        self._peer.build(x[:rows], y[:rows], Network(**network))

    def make_up(self, rows: int, inputs: int, network: dict[str, Any]) -> None:
        """Build a new network for data that are drawn at random."""
        rng = np.random.default_rng(0)
        x = rng.random((rows, inputs), dtype=np.float32)
        y = rng.integers(0, Network(**network).classes, rows, dtype=np.uint8)
        self._peer.build(x, y, Network(**network))

    def first_epoch(self) -> list[float]:
        """Return how long the first training epoch takes, with all that is compiled or set up for it."""
        return seconds_of(lambda: self._peer.train(1), 1)

    def train(self, epochs: int) -> list[float]:
        """Return how long each of ``epochs`` took."""
        return self._peer.train(epochs)

    def predict(self, calls: int) -> list[float]:
        """Return how long each call of ``predict`` took on all test images."""
        return seconds_of(lambda: self._peer.predict(self._test), calls)

    def predict_one(self, calls: int, patience: float) -> list[float]:
        """Return how long ``predict`` took on one image, each time another; at most ``patience`` seconds."""
        seconds: list[float] = []
        end = time.perf_counter() + patience
        while len(seconds) < calls and time.perf_counter() < end:
            i = len(seconds) % len(self._test)
            image = self._test[i : i + 1]
            seconds += seconds_of(lambda image=image: self._peer.predict(image), 1)  # type: ignore[misc]
        return seconds

    def tutorial(self, folder: str, epochs: int) -> float:
        """Return the tutorial's test accuracy."""
        return self._peer.tutorial(Path(folder), epochs)

    def train_mapped(self, images: str, network: dict[str, Any]) -> float:
        """Train an epoch on a mapped file; return the seconds."""
        x = np.load(images, mmap_mode="r")
        y = np.random.default_rng(0).integers(0, 10, len(x), dtype=np.uint8)
        return seconds_of(lambda: self._peer.train_mapped(MappedFile(x, y), Network(**network)), 1)[0]

    def peak_memory(self) -> int:
        """Return the most memory that this process has had resident, in bytes."""
        return peak_memory()

    def blas(self) -> list[dict[str, Any]]:
        """Return what threadpoolctl sees; nothing where it isn't installed."""
        try:
            from threadpoolctl import threadpool_info
        except ImportError:
            return []
        return threadpool_info()

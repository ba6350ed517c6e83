"""The tutorial as a Keras user writes it. numpy_ann runs the same lines: only what is imported differs."""

import time
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from benchmarks.peers.interface import MappedFile, Network, Peer, load_images

__all__ = ["KerasWorkflow"]


class KerasWorkflow(Peer):
    """A peer with Keras' interface.

    Parameters
    ----------
    library : module
        ``keras``, or ``numpy_ann``.
    """

    def __init__(self, library: ModuleType) -> None:
        self._library = library
        self._model: Any = None

    def build(self, x: np.ndarray, y: np.ndarray, network: Network) -> None:
        """Make a new compiled model."""
        self._x, self._y = x, self._one_hot(y, network)
        self._model = self._compiled(x.shape[1:], network)
        self._batch_size = network.batch_size

    def train(self, epochs: int) -> list[float]:
        """Fit; the clock is a callback, so that what ``fit`` does once is not counted for every epoch."""
        clock = self._clock()
        self._fit(self._x, self._y, epochs=epochs, callbacks=[clock])
        return clock.seconds

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Return the probabilities."""
        return self._model.predict(x, verbose=0)

    def train_mapped(self, mapped: MappedFile, network: Network) -> None:
        """Hand the mapped array to ``fit``."""
        self._model = self._compiled(mapped.images.shape[1:], network)
        self._batch_size = network.batch_size
        self._fit(mapped.images, self._one_hot(mapped.labels, network), epochs=1)

    def tutorial(self, folder: Path, epochs: int) -> float:
        """Run the tutorial with ``validation_split`` and ``evaluate``."""
        x, y = load_images(folder, "train")
        self.build(x, y, Network())
        self._fit(self._x, self._y, epochs=epochs, validation_split=0.1)
        x, y = load_images(folder, "test")
        return float(self._model.evaluate(x, self._one_hot(y, Network()), verbose=0)[1])

    def _fit(self, x: np.ndarray, y: np.ndarray, **options: Any) -> None:
        self._model.fit(x, y, batch_size=self._batch_size, verbose=0, **options)

    def _compiled(self, input_shape: tuple[int, ...], network: Network) -> Any:
        layers = self._library.layers
        stack = [layers.Input(shape=input_shape), layers.Flatten()]
        for units in network.hidden:
            stack += [layers.Dense(units, activation="relu"), layers.Dropout(network.dropout)]
        stack.append(layers.Dense(network.classes, activation="softmax"))
        model = self._library.models.Sequential(stack)
        model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
        return model

    def _one_hot(self, y: np.ndarray, network: Network) -> np.ndarray:
        return self._library.utils.to_categorical(y, network.classes).astype(np.float32)

    def _clock(self) -> Any:
        class Clock(self._library.callbacks.Callback):  # type: ignore[misc, name-defined]
            """Takes the time of every epoch."""

            def __init__(self) -> None:
                super().__init__()
                self.seconds: list[float] = []

            def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
                self._start = time.perf_counter()

            def on_epoch_end(self, epoch: int, logs: object = None) -> None:
                self.seconds.append(time.perf_counter() - self._start)

        return Clock()

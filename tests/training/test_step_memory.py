"""Buffers stay buffers: what a training step allocates is bounded, however large the network."""

import tracemalloc

import numpy as np
import pytest

from numpy_ann.callbacks import Callback
from numpy_ann.layers import Dense, Dropout, Flatten, Input
from numpy_ann.models import Sequential

BATCH = 128


class Peak(Callback):
    """The most memory that a training step held beyond what was there before it, in bytes."""

    def __init__(self) -> None:
        self.peaks: list[int] = []

    def on_train_batch_begin(self, batch, logs=None):
        self.before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()

    def on_train_batch_end(self, batch, logs=None):
        self.peaks.append(tracemalloc.get_traced_memory()[1] - self.before)


def peak_of_a_step(*layers, loss="categorical_crossentropy") -> int:
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (BATCH * 6, 28, 28), dtype=np.uint8)
    y = np.eye(10)[rng.integers(0, 10, len(x))] if loss.startswith("cat") else rng.integers(0, 10, len(x))
    model = Sequential([Input((28, 28)), Flatten(), *layers], seed=0)
    model.compile("adam", loss, metrics=["accuracy"])
    peak = Peak()
    model.fit(x, y, batch_size=BATCH, epochs=1, verbose=0)  # makes the buffers
    tracemalloc.start()
    try:
        model.fit(x, y, batch_size=BATCH, epochs=1, verbose=0, callbacks=[peak])
    finally:
        tracemalloc.stop()
    return max(peak.peaks[2:])


@pytest.mark.parametrize("loss", ["categorical_crossentropy", "sparse_categorical_crossentropy"])
def test_a_step_of_the_tutorials_model_allocates_little(loss):
    layers = (
        Dense(128, activation="relu"),
        Dropout(0.3),
        Dense(64, activation="relu"),
        Dropout(0.3),
        Dense(10, activation="softmax"),
    )
    # The parameters are 438 kB, the activations 98 kB a layer and batch; what is left are the masks of
    # dropout and comparisons of a byte a number.
    assert peak_of_a_step(*layers, loss=loss) < 150_000


def test_without_dropout_it_does_not_grow_with_the_network():
    def network(units):
        return (
            Dense(units, activation="relu"),
            Dense(units, activation="relu"),
            Dense(10, activation="softmax"),
        )

    small, large = peak_of_a_step(*network(64)), peak_of_a_step(*network(512))
    parameters = 4 * (784 * 512 + 512 * 512)
    assert large - small < 2 * BATCH * 512  # the comparisons of ReLU's derivative, a byte a number
    assert large < parameters / 10

"""A training in a process of its own, to be killed: ``python resumed_training.py BACKUP RESULT SAVE_FREQ``.

Writes ``ready`` at the start, and after each batch a dot, to standard output; at the end the weights, the
optimizer's state and the last epochs' figures to RESULT.
"""

import sys
import time

import numpy as np

from numpy_ann.callbacks import BackupAndRestore, LambdaCallback, LearningRateScheduler
from numpy_ann.layers import Dense, Dropout, Input
from numpy_ann.models import Sequential

EPOCHS = 6


def main(backup: str, result: str, save_freq: str, pause: float) -> None:
    """Train with a backup, slowly enough to be killed in the middle."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(70, 6)).astype(np.float32), rng.integers(0, 3, 70)
    layers = [
        Input((6,)),
        Dense(16, activation="relu"),
        Dropout(0.3),
        Dropout(0.2, seed=5),
        Dense(3, "softmax"),
    ]
    model = Sequential(layers, seed=3)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])

    def after_batch(batch: int, logs: object) -> None:
        print(".", end="", flush=True)
        time.sleep(pause)

    callbacks = [
        LearningRateScheduler(lambda epoch, rate: rate * 0.9),
        LambdaCallback(
            on_train_begin=lambda logs: print("ready", flush=True), on_train_batch_end=after_batch
        ),
    ]
    if backup:
        callbacks.append(BackupAndRestore(backup, int(save_freq) if save_freq.isdigit() else save_freq))
    history = model.fit(
        x, y, batch_size=8, epochs=EPOCHS, verbose=0, callbacks=callbacks, validation_split=0.1
    ).history
    np.savez(
        result,
        theta=model.theta,
        iterations=model.optimizer.iterations,
        epochs_trained=model.epochs_trained,
        val_loss=history["val_loss"],
        learning_rate=history["learning_rate"],
        **model.optimizer.state,
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4]))

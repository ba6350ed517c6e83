"""Train the tutorial's model with several seeds, and compare its test accuracy with Keras'.

python benchmarks/accuracy.py [--seeds 5] [--epochs 10] [--batch-size 128] [--data DIR]
"""

# ruff: noqa: E402  (the path comes first, for it decides which numpy_ann is imported)

import argparse
import sys
import time
from pathlib import Path

import numpy as np

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # this checkout

from numpy_ann._typing import Array
from numpy_ann.data import mnist
from numpy_ann.layers import Dense, Dropout, Flatten, Input
from numpy_ann.models import Sequential
from numpy_ann.utils import to_categorical

# Keras 3.15 on the same work (10 epochs, batch 128, a tenth of the training images held out), over 12 seeds:
# mean and standard deviation.
KERAS_ACCURACY = (0.9769, 0.0010)
KERAS_LOSS = (0.0774, 0.0020)

# Two standard deviations of one seed around the mean of Keras. The mean of several seeds leaves it only if
# something is wrong.
BAND = (0.975, 0.979)


def main() -> int:
    """Print a line a seed, then means and deviations; return 0 if the mean accuracy is within the band."""
    options = parse_options()
    (x_train, y_train), (x_test, y_test) = mnist.load_data(options.data)
    train = (x_train / np.float32(255), to_categorical(y_train, 10))
    test = (x_test / np.float32(255), to_categorical(y_test, 10))

    print("seed   test loss   test accuracy   seconds", flush=True)
    losses, accuracies = [], []
    for seed in range(options.seeds):
        start = time.perf_counter()
        loss, accuracy = train_once(seed, train, test, options)
        losses.append(loss)
        accuracies.append(accuracy)
        print(f"{seed:4} {loss:11.4f} {accuracy:15.4f} {time.perf_counter() - start:9.1f}", flush=True)

    print("\n                          mean      sd")
    print_figures(f"accuracy, {options.seeds} seeds", *mean_and_sd(accuracies))
    print_figures("accuracy, Keras, 12 seeds", *KERAS_ACCURACY)
    print_figures(f"loss, {options.seeds} seeds", *mean_and_sd(losses))
    print_figures("loss, Keras, 12 seeds", *KERAS_LOSS)
    within = BAND[0] <= np.mean(accuracies) <= BAND[1]
    print(f"\nMean accuracy {'within' if within else 'OUTSIDE'} the band {BAND[0]:.1%} to {BAND[1]:.1%}")
    return 0 if within else 1


def parse_options() -> argparse.Namespace:
    """Return the command line's options."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5, metavar="N", help="train with seeds 0 to N - 1")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--data", metavar="DIR", help="folder with the MNIST files; else cache or download")
    options = parser.parse_args()
    if options.seeds < 1:
        parser.error("--seeds must be at least 1")
    return options


def train_once(
    seed: int, train: tuple[Array, Array], test: tuple[Array, Array], options: argparse.Namespace
) -> tuple[float, float]:
    """Return test loss and test accuracy of the tutorial's model, trained with that seed."""
    model = Sequential(
        [
            Input(shape=(28, 28)),
            Flatten(),
            Dense(128, activation="relu"),
            Dropout(0.3),
            Dense(64, activation="relu"),
            Dropout(0.3),
            Dense(10, activation="softmax"),
        ],
        seed=seed,
    )
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    model.fit(*train, epochs=options.epochs, batch_size=options.batch_size, validation_split=0.1, verbose=0)
    loss, accuracy = model.evaluate(*test, verbose=0)
    return loss, accuracy


def mean_and_sd(values: list[float]) -> tuple[float, float]:
    """Return the mean and the sample standard deviation, which is NaN for a single value."""
    return float(np.mean(values)), float(np.std(values, ddof=1)) if len(values) > 1 else float("nan")


def print_figures(what: str, mean: float, deviation: float) -> None:
    """Print a row of the table."""
    print(f"{what:<25} {mean:7.4f} {deviation:.4f}")


if __name__ == "__main__":
    raise SystemExit(main())

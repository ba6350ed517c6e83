"""Show where the time of a training step goes: the tutorial's model, Adam, batches of 128.

python benchmarks/step_profile.py [--epochs 7] [--batch-size 128] [--hidden 128 64]

Each part is timed while a training runs, by a clock around the function that does it; what one timed function
spends in another counts there alone. The clocks themselves take about a hundredth of the time.
"""

# ruff: noqa: E402  (the path comes first, for it decides which numpy_ann is imported)

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # this checkout

from numpy_ann.callbacks import Callback
from numpy_ann.layers import Dense, Dropout, Flatten, Input
from numpy_ann.models import Sequential
from numpy_ann.optimizers import Adam
from numpy_ann.training.batches import Gatherer
from numpy_ann.training.head import SoftmaxCrossentropyHead
from numpy_ann.training.scores import Scores

# In which function each part's time is spent, less what other functions of this table take of it.
PARTS: dict[str, tuple[tuple[Any, str], ...]] = {
    "matrix products": ((np, "matmul"),),
    "Adam": ((Adam, "update"),),
    "gathering the batch": ((Gatherer, "rows"),),
    "dropout": ((Dropout, "forward"), (Dropout, "backward_input")),
    "ReLU and its derivative": ((Dense, "forward"), (Dense, "backward_activation")),
    "softmax and loss": ((SoftmaxCrossentropyHead, "forward"), (SoftmaxCrossentropyHead, "backward")),
    "adding b, summing db": ((Dense, "pre_activation"), (Dense, "backward_parameters")),
    "running loss and accuracy": ((Scores, "update"),),
}
REST = "everything else"


class Stopwatch:
    """Adds up, for each part, the seconds spent in its functions."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._inner = [0.0]

    def timed(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function with a clock around it."""

        def with_clock(*args: Any, **options: Any) -> Any:
            self._inner.append(0.0)
            start = perf_counter()
            try:
                return function(*args, **options)
            finally:
                took = perf_counter() - start
                self.seconds[part] += took - self._inner.pop()
                self._inner[-1] += took

        return with_clock


class Epochs(Callback):
    """Takes the figures of each epoch; the first one, which warms up, is left out."""

    def __init__(self, stopwatch: Stopwatch, steps: int) -> None:
        super().__init__()
        self._stopwatch, self._steps = stopwatch, steps
        self.figures: list[dict[str, float]] = []

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Start the clock."""
        self._stopwatch.seconds.clear()
        self._start = perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Note the microseconds a step."""
        total = perf_counter() - self._start
        parts = {part: self._stopwatch.seconds[part] for part in PARTS}
        parts[REST] = total - sum(parts.values())
        if epoch:
            self.figures.append({part: seconds / self._steps * 1e6 for part, seconds in parts.items()})


def main() -> int:
    """Train, then print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=7, help="the first one isn't counted")
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--hidden", type=int, nargs="+", default=[128, 64], help="units of the hidden layers")
    options = parser.parse_args()
    if options.epochs < 2 or options.batch_size < 1:
        parser.error("--epochs must be at least 2, --batch-size at least 1")

    steps = 54_000 // options.batch_size
    rng = np.random.default_rng(0)
    x = rng.random((steps * options.batch_size, 28, 28), dtype=np.float32)
    y = np.eye(10, dtype=np.float32)[rng.integers(0, 10, len(x))]
    model = Sequential([Input((28, 28)), Flatten()], seed=0)
    for units in options.hidden:
        model.add(Dense(units, activation="relu"))
        model.add(Dropout(0.3))
    model.add(Dense(10, activation="softmax"))
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])

    stopwatch = Stopwatch()
    for part, functions in PARTS.items():
        for owner, name in functions:
            setattr(owner, name, stopwatch.timed(part, getattr(owner, name)))
    epochs = Epochs(stopwatch, steps)
    model.fit(x, y, epochs=options.epochs, batch_size=options.batch_size, verbose=0, callbacks=[epochs])

    figures = {part: median(epoch[part] for epoch in epochs.figures) for part in (*PARTS, REST)}
    total = sum(figures.values())
    print("| part of a step | microseconds | share |\n| --- | --- | --- |")
    for part, microseconds in figures.items():
        print(f"| {part} | {microseconds:.0f} | {microseconds / total:.0%} |")
    print(f"| all | {total:.0f} | |")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

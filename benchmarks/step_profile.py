"""Show where the time of a training step goes: the tutorial's model, Adam, batches of 128.

python benchmarks/step_profile.py [--epochs 7] [--batch-size 128] [--hidden 128 64]

Each part is timed while a training runs, by a clock around the function that does it; what one timed function
spends in another counts there alone. What the clocks take counts too, in the parts that have many calls most.
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

from benchmarks.peers.interface import Network
from benchmarks.peers.ours import make
from benchmarks.report import table
from numpy_ann.layers import Dense, Dropout
from numpy_ann.optimizers import Adam
from numpy_ann.training.configuration import RunningMetrics
from numpy_ann.training.data.batches import Gatherer
from numpy_ann.training.output_loss import SoftmaxWithCrossentropy

# In which function each part's time is spent, less what other functions of this table take of it.
PARTS: dict[str, tuple[tuple[Any, str], ...]] = {
    "matrix products": ((np, "matmul"),),
    "Adam": ((Adam, "update"),),
    "gathering the batch": ((Gatherer, "rows"),),
    "dropout": ((Dropout, "forward"), (Dropout, "backward_input")),
    "ReLU and its derivative": ((Dense, "forward"), (Dense, "backward_activation")),
    "softmax and loss": ((SoftmaxWithCrossentropy, "forward"), (SoftmaxWithCrossentropy, "backward")),
    "adding b, summing db": ((Dense, "pre_activation"), (Dense, "backward_parameters")),
    "running loss and accuracy": ((RunningMetrics, "update"),),
}
REST = "everything else"

IMAGES = 54_000  # an epoch


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


def microseconds_of_parts(epochs: int, network: Network) -> dict[str, float]:
    """Return what each part takes of a step: medians over the epochs, but for the first, which warms up."""
    steps = IMAGES // network.batch_size
    rng = np.random.default_rng(0)
    x = rng.random((steps * network.batch_size, 28, 28), dtype=np.float32)
    peer = make()
    peer.build(x, rng.integers(0, network.classes, len(x)), network)

    stopwatch = Stopwatch()
    for part, functions in PARTS.items():
        for owner, name in functions:
            setattr(owner, name, stopwatch.timed(part, getattr(owner, name)))
    taken = []
    for _ in range(epochs):
        stopwatch.seconds.clear()
        (total,) = peer.train(epochs=1)
        parts = {part: stopwatch.seconds[part] for part in PARTS}
        taken.append({**parts, REST: total - sum(parts.values())})
    return {part: median(epoch[part] for epoch in taken[1:]) / steps * 1e6 for part in taken[0]}


def main() -> int:
    """Train, then print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=7, help="the first one isn't counted")
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--hidden", type=int, nargs="+", default=[128, 64], help="units of the hidden layers")
    options = parser.parse_args()
    if options.epochs < 2 or not 1 <= options.batch_size <= IMAGES or min(options.hidden) < 1:
        parser.error(f"--epochs must be at least 2, --batch-size 1 to {IMAGES}, --hidden at least 1")

    network = Network(hidden=options.hidden, batch_size=options.batch_size)
    figures = microseconds_of_parts(options.epochs, network)
    total = sum(figures.values())
    rows = [[part, f"{figure:.0f}", f"{figure / total:.0%}"] for part, figure in figures.items()]
    print(table(["part of a step", "microseconds", "share"], [*rows, ["all", f"{total:.0f}", ""]]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

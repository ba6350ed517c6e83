"""Measure training on several processes, and say what the measured cost makes of up to a thousand of them.

    pip install -e ".[mpi]"
    mpiexec -n 2 python benchmarks/distribution.py

Prints the time of the all-reduce by size, of a step by the rows that a process has of its batch, how much
faster so many processes are, and the model of docs/distribution.md, whose numbers come from the lines through
both, carried on to 1,000 processes. ``--quick`` measures little, to see that it runs.
"""

import argparse
from math import ceil, log2
from statistics import median
from time import perf_counter

import numpy as np

from numpy_ann import Sequential
from numpy_ann.communicator import in_place
from numpy_ann.distribution import DataParallel, initialize, set_distribution
from numpy_ann.layers import Dense, Dropout, Input
from numpy_ann.threads import set_blas_threads

PROCESSES = (1, 2, 4, 8, 16, 64, 256, 1000)
# Latency in seconds and bytes a second, as their makers give them; "these processes" are measured.
NETWORKS = {"Ethernet, 10 Gbit/s": (25e-6, 1.25e9), "InfiniBand, 100 Gbit/s": (2e-6, 12.5e9)}


def all_reduce_time(processes, size, latency, bandwidth):
    """Return the seconds of a sum of ``size`` bytes: halves are exchanged, log2 p times there and back."""
    if processes == 1:
        return 0.0
    return 2 * ceil(log2(processes)) * latency + 2 * (processes - 1) / processes * size / bandwidth


def step_time(processes, batch, size, fixed, per_row, latency, bandwidth):
    """Return the seconds of a step whose batch is shared evenly."""
    return fixed + per_row * batch / processes + all_reduce_time(processes, size, latency, bandwidth)


def half_batch(processes, size, fixed, per_row, latency, bandwidth):
    """Return the rows of the whole batch with which computing and adding up take half a step each."""
    time = all_reduce_time(processes, size, latency, bandwidth)
    return max(0.0, (time - fixed) / per_row * processes)


def line(xs, ys):
    """Return the line through the points, each weighed by its relative distance: value at 0, and slope."""
    xs, ys = np.asarray(xs, float), np.asarray(ys, float)
    slope, start = np.polyfit(xs, ys, 1, w=1 / ys)
    return max(float(start), 0.0), float(slope)


def tutorial():
    """Return the tutorial's model."""
    model = Sequential(
        [
            Input((784,)),
            Dense(128, "relu"),
            Dropout(0.3),
            Dense(64, "relu"),
            Dropout(0.3),
            Dense(10, "softmax"),
        ],
        seed=1,
    )
    model.compile("adam", "categorical_crossentropy")
    return model


def seconds_a_step(x, y, batch, repeats):
    """Return the median over epochs, after one that isn't counted."""
    model, times = tutorial(), []
    for _ in range(repeats + 1):
        start = perf_counter()
        model.fit(x, y, batch_size=batch, verbose=0)
        times.append((perf_counter() - start) / ceil(len(x) / batch))
    return median(times[1:])


def measured_all_reduce(size, repeats):
    """Return the median of the seconds that a sum of so many bytes takes here."""
    array, times = np.ones(size // 4, np.float32), []
    for _ in range(repeats):
        in_place().gather(None)
        start = perf_counter()
        in_place().sum(array)
        times.append(perf_counter() - start)
        array.fill(1)
    return median(times)


def main() -> None:  # noqa: D103
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="measure little")
    quick = parser.parse_args().quick
    initialize()
    set_blas_threads(1)
    set_distribution(DataParallel())
    processes, rows, repeats = in_place(), 2_000 if quick else 20_000, 1 if quick else 5
    rng = np.random.default_rng(0)
    x, y = rng.random((rows, 784), np.float32), np.eye(10, dtype=np.float32)[rng.integers(0, 10, rows)]

    def say(*cells):
        if processes.rank == 0:
            texts = (
                c if isinstance(c, str) else f"{c:,}" if isinstance(c, int) else f"{c:.1f}" for c in cells
            )
            print("|", " | ".join(texts), "|", flush=True)

    size = 4 * tutorial().count_params()
    sizes = [4 * 10**k for k in range(1, 7)]
    sums = [measured_all_reduce(s, 20 if quick else 300) for s in sizes]
    say("all-reduce, bytes", "microseconds")
    say("---", "---")
    for s, t in zip(sizes, sums, strict=True):
        say(s, t * 1e6)
    start, slope = line(sizes, sums)
    p = processes.size
    latency, bandwidth = start / max(1, 2 * ceil(log2(p))), 2 * (p - 1) / p / slope if p > 1 else np.inf

    batches = [16, 32, 64, 128, 256, 512]
    set_distribution(None)
    alone = {batch: processes.first(seconds_a_step(x, y, batch, repeats)) for batch in batches}
    set_distribution(DataParallel())
    fixed, per_row = line(batches, list(alone.values()))
    say("rows of a step", "microseconds, each process by itself")
    say("---", "---")
    for batch, t in alone.items():
        say(batch, t * 1e6)
    say("the whole batch", f"{p} processes", "times as fast as one", "the model")
    say("---", "---", "---", "---")
    for batch in batches:
        if batch >= p:
            t = seconds_a_step(x, y, batch, repeats)
            expected = step_time(p, batch, size, fixed, per_row, latency, bandwidth)
            say(batch, t * 1e6, alone[batch] / t, expected * 1e6)
    say("network", "processes", "sum, microseconds", "128 rows in all, speed", "128 rows each, speed", "half")
    say(*["---"] * 6)
    for name, network in {f"these {p} processes": (latency, bandwidth), **NETWORKS}.items():
        for n in PROCESSES:
            if n == 1 or (p == 1 and name.startswith("these")):
                continue
            cost = size, fixed, per_row, *network
            one = step_time(1, 128, *cost)
            strong = one / step_time(n, 128, *cost)
            weak = n * one / step_time(n, 128 * n, *cost)
            say(name, n, all_reduce_time(n, size, *network) * 1e6, strong, weak, half_batch(n, *cost))


if __name__ == "__main__":
    main()

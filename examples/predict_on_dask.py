"""Predict a table that is larger than memory, on a Dask cluster: each worker loads the model once.

    pip install -e ".[cluster]"
    python examples/predict_on_dask.py

With the address of a running scheduler (--cluster tcp://host:8786) the workers are those; the model's file,
and the package, must be where they are.
"""

import argparse
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import dask.array as da
import numpy as np
from dask.distributed import Client

import numpy_ann
from numpy_ann.layers import Dense, Input


@cache
def model(path: str) -> numpy_ann.Model:
    """Return the model, read once in each process."""
    return numpy_ann.load_model(path)


def predict(block: np.ndarray, path: str) -> np.ndarray:
    return model(path).predict(block, verbose=0)


def trained(path: Path) -> None:
    """Train a small network to tell whether the numbers of a row have a positive sum, and save it."""
    x = np.random.default_rng(0).normal(size=(4_000, 20)).astype("float32")
    network = numpy_ann.Sequential([Input((20,)), Dense(32, "relu"), Dense(1, "sigmoid")], seed=1)
    network.compile("adam", "binary_crossentropy")
    network.fit(x, x.sum(axis=1) > 0, epochs=10, verbose=0)
    network.save(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the table (1,000,000)")
    parser.add_argument("--workers", type=int, default=2, help="processes of a local cluster (2)")
    parser.add_argument(
        "--cluster", metavar="ADDRESS", help="a running Dask scheduler, instead of a local one"
    )
    arguments = parser.parse_args()
    local = {"n_workers": arguments.workers, "threads_per_worker": 1, "dashboard_address": None}
    with TemporaryDirectory() as folder, Client(arguments.cluster, **({} if arguments.cluster else local)):
        path = Path(folder) / "model.keras"
        trained(path)
        x = da.random.default_rng(1).normal(size=(arguments.rows, 20), chunks=(50_000, 20)).astype("float32")
        # Every block of rows becomes a block of outputs where it lies; the table is never in one place.
        p = x.map_blocks(predict, str(path), dtype="float32", chunks=(x.chunks[0], (1,)))
        right = ((p[:, 0] > 0.5) == (x.sum(axis=1) > 0)).mean().compute()
        print(f"{arguments.rows:,} rows in {x.numblocks[0]} blocks: {right:.1%} right")
        here = numpy_ann.load_model(path).predict(x[:1_000].compute(), verbose=0)
        print(f"as predicted here, to rounding: {np.allclose(here, p[:1_000].compute(), atol=1e-6)}")


if __name__ == "__main__":
    main()

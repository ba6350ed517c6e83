"""Search for the best network with scikit-learn's GridSearchCV, on a local Dask cluster.

    pip install -e ".[cluster]"
    python examples/grid_search.py

The search hands its fits to joblib, and joblib to Dask. With the address of a running scheduler
(--cluster tcp://host:8786) they run there. Where Dask isn't installed, joblib's own processes do the work.
"""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

import joblib
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from numpy_ann.wrappers import NeuralNetworkClassifier

GRID = {
    "neuralnetworkclassifier__hidden_units": [(32,), (64,), (64, 32)],
    "neuralnetworkclassifier__dropout": [0.0, 0.2],
}


@contextmanager
def workers(number: int, address: str | None) -> Iterator[str]:
    """Give joblib a Dask cluster of that many processes, or its own processes; say which."""
    try:
        from dask.distributed import Client
    except ImportError:
        with joblib.parallel_config("loky", n_jobs=number, inner_max_num_threads=1):
            yield f'{number} processes of joblib (Dask is not installed: pip install -e ".[cluster]")'
        return
    local = {} if address else {"n_workers": number, "threads_per_worker": 1, "dashboard_address": None}
    with Client(address, **local) as client, joblib.parallel_config("dask"):
        yield f"a Dask cluster of {len(client.scheduler_info()['workers'])} workers"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=20, help="epochs of each fit (20)")
    parser.add_argument("--workers", type=int, default=2, help="processes of a local cluster (2)")
    parser.add_argument(
        "--cluster", metavar="ADDRESS", help="a running Dask scheduler, instead of a local one"
    )
    arguments = parser.parse_args()

    X, y = load_digits(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X.astype("float32"), y, random_state=0, stratify=y)
    network = NeuralNetworkClassifier(epochs=arguments.epochs, random_state=0)
    search = GridSearchCV(make_pipeline(StandardScaler(), network), GRID, cv=3)

    with workers(arguments.workers, arguments.cluster) as who:
        print(f"Searching with {who}.")
        start = perf_counter()
        search.fit(X_train, y_train)
    fits = len(search.cv_results_["params"]) * search.n_splits_
    print(f"{fits} fits of {arguments.epochs} epochs took {perf_counter() - start:.1f} s.")

    print("\nhidden units  dropout  accuracy (mean of 3 folds)")
    results = search.cv_results_
    for rank in results["rank_test_score"].argsort():
        units, dropout = (results["params"][rank][name] for name in GRID)
        print(f"{units!s:<13} {dropout:<8} {results['mean_test_score'][rank]:.4f}")
    score = search.score(X_test, y_test)
    print(f"\nThe best one's accuracy on {len(y_test)} digits it has not seen: {score:.4f}")


if __name__ == "__main__":
    main()

"""What the processes of these tests do: ``mpiexec -n 2 python -m tests.distribution.work NAME FOLDER``.

Each writes what it found to ``FOLDER/NAME-RANK-of-SIZE.npz``. Without ``mpiexec`` it is the one process that
the others are compared with.
"""

import sys
from pathlib import Path

import numpy as np

from numpy_ann import Model, Sequential, callbacks, layers, losses, metrics, optimizers
from numpy_ann.communicator import in_place
from numpy_ann.distribution import DataParallel, initialize, set_distribution
from numpy_ann.utils import set_random_seed

rng = np.random.default_rng(0)
X = rng.normal(size=(71, 6))  # 16 a batch: the last one has 7 rows, 4, 3 or 2 a process
CLASSES = rng.integers(0, 3, 71)
Y = np.eye(3)[CLASSES]
W = rng.uniform(0.5, 2, 71)


def chain(*hidden, dtype="float64", **dense):
    body = hidden or (layers.Dense(8, "tanh", **dense), layers.Dense(5, "relu"))
    return Sequential([layers.Input((6,)), *body, layers.Dense(3, "softmax")], seed=1, dtype=dtype)


def trained(model=None, optimizer="adam", loss="categorical_crossentropy", x=X, y=Y, fit=None, **compiled):
    """Return the weights after two epochs of five steps, and all figures."""
    model = model or chain()
    compiled.setdefault("metrics", ["accuracy"])
    model.compile(optimizer, loss, **compiled)
    options = {
        "batch_size": 16,
        "epochs": 2,
        "verbose": 0,
        "validation_data": (X[:33], Y[:33]),
        **(fit or {}),
    }
    history = model.fit(x, y, **options)
    found = {f"history {name}": np.asarray(figures) for name, figures in history.history.items()}
    return {"theta": model.theta, **found, "epochs": np.asarray(history.epoch)}


def optimizer_cases():
    for name in sorted(optimizers.__all__):
        cls = getattr(optimizers, name)
        if (
            isinstance(cls, type)
            and issubclass(cls, optimizers.Optimizer)
            and cls is not optimizers.Optimizer
        ):
            yield name, cls
    yield "clipped by global norm", lambda: optimizers.SGD(0.5, momentum=0.9, global_clipnorm=0.05)
    yield "clipped by norm", lambda: optimizers.Adam(0.01, clipnorm=0.01)
    yield "accumulating", lambda: optimizers.Adam(0.01, gradient_accumulation_steps=3, use_ema=True)


def graph():
    set_random_seed(1)  # a graph's layers are built before there is a model
    x = layers.Input((6,), dtype="float64")
    hidden = layers.Dense(7, "tanh", dtype="float64")(x)
    norm = layers.BatchNormalization(synchronized=True, dtype="float64")(hidden)
    ends = [
        layers.Dense(3, "softmax", name="a", dtype="float64")(norm),
        layers.Dense(1, name="b", dtype="float64")(layers.Add(dtype="float64")([hidden, norm])),
    ]
    model = Model(x, ends, seed=1)
    model.compile("adam", {"a": "categorical_crossentropy", "b": "mse"}, metrics={"a": ["auc"], "b": ["mae"]})
    y = {"a": Y, "b": X[:, :1]}
    history = model.fit(X, y, batch_size=16, epochs=2, verbose=0, validation_split=0.3)
    return {"theta": model.theta, **{f"history {k}": np.asarray(v) for k, v in history.history.items()}}


def batches_of(x, y):
    class Loader:
        def __len__(self):
            return 5

        def __getitem__(self, i):
            return x[16 * i : 16 * (i + 1)], y[16 * i : 16 * (i + 1)]

    return Loader()


def stored(kind):
    """Return the inputs in chunks of twenty, in memory."""
    if kind == "h5py":
        import h5py

        file = h5py.File("stored.h5", "w", driver="core", backing_store=False)
        return file.create_dataset("x", data=X, chunks=(20, 6))
    if kind == "zarr":
        import zarr

        found = zarr.create_array(
            store=zarr.storage.MemoryStore(), shape=X.shape, chunks=(20, 6), dtype=X.dtype
        )
        found[:] = X
        return found
    from dask import array

    return array.from_array(X, chunks=(20, 6))


def squares(y_true, y_pred):
    return np.mean((y_true - y_pred) ** 2)


class Largest(metrics.Metric):
    def reset_state(self):
        self.so_far = 0.0

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.so_far = max(self.so_far, float(np.max(y_pred)))

    def result(self):
        return self.so_far


def synchronized(**options):
    return chain(layers.Dense(8), layers.BatchNormalization(synchronized=True, **options), layers.ReLU())


SAME = {
    "chain": trained,
    "graph": graph,
    "float32": lambda: trained(chain(dtype="float32")),
    "regularized": lambda: trained(
        chain(
            kernel_regularizer="l2",
            bias_regularizer="l1",
            activity_regularizer="l2",
            kernel_constraint="max_norm",
        )
    ),
    "class weights": lambda: trained(fit={"class_weight": {0: 2.0, 2: 0.25}}),
    "sample weights": lambda: trained(fit={"sample_weight": W}, weighted_metrics=["accuracy", "mse"]),
    "sum": lambda: trained(
        chain(kernel_regularizer="l2"),
        "sgd",
        losses.CategoricalCrossentropy(reduction="sum"),
        fit={"sample_weight": W},
    ),
    "mean with weights": lambda: trained(
        loss=losses.MeanSquaredError(reduction="mean_with_sample_weight"), fit={"sample_weight": W}
    ),
    "scalar loss": lambda: trained(loss=squares, metrics=[squares, Largest(), "mae"]),
    "whole-batch metrics": lambda: trained(
        metrics=[metrics.AUC(), metrics.R2Score(), metrics.F1Score(), "precision"]
    ),
    "unshuffled": lambda: trained(fit={"shuffle": False}),
    "small last batch": lambda: trained(synchronized(), x=X[:49], y=Y[:49]),  # of one row: 2 of 3 have none
    "loader": lambda: trained(x=batches_of(X, Y), y=None, fit={"batch_size": None, "validation_data": None}),
    **{f"chunks of {kind}": lambda kind=kind: trained(x=stored(kind)) for kind in ("h5py", "zarr", "dask")},
    "steps": lambda: trained(fit={"steps_per_epoch": 1, "epochs": 7, "validation_freq": 2}),
    "synchronized": lambda: trained(synchronized()),
    "synchronized, later": lambda: trained(
        chain(
            layers.Dense(4, "tanh"),
            layers.Reshape((2, 2)),
            layers.BatchNormalization(1, synchronized=True),
            layers.Flatten(),
        )
    ),
    "frozen": lambda: trained(
        chain(layers.Dense(8, trainable=False), layers.BatchNormalization(trainable=False))
    ),
    "stopping": lambda: trained(
        fit={"epochs": 30, "callbacks": [callbacks.EarlyStopping("loss", 0.05, restore_best_weights=True)]}
    ),
    **{f"optimizer {name}": lambda make=make: trained(optimizer=make()) for name, make in optimizer_cases()},
}


def stop_in_one():
    """One process alone wishes to stop: all do, after the same batch."""

    class Stop(callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 1 and in_place().rank == in_place().size - 1:
                self.model.stop_training = True

    return trained(fit={"callbacks": [Stop()], "validation_data": None})


def noisy(epochs=4, folder=None, every="epoch", kill_at=None):
    """Dropout draws from a stream for each process; two trainings of two epochs are one of four."""
    model = chain(layers.Dense(8, "relu"), layers.Dropout(0.5), layers.GaussianNoise(0.1), dtype="float32")
    model.compile("adam", "categorical_crossentropy")
    given = [callbacks.BackupAndRestore(folder / "backup", every)] if folder else []
    if kill_at is not None:
        given.insert(0, Killed(kill_at))
    masks = []
    if folder is None:
        given.append(
            callbacks.LambdaCallback(
                on_train_batch_end=lambda *_: masks.append(model.layers[1]._memory["noise"][:2].copy())
            )
        )
    model.fit(X, Y, batch_size=16, epochs=epochs, verbose=0, callbacks=given)
    return model, {"theta": model.theta, "masks": np.array(masks)}


class Killed(callbacks.Callback):
    def __init__(self, at):
        self.left = at

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if not self.left and in_place().rank == in_place().size - 1:
            import os
            import signal

            os.kill(os.getpid(), signal.SIGKILL)


def halves(folder):
    model, _ = noisy(2)
    path = folder / f"half-{in_place().size}.keras"
    if in_place().rank == 0:
        model.save(path)
    in_place().gather(None)  # once it is written
    from numpy_ann import load_model

    model = load_model(path)
    model.fit(X, Y, batch_size=16, epochs=2, verbose=0)
    return {"theta": model.theta}


def separate():
    """Moments of each process' rows: as Keras, unless synchronized."""
    return trained(chain(layers.Dense(8), layers.BatchNormalization()))


def written(folder):
    """Callbacks that write do so once."""
    here = folder / f"written-{in_place().size}"
    given = [callbacks.CSVLogger(here / "log.csv"), callbacks.ModelCheckpoint(here / "{epoch}.keras")]
    here.mkdir(exist_ok=True)
    model = chain()
    found = trained(model, fit={"callbacks": given, "verbose": 2})
    return {**found, "evaluated": np.array(model.evaluate(X, Y, batch_size=16, verbose=2))}


def not_finite():
    x = X.copy()
    x[70] = np.nan  # a row of the last process, if there is no shuffling
    return trained(x=x, fit={"shuffle": False, "validation_data": None})


def differing():
    rank = in_place().rank
    return trained(x=X[: 71 - rank], y=Y[: 71 - rank], fit={"batch_size": 16 + rank, "validation_data": None})


def failing():
    def loss(y_true, y_pred):
        if in_place().rank == 1:
            raise RuntimeError("process 1 can't go on")
        return np.mean((y_true - y_pred) ** 2, axis=-1)

    return trained(loss=loss)


def small_batch():
    return trained(fit={"batch_size": 1})


def main(name, folder):
    initialize()
    set_distribution(DataParallel())
    processes = in_place()
    jobs = {
        **SAME,
        **{job.__name__: job for job in (stop_in_one, separate, not_finite, differing, failing, small_batch)},
    }
    jobs |= {
        "noisy": lambda: noisy()[1],
        "halves": lambda: halves(folder),
        "written": lambda: written(folder),
        "killed": lambda: noisy(4, folder, 3, kill_at=13)[1],
        "revived": lambda: noisy(4, folder, 3)[1],
    }
    for one in SAME if name == "same" else name.split(","):
        path = folder / f"{one}-{processes.rank}-of-{processes.size}.npz"
        np.savez(path, **jobs[one]())


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

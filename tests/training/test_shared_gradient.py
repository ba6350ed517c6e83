"""Sharing batches, with threads for processes; real ones are in tests/distribution."""

import pickle
import threading

import numpy as np
import pytest

from numpy_ann import distribution, layers
from numpy_ann.callbacks import LambdaCallback, ModelCheckpoint
from numpy_ann.communicator import ALONE, Communicator
from numpy_ann.distribution import DataParallel, initialize, set_distribution
from numpy_ann.distribution import distribution as current
from numpy_ann.errors import NonFiniteError
from numpy_ann.models import Sequential, load_model
from numpy_ann.optimizers import SGD
from numpy_ann.training import trainer
from tests.distribution.work import SAME, X, Y, chain, noisy

CASES = ["chain", "float32", "small last batch", "sum", "whole-batch metrics", "synchronized", "loader"]


class Threads(Communicator):
    """One of several threads, which meet at a barrier to exchange what they have."""

    def __init__(self, rank, size, barrier, table):
        self.rank, self.size, self._barrier, self._table = rank, size, barrier, table

    def gather(self, value):
        self._table[self.rank] = pickle.dumps(value)
        self._barrier.wait(30)
        found = [pickle.loads(self._table[rank]) for rank in range(self.size)]  # noqa: S301
        self._barrier.wait(30)
        return found

    def first(self, value):
        return self.gather(value)[0]

    def sum(self, array):
        array[...] = np.sum(self.gather(array.copy()), axis=0)


def together(monkeypatch, size, work):
    """Return what ``work`` returns in each of so many threads."""
    here, barrier, table, found = threading.local(), threading.Barrier(size), {}, {}
    monkeypatch.setattr(trainer, "in_place", lambda: getattr(here, "communicator", ALONE))

    def run(rank):
        here.communicator = Threads(rank, size, barrier, table)
        try:
            found[rank] = work()
        except BaseException:
            barrier.abort()
            raise

    threads = [threading.Thread(target=run, args=(rank,)) for rank in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [found[rank] for rank in range(size)]


@pytest.mark.parametrize("name", CASES)
def test_shares_make_the_whole(monkeypatch, name):
    one = SAME[name]()
    for several in together(monkeypatch, 3, SAME[name]):
        for key, expected in one.items():
            bound = 1e-6 if name == "float32" else 1e-12
            np.testing.assert_allclose(several[key], expected, rtol=0, atol=bound, err_msg=key)


def test_each_draws_its_own_noise_and_all_know_where_the_others_are(monkeypatch):
    first, second = together(monkeypatch, 2, noisy)
    assert np.array_equal(first[1]["theta"], second[1]["theta"])
    assert not np.array_equal(first[1]["masks"], second[1]["masks"])
    saved = first[0].streams.get_state()["streams"]
    own = second[0].streams.get_state()["streams"]
    assert saved["dropout of process 1"] == own["dropout"] != saved["dropout"]


def refusal(**options):
    """Return how training is refused, and the weights then."""
    model = options.pop("model", None) or chain(layers.Dense(8, "tanh", name="first"))
    if model.optimizer is None:
        model.compile("sgd", "categorical_crossentropy")
    x = options.pop("x", X)
    given = {"batch_size": 16, "epochs": 1, "shuffle": False, "verbose": 0, **options}
    try:
        model.fit(x, Y[: len(x)], **given)
    except (ValueError, NonFiniteError) as error:
        return f"{type(error).__name__}: {error}", model.get_weights()
    return "", model.get_weights()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            lambda rank: {"model": chain(layers.Dense(3 + rank))},
            "differ in parameters, 33 in process 0 and 43 in process 1.",
        ),
        (
            lambda rank: {"batch_size": 16 - rank},
            "differ in the batch size, 16 in process 0 and 15 in process 1.",
        ),
        (
            lambda rank: {"x": X[: 64 + rank]},
            "differ in batches an epoch, 4 in process 0 and 5 in process 1.",
        ),
        (
            lambda rank: {"epochs": 2, "initial_epoch": rank},
            "differ in epochs, [0, 1] in process 0 and [1] in process 1.",
        ),
    ],
)
def test_processes_that_do_not_train_the_same_are_told_so_in_all(monkeypatch, options, message):
    def work():
        return refusal(**options(min(trainer.in_place().rank, 1)))

    for found, _ in together(monkeypatch, 3, work):
        assert found.startswith(f"ValueError: The processes don't train the same: they {message}")


def test_a_batch_has_a_row_for_each_process(monkeypatch):
    for found, _ in together(monkeypatch, 3, lambda: refusal(batch_size=2)):
        assert found.startswith("ValueError: A batch of 2 has no row for each of 3 processes")
    for found, _ in together(monkeypatch, 3, lambda: refusal(batch_size=3)):
        assert found == ""


@pytest.mark.parametrize("row", [3, 15])
def test_a_loss_that_is_not_finite_in_one_process_stops_all_with_its_reason(monkeypatch, row):
    bad = X.copy()
    bad[16 + row] = np.nan
    alone, weights = refusal(x=bad)
    assert alone.startswith("NonFiniteError: Training stopped in epoch 1, batch 2 of 5. The loss is nan: ")
    for found, left in together(monkeypatch, 3, lambda: refusal(x=bad)):
        assert found == alone
        for a, b in zip(left, weights, strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-12)


def test_all_begin_with_the_learning_rate_and_the_weights_of_the_first(monkeypatch):
    def work():
        rank = trainer.in_place().rank
        model = chain()
        model.set_weights([w + rank for w in model.get_weights()])
        model.compile(SGD(0.5 + rank), "categorical_crossentropy")
        _, weights = refusal(model=model)
        return float(model.optimizer.learning_rate), weights

    rate, expected = work()
    for found, weights in together(monkeypatch, 2, work):
        assert found == rate == 0.5
        for a, b in zip(weights, expected, strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-12)


@pytest.mark.parametrize("evaluating", [False, True])
def test_where_one_stops_all_stop_after_the_same_batch(monkeypatch, evaluating):
    def work():
        rank, model, seen = trainer.in_place().rank, chain(), []
        model.compile("sgd", "categorical_crossentropy")

        def stop(batch, logs):
            seen.append((batch, logs["loss"]))
            if rank == 1 and batch == 1:
                model.stop_training = model.stop_evaluating = True

        moment = "on_test_batch_end" if evaluating else "on_train_batch_end"
        fit = {"validation_data": (X, Y), "validation_batch_size": 16} if evaluating else {}
        refusal(model=model, callbacks=[LambdaCallback(**{moment: stop})], **fit)
        return seen

    first, second = together(monkeypatch, 2, work)
    assert [batch for batch, _ in first] == [0, 1]
    np.testing.assert_allclose(first, second, rtol=1e-12)


def test_a_step_of_ones_own_runs_in_one_process(monkeypatch):
    class Own(Sequential):
        def train_step(self, data):
            return super().train_step(data)

    def work():
        model = Own([layers.Input((6,)), layers.Dense(3, "softmax")])
        model.compile("sgd", "categorical_crossentropy")
        return refusal(model=model)[0]

    assert set(together(monkeypatch, 2, work)) == {
        "ValueError: Own: a train_step of one's own runs in one process."
    }
    assert work() == ""


def test_what_is_saved_within_an_epoch_has_the_streams_of_all(monkeypatch, tmp_path):
    def work():
        model = chain(layers.Dropout(0.5))
        model.compile("sgd", "categorical_crossentropy")
        rank = trainer.in_place().rank
        keep = ModelCheckpoint(tmp_path / f"{rank}.keras", save_freq=5)
        model.fit(X, Y, batch_size=16, epochs=1, verbose=0, callbacks=[keep])
        return model.streams.get_state()["streams"]

    _, second = together(monkeypatch, 2, work)
    assert [path.name for path in tmp_path.iterdir()] == ["0.keras"]
    saved = load_model(tmp_path / "0.keras").streams.get_state()["streams"]
    assert saved["dropout of process 1"] == second["dropout"] != saved["dropout"]


def test_rows_are_shared_evenly():
    for rows in range(8):
        parts = [Threads(rank, 3, None, None).part(2, 2 + rows) for rank in range(3)]
        assert [stop for _, stop in parts[:-1]] == [start for start, _ in parts[1:]]
        assert parts[0][0] == 2
        assert parts[-1][1] == 2 + rows
        assert {stop - start for start, stop in parts} <= {rows // 3, -(-rows // 3)}


def test_keras_names():
    assert current() is None
    with DataParallel().scope():
        assert current().num_processes == 1
    assert current() is None
    assert distribution.get_device_count() == 1
    wrong = [
        (ValueError, "`device_mesh`", lambda: DataParallel(object())),
        (ValueError, "mpiexec -n N", lambda: DataParallel(devices=["gpu:0"])),
        (ValueError, "the same batches", lambda: DataParallel(auto_shard_dataset=False)),
        (ValueError, "--hosts", lambda: initialize("10.0.0.1:1234")),
        (TypeError, "DataParallel\\(\\), or None", lambda: set_distribution("data")),
        (AttributeError, "leaves out Keras' ModelParallel", lambda: distribution.ModelParallel),
    ]
    for kind, text, call in wrong:
        with pytest.raises(kind, match=text):
            call()

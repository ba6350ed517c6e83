"""Sharing batches, with threads for processes; real ones are in tests/distribution."""

import pickle
import threading

import numpy as np
import pytest

from numpy_ann import distribution
from numpy_ann.communicator import ALONE, Communicator
from numpy_ann.distribution import DataParallel, initialize, set_distribution
from numpy_ann.distribution import distribution as current
from numpy_ann.training import trainer
from tests.distribution.work import SAME, noisy

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

"""BLAS' threads while models work: one for small products, all for large ones, and as before afterwards."""

import os
import subprocess
import sys
import threading

import numpy as np
import pytest
import threadpoolctl

from numpy_ann.callbacks import Callback
from numpy_ann.layers import Dense, Input
from numpy_ann.models import Sequential
from numpy_ann.parameter import Parameter
from numpy_ann.threads import LARGE_PRODUCT, get_blas_threads, limited_blas, set_blas_threads

KERNELS = [Parameter("kernel", np.zeros((784, 128), dtype=np.float32))]


def blas_threads() -> list[int]:
    """The threads of NumPy's BLAS; scikit-learn's tests may have loaded another one beside it."""
    libraries = [library for library in threadpoolctl.threadpool_info() if library["user_api"] == "blas"]
    numpys = [library for library in libraries if "numpy" in library["filepath"]]
    return [library["num_threads"] for library in numpys or libraries]


@pytest.fixture(autouse=True)
def three_threads():
    """BLAS with three threads, so that a change shows on a machine with one processor too."""
    with threadpoolctl.threadpool_limits(3, user_api="blas"):
        if blas_threads() != [3]:
            pytest.fail(f"NumPy's BLAS can't be set to three threads here: {threadpoolctl.threadpool_info()}")
        yield
        set_blas_threads(None)


class Probe(Callback):
    def __init__(self) -> None:
        self.seen: set[int] = set()

    def on_train_batch_end(self, batch, logs=None):
        self.seen.update(blas_threads())


def fit(units: int, rows: int) -> set[int]:
    model = Sequential([Input((8,)), Dense(units), Dense(units), Dense(2, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    probe = Probe()
    model.fit(np.ones((rows, 8)), np.zeros(rows), batch_size=rows, verbose=0, callbacks=[probe])
    return probe.seen


def test_small_models_train_on_one_thread_and_large_ones_on_all():
    assert 256 * 256 * 16 < LARGE_PRODUCT < 1024 * 1024 * 64
    assert fit(units=256, rows=16) == {1}
    assert fit(units=1024, rows=64) == {3}
    assert blas_threads() == [3]


@pytest.mark.parametrize(("setting", "threads"), [("default", 3), (2, 2), ("2", 2), ("auto", 1)])
def test_the_policy_can_be_set(setting, threads):
    set_blas_threads(setting)
    assert fit(units=256, rows=16) == {threads}
    assert blas_threads() == [3]


def test_it_ends_with_an_error_too():
    def fail():
        with limited_blas(10, KERNELS):
            assert blas_threads() == [1]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert blas_threads() == [3]


@pytest.mark.parametrize("first_out", [0, 1])
def test_it_holds_until_the_last_of_several_at_work_has_finished(first_out):
    both_in, left = threading.Barrier(3), threading.Barrier(2)
    may_leave = [threading.Event(), threading.Event()]

    def work(number):
        with limited_blas(10, KERNELS):
            both_in.wait(10)
            may_leave[number].wait(10)
        left.wait(10)

    threads = [threading.Thread(target=work, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    both_in.wait(10)
    for number, expected in ((first_out, [1]), (1 - first_out, [3])):
        assert blas_threads() == [1]
        may_leave[number].set()
        left.wait(10)
        threads[number].join()
        assert blas_threads() == expected


def test_tiny_products_are_not_worth_a_limit():
    with limited_blas(1, KERNELS):
        assert blas_threads() == [3]


def test_the_environment_variable():
    code = "from numpy_ann.threads import get_blas_threads; print(get_blas_threads())"
    environment = {**os.environ, "NUMPY_ANN_BLAS_THREADS": "2"}
    printed = subprocess.check_output([sys.executable, "-c", code], text=True, env=environment)
    assert printed == "2\n"


@pytest.mark.parametrize("wrong", [0, -1, 1.5, True, "many", ""])
def test_wrong_settings_are_refused(wrong):
    with pytest.raises(ValueError, match='"auto", "default" or a number of 1 or more'):
        set_blas_threads(wrong)
    assert get_blas_threads() == "auto"

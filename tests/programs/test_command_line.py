"""``python -m numpy_ann`` as a program of its own, and its commands on the real MNIST."""

import subprocess
import sys

import numpy as np
import pytest

from numpy_ann.__main__ import main
from numpy_ann.data import mnist
from numpy_ann.layers import Dense, Flatten, Input
from numpy_ann.models import Sequential
from tests.support import missing


@pytest.fixture
def model() -> Sequential:
    model = Sequential([Input((4,)), Dense(3, activation="softmax")], seed=1)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(np.ones((6, 4)), [0, 1, 2, 0, 1, 2], epochs=2, verbose=0)
    return model


@pytest.fixture
def with_mnist():
    try:
        mnist.load_data()
    except ConnectionError as error:
        missing(str(error))


def test_it_is_a_program(model, tmp_path):
    """``python -m numpy_ann``: its status is the process', its lines come to the process' outputs."""
    model.save(tmp_path / "m.h5")
    for file, status, out, err in (("m.h5", 0, b"Optimizer: Adam", b""), ("none.h5", 1, b"", b"numpy_ann: ")):
        command = [sys.executable, "-m", "numpy_ann", "summary", str(tmp_path / file)]
        done = subprocess.run(command, capture_output=True, check=False, timeout=120)
        assert done.returncode == status
        assert out in done.stdout
        assert done.stderr.startswith(err)
        assert bool(done.stderr) == bool(err)


def test_a_reader_that_has_gone_is_no_error(model, tmp_path):
    model.save(tmp_path / "m.h5")
    command = [sys.executable, "-m", "numpy_ann", "summary", str(tmp_path / "m.h5")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=120) in (0, 141)


@pytest.mark.parametrize("loss", ["categorical_crossentropy", "sparse_categorical_crossentropy"])
def test_evaluate_on_mnist(with_mnist, tmp_path, capsys, loss):
    model = Sequential([Input((28, 28)), Flatten(), Dense(10, activation="softmax")], seed=0)
    model.compile("adam", loss, metrics=["accuracy"])
    model.save(tmp_path / "m.keras")
    assert main(["evaluate", str(tmp_path / "m.keras")]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in shown] == ["samples", "accuracy", "loss"]


def test_explore_mnist(with_mnist, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Sequential([Input((28, 28)), Flatten(), Dense(10)], seed=0).save("mnist.keras")
    assert main(["explore", "mnist.keras"]) == 0, capsys.readouterr().err
    assert 300_000 < (tmp_path / "explorer.html").stat().st_size < 3_000_000

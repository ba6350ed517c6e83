"""``python -m numpy_ann explore``, run as a user runs it."""

import subprocess
import sys

import numpy as np
import pytest

from numpy_ann.data import mnist
from numpy_ann.layers import Dense, Flatten, Input
from numpy_ann.models import Sequential
from tests.support import missing


def explore(*arguments, folder):
    command = [sys.executable, "-m", "numpy_ann", "explore", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, cwd=folder)


@pytest.fixture
def folder(tmp_path):
    Sequential([Input((4, 4)), Flatten(), Dense(3, activation="softmax")], seed=0).save(tmp_path / "m.keras")
    np.savez(tmp_path / "d.npz", x=np.zeros((3, 4, 4)), y=[0, 1, 2])
    return tmp_path


@pytest.fixture(autouse=True)
def package_on_the_path(monkeypatch, pytestconfig):
    monkeypatch.setenv("PYTHONPATH", str(pytestconfig.rootpath))


def test_a_file_that_keras_could_have_written_becomes_a_page(folder):
    result = explore("m.keras", "--data", "d.npz", folder=folder)
    assert result.returncode == 0, result.stderr
    size = (folder / "explorer.html").stat().st_size
    assert result.stdout == f"wrote explorer.html: {size:,} bytes; open it in a browser\n"
    assert (folder / "explorer.html").read_text("utf-8").startswith("<!doctype html>")


def test_a_page_is_replaced_only_when_told_to(folder):
    (folder / "page.html").write_text("precious")
    result = explore("m.keras", "-o", "page.html", "--data", "d.npz", folder=folder)
    assert (result.returncode, (folder / "page.html").read_text()) == (1, "precious")
    assert "--force" in result.stderr
    result = explore("m.keras", "-o", "page.html", "--data", "d.npz", "--force", folder=folder)
    assert result.returncode == 0, result.stderr
    assert (folder / "page.html").read_text("utf-8").startswith("<!doctype html>")


def test_mistakes_are_one_line(folder):
    np.savez(folder / "other.npz", x=np.full((3, 4, 4), -1.0), y=[0, 1, 2])
    for arguments, said in [
        (("nowhere.keras",), "nowhere.keras"),
        (("m.keras",), "28 x 28"),
        (("m.keras", "--data", "other.npz"), "8-bit pictures"),
    ]:
        result = explore(*arguments, folder=folder)
        assert result.returncode == 1
        assert said in result.stderr
        assert result.stderr.count("\n") == 1
    assert explore("--help", folder=folder).returncode == 0


def test_on_mnist(folder):
    try:
        mnist.load_data()
    except ConnectionError as error:
        missing(str(error))
    Sequential([Input((28, 28)), Flatten(), Dense(10)], seed=0).save(folder / "mnist.keras")
    result = explore("mnist.keras", folder=folder)
    assert result.returncode == 0, result.stderr
    assert 300_000 < (folder / "explorer.html").stat().st_size < 3_000_000

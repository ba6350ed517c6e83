"""``python -m numpy_ann explore``, called as its ``main``; tests/test_main.py starts it as a program."""

import subprocess

import numpy as np
import pytest

from numpy_ann.__main__ import main
from numpy_ann.layers import Dense, Flatten, Input
from numpy_ann.models import Sequential


@pytest.fixture
def explore(capsys, folder, monkeypatch):
    monkeypatch.chdir(folder)

    def explore(*arguments):
        try:
            status = main(["explore", *arguments])
        except SystemExit as end:  # how argparse ends
            status = end.code
        return subprocess.CompletedProcess(arguments, status, *capsys.readouterr())

    return explore


@pytest.fixture
def folder(tmp_path):
    Sequential([Input((4, 4)), Flatten(), Dense(3, activation="softmax")], seed=0).save(tmp_path / "m.keras")
    np.savez(tmp_path / "d.npz", x=np.zeros((3, 4, 4)), y=[0, 1, 2])
    return tmp_path


def test_a_file_that_keras_could_have_written_becomes_a_page(explore, folder):
    result = explore("m.keras", "--data", "d.npz")
    assert result.returncode == 0, result.stderr
    size = (folder / "explorer.html").stat().st_size
    assert result.stdout == f"wrote explorer.html: {size:,} bytes; open it in a browser\n"
    assert (folder / "explorer.html").read_text("utf-8").startswith("<!doctype html>")


def test_a_page_is_replaced_only_when_told_to(explore, folder):
    (folder / "page.html").write_text("precious")
    result = explore("m.keras", "-o", "page.html", "--data", "d.npz")
    assert (result.returncode, (folder / "page.html").read_text()) == (1, "precious")
    assert "--force" in result.stderr
    result = explore("m.keras", "-o", "page.html", "--data", "d.npz", "--force")
    assert result.returncode == 0, result.stderr
    assert (folder / "page.html").read_text("utf-8").startswith("<!doctype html>")


def test_mistakes_are_one_line(explore, folder):
    np.savez(folder / "other.npz", x=np.full((3, 4, 4), -1.0), y=[0, 1, 2])
    Sequential([Input((13,)), Dense(3, activation="softmax")]).save(folder / "table.keras")
    for arguments, said in [
        (("nowhere.keras",), "nowhere.keras"),
        (
            ("m.keras",),
            "not MNIST's 28 x 28: pass your data with --data, a .csv file, or an .npz file with the arrays x",
        ),
        (("table.keras",), "reads (13,); trace shows any model"),
        (("m.keras", "--data", "other.npz"), "8-bit pictures"),
    ]:
        result = explore(*arguments)
        assert result.returncode == 1
        assert said in result.stderr
        assert result.stderr.count("\n") == 1
    assert explore("--help").returncode == 0

"""The blocks of Python and the commands of README, CONTRIBUTING and docs/ run as printed."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from numpy_ann.data import mnist
from numpy_ann.layers import Dense, Input
from numpy_ann.models import Sequential
from tests.support import missing
from tests.test_readme import HOW_TOS, OTHERS, ROOT, blocks


def shown(beginning: str) -> str:
    """Return the output that docs/look_inside.md shows, by how it begins."""
    page = (ROOT / "docs/look_inside.md").read_text()
    (found,) = re.findall(rf"^```\n({beginning}.*?)^```$", page, re.M | re.S)
    return found


NUMBER = re.compile(r"(-?\d+\.?\d*(?:e[+-]?\d+)?)( ?%)?")


def agree(printed: str, shown: str) -> bool:
    """Whether two outputs say the same; how names are counted, and spaces, don't matter.

    Whole numbers are equal. Of others, and percentages, the BLAS has a say in the last digits: they are
    within a tenth.
    """
    texts = [re.sub(r"(?<=[a-z])_\d+\b", "", text) for text in (printed, shown)]
    if NUMBER.sub("", texts[0]).split() != NUMBER.sub("", texts[1]).split():
        return False
    pairs = zip(*map(NUMBER.findall, texts), strict=True)
    return all(_near(a, b, percent) for (a, percent), (b, _) in pairs)


def _near(a: str, b: str, percent: str) -> bool:
    if a.isdigit() and b.isdigit() and not percent:
        return a == b
    return bool(np.isclose(float(a), float(b), rtol=0.1, atol=2e-3))


@pytest.mark.parametrize(("printed", "same"), [
    ("dense_7 is  0.0301", True), ("dense is 0.059", False), ("dense is 0.03 so", False),
])  # fmt: skip
def test_outputs_agree(printed, same):
    assert agree(printed, "dense is 0.03") == same


def words(table: str) -> list[str]:
    """Return a table's words without its numbers, which the BLAS has a say in."""
    number = re.compile(r"[<>(]?-?(\d[\d.]*(e[+-]?\d+)?%?\)?)?$")
    return [word for word in table.split() if not number.match(word)]


def with_outputs(page: str) -> list[tuple[str, str]]:
    """Return a page's blocks of Python, each with the output that the page shows below it, or ""."""
    text = (ROOT / page).read_text()
    return re.findall(r"^```python\n(.*?)^```$(?:\n\n```\n(.*?)^```$)?", text, re.M | re.S)


def on_mnist(code: str) -> bool:
    """Whether a block is about MNIST; those after the first may go on with what the first has made."""
    return any(name in code for name in ("mnist.load_data", "x_train", "x_test"))


def test_the_blocks_on_mnist_run_as_printed(tmp_path, monkeypatch, capsys):
    try:
        mnist.load_data()
    except ConnectionError as error:
        missing(str(error))
    monkeypatch.chdir(tmp_path)
    (ten_lines,) = filter(on_mnist, blocks("README.md", "python"))
    assert blocks("docs/start.md", "python") == [ten_lines]
    others = filter(on_mnist, blocks("docs/look_inside.md", "python"))
    assert "epochs=10," in ten_lines
    names: dict[str, object] = {}
    for code in (ten_lines.replace("epochs=10,", "epochs=1,"), *others):
        exec(code, names)  # noqa: S102
    assert 500_000 < (tmp_path / "explorer.html").stat().st_size < 3_000_000
    assert (tmp_path / "mnist.keras").stat().st_size > 1_000_000
    printed = capsys.readouterr().out
    assert "accuracy" in printed
    # Each output begins with a word of its own, and ends before the next block's.
    beginnings = ["wrong answers", "loss ", "Dense, a layer"]
    starts = [printed.index(f"\n{beginning}") + 1 for beginning in beginnings]
    for beginning, start in zip(beginnings, starts, strict=True):
        end = min([other for other in starts if other > start], default=len(printed))
        assert words(printed[start:end]) == words(shown(beginning))


@pytest.fixture
def somebodys_model(tmp_path, monkeypatch):
    """The Keras file, and the data, that the README's examples speak of."""
    x, y = np.random.default_rng(0).normal(size=(40, 4)), np.arange(40) % 3
    model = Sequential([Input((4,)), Dense(3, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, verbose=0)
    model.save(tmp_path / "somebodys.keras")
    model.save(tmp_path / "somebodys.h5")
    np.savez(tmp_path / "mine.npz", x=x, y=y)
    monkeypatch.chdir(tmp_path)
    return {"x": x, "y": y}


@pytest.mark.parametrize("page", OTHERS)
def test_the_other_blocks_run_as_printed(page, somebodys_model, capsys):
    names: dict[str, object] = {}
    printed = ""
    for code, output in with_outputs(page):
        if not on_mnist(code):
            names |= somebodys_model  # whatever x and y a block before it has made
            exec(code, names)  # noqa: S102
            printed += (said := capsys.readouterr().out)
            assert not output or agree(said, output), said
    checked = ("CONTRIBUTING.md", "docs/look_inside.md", "docs/own_pieces.md")
    assert ("verdict" in printed) == (page in checked)
    assert "WRONG" not in printed
    assert page != "docs/keras_files.md" or Path("handed_back.keras").exists()


@pytest.mark.parametrize("page", HOW_TOS)
def test_each_how_to_runs_in_an_empty_folder_and_prints_what_it_shows(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    if page.endswith("web_service.md"):
        pytest.importorskip("fastapi", reason="it comes with the extra docs")
    names: dict[str, object] = {}
    if "mnist" in (ROOT / page).read_text():
        try:
            mnist.load_data()
        except ConnectionError as error:
            missing(str(error))
    for code, output in with_outputs(page):
        exec(code, names)  # noqa: S102
        printed = capsys.readouterr().out
        assert not output or agree(printed, output), printed


def test_the_shell_commands_run_as_printed(somebodys_model):
    lines = [line for block in blocks("docs/keras_files.md", "sh") for line in block.splitlines()]
    commands = [line for line in lines if line.startswith("python -m numpy_ann")]
    assert len(commands) == 3
    Path("somebodys.keras").rename("kept.keras")  # convert doesn't replace a file
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for command in [commands[2], commands[0], commands[1]]:
        arguments = [sys.executable, *shlex.split(command)[1:]]
        subprocess.run(arguments, check=True, capture_output=True, env=environment)

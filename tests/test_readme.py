"""The README and CONTRIBUTING keep their word: their Python blocks run, their links and names exist."""

import re
from pathlib import Path

import pytest

from numpy_ann.data import mnist
from tests.support import missing

ROOT = Path(__file__).parents[1]


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / page).read_text()
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", text, flags=re.MULTILINE | re.DOTALL)
    return [re.sub(rf"^{indent}", "", code, flags=re.MULTILINE) for indent, code in found]


def test_the_ten_lines_run_as_printed(tmp_path, monkeypatch, capsys):
    try:
        mnist.load_data()
    except ConnectionError as error:
        missing(str(error))
    monkeypatch.chdir(tmp_path)
    (code,) = [code for code in blocks("README.md", "python") if "mnist.load_data" in code]
    assert "epochs=10," in code
    exec(code.replace("epochs=10,", "epochs=1,"), {})  # noqa: S102
    assert (tmp_path / "mnist.keras").stat().st_size > 1_000_000
    assert "accuracy" in capsys.readouterr().out


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_the_other_blocks_run_as_printed(page, capsys):
    codes = [
        code for code in blocks(page, "python") if "mnist.load_data" not in code and "keras." not in code
    ]
    assert codes
    names = {}
    for code in codes:
        exec(code, names)  # noqa: S102
    printed = capsys.readouterr().out
    assert "verdict" in printed
    assert "WRONG" not in printed


def test_both_commands_are_each_one_line():
    commands = [line for block in blocks("README.md", "sh") for line in block.splitlines()]
    assert "python -m pip install -e . && python examples/train_mnist.py" in commands
    assert 'python -m pip install -e ".[test]" && python -m pytest' in commands


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_linked_files_exist(page):
    links = re.findall(r"\]\(([^)#]+)\)", (ROOT / page).read_text())
    assert page != "README.md" or links
    for link in links:
        assert (ROOT / link).exists(), link


def test_files_named_in_the_plan_exist():
    plan = (ROOT / "CONTRIBUTING.md").read_text()
    for name in re.findall(r"`((?:layers|saving|tests|numpy_ann)/[\w/.]+)`", plan):
        assert (ROOT / name).exists() or (ROOT / "numpy_ann" / name).exists(), name

"""The README and CONTRIBUTING keep their word: links and names exist. tests/programs runs their blocks."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / page).read_text()
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", text, flags=re.MULTILINE | re.DOTALL)
    return [re.sub(rf"^{indent}", "", code, flags=re.MULTILINE) for indent, code in found]


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


def test_each_row_of_the_tables_names_the_test_that_holds_it():
    """The tables of measurements hold themselves: a benchmark writes them."""
    text = (ROOT / "README.md").read_text()
    tables = [
        table for table in re.findall(r"(?:^\|.*\n)+", text, re.M) if "held by" in table.splitlines()[0]
    ]
    assert len(tables) == 4
    for row in (row for table in tables for row in table.splitlines()[2:]):
        held_by = row.rstrip(" |").rpartition("|")[2]
        tests = re.findall(r"\]\((tests/[\w/]+\.py)\)", held_by)
        assert tests, row
        assert all((ROOT / test).is_file() for test in tests), row

"""README, CONTRIBUTING and docs/ keep their word: links and names exist. tests/programs runs their blocks."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINKING = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "docs/howto").glob("*.md")]
PAGES = sorted(
    str(path.relative_to(ROOT)) for path in LINKING if path.name not in ("contributing.md", "changelog.md")
)
HOW_TOS = [page for page in PAGES if page.startswith("docs/howto/") and not page.endswith("index.md")]
OTHERS = [page for page in PAGES if not page.startswith("docs/howto/")]


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / page).read_text()
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", text, flags=re.MULTILINE | re.DOTALL)
    return [re.sub(rf"^{indent}", "", code, flags=re.MULTILINE) for indent, code in found]


def test_both_commands_are_each_one_line():
    commands = [line for block in blocks("README.md", "sh") for line in block.splitlines()]
    assert "python -m pip install -e . && python examples/train_mnist.py" in commands
    assert 'python -m pip install -e ".[test]" && python -m pytest' in commands


@pytest.mark.parametrize("page", PAGES)
def test_linked_files_exist(page):
    """What docs/generated.py writes exists only in the site; building it checks those links."""
    text = re.sub(r"^```.*?^```$", "", (ROOT / page).read_text(), flags=re.M | re.S)
    written = ("_static/", "lessons/", "reference/", "contributing.md", "mnist_ann.ipynb")
    for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        assert ((ROOT / page).parent / link).exists() or link.removeprefix("../").startswith(written), link


def test_files_named_in_the_plan_exist():
    plan = (ROOT / "CONTRIBUTING.md").read_text()
    for name in re.findall(r"`((?:layers|saving|tests|numpy_ann)/[\w/.]+)`", plan):
        assert (ROOT / name).exists() or (ROOT / "numpy_ann" / name).exists(), name


def test_the_count_of_keras_own_tests_is_everywhere_the_last_one():
    stored = (ROOT / "tests/live/keras_suite/failing.txt").read_text()
    count = re.match(r"Keras [\d.]+: ([\d,]+ of [\d,]+) pass", stored)[1]
    for page in ("README.md", "docs/parts.md"):
        assert f"{count} pass" in " ".join((ROOT / page).read_text().split()), page


def test_each_row_of_the_tables_names_the_test_that_holds_it():
    """The tables of measurements hold themselves: a benchmark writes them."""
    texts = [(ROOT / page).read_text() for page in PAGES]
    tables = [
        table
        for text in texts
        for table in re.findall(r"(?:^\|.*\n)+", text, re.M)
        if re.search("held by|its test", table.splitlines()[0])
    ]
    assert len(tables) == 5
    for row in (row for table in tables for row in table.splitlines()[2:]):
        held_by = row.rstrip(" |").rpartition("|")[2]
        tests = re.findall(r"\]\(\.\./(tests/[\w/]+\.py)\)", held_by)
        assert tests, row
        assert all((ROOT / test).is_file() for test in tests), row

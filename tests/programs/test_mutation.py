"""The script that changes operators makes one change each, and notices which the tests see."""

import ast
from pathlib import Path

import pytest

from tests import mutation
from tests.mutation import Mutant, mutants, mutated

SOURCE = """
def f(x: int = 3, *, flag=False) -> "int | None":
    if x <= 1 and not flag:
        return x[1:-1] * 2
    x -= 1
    return f"{x + 1}" if x is None else x
"""


def test_each_mutant_is_one_change() -> None:
    found = mutants("f.py", SOURCE)
    texts = {mutated(mutant, SOURCE) for mutant in found}
    original = ast.unparse(ast.parse(SOURCE))
    assert len(texts) == len(found) == 15
    for text in texts:
        assert sum(a != b for a, b in zip(text.splitlines(), original.splitlines(), strict=True)) == 1
    assert {mutant.line for mutant in found} == {2, 3, 4, 5, 6}


@pytest.mark.parametrize(
    ("before", "after"),
    [("x <= 1", "x < 1"), ("a or b", "a and b"), ("a[1:]", "a[:]"), ("not a", "a"), ("a / b", "a * b")],
)
def test_the_changes(before: str, after: str) -> None:
    assert after in [mutated(mutant, before) for mutant in mutants("f.py", before)]


def test_what_fails_dies_and_what_passes_survives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "numpy_ann").mkdir()
    (tmp_path / "numpy_ann" / "__init__.py").touch()
    (tmp_path / "test_small.py").write_text(
        "from numpy_ann.small import f\n\ndef test_f():\n    assert f(2) == 4\n    assert f(0) == 0\n"
    )
    source = "def f(x):\n    return x * 2 if x > 0 else 0\n"
    monkeypatch.setattr(mutation, "stages", lambda file, names: [["test_small.py"]])
    times, at_0 = (
        next(m for m in mutants("numpy_ann/small.py", source) if m.before == before)
        for before in ("x * 2", "x > 0")
    )
    assert not mutation.survives(times, source, tmp_path, "0")
    assert mutation.survives(at_0, source, tmp_path, "0")  # 0 * 2 is 0: nothing could notice
    assert (tmp_path / "numpy_ann" / "small.py").read_text() == source


def test_the_tests_nearest_to_a_file_come_first() -> None:
    first, named, room, *_, last = mutation.stages("numpy_ann/layers/dense.py", frozenset({"EarlyStopping"}))
    assert first == ["tests/layers/test_dense.py", "numpy_ann/layers/dense.py"]
    assert "tests/callbacks/test_early_stopping.py" in named
    assert room == ["tests/layers"]
    assert last == ["tests", "numpy_ann"]
    assert str(Mutant("a.py", 0, 0, 7, "x", "y")) == "a.py:7  x  ->  y"

"""Every part has all that a part has; the command line and the makers of numbers keep what they find."""

import json
from pathlib import Path

import pytest

from numpy_ann.layers import Flatten
from tests.parts import Case, __main__, call, tables
from tests.parts.missing import missing, undocumented
from tests.parts.tables import TABLES, read, stored


def test_nothing_is_missing() -> None:
    assert not missing(), "\n".join(missing())


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [case for case in TABLES["regularizers"] if case.cls != "L1"]
    extra = Case.of("regularizers.L2", (), {"l2": 0.125})
    monkeypatch.setitem(TABLES, "regularizers", [*cases, extra])
    found = missing()
    assert any("L1 has no case in tests/parts/regularizers.py" in line for line in found)
    assert "regularizers.L2(l2=0.125): no numbers of Keras (python -m tests.parts --store)" in found
    assert "regularizers.L1(0.1): numbers of Keras, but no case (--store drops them)" in found

    class Bare(Flatten):
        """Bare."""

    assert "has no formula in its docstring" in undocumented("layers", Bare)


def test_random_numbers_go_by_the_name() -> None:
    one, other = Case.of("layers.Dense", (3,), {}), Case.of("layers.Dense", (4,), {})
    assert one.rng().random() == one.rng().random() != other.rng().random()
    assert one.name == "layers.Dense(3)"
    assert repr(call("layers.Dense", 3, kernel_regularizer=call("regularizers.L2", 0.1))) == (
        "layers.Dense(3, kernel_regularizer=regularizers.L2(0.1))"
    )
    with pytest.raises(LookupError, match=r"Keras' numbers of layers\.Dense\(3\) are not stored"):
        stored(one)


def test_storing_adds_what_is_missing_and_drops_what_is_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, new = TABLES["schedules"][:2]
    monkeypatch.setattr(tables, "FOLDER", tmp_path)
    monkeypatch.setattr(__main__, "TABLES", {"schedules": [kept, new]})
    monkeypatch.setattr(__main__, "recorded", lambda case: {"rates": [case.cls]})
    (tmp_path / "schedules.json").write_text(json.dumps({kept.name: {"rates": [1.0]}, "gone": {}}))
    read.cache_clear()
    try:
        assert __main__.store([]) == 0
        written = json.loads((tmp_path / "schedules.json").read_text())
    finally:
        read.cache_clear()
    assert written == {kept.name: {"rates": [1.0]}, new.name: {"rates": [new.cls]}}


@pytest.mark.parametrize(
    ("a", "b", "apart"),
    [
        ({"y": [1.0, 2.0], "config": 1}, {"y": [1.0, 2.5], "config": 2}, 0.2),
        ([float("nan")], [float("nan")], 0.0),
        ([1.0], [1.0, 2.0], float("inf")),
        ("a", "a", 0.0),
        (None, 1.0, float("inf")),
    ],
)
def test_distance(a: object, b: object, apart: float) -> None:
    assert __main__.distance(a, b) == apart

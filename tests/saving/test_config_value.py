"""A value knows its place and its type."""

import pytest

from numpy_ann.errors import ModelFormatError
from numpy_ann.saving.containers.strict_json import ConfigValue, shown


def test_the_place_leads_to_the_value():
    root = ConfigValue({"config": {"layers": [{"units": "many"}]}}, "config.json")
    with pytest.raises(ModelFormatError) as caught:
        root["config"]["layers"].array(5)[0]["units"].of(int, 1, 10)
    assert str(caught.value) == "config.json: config: layers[0]: units: expected an integer, found 'many'"


@pytest.mark.parametrize(
    ("read", "good", "bad"),
    [
        (lambda item: item.of(str), ["", "x"], [None, 1, True, ["x"], "x" * 2000]),
        (lambda item: item.of(bool), [True, False], [None, 0, 1, "true"]),
        (lambda item: item.of(int, 0, 5), [0, 5], [None, -1, 6, 2.0, True, False, "1"]),
        (lambda item: item.of(float, 0, 1), [0, 1, 0.5], [None, -0.1, 1.1, True, "0.5", [0.5], float("nan")]),
        (lambda item: item.of(float), [-1e300, 3], [float("inf"), float("-inf"), float("nan"), False]),
        (lambda item: item.array(2), [[], [1, 2]], [[1, 2, 3], {}, "ab", None]),
        (ConfigValue.fields, [{}, {"a": 1}], [[], None, "a"]),
        (lambda item: item["a"], [{"a": 1}, {"a": None}], [{}, {"b": 1}, ["a"], "a", None]),
    ],
)
def test_types(read, good, bad):
    for value in good:
        read(ConfigValue(value, "x"))
    for value in bad:
        with pytest.raises(ModelFormatError, match=r"^x"):
            read(ConfigValue(value, "x"))


def test_a_number_becomes_a_float():
    assert isinstance(ConfigValue(1, "x").of(float), float)


def test_get_takes_null_for_missing():
    item = ConfigValue({"a": None, "b": 0}, "x")
    assert item.get("a") is None
    assert item.get("c") is None
    assert item.get("b") == ConfigValue(0, "x: b")


def test_shown_is_short_and_speaks_json():
    assert [shown(v) for v in (None, True, False, "a", 1.5)] == ["null", "true", "false", "'a'", "1.5"]
    assert shown([1, 2]) == "an array of 2"
    assert shown({"a": 1}) == "an object with the keys a"
    assert len(shown("x" * 1000)) == 80

"""The columns of the tables: what is read, what changes nothing, what is refused."""

import pytest

from numpy_ann.errors import ModelFormatError
from numpy_ann.saving.containers.strict_json import ConfigValue
from numpy_ann.saving.formats.objects import class_of, make
from numpy_ann.saving.formats.options import (
    ANYTHING,
    Row,
    choice,
    function_name,
    optional,
    read_options,
    within,
)


class Point:
    def __init__(self, x: int, y: float = 0.0) -> None:
        self.place = (x, y)


TABLES = {"Point": Row(Point, {"x": within(int, 0, 5), "y": within(float, 0, 1)}, {"z": (None, 0)})}
SEED = optional(within(int, 0, 2**63 - 1))


def point(**config):
    return make(ConfigValue({"class_name": "Point", "config": config}, "x"), "shape", TABLES).place


def test_make():
    assert point(x=3, y=1) == (3, 1.0)
    assert point(x=3, z=None) == point(x=3, z=0.0) == (3, 0.0)


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        ({"x": 6}, "x: 6 is not between 0 and 5"),
        ({}, "missing 1 required positional argument"),
        ({"x": 1, "z": 2}, "z: 2 is not supported; only null or 0 is"),
        ({"x": 1, "z": False}, "z: false is not supported"),
        (
            {"x": 1, "w": None},
            "w: this option is not supported, and could mean something. Known here: x, y, z",
        ),
    ],
)
def test_refused(config, problem):
    with pytest.raises(ModelFormatError, match=problem):
        point(**config)


def test_an_argument_that_is_always_none_is_read_as_null_alone():
    class Fixed:
        def __init__(self, seed: None = None) -> None:
            self.seed = seed

    def read(value):
        entry = {"class_name": "Fixed", "config": {"seed": value}}
        return make(ConfigValue(entry, "x"), "shape", {"Fixed": Row(Fixed)}).seed

    assert read(None) is None
    with pytest.raises(ModelFormatError, match="seed: 0 is not supported; only null is"):
        read(0)


def test_class_names():
    assert class_of(ConfigValue({"class_name": "Custom>Adam"}, "x"), "optimizer", ["Adam"]) == "Adam"
    for name in ("adam", "Custom>Custom>Adam", "mine>Adam", "__class__", "Adam\n"):
        with pytest.raises(ModelFormatError, match=r"custom_objects=.*Supported: Adam"):
            class_of(ConfigValue({"class_name": name}, "x"), "optimizer", ["Adam"])


def test_what_never_changes_anything():
    assert read_options(ConfigValue({"a": [1, {"b": 2}]}, "x"), {}, {"a": ANYTHING}) == {}


def test_readers():
    assert choice(mean=1)(ConfigValue("mean", "x")) == 1
    assert SEED(ConfigValue(None, "x")) is None
    assert SEED(ConfigValue(7, "x")) == 7
    function = {
        "module": "builtins",
        "class_name": "function",
        "config": "relu",
        "registered_name": "function",
    }
    assert function_name(ConfigValue(function, "x")) == function_name(ConfigValue("relu", "x")) == "relu"
    for read, value in (
        (choice(mean=1), "sum"),
        (SEED, -1),
        (SEED, 2**63),
        (function_name, {"class_name": "f"}),
    ):
        with pytest.raises(ModelFormatError):
            read(ConfigValue(value, "x"))

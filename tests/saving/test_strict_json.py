"""Strict JSON equals Python's own on plain values, and refuses what Python lets pass."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann.errors import ModelFormatError
from numpy_ann.saving.containers.limits import JSON_BYTES
from numpy_ann.saving.containers.strict_json import parse_json

NUMBERS = st.integers(-(10**18), 10**18) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_it_reads_what_json_writes(value):
    assert parse_json(json.dumps(value), "x") == value
    assert parse_json(json.dumps(value, ensure_ascii=False).encode(), "x") == value


@given(st.text(max_size=200) | st.binary(max_size=200))
def test_anything_else_is_one_kind_of_error(text):
    with contextlib.suppress(ModelFormatError):
        parse_json(text, "x")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[NaN]", "NaN is not a JSON number"),
        ("[Infinity]", "Infinity is not"),
        ("1e400", "the number 1e400 is too large"),
        ('{"a": 1, "a": 2}', "'a' stands twice"),
        ("1" * 21, "an integer of 21 digits"),
        ("[" * 65 + "]" * 65, "deeper than 64 levels"),
        ("[" * 100_000, "nested too deeply|not valid JSON"),
        (b'"\xff"', "not valid JSON: 'utf-8'"),
        ("", "not valid JSON"),
        (" " * (JSON_BYTES + 1), "bytes of JSON; at most 1,048,576"),
    ],
)
def test_refused(text, problem):
    with pytest.raises(ModelFormatError, match=problem):
        parse_json(text, "x")


def test_the_limits_themselves_are_allowed():
    assert parse_json("[" * 63 + "]" * 63, "x")
    assert parse_json("9" * 20, "x") == 10**20 - 1
    assert parse_json("1" + " " * (JSON_BYTES - 1), "x") == 1

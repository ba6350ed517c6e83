from typing import Any

import numpy as np
import pytest
import sklearn.metrics
import sklearn.utils.multiclass
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann.metrics import accuracy_score
from numpy_ann.metrics.inputs import as_label_array, check_targets, encode, type_of_target, unique_labels
from tests.metrics.against_sklearn import assert_same, outcome

ONE_HOT = [[0, 1, 0], [1, 0, 0], [0, 0, 1]]
PROBABILITIES = [[0.1, 0.9, 0.0], [0.8, 0.1, 0.1], [0.2, 0.3, 0.5]]


class Series:
    """An object that, like a column of a table, is no array and can become one."""

    def __init__(self, values: list[Any]) -> None:
        self.values = values

    def __len__(self) -> int:
        return len(self.values)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        return np.array(self.values, dtype=dtype)


@pytest.mark.parametrize(
    "y",
    [
        [0, 1, 1],
        [0, 1, 2],
        [5, 5],
        [True, False],
        ["a", "b", "c"],
        [1.0, 2.0],
        [1.0, 2.5],
        [1e20, 2.0],
        np.array(["a", "b"], dtype=object),
        np.array([1, 2], dtype=object),
        [None, "a"],
        [[1], [2], [3]],
        ONE_HOT,
        np.array(ONE_HOT, dtype=float),
        PROBABILITIES,
        [[1, 2], [3, 1]],
        [["a", "b"], ["c", "a"]],
        np.zeros((2, 0)),
        np.zeros((2, 2, 2)),
    ],
)
def test_type_of_target_is_sklearns(y: Any) -> None:
    with np.errstate(invalid="ignore"):
        expected = sklearn.utils.multiclass.type_of_target(y)
    assert type_of_target(y) == expected


@pytest.mark.parametrize(
    ("y_true", "y_pred"),
    [
        ([], []),
        ([1, 2, 3], [1, 2]),
        (ONE_HOT, [1, 0, 2]),
        ([1, 0, 2], ONE_HOT),
        ([1, 0, 2], PROBABILITIES),
        (ONE_HOT, PROBABILITIES),
        ([[0, 1, 2]], [[0, 1, 2]]),
        ([0, 1, 1], [0.5, 0.2, 0.1]),
        ([0.5, 1, 2], [0.5, 0.2, 0.1]),
        ([0, 1], ["a", "b"]),
        ([1.0, 0.0], ["a", "b"]),
        (np.array(["a", "b"], dtype=object), [1, 2]),
        (np.array([1, 2, 3], dtype=object), np.array([1, 2, 2], dtype=object)),
        ([None, "a"], ["a", "a"]),
        ([0, np.nan, 1], [0, 1, 1]),
        ([0, 1, 1], [0, np.inf, 1]),
        ([b"a", b"b"], ["a", "b"]),
        ([1j, 2], [1, 2]),
        (np.zeros((2, 2, 2)), [0, 1]),
    ],
)
def test_bad_labels_are_refused_with_sklearns_words(y_true: Any, y_pred: Any) -> None:
    theirs = sklearn.metrics.accuracy_score
    assert isinstance(outcome(theirs, y_true, y_pred)[0], Exception)
    assert_same(accuracy_score, theirs, y_true, y_pred)


@pytest.mark.parametrize("y", [ONE_HOT, PROBABILITIES])
def test_one_hot_rows_and_probabilities_get_the_cure(y: Any) -> None:
    with pytest.raises(ValueError, match=r"np\.argmax\(y, axis=1\)"):
        check_targets([1, 0, 2], y)
    kind, y_true, y_pred = check_targets([1, 0, 2], np.argmax(y, axis=1))
    assert kind == "multiclass"
    np.testing.assert_array_equal(y_true, y_pred)


@pytest.mark.parametrize("y", [3, {1, 2}, {1: 2}, np.array(1)])
def test_single_values_are_refused(y: Any) -> None:
    with pytest.raises(TypeError, match=r"at least 1 dimension, got the single value"):
        as_label_array(y)


def test_ragged_rows_are_refused() -> None:
    with pytest.raises(ValueError, match=r"y_true is not an array: .*inhomogeneous.*argmax"):
        as_label_array([[1, 2], [1]], "y_true")


def test_strings_beside_other_things_are_refused() -> None:
    with pytest.raises(TypeError, match=r"holds strings and other things.*astype\(str\)"):
        as_label_array(np.array(["a", 3], dtype=object))


def test_objects_that_become_arrays_are_taken() -> None:
    assert accuracy_score(Series([0, 1, 2]), Series([0, 1, 1])) == 2 / 3
    assert accuracy_score(Series(["a", "b"]), ["a", "b"]) == 1.0
    assert accuracy_score(range(3), range(3)) == 1.0


def test_two_values_on_each_side_can_make_three_classes() -> None:
    assert check_targets([0, 1], [1, 2])[0] == "multiclass"
    assert check_targets([0, 1], [1, 0])[0] == "binary"


def test_unique_labels_keep_the_form_of_y_true() -> None:
    assert unique_labels(np.array([False, True]), np.array([1, 0])).tolist() == [False, True]
    assert unique_labels(np.array([3, 1]), np.array([1.0, 2.0])).tolist() == [1.0, 2.0, 3.0]


def test_encode_by_hand() -> None:
    # places:          0      1      2      3
    labels = np.array(["dog", "cat", "dog", "ant"])
    y = np.array(["cat", "dog", "ant", "aaa", "cow", "zoo"])
    assert encode(y, labels).tolist() == [1, 2, 3, -1, -1, -1]


@given(
    st.lists(st.integers(-5, 5), min_size=1),
    st.lists(st.integers(-5, 5), min_size=1),
)
def test_encode_equals_a_search_one_by_one(y: list[int], labels: list[int]) -> None:
    place = {label: i for i, label in enumerate(labels)}
    assert encode(np.array(y), np.array(labels)).tolist() == [place.get(label, -1) for label in y]


def test_encode_finds_no_place_for_nan() -> None:
    assert encode(np.array([0, 1]), np.array([np.nan, 1.0])).tolist() == [-1, 1]


@pytest.mark.parametrize(
    "labels", [np.array([b"a", b"b"]), np.array([b"a", b"b"], dtype=object), np.array([], dtype="S1")]
)
def test_bytes_are_refused_in_arrays_of_either_kind(labels):
    with pytest.raises(TypeError, match="labels represented as bytes is not supported"):
        as_label_array(labels)

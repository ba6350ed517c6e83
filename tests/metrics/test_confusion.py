from typing import Any

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann.metrics import InvalidParameterError, confusion_matrix
from tests.metrics.against_sklearn import assert_same, class_orders, label_pairs, weights

# true:       0  0  1  1  1  2
# predicted:  0  1  1  1  2  0
Y_TRUE, Y_PRED = [0, 0, 1, 1, 1, 2], [0, 1, 1, 1, 2, 0]


def test_by_hand() -> None:
    matrix = confusion_matrix(Y_TRUE, Y_PRED)
    assert matrix.tolist() == [
        [1, 1, 0],  # of the two zeros one was taken for 0, one for 1
        [0, 2, 1],
        [1, 0, 0],
    ]
    assert matrix.dtype == np.int64


def test_order_and_omission_by_hand() -> None:
    # Without class 0 three pairs remain: (1, 1) twice and (1, 2).
    assert confusion_matrix(Y_TRUE, Y_PRED, labels=[2, 1]).tolist() == [[0, 0], [1, 2]]


def test_normalization_by_hand() -> None:
    rows = confusion_matrix(Y_TRUE, Y_PRED, normalize="true")
    np.testing.assert_array_equal(rows, [[1 / 2, 1 / 2, 0], [0, 2 / 3, 1 / 3], [1, 0, 0]])
    columns = confusion_matrix(Y_TRUE, Y_PRED, normalize="pred")
    np.testing.assert_array_equal(columns, [[1 / 2, 1 / 3, 0], [0, 2 / 3, 1], [1 / 2, 0, 0]])
    total = confusion_matrix(Y_TRUE, Y_PRED, normalize="all")
    np.testing.assert_array_equal(total, np.array([[1, 1, 0], [0, 2, 1], [1, 0, 0]]) / 6)
    # Class 5 never occurs: its row sums to 0, and 0 / 0 is 0.
    assert confusion_matrix(Y_TRUE, Y_PRED, labels=[1, 5], normalize="true").tolist() == [[1, 0], [0, 0]]


@given(st.data())
def test_equals_sklearn(data: st.DataObject) -> None:
    y_true, y_pred = data.draw(label_pairs())
    assert_same(
        confusion_matrix,
        sklearn.metrics.confusion_matrix,
        y_true,
        y_pred,
        labels=data.draw(class_orders(y_true, y_pred, repeats=True)),
        sample_weight=data.draw(weights(len(y_true))),
        normalize=data.draw(st.sampled_from([None, "true", "pred", "all"])),
    )


@pytest.mark.parametrize(
    ("sample_weight", "dtype"), [(None, np.int64), ([1, 2, 3], np.int64), ([1.0, 2.0, 3.0], np.float64)]
)
def test_dtype_does_not_depend_on_whether_a_pair_is_left(sample_weight: Any, dtype: type) -> None:
    # 2 is only ever taken for 0, which is not listed.
    matrix = confusion_matrix([0, 0, 2], [0, 0, 0], labels=[2, 9], sample_weight=sample_weight)
    assert matrix.tolist() == [[0, 0], [0, 0]]
    assert matrix.dtype == dtype


@pytest.mark.parametrize("labels", [[], [7, 8], 3, "abc"])
def test_refuses_unfit_labels_as_sklearn_does(labels: object) -> None:
    assert_same(confusion_matrix, sklearn.metrics.confusion_matrix, Y_TRUE, Y_PRED, labels=labels)


def test_refuses_labels_of_another_kind_or_shape() -> None:
    with pytest.raises(ValueError, match=r"Mix of label input types .*Got \['0' '1'\] and \[0 1 2\]"):
        confusion_matrix(Y_TRUE, Y_PRED, labels=["0", "1"])
    with pytest.raises(ValueError, match=r"one row of classes, got an array of shape \(1, 2\)"):
        confusion_matrix(Y_TRUE, Y_PRED, labels=[[0, 1]])


@pytest.mark.parametrize("normalize", ["rows", True, 1])
def test_refuses_an_unknown_normalization(normalize: object) -> None:
    expected = (
        r"'normalize' parameter of confusion_matrix must be a str among \{'true', 'pred', 'all'\} or None"
    )
    with pytest.raises(InvalidParameterError, match=expected):
        confusion_matrix(Y_TRUE, Y_PRED, normalize=normalize)  # type: ignore[arg-type]


def test_leaves_its_arguments_alone() -> None:
    arrays = [np.array(Y_TRUE), np.array(Y_PRED), np.arange(6.0)]
    copies = [a.copy() for a in arrays]
    confusion_matrix(arrays[0], arrays[1], sample_weight=arrays[2], normalize="all")
    for array, copy in zip(arrays, copies, strict=True):
        np.testing.assert_array_equal(array, copy)

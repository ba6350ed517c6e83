from typing import Any

import numpy as np
import pytest
import sklearn.metrics

from numpy_ann.metrics import InvalidParameterError, accuracy_score, confusion_matrix
from numpy_ann.metrics.inputs import check_array_like, check_sample_weight
from tests.metrics.against_sklearn import assert_same

Y_TRUE, Y_PRED = [0, 1, 2, 2, 1, 0], [0, 2, 2, 2, 1, 1]


def test_the_error_is_a_value_error_and_a_type_error() -> None:
    for kind in (ValueError, TypeError, InvalidParameterError):
        with pytest.raises(kind):
            accuracy_score(Y_TRUE, Y_PRED, normalize="yes")  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [3, 2.5, None, "abc", b"abc", (i for i in range(3))])
def test_what_is_no_array_is_refused_by_name(value: Any) -> None:
    with pytest.raises(
        InvalidParameterError, match=r"The 'y_pred' parameter of f must be an array-like\. Got"
    ):
        check_array_like("f", y_true=[0], y_pred=value)


@pytest.mark.parametrize(
    "sample_weight",
    [
        [0] * 6,
        [0.0] * 6,
        [1, 2],
        [np.nan] * 6,
        [np.inf] * 6,
        2,
        "abc",
        [1j] * 6,
        [True, False] * 3,
        [-1, 1, 1, 1, 1, 1],
        np.ones(6, np.uint8),
    ],
)
@pytest.mark.parametrize("name", ["accuracy_score", "confusion_matrix"])
def test_weights_are_taken_or_refused_as_by_sklearn(name: str, sample_weight: Any) -> None:
    ours = {"accuracy_score": accuracy_score, "confusion_matrix": confusion_matrix}[name]
    assert_same(ours, getattr(sklearn.metrics, name), Y_TRUE, Y_PRED, sample_weight=sample_weight)


def test_weights_that_are_no_row_of_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match=r"must be 1D array, got 2D array of shape \(6, 1\).*np\.ravel"):
        check_sample_weight("f", np.ones((6, 1)))
    with pytest.raises(TypeError, match="must be real numbers, got an array of dtype <U1"):
        check_sample_weight("f", ["1", "2"])


def test_weights_come_back_as_numbers() -> None:
    assert check_sample_weight("f", None) is None
    for weight, dtype in [
        ([1, 2], np.int64),
        (np.float32([1, 2]), np.float32),
        (np.array([1, 2.5], object), np.float64),
    ]:
        converted = check_sample_weight("f", weight)
        assert converted is not None
        assert converted.dtype == dtype

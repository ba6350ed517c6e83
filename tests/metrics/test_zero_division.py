import warnings

import numpy as np
import pytest

from numpy_ann.metrics import UndefinedMetricWarning
from numpy_ann.metrics.precision_recall import divide

COUNTS = np.array([1, 0, 0]), np.array([2, 3, 0])  # 1/2, 0, 0/0
WORDS = {"score": "Recall", "samples": "true"}


@pytest.mark.parametrize("value", [0.0, 1.0, np.nan])
def test_the_value_is_put_in_place_of_zero_by_zero(value: float) -> None:
    np.testing.assert_array_equal(divide(*COUNTS, zero_division=value, **WORDS), [0.5, 0, value])


def test_warns_of_several_labels() -> None:
    with pytest.warns(
        UndefinedMetricWarning,
        match=r"^Recall is ill-defined and being set to 0\.0 in labels with no true samples\. "
        r"Use `zero_division` parameter to control this behavior\.$",
    ):
        np.testing.assert_array_equal(divide(*COUNTS, zero_division="warn", **WORDS), [0.5, 0, 0])


def test_warns_of_one_number() -> None:
    with pytest.warns(UndefinedMetricWarning, match=r"being set to 0\.0 due to no true samples"):
        divide(np.array([0]), np.array([0]), zero_division="warn", **WORDS)


def test_is_silent_where_all_is_defined_or_nobody_asked() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        divide(np.array([1]), np.array([2]), zero_division="warn", **WORDS)
        divide(*COUNTS, zero_division="warn", warn=False, **WORDS)


def test_the_arguments_stay_as_they_are() -> None:
    numerator, denominator = (c.copy() for c in COUNTS)
    divide(numerator, denominator, zero_division=1.0, **WORDS)
    np.testing.assert_array_equal(denominator, COUNTS[1])
    np.testing.assert_array_equal(numerator, COUNTS[0])

"""Agreement beyond chance, and F1, by hand and beside scikit-learn."""

import math

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import assume, given
from hypothesis import strategies as st

from numpy_ann.metrics import cohen_kappa_score, f1_score, matthews_corrcoef
from tests.metrics.against_sklearn import assert_near, assert_same, class_orders, label_pairs, weights


def test_by_hand() -> None:
    # C = [[1, 1], [0, 2]]: 3 of 4 agree; by chance (2 * 1 + 2 * 3) / 16 = 1/2. (3/4 - 1/2) / (1 - 1/2) = 1/2.
    assert cohen_kappa_score([0, 0, 1, 1], [0, 1, 1, 1]) == pytest.approx(1 / 2)
    # (3 * 4 - (2 * 1 + 2 * 3)) / sqrt((16 - 10) (16 - 8)) = 4 / sqrt(48).
    assert matthews_corrcoef([0, 0, 1, 1], [0, 1, 1, 1]) == pytest.approx(4 / math.sqrt(48))
    # 2 right, 3 predicted, 2 true: 2 * 2 / 5.
    assert f1_score([0, 0, 1, 1], [0, 1, 1, 1]) == 4 / 5


@given(st.data())
def test_kappa_equals_sklearn(data: st.DataObject) -> None:
    y1, y2 = data.draw(label_pairs())
    weight = data.draw(weights(len(y1)))
    assume(weight is None or np.any(weight))
    assert_near(
        cohen_kappa_score,
        sklearn.metrics.cohen_kappa_score,
        y1,
        y2,
        labels=data.draw(class_orders(y1, y2)),
        weights=data.draw(st.sampled_from([None, "linear", "quadratic"])),
        sample_weight=weight,
        replace_undefined_by=data.draw(st.sampled_from([np.nan, 0.0, -1.0])),
    )


@given(st.data())
def test_matthews_equals_sklearn(data: st.DataObject) -> None:
    y_true, y_pred = data.draw(label_pairs())
    weight = data.draw(weights(len(y_true)))
    assume(
        weight is None or np.asarray(weight).dtype.kind in "bi"
    )  # otherwise rounding decides what is 0 / 0
    assert_near(matthews_corrcoef, sklearn.metrics.matthews_corrcoef, y_true, y_pred, sample_weight=weight)


@given(st.data())
def test_f1_equals_sklearn(data: st.DataObject) -> None:
    y_true, y_pred = data.draw(label_pairs())
    assert_same(
        f1_score,
        sklearn.metrics.f1_score,
        y_true,
        y_pred,
        labels=data.draw(class_orders(y_true, y_pred, repeats=True)),
        average=data.draw(st.sampled_from([None, "micro", "macro", "weighted"])),
        sample_weight=data.draw(weights(len(y_true))),
        zero_division=data.draw(st.sampled_from(["warn", 0, 1, np.nan])),
    )


@pytest.mark.parametrize(
    "options", [{}, {"average": "samples"}, {"labels": 3}, {"zero_division": 0.5}, {"pos_label": 7}]
)
def test_f1_refuses_as_sklearn(options: dict[str, object]) -> None:
    assert_same(f1_score, sklearn.metrics.f1_score, [0, 1, 2], [0, 1, 1], **options)
    assert_same(f1_score, sklearn.metrics.f1_score, [0, 1, 1], [0, 1, 1], **options)


@pytest.mark.parametrize(
    "options",
    [{"weights": "cubic"}, {"replace_undefined_by": 2}, {"replace_undefined_by": "0"}, {"labels": [7]}],
)
def test_kappa_refuses(options: dict[str, object]) -> None:
    for function in (cohen_kappa_score, sklearn.metrics.cohen_kappa_score):
        with pytest.raises(ValueError, match="cohen_kappa_score"):
            function([0, 1], [0, 1], **options)
        with pytest.raises(ValueError, match="inconsistent numbers of samples"):
            function([0, 1], [0])

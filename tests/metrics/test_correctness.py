import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann.metrics import accuracy_score
from tests.metrics.against_sklearn import assert_same, label_pairs, weights


def test_by_hand() -> None:
    # Right: the first and the third of four, so 2 / 4; with weights (1 + 3) / (1 + 2 + 3 + 4) = 4 / 10.
    y_true, y_pred = [0, 1, 2, 3], [0, 3, 2, 1]
    assert accuracy_score(y_true, y_pred) == 0.5
    assert accuracy_score(y_true, y_pred, normalize=False) == 2.0
    assert accuracy_score(y_true, y_pred, sample_weight=[1, 2, 3, 4]) == 0.4
    assert accuracy_score(y_true, y_pred, sample_weight=[1, 2, 3, 4], normalize=False) == 4.0


@given(st.data())
def test_equals_sklearn(data: st.DataObject) -> None:
    y_true, y_pred = data.draw(label_pairs())
    assert_same(
        accuracy_score,
        sklearn.metrics.accuracy_score,
        y_true,
        y_pred,
        normalize=data.draw(st.booleans()),
        sample_weight=data.draw(weights(len(y_true))),
    )


@pytest.mark.parametrize("normalize", [1, "yes", None])
def test_refuses_options_that_are_no_bools(normalize: object) -> None:
    assert_same(accuracy_score, sklearn.metrics.accuracy_score, [0, 1], [0, 1], normalize=normalize)


def test_takes_keywords_only() -> None:
    with pytest.raises(TypeError, match="positional"):
        accuracy_score([0, 1], [0, 1], False)  # type: ignore[misc]


def test_refuses_one_hot_labels_on_both_sides() -> None:
    one_hot = np.eye(3)
    with pytest.raises(
        ValueError, match=r"multilabel-indicator is not supported\. .*np\.argmax\(y, axis=1\)"
    ):
        accuracy_score(one_hot, one_hot)

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann.metrics import classification_report
from tests.metrics.against_sklearn import assert_same, class_orders, label_pairs, weights

Y_TRUE, Y_PRED = [0, 1, 2, 2, 2, 1], [0, 0, 2, 2, 1, 1]


def test_by_hand() -> None:
    #      right  predicted  true     P     R    F = 2 right / (true + predicted)
    # 0      1        2        1     1/2    1    2/3
    # 1      1        2        2     1/2   1/2   2/4
    # 2      2        2        3      1    2/3   4/5
    # macro P = 2/3, R = 13/18, F = 0.656; weighted P = 4.5/6, R = 4/6, F = (2/3 + 1 + 2.4) / 6
    assert classification_report(Y_TRUE, Y_PRED) == (
        "              precision    recall  f1-score   support\n"
        "\n"
        "           0       0.50      1.00      0.67         1\n"
        "           1       0.50      0.50      0.50         2\n"
        "           2       1.00      0.67      0.80         3\n"
        "\n"
        "    accuracy                           0.67         6\n"
        "   macro avg       0.67      0.72      0.66         6\n"
        "weighted avg       0.75      0.67      0.68         6\n"
    )


def test_dictionary_by_hand() -> None:
    report = classification_report([0, 1], [0, 1], output_dict=True)
    perfect = {"precision": 1.0, "recall": 1.0, "f1-score": 1.0}
    assert report == {
        "0": {**perfect, "support": 1.0},
        "1": {**perfect, "support": 1.0},
        "accuracy": 1.0,
        "macro avg": {**perfect, "support": 2.0},
        "weighted avg": {**perfect, "support": 2.0},
    }


@given(st.data())
def test_equals_sklearn(data: st.DataObject) -> None:
    y_true, y_pred = data.draw(label_pairs())
    labels = data.draw(class_orders(y_true, y_pred, repeats=True))
    classes = len(labels) if labels is not None else len({*np.ravel(y_true), *np.ravel(y_pred)})
    names = st.lists(st.text("ab Ä", max_size=20), min_size=classes, max_size=classes)
    assert_same(
        classification_report,
        sklearn.metrics.classification_report,
        y_true,
        y_pred,
        labels=labels,
        target_names=data.draw(st.none() | names),
        sample_weight=data.draw(weights(len(y_true))),
        digits=data.draw(st.integers(0, 16)),
        output_dict=data.draw(st.booleans()),
        zero_division=data.draw(st.sampled_from(["warn", 0, 1, np.nan])),
    )


@pytest.mark.parametrize(
    ("y_true", "y_pred"),
    [
        ([1.0, 2.0, 3.0], [1.0, 2.0, 2.0]),  # printed 1.0, 2.0, 3.0
        ([1, 2], [1.0, 2.0]),  # printed as y_true has them
        ([1, 2], [1.0, 3.0]),
        ([True, False], [1, 0]),
        ([1, 0], [True, False]),
        ([True, False, True], [0, 1, 2]),
        (np.array([1, 2], np.uint8), np.array([-1, 2], np.int8)),
        (["accuracy", "b"], ["accuracy", "b"]),
        (["macro avg", "b"], ["b", "macro avg"]),
    ],
)
@pytest.mark.parametrize("output_dict", [False, True])
def test_kinds_of_labels_print_as_in_sklearn(y_true: object, y_pred: object, output_dict: bool) -> None:
    ours, theirs = classification_report, sklearn.metrics.classification_report
    assert_same(ours, theirs, y_true, y_pred, output_dict=output_dict)


@pytest.mark.parametrize(
    "options",
    [
        {"target_names": ["a", "b"]},
        {"target_names": "abc"},
        {"target_names": np.array(["a", "b", "c"]), "output_dict": True},
        {"target_names": ["a", "b", "c"], "labels": [0, 1]},  # warns and drops the third
        {"target_names": ["a", "b"], "labels": [2, 1, 0]},
        {"target_names": ["a", "a", "b"], "output_dict": True},
        {"labels": [7, 8]},
        {"labels": 3},
        {"digits": -1},
        {"digits": 2.5},
        {"digits": None},
        {"digits": np.int64(3)},
        {"digits": 20},
        {"output_dict": 1},
        {"zero_division": 0.5},
    ],
)
def test_options_are_taken_or_refused_as_by_sklearn(options: dict[str, object]) -> None:
    assert_same(classification_report, sklearn.metrics.classification_report, Y_TRUE, Y_PRED, **options)


def test_refuses_no_labels() -> None:
    with pytest.raises(ValueError, match="'labels' should contain at least one label"):
        classification_report(Y_TRUE, Y_PRED, labels=[])

import numpy as np
import pytest

from numpy_ann.training.data.adapter import as_sample_weight, class_weights_of


def test_sample_weights_may_be_a_column():
    weight = as_sample_weight(np.array([[1.0], [2.0]]))
    assert weight.tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        (np.ones((2, 3)), r"one number a sample.*\(2, 3\)"),
        ([1.0, -1.0], "0 or more"),
        ([1.0, np.nan], "finite"),
    ],
)
def test_sample_weights_that_make_no_sense_are_refused(weight, message):
    with pytest.raises(ValueError, match=message):
        as_sample_weight(np.array(weight))


@pytest.mark.parametrize(
    "y",
    [
        np.array([0, 1, 2]),
        np.array([[0], [1], [2]]),
        np.array([[[0]], [[1]], [[2]]]),
        np.eye(3),
        np.eye(5)[:3],
        np.eye(3)[:, np.newaxis],
        np.array([0.0, 1.0, 2.0]),
    ],
)
def test_class_weights_by_label_in_every_form(y):
    assert class_weights_of(y, {0: 2.0, np.int64(2): 0.5}).tolist() == [2.0, 1.0, 0.5]


@pytest.mark.parametrize(
    ("class_weight", "message"),
    [
        ([1.0, 2.0], r"dictionary from class to weight.*\[1\.0, 2\.0\]"),
        ({"0": 1.0}, "the key '0'"),
        ({-1: 1.0}, "the key -1"),
        ({True: 1.0}, "the key True"),
        ({0: -1.0}, "class 0 the weight -1.0"),
        ({0: np.inf}, "class 0 the weight inf"),
    ],
)
def test_class_weights_that_make_no_sense_are_refused(class_weight, message):
    with pytest.raises(ValueError, match=message):
        class_weights_of(np.array([0, 1]), class_weight)


def test_weights_may_be_zero_and_classes_two():
    assert as_sample_weight(np.array([0.0, 1.0])).tolist() == [0.0, 1.0]
    assert class_weights_of(np.eye(2)[[1, 0, 1]], {1: 0.0}).tolist() == [0.0, 1.0, 0.0]


@pytest.mark.parametrize("y", [np.zeros((4, 2, 1)), np.ones((4, 2, 3))])
def test_several_labels_a_sample_have_no_class_weight(y):
    with pytest.raises(ValueError, match="`class_weight` needs one label a sample"):
        class_weights_of(y, {0: 2.0})


def test_weights_come_from_one_source():
    y, w = np.array([0, 1]), np.ones(2)
    assert class_weights_of(y, {0: 2.0}).tolist() == [2.0, 1.0]
    with pytest.raises(ValueError, match="You cannot `class_weight` and `sample_weight` at the same time"):
        class_weights_of(y, {0: 1.0}, w)

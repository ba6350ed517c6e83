import numpy as np
import pytest

from numpy_ann import metrics

# Right: one 0, one 1, two 2. Union of 0: 2 true and 2 predicted, 1 both; of 1: 2 + 1 - 1; of 2: 2 + 3 - 2.
Y_TRUE, Y_PRED = [0, 0, 1, 1, 2, 2], [0, 2, 1, 0, 2, 2]
IOUS = np.array([1 / 3, 1 / 2, 2 / 3])


def test_by_hand() -> None:
    assert metrics.MeanIoU(3)(Y_TRUE, Y_PRED) == pytest.approx(IOUS.mean(), abs=1e-6)
    assert metrics.IoU(3, [0, 2])(Y_TRUE, Y_PRED) == pytest.approx(IOUS[[0, 2]].mean(), abs=1e-6)
    assert metrics.MeanIoU(4)(Y_TRUE, Y_PRED) == pytest.approx(IOUS.mean(), abs=1e-6)  # 3 is never there
    one_hot, scores = np.eye(3)[Y_TRUE], np.eye(3)[Y_PRED] * 0.8
    assert metrics.OneHotMeanIoU(3)(one_hot, scores) == pytest.approx(IOUS.mean(), abs=1e-6)
    assert metrics.OneHotIoU(3, [1])(one_hot, scores) == pytest.approx(1 / 2, abs=1e-6)
    # Without the twos: of 0 one of two (true) and two (predicted, one of them left out with its label).
    assert metrics.MeanIoU(3, ignore_class=2)(Y_TRUE, Y_PRED) == pytest.approx(5 / 18, abs=1e-6)
    # A label beyond the classes is left out.
    assert metrics.MeanIoU(3)([*Y_TRUE, 7, 0], [*Y_PRED, 0, -1]) == pytest.approx(IOUS.mean(), abs=1e-6)


def test_binary_by_hand() -> None:
    # Predicted 0 0 1 1 of 0 1 0 1; at 0.2 itself: 0 1 1 1.
    y_true, y_pred = [0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7]
    assert metrics.BinaryIoU(threshold=0.3)(y_true, y_pred) == pytest.approx(1 / 3, abs=1e-6)
    assert metrics.BinaryIoU([1], threshold=0.2)(y_true, y_pred) == pytest.approx(2 / 3, abs=1e-6)
    # Weighted 2 3 4 1: of 0: 2 / (2 + 3 + 4), of 1: 1 / (1 + 3 + 4).
    weighted = metrics.BinaryIoU(threshold=0.3)(y_true, y_pred, [2, 3, 4, 1])
    assert weighted == pytest.approx((2 / 9 + 1 / 8) / 2, abs=1e-6)


def test_weights_that_are_not_whole_need_a_float() -> None:
    with pytest.raises(ValueError, match=r'weights must be whole numbers, unless .* dtype="float32"'):
        metrics.MeanIoU(2)([0, 1], [0, 1], [0.5, 1])
    assert metrics.MeanIoU(2, dtype="float32")([0, 1], [0, 0], [0.5, 1]) == pytest.approx(1 / 6, abs=1e-6)
    assert metrics.MeanIoU(2).get_config()["num_classes"] == 2
    assert metrics.MeanIoU(2, dtype="float32").get_config()["dtype"] == "float32"


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match=r"`target_class_ids` must hold classes from 0 to 2"):
        metrics.IoU(3, [3])
    with pytest.raises(ValueError, match=r"pass sparse_y_true=False and sparse_y_pred=False"):
        metrics.MeanIoU(3)(np.array([0, 1]), np.eye(3)[:2])
    with pytest.raises(ValueError, match=r"one by one, of num_classes=3.*target\.shape=\(2, 2\)"):
        metrics.OneHotMeanIoU(3)(np.eye(2), np.eye(3)[:2])
    with pytest.raises(
        ValueError, match=r"The metric MeanIoU can't be made by its name alone: .*num_classes"
    ):
        metrics.check("MeanIoU")

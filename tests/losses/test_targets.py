import numpy as np
import pytest

from numpy_ann.losses import MeanSquaredError, get
from numpy_ann.losses.targets import aligned, check_labels, check_same_shape


def test_a_missing_last_axis_is_added_and_nothing_else() -> None:
    assert aligned(np.zeros(3), np.zeros((3, 1))).shape == (3, 1)
    assert aligned(np.zeros((3, 2)), np.zeros((3, 2, 1))).shape == (3, 2, 1)
    for shape in [(3, 1), (3, 2)]:
        assert aligned(np.zeros(shape), np.zeros((3, 1))).shape == shape


def test_a_column_of_targets_is_no_table() -> None:
    # Broadcast, (2,) against (2, 1) would be all pairs: ((1-1)^2 + (1-3)^2 + (3-1)^2 + (3-3)^2) / 4 = 2.
    assert MeanSquaredError()(np.array([1.0, 3.0]), np.array([[1.0], [3.0]])) == 0.0


@pytest.mark.parametrize(
    ("targets", "outputs", "says"),
    [
        ((5, 2), (1,), r"1 output and each sample 2 targets: end it in Dense\(2\)\."),
        (
            (5,),
            (3,),
            r"3 outputs and each sample 1 target: end .* or, .* to_categorical\(y, 3\)",
        ),
        ((5, 1), (3,), r"target.shape=\(5, 1\), output.shape=\(5, 3\)"),
        ((5, 4, 4), (16,), r"for mean_squared_error\. Received: target.shape=\(5, 4, 4\)"),
    ],
)
def test_what_is_refused(targets: tuple[int, ...], outputs: tuple[int, ...], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        check_same_shape("mean_squared_error", np.zeros(targets), outputs)


@pytest.mark.parametrize("name", ["binary_crossentropy", "binary_focal_crossentropy"])
def test_binary_targets_are_from_0_to_1(name: str) -> None:
    with pytest.raises(ValueError, match=r"from 0 to 1, but .* from -1.0 to 1.0.*\(y \+ 1\) / 2 or a hinge"):
        get(name)(np.array([-1.0, 1.0]), np.array([[0.5], [0.5]]))


@pytest.mark.parametrize(("outputs", "fits"), [((4,), [(2,), (2, 1)]), ((3, 4), [(2, 3), (2, 3, 1)])])
def test_labels_are_one_a_row_with_or_without_a_last_axis(
    outputs: tuple[int, ...], fits: list[tuple[int, ...]]
) -> None:
    for shape in fits:
        check_labels("A loss", np.zeros(shape), outputs)
    for shape in [(2, 2), (2, 4), (2, 4, 1), (2, 3, 2), (2, 3, 4), (2, 1, 1)]:
        with pytest.raises(ValueError, match=r"expects integer labels of shape \(2,"):
            check_labels("A loss", np.zeros(shape), outputs)


def test_a_single_output_without_an_axis_is_one_class() -> None:
    check_labels("A loss", np.zeros(2), ())
    with pytest.raises(ValueError, match=r"from 0 to 0, as the model has 1 output, .* from 0\.0 to 1\.0"):
        check_labels("A loss", np.array([0.0, 1.0]), ())


def test_a_single_label_is_checked_and_no_labels_are_none_too_many() -> None:
    check_labels("A loss", np.zeros(0), (3,))
    check_labels("A loss", np.array([2]), (3,))
    for label in (3, -1, np.nan):
        with pytest.raises(ValueError, match="from 0 to 2, as the model has 3 outputs"):
            check_labels("A loss", np.array([label]), (3,))
    with pytest.raises(ValueError, match="whole numbers"):
        check_labels("A loss", np.array([0.5]), (3,))


@pytest.mark.parametrize(
    ("labels", "outputs", "cure"),
    [
        ([1, 2, 3], (3,), r"from 1 to 3\. Labels count from 0: y - 1\.$"),
        ([0, 4], (3,), r"The last layer needs 5 units"),
        ([0, np.nan], (3,), r"Look for missing values in y\.$"),
        ([-1, 0], (3,), r"from -1 to 0\.$"),
        ([1, 2], (28, 10), r"the model needs Flatten\(\) before its Dense layers\.$"),
    ],
)
def test_what_usually_cures_labels(labels: list[float], outputs: tuple[int, ...], cure: str) -> None:
    with pytest.raises(ValueError, match=cure):
        check_labels("A loss", np.array(labels), outputs)

import numpy as np
import pytest

from numpy_ann.layers import Dense, Input
from numpy_ann.losses import BinaryCrossentropy, SparseCategoricalCrossentropy
from numpy_ann.models import Sequential
from numpy_ann.plots.decision_map import class_probabilities, labelled_points, plane_around

POINTS = np.array([[0.0, 10.0], [8.0, 10.0], [4.0, 26.0]])


def test_the_plane_reaches_an_eighth_further_on_each_side():
    plane = plane_around(POINTS, 3)
    np.testing.assert_array_equal(plane.x1, [-1, 4, 9])
    np.testing.assert_array_equal(plane.x2, [8, 18, 28])


def test_places_run_row_by_row():
    points = plane_around(POINTS, 3).points
    assert points.dtype == np.float32
    np.testing.assert_array_equal(points[:4], [[-1, 8], [4, 8], [9, 8], [-1, 18]])


def test_a_feature_that_never_changes_has_a_plane_too():
    plane = plane_around(np.array([[2.0, 0.0], [2.0, 1.0]]), 2)
    np.testing.assert_array_equal(plane.x1, [1.875, 2.125])


@pytest.mark.parametrize("resolution", [1, 0, 2.5, True])
def test_a_resolution_is_a_whole_number(resolution):
    with pytest.raises(
        ValueError, match=rf"`resolution` must be an integer of at least 2. Received: resolution={resolution}"
    ):
        plane_around(POINTS, resolution)


@pytest.mark.parametrize("y", [[0, 2, 1], [[0], [2], [1]], [0.0, 2.0, 1.0], np.eye(3)[[0, 2, 1]]])
def test_labels_come_in_every_usual_form(y):
    points, labels = labelled_points(POINTS.tolist(), y)
    assert (points.dtype, labels.dtype) == (np.float64, np.int64)
    np.testing.assert_array_equal(labels, [0, 2, 1])


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (np.zeros((3, 4)), [0, 1, 0], r"x of shape \(samples, 2\)\. Received: float64 of shape \(3, 4\)"),
        (np.zeros((0, 2)), [], r"Received: float64 of shape \(0, 2\)"),
        ([["a", "b"]], [0], r"Received: <U1 of shape \(1, 2\)"),
        (POINTS, [0, 1], r"for each of 3 points, or one-hot rows\. Received: int64 of shape \(2,\)"),
        (POINTS, [0, 1, -1], "0, 1, ..., for each"),
        (POINTS, [0, 1, 0.5], "0, 1, ..., for each"),
        (POINTS, [0, 1, np.nan], "0, 1, ..., for each"),
        (POINTS, ["up", "down", "up"], "Received: <U4"),
        (np.array([[0, np.nan]]), [0], "hold NaN or infinity"),
    ],
)
def test_what_are_no_labelled_points_is_refused(x, y, message):
    with pytest.raises(ValueError, match=message):
        labelled_points(x, y)


def with_weights(last, kernel, bias, **compiled):
    model = Sequential([Input((2,)), last])
    model.set_weights([np.array(kernel), np.array(bias)])
    if compiled:
        model.compile("sgd", **compiled)
    return model


def test_one_sigmoid_is_the_probability_of_class_1():
    # z = x1 ln 3, so p = 3^x1 / (1 + 3^x1): 0.75 at 1, 0.25 at -1.
    model = with_weights(Dense(1, activation="sigmoid"), [[np.log(3)], [0]], [0])
    np.testing.assert_allclose(
        class_probabilities(model, np.array([[1, 5], [-1, 5]])), [[0.25, 0.75], [0.75, 0.25]], rtol=1e-6
    )


def test_logits_become_probabilities_if_the_loss_takes_logits():
    loss = BinaryCrossentropy(from_logits=True)
    one = with_weights(Dense(1), [[np.log(3)], [0]], [0], loss=loss)
    np.testing.assert_allclose(class_probabilities(one, np.array([[1, 5]])), [[0.25, 0.75]], rtol=1e-6)
    loss = SparseCategoricalCrossentropy(from_logits=True)
    two = with_weights(Dense(2), [[0, np.log(3)], [0, 0]], [0, 0], loss=loss)
    np.testing.assert_allclose(class_probabilities(two, np.array([[1, 5]])), [[0.25, 0.75]], rtol=1e-6)


@pytest.mark.parametrize(
    ("layer", "x"), [(Dense(3), [[1, 2]]), (Dense(1), [[3, 3]]), (Dense(2, activation="sigmoid"), [[9, 9]])]
)
def test_outputs_that_are_no_probabilities_are_refused(layer, x):
    model = Sequential([Input((2,)), layer], seed=0)
    with pytest.raises(ValueError, match=r"aren't the probabilities of classes.*End it in"):
        class_probabilities(model, np.array(x))


@pytest.mark.parametrize(
    ("activation", "units", "loss"),
    [
        ("sigmoid", 1, BinaryCrossentropy(from_logits=True)),
        ("softmax", 3, SparseCategoricalCrossentropy(from_logits=True)),
    ],
)
def test_what_are_probabilities_already_is_left_so_whatever_the_loss(activation, units, loss):
    model = Sequential([Input((2,)), Dense(units, activation=activation)], seed=0)
    before = class_probabilities(model, POINTS)
    model.compile("sgd", loss)
    np.testing.assert_array_equal(class_probabilities(model, POINTS), before)


def test_outputs_that_are_not_finite_are_refused():
    model = with_weights(Dense(2, activation="softmax"), [[np.nan, 0], [0, 0]], [0, 0])
    with pytest.raises(ValueError, match="finite"), np.errstate(all="ignore"):
        class_probabilities(model, np.ones((1, 2)))


def test_a_model_of_other_inputs_is_refused():
    model = Sequential([Input((3,)), Dense(2, activation="softmax")], name="tall")
    with pytest.raises(ValueError, match=r"Model 'tall' reads \(None, 3\)"):
        class_probabilities(model, np.ones((1, 2)))


def test_what_cannot_predict_is_refused():
    with pytest.raises(TypeError, match=r"Expected a model, which has predict\(\). Received: Dense"):
        class_probabilities(Dense(2), np.ones((1, 2)))

from itertools import combinations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from numpy_ann.data import toy
from numpy_ann.layers import Dense, Input
from numpy_ann.models import Sequential
from numpy_ann.plots import plot_decision_map
from numpy_ann.plots.colors import CLASS_COLORS, contrast, relative_luminance
from numpy_ann.plots.decision_map import MARKERS, STRENGTHS

X = np.array([[-4.0, -4.0], [4.0, 4.0], [-4.0, 4.0], [4.0, -4.0]])
Y = np.array([0, 1, 0, 1])


def model_of(kernel, bias, activation="softmax"):
    """A network of one layer, whose decisions can be worked out."""
    model = Sequential([Input((2,)), Dense(len(bias), activation=activation)])
    model.set_weights([np.array(kernel), np.array(bias)])
    return model


# p(class 1) = sigmoid(x1 - 1), so the boundary is the vertical line at 1.
SIGMOID = model_of([[1], [0]], [-1], "sigmoid")
SOFTMAX = model_of([[0, 1], [0, 0]], [0, -1])


def rgb(ax):
    """The picture as drawn."""
    canvas = FigureCanvasAgg(ax.figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3]


def color_at(ax, picture, x1, x2):
    column, row = ax.transData.transform((x1, x2)).round().astype(int)
    return picture[len(picture) - 1 - row, column] / 255


def lines(ax):
    """The boundaries' corners."""
    found = [
        path.vertices
        for c in ax.collections
        if hasattr(c, "levels") and not c.filled
        for path in c.get_paths()
    ]
    return np.concatenate(found) if found else np.empty((0, 2))


@pytest.mark.parametrize("model", [SIGMOID, SOFTMAX], ids=["sigmoid", "softmax"])
def test_the_boundary_lies_where_both_classes_are_equal(model):
    corners = lines(plot_decision_map(model, X, Y, ax=Figure().subplots()))
    np.testing.assert_allclose(corners[:, 0], 1, atol=1e-5)
    assert np.ptp(corners[:, 1]) == pytest.approx(10, abs=1e-5)  # 8, and an eighth on each side


@pytest.mark.parametrize("model", [SIGMOID, SOFTMAX], ids=["sigmoid", "softmax"])
def test_colors_tell_the_class_and_how_sure_it_is(model):
    """At x1 = 1 + ln(p / (1 - p)) the probability of class 1 is p, and at 1 - that of class 0."""
    ax = plot_decision_map(model, X, Y, ax=Figure(figsize=(6, 5)).subplots())
    picture = rgb(ax)
    for p, strength in zip([0.55, 0.7, 0.8, 0.95], STRENGTHS, strict=False):
        for direction, color in ((-1, CLASS_COLORS[0]), (1, CLASS_COLORS[1])):
            x1 = 1 + direction * np.log(p / (1 - p))
            expected = 1 + strength * (np.array(to_rgb(color)) - 1)
            np.testing.assert_allclose(color_at(ax, picture, x1, 0.5), expected, atol=0.01)
    strongest = 1 + STRENGTHS[-1] * (np.array(to_rgb(CLASS_COLORS[0])) - 1)
    np.testing.assert_allclose(color_at(ax, picture, -4.5, 0.5), strongest, atol=0.01)  # 1 - p = 0.996


def test_three_classes_have_a_field_each():
    # The largest of x1, -x1 and x2: three sectors that meet in the middle.
    model = model_of([[9, -9, 0], [0, 0, 9]], [0, 0, 0])
    ax = plot_decision_map(model, X, [0, 1, 2, 0], ax=Figure().subplots())
    picture = rgb(ax)
    for place, color in zip([(3, 0), (-3, 0), (0.5, 3)], CLASS_COLORS, strict=False):
        expected = 1 + STRENGTHS[-1] * (np.array(to_rgb(color)) - 1)
        np.testing.assert_allclose(color_at(ax, picture, *place), expected, atol=0.01)


def test_boundaries_of_very_sure_networks_are_smooth():
    """Where p jumps from 0 to 1 between two places, a line through p would be a staircase."""
    model = model_of([[60], [-60]], [0], "sigmoid")  # sure of itself from a tenth off the diagonal
    corners = lines(plot_decision_map(model, X, Y, ax=Figure().subplots()))
    assert np.abs(corners[:, 0] - corners[:, 1]).max() < 0.01  # places are 0.05 apart


def test_a_network_of_one_mind_has_no_boundary():
    ax = plot_decision_map(model_of([[0], [0]], [3], "sigmoid"), X, Y, ax=Figure().subplots())
    assert len(lines(ax)) == 0
    rgb(ax)


def test_points_have_the_color_and_marker_of_their_class():
    ax = plot_decision_map(SIGMOID, X, Y, class_names=["left", "right"], ax=Figure().subplots())
    points = [c for c in ax.collections if len(c.get_offsets()) == 2 and not hasattr(c, "levels")]
    for number, drawn in enumerate(points):
        np.testing.assert_array_equal(drawn.get_offsets(), X[number == Y])
        np.testing.assert_allclose(drawn.get_facecolor()[0, :3], to_rgb(CLASS_COLORS[number]))
    assert len(points) == 2
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["left", "right"]


def test_classes_without_points_are_named_too():
    ax = plot_decision_map(SIGMOID, X, [0, 0, 0, 0], ax=Figure().subplots())
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["class 0", "class 1"]


def test_the_words_around_it():
    ax = plot_decision_map(SIGMOID, X, Y, ax=Figure().subplots())
    assert (ax.get_title(), ax.get_xlabel(), ax.get_ylabel()) == ("Decision map", "Feature 1", "Feature 2")


@pytest.mark.parametrize(("stretch", "equal"), [(1, True), (2, True), (100, False)])
def test_features_of_one_kind_have_one_scale(stretch, equal):
    ax = plot_decision_map(SIGMOID, X * [1, stretch], Y, ax=Figure().subplots())
    assert (ax.get_aspect() == 1.0) is equal


def test_as_many_markers_as_colors_and_all_differ():
    assert len(MARKERS) == len(set(MARKERS)) == len(CLASS_COLORS) == len(set(CLASS_COLORS))


def test_colors_can_be_told_apart_by_the_color_blind():
    """Simulated for those without red or green cones, as by Viénot, Brettel and Mollon (1999)."""
    to_lms = np.array(
        [[17.8824, 43.5161, 4.11935], [3.45565, 27.1554, 3.86714], [0.0299566, 0.184309, 1.46709]]
    )
    red_blind = np.array([[0, 2.02344, -2.52581], [0, 1, 0], [0, 0, 1]])
    green_blind = np.array([[1, 0, 0], [0.494207, 0, 1.24827], [0, 0, 1]])
    colors = np.array([to_rgb(c) for c in CLASS_COLORS]) ** 2.2
    for blindness in red_blind, green_blind:
        seen = np.clip(colors @ (np.linalg.inv(to_lms) @ blindness @ to_lms).T, 0, 1) ** (1 / 2.2)
        for a, b in combinations(seen, 2):
            assert np.linalg.norm(a - b) > 0.1
    assert contrast(to_rgb(CLASS_COLORS[0]), to_rgb(CLASS_COLORS[1])) > 1.3  # the usual two, in grey print
    assert all(0 < relative_luminance(to_rgb(c)) < 1 for c in CLASS_COLORS)


def test_seven_classes_are_drawn_and_eight_refused():
    x, y = toy.blobs(centers=7)
    rgb(plot_decision_map(model_of(np.ones((2, 7)), np.arange(7)), x, y, ax=Figure().subplots()))
    with pytest.raises(ValueError, match=r"colours for 7 classes\. The model has 8 outputs"):
        plot_decision_map(model_of(np.ones((2, 8)), np.arange(8)), x, y)


@pytest.mark.parametrize(
    ("y", "options", "message"),
    [
        ([0, 1, 2, 0], {}, r"class numbers from 0 to 1, as the model has 2 classes\. Received: 2"),
        (Y, {"class_names": ["a", "b", "c"]}, r"Expected 2 class names, one a class\. Received: 3"),
        (Y, {"resolution": 0}, "`resolution`"),
    ],
)
def test_bad_input_is_refused_and_opens_no_figure(y, options, message):
    with pytest.raises(ValueError, match=message):
        plot_decision_map(SIGMOID, X, y, **options)


@pytest.mark.parametrize("shape", [(), (2, 2)])
def test_outputs_that_are_no_rows_are_refused(shape):
    class Other:
        def predict(self, x, verbose):
            return np.full((len(x), *shape), 0.5)

    with pytest.raises(ValueError, match=r"outputs of shape \(batch, classes\)\. Received: \(\d+,"):
        plot_decision_map(Other(), X, Y)
    with pytest.raises(TypeError, match=r"Expected a model, which has predict\(\)\. Received: int"):
        plot_decision_map(3, X, Y)


def test_the_model_is_left_as_it_was():
    weights = SIGMOID.get_weights()
    plot_decision_map(SIGMOID, X, Y, ax=Figure().subplots())
    for before, after in zip(weights, SIGMOID.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)

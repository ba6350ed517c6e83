from itertools import pairwise

import matplotlib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from numpy_ann.plots import plot_confusion_matrix
from numpy_ann.plots.colors import contrast
from tests.support import FEW

COUNTS = np.array([[972, 0, 8], [3, 1120, 12], [14, 20, 998]])

matrices = st.integers(1, 8).flatmap(lambda n: hnp.arrays(np.int64, (n, n), elements=st.integers(0, 5000)))


def draw(cm, **kwargs):
    return plot_confusion_matrix(cm, ax=Figure(figsize=(8, 8)).subplots(), **kwargs)


def numbers(ax):
    """The texts in the cells, as a matrix."""
    classes = len(ax.images[0].get_array())
    cells = {tuple(reversed(text.get_position())): text.get_text() for text in ax.texts}
    return [[cells[row, column] for column in range(classes)] for row in range(classes)]


def test_rows_are_true_and_columns_predicted():
    ax = draw(COUNTS)
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_title()) == ("Predicted", "True", "Confusion matrix")
    assert numbers(ax) == [["972", "0", "8"], ["3", "1120", "12"], ["14", "20", "998"]]
    np.testing.assert_array_equal(ax.images[0].get_array(), COUNTS)
    assert ax.images[0].get_cmap().name == "Blues"
    assert ax.images[0].get_clim() == (0, 1120)
    assert ax.yaxis_inverted()  # the first true class is at the top


def test_classes_are_numbered_or_named():
    ax = draw(COUNTS)
    for axis in (ax.xaxis, ax.yaxis):
        assert list(axis.get_ticklocs()) == [0, 1, 2]
        assert [label.get_text() for label in axis.get_ticklabels()] == ["0", "1", "2"]
    for names in (["cat", "dog", "emu"], np.array(["cat", "dog", "emu"])):
        ax = draw(COUNTS, class_names=names)
        assert [label.get_text() for label in ax.get_xticklabels()] == ["cat", "dog", "emu"]
        assert [label.get_text() for label in ax.get_yticklabels()] == ["cat", "dog", "emu"]


@FEW
@given(matrices)
def test_every_count_is_written_in_its_cell(cm):
    assert numbers(draw(cm)) == [[str(count) for count in row] for row in cm.tolist()]


@pytest.mark.parametrize(
    ("normalize", "expected", "title"),
    [
        # Worked by hand on [[3, 1], [0, 4]]: rows sum to 4 and 4, columns to 3 and 5, all to 8.
        ("true", [["0.75", "0.25"], ["0.00", "1.00"]], "shares of each true class"),
        ("pred", [["1.00", "0.20"], ["0.00", "0.80"]], "shares of each predicted class"),
        ("all", [["0.38", "0.12"], ["0.00", "0.50"]], "shares of all samples"),
    ],
)
def test_shares_have_two_decimals(normalize, expected, title):
    ax = draw([[3, 1], [0, 4]], normalize=normalize)
    assert numbers(ax) == expected
    assert ax.get_title().endswith(title)


def test_a_matrix_of_shares_has_two_decimals():
    assert numbers(draw(np.eye(2))) == [["1.00", "0.00"], ["0.00", "1.00"]]


def test_a_class_without_samples_has_shares_of_0():
    assert numbers(draw([[0, 0], [1, 1]], normalize="true")) == [["0.00", "0.00"], ["0.50", "0.50"]]
    assert numbers(draw([[0, 0], [0, 0]], normalize="all")) == [["0.00", "0.00"], ["0.00", "0.00"]]


@pytest.mark.filterwarnings("ignore:A single label was found")  # scikit-learn, of a 1 x 1 matrix
@FEW
@given(matrices, st.sampled_from(["true", "pred", "all"]))
def test_shares_are_those_of_scikit_learn(cm, normalize):
    from sklearn.metrics import confusion_matrix

    cm = cm + np.eye(len(cm), dtype=int)  # scikit-learn wants one sample or more of each label
    true, predicted = np.indices(cm.shape).reshape(2, -1)
    expected = confusion_matrix(
        true, predicted, labels=range(len(cm)), sample_weight=cm.ravel(), normalize=normalize
    )
    np.testing.assert_allclose(draw(cm, normalize=normalize).images[0].get_array(), expected, rtol=1e-12)


@pytest.mark.parametrize("cmap", ["Blues", "Greys", "viridis", "magma", "coolwarm", "hsv", "YlOrRd_r"])
def test_numbers_can_be_read_on_every_cell(cmap):
    ax = draw(np.arange(64).reshape(8, 8), cmap=cmap)
    colors = ax.images[0].to_rgba(ax.images[0].get_array())
    for text in ax.texts:
        column, row = text.get_position()
        cell, opacity = colors[row, column, :3], text.get_alpha()
        ink = opacity * np.array(to_rgb(text.get_color())) + (1 - opacity) * cell
        assert contrast(ink, cell) >= 4.5


def test_on_blues_dark_cells_have_white_numbers_and_zeros_are_faint():
    ax = draw([[900, 0], [3, 800]])
    color = {text.get_text(): to_rgb(text.get_color()) for text in ax.texts}
    assert color == {"900": (1, 1, 1), "0": (0, 0, 0), "3": (0, 0, 0), "800": (1, 1, 1)}
    assert {text.get_text() for text in ax.texts if text.get_alpha() < 1} == {"0"}


@pytest.mark.parametrize(("classes", "largest"), [(1, 5), (2, 10), (10, 1135), (20, 400)])
def test_numbers_fit_into_their_cells(classes, largest, pyplot):
    ax = plot_confusion_matrix(np.full((classes, classes), largest))
    ax.figure.draw_without_rendering()
    cell = ax.get_window_extent().width / classes
    widest = max((text.get_window_extent() for text in ax.texts[:3]), key=lambda box: box.width)
    assert widest.width < cell
    assert widest.height < cell
    assert ax.texts[0].get_fontsize() >= 4.5
    assert len(ax.texts) == classes**2


def test_a_hundred_classes_still_have_numbers_of_a_readable_size(pyplot):
    ax = plot_confusion_matrix(np.full((100, 100), 100))  # not drawn, for that takes seconds
    assert len(ax.texts) == 10_000
    assert ax.texts[0].get_fontsize() >= 4.5


def test_large_counts_fit_too(pyplot):
    ax = plot_confusion_matrix(np.full((10, 10), 1_234_567))
    ax.figure.draw_without_rendering()
    assert ax.texts[0].get_window_extent().width < ax.get_window_extent().width / 10
    assert ax.texts[0].get_fontsize() >= 4.5


def test_very_many_classes_get_a_color_bar_and_every_so_many_names(pyplot):
    ax = plot_confusion_matrix(np.eye(150, dtype=int))
    assert len(ax.texts) == 0
    (bar,) = ax.child_axes
    assert bar.get_ylim() == (0, 1)
    ax.figure.draw_without_rendering()
    labels = ax.get_yticklabels()
    boxes = [label.get_window_extent() for label in labels]
    assert all(upper.y0 > lower.y1 for upper, lower in pairwise(boxes))
    assert [label.get_text() for label in labels] == [str(int(tick)) for tick in ax.get_yticks()]


def test_long_names_are_slanted_and_short_ones_are_not():
    assert {label.get_rotation() for label in draw(COUNTS).get_xticklabels()} == {0}
    names = [f"{name} with a rather long name indeed" for name in "abc"]
    ax = draw(COUNTS, class_names=names)
    assert {label.get_rotation() for label in ax.get_xticklabels()} == {45}
    assert {label.get_rotation() for label in ax.get_yticklabels()} == {0}


def test_a_matrix_of_zeros_is_drawn_pale():
    ax = draw(np.zeros((2, 2), int))
    assert ax.images[0].get_clim() == (0, 1)
    assert numbers(ax) == [["0", "0"], ["0", "0"]]


def test_arguments_are_left_as_they_were():
    cm = COUNTS.copy()
    draw(cm, normalize="true")
    np.testing.assert_array_equal(cm, COUNTS)


def test_color_maps_can_be_given_as_objects():
    assert draw(COUNTS, cmap=matplotlib.colormaps["Greens"]).images[0].get_cmap().name == "Greens"


@pytest.mark.parametrize(
    ("cm", "message"),
    [
        ([1, 2, 3], r"shape \(3,\). confusion_matrix\(y_true, y_pred\) makes one"),
        ([[1, 2, 3], [4, 5, 6]], r"shape \(classes, classes\). Received: shape \(2, 3\)"),
        (np.zeros((0, 0)), r"Received: shape \(0, 0\)"),
        ([[1, -1], [0, 1]], "finite and at least 0"),
        ([[1.0, np.nan], [0, 1]], "finite and at least 0"),
        ([[1.0, np.inf], [0, 1]], "finite and at least 0"),
    ],
)
def test_what_is_no_confusion_matrix_is_refused(cm, message):
    with pytest.raises(ValueError, match=message):
        plot_confusion_matrix(cm)


@pytest.mark.parametrize("cm", [[["a", "b"], ["c", "d"]], np.eye(2, dtype=object), np.eye(2, dtype=bool)])
def test_what_are_no_numbers_are_refused(cm):
    with pytest.raises(TypeError, match="a confusion matrix of numbers"):
        plot_confusion_matrix(cm)


def test_an_unknown_color_map_is_refused_before_a_figure_is_opened():
    with pytest.raises(ValueError, match="'Bluess' is not a "):
        plot_confusion_matrix(COUNTS, cmap="Bluess")


def test_a_wrong_number_of_names_is_refused():
    with pytest.raises(ValueError, match=r"Expected 3 class names, one a class\. Received: 2\."):
        plot_confusion_matrix(COUNTS, class_names=["cat", "dog"])


@pytest.mark.parametrize("normalize", ["rows", True, 1])
def test_an_unknown_normalization_is_refused(normalize):
    with pytest.raises(ValueError, match=f"'true', 'pred', 'all' or None. Received: {normalize!r}"):
        plot_confusion_matrix(COUNTS, normalize=normalize)

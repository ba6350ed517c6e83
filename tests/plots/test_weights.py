import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from numpy_ann.plots import plot_weights
from numpy_ann.plots.weights import GAP
from tests.support import FEW

WEIGHTS = np.random.default_rng(0).normal(size=(6, 4, 5))


@FEW
@given(st.integers(1, 40), st.integers(1, 6), st.integers(1, 6))
def test_every_unit_stands_where_the_numbers_say(units, height, width):
    weights = np.random.default_rng(units).normal(size=(units, height, width))
    ax = plot_weights(weights, ax=Figure().subplots())
    mosaic = np.ma.filled(ax.images[0].get_array(), np.nan)
    across = {
        int(label.get_text()): at for at, label in zip(ax.get_xticks(), ax.get_xticklabels(), strict=True)
    }
    down = {
        int(label.get_text()): at for at, label in zip(ax.get_yticks(), ax.get_yticklabels(), strict=True)
    }
    found = {}
    for first, y in down.items():
        for further, x in across.items():
            top, left = round(y - (height - 1) / 2), round(x - (width - 1) / 2)
            found[first + further] = mosaic[top : top + height, left : left + width]
    assert sorted(found) == list(range(len(found)))
    for unit, tile in found.items():
        if unit < units:
            np.testing.assert_array_equal(tile, weights[unit])
        else:
            assert np.isnan(tile).all()
    assert np.isfinite(mosaic).sum() == weights.size


def test_zero_is_white_and_the_limits_are_symmetric(pyplot):
    weights = np.array([[[0.0, 1.0], [-3.0, 0.5]]])
    image = plot_weights(weights).images[0]
    low, high = image.get_clim()
    assert low == -high
    assert 2.9 < high <= 3
    np.testing.assert_array_equal(image.to_rgba(weights[0])[0, 0], [1, 1, 1, 1])


def test_a_few_outliers_do_not_pale_the_rest(pyplot):
    weights = np.random.default_rng(0).uniform(-1, 1, (10, 28, 28))
    weights[3, 4, 5] = 100
    assert plot_weights(weights).images[0].get_clim()[1] < 1.01


def test_weights_that_are_all_zero(pyplot):
    ax = plot_weights(np.zeros((2, 3, 3)))
    ax.figure.draw_without_rendering()
    assert ax.images[0].get_clim() == (-1, 1)


@pytest.mark.parametrize(("units", "dots"), [(1, 6), (10, 6), (128, 2)])
def test_a_weight_is_a_whole_number_of_dots(units, dots, pyplot):
    ax = plot_weights(np.ones((units, 28, 28)))
    ax.figure.set_dpi(100)
    ax.figure.draw_without_rendering()
    height, width = ax.images[0].get_array().shape
    np.testing.assert_allclose(ax.get_window_extent().size, [dots * width, dots * height], atol=1e-6)
    assert height == (28 + GAP) * (round((height + GAP) / (28 + GAP))) - GAP


def test_flat_weights_of_square_pictures():
    flat = plot_weights(np.arange(8.0).reshape(2, 4), ax=Figure().subplots())
    square = plot_weights(np.arange(8.0).reshape(2, 2, 2), ax=Figure().subplots())
    np.testing.assert_array_equal(flat.images[0].get_array(), square.images[0].get_array())


@pytest.mark.parametrize(
    ("weights", "error", "message"),
    [
        (np.zeros((0, 28, 28)), ValueError, "no image to draw"),
        (np.zeros(784), ValueError, r"shape \(784,\)"),
        (np.full((1, 2, 2), np.inf), ValueError, "finite numbers"),
        (np.array([[["a"]]]), TypeError, "of numbers"),
    ],
)
def test_what_cannot_be_drawn_opens_no_figure(weights, error, message):
    with pytest.raises(error, match=message):
        plot_weights(weights)


def test_axes_that_are_none():
    with pytest.raises(TypeError, match="a matplotlib Axes"):
        plot_weights(WEIGHTS, ax=Figure())


def test_a_frame_goes_around_each_tile(pyplot):
    ax = plot_weights(np.zeros((3, 2, 4)))
    image, boxes = ax.images[0].get_array(), [p.get_extents().extents for p in ax.collections[0].get_paths()]
    assert len(boxes) == 3
    for left, top, right, bottom in boxes:
        assert (right - left, bottom - top) == (4, 2)
        inside = image[int(top + 0.5) : int(bottom + 0.5), int(left + 0.5) : int(right + 0.5)]
        assert (inside.shape, np.ma.count(inside)) == ((2, 4), 8)

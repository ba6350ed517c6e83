import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann.plots.panels import columns_for, new_grid


@pytest.mark.parametrize(
    ("count", "shape"),
    [
        (1, (1, 1)),
        (2, (1, 2)),
        (3, (1, 3)),
        (5, (1, 5)),
        (7, (2, 4)),
        (9, (3, 3)),
        (10, (2, 5)),
        (16, (4, 4)),
    ],
)
def test_grids(count, shape, pyplot):
    assert new_grid(count).shape == shape


@given(st.integers(1, 2000))
def test_less_than_a_row_is_empty_and_no_grid_is_a_ribbon(count):
    columns = columns_for(count)
    rows = -(-count // columns)
    assert rows * columns - count < columns
    assert rows <= columns
    assert columns <= 2 * np.ceil(np.sqrt(count))


@pytest.mark.parametrize(("count", "dots"), [(1, 6), (7, 6), (9, 6), (40, 4)])
def test_a_pixel_of_28_is_a_whole_number_of_dots(count, dots, pyplot):
    axes = new_grid(count)
    axes[0, 0].figure.set_dpi(100)
    for ax in axes.flat:
        np.testing.assert_allclose(ax.get_window_extent().size, 28 * dots, atol=1e-6)


@pytest.mark.parametrize(
    ("aspect", "width", "height"), [(0.5, 168, 84), (2, 84, 168), (0.01, 168, 56), (100, 56, 168)]
)
@pytest.mark.parametrize("bar", [False, True])
def test_panels_have_the_images_shape_but_stay_wide_and_high_enough(aspect, width, height, bar, pyplot):
    axes = new_grid(5, aspect, bar=bar)
    axes[0, 0].figure.set_dpi(100)
    for ax in axes.flat:
        np.testing.assert_allclose(ax.get_window_extent().size, [width, height], atol=1e-6)


def test_a_bar_has_room_at_the_right(pyplot):
    plain, barred = new_grid(5), new_grid(5, bar=True)
    right = [max(ax.get_tightbbox().x1 for ax in axes.flat) / 100 for axes in (plain, barred)]
    widths = [axes[0, 0].figure.get_figwidth() for axes in (plain, barred)]
    assert right[0] == pytest.approx(right[1])
    assert widths[1] - widths[0] == pytest.approx(0.9)

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann.plots.grid import columns_for, new_grid


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

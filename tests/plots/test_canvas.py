import numpy as np
import pytest
from matplotlib.figure import Figure

from numpy_ann.plots.canvas import axes_or_new, check_axes, side_in_points


def test_new_axes_have_the_size_asked_for_and_a_layout_that_cuts_nothing_off(pyplot):
    ax = axes_or_new(None, figsize=(5, 3))
    assert tuple(ax.figure.get_size_inches()) == (5, 3)
    assert ax.figure.get_layout_engine().__class__.__name__ == "ConstrainedLayoutEngine"
    assert pyplot.gca() is ax


def test_several_axes_are_refused_with_the_cure():
    with pytest.raises(TypeError, match=r"Received: ndarray\. Of several axes.*pass one: axes\[0\]"):
        check_axes(Figure().subplots(1, 2))


def test_a_figure_is_refused_with_the_cure():
    with pytest.raises(TypeError, match=r"Received: Figure\. Of a figure, pass figure\.gca\(\)"):
        check_axes(Figure())


@pytest.mark.parametrize("wrong", [None, 3, object()])
def test_anything_else_is_refused(wrong):
    with pytest.raises(TypeError, match=f"Expected a matplotlib Axes. Received: {type(wrong).__name__}.$"):
        check_axes(wrong)


@pytest.mark.parametrize("dpi", [72, 100, 200])
def test_the_shorter_side_is_measured_in_points_whatever_the_resolution(dpi):
    # Half of 4 inches wide and a quarter of 4 inches high: the height, 1 inch = 72 points, is the shorter.
    ax = Figure(figsize=(4, 4), dpi=dpi).add_axes((0, 0, 0.5, 0.25))
    np.testing.assert_allclose(side_in_points(ax), 72)

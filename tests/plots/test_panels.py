import numpy as np
import pytest
from matplotlib.figure import Figure

from numpy_ann.plots.panels import Title, draw_panels

IMAGES = np.random.default_rng(0).uniform(size=(3, 4, 4))
TITLES = [Title("a", "one"), Title("b", "two"), Title("c", "three")]


def test_each_image_with_its_title():
    axes = draw_panels(IMAGES, TITLES, Figure().subplots(2, 2))
    for ax, image, title in zip(axes.flat, IMAGES, TITLES, strict=False):
        np.testing.assert_array_equal(ax.images[0].get_array(), image)
        assert (ax.get_title(loc="left"), ax.get_title(loc="right")) == title
    assert [ax.axison for ax in axes.flat] == [True, True, True, False]


def test_a_figure_of_the_images_shape(pyplot):
    axes = draw_panels(IMAGES[:, :2], TITLES, None, bar=True)
    box = axes[0, 0].get_window_extent()
    assert box.width / box.height == pytest.approx(2)
    assert axes.shape == (1, 3)


def test_axes_as_they_come():
    ax, other = Figure().subplots(1, 2)
    assert draw_panels(IMAGES[:1], TITLES[:1], ax).tolist() == [ax]
    assert draw_panels(IMAGES[:2], TITLES[:2], [ax, other]).tolist() == [ax, other]
    with pytest.raises(ValueError, match=r"axes for 3 images. Received: 2"):
        draw_panels(IMAGES, TITLES, [ax, other])
    with pytest.raises(TypeError, match="a matplotlib Axes"):
        draw_panels(IMAGES, TITLES, [ax, other, None])

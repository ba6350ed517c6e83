import numpy as np
import pytest
from matplotlib.figure import Figure

from numpy_ann.plots import plot_occlusion, plot_saliency
from numpy_ann.plots.colors import BLUE, ORANGE

rng = np.random.default_rng(0)
IMAGES = rng.uniform(size=(12, 8, 8))
MAPS = rng.normal(size=(12, 8, 8))
BOTH = pytest.mark.parametrize("draw", [plot_saliency, plot_occlusion])


def panels(axes):
    return [ax for ax in np.ravel(axes) if ax.images]


def key_of(axes):
    """The axes of the colour bar: beside the last panel drawn in, or in the figure."""
    figure = np.ravel(axes)[0].figure
    found = [ax for ax in figure.axes if ax not in np.ravel(axes)]
    found += [child for ax in np.ravel(axes) for child in ax.child_axes]
    assert len(found) == 1
    return found[0]


def rgb(color):
    return [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]


@BOTH
def test_each_image_has_its_panel_and_all_have_one_key(draw, pyplot):
    axes = draw(IMAGES, MAPS, np.arange(12) * 10)
    assert axes.shape == (3, 3)
    assert [(ax.get_title(loc="left"), ax.get_title(loc="right")) for ax in panels(axes)] == [
        (str(10 * i), f"index {i}") for i in range(9)
    ]
    low, high = key_of(axes).get_ylim()
    assert low == -high


@BOTH
def test_colours_are_the_keys_where_there_is_no_ink_and_darker_where_there_is(draw):
    image, values = np.array([[[0.0, 0.0, 0.0, 1.0]]]), np.array([[[2.0, -2.0, 0.0, 2.0]]])
    (ax,) = draw(image, values, axes=Figure().subplots())
    positive, negative, zero, inked = np.asarray(ax.images[0].get_array())[0]
    np.testing.assert_allclose(positive, rgb(ORANGE))
    np.testing.assert_allclose(negative, rgb(BLUE))
    np.testing.assert_allclose(zero, [1, 1, 1])
    np.testing.assert_allclose(inked, 0.65 * positive)


@BOTH
def test_given_axes_hold_the_key_too(draw, pyplot):
    grid = Figure().subplots(2, 2)
    assert draw(IMAGES, MAPS, indices=[3, 1, 0], axes=grid) is grid
    assert len(panels(grid)) == 3
    assert not grid[1, 1].axison
    assert key_of(grid) in grid[1, 0].child_axes
    assert pyplot.get_fignums() == []


@BOTH
@pytest.mark.parametrize("shape", [(12, 64), (12, 8, 8, 1)])
def test_flat_images_and_those_with_a_channel(draw, shape):
    expected = panels(draw(IMAGES, MAPS, axes=Figure().subplots(2, 2)))
    found = panels(draw(IMAGES.reshape(shape), MAPS.reshape(shape), axes=Figure().subplots(2, 2)))
    for one, other in zip(expected, found, strict=True):
        np.testing.assert_array_equal(one.images[0].get_array(), other.images[0].get_array())


@BOTH
def test_nothing_to_see_is_white(draw):
    (ax,) = draw(np.zeros((1, 4, 4)), np.zeros((1, 4, 4)), axes=Figure().subplots())
    np.testing.assert_array_equal(ax.images[0].get_array(), np.ones((4, 4, 3)))


@pytest.mark.parametrize(("draw", "named"), [(plot_saliency, "saliency"), (plot_occlusion, "drops")])
def test_what_does_not_fit_is_refused_before_a_figure_is_opened(draw, named):
    with pytest.raises(ValueError, match=rf"Expected {named} for each pixel.*\(12, 8, 8\).*\(9, 8, 8\)"):
        draw(IMAGES, MAPS[:9])
    spoilt = MAPS.copy()
    spoilt[1, 2, 3] = np.nan
    with pytest.raises(ValueError, match=r"finite numbers\. Received: NaN"):
        draw(IMAGES, spoilt)
    with pytest.raises(ValueError, match="indices from 0 to 11"):
        draw(IMAGES, MAPS, indices=[12])
    with pytest.raises(ValueError, match="labels of shape"):
        draw(IMAGES, MAPS, [1, 2])
    with pytest.raises(TypeError, match="of numbers"):
        draw(IMAGES, MAPS.astype(str))
    with pytest.raises(ValueError, match=r"axes for 2 images\. Received: 1"):
        draw(IMAGES, MAPS, indices=[0, 1], axes=Figure().subplots())

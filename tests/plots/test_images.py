import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from numpy_ann.plots import plot_images
from tests.support import FEW

rng = np.random.default_rng(0)
PIXELS = rng.integers(0, 256, (20, 28, 28), dtype=np.uint8)
DIGITS = rng.integers(0, 10, 20)


def titles(axes):
    return [(ax.get_title(loc="left"), ax.get_title(loc="right")) for ax in np.ravel(axes) if ax.images]


def pixels(axes):
    return [ax.images[0].get_array() for ax in np.ravel(axes) if ax.images]


def draw(*args, rows=3, columns=3, **kwargs):
    return plot_images(*args, axes=Figure().subplots(rows, columns, squeeze=False), **kwargs)


def test_the_tutorials_call(pyplot):
    indices = [3, 19, 0, 7, 7, 1, 2, 4, 5]
    axes = plot_images(PIXELS / 255.0, DIGITS, indices)
    assert axes.shape == (3, 3)
    assert titles(axes) == [(str(DIGITS[i]), f"index {i}") for i in indices]
    np.testing.assert_array_equal(pixels(axes), PIXELS[indices] / 255.0)


def test_the_first_nine_are_the_default(pyplot):
    assert titles(plot_images(PIXELS)) == [("", f"index {i}") for i in range(9)]


def test_fewer_images_than_nine_are_all_shown(pyplot):
    axes = plot_images(PIXELS[:4])
    assert axes.shape == (2, 2)
    assert len(titles(axes)) == 4


def test_given_axes_say_how_many():
    assert len(titles(draw(PIXELS, rows=2, columns=5))) == 10


def test_pixels_stay_sharp(pyplot):
    # Of a chessboard, drawn at 6 x 6 dots a pixel, only black and white remain, in equal parts.
    axes = plot_images(np.indices((28, 28)).sum(axis=0)[np.newaxis] % 2)
    figure = axes[0, 0].figure
    figure.set_dpi(100)
    figure.canvas.draw()
    box = axes[0, 0].get_window_extent()
    x, y = round(box.x0), round(figure.bbox.height - box.y1)
    dots = np.asarray(figure.canvas.buffer_rgba())[y + 6 : y + 162, x + 6 : x + 162, 0]  # without the frame
    np.testing.assert_array_equal(np.unique(dots, return_counts=True), [[0, 255], [dots.size / 2] * 2])


@pytest.mark.parametrize("shape", [(20, 784), (20, 28, 28, 1)])
def test_flat_images_and_images_with_a_channel_are_the_same_images(shape):
    np.testing.assert_array_equal(pixels(draw(PIXELS.reshape(shape))), PIXELS[:9])


def test_images_need_not_be_square():
    assert pixels(draw(PIXELS[:, :14]))[0].shape == (14, 28)


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ([0, 255], (0, 255)),
        ([0, 17], (0, 255)),
        ([0.0, 0.4], (0, 1)),
        ([0.0, 0.0], (0, 1)),
        ([0, 1], (0, 1)),
        ([False, True], (0, 1)),
        ([0.0, 254.5], (0, 255)),
        ([-1.5, 2.5], (-1.5, 2.5)),
        ([0, 1000], (0, 1000)),
    ],
)
def test_brightness_has_one_scale_for_all(values, scale):
    images = np.tile(np.array(values), (3, 2, 1))
    images[0] = values[0]
    assert [ax.images[0].get_clim() for ax in draw(images, columns=1).flat] == [scale] * 3


@FEW
@given(st.integers(1, 40), st.data())
def test_any_indices_in_any_order(count, data):
    images = np.arange(count * 4, dtype=float).reshape(count, 2, 2)
    indices = data.draw(st.lists(st.integers(-count, count - 1), min_size=1, max_size=4))
    axes = draw(images, np.arange(count) * 10, np.array(indices), rows=2, columns=2)
    assert titles(axes) == [(str(i % count * 10), f"index {i % count}") for i in indices]
    np.testing.assert_array_equal(pixels(axes), images[indices])


def test_indices_of_a_small_type_reach_all_images():
    images = np.zeros((60_000, 1, 1))
    assert titles(draw(images, indices=np.array([255, 0], dtype=np.uint8))) == [
        ("", "index 255"),
        ("", "index 0"),
    ]
    assert titles(draw(images, indices=np.array([-1], dtype=np.int8))) == [("", "index 59999")]


def test_labels_can_be_names():
    assert titles(draw(PIXELS, np.array(["cat", "dog"] * 10), [1, 2])) == [
        ("dog", "index 1"),
        ("cat", "index 2"),
    ]


def test_long_names_do_not_run_into_the_index(pyplot):
    axes = plot_images(PIXELS, np.array(["T-shirt/top"] * 20), [19])
    ax = axes[0, 0]
    ax.figure.canvas.draw()
    label, index = (text.get_window_extent() for text in (ax._left_title, ax._right_title))
    assert label.x1 + 3 < index.x0


def test_axes_in_a_list_or_alone():
    axes = Figure().subplots(1, 2)
    assert plot_images(PIXELS, axes=list(axes)).tolist() == list(axes)
    ax = Figure().subplots()
    assert plot_images(PIXELS, indices=[4], axes=ax).tolist() == [ax]
    assert titles([ax]) == [("", "index 4")]


def test_the_grid_is_just_large_enough(pyplot):
    axes = plot_images(PIXELS, DIGITS, range(7))
    assert axes.shape == (2, 4)
    assert [ax.axison for ax in axes.flat] == [True] * 7 + [False]


def test_axes_left_over_are_switched_off():
    axes = draw(PIXELS, None, [0, 1, 2], rows=2, columns=2)
    assert [ax.axison for ax in axes.flat] == [True, True, True, False]


def test_arguments_are_left_as_they_were():
    images, indices = PIXELS.copy(), np.array([-1, 2])
    draw(images, DIGITS, indices)
    np.testing.assert_array_equal(images, PIXELS)
    np.testing.assert_array_equal(indices, [-1, 2])


def test_only_the_images_shown_are_read(tmp_path):
    np.save(tmp_path / "images.npy", PIXELS)
    mapped = np.load(tmp_path / "images.npy", mmap_mode="r")
    assert titles(draw(mapped, indices=[19])) == [("", "index 19")]
    images = PIXELS.astype(float)
    images[0, 0, 0] = np.nan  # not among those shown, so never looked at
    assert titles(draw(images, indices=[1])) == [("", "index 1")]


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (PIXELS[0].ravel(), r"shape \(784,\). For a single image, pass image\[np.newaxis\]"),
        (PIXELS[0], r"shape \(28, 28\). For a single image, pass image\[np.newaxis\]"),
        (PIXELS.reshape(20, 14, 28, 2), r"Expected images of shape .* Received: shape \(20, 14, 28, 2\)\."),
        (PIXELS[:0], r"no image to draw. Received: shape \(0, 28, 28\)"),
        (PIXELS[:0].reshape(0, 784), "no image to draw"),
        (PIXELS[:, :0], "no image to draw"),
        (np.zeros((3, 0)), "no image to draw"),
        (np.full((2, 4), np.nan), "finite pixels. Received: NaN or infinity"),
        (np.full((2, 4), -np.inf), "finite pixels"),
    ],
)
def test_images_of_other_shapes_are_refused(images, message):
    with pytest.raises(ValueError, match=message):
        plot_images(images)


@pytest.mark.parametrize("images", [[["a"] * 4], np.zeros((1, 4), dtype=object), np.zeros((1, 4), complex)])
def test_images_that_are_not_numbers_are_refused(images):
    with pytest.raises(TypeError, match="images of numbers"):
        plot_images(images)


def test_an_unknown_color_map_is_refused_before_a_figure_is_opened():
    with pytest.raises(ValueError, match="'grey scale' is not a "):
        plot_images(PIXELS, cmap="grey scale")


def test_labels_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"labels of shape \(20,\), one an image. Received: \(9,\)\.$"):
        plot_images(PIXELS, DIGITS[:9])
    with pytest.raises(ValueError, match=r"Of one-hot labels, pass np.argmax\(labels, axis=1\)"):
        plot_images(PIXELS, np.eye(10)[DIGITS])


@pytest.mark.parametrize(
    ("indices", "error", "message"),
    [
        ([0, 20], ValueError, "indices from 0 to 19. Received: 20."),
        ([-21], ValueError, "indices from 0 to 19. Received: -21."),
        ([], ValueError, r"list of indices, such as \[0, 1, 2\]. Received: shape \(0,\)"),
        (3, ValueError, r"list of indices, such as \[0, 1, 2\]. Received: shape \(\)"),
        ([0.0, 1.0], TypeError, "whole numbers. Received: dtype float64"),
        (DIGITS == 3, TypeError, r"Of a mask, pass np.flatnonzero\(mask\)\[:9\]"),
    ],
)
def test_indices_that_do_not_fit_are_refused(indices, error, message):
    with pytest.raises(error, match=message):
        plot_images(PIXELS, DIGITS, indices)


def test_axes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"axes for 3 images\. Received: 2\."):
        plot_images(PIXELS, None, [0, 1, 2], axes=Figure().subplots(1, 2))
    with pytest.raises(TypeError, match=r"a matplotlib Axes\. Received: Figure"):
        plot_images(PIXELS, axes=Figure())

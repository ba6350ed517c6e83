"""Pictures: pixels in and out, folders as classes."""

import sys

import numpy as np
import pytest

from numpy_ann.data.pictures import (
    array_to_img,
    from_directory,
    img_to_array,
    load_img,
    mnist_like,
    save_img,
)
from numpy_ann.errors import DataFormatError

GRADIENT = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "picture.png"
    save_img(path, GRADIENT, scale=False)
    return path


def test_a_picture_comes_back(picture):
    np.testing.assert_array_equal(img_to_array(load_img(picture)), GRADIENT.astype(np.float32))
    assert (img_to_array(load_img(picture)).dtype, img_to_array(GRADIENT, dtype="int8").dtype) == (
        np.float32,
        np.int8,
    )
    assert img_to_array(load_img(picture, "grayscale")).shape == (4, 6, 1)
    assert img_to_array(load_img(picture, "rgba")).shape == (4, 6, 4)


def test_scaled_and_cut(picture):
    assert img_to_array(load_img(picture, target_size=(2, 3))).shape == (2, 3, 3)
    middle = img_to_array(load_img(picture, target_size=(4, 4), keep_aspect_ratio=True))
    np.testing.assert_array_equal(middle, GRADIENT[:, 1:5])
    save_img(picture.with_name("tall.PNG"), GRADIENT.swapaxes(0, 1), scale=False)
    middle_of_tall = load_img(picture.with_name("tall.PNG"), target_size=(4, 4), keep_aspect_ratio=True)
    np.testing.assert_array_equal(img_to_array(middle_of_tall), middle.swapaxes(0, 1))
    picture.with_name("tall.PNG").unlink()
    folders = picture.parent.parent, [picture.parent.name], "rgb", (4, 4), "nearest"
    np.testing.assert_array_equal(from_directory(*folders, keep_aspect_ratio=True).x[0], GRADIENT[:, 1:5])
    squeezed = img_to_array(load_img(picture, target_size=(4, 4)))
    np.testing.assert_array_equal(from_directory(*folders).x[0], squeezed)
    assert from_directory(*folders[:2]).x.shape == (1, 256, 256, 3)
    assert not np.array_equal(squeezed, middle)


def test_numbers_are_scaled_to_pixels():
    pixels = np.asarray(array_to_img([[[-1.0], [0.0], [1.0]]]))
    assert pixels.tolist() == [[0, 127, 255]]
    with pytest.raises(ValueError, match="shape"):
        array_to_img(np.zeros((2, 2)))


def test_folders_are_classes(tmp_path):
    for name, value in ("cat", 10), ("dog", 20):
        for i in range(2):
            path = tmp_path / name / f"{i}.png"
            path.parent.mkdir(exist_ok=True)
            save_img(path, np.full((3, 3, 1), value + i), scale=False)
    (tmp_path / "cat" / "notes.txt").write_text("no picture")
    x, y, names, paths = from_directory(tmp_path, color_mode="grayscale", image_size=(3, 3))
    assert (names, y.tolist(), x[:, 0, 0, 0].tolist()) == (["cat", "dog"], [0, 0, 1, 1], [10, 11, 20, 21])
    assert paths[0].endswith("0.png")
    assert from_directory(tmp_path, ["dog"], "grayscale", (3, 3)).y.tolist() == [0, 0]
    with pytest.raises(FileNotFoundError, match="missing: cow"):
        from_directory(tmp_path, ["cow"])
    with pytest.raises(FileNotFoundError, match="It holds pictures itself: is it one class, of"):
        from_directory(tmp_path / "cat")


def test_a_folder_one_too_high_is_pointed_out(tmp_path):
    for part in ("test", "train"):
        for name in ("cat", "dog"):
            path = tmp_path / part / name / "0.png"
            path.parent.mkdir(parents=True)
            save_img(path, np.zeros((3, 3, 1)), scale=False)
    with pytest.warns(UserWarning, match="Is this one too high?.* Now the classes are test, train") as seen:
        assert from_directory(tmp_path, image_size=(3, 3)).class_names == ["test", "train"]
    assert repr(str(tmp_path / "test")) in str(seen[0].message)
    assert from_directory(tmp_path / "train", image_size=(3, 3)).class_names == ["cat", "dog"]
    save_img(tmp_path / "test" / "1.png", np.zeros((3, 3, 1)), scale=False)
    assert len(from_directory(tmp_path, image_size=(3, 3)).x) == 5  # a class may have folders inside, too


def test_what_isnt_a_picture(tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(b"no picture")
    why = "can't be read as a picture: it is damaged, or of no format that pillow knows$"
    with pytest.raises(DataFormatError, match=f"picture.png {why}"):
        load_img(path)
    with pytest.raises(DataFormatError, match=f"picture.png {why}"):
        from_directory(tmp_path.parent, [tmp_path.name])
    with pytest.raises(FileNotFoundError):
        load_img(tmp_path / "nothing.png")
    with pytest.raises(FileNotFoundError, match="no folder"):
        from_directory(tmp_path / "nothing")
    (tmp_path / "empty" / "class").mkdir(parents=True)
    (tmp_path / "empty" / "class" / "folder.png").mkdir()
    with pytest.raises(FileNotFoundError, match=r"No pictures \(\.bmp, .*, \.png\) in the folders of"):
        from_directory(tmp_path / "empty")


def test_without_pillow_it_is_said_how_to_get_it(picture, monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    for read in lambda: load_img(picture), lambda: array_to_img(GRADIENT):
        with pytest.raises(ImportError, match=r"isn't installed: python -m pip install pillow$"):
            read()


def seven(lighter=0, slope=0.0):
    """A seven of 80 x 40 in a photo of 120 x 100: two bars of ink on paper that grows darker downwards."""
    picture = np.full((120, 100), 220.0) - slope * np.arange(120)[:, np.newaxis]
    picture[20:28, 30:70] -= 150
    picture[20:100, 62:70] -= 150 - 150 * (np.arange(80)[:, np.newaxis] < 8)
    return 255 - picture if lighter else picture


def test_a_photo_takes_the_form_of_mnist(tmp_path):
    # 80 high, so 4 pixels are one; the stroke of 8 is 2 wide, the bar 10. The ink's middle: of 40 * 8 pixels
    # at x = 50, y = 24 and 8 * 72 at x = 66, y = 64: x = 60.3, y = 49.7. So the top is at 14 - 29.7 / 4 =
    # 6.6, and the bottom at 26.6; left and right at 14 - 30.3 / 4 = 6.4 and 16.4.
    digit = mnist_like(seven())
    assert (digit.shape, digit.dtype) == ((28, 28), np.uint8)
    rows, columns = np.flatnonzero(digit.any(axis=1)), np.flatnonzero(digit.any(axis=0))
    assert (rows[0], rows[-1], columns[0], columns[-1]) == (6, 26, 6, 16)
    weights = digit.astype(float)
    places = np.arange(28) + 0.5
    assert abs(weights.sum(axis=1) @ places / weights.sum() - 14) < 0.02
    assert abs(weights.sum(axis=0) @ places / weights.sum() - 14) < 0.02
    assert digit[15, 15] == 255
    # Light on dark is the same digit, colours and a file are, and a shade over the paper is taken off.
    np.testing.assert_array_equal(mnist_like(seven(lighter=1)), digit)
    np.testing.assert_array_equal(mnist_like(np.repeat(seven()[..., np.newaxis], 3, axis=2)), digit)
    np.testing.assert_array_equal(mnist_like(seven()[..., np.newaxis]), digit)
    # What is transparent is white: ink of any colour is read by its opacity.
    ink = np.where(seven() < 150, 255.0, 0.0)
    glass = np.stack([0 * ink, 0 * ink, 0 * ink, ink], axis=2)
    np.testing.assert_array_equal(mnist_like(glass), mnist_like(255 - ink))
    faint = np.stack([0 * ink, 0 * ink, 0 * ink, ink / 5], axis=2)
    np.testing.assert_array_equal(mnist_like(faint), mnist_like(255 - ink / 5))
    # Green counts most of the three colours, blue least.
    colours = [mnist_like(np.stack([255 - ink * (i == k) for i in range(3)], axis=2)) for k in (0, 1, 2)]
    assert [int(one[15, 15]) for one in colours] == [255, 255, 255]
    save_img(tmp_path / "seven.png", seven()[..., np.newaxis], scale=False)
    np.testing.assert_array_equal(mnist_like(tmp_path / "seven.png"), digit)
    np.testing.assert_array_equal(mnist_like(seven(slope=0.3)), digit)
    np.testing.assert_array_equal(mnist_like(seven() - 0.6 * np.arange(100)), digit)
    # Grain that reaches above the threshold here and there doesn't make the picture's edge the digit's.
    grainy = seven() + np.random.default_rng(0).normal(0, 16, (120, 100))
    rows = np.flatnonzero((mnist_like(grainy) > 127).any(axis=1))
    assert (rows[0], rows[-1]) == (7, 26)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (np.full((9, 9), 200), "stands out"),
        (np.pad(np.full((1, 1), 24.0), 4), "stands out"),
        (255 - np.pad(np.full((1, 1), 24.0), 4), "stands out"),
        (255 * np.pad(np.ones((1, 1, 4)), ((4, 4), (4, 4), (0, 0))), "stands out"),  # white on nothing
        (np.pad(np.full((1, 1, 1), 24.0), ((4, 4), (4, 4), (3, 0))), "stands out"),  # too faint
        (np.zeros((2, 9, 9, 3)), r"shape=\(2, 9, 9, 3\)"),
        (np.zeros((9, 9, 2)), r"shape=\(9, 9, 2\)"),
        (np.zeros((9, 2)), r"shape=\(9, 2\)"),
        (np.zeros(9), r"shape=\(9,\)"),
    ],
)
def test_what_has_no_form_of_mnist(wrong, says):
    with pytest.raises(ValueError, match=says):
        mnist_like(wrong)


def test_the_least_picture_of_a_digit_has_one_pixel_of_ink():
    least = np.pad(np.full((1, 1), 25.0), 1)
    assert mnist_like(least)[4:24, 4:24].min() == 255  # the box of 20 x 20, about the middle
    assert mnist_like(least).astype(int).sum() == 255 * 20 * 20


def test_three_quarters_of_the_darkest_is_as_dark_and_a_quarter_is_paper():
    square = np.full((40, 40), 200.0)
    square[:, 20:] = 150
    picture = np.pad(square, 20)
    picture[5:15, 30:40] = 50
    assert set(mnist_like(picture)[4:24, 4:24].flat) == {255}
    assert mnist_like(picture).astype(int).sum() == 255 * 20 * 20

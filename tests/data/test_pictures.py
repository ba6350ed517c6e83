"""Pictures: pixels in and out, folders as classes."""

import numpy as np
import pytest

from numpy_ann.data.pictures import array_to_img, from_directory, img_to_array, load_img, save_img
from numpy_ann.errors import DataFormatError

GRADIENT = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "picture.png"
    save_img(path, GRADIENT, scale=False)
    return path


def test_a_picture_comes_back(picture):
    np.testing.assert_array_equal(img_to_array(load_img(picture)), GRADIENT.astype(np.float32))
    assert img_to_array(load_img(picture, "grayscale")).shape == (4, 6, 1)
    assert img_to_array(load_img(picture, "rgba")).shape == (4, 6, 4)


def test_scaled_and_cut(picture):
    assert img_to_array(load_img(picture, target_size=(2, 3))).shape == (2, 3, 3)
    middle = img_to_array(load_img(picture, target_size=(4, 4), keep_aspect_ratio=True))
    np.testing.assert_array_equal(middle, GRADIENT[:, 1:5])


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


def test_what_isnt_a_picture(tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(b"no picture")
    with pytest.raises(DataFormatError, match="can't be read as a picture"):
        load_img(path)
    with pytest.raises(FileNotFoundError):
        load_img(tmp_path / "nothing.png")
    with pytest.raises(FileNotFoundError, match="no folder"):
        from_directory(tmp_path / "nothing")

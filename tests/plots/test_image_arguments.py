import numpy as np
import pytest

from numpy_ann.plots.panels import as_indices, as_stack, brightness, labelled_images


def test_images_are_not_copied():
    images = np.zeros((3, 4, 5, 1))
    assert np.shares_memory(as_stack(images), images)
    assert as_stack(images).shape == (3, 4, 5)
    assert as_stack(np.zeros((3, 16))).shape == (3, 4, 4)


def test_indices_are_counted_from_0():
    assert as_indices([-1, 0], 3, default=9).tolist() == [2, 0]
    assert as_indices(None, 3, default=9).tolist() == [0, 1, 2]
    with pytest.raises(ValueError, match=r"from 0 to 2. Received: 3"):
        as_indices([3], 3, default=9)


def test_labels_are_one_an_image():
    images = np.zeros((2, 3, 3))
    _, chosen, titles = labelled_images(images, ["a", "b"], [1, 0], None)
    assert (chosen.tolist(), titles) == ([1, 0], [("b", "index 1"), ("a", "index 0")])
    with pytest.raises(ValueError, match=r"np\.argmax"):
        labelled_images(images, np.eye(2), None, None)


@pytest.mark.parametrize(
    ("values", "expected"), [([0.2, 0.4], (0, 1)), ([3, 9], (0, 255)), ([-1, 7], (-1, 7))]
)
def test_brightness(values, expected):
    assert brightness(np.array(values)) == expected

"""Boston housing: 506 districts, 13 figures of each, and homes' median price in thousands of dollars."""

import os

from numpy_ann._typing import Array
from numpy_ann.data.published import Published, arrays_of, load, split
from numpy_ann.validation import checked_number

__all__ = ["load_data"]

FILE = Published(
    "boston_housing.npz", 57_026, "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5"
)


def load_data(
    path: str | os.PathLike[str] = FILE.name, test_split: float = 0.2, seed: int = 113
) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Return the training and test sets, downloading them the first time.

    One of the 13 figures counts people by the colour of their skin: for lessons, ``california_housing`` is
    the better choice.

    Raises ``ValueError`` if ``test_split`` isn't that; ``ConnectionError`` if the file is nowhere to be had;
    the message says how to place it by hand.

    Parameters
    ----------
    path : str or path-like
        Of the file, where it isn't to be downloaded.
    test_split : float
        The part to test with, from 0 to below 1.
    seed : int
        Of the order; Keras' order for the same seed.

    Returns
    -------
    (x_train, y_train), (x_test, y_test)
        float64 of shapes (404, 13), (404,), (102, 13), (102,) for the defaults.
    """
    checked_number("test_split", test_split, least=0, below=1)
    found = arrays_of(load([FILE], path)[0])
    return split(found["x"], found["y"], test_split, seed)

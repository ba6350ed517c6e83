"""Boston housing: 506 districts, 13 figures of each, and homes' median price in thousands of dollars."""

import os

from numpy_ann.data.published import Published, TrainAndTest, houses

__all__ = ["load_data"]

_SHA256 = "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5"
FILE = Published("boston_housing.npz", 57_026, _SHA256)


def load_data(
    path: str | os.PathLike[str] = FILE.name, test_split: float = 0.2, seed: int = 113
) -> TrainAndTest:
    """Return the training and test sets, downloading them the first time.

    By default, they are float64 of shapes (404, 13), (404,), (102, 13), (102,). One of the 13 figures counts
    people by the colour of their skin: for lessons, ``california_housing`` is the better choice; what
    that says of its options and errors holds here too.
    """
    return houses(FILE, path, test_split, seed)

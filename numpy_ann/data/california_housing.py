"""California housing: 20,640 groups of blocks, 8 figures of each, and homes' median price in dollars."""

import os

from numpy_ann.data.published import Published, TrainAndTest, houses
from numpy_ann.validation import checked_choice

__all__ = ["load_data"]

_SHA256 = "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f"
FILE = Published("california_housing.npz", 2_000_000, _SHA256)


def load_data(
    version: str = "large", path: str | os.PathLike[str] = FILE.name, test_split: float = 0.2, seed: int = 113
) -> TrainAndTest:
    """Return the training and test sets, of shapes (n, 8) and (n,), downloading them the first time.

    Raises ``ValueError`` if an argument isn't that; ``ConnectionError`` if the file is nowhere to be had; the
    message says how to place it by hand.

    Parameters
    ----------
    version : {"large", "small"}
        All rows, or the first 600.
    path : str or path-like
        Of the file, where it isn't to be downloaded.
    test_split : float
        The part to test with, from 0 to below 1.
    seed : int
        Of the order; Keras' order for the same seed.

    Source: Pace and Barry, "Sparse spatial autoregressions", Statistics & Probability Letters 33 (1997).
    """
    checked_choice("version", version, ("large", "small"))
    return houses(FILE, path, test_split, seed, 600 if version == "small" else None)

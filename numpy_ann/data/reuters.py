"""Reuters: 11,228 newswires as lists of words' numbers, and which of 46 subjects each has."""

import json
import os

from numpy_ann.data.imdb import prepared
from numpy_ann.data.published import Published, TrainAndTest, arrays_of, load, parted
from numpy_ann.validation import checked_number

__all__ = ["get_label_names", "get_word_index", "load_data"]

FILE = Published("reuters.npz", 4_000_000, "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916")
WORDS = Published("reuters_word_index.json", 2_000_000, "4d44cc38712099c9e383dc6e5f11a921")

_SUBJECTS = """
    cocoa grain veg-oil earn acq wheat copper housing money-supply coffee sugar trade reserves ship cotton
    carcass crude nat-gas cpi money-fx interest gnp meal-feed alum oilseed gold tin strategic-metal livestock
    retail ipi iron-steel rubber heat jobs lei bop zinc orange pet-chem dlr gas silver wpi hog lead
"""


def load_data(
    path: str | os.PathLike[str] = FILE.name, num_words: int | None = None, skip_top: int = 0,
    maxlen: int | None = None, test_split: float = 0.2, seed: int = 113, start_char: int | None = 1,
    oov_char: int | None = 2, index_from: int | None = 3,
) -> TrainAndTest:  # fmt: skip
    """Return the training and test sets, downloading them the first time.

    Texts are arrays of lists of int; subjects are from 0 to 45, see ``get_label_names``. Options and errors
    are those of ``imdb.load_data``; ``test_split``, from 0 to below 1, is the part to test with.

    Source: D. D. Lewis, "Reuters-21578", Distribution 1.0 (1997).
    """
    checked_number("test_split", test_split, least=0, below=1)
    found = arrays_of(load([FILE], path)[0])
    parts = [(found["x"], found["y"])]
    ((x, y),) = prepared(parts, seed, maxlen, num_words, skip_top, start_char, oov_char, index_from)
    return parted(x, y, test_split)


def get_word_index(path: str | os.PathLike[str] = WORDS.name) -> dict[str, int]:
    """Return each word's number, from 1, as ``imdb.get_word_index`` does."""
    index: dict[str, int] = json.loads(load([WORDS], path)[0])
    return index


def get_label_names() -> tuple[str, ...]:
    """Return the subjects' names, in the order of their numbers.

    >>> get_label_names()[3]
    'earn'
    """
    return tuple(_SUBJECTS.split())

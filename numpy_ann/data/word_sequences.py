"""Texts as lists of words' numbers, as Keras' data sets hold them: the most frequent word is 1."""

import json
import os
from collections.abc import Sequence

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.data.published import Published, load, shuffled

__all__ = ["prepared", "word_index"]


def prepared(
    parts: Sequence[tuple[Array, Array]], seed: int, maxlen: int | None, num_words: int | None, skip_top: int,
    start_char: int | None, oov_char: int | None, index_from: int | None,
) -> list[tuple[Array, Array]]:  # fmt: skip
    """Return the texts and labels of each part, in a random order, without long ones, as asked for.

    The options are those of ``imdb.load_data``. Raises ``ValueError`` if no text of a part is short enough.
    """
    random, kept = np.random.RandomState(seed), []
    start = [] if start_char is None else [start_char]
    for part in parts:
        texts, labels = shuffled(random, *part)
        if maxlen:
            short = np.array([len(text) + len(start) < maxlen for text in texts])
            if not short.any():
                raise ValueError(f"No text is shorter than maxlen={maxlen} words: make it larger.")
            texts, labels = texts[short], labels[short]
        kept.append(([[*start, *(int(word) + (index_from or 0) for word in text)] for text in texts], labels))
    most = num_words or max(max(text) for moved, _ in kept for text in moved)
    found = []
    for moved, labels in kept:
        x = np.empty(len(moved), object)
        for i, text in enumerate(moved):  # one by one, as NumPy would make a matrix of lists of one length
            known = [word if skip_top <= word < most else oov_char for word in text]
            x[i] = [word for word in known if word is not None]
        found.append((x, labels))
    return found


def word_index(file: Published, path: str | os.PathLike[str]) -> dict[str, int]:
    """Return the words' numbers that a file holds."""
    index: dict[str, int] = json.loads(load([file], path)[0])
    return index

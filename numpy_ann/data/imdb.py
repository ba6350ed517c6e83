"""IMDB: 50,000 film reviews as lists of words' numbers, and whether each praises the film."""

import json
import os
from collections.abc import Sequence

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.data.published import Published, TrainAndTest, arrays_of, load, shuffled

__all__ = ["get_word_index", "load_data", "prepared"]

FILE = Published("imdb.npz", 20_000_000, "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f")
WORDS = Published("imdb_word_index.json", 4_000_000, "bfafd718b763782e994055a2d397834f")


def load_data(
    path: str | os.PathLike[str] = FILE.name, num_words: int | None = None, skip_top: int = 0,
    maxlen: int | None = None, seed: int = 113, start_char: int | None = 1, oov_char: int | None = 2,
    index_from: int | None = 3,
) -> TrainAndTest:  # fmt: skip
    """Return the training and test sets, 25,000 reviews each, downloading them the first time.

    Reviews are arrays of lists of int; labels are 1 for praise, 0 otherwise.

    Raises ``ConnectionError`` if the file is nowhere to be had; the message says how to place it by hand;
    ``ValueError`` if ``maxlen`` leaves nothing.

    Parameters
    ----------
    path : str or path-like
        Of the file, where it isn't to be downloaded.
    num_words, skip_top : int
        Words with a number from ``skip_top`` to below ``num_words`` are kept, the others replaced.
    maxlen : int, optional
        Texts of this many numbers or more, their start counted, are left out.
    seed : int
        Of the order; Keras' order for the same seed.
    start_char, oov_char, index_from : int or None
        What each text begins with; what stands for a replaced word; what is added to the words' numbers.

    Source: A. L. Maas et al., "Learning word vectors for sentiment analysis", ACL (2011).
    """
    found = arrays_of(load([FILE], path)[0])
    parts = [(found[f"x_{part}"], found[f"y_{part}"]) for part in ("train", "test")]
    train, test = prepared(parts, seed, maxlen, num_words, skip_top, start_char, oov_char, index_from)
    return train, test


def prepared(
    parts: Sequence[tuple[Array, Array]], seed: int, maxlen: int | None, num_words: int | None, skip_top: int,
    start_char: int | None, oov_char: int | None, index_from: int | None,
) -> list[tuple[Array, Array]]:  # fmt: skip
    """Return the texts and labels of each part, in a random order, without long ones, as asked for."""
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


def get_word_index(path: str | os.PathLike[str] = WORDS.name) -> dict[str, int]:
    """Return each word's number, from 1; in the texts ``index_from`` is added.

    Raises ``ConnectionError`` if the file is nowhere to be had.
    """
    index: dict[str, int] = json.loads(load([WORDS], path)[0])
    return index

"""Texts as lists of words' numbers, as Keras' data sets hold them: the most frequent word is 1."""

from typing import Any

import numpy as np

from numpy_ann._typing import Array

__all__ = ["as_objects", "encoded", "without_long"]


def encoded(
    texts: Any, num_words: int | None, skip_top: int, start_char: int | None, oov_char: int | None,
    index_from: int | None,
) -> list[list[int]]:  # fmt: skip
    """Return each text with its words' numbers moved by ``index_from``, a start, and rare words replaced.

    Parameters
    ----------
    texts : sequence of sequences of int
        The words' numbers, from 1.
    num_words : int or None
        Words with this number or a larger one are rare; None: none is.
    skip_top : int
        Words with a number below this are replaced too.
    start_char, oov_char : int or None
        Each text's first number; what stands for a replaced word. None: nothing.
    index_from : int or None
        What is added to the words' numbers.
    """
    start = [] if start_char is None else [start_char]
    moved = [[*start, *(int(word) + (index_from or 0) for word in text)] for text in texts]
    most = num_words or max(max(text) for text in moved)
    if oov_char is None:
        return [[word for word in text if skip_top <= word < most] for text in moved]
    return [[word if skip_top <= word < most else oov_char for word in text] for text in moved]


def without_long(texts: Array, labels: Array, maxlen: int | None, start: bool) -> tuple[Array, Array]:
    """Return the texts that are shorter than ``maxlen`` with their start, and their labels.

    Raises ``ValueError`` if none is left.
    """
    if not maxlen:
        return texts, labels
    kept = np.array([len(text) + start < maxlen for text in texts])
    if not kept.any():
        raise ValueError(f"No text is shorter than maxlen={maxlen} words: make it larger.")
    return texts[kept], labels[kept]


def as_objects(texts: list[list[int]]) -> Array:
    """Return lists of several lengths as an array of objects, as Keras does."""
    array = np.empty(len(texts), object)
    array[:] = texts
    return array

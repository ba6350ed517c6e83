"""Randomness that can be repeated, saved and taken up again.

One seed belongs to a model. Each use of chance (a layer's initial weights and masks, the shuffling) has a
stream of its own, named after the user, so that adding a use leaves the others' numbers alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from operator import index
from typing import Any

import numpy as np

from numpy_ann.recording import here

__all__ = ["RandomStreams", "checked_seed", "drawing_from", "new_seed", "seed_everything"]


class RandomStreams:
    """Independent random generators, split from one seed by name.

    A stream's seed is made of ``seed`` and the bytes of its name (``SeedSequence(seed, spawn_key=name)``) and
    of nothing else: the order in which streams are asked for doesn't matter. ``seed`` is an integer of 0 or
    more; left out, it is drawn from the global sequence that ``set_random_seed`` starts.

    >>> a, b = RandomStreams(7), RandomStreams(7)
    >>> b["dropout"].random() > 0
    True
    >>> a["shuffle"].permutation(5).tolist() == b["shuffle"].permutation(5).tolist()
    True
    """

    def __init__(self, seed: int | None = None) -> None:
        self.seed = new_seed() if seed is None else checked_seed(seed)
        self._streams: dict[str, np.random.Generator] = {}

    def __getitem__(self, name: str) -> np.random.Generator:
        """Return the stream of that name; the same generator at every call."""
        if name not in self._streams:
            sequence = np.random.SeedSequence(self.seed, spawn_key=tuple(name.encode()))
            self._streams[name] = np.random.Generator(np.random.PCG64(sequence))
        return self._streams[name]

    def get_state(self) -> dict[str, Any]:
        """Return the seed and the place that each stream has come to, as integers and strings."""
        states = {name: stream.bit_generator.state for name, stream in self._streams.items()}
        return {"seed": self.seed, "streams": states}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go back to what ``get_state`` returned, also with generators already handed out."""
        self.seed = state["seed"]
        for name, stream_state in state["streams"].items():
            self[name].bit_generator.state = stream_state


@contextmanager
def drawing_from(stream: np.random.Generator) -> Iterator[None]:
    """Make what is called inside, and asks for ``here.stream``, draw from ``stream``.

    >>> stream = RandomStreams(3)["dense"]
    >>> with drawing_from(stream):
    ...     here.stream is stream
    True
    """
    outside, here.stream = here.stream, stream
    try:
        yield
    finally:
        here.stream = outside


def checked_seed(seed: Any) -> int:
    """Return ``seed`` as an ``int``; raise ``ValueError`` if it is negative or no integer."""
    number = index(seed) if hasattr(seed, "__index__") and not isinstance(seed, bool) else -1
    if number < 0:
        raise ValueError(f"A seed is an integer of 0 or more. Received: seed={seed!r}")
    return number


_seeds: np.random.SeedSequence | None = None


def seed_everything(seed: int) -> None:
    """Start the global sequence, from which models without a seed of their own take theirs, at ``seed``."""
    global _seeds
    _seeds = np.random.SeedSequence(seed)


def new_seed() -> int:
    """Return the next seed of the global sequence: an integer of 128 bits."""
    global _seeds
    if _seeds is None:
        _seeds = np.random.SeedSequence()  # from the operating system's entropy
    high, low = _seeds.spawn(1)[0].generate_state(2, np.uint64)
    return int(high) << 64 | int(low)

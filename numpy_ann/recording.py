"""Whether a tape records, which layers and parameters ask without loading the tape."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

__all__ = ["here", "unrecorded"]


class _Here(threading.local):
    tapes: Sequence[Any] = ()  # those that record in this thread, the outermost first
    scope: tuple[str, ...] = ()  # names of what is being built, the outermost first
    stream: Any = None  # what a layer that is built, or runs by its `call`, draws from
    training = False  # what layers within a layer that runs by its `call` are called with, if nothing is said
    claimed: Callable[..., Any] | None = None  # makes new weights: while a file is read, of shapes alone


here = _Here()


@contextmanager
def unrecorded() -> Iterator[None]:
    """Compute with bare numbers: what is derived by hand is one entry on the tape, its inside none."""
    tapes, here.tapes = here.tapes, ()
    try:
        yield
    finally:
        here.tapes = tapes

"""Who computes together: one process by itself, or several that share each batch.

Training knows nothing of MPI. It asks the communicator that ``numpy_ann.distribution`` put in place how many
processes there are, which of them this is, and what an array's sum over all of them is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from numpy_ann._typing import Array

__all__ = ["ALONE", "Communicator", "group", "in_place", "put_in_place", "working_in"]

T = TypeVar("T")


class Communicator:
    """One process, alone; one of several answers the same questions otherwise.

    ``rank`` is the number of this process, from 0, and ``size`` how many there are.

    >>> ALONE.rank, ALONE.size, ALONE.gather("mine"), ALONE.part(3, 7)
    (0, 1, ['mine'], (3, 7))
    """

    rank = 0
    size = 1

    def sum(self, array: Array) -> None:
        """Put the sum over all processes in the array's place, to the same bits in each of them."""

    def gather(self, value: T) -> list[T]:
        """Return the values of all processes, by rank."""
        return [value]

    def first(self, value: T) -> T:
        """Return what process 0 has."""
        return value

    def abort(self, status: int) -> None:
        """End all processes at once: the others would wait for this one for ever."""

    def part(self, start: int, stop: int) -> tuple[int, int]:
        """Return where this process' share of some rows begins and ends; shares differ by a row at most."""
        rows = stop - start
        return start + rows * self.rank // self.size, start + rows * (self.rank + 1) // self.size


ALONE = Communicator()
_in_place: Communicator = ALONE
_group: ContextVar[Communicator] = ContextVar("group", default=ALONE)


def in_place() -> Communicator:
    """Return the communicator that ``fit`` trains by."""
    return _in_place


def put_in_place(communicator: Communicator) -> None:
    """Have ``fit`` train by this communicator from now on."""
    global _in_place
    _in_place = communicator


def group() -> Communicator:
    """Return who shares the batch at hand: in ``fit`` those in place; this process alone everywhere else."""
    return _group.get()


@contextmanager
def working_in(communicator: Any) -> Iterator[None]:
    """Share what is computed inside with these processes, each of which computes its part meanwhile."""
    token = _group.set(communicator)
    try:
        yield
    finally:
        _group.reset(token)

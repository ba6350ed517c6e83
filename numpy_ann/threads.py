"""How many threads BLAS, the library behind NumPy's matrix products, uses while a model works.

Its threads wait for each other by spinning: large products gain by them, small ones lose much where another
process holds one of the processors, and so run on one thread. Batches of predictions are shared by Python
threads, with one of BLAS' in each. Sizes alone decide: the same work is done the same way, to the same bits.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from threading import Lock
from typing import Any

from numpy_ann.parameter import Parameter
from numpy_ann.validation import checked_integer

__all__ = ["get_blas_threads", "get_threads", "limited_blas", "set_blas_threads", "set_threads"]

LARGE_PRODUCT = 5e7
"""Multiplications from which a matrix product is left to all of BLAS' threads: about a millisecond's work."""

_TINY_PRODUCT = 2.5e5  # below it, BLAS uses one thread of its own accord

_setting: str | int | None = None
_threads: int | None = None


def set_threads(threads: int | None) -> None:
    """Say how many Python threads share the batches of a prediction, an evaluation or a validation.

    ``None``: the environment variable NUMPY_ANN_THREADS, else the processors that this process may use.
    Raises ``ValueError`` if it isn't 1 or more.

    >>> set_threads(2)
    >>> get_threads()
    2
    >>> set_threads(None)
    """
    global _threads
    _threads = None if threads is None else _number(threads)


def get_threads() -> int:
    """Return how many threads share batches; see ``set_threads``."""
    asked = os.environ.get("NUMPY_ANN_THREADS")
    if _threads is not None or asked:
        return _threads or _number(asked)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _number(threads: Any) -> int:
    decimal = isinstance(threads, str) and threads.isdecimal()
    return checked_integer("threads", int(threads) if decimal else threads, least=1)


def set_blas_threads(threads: str | int | None) -> None:
    """Say how many threads BLAS may use while a model trains, evaluates or predicts.

    ``"auto"``: one for small products, all for large ones. ``"default"``: BLAS' own setting, always. A
    number: so many, always. ``None``: the environment variable NUMPY_ANN_BLAS_THREADS, else ``"auto"``.
    Raises ``ValueError`` if it is something else.

    >>> set_blas_threads(1)
    >>> get_blas_threads()
    1
    >>> set_blas_threads(None)
    """
    global _setting
    _setting = None if threads is None else _checked(threads)


def get_blas_threads() -> str | int:
    """Return ``"auto"``, ``"default"`` or a number; see ``set_blas_threads``."""
    if _setting is not None:
        return _setting
    asked = os.environ.get("NUMPY_ANN_BLAS_THREADS", "auto")
    return asked if asked == "auto" else _checked(asked)


def _checked(threads: str | int) -> str | int:
    if threads in ("auto", "default"):
        return threads
    with suppress(TypeError, ValueError):
        if not isinstance(threads, bool | float) and int(threads) >= 1:
            return int(threads)
    raise ValueError(f'BLAS threads are "auto", "default" or a number of 1 or more. Received: {threads!r}')


_lock = Lock()
_users = 0
_before: list[tuple[Callable[[int], None], int]] = []


@contextmanager
def limited_blas(samples: int, parameters: Iterable[Parameter], *, single: bool = False) -> Iterator[None]:
    """Hold BLAS to the number of threads that suits a model's largest matrix product.

    The limit is the process's. Where several Python threads are at work at once, the first one's holds until
    the last has finished; then BLAS has its own setting again. ``samples`` are the rows of each product. The
    largest of the model's parameters is a factor of the largest product: inner size times columns numbers.
    ``single``: one thread, however large it is.
    """
    global _users, _before
    multiplications = samples * max((p.value.size for p in parameters), default=0)
    # One image is predicted in the time that the rest would take.
    threads = get_blas_threads() if multiplications >= _TINY_PRODUCT else "default"
    if threads == "auto":
        threads = "default" if multiplications >= LARGE_PRODUCT and not single else 1
    if threads == "default":
        yield
        return
    with _lock:
        if not _users:
            _before = [(set_threads, library.get_num_threads()) for library, set_threads in _libraries()]
            for set_threads, _ in _before:
                set_threads(int(threads))
        _users += 1
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if not _users:
                for set_threads, number in _before:
                    set_threads(number)


@cache
def _libraries() -> list[tuple[Any, Callable[[int], None]]]:
    """Return threadpoolctl's handles on BLAS, and what sets their threads; done once, as it takes a while."""
    from threadpoolctl import ThreadpoolController

    libraries = ThreadpoolController().select(user_api="blas").lib_controllers
    # threadpoolctl lets only the thread that set OpenBLAS' number first set it again, so that contexts in
    # several threads don't fight; here the last of them to finish must put the number back.
    return [(found, getattr(found, "_real_set_num_threads", found.set_num_threads)) for found in libraries]

"""The batches of an evaluation or prediction, computed by a few threads and handed on in order.

NumPy lets other threads run while it computes. With BLAS on one thread in each, a few of them are as fast as
BLAS' own on a quiet machine, and on a busy one, where those wait for each other by spinning, far faster. Who
computes a batch has no influence on its bits.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from numpy_ann.part import ours
from numpy_ann.threads import LARGE_PRODUCT, get_blas_threads
from numpy_ann.training.data.batches import Batches, BatchSource

__all__ = ["can_be_shared", "side_by_side"]

T = TypeVar("T")


def can_be_shared(model: Any, batches: BatchSource) -> bool:
    """Return whether threads may share the batches: of arrays in memory, for our layers, if it is worth it.

    It doesn't depend on how many threads there are, and BLAS runs on one where it is so.
    """
    if get_blas_threads() != "auto" or not isinstance(batches, Batches) or not batches.can_be_shared:
        return False
    layers = [getattr(use, "layer", use) for use in model.plan]
    work = batches.samples * max((p.value.size for p in model.parameters), default=0)
    return work >= LARGE_PRODUCT and all(ours(type(layer)) and not layer.by_call for layer in layers)


def side_by_side(batches: Any, computes: Sequence[Callable[..., T]]) -> Iterator[Callable[[], T]]:
    """Yield, batch by batch, what returns ``compute(x, y, sample_weight)``.

    Parameters
    ----------
    batches : BatchSource
        Where they come from.
    computes : sequence of callable
        Two for each thread, each with memory of its own: what one returned holds until the next is asked for.
        One alone is called when its result is.
    """
    if len(computes) == 1:
        for batch in batches.epoch():
            yield partial(computes[0], *batch)
        return
    sources, slots = [batches.twin() for _ in computes], len(computes)

    def work(number: int) -> T:
        slot = number % slots
        return computes[slot](*sources[slot].batch(number))

    with ThreadPoolExecutor(slots // 2) as threads:
        waiting = deque(threads.submit(work, number) for number in range(min(slots, batches.steps)))
        for number in range(batches.steps):
            yield waiting.popleft().result
            if number + slots < batches.steps:
                waiting.append(threads.submit(work, number + slots))

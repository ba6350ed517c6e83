"""Parts of the flat vector: where each parameter lies, and pieces that the processor's cache can hold."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from numpy_ann.parameter import Parameter

__all__ = ["BLOCK", "Exclusion", "blocks", "slices"]

BLOCK = 2**17
"""Numbers of a block: half a megabyte of each float32 vector that a rule reads or writes."""


def blocks(size: int) -> list[slice]:
    """Return the pieces of a long vector to work on one after another.

    A rule goes over its vectors many times. Where they are longer than the cache, each time means waiting for
    the memory; a block stays in the cache from the first time to the last.

    Examples
    --------
    >>> blocks(100_000), len(blocks(1_000_000))
    ([slice(0, 131072, None)], 8)
    """
    return [slice(start, start + BLOCK) for start in range(0, size, BLOCK)]


def slices(size: int, parameters: Sequence[Parameter] | None) -> list[slice]:
    """Return the place of each parameter in a vector of them all, in order.

    Raises
    ------
    ValueError
        If the parameters don't make up a vector of ``size``.

    Examples
    --------
    >>> import numpy as np
    >>> slices(4, [Parameter("kernel", np.zeros((1, 3))), Parameter("bias", np.zeros(1))])
    [slice(0, 3, None), slice(3, 4, None)]
    """
    sizes = [size] if parameters is None else [p.size for p in parameters]
    if sum(sizes) != size:
        raise ValueError(f"The parameters hold {sum(sizes)} numbers, but the vector {size}.")
    return [slice(a, b) for a, b in pairwise(accumulate(sizes, initial=0))]


@dataclass(frozen=True)
class Exclusion:
    """Which parameters something doesn't concern.

    Parameters
    ----------
    parameters : tuple of Parameter
        These.
    patterns : tuple of str
        Those with a name in which one of these regular expressions is found.
    """

    parameters: tuple[Parameter, ...] = ()
    patterns: tuple[str, ...] = ()

    def others(self, size: int, parameters: Sequence[Parameter] | None) -> list[slice]:
        """Return the places of those that it does concern: one, if that is everything."""
        if parameters is None or not (self.parameters or self.patterns):
            return [slice(0, size)]
        places = zip(parameters, slices(size, parameters), strict=True)
        return [place for parameter, place in places if not self._has(parameter)]

    def _has(self, parameter: Parameter) -> bool:
        listed = any(parameter is excluded for excluded in self.parameters)
        return listed or any(re.search(pattern, parameter.name) for pattern in self.patterns)

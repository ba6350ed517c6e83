"""The flat vector of all parameters: each one's slice, blocks for the cache, running means, clipping."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.parameter import Parameter

BLOCK = 2**17
"""Numbers of a block: half a megabyte of each float32 vector that a rule reads or writes."""


def blocks(size: int) -> list[slice]:
    """Return the pieces of a long vector to work on one after another.

    A rule goes over its vectors many times. Where they are longer than the cache, each time means waiting for
    the memory; a block stays in the cache from the first time to the last.

    >>> blocks(100_000), len(blocks(1_000_000))
    ([slice(0, 131072, None)], 8)
    """
    return [slice(start, start + BLOCK) for start in range(0, size, BLOCK)]


def slices(sizes: Iterable[int]) -> list[slice]:
    """Return the place of each parameter in a vector of them all, in order.

    >>> slices([3, 1])
    [slice(0, 3, None), slice(3, 4, None)]
    """
    return [slice(a, b) for a, b in pairwise(accumulate(sizes, initial=0))]


def move_mean(m: Array, beta: float, g: Array, spare: Array) -> None:
    """Move a running mean: ``m = beta m + (1 - beta) g``, in place."""
    m *= beta
    m += np.multiply(g, 1 - beta, out=spare)


def move_mean_square(v: Array, beta: float, g: Array, spare: Array) -> None:
    """Move a running mean of squares: ``v = beta v + (1 - beta) g^2``, in place."""
    v *= beta
    np.multiply(g, g, out=spare)
    spare *= 1 - beta
    v += spare


def root(v: Array, epsilon: float, out: Array) -> Array:
    """Return ``sqrt(v + epsilon)``, in ``out``."""
    return np.sqrt(np.add(v, epsilon, out=out), out=out)


@dataclass(frozen=True)
class Exclusion:
    """Which parameters something doesn't concern: these, and those in whose name a pattern is found."""

    parameters: tuple[Parameter, ...] = ()
    patterns: tuple[str, ...] = ()

    def others(self, parameters: Sequence[Parameter]) -> list[slice]:
        """Return the places of those that it does concern."""
        places = slices(p.size for p in parameters)
        return [place for p, place in zip(parameters, places, strict=True) if not self._has(p)]

    def _has(self, parameter: Parameter) -> bool:
        listed = any(parameter is excluded for excluded in self.parameters)
        return listed or any(re.search(pattern, parameter.name) for pattern in self.patterns)


def clip_by_value(g: Array, limit: float, places: Sequence[slice], out: Array) -> Array:
    """Cut each number to the range ``-limit`` to ``limit``.

    >>> clip_by_value(np.array([3.0, -0.5]), 1.0, [], np.empty(2))
    array([ 1. , -0.5])
    """
    return np.clip(g, -limit, limit, out=out)


def clip_by_norm(g: Array, limit: float, places: Sequence[slice], out: Array) -> Array:
    """Scale each part whose length is above the limit down to it: ``g limit / max(|g|, limit)``.

    The parts lie at ``places`` and cover ``g``; ``out`` takes the result.
    Source: Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", ICML
    2013, algorithm 1.

    >>> clip_by_norm(np.array([3.0, 4.0, 0.5]), 1.0, [slice(0, 2), slice(2, 3)], np.empty(3))
    array([0.6, 0.8, 0.5])
    """
    for place in places:
        clip_by_global_norm(g[place], limit, (), out[place])
    return out


def clip_by_global_norm(g: Array, limit: float, places: Sequence[slice], out: Array) -> Array:
    """Scale the whole gradient, as ``clip_by_norm`` scales a part: its direction stays.

    >>> clip_by_global_norm(np.array([3.0, 4.0]), 1.0, [], np.empty(2))
    array([0.6, 0.8])
    """
    return np.multiply(g, limit / max(float(np.linalg.norm(g)), limit), out=out)


CLIPPINGS = {"clipnorm": clip_by_norm, "global_clipnorm": clip_by_global_norm, "clipvalue": clip_by_value}
"""By the option that asks for it."""

"""Holding gradients to a size, so that one steep place can't throw the parameters far off."""

from collections.abc import Sequence

import numpy as np

from numpy_ann._typing import Array

__all__ = ["CLIPPINGS", "clip_by_global_norm", "clip_by_norm", "clip_by_value"]


def clip_by_value(g: Array, limit: float, parts: Sequence[slice], out: Array) -> Array:
    """Cut each number to the range ``-limit`` to ``limit``.

    Examples
    --------
    >>> clip_by_value(np.array([3.0, -0.5]), 1.0, [], np.empty(2))
    array([ 1. , -0.5])
    """
    return np.clip(g, -limit, limit, out=out)


def clip_by_norm(g: Array, limit: float, parts: Sequence[slice], out: Array) -> Array:
    """Scale each part whose length is above the limit down to it: ``g limit / max(|g|, limit)``.

    Parameters
    ----------
    g : ndarray, shape (size,)
        The gradient.
    limit : float
        The largest length.
    parts : sequence of slice
        Where each parameter lies; together they cover ``g``.
    out : ndarray, shape (size,)
        Takes the result.

    Source: Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", ICML
    2013, algorithm 1.

    Examples
    --------
    >>> clip_by_norm(np.array([3.0, 4.0, 0.5]), 1.0, [slice(0, 2), slice(2, 3)], np.empty(3))
    array([0.6, 0.8, 0.5])
    """
    for part in parts:
        clip_by_global_norm(g[part], limit, (), out[part])
    return out


def clip_by_global_norm(g: Array, limit: float, parts: Sequence[slice], out: Array) -> Array:
    """Scale the whole gradient, as ``clip_by_norm`` scales a part: its direction stays.

    Examples
    --------
    >>> clip_by_global_norm(np.array([3.0, 4.0]), 1.0, [], np.empty(2))
    array([0.6, 0.8])
    """
    return np.multiply(g, limit / max(float(np.linalg.norm(g)), limit), out=out)


CLIPPINGS = {"clipnorm": clip_by_norm, "global_clipnorm": clip_by_global_norm, "clipvalue": clip_by_value}
"""By the option that asks for it."""

"""Small problems of two features, which can be drawn whole: what a network makes of them is a picture.

Each function returns ``x``, float32 of shape ``(samples, 2)``, and ``y``, the class numbers, int64 of shape
``(samples,)``. The classes are equally large, or differ by one sample; the samples come shuffled; the same
seed gives the same numbers. ``ValueError`` tells of an argument out of its bounds.
"""

from collections.abc import Callable
from math import pi
from typing import Any

import numpy as np
import numpy.typing as npt

from numpy_ann._typing import Array
from numpy_ann.validation import checked_integer, checked_number

__all__ = ["blobs", "circles", "moons", "spirals"]


def moons(samples: int = 300, noise: float = 0.1, seed: int | None = 0) -> tuple[Array, Array]:
    """Return two half circles that reach into each other.

        class 0: (cos t, sin t)    class 1: (1 - cos t, 0.5 - sin t)    t evenly from 0 to pi

    Parameters
    ----------
    samples : int
        At least 2.
    noise : float
        The standard deviation of the Gaussian noise added to both coordinates; 0 for none.
    seed : int, optional
        ``None``: other numbers at every call.

    Source: the curves are those of scikit-learn's ``make_moons``, whose noise is 0 unless given.

    >>> x, y = moons(samples=200, noise=0.2)
    >>> x.shape, x.dtype.name, np.bincount(y).tolist()
    ((200, 2), 'float32', [100, 100])
    """

    def arc(label: int, count: int) -> Array:
        t = np.linspace(0, pi, count)
        return np.column_stack((np.cos(t), np.sin(t)) if label == 0 else (1 - np.cos(t), 0.5 - np.sin(t)))

    return _data_set(arc, 2, samples, noise, seed)


def circles(
    samples: int = 300, noise: float = 0.05, seed: int | None = 0, *, factor: float = 0.5
) -> tuple[Array, Array]:
    """Return a circle (class 0) around another (class 1): no straight line parts them.

        class 0: (cos t, sin t)    class 1: factor (cos t, sin t)    t evenly from 0 to before 2 pi

    ``factor`` is the inner circle's radius, between 0 and 1; the rest is as for ``moons``.

    Source: the curves are those of scikit-learn's ``make_circles``, whose factor is 0.8 unless given.

    >>> x, y = circles(samples=4, noise=0.0, factor=0.25)
    >>> np.sort(np.hypot(*x.T)).tolist()
    [0.25, 0.25, 1.0, 1.0]
    """
    factor = checked_number("factor", factor, least=0, below=1)

    def circle(label: int, count: int) -> Array:
        t = np.linspace(0, 2 * pi, count, endpoint=False)
        return (1.0, factor)[label] * np.column_stack((np.cos(t), np.sin(t)))

    return _data_set(circle, 2, samples, noise, seed)


def spirals(
    samples: int = 300, noise: float = 0.1, seed: int | None = 0, *, classes: int = 2, turns: float = 1.5
) -> tuple[Array, Array]:
    """Return the arms of a spiral, one a class: hard for a network without enough units.

        class k: 3 r (cos a, sin a),  a = 2 pi (turns r + k / classes),  r^2 evenly from 0.02 to 1

    The root keeps the points of an arm about equally far from each other. There are ``classes`` arms, 2 or
    more, with a sample each at least; each goes round ``turns`` times, more than 0. The rest: see ``moons``.

    Source: Lang and Witbrock, "Learning to tell two spirals apart", Connectionist Models Summer School 1988,
    where arms go round three times.

    >>> x, y = spirals(samples=300, classes=3)
    >>> x.shape, np.bincount(y).tolist()
    ((300, 2), [100, 100, 100])
    """
    classes = checked_integer("classes", classes, least=2)
    turns = checked_number("turns", turns, above=0)

    def arm(label: int, count: int) -> Array:
        r = np.sqrt(np.linspace(0.02, 1, count))
        angle = 2 * pi * (turns * r + label / classes)
        return 3 * np.column_stack((r * np.cos(angle), r * np.sin(angle)))

    return _data_set(arm, classes, samples, noise, seed)


def blobs(
    samples: int = 300, noise: float = 1.0, seed: int | None = 0, *, centers: int | npt.ArrayLike = 3
) -> tuple[Array, Array]:
    """Return round clouds of points, one a class.

        class k: center_k + noise (n1, n2),  n1 and n2 standard normal

    ``centers`` are the clouds', of shape (classes, 2); or how many, which then lie evenly on a circle of
    radius 4, the first on the right; 2 at least. The rest is as for ``moons``; ``noise`` is scikit-learn's
    ``cluster_std``.

    >>> x, y = blobs(samples=4, noise=0.0, centers=[[1, 2], [3, 4]])
    >>> np.unique(x, axis=0).tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    """
    if np.ndim(centers) == 0:
        angle = 2 * pi * np.arange(count := checked_integer("centers", centers, least=2)) / count
        middles = 4 * np.column_stack((np.cos(angle), np.sin(angle)))
    else:
        middles = np.asarray(centers)
        fits = middles.ndim == 2 and middles.shape[1] == 2 and len(middles) >= 2
        if not fits or middles.dtype.kind not in "uif" or not np.isfinite(middles).all():
            wanted = "how many clouds there are, or their centres: finite numbers of shape (classes, 2)"
            raise ValueError(f"`centers` is {wanted}, two rows at least. Received: centers={centers!r}")
    return _data_set(lambda k, count: np.tile(middles[k], (count, 1)), len(middles), samples, noise, seed)


def _data_set(
    curve: Callable[[int, int], Array], classes: int, samples: Any, noise: Any, seed: Any
) -> tuple[Array, Array]:
    """Return ``curve(k, count)`` of every class k, with noise, shuffled."""
    samples = checked_integer("samples", samples, least=classes)
    noise = checked_number("noise", noise, least=0)
    rng = np.random.default_rng(None if seed is None else checked_integer("seed", seed, least=0))
    sizes = [(samples + k) // classes for k in range(classes)]
    x = np.concatenate([curve(k, size) for k, size in enumerate(sizes)])
    y = np.repeat(np.arange(classes, dtype=np.int64), sizes)
    order = rng.permutation(samples)
    return (x + noise * rng.normal(size=x.shape))[order].astype(np.float32), y[order]

"""Kinds of targets and predictions that the cases of losses and metrics ask for; all draw for a shape."""

from collections.abc import Callable

import numpy as np

from numpy_ann._typing import Array

__all__ = [
    "Draw",
    "any_number",
    "distribution",
    "labels",
    "numbers",
    "one_hot",
    "positive",
    "probability",
    "signs",
    "yes_or_no",
]

Draw = Callable[[np.random.Generator, tuple[int, ...]], Array]


def any_number(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return rng.normal(scale=2, size=shape)


def positive(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return rng.uniform(0.05, 0.95, size=shape)


def numbers(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return rng.uniform(0.1, 1, size=shape)


def distribution(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return rng.dirichlet(np.ones(shape[-1]), size=shape[:-1])


def labels(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return rng.integers(shape[-1], size=shape[:-1])


def probability(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return rng.uniform(0.02, 0.98, size=shape)


def yes_or_no(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return rng.integers(2, size=shape).astype(float)


def signs(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return rng.choice([-1.0, 1.0], size=shape)


def one_hot(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return np.eye(shape[-1])[labels(rng, shape)]

"""Random numbers, by the names of ``keras.random``; constants, as far as the tape is concerned.

``seed`` is an integer, which gives the same numbers at each call; a ``SeedGenerator``, which gives others at
each, the same again after the same seed; or left out: then they come from the layer's stream, inside a
layer, and else from the sequence that ``utils.set_random_seed`` starts.
"""

from typing import Any

import numpy as np

from numpy_ann.initializers.initializer import truncated_normal as within_two
from numpy_ann.ops.shapes import take
from numpy_ann.ops.tape import plain, read
from numpy_ann.random_streams import checked_seed, new_seed
from numpy_ann.recording import here

__all__ = [
    "SeedGenerator", "beta", "binomial", "categorical", "dropout", "gamma", "normal", "randint", "shuffle",
    "truncated_normal", "uniform",
]  # fmt: skip


class SeedGenerator:
    """A stream of random numbers, which goes on from call to call.

    Parameters
    ----------
    seed : int, optional
        Left out, another one for each generator.

    >>> a, b = SeedGenerator(3), SeedGenerator(3)
    >>> normal((2,), seed=a).tolist() == normal((2,), seed=b).tolist()
    True
    """

    def __init__(self, seed: int | None = None, name: str | None = None) -> None:
        self.seed, self.name = seed, name
        self.stream = np.random.default_rng(new_seed() if seed is None else checked_seed(seed))

    def get_config(self) -> dict[str, Any]:
        """Return what makes the generator anew, from its beginning."""
        return {"seed": self.seed}


def _stream(seed: Any) -> Any:
    if isinstance(seed, SeedGenerator):
        return seed.stream
    if seed is None:
        return here.stream or np.random.default_rng(new_seed())
    return np.random.default_rng(checked_seed(seed))


def normal(shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None) -> Any:
    """Draw from the normal distribution."""
    return _stream(seed).normal(mean, stddev, shape).astype(dtype or "float32")


def uniform(shape: Any, minval: Any = 0.0, maxval: Any = 1.0, dtype: Any = None, seed: Any = None) -> Any:
    """Draw evenly between two bounds, the upper one excluded."""
    if np.dtype(dtype or "float32").kind in "iu":
        return randint(shape, minval, maxval, dtype, seed)
    return _stream(seed).uniform(minval, maxval, shape).astype(dtype or "float32")


def truncated_normal(
    shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None
) -> Any:
    """Draw from the normal distribution, again where it is two deviations away or more."""
    return (mean + stddev * within_two(shape, _stream(seed))).astype(dtype or "float32")


def randint(shape: Any, minval: Any, maxval: Any, dtype: Any = "int32", seed: Any = None) -> Any:
    """Draw whole numbers, evenly from ``minval`` to below ``maxval``."""
    return _stream(seed).integers(minval, maxval, shape).astype(dtype)


def binomial(shape: Any, counts: Any, probabilities: Any, dtype: Any = None, seed: Any = None) -> Any:
    """Draw how often something of a probability happens in so many tries."""
    tries = np.asarray(plain(counts)).astype(int)
    return _stream(seed).binomial(tries, plain(probabilities), shape).astype(dtype or "float32")


def beta(shape: Any, alpha: Any, beta: Any, dtype: Any = None, seed: Any = None) -> Any:
    """Draw from the beta distribution."""
    return _stream(seed).beta(plain(alpha), plain(beta), shape).astype(dtype or "float32")


def gamma(shape: Any, alpha: Any, dtype: Any = None, seed: Any = None) -> Any:
    """Draw from the gamma distribution of scale 1."""
    return _stream(seed).gamma(plain(alpha), 1.0, shape).astype(dtype or "float32")


def categorical(logits: Any, num_samples: Any, dtype: Any = "int32", seed: Any = None) -> Any:
    """Draw class numbers, by the probabilities ``softmax(logits)``, so many for each row."""
    logits = np.asarray(plain(read(logits)))
    noise = _stream(seed).gumbel(size=(len(logits), num_samples, logits.shape[-1]))
    return np.argmax(logits[:, None] + noise, -1).astype(dtype)


def dropout(inputs: Any, rate: Any, noise_shape: Any = None, seed: Any = None) -> Any:
    """Set a share ``rate`` of ``inputs`` to 0, and make the others larger by ``1 / (1 - rate)``."""
    inputs = read(inputs)
    kept = _stream(seed).random(noise_shape or np.shape(inputs)) >= rate
    return inputs * (kept / (1 - rate)).astype(plain(inputs).dtype)


def shuffle(x: Any, axis: Any = 0, seed: Any = None) -> Any:
    """Return the rows in another order."""
    return take(x, _stream(seed).permutation(np.shape(read(x))[axis]), axis)

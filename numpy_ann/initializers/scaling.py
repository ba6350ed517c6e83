"""Initializers that follow the shape: as wide as keeps activations or gradients at one size."""

from math import prod, sqrt

import numpy as np

from numpy_ann._typing import Array, Shape
from numpy_ann.initializers.initializer import RandomInitializer, truncated_normal
from numpy_ann.validation import checked_choice, checked_number

_TRUNCATED_DEVIATION = 0.87962566103423978  # the standard deviation of a normal number cut off at two
_MODES = ("fan_in", "fan_out", "fan_avg")
_DISTRIBUTIONS = ("truncated_normal", "untruncated_normal", "uniform")


class VarianceScaling(RandomInitializer):
    """Random numbers of mean 0 and of a variance that follows from the shape.

    ::

        Var[W] = scale / n          n = fan_in, fan_out or their mean, but at least 1

    drawn from ``U(-limit, limit)`` with ``limit = sqrt(3 scale / n)``, from a normal distribution, or from a
    normal one cut off at two deviations and widened so that the variance is the same.

    Shapes: for a kernel ``(..., fan_in, fan_out)``, leading axes multiply both fans.

    Parameters
    ----------
    scale : float
        Positive.
    mode : {"fan_in", "fan_out", "fan_avg"}
        What ``n`` is.
    distribution : {"truncated_normal", "untruncated_normal", "uniform"}
        ``"normal"`` means the truncated one, as in Keras.

    Source: He et al., "Delving Deep into Rectifiers", ICCV 2015, section 2.2; the cases below name theirs.

    >>> W = VarianceScaling(2.0)((200, 100), "float64")
    >>> bool(abs(W.var() * 200 - 2) < 0.1)
    True
    """

    def __init__(
        self, scale: float = 1.0, mode: str = "fan_in", distribution: str = "truncated_normal",
        seed: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__(seed)
        self.scale = checked_number("scale", scale, above=0)
        self.mode = checked_choice("mode", mode, _MODES)
        distribution = "truncated_normal" if distribution == "normal" else distribution
        self.distribution = checked_choice("distribution", distribution, _DISTRIBUTIONS)

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        fan_in, fan_out = fans(shape)
        n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, n)
        if self.distribution == "uniform":
            limit = sqrt(3 * variance)
            return rng.uniform(-limit, limit, size=shape)
        if self.distribution == "untruncated_normal":
            return rng.normal(0, sqrt(variance), size=shape)
        return sqrt(variance) / _TRUNCATED_DEVIATION * truncated_normal(shape, rng)


class _Case(VarianceScaling):
    """A variance scaling that has a name of its own, and no options but the seed."""

    __init__ = RandomInitializer.__init__  # pyright: ignore[reportAssignmentType]  # takes the seed alone


class GlorotUniform(_Case):
    """Uniform numbers, as wide as keeps activations and gradients at one size through the layers.

    ``W ~ U(-limit, limit)`` with ``limit = sqrt(6 / (fan_in + fan_out))``, so that
    ``Var[W] = 2 / (fan_in + fan_out)``.

    Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks",
    AISTATS 2010, equation 16.

    >>> bool(np.abs(GlorotUniform()((784, 128))).max() <= np.sqrt(6 / (784 + 128)))
    True
    """

    scale, mode, distribution = 1.0, "fan_avg", "uniform"


class GlorotNormal(_Case):
    """Truncated normal numbers of variance ``2 / (fan_in + fan_out)``; see ``GlorotUniform``."""

    scale, mode, distribution = 1.0, "fan_avg", "truncated_normal"


class HeUniform(_Case):
    """``W ~ U(-limit, limit)`` with ``limit = sqrt(6 / fan_in)``; see ``HeNormal``."""

    scale, mode, distribution = 2.0, "fan_in", "uniform"


class HeNormal(_Case):
    """Truncated normal numbers of variance ``2 / fan_in``: what layers followed by ReLU need.

    Source: He et al., "Delving Deep into Rectifiers", ICCV 2015, equation 10.
    """

    scale, mode, distribution = 2.0, "fan_in", "truncated_normal"


class LecunUniform(_Case):
    """``W ~ U(-limit, limit)`` with ``limit = sqrt(3 / fan_in)``; see ``LecunNormal``."""

    scale, mode, distribution = 1.0, "fan_in", "uniform"


class LecunNormal(_Case):
    """Truncated normal numbers of variance ``1 / fan_in``: what layers followed by SELU need.

    Source: LeCun et al., "Efficient BackProp" (1998), section 4.6.
    """

    scale, mode, distribution = 1.0, "fan_in", "truncated_normal"


def fans(shape: Shape) -> tuple[int, int]:
    """Return how many inputs reach an output, and how many outputs an input reaches.

    >>> fans((784, 128))
    (784, 128)
    """
    if len(shape) < 2:
        return (*shape, 1)[0], (*shape, 1)[0]
    return prod(shape[:-1]), prod((*shape[:-2], shape[-1]))

"""Where the weights start."""

from numpy_ann.initializers.constant import Constant, Identity, Ones, Zeros
from numpy_ann.initializers.initializer import Initializer, RandomInitializer
from numpy_ann.initializers.orthogonal import Orthogonal
from numpy_ann.initializers.random import RandomNormal, RandomUniform, TruncatedNormal
from numpy_ann.initializers.variance_scaling import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
)
from numpy_ann.lookup import find, snake_case

__all__ = [
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Identity",
    "Initializer",
    "LecunNormal",
    "LecunUniform",
    "Ones",
    "Orthogonal",
    "RandomInitializer",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "VarianceScaling",
    "Zeros",
    "get",
]

_CLASSES: tuple[type[Initializer], ...] = (
    Constant,
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    Identity,
    LecunNormal,
    LecunUniform,
    Ones,
    Orthogonal,
    RandomNormal,
    RandomUniform,
    TruncatedNormal,
    VarianceScaling,
    Zeros,
)
_BY_NAME: dict[str, type[Initializer]] = {
    **{snake_case(cls.__name__): cls for cls in _CLASSES},
    **{cls.__name__: cls for cls in _CLASSES},
    "normal": RandomNormal,
    "one": Ones,
    "uniform": RandomUniform,
    "zero": Zeros,
}


def get(identifier: str | Initializer) -> Initializer:
    """Return the initializer of that name, or the initializer itself.

    Raises
    ------
    ValueError
        If there is none of that name.

    Examples
    --------
    >>> type(get("he_normal")).__name__
    'HeNormal'
    """
    if isinstance(identifier, Initializer):
        return identifier
    if isinstance(identifier, str):
        return find("initializer", identifier, _BY_NAME)()
    raise ValueError(f"An initializer is a name or an Initializer. Received: {identifier!r}")

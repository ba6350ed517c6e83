"""Where the weights start."""

# fmt: off
# isort: off
from inspect import cleandoc
from typing import TYPE_CHECKING, Any

from numpy_ann.initializers.initializer import (
    Constant, Identity, Initializer, InitializerLike, Ones, Orthogonal, RandomInitializer, RandomNormal,
    RandomUniform, TruncatedNormal, Zeros,
)
from numpy_ann.initializers.scaling import (
    GlorotNormal, GlorotUniform, HeNormal, HeUniform, LecunNormal, LecunUniform, VarianceScaling,
)
from numpy_ann.lookup import by_name, concrete_classes, left_out

__all__ = [
    "Constant", "GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform", "Identity", "IdentityInitializer",
    "Initializer", "InitializerLike", "LecunNormal", "LecunUniform", "Ones", "Orthogonal",
    "OrthogonalInitializer", "RandomInitializer", "RandomNormal", "RandomUniform", "TruncatedNormal",
    "VarianceScaling", "Zeros", "constant", "get", "glorot_normal", "glorot_uniform", "he_normal",
    "he_uniform", "identity", "lecun_normal", "lecun_uniform", "ones", "orthogonal", "random_normal",
    "random_uniform", "truncated_normal", "variance_scaling", "zeros",
]
# fmt: on

# Keras' other names for them.
constant, identity, ones, zeros, orthogonal = Constant, Identity, Ones, Zeros, Orthogonal
glorot_normal, glorot_uniform, he_normal, he_uniform = GlorotNormal, GlorotUniform, HeNormal, HeUniform
lecun_normal, lecun_uniform, variance_scaling = LecunNormal, LecunUniform, VarianceScaling
random_normal, random_uniform, truncated_normal = RandomNormal, RandomUniform, TruncatedNormal
IdentityInitializer, OrthogonalInitializer = Identity, Orthogonal

_BY_NAME: dict[str, type[Initializer]] = concrete_classes(__all__, globals())
for _cls in set(_BY_NAME.values()):  # one example serves all that show none
    if ">>>" not in (_words := cleandoc(_cls.__doc__ or "")):
        _cls.__doc__ = f"{_words}\n\n>>> {_cls.__name__}()((784, 128)).shape\n(784, 128)\n"
_BY_NAME |= {"normal": RandomNormal, "one": Ones, "uniform": RandomUniform, "zero": Zeros}

if not TYPE_CHECKING:
    __getattr__ = left_out(
        __name__, "STFT STFTInitializer stft", "it fills the kernels of convolutions, which aren't here."
    )


# None stays None: add_weight has its own, "glorot_uniform".
@by_name("initializer", Initializer, _BY_NAME, none=True)
def get(identifier: InitializerLike | None) -> Any:
    """Return the initializer of that name, or the initializer itself: an object, or a function.

    Raises ``ValueError`` if there is none of that name.

    >>> type(get("he_normal")).__name__
    'HeNormal'
    """
    if isinstance(identifier, type) and issubclass(identifier, Initializer):
        return identifier()
    if callable(identifier):
        return identifier
    kinds = "a name, an Initializer, or a function (shape, dtype=None)"
    raise ValueError(f"An initializer is {kinds}. Received: {identifier!r}")

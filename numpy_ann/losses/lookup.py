"""From ``loss="mse"`` to the loss that is meant."""

from types import ModuleType
from typing import cast

from numpy_ann import lookup
from numpy_ann.losses.binary_crossentropy import BinaryCrossentropy
from numpy_ann.losses.categorical_crossentropy import CategoricalCrossentropy
from numpy_ann.losses.cosine_similarity import CosineSimilarity
from numpy_ann.losses.focal import BinaryFocalCrossentropy, CategoricalFocalCrossentropy
from numpy_ann.losses.function_loss import FunctionLoss, LossFunction
from numpy_ann.losses.hinge import CategoricalHinge, Hinge, SquaredHinge
from numpy_ann.losses.kl_divergence import KLDivergence
from numpy_ann.losses.loss import Loss
from numpy_ann.losses.poisson import Poisson
from numpy_ann.losses.regression import (
    Huber,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
)
from numpy_ann.losses.sparse_categorical_crossentropy import SparseCategoricalCrossentropy

__all__ = ["BY_CLASS", "get"]

BY_CLASS: dict[str, type[Loss]] = {
    cls.__name__: cls
    for cls in (
        BinaryCrossentropy,
        BinaryFocalCrossentropy,
        CategoricalCrossentropy,
        CategoricalFocalCrossentropy,
        CategoricalHinge,
        CosineSimilarity,
        Hinge,
        Huber,
        KLDivergence,
        LogCosh,
        MeanAbsoluteError,
        MeanAbsolutePercentageError,
        MeanSquaredError,
        MeanSquaredLogarithmicError,
        Poisson,
        SparseCategoricalCrossentropy,
        SquaredHinge,
    )
}
_ALIASES: dict[str, type[Loss]] = {
    "bce": BinaryCrossentropy,
    "huber_loss": Huber,
    "kld": KLDivergence,
    "kullback_leibler_divergence": KLDivergence,
    "logcosh": LogCosh,
    "mae": MeanAbsoluteError,
    "mape": MeanAbsolutePercentageError,
    "mse": MeanSquaredError,
    "msle": MeanSquaredLogarithmicError,
}
_BY_NAME: dict[str, type[Loss]] = {
    **{lookup.snake_case(name): cls for name, cls in BY_CLASS.items()},
    **_ALIASES,
    **{name.upper(): cls for name, cls in _ALIASES.items() if len(name) <= 4},
    **BY_CLASS,
}


def get(identifier: str | Loss | type[Loss] | LossFunction) -> Loss:
    """Return the loss of that name, the loss itself, or the loss that a function is.

    Names are Keras' functions, classes and short forms: ``"mean_squared_error"``, ``"MeanSquaredError"``,
    ``"mse"``, ``"MSE"``. A function returns losses and their gradient: see ``FunctionLoss``.

    Raises
    ------
    ValueError
        If there is none of that name; the message offers near ones.

    Examples
    --------
    >>> get("mse").name
    'mean_squared_error'
    """
    if isinstance(identifier, Loss):
        return identifier
    if isinstance(identifier, str):
        return lookup.find("loss", identifier, _BY_NAME)()
    if isinstance(identifier, type) and issubclass(identifier, Loss):
        return identifier()
    if isinstance(identifier, ModuleType):  # from numpy_ann.losses import huber
        name = identifier.__name__.rpartition(".")[2]  # type: ignore[unreachable]
        name, cls = (name, _BY_NAME[name]) if name in _BY_NAME else ("mse", MeanSquaredError)
        raise ValueError(
            f"`{identifier.__name__}` is a module, not a loss: numpy_ann has no functions of Keras' names. "
            f'Pass a name, such as "{name}", or a Loss, such as {cls.__name__}().'
        )
    if callable(identifier):
        return FunctionLoss(cast(LossFunction, identifier))
    raise ValueError(
        f"A loss is a name or a Loss. Received: {identifier!r}. A function will do too, if it returns "
        "(losses, gradient)."
    )

"""The losses: how wrong a prediction is, and in which direction it would get better."""

# fmt: off
# isort: off
from inspect import isabstract
from typing import TYPE_CHECKING, Any, cast

from numpy_ann.lookup import by_name, left_out
from numpy_ann.losses.binary import BinaryCrossentropy, BinaryLoss
from numpy_ann.losses.categorical import (
    CategoricalCrossentropy, CategoricalGeneralizedCrossEntropy, KLDivergence, SparseCategoricalCrossentropy,
)
from numpy_ann.losses.focal import BinaryFocalCrossentropy, CategoricalFocalCrossentropy
from numpy_ann.losses.functions import FunctionLoss, LossFunction
from numpy_ann.losses.functions import as_name as _as_name
from numpy_ann.losses.functions import class_of as _class_of
from numpy_ann.losses.functions import function_of as _function_of
from numpy_ann.losses.logits import sigmoid_crossentropy, softmax_crossentropy, softmax_crossentropy_gradient
from numpy_ann.losses.loss import Loss
from numpy_ann.losses.margins import CategoricalHinge, Hinge, SquaredHinge
from numpy_ann.losses.overlap import Dice, Tversky
from numpy_ann.losses.regression import (
    CosineSimilarity, ElementwiseLoss, Huber, LogCosh, MeanAbsoluteError, MeanAbsolutePercentageError,
    MeanSquaredError, MeanSquaredLogarithmicError, Poisson,
)

__all__ = [
    "BCE", "KLD", "MAE", "MAPE", "MSE", "MSLE",
    "BinaryCrossentropy", "BinaryFocalCrossentropy", "BinaryLoss", "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy", "CategoricalGeneralizedCrossEntropy", "CategoricalHinge",
    "CosineSimilarity", "Dice", "ElementwiseLoss", "FunctionLoss",
    "Hinge", "Huber", "KLDivergence", "LogCosh", "Loss", "MeanAbsoluteError", "MeanAbsolutePercentageError",
    "MeanSquaredError", "MeanSquaredLogarithmicError", "Poisson", "SparseCategoricalCrossentropy",
    "SquaredHinge", "Tversky",
    "bce", "binary_crossentropy", "binary_focal_crossentropy", "categorical_crossentropy",
    "categorical_focal_crossentropy", "categorical_generalized_cross_entropy", "categorical_hinge",
    "cosine_similarity", "dice", "get", "hinge", "huber",
    "kl_divergence", "kld", "kullback_leibler_divergence", "log_cosh", "logcosh", "mae", "mape",
    "mean_absolute_error", "mean_absolute_percentage_error", "mean_squared_error",
    "mean_squared_logarithmic_error", "mse", "msle", "poisson", "sigmoid_crossentropy",
    "softmax_crossentropy", "softmax_crossentropy_gradient", "sparse_categorical_crossentropy",
    "squared_hinge", "tversky",
]
# fmt: on

binary_crossentropy = bce = BCE = _function_of(BinaryCrossentropy)
binary_focal_crossentropy = _function_of(BinaryFocalCrossentropy)
categorical_crossentropy = _function_of(CategoricalCrossentropy)
categorical_focal_crossentropy = _function_of(CategoricalFocalCrossentropy)
categorical_generalized_cross_entropy = _function_of(CategoricalGeneralizedCrossEntropy)
categorical_hinge = _function_of(CategoricalHinge)
cosine_similarity = _function_of(CosineSimilarity)
dice = _function_of(Dice)
hinge = _function_of(Hinge)
huber = _function_of(Huber)
kl_divergence = kld = KLD = kullback_leibler_divergence = _function_of(KLDivergence)
log_cosh = logcosh = _function_of(LogCosh)
mean_absolute_error = mae = MAE = _function_of(MeanAbsoluteError)
mean_absolute_percentage_error = mape = MAPE = _function_of(MeanAbsolutePercentageError)
mean_squared_error = mse = MSE = _function_of(MeanSquaredError)
mean_squared_logarithmic_error = msle = MSLE = _function_of(MeanSquaredLogarithmicError)
poisson = _function_of(Poisson)
sparse_categorical_crossentropy = _function_of(SparseCategoricalCrossentropy)
squared_hinge = _function_of(SquaredHinge)
tversky = _function_of(Tversky)

if not TYPE_CHECKING:
    __getattr__ = left_out(
        __name__,
        "CTC Circle circle ctc deserialize serialize",
        "CTC is for sequences, Circle for pairs of samples, and models write and read their losses "
        "themselves. Use another loss; get(name), get_config() and from_config(config) make and describe it.",
    )

_PUBLIC = {name: globals()[name] for name in __all__ if name in globals()}
BY_CLASS: dict[str, type[Loss]] = {
    name: thing
    for name, thing in _PUBLIC.items()
    if isinstance(thing, type) and not isabstract(thing) and thing is not FunctionLoss
}
_BY_NAME: dict[str, type[Loss]] = {
    **{name: _cls for name, thing in _PUBLIC.items() if (_cls := _class_of(thing))},
    "huber_loss": Huber,  # Keras 2's
    **BY_CLASS,
}


@by_name("loss", Loss, _BY_NAME)
def get(identifier: Any) -> Loss:
    """Return the loss of that name, the loss itself, or the loss that a function is.

    Names are Keras' functions, classes and short forms: ``"mean_squared_error"``, ``"MeanSquaredError"``,
    ``"mse"``, ``"MSE"``. The functions of these names mean their classes. A function of your own returns
    losses and their gradient: see ``FunctionLoss``.

    Raises ``ValueError`` if there is none of that name; the message offers near ones.

    >>> get("mse").name, get(mse).name
    ('mean_squared_error', 'mean_squared_error')
    """
    if isinstance(name := _as_name(identifier), str):
        return get(name)
    if isinstance(identifier, type) and issubclass(identifier, Loss):
        return identifier()
    if callable(identifier):
        return FunctionLoss(cast(LossFunction, identifier))
    raise ValueError(
        f"A loss is a name or a Loss. Received: {identifier!r}. A function will do too, if it returns "
        "(losses, gradient)."
    )

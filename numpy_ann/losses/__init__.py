"""The losses: how wrong a prediction is, and in which direction it would get better."""

# fmt: off
# isort: off
from typing import TYPE_CHECKING, Any, cast

from numpy_ann.losses import functions
from numpy_ann.lookup import by_name, concrete_classes, left_out
from numpy_ann.losses.binary import (
    BinaryCrossentropy, BinaryFocalCrossentropy, BinaryLoss, CategoricalFocalCrossentropy,
)
from numpy_ann.losses.categorical import (
    CategoricalCrossentropy, CategoricalGeneralizedCrossEntropy, CategoricalHinge, CosineSimilarity,
    KLDivergence, SparseCategoricalCrossentropy,
)
from numpy_ann.losses.elementwise import (
    ElementwiseLoss, Hinge, Huber, LogCosh, MeanAbsoluteError, MeanAbsolutePercentageError,
    MeanSquaredError, MeanSquaredLogarithmicError, Poisson, SquaredHinge,
)
from numpy_ann.losses.functions import FunctionLoss, LossFunction
from numpy_ann.losses.logits import sigmoid_crossentropy, softmax_crossentropy, softmax_crossentropy_gradient
from numpy_ann.losses.loss import Loss
from numpy_ann.losses.overlap import Dice, Tversky

__all__ = [
    "BCE", "KLD", "MAE", "MAPE", "MSE", "MSLE", "BinaryCrossentropy", "BinaryFocalCrossentropy", "BinaryLoss",
    "CategoricalCrossentropy", "CategoricalFocalCrossentropy", "CategoricalGeneralizedCrossEntropy",
    "CategoricalHinge", "CosineSimilarity", "Dice", "ElementwiseLoss", "FunctionLoss", "Hinge", "Huber",
    "KLDivergence", "LogCosh", "Loss", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredError",
    "MeanSquaredLogarithmicError", "Poisson", "SparseCategoricalCrossentropy", "SquaredHinge", "Tversky",
    "bce", "binary_crossentropy", "binary_focal_crossentropy", "categorical_crossentropy",
    "categorical_focal_crossentropy", "categorical_generalized_cross_entropy", "categorical_hinge",
    "cosine_similarity", "dice", "get", "hinge", "huber", "kl_divergence", "kld",
    "kullback_leibler_divergence", "log_cosh", "logcosh", "mae", "mape", "mean_absolute_error",
    "mean_absolute_percentage_error", "mean_squared_error", "mean_squared_logarithmic_error", "mse", "msle",
    "poisson", "sigmoid_crossentropy", "softmax_crossentropy", "softmax_crossentropy_gradient",
    "sparse_categorical_crossentropy", "squared_hinge", "tversky",
]  # fmt: skip
# fmt: on

binary_crossentropy = bce = BCE = functions.function_of(BinaryCrossentropy)
binary_focal_crossentropy = functions.function_of(BinaryFocalCrossentropy)
categorical_crossentropy = functions.function_of(CategoricalCrossentropy)
categorical_focal_crossentropy = functions.function_of(CategoricalFocalCrossentropy)
categorical_generalized_cross_entropy = functions.function_of(CategoricalGeneralizedCrossEntropy)
categorical_hinge = functions.function_of(CategoricalHinge)
cosine_similarity = functions.function_of(CosineSimilarity)
dice = functions.function_of(Dice)
hinge = functions.function_of(Hinge)
huber = functions.function_of(Huber)
kl_divergence = kld = KLD = kullback_leibler_divergence = functions.function_of(KLDivergence)
log_cosh = logcosh = functions.function_of(LogCosh)
mean_absolute_error = mae = MAE = functions.function_of(MeanAbsoluteError)
mean_absolute_percentage_error = mape = MAPE = functions.function_of(MeanAbsolutePercentageError)
mean_squared_error = mse = MSE = functions.function_of(MeanSquaredError)
mean_squared_logarithmic_error = msle = MSLE = functions.function_of(MeanSquaredLogarithmicError)
poisson = functions.function_of(Poisson)
sparse_categorical_crossentropy = functions.function_of(SparseCategoricalCrossentropy)
squared_hinge = functions.function_of(SquaredHinge)
tversky = functions.function_of(Tversky)

if not TYPE_CHECKING:
    __getattr__ = left_out(
        __name__,
        "CTC Circle circle ctc deserialize serialize",
        "CTC is for sequences, Circle for pairs of samples, and models write and read their losses "
        "themselves. Use another loss; get(name), get_config() and from_config(config) make and describe it.",
    )

BY_CLASS: dict[str, type[Loss]] = concrete_classes([n for n in __all__ if n != "FunctionLoss"], globals())
_BY_NAME = {name: _cls for name in __all__ if (_cls := functions.class_of(globals().get(name)))} | BY_CLASS
_BY_NAME["huber_loss"] = Huber  # Keras 2's


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
    if isinstance(name := functions.as_name(identifier), str):
        return get(name)
    if isinstance(identifier, type) and issubclass(identifier, Loss):
        return identifier()
    if callable(identifier):
        return FunctionLoss(cast(LossFunction, identifier))
    raise ValueError(
        f"A loss is a name or a Loss. Received: {identifier!r}. A function will do too, if it returns "
        "(losses, gradient)."
    )

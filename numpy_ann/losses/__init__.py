"""The losses: how wrong a prediction is, and in which direction it would get better."""

from numpy_ann.losses.binary import BinaryLoss
from numpy_ann.losses.binary_crossentropy import BinaryCrossentropy
from numpy_ann.losses.categorical_crossentropy import CategoricalCrossentropy
from numpy_ann.losses.cosine_similarity import CosineSimilarity
from numpy_ann.losses.elementwise import ElementwiseLoss
from numpy_ann.losses.focal import BinaryFocalCrossentropy, CategoricalFocalCrossentropy
from numpy_ann.losses.function_loss import FunctionLoss
from numpy_ann.losses.hinge import CategoricalHinge, Hinge, SquaredHinge
from numpy_ann.losses.kl_divergence import KLDivergence
from numpy_ann.losses.lookup import get
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
from numpy_ann.losses.sigmoid_crossentropy import sigmoid_crossentropy
from numpy_ann.losses.softmax_crossentropy import softmax_crossentropy, softmax_crossentropy_gradient
from numpy_ann.losses.sparse_categorical_crossentropy import SparseCategoricalCrossentropy

__all__ = [
    "BinaryCrossentropy",
    "BinaryFocalCrossentropy",
    "BinaryLoss",
    "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy",
    "CategoricalHinge",
    "CosineSimilarity",
    "ElementwiseLoss",
    "FunctionLoss",
    "Hinge",
    "Huber",
    "KLDivergence",
    "LogCosh",
    "Loss",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Poisson",
    "SparseCategoricalCrossentropy",
    "SquaredHinge",
    "get",
    "sigmoid_crossentropy",
    "softmax_crossentropy",
    "softmax_crossentropy_gradient",
]

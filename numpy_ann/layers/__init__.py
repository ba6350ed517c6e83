"""The layers: each a function and its derivative."""

# fmt: off
# isort: off
from typing import TYPE_CHECKING

from numpy_ann.layers.activation import ELU, Activation, LeakyReLU, PReLU, ReLU, Softmax
from numpy_ann.layers.batch_normalization import BatchNormalization
from numpy_ann.layers.categories import CategoryEncoding, Discretization
from numpy_ann.layers.dense import Dense
from numpy_ann.layers.dropout import AlphaDropout, Dropout, GaussianDropout, GaussianNoise, SpatialDropout1D
from numpy_ann.layers.embedding import Embedding
from numpy_ann.layers.input import ActivityRegularization, Identity, Input, InputLayer
from numpy_ann.layers.layer import Layer
from numpy_ann.layers.layer_normalization import (
    GroupNormalization, LayerNormalization, RMSNormalization, UnitNormalization,
)
from numpy_ann.layers.merging import (
    Add, Average, Concatenate, Dot, Maximum, Minimum, Multiply, Subtract,
    add, average, concatenate, dot, maximum, minimum, multiply, subtract,
)
from numpy_ann.layers.normalization import Normalization, Rescaling
from numpy_ann.layers.pooling import GlobalAveragePooling1D, GlobalMaxPooling1D
from numpy_ann.layers.reshape import Flatten, Permute, RepeatVector, Reshape
from numpy_ann.layers.vocabulary import IntegerLookup, StringLookup
from numpy_ann.lookup import left_out
# fmt: on
# isort: on

__all__ = [
    "ELU", "Activation", "ActivityRegularization", "Add", "AlphaDropout", "Average", "BatchNormalization",
    "CategoryEncoding", "Concatenate", "Dense", "Discretization", "Dot", "Dropout", "Embedding", "Flatten",
    "GaussianDropout", "GaussianNoise", "GlobalAveragePooling1D", "GlobalMaxPooling1D", "GroupNormalization",
    "Identity", "Input", "InputLayer", "IntegerLookup", "Layer", "LayerNormalization", "LeakyReLU", "Maximum",
    "Minimum", "Multiply", "Normalization", "PReLU", "Permute", "RMSNormalization", "ReLU", "RepeatVector",
    "Rescaling", "Reshape", "Softmax", "SpatialDropout1D", "StringLookup", "Subtract", "UnitNormalization",
    "add", "average", "concatenate", "dot", "maximum", "minimum", "multiply", "subtract",
]  # fmt: skip

if TYPE_CHECKING:
    from numpy_ann.layers.traced import Lambda as Lambda
else:
    __getattr__ = left_out(
        __name__,
        "keras.layers",
        "numpy_ann is for fully connected networks, chains and graphs of them. Make a network of the layers "
        "in numpy_ann.layers.__all__, or write a layer of your own (see Layer); for others, use Keras.",
        later={"Lambda": "numpy_ann.layers.traced"},  # what runs on the tape, which most models don't need
    )

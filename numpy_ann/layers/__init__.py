"""The layers: each a function and its derivative."""

from numpy_ann.layers.activation import Activation, Softmax
from numpy_ann.layers.batch_normalization import BatchNormalization
from numpy_ann.layers.dense import Dense
from numpy_ann.layers.dropout import AlphaDropout, Dropout, SpatialDropout1D
from numpy_ann.layers.group_normalization import GroupNormalization
from numpy_ann.layers.identity import ActivityRegularization, Identity
from numpy_ann.layers.input import Input, InputLayer
from numpy_ann.layers.layer import Layer
from numpy_ann.layers.layer_normalization import LayerNormalization, RMSNormalization, UnitNormalization
from numpy_ann.layers.noise import GaussianDropout, GaussianNoise
from numpy_ann.layers.normalization import Normalization
from numpy_ann.layers.rectifiers import ELU, LeakyReLU, PReLU, ReLU
from numpy_ann.layers.rescaling import Rescaling
from numpy_ann.layers.reshape import Flatten, Permute, RepeatVector, Reshape

__all__ = [
    "ELU",
    "Activation",
    "ActivityRegularization",
    "AlphaDropout",
    "BatchNormalization",
    "Dense",
    "Dropout",
    "Flatten",
    "GaussianDropout",
    "GaussianNoise",
    "GroupNormalization",
    "Identity",
    "Input",
    "InputLayer",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "Normalization",
    "PReLU",
    "Permute",
    "RMSNormalization",
    "ReLU",
    "RepeatVector",
    "Rescaling",
    "Reshape",
    "Softmax",
    "SpatialDropout1D",
    "UnitNormalization",
]

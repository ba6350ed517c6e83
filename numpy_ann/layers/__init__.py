"""The layers: each a function and its derivative, in a file of its own."""

from numpy_ann.layers.activation import Activation, Softmax
from numpy_ann.layers.alpha_dropout import AlphaDropout
from numpy_ann.layers.batch_normalization import BatchNormalization
from numpy_ann.layers.dense import Dense
from numpy_ann.layers.dropout import Dropout
from numpy_ann.layers.flatten import Flatten
from numpy_ann.layers.gaussian_noise import GaussianDropout, GaussianNoise
from numpy_ann.layers.input import Input, InputLayer
from numpy_ann.layers.layer import Layer
from numpy_ann.layers.layer_normalization import LayerNormalization
from numpy_ann.layers.normalization import Normalization
from numpy_ann.layers.prelu import PReLU
from numpy_ann.layers.rectifiers import ELU, LeakyReLU, ReLU
from numpy_ann.layers.rescaling import Rescaling
from numpy_ann.layers.reshape import Reshape

__all__ = [
    "ELU",
    "Activation",
    "AlphaDropout",
    "BatchNormalization",
    "Dense",
    "Dropout",
    "Flatten",
    "GaussianDropout",
    "GaussianNoise",
    "Input",
    "InputLayer",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "Normalization",
    "PReLU",
    "ReLU",
    "Rescaling",
    "Reshape",
    "Softmax",
]

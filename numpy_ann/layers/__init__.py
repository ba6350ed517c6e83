"""The layers: each a function and its derivative, in a file of its own."""

from numpy_ann.layers.activation import Activation, ReLU, Softmax
from numpy_ann.layers.dense import Dense
from numpy_ann.layers.dropout import Dropout
from numpy_ann.layers.flatten import Flatten
from numpy_ann.layers.input import Input, InputLayer
from numpy_ann.layers.layer import Layer

__all__ = ["Activation", "Dense", "Dropout", "Flatten", "Input", "InputLayer", "Layer", "ReLU", "Softmax"]

"""The layers: each a function and its derivative."""

from typing import TYPE_CHECKING

from numpy_ann.layers.activation import Activation, Softmax
from numpy_ann.layers.batch_normalization import BatchNormalization
from numpy_ann.layers.dense import Dense
from numpy_ann.layers.dropout import AlphaDropout, Dropout, SpatialDropout1D
from numpy_ann.layers.input import ActivityRegularization, Identity, Input, InputLayer
from numpy_ann.layers.layer import Layer
from numpy_ann.layers.layer_normalization import (
    GroupNormalization,
    LayerNormalization,
    RMSNormalization,
    UnitNormalization,
)
from numpy_ann.layers.noise import GaussianDropout, GaussianNoise
from numpy_ann.layers.normalization import Normalization, Rescaling
from numpy_ann.layers.rectifiers import ELU, LeakyReLU, PReLU, ReLU
from numpy_ann.layers.reshape import Flatten, Permute, RepeatVector, Reshape
from numpy_ann.lookup import left_out

__all__ = [
    "ELU", "Activation", "ActivityRegularization", "AlphaDropout", "BatchNormalization", "Dense", "Dropout",
    "Flatten", "GaussianDropout", "GaussianNoise", "GroupNormalization", "Identity", "Input", "InputLayer",
    "Layer", "LayerNormalization", "LeakyReLU", "Normalization", "PReLU", "Permute", "RMSNormalization",
    "ReLU", "RepeatVector", "Rescaling", "Reshape", "Softmax", "SpatialDropout1D", "UnitNormalization",
]  # fmt: skip

_LEFT_OUT = """
    AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D AdaptiveMaxPooling1D
    AdaptiveMaxPooling2D AdaptiveMaxPooling3D Add AdditiveAttention Attention AugMix AutoContrast Average
    AveragePooling1D AveragePooling2D AveragePooling3D AvgPool1D AvgPool2D AvgPool3D Bidirectional
    CategoryEncoding CenterCrop Concatenate ContrastLimitedAdaptiveHistogramEqualization Conv1D
    Conv1DTranspose Conv2D Conv2DTranspose Conv3D Conv3DTranspose ConvLSTM1D ConvLSTM2D ConvLSTM3D
    Convolution1D Convolution1DTranspose Convolution2D Convolution2DTranspose Convolution3D
    Convolution3DTranspose Cropping1D Cropping2D Cropping3D CutMix DepthwiseConv1D DepthwiseConv2D
    Discretization Dot EinsumDense Embedding Equalization FlaxLayer GRU GRUCell GlobalAveragePooling1D
    GlobalAveragePooling2D GlobalAveragePooling3D GlobalAvgPool1D GlobalAvgPool2D GlobalAvgPool3D
    GlobalMaxPool1D GlobalMaxPool2D GlobalMaxPool3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D
    GroupQueryAttention HashedCrossing Hashing InputSpec IntegerLookup JaxLayer LSTM LSTMCell Lambda Masking
    MaxNumBoundingBoxes MaxPool1D MaxPool2D MaxPool3D MaxPooling1D MaxPooling2D MaxPooling3D Maximum
    MelSpectrogram Minimum MixUp MultiHeadAttention Multiply Pipeline RNN RandAugment RandomBrightness
    RandomColorDegeneration RandomColorJitter RandomContrast RandomCrop RandomElasticTransform RandomErasing
    RandomFlip RandomGaussianBlur RandomGrayscale RandomHue RandomInvert RandomPerspective
    RandomPosterization RandomRotation RandomSaturation RandomSharpness RandomShear RandomTranslation
    RandomZoom Resizing ReversibleEmbedding STFTSpectrogram SeparableConv1D SeparableConv2D
    SeparableConvolution1D SeparableConvolution2D SimpleRNN SimpleRNNCell Solarization SpatialDropout2D
    SpatialDropout3D SpectralNormalization StackedRNNCells StringLookup Subtract TFSMLayer TextVectorization
    TimeDistributed TorchModuleWrapper UpSampling1D UpSampling2D UpSampling3D Wrapper ZeroPadding1D
    ZeroPadding2D ZeroPadding3D add average concatenate deserialize dot maximum minimum multiply serialize
    subtract
"""

if not TYPE_CHECKING:
    __getattr__ = left_out(
        __name__,
        _LEFT_OUT,
        "numpy_ann is for fully connected networks, one layer behind the other. Make a network of the layers "
        "in numpy_ann.layers.__all__, or write a layer of your own (see Layer); for others, use Keras.",
    )

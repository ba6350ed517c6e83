"""The layers: what makes each, and the shape of a sample for it."""

from dataclasses import dataclass
from typing import Any

from numpy_ann import activations
from tests.parts import Case, Part

__all__ = ["CASES", "LayerCase"]


@dataclass(frozen=True)
class LayerCase(Case):
    """A layer, and the shape of one sample, without the batch axis."""

    shape: tuple[int, ...]

    @property
    def name(self) -> str:
        return f"{super().name} of {self.shape}"


def case(shape: tuple[int, ...], name: str, /, *args: Any, **options: Any) -> LayerCase:
    return LayerCase.of(f"layers.{name}", args, options, shape)


def not_in_keras(shape: tuple[int, ...], name: str, /, *args: Any, **options: Any) -> LayerCase:
    return LayerCase.of(f"layers.{name}", args, options, shape, stored=False)


LEAKY = activations.leaky_relu.with_options(negative_slope=0.1)

CASES = [
    case((5,), "Activation", "linear"),
    case((5,), "Activation", "relu"),
    case((2, 3), "Activation", "sigmoid"),
    case((2, 3), "Activation", "softmax"),
    case((5,), "Activation", "tanh"),
    case((5,), "Activation", "gelu", activity_regularizer="l2"),
    case((5,), "AlphaDropout", 0.4),
    case((2, 3), "AlphaDropout", 0, seed=3),
    case((2, 3), "AlphaDropout", 0.3, noise_shape=(None, 1, 3)),
    case((4,), "BatchNormalization"),
    case((3, 4), "BatchNormalization", 1, 0.9, 0.01, gamma_regularizer="l2"),
    case((4,), "BatchNormalization", center=False, gamma_initializer="random_normal"),
    case((2, 3), "BatchNormalization", scale=False, moving_mean_initializer="ones"),
    case((4,), "BatchNormalization", trainable=False, moving_mean_initializer="ones"),
    case((2, 3), "BatchNormalization", center=False, scale=False),
    case((4,), "Dense", 3),
    case((4,), "Dense", 3, activation="relu", use_bias=False),
    case((4,), "Dense", 3, activation="softmax", kernel_initializer="ones", bias_initializer="ones"),
    case((4,), "Dense", 1, activation="sigmoid", name="own", trainable=False),
    case((3, 4), "Dense", 2, activation="tanh", kernel_initializer="he_normal"),
    case((4,), "Dense", 3, activation="relu", trainable=False, kernel_regularizer="l2"),
    case((4,), "Dense", 3, activation="silu", kernel_regularizer="l2", bias_regularizer="l1"),
    case(
        (4,), "Dense", 3, "elu", activity_regularizer=Part("regularizers.L1L2"), kernel_constraint="max_norm"
    ),
    not_in_keras((4,), "Dense", 3, activation=LEAKY),
    case((5,), "Dropout", 0.4),
    case((2, 3), "Dropout", 0.4, seed=3),
    case((5,), "Dropout", 0),
    case((5,), "Dropout", 1.0),
    case((2, 3), "Dropout", 0.5, noise_shape=(None, 1, 3)),
    case((5,), "Dropout", 0.5, (1, None)),
    case((5,), "ELU"),
    case((2, 3), "ELU", 0.3),
    case((2, 3), "Flatten"),
    case((5,), "Flatten"),
    case((5,), "GaussianDropout", 0.3),
    case((2, 3), "GaussianDropout", 0),
    case((5,), "GaussianNoise", 0.3, seed=1),
    case((2, 3), "GaussianNoise", 0),
    not_in_keras((2, 3), "InputLayer", (2, 3)),
    case((4,), "LayerNormalization"),
    case((3, 4), "LayerNormalization", [1, 2], 0.1, gamma_initializer="random_normal"),
    # Keras sorts axes as numbers, -1 before 1, and has weights of (4, 3) for these.
    not_in_keras((3, 4), "LayerNormalization", [1, -1]),
    case((3, 4), "LayerNormalization", 1, center=False, scale=False),
    case((5,), "LeakyReLU"),
    case((2, 3), "LeakyReLU", negative_slope=0.1),
    case((4,), "Normalization"),
    case((2, 3), "Normalization", None),
    case((2, 3), "Normalization", None, invert=True),
    case((2, 3), "Normalization", axis=[2, 1], invert=True),
    case((2, 3), "Normalization", (1, 2), [1.0, 2.0, 3.0], [0.5, 0.0, 4.0]),
    case((2, 3), "Normalization", 1, mean=2.0, variance=4.0, invert=True),
    case((5,), "PReLU"),
    case((2, 3), "PReLU", "random_normal", "l2", "non_neg", shared_axes=[1]),
    case((2, 3), "PReLU", "random_uniform", shared_axes=2),
    case((5,), "ReLU"),
    case((2, 3), "ReLU"),
    case((5,), "ReLU", 1.0, 0.1, 0.2),
    case((5,), "ReLU", negative_slope=0.3),
    case((2, 3), "Rescaling", 2.0, -1.0),
    case((2, 3), "Rescaling", [1.0, 2.0, 3.0], offset=[1, 2, 3]),
    case((6,), "Reshape", (3, 2)),
    case((2, 3), "Reshape", (-1,)),
    case((5,), "Softmax"),
    case((2, 3), "Softmax"),
    case((2, 3), "Softmax", axis=1),
    case((2, 3), "Softmax", axis=[1, 2]),
    case((2, 3), "Identity"),
    case((2, 3), "ActivityRegularization", 0.1, 0.2),
    case((2, 3), "Permute", (2, 1)),
    case((2, 3, 4), "Permute", (3, 1, 2)),
    case((3,), "RepeatVector", 4),
    case((4, 3), "SpatialDropout1D", 0.4),
    case((4, 3), "SpatialDropout1D", 0.5, seed=3),
    case((4,), "UnitNormalization"),
    case((3, 4), "UnitNormalization", [1, 2]),
    case((3, 4), "UnitNormalization", 1),
    case((4,), "RMSNormalization"),
    case((3, 4), "RMSNormalization", epsilon=0.1),
    case((3, 4), "RMSNormalization", [1, 2]),
    case((6,), "GroupNormalization", 2),
    case((3, 4), "GroupNormalization", -1, epsilon=0.1),
    case((4, 3), "GroupNormalization", 2, axis=1, gamma_initializer="random_normal"),
    case((3, 4), "GroupNormalization", 2, center=False, scale=False),
]

"""The layers: what makes each, and the shape of a sample for it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from numpy_ann import activations
from tests.parts import Case, Part

__all__ = ["CASES", "NOT_DIFFERENTIABLE", "LayerCase"]


@dataclass(frozen=True)
class LayerCase(Case):
    """A layer, and the shape of one sample, without the batch axis: of several inputs, a tuple of shapes."""

    shape: tuple[Any, ...]
    values: Sequence[Any] | None = field(default=None, kw_only=True)
    """What inputs are drawn from, where they aren't any numbers."""
    adapts: bool = field(default=False, kw_only=True)
    """Whether it needs data before anything else."""

    @property
    def several(self) -> bool:
        """Whether the layer takes a list of inputs."""
        return bool(self.shape) and isinstance(self.shape[0], tuple)

    @property
    def chained(self) -> bool:
        """Whether the layer can stand behind any other: it takes one array of numbers, and sends back."""
        return not (self.several or self.cls in NOT_DIFFERENTIABLE or self.cls == "InputLayer")

    @property
    def batch_shape(self) -> Any:
        """What the layer is built for."""
        return [(None, *s) for s in self.shape] if self.several else (None, *self.shape)

    def ready(self, library: str = "numpy_ann", **more: Any) -> Any:
        """Return a new layer, adapted if it needs that."""
        layer = self.make(library, **more)
        if self.adapts:
            layer.adapt(self.inputs("float32", 5, 7))
        return layer

    def inputs(self, dtype: str = "float64", samples: int = 3, seed: Any = 1) -> Any:
        """Return a batch of inputs, or a list of such; ``seed`` may be a generator."""
        rng = np.random.default_rng(seed)

        def draw(shape: tuple[int, ...]) -> Any:
            if self.values is not None:
                return rng.choice(np.array(list(self.values)), size=(samples, *shape))
            return rng.normal(size=(samples, *shape)).astype(dtype)

        return [draw(shape) for shape in self.shape] if self.several else draw(self.shape)

    @property
    def name(self) -> str:
        return f"{super().name} of {self.shape}"


NOT_DIFFERENTIABLE = {"CategoryEncoding", "Discretization", "Embedding", "IntegerLookup", "StringLookup"}


def case(shape: tuple[Any, ...], name: str, /, *args: Any, **options: Any) -> LayerCase:
    return LayerCase.of(f"layers.{name}", args, options, shape)


def drawn(values: Any, shape: tuple[int, ...], name: str, /, *args: Any, **options: Any) -> LayerCase:
    return LayerCase.of(f"layers.{name}", args, options, shape, values=values)


def adapted(values: Any, shape: tuple[int, ...], name: str, /, *args: Any, **options: Any) -> LayerCase:
    return LayerCase.of(f"layers.{name}", args, options, shape, values=values, adapts=True)


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
    case(((3,), (3,)), "Add"),
    case(((2, 3), (3,), (1, 3)), "Add", activity_regularizer="l2"),
    case(((2, 3), (2, 1)), "Average"),
    case(((3,), (3,), (3,)), "Average"),
    case(((3,), (3,)), "Subtract"),
    case(((3,), (2, 1)), "Subtract"),
    case(((3,), (3,), (1,)), "Multiply"),
    case(((2, 3), (3,)), "Multiply"),
    case(((3,), (3,), (3,)), "Maximum"),
    case(((2, 3), (3,)), "Maximum"),
    case(((3,), (3,), (1,)), "Minimum"),
    case(((3,), (2,)), "Concatenate"),
    case(((2, 3), (4, 3), (1, 3)), "Concatenate", axis=1),
    case(((3,), (3,)), "Dot", 1),
    case(((2, 3), (4, 3)), "Dot", -1, normalize=True),
    case(((3, 2), (4, 3)), "Dot", axes=[1, 2]),
    case(((2, 3, 2), (2,)), "Dot", axes=[3, 1], normalize=True),
    case((4, 3), "GlobalAveragePooling1D"),
    case((4, 3), "GlobalAveragePooling1D", data_format="channels_first", keepdims=True),
    case((4, 3), "GlobalMaxPooling1D"),
    case((4, 3), "GlobalMaxPooling1D", data_format="channels_first", keepdims=True),
    drawn(range(5), (4,), "Embedding", 5, 3),
    drawn(
        range(7),
        (2, 3),
        "Embedding",
        7,
        2,
        "random_normal",
        embeddings_regularizer="l2",
        embeddings_constraint="max_norm",
        activity_regularizer="l1",
    ),
    drawn(range(3), (), "Embedding", 4, 2, trainable=False),
    drawn(range(4), (3,), "CategoryEncoding", 4),
    drawn(range(4), (3,), "CategoryEncoding", 4, "count"),
    drawn(range(4), (2, 3), "CategoryEncoding", 4, output_mode="one_hot"),
    drawn(range(4), (1,), "CategoryEncoding", 4, output_mode="one_hot"),
    case((4,), "Discretization", [-0.5, 0.0, 1.0]),
    case((2, 3), "Discretization", [-0.5, 0.5], output_mode="one_hot"),
    case((4,), "Discretization", [-0.5, 0.0, 1.0], output_mode="count"),
    case((4,), "Discretization", [-0.5, 0.0], epsilon=0.1, output_mode="multi_hot"),
    adapted(None, (10,), "Discretization", num_bins=4),
    adapted(None, (60,), "Discretization", num_bins=7, epsilon=0.05),
    drawn("abcd", (3,), "StringLookup", vocabulary=["b", "a", "c"]),
    drawn("abcd", (2, 2), "StringLookup", 5, 1, "a", "?", ["b", "c", "d"]),
    drawn("abc", (3,), "StringLookup", num_oov_indices=0, vocabulary=["b", "a", "c"]),
    drawn("abcd", (3,), "StringLookup", vocabulary=["b", "a"], output_mode="count", mask_token="c"),  # noqa: S106
    drawn(
        "abcd",
        (3,),
        "StringLookup",
        8,
        vocabulary=["b", "a"],
        idf_weights=[0.5, 2.0],
        output_mode="tf_idf",
        pad_to_max_tokens=True,
    ),
    drawn("abcd", (1,), "StringLookup", vocabulary=["b", "a"], output_mode="one_hot"),
    adapted("aaabbcd", (3,), "StringLookup", 4),
    drawn(range(7), (3,), "IntegerLookup", vocabulary=[3, 5, 4]),
    drawn(range(9), (3,), "IntegerLookup", 9, 2, 7, -2, [3, 5, 4]),
    drawn(range(7), (3,), "IntegerLookup", vocabulary=[3, 5, 4], output_mode="multi_hot"),
    drawn(range(5), (3,), "IntegerLookup", vocabulary=[3, 5, 4], invert=True),
    adapted([1, 1, 2, 2, 3, 4], (4,), "IntegerLookup", output_mode="tf_idf"),
]

"""Whole numbers as vectors that are learned: words, or the categories of a table."""

import warnings
from typing import Any, ClassVar

import numpy as np

from numpy_ann import constraints, initializers, regularizers
from numpy_ann._typing import Array, BatchShape
from numpy_ann.constraints import ConstraintLike
from numpy_ann.initializers import InitializerLike
from numpy_ann.layers.categories import CategoricalLayer
from numpy_ann.parameter import Parameter
from numpy_ann.regularizers import RegularizerLike
from numpy_ann.validation import checked_integer


class Embedding(CategoricalLayer):
    """Look up a row of a learned matrix for each whole number.

    Forward ``y[i, j] = E[x[i, j]]``, backward ``dE[n] = sum of dy[i, j] where x[i, j] = n``. It is the
    product of one-hot rows with ``E``, without those rows; the numbers themselves take no gradient. **Input
    shape** ``(batch, ...)``, of whole numbers from 0 to below ``input_dim``; as in Keras, fractions are cut
    off. **Output shape** ``(batch, ..., output_dim)``. ``E``: ``(input_dim, output_dim)``.

    Parameters
    ----------
    input_dim : int
        How many different numbers there are: the largest and 1.
    output_dim : int
        How long the vectors are.
    embeddings_initializer, embeddings_regularizer, embeddings_constraint : str or object, optional
        Where ``E`` starts; a penalty in the loss; what it is brought back to after a training step.
    mask_zero : bool
        Only False: layers here know nothing of padding.
    weights : ndarray, or list of one, optional
        What ``E`` starts as, in place of ``embeddings_initializer``; configurations don't hold it.
    input_length : int, optional
        Keras 2's option, which Keras 3 takes with a warning, and without an effect.

    Source: Bengio et al., "A Neural Probabilistic Language Model", JMLR 3 (2003), section 2.

    >>> layer = Embedding(3, 2, weights=np.array([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]))
    >>> layer(np.array([[2, 0]]))
    array([[[4., 5.],
            [0., 1.]]], dtype=float32)
    """

    input_kind: ClassVar[str] = "integer"
    purpose = "looks up whole numbers, which take no gradient"
    embeddings: Parameter

    def __init__(
        self, input_dim: int, output_dim: int, embeddings_initializer: InitializerLike = "uniform",
        embeddings_regularizer: RegularizerLike = None, embeddings_constraint: ConstraintLike = None,
        mask_zero: bool = False, weights: Any = None, *, input_length: int | None = None, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(**options)
        self.input_dim = checked_integer("input_dim", input_dim, least=1)
        self.output_dim = checked_integer("output_dim", output_dim, least=1)
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.embeddings_constraint = constraints.get(embeddings_constraint)
        if mask_zero:
            raise ValueError(
                "`mask_zero=True` isn't supported: layers here know nothing of padding, and would take 0 for "
                "a word as any other. Leave it out; GlobalAveragePooling1D then counts the padding too."
            )
        self.mask_zero = False
        self._given = weights[0] if isinstance(weights, list) and len(weights) == 1 else weights
        if input_length is not None:
            warnings.warn("Argument `input_length` is deprecated. Just remove it.", stacklevel=2)

    def build(self, input_shape: BatchShape | None = None) -> None:
        given = None if self._given is None else lambda shape, dtype: np.array(self._given, dtype)
        self.embeddings = self.add_weight(
            (self.input_dim, self.output_dim), given or self.embeddings_initializer, name="embeddings",
            regularizer=self.embeddings_regularizer, constraint=self.embeddings_constraint,
        )  # fmt: skip

    def compute_output_shape(self, input_shape: BatchShape) -> BatchShape:
        return (*input_shape, self.output_dim)

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        if self.built and not self.in_model and np.shape(x)[1:] != self.input_shape:
            self.input_shape = np.shape(x)[1:]  # at a prompt: E isn't bound to the shape
            self.output_shape = (*self.input_shape, self.output_dim)
        rows = self._whole_numbers(x, "has vectors for", "input_dim")
        if training:
            self._memory["rows"] = rows
        return np.take(self.embeddings.value, rows, axis=0, out=out, mode="clip")  # which needs no buffer

    def backward_parameters(self, dz: Array) -> None:
        gradient = self.embeddings.grad.reshape(-1)
        gradient[:] = 0
        # Number by number: NumPy adds along one axis many times faster than whole rows.
        places = self._memory["rows"].reshape(-1, 1) * self.output_dim + np.arange(self.output_dim)
        np.add.at(gradient, places.reshape(-1), dz.reshape(-1))

"""Names that mean one thing or another, by the shapes of targets and outputs."""

from typing import Literal

from numpy_ann._typing import Shape

__all__ = ["CROSSENTROPY", "kind_of_targets"]

CROSSENTROPY = ("crossentropy", "ce")
"""As a loss in ``compile``, in capitals or not: the cross-entropy for the targets that come."""


def kind_of_targets(
    target_shape: Shape, output_shape: Shape
) -> Literal["binary", "sparse_categorical", "categorical"]:
    """Return which of its accuracies and cross-entropies Keras takes for such targets and outputs.

    Parameters
    ----------
    target_shape, output_shape : tuple of int
        Of one sample.

    Returns
    -------
    str
        ``"binary"`` for a last axis of one output; ``"sparse_categorical"`` for targets with one axis fewer
        than the outputs, or a last axis of 1; else ``"categorical"``.

    Examples
    --------
    >>> kind_of_targets((), (1,)), kind_of_targets((), (10,)), kind_of_targets((10,), (10,))
    ('binary', 'sparse_categorical', 'categorical')
    """
    if output_shape[-1:] == (1,):
        return "binary"
    if len(target_shape) < len(output_shape) or target_shape[-1:] == (1,):
        return "sparse_categorical"
    return "categorical"

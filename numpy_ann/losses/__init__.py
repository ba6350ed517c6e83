"""The losses: how wrong a prediction is, and in which direction it would get better."""

from numpy_ann.lookup import find
from numpy_ann.losses.categorical_crossentropy import CategoricalCrossentropy
from numpy_ann.losses.loss import Loss
from numpy_ann.losses.softmax_crossentropy import softmax_crossentropy, softmax_crossentropy_gradient
from numpy_ann.losses.sparse_categorical_crossentropy import SparseCategoricalCrossentropy

__all__ = [
    "CategoricalCrossentropy",
    "Loss",
    "SparseCategoricalCrossentropy",
    "get",
    "softmax_crossentropy",
    "softmax_crossentropy_gradient",
]

_BY_NAME: dict[str, type[Loss]] = {
    "categorical_crossentropy": CategoricalCrossentropy,
    "sparse_categorical_crossentropy": SparseCategoricalCrossentropy,
    "CategoricalCrossentropy": CategoricalCrossentropy,
    "SparseCategoricalCrossentropy": SparseCategoricalCrossentropy,
}


def get(identifier: str | Loss) -> Loss:
    """Return the loss of that name, or the loss itself.

    Raises
    ------
    ValueError
        If there is none of that name; the message offers near ones.

    Examples
    --------
    >>> get("categorical_crossentropy").name
    'categorical_crossentropy'
    """
    if isinstance(identifier, Loss):
        return identifier
    if isinstance(identifier, str):
        return find("loss", identifier, _BY_NAME)()
    raise ValueError(f"A loss is a name or a Loss. Received: {identifier!r}")

"""Activation functions ``y = f(z)``, number by number (softmax: row by row), each beside its derivative.

That turns ``dy``, the gradient of the loss with respect to ``y``, into ``dz``; most are cheapest from ``y``,
which training has at hand.
"""

# fmt: off
# isort: off
from typing import Any

from numpy_ann.activations.function import ActivationFunction
from numpy_ann.activations.piecewise import (
    hard_shrink, hard_sigmoid, hard_silu, hard_tanh, leaky_relu, linear, relu, relu6, soft_shrink,
    sparse_plus, sparse_sigmoid,
)
from numpy_ann.activations.smooth import (
    celu, elu, exponential, gelu, log_sigmoid, log_softmax, mish, selu, sigmoid, silu, softmax, softplus,
    softsign, squareplus, tanh, tanh_shrink,
)
from numpy_ann.lookup import by_name
# fmt: on
# isort: on

__all__ = [
    "ActivationFunction", "celu", "elu", "exponential", "gelu", "get", "hard_shrink", "hard_sigmoid",
    "hard_silu", "hard_swish", "hard_tanh", "leaky_relu", "linear", "log_sigmoid", "log_softmax", "mish",
    "relu", "relu6", "selu", "serialize", "sigmoid", "silu", "soft_shrink", "softmax", "softplus", "softsign",
    "sparse_plus", "sparse_sigmoid", "squareplus", "swish", "tanh", "tanh_shrink",
]  # fmt: skip

swish, hard_swish = silu, hard_silu

_BY_NAME = {name: f for name, f in globals().items() if isinstance(f, ActivationFunction)}


@by_name("activation function", ActivationFunction, _BY_NAME)
def get(identifier: Any) -> ActivationFunction:
    """Return the activation function of that name, or of a layer that is one; ``None`` is ``linear``.

    A function of one's own, made of ``numpy_ann.ops``, NumPy's functions and operators: the tape derives it.

    Raises ``ValueError`` if there is none of that name.

    >>> get("tanh")
    <activation tanh: y = tanh(z)>
    """
    if identifier is None:
        return linear
    if hasattr(identifier, "as_activation"):
        found: ActivationFunction = identifier.as_activation()
        return found
    if hasattr(identifier, "pre_activation"):
        cure = " It has weights, or draws by chance: add it to the model as a layer of its own."
    elif callable(identifier):
        from numpy_ann.activations.own import derived_by_tape

        return derived_by_tape(identifier)
    else:
        cure = ""
    raise ValueError(
        f"Could not interpret activation function identifier: {identifier!r}. "
        f"Expected a name, a function of numpy_ann.activations, or None.{cure}"
    )


def serialize(function: ActivationFunction) -> str | ActivationFunction:
    """Return the name that ``get`` makes the function of; with options of its own, the function itself.

    >>> serialize(silu), serialize(relu.with_options(max_value=1.0))[0]
    ('silu', 'relu')
    """
    known = _BY_NAME.get(function.name)
    same = known is not None and known.options == function.options and not function.derived_by_tape
    return function.name if same else function

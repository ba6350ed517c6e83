"""The optimizers: how a gradient becomes a step. Read them in this order: SGD, RMSprop, Adam."""

from typing import Any

from numpy_ann.lookup import find
from numpy_ann.optimizers.adam import Adam
from numpy_ann.optimizers.optimizer import Optimizer
from numpy_ann.optimizers.rmsprop import RMSprop
from numpy_ann.optimizers.sgd import SGD

__all__ = ["SGD", "Adam", "Optimizer", "RMSprop", "get"]

_BY_NAME: dict[str, type[Any]] = {"sgd": SGD, "rmsprop": RMSprop, "adam": Adam}


def get(identifier: str | Optimizer) -> Optimizer:
    """Return a new optimizer of that name, in either case, or the optimizer itself.

    Raises
    ------
    ValueError
        If there is none of that name; the message offers near ones.

    Examples
    --------
    >>> get("adam")
    Adam(learning_rate=0.0010000000474974513, beta_1=0.9, beta_2=0.999, epsilon=1e-07)
    """
    if isinstance(identifier, Optimizer):
        return identifier
    if isinstance(identifier, str):
        return find("optimizer", identifier.lower(), _BY_NAME)()
    raise ValueError(
        f"Could not interpret optimizer identifier: {identifier!r}. Expected a name or an Optimizer."
    )

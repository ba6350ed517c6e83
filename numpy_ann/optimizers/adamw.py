"""AdamW: Adam with parameters that decay."""

from typing import Unpack

from numpy_ann.optimizers.adam import Adam
from numpy_ann.optimizers.options import OtherOptions
from numpy_ann.optimizers.schedules import LearningRateSchedule

__all__ = ["AdamW"]


class AdamW(Adam):
    """Draw every parameter to 0, beside Adam's step and not through its gradient.

    ::

        theta = theta - learning_rate weight_decay theta
        theta = Adam's step from there

    Parameters
    ----------
    learning_rate : float or LearningRateSchedule
        How far a step goes, about.
    weight_decay : float
        How strongly; not negative. Biases can be left out: ``exclude_from_weight_decay(var_names=["bias"])``.
    beta_1, beta_2, epsilon, amsgrad
        As in ``Adam``.
    **options
        ``clipnorm`` and the others of every ``Optimizer``.

    Source: Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR 2019, algorithm 2.

    Examples
    --------
    >>> import numpy as np
    >>> theta = np.array([1.0, 2.0])
    >>> AdamW(learning_rate=0.1, weight_decay=0.5).step(theta, np.array([3.0, -0.5]))
    >>> theta.round(4)  # 0.95 - 0.1 and 1.9 + 0.1
    array([0.85, 2.  ])
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **options: Unpack[OtherOptions],
    ) -> None:
        if weight_decay is None:
            raise ValueError("Argument `weight_decay` must be a number; without decay, this is Adam.")
        super().__init__(
            learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay=weight_decay, **options
        )

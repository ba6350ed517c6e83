"""The optimizers: how a gradient becomes a step.

Read them in this order: SGD, Adagrad, RMSprop, Adadelta, Adam, AdamW, Adamax, Nadam, Lion, Lamb, Adafactor,
Ftrl. Around all of them stand the options of ``Optimizer``, and the learning rates of ``schedules``. What
files of older Kerases mean by the same names is in ``legacy``.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from numpy_ann.lookup import by_name, left_out
from numpy_ann.optimizers import legacy, schedules
from numpy_ann.optimizers.adafactor import Adafactor
from numpy_ann.optimizers.adam import Adam, Adamax, AdamW, Lamb, Nadam
from numpy_ann.optimizers.ftrl import Ftrl
from numpy_ann.optimizers.optimizer import Optimizer
from numpy_ann.optimizers.rmsprop import Adadelta, Adagrad, RMSprop
from numpy_ann.optimizers.sgd import SGD, Lion

__all__ = [
    "SGD", "Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "Ftrl", "Lamb", "Lion", "Nadam",
    "Optimizer", "RMSprop", "get", "legacy", "schedules",
]  # fmt: skip

if not TYPE_CHECKING:
    __getattr__ = left_out(
        __name__,
        "Muon ScheduleFreeAdamW LossScaleOptimizer MultiOptimizer OptimizerMap deserialize serialize",
        "models here have one optimizer of one precision, which files write and read themselves. Use another "
        "optimizer, such as AdamW; loss_scale_factor is an option of all; get(name), get_config() and "
        "from_config(config) make and describe them.",
    )

_BY_NAME: dict[str, Callable[[], Optimizer]] = {
    name.lower(): globals()[name] for name in __all__ if name[0].isupper() and name != "Optimizer"
}


@by_name("optimizer", Optimizer, _BY_NAME, folded=True)
def get(identifier: str | Optimizer) -> Optimizer:
    """Return a new optimizer of that name, in either case, or the optimizer itself.

    Raises ``ValueError`` if there is none of that name; the message offers near ones.

    >>> get("adam")
    Adam(learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-07, amsgrad=False)
    """
    raise ValueError(
        f"Could not interpret optimizer identifier: {identifier!r}. Expected a name or an Optimizer."
    )

"""How a model was compiled: a ``.keras`` file's ``compile_config``, an ``.h5`` file's ``training_config``."""

from numpy_ann import optimizers
from numpy_ann.optimizers import Optimizer
from numpy_ann.saving.formats.config_value import ConfigValue
from numpy_ann.saving.formats.losses import read_loss
from numpy_ann.saving.formats.metrics import read_metrics
from numpy_ann.saving.formats.model_contents import CompileArguments
from numpy_ann.saving.formats.optimizers import read_optimizer
from numpy_ann.saving.formats.options import ANYTHING, read_options

__all__ = ["names_optimizer", "read_compiled"]

_KEYS = {
    **dict.fromkeys(("loss", "metrics", "weighted_metrics", "optimizer", "optimizer_config"), ANYTHING),
    # How Keras runs a step, not what it computes:
    **dict.fromkeys(("run_eagerly", "steps_per_execution", "jit_compile", "auto_scale_loss"), ANYTHING),
    "loss_weights": (None,),
    "sample_weight_mode": (None,),
}


def read_compiled(config: ConfigValue) -> tuple[CompileArguments | None, list[str]]:
    """Return the arguments of ``compile``, and what a user should be told about them.

    Keras 3 leaves the optimizer out of a ``.keras`` file that is saved after an ``.h5`` of the same model;
    its own loader then takes a new RMSprop, and so does this one, but says so.

    Raises
    ------
    ModelFormatError
        If the optimizer, the loss, a metric or an option isn't supported.
    """
    if not config.fields():
        return None, []
    read_options(config, {}, _KEYS)
    notes = []
    given = _optimizer_of(config)
    optimizer: Optimizer
    if given is None:
        optimizer = optimizers.get("rmsprop")
        notes.append(
            "The file does not say with which optimizer the model was compiled (Keras 3 drops it when a "
            "model is saved as .h5 and then as .keras). It is loaded with a new RMSprop, as Keras does it: "
            "compile it again before training."
        )
    else:
        optimizer = read_optimizer(given)
    loss = config.get("loss")
    arguments = CompileArguments(
        optimizer,
        None if loss is None else read_loss(loss),
        read_metrics(config.get("metrics")),
        read_metrics(config.get("weighted_metrics")),
    )
    return arguments, notes


def names_optimizer(config: ConfigValue) -> bool:
    """Return whether there is an optimizer in the configuration, whose state the file may then hold."""
    return _optimizer_of(config) is not None


def _optimizer_of(config: ConfigValue) -> ConfigValue | None:
    return config.get("optimizer") or config.get("optimizer_config")

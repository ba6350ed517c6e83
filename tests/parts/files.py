"""A part as files have it, and back."""

import json
from typing import Any

from numpy_ann.constraints import Constraint
from numpy_ann.initializers import Initializer
from numpy_ann.layers import Layer
from numpy_ann.losses import Loss
from numpy_ann.metrics import Metric
from numpy_ann.optimizers.schedules import LearningRateSchedule, deserialize, serialize
from numpy_ann.regularizers import Regularizer
from numpy_ann.saving.containers.limits import Limits
from numpy_ann.saving.containers.strict_json import ConfigValue
from numpy_ann.saving.formats.architecture import Reading
from numpy_ann.saving.formats.compile_config import read_loss, read_metrics, write_loss, write_metrics
from numpy_ann.saving.formats.objects import make, write_part
from numpy_ann.saving.formats.optimizers import read_optimizer, write_optimizer
from numpy_ann.saving.formats.parts import CONSTRAINTS, LAYERS, REGULARIZERS, read_initializer

__all__ = ["plain", "read_layer", "there_and_back"]


def read_layer(entry: ConfigValue, shape: Any) -> Any:
    """Return the layer that an entry describes, built for samples of ``shape``, or of a list of shapes."""
    listed = isinstance(shape, list)
    return Reading(Limits()).part(entry, shape if listed else [shape], listed)[0]


def there_and_back(thing: Any, shape: Any = (4, 3)) -> Any:
    """Return what is read of what is written of a part; a layer is read for samples of ``shape``."""

    def written(entry: Any) -> ConfigValue:
        return ConfigValue(json.loads(json.dumps(entry)), "x")

    if isinstance(thing, Layer):
        entry = {"class_name": type(thing).__name__, "config": write_part(thing)["config"]}
        read_layer(written(entry), list(shape) if thing.several_inputs else shape)  # which builds it
        return make(written(entry), "layer", LAYERS)
    if isinstance(thing, Loss):
        return read_loss(written(write_loss(thing)))
    if isinstance(thing, Metric):
        return read_metrics(written(write_metrics([thing])))[0]
    if isinstance(thing, Initializer):
        return read_initializer(written(write_part(thing)))
    if isinstance(thing, Regularizer):
        return make(written(write_part(thing)), "regularizer", REGULARIZERS)
    if isinstance(thing, Constraint):
        return make(written(write_part(thing)), "constraint", CONSTRAINTS)
    if isinstance(thing, LearningRateSchedule):
        return deserialize(json.loads(json.dumps(serialize(thing))))
    return read_optimizer(written(write_optimizer(thing)))


def plain(config: dict[str, Any]) -> dict[str, Any]:
    """Return a configuration whose values can be compared."""
    return {key: _plain(value) for key, value in config.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Initializer | Regularizer | Constraint):
        return write_part(value)
    return value

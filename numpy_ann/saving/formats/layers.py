"""A layer in files: its options, and what weights it has, before any is read."""

from collections.abc import Callable
from typing import Any

from numpy_ann._typing import Shape
from numpy_ann.activations import ActivationFunction
from numpy_ann.constraints import Constraint
from numpy_ann.initializers import Initializer
from numpy_ann.layers import Layer
from numpy_ann.regularizers import Regularizer
from numpy_ann.saving.formats.config_value import ConfigValue
from numpy_ann.saving.formats.model_contents import WeightFormat
from numpy_ann.saving.formats.options import make
from numpy_ann.saving.formats.parts import LAYERS, write_part

__all__ = ["ENTRY_INERT", "read_layer", "write_layer"]

# Beside class_name and config: what Keras uses to find code, to build layers and to recognize shared objects.
ENTRY_INERT = ("build_config", "module", "registered_name", "shared_object_id")


def _scale_and_center(layer: Any, shape: Shape) -> list[WeightFormat]:
    return [WeightFormat(layer.parameter_shape(shape))] * (layer.scale + layer.center)


def _moving(layer: Any, shape: Shape) -> list[WeightFormat]:
    moving = WeightFormat(layer.parameter_shape(shape), trained=False)
    return [*_scale_and_center(layer, shape), moving, moving]


def _moments(layer: Any, shape: Shape) -> list[WeightFormat]:
    moment = WeightFormat(layer.parameter_shape(shape), trained=False)
    return [moment, moment, WeightFormat((), False, "i")] if layer.input_mean is None else []


def _dense(layer: Any, shape: Shape) -> list[WeightFormat]:
    return [WeightFormat((shape[-1], layer.units)), WeightFormat((layer.units,))][: 1 + layer.use_bias]


_WEIGHTS: dict[str, Callable[[Any, Shape], list[WeightFormat]]] = {
    "BatchNormalization": _moving,
    "Dense": _dense,
    "LayerNormalization": _scale_and_center,
    "Normalization": _moments,
    "PReLU": lambda layer, shape: [WeightFormat(layer.alpha_shape(shape))],
}


def read_layer(entry: ConfigValue, input_shape: Shape) -> tuple[Layer, list[WeightFormat]]:
    """Return the layer that an entry describes, not built, and what its parameters are.

    Raises
    ------
    ModelFormatError
        If the class or an option isn't supported, or the layer can't follow ``input_shape``.
    """
    layer: Layer = make(entry, "layer", LAYERS)
    weights = _WEIGHTS.get(type(layer).__name__)
    try:
        return layer, weights(layer, input_shape) if weights else []
    except ValueError as error:
        raise entry.error(str(error)) from None
    except IndexError:
        raise entry.error("the layer needs samples of at least one axis, but gets single numbers") from None


def write_layer(layer: Layer, *, keras2: bool = False) -> dict[str, Any]:
    """Return the configuration of a layer, in the form that every Keras 3 reads.

    With ``keras2``, its options have Keras 2's names, which Keras 2.15 and Keras 3 read in ``.h5`` files.

    Raises
    ------
    ValueError
        If files have no such layer.
    """
    row = LAYERS.get(type(layer).__name__)
    if row is None or type(layer) is not row.make:
        raise ValueError(
            f"Layer '{layer.name}' is a {type(layer).__name__}, which Keras files made here can't hold. "
            f"They hold {', '.join(sorted(LAYERS))}."
        )
    names = row.keras2 if keras2 else {}
    config = {}
    for key, value in {**layer.get_config(), **row.written}.items():
        if isinstance(value, Initializer | Regularizer | Constraint):
            value = write_part(value)
        elif isinstance(value, ActivationFunction):
            raise ValueError(
                f"A Keras file can't hold an activation function with options of its own: {key} is "
                f"{value.name} with {dict(value.options)}. The layers ReLU, LeakyReLU, ELU and Softmax hold "
                "options."
            )
        elif callable(value):
            raise ValueError(f"A Keras file can't hold a function: {key} is {value!r}. Name an initializer.")
        config[names.get(key, key)] = value
    return config

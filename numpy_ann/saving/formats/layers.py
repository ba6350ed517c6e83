"""A layer in files: its options, and the shapes of its weights, known before any of them is read."""

from math import prod
from typing import Any

import numpy as np

from numpy_ann._typing import Shape
from numpy_ann.activations import ActivationFunction
from numpy_ann.constraints import Constraint
from numpy_ann.initializers import Initializer
from numpy_ann.layers import Layer
from numpy_ann.parameter import Parameter
from numpy_ann.regularizers import Regularizer
from numpy_ann.saving.containers.limits import Limits
from numpy_ann.saving.formats.config_value import ConfigValue
from numpy_ann.saving.formats.model_contents import WeightFormat
from numpy_ann.saving.formats.options import make
from numpy_ann.saving.formats.parts import LAYERS, write_part

__all__ = ["ENTRY_INERT", "read_layer", "write_layer"]

# Beside class_name and config: what Keras uses to find code, to build layers and to recognize shared objects.
ENTRY_INERT = ("build_config", "module", "registered_name", "shared_object_id")

_NO_STREAM = np.random.default_rng(0)  # nobody draws from it: the model has streams of its own


def read_layer(
    entry: ConfigValue, input_shape: Shape, before: int = 0, most: int = Limits().parameters
) -> tuple[Layer, list[WeightFormat]]:
    """Return the layer that an entry describes, and what its parameters are.

    It is built, with weights that have a shape and no memory: nothing is drawn, and nothing allocated that a
    file only claims. Whoever has read the numbers puts them in. A layer that has weights beside those is
    not built: its own ``build`` makes them.

    Parameters
    ----------
    entry : ConfigValue
        The serialized layer.
    input_shape : tuple of int
        Of one sample.
    before : int
        Numbers that the parameters of the layers before it hold.
    most : int
        Numbers that all of them may hold.

    Raises
    ------
    ModelFormatError
        If the class or an option isn't supported, the layer can't follow ``input_shape``, or its parameters
        hold more numbers.
    """
    layer: Layer = make(entry, "layer", LAYERS)
    unbuilt = vars(layer).copy()
    made = []

    def add_weight(
        shape: Any = (),
        initializer: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        *,
        name: str = "variable",
        **options: Any,
    ) -> Parameter:
        size = before + sum(parameter.value.size for parameter in layer.parameters) + prod(shape)
        if size > most:
            raise ValueError(f"{size:,} parameters up to here; at most {most:,} are read")
        kept = {"trainable": trainable, "integer": dtype is not None, **options}
        parameter = Parameter(name, np.zeros(()), **kept)
        parameter.value = np.broadcast_to(parameter.value, shape)
        layer.parameters.append(parameter)
        made.append(parameter)
        return parameter

    vars(layer).update(add_weight=add_weight)
    layer.join(_NO_STREAM, layer.dtype or np.dtype(np.float32))
    try:
        layer.build((None, *input_shape))
    except ValueError as error:
        raise entry.error(str(error)) from None
    except IndexError:
        raise entry.error("the layer needs samples of at least one axis, but gets single numbers") from None
    del vars(layer)["add_weight"]
    weights = [
        WeightFormat(parameter.value.shape, parameter.trainable, "i" if parameter.integer else "f")
        for parameter in layer.parameters
    ]
    if len(made) > len(weights):
        vars(layer).clear()
        vars(layer).update(unbuilt)
    return layer, weights


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
            f"Layer {layer.name!r} is a {type(layer).__name__}, which Keras files made here can't hold. "
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

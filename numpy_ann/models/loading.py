"""Models to files and back: ``save_model``, ``load_model``, and the same for weights alone."""

import os
import sys
import warnings
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from inspect import signature
from itertools import chain
from math import prod
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np

from numpy_ann.errors import ModelFormatError
from numpy_ann.keras_tensor import KerasTensor, mapped
from numpy_ann.layers import InputLayer, Layer
from numpy_ann.models.graph import call
from numpy_ann.models.model import Model
from numpy_ann.models.sequential import Sequential
from numpy_ann.models.subclassed import take_over
from numpy_ann.optimizers import Optimizer
from numpy_ann.part import ours
from numpy_ann.registration import CustomObjectScope
from numpy_ann.saving import Limits, read_model, read_weights, write_h5, write_keras, write_weights
from numpy_ann.saving.formats.weight_groups import Partly, formats_of, own_architecture
from numpy_ann.validation import checked_bool

# isort: off
from numpy_ann.saving.formats.model_contents import (
    Architecture, Call, CompileArguments, Connections, ModelContents, OptimizerState, OutputArguments, Place,
    ResumeState,
)  # fmt: skip


def save_model(
    model: Model, filepath: str | os.PathLike[str], overwrite: bool = True, *,
    include_optimizer: bool = True, save_format: str | None = None,
) -> None:  # fmt: skip
    """Write a model to a Keras file: layers, weights, compile configuration, optimizer state.

    =============== ============================== =================================================
    file            loads and predicts in          continues training, exactly, in
    =============== ============================== =================================================
    ``x.keras``     Keras 3                        numpy_ann, Keras 3
    ``x.h5``        Keras 2.15, Keras 3            numpy_ann, Keras 2.15
    =============== ============================== =================================================

    To go on in Keras 3, save as ``.keras``. Keras 3 can't continue training from any ``.h5`` file, not even
    its own: it loads the file and raises at ``fit``. If an ``.h5`` file is all there is, compile anew and
    lose the optimizer's state, or put that of SGD or Adam back with three lines (after ``import h5py``)::

        o = model.optimizer; o.built = False; o.build(v := model.trainable_variables)
        g = h5py.File("x.h5")["optimizer_weights"]; w = [g[k][()] for k in g.attrs["weight_names"]]
        o.set_weights([w[0], o.learning_rate, *(a for i in range(len(v)) for a in w[1 + i :: len(v)])])

    Of AdamW, Nadam, Lion, RMSprop without momentum, and any optimizer with ``weight_decay`` or ``use_ema``,
    Keras 3 takes the name alone from an ``.h5`` file, and default options. Keras 2.15 itself doesn't train
    Nadam as Keras 3 does, nor go on exactly from its own files of it.
    The activation ``hard_sigmoid`` is another function in Keras 2: a model with it predicts otherwise there.

    Both formats also hold, where Keras doesn't look, the random streams and the number of epochs trained: a
    resumed training draws the same shuffles and masks as one that was never interrupted. The file is written
    whole or not at all: a crash, a full disk or Ctrl-C leaves the old one.

    Raises ``ValueError`` if the suffix is another one, the model isn't built, or it has a part that Keras
    files can't hold. Raises ``FileExistsError`` if there is a file, ``overwrite`` is False and nobody can be
    asked. Raises ``OSError`` if the file can't be written.

    Parameters
    ----------
    model, filepath : Model, path
        A built model; a file that ends in ``.keras``, ``.h5`` or ``.hdf5``, which decides the format.
    overwrite : bool
        False: ask in a terminal before an existing file is replaced; elsewhere, raise.
    include_optimizer : bool
        False leaves compile configuration and optimizer state out of an ``.h5`` file. As in Keras, a
        ``.keras`` file has them always.
    save_format : str, optional
        Keras 2's argument: as in Keras 3, a warning says that the suffix decides.

    >>> from tempfile import TemporaryDirectory
    >>> from numpy_ann.layers import Dense, Input
    >>> model = Sequential([Input(shape=(2,)), Dense(3)])
    >>> with TemporaryDirectory() as folder:
    ...     save_model(model, f"{folder}/x.keras")
    ...     load_model(f"{folder}/x.keras").count_params()
    9
    """
    if save_format is not None:
        warnings.warn(
            "The `save_format` argument is deprecated in Keras 3, and the file's suffix decides: '.keras' or "
            f"'.h5'. Received: save_format={save_format!r}",
            stacklevel=3,
        )
    suffix = Path(filepath).suffix
    if suffix not in (".keras", ".h5", ".hdf5"):
        raise ValueError(
            "Invalid filepath extension for saving: a model is saved as '.keras' (for Keras 3) or '.h5' "
            f"(for Keras 2.15). Received: filepath={os.fspath(filepath)!r}"
        )
    if suffix != ".keras":
        model.require_layers_alone("An .h5 file")
    if _may_write(filepath, overwrite):
        write = write_keras if suffix == ".keras" else write_h5
        write(filepath, _contents_of(model, with_compiled=include_optimizer or suffix == ".keras"))


def load_model(
    filepath: str | os.PathLike[str], custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True, safe_mode: bool = True, *,  # noqa: A002  (Keras' name)
    allow_nonfinite: bool = False, limits: Limits | None = None,
) -> Model:  # fmt: skip
    """Return the model in a Keras file: ``.keras`` of Keras 2.12 and later, ``.h5`` of any since 1.2.

    Training continues where it stopped: optimizer, loss and metrics come back as they were, and so does the
    optimizer's state. It is a ``Sequential`` or a ``Model``, as it was.

    A file is data here and never code: known layers, known options and arrays are read from it, and nothing
    else, so a file from a stranger can do no harm. What numpy_ann doesn't have is refused, never ignored.

    Raises ``ModelFormatError`` if the file is damaged, hostile, or holds something that isn't supported: the
    message names it, where it stands, and what is supported. Raises ``FileNotFoundError`` if there is no
    file. Raises ``ValueError`` if ``custom_objects`` isn't a dictionary.

    Parameters
    ----------
    filepath : path
        The file. Its first bytes decide what it is, whatever its suffix.
    custom_objects : dict, optional
        Classes and functions of one's own, by the names that the file has for them; what is registered
        (``saving.register_keras_serializable``) needs no more. Another class in the file is refused by name.
    compile : bool
        False: leave compile configuration and optimizer state aside.
    safe_mode : bool
        Keras' argument; loading is safe here in any case.
    allow_nonfinite : bool
        Load weights that are NaN or infinite too, to look at a model that went wrong.
    limits : Limits, optional
        How large a model may be: ``Limits(parameters=2**31)`` for one that would otherwise be refused.
    """
    with nullcontext() if custom_objects is None else CustomObjectScope(custom_objects):
        contents = read_model(filepath, compile=compile, allow_nonfinite=allow_nonfinite, limits=limits)
    for note in contents.notes:
        warnings.warn(f"{os.fspath(filepath)}: {note}", UserWarning, stacklevel=2)
    architecture, compiled = contents.architecture, contents.compiled
    layers = architecture.layers
    for layer, arrays in zip(layers, contents.weights, strict=True):
        for parameter, array in zip(layer.parameters, arrays, strict=True):
            parameter.value, parameter.grad = array, np.zeros_like(array)
    model = model_of(architecture)
    if compiled is not None:
        given = compiled.outputs
        if not isinstance(given, OutputArguments):
            given = [mapped(given, itemgetter(i)) for i in range(len(OutputArguments._fields))]
        model.compile(compiled.optimizer, *given)
        if contents.state is not None:
            _restore(compiled.optimizer, contents.state, model, layers)
    if contents.resume_state is not None:
        model.streams.set_state(contents.resume_state.random_streams)
        model.epochs_trained = contents.resume_state.epochs_trained
    loaded: Model = model
    return loaded


def model_of(architecture: Architecture, layer_of: Callable[[Layer], Layer] = lambda layer: layer) -> Any:
    """Return the ``Sequential`` or the ``Model`` of the layers, or of what ``layer_of`` makes of each."""
    if architecture.own is not None:
        own: Any = layer_of(architecture.own)
        if own is architecture.own:
            take_over(own)
        else:
            own.build((None, *architecture.input_shape))
        return own
    parts: list[Any] = [
        model_of(part, layer_of) if isinstance(part, Architecture) else layer_of(part)
        for part in architecture.parts
    ]
    options: Any = {"name": architecture.name, "dtype": architecture.dtype}
    cls = architecture.cls or (Model if architecture.connections else Sequential)
    if not issubclass(cls, Model if architecture.connections else Sequential):
        raise ModelFormatError(f"{cls.__name__} was handed over for a model that is of another kind")
    if architecture.cls:  # whose constructor may know no dtype
        del options["dtype"]
    if architecture.connections is None:
        begins = architecture.input_shape, architecture.batch_size, architecture.input_dtype
        parts = [InputLayer(*begins, name=architecture.input_name), *parts]
        if not architecture.cls:
            return Sequential(parts, **options)
        own_chain: Any = cls(**options)
        own_chain.dtype = np.dtype(architecture.dtype)
        for part in parts:
            own_chain.add(part)
        return own_chain
    made: list[list[KerasTensor]] = []
    for called, reads, training in architecture.connections.calls:
        inputs = [made[place.call][place.output] for place in reads]
        made.append(call(parts[called], inputs, training) if inputs else [parts[called].output])
    ends = [
        mapped(structure, lambda place: made[place.call][place.output])
        for structure in architecture.connections[1:]
    ]
    return cls(*ends, **options)


def class_in_files(model: Model) -> Any:
    """Return a class of somebody's own that is made as the one here is, of layers or of tensors, or None."""
    cls = type(model)
    try:
        signature(cls).bind(*((None, None) if model.graph is not None else ()), name="")
    except TypeError:
        return None
    return None if ours(cls) else cls


def save_weights(model: Model, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
    """Write the weights of a built model, and the optimizer's state, to a ``.weights.h5`` file, as Keras 3.

    Raises ``ValueError`` if the suffix is another one, or the model isn't built; what concerns the file as
    ``save_model``, of which ``overwrite`` is, too.
    """
    if not (name := os.fspath(filepath)).endswith(".weights.h5"):
        raise ValueError(f"The filename must end in `.weights.h5`. Received: filepath={name!r}")
    if _may_write(filepath, overwrite):
        write_weights(filepath, _contents_of(model, with_compiled=True))


def load_weights(
    model: Model, filepath: str | os.PathLike[str], skip_mismatch: bool = False, *,
    by_name: bool = False, allow_nonfinite: bool = False,
) -> None:  # fmt: skip
    """Take the weights from a file: ``.weights.h5``, Keras 2's ``.h5`` of weights, or a whole model's file.

    Layers are matched by their order, as in Keras; their names are free. The optimizer's state is taken from
    a ``.weights.h5`` too, if the model has been training; as in Keras, a new model's optimizer starts afresh.

    Raises ``ModelFormatError`` if the file is damaged or its arrays don't fit the layers; then nothing has
    changed. Raises ``FileNotFoundError`` if there is no file. Raises ``ValueError`` if the model isn't built,
    or ``by_name`` is asked of a file that holds no names.

    Parameters
    ----------
    model, filepath : Model, path
        A built model; a file, whose first bytes decide what it is.
    skip_mismatch : bool
        Leave weights alone that have another shape in the file, and warn of them by their layers' names: of
        ``.keras`` and ``.weights.h5`` files the whole layer, as in Keras.
    by_name : bool
        Match layers by their names, and pass over those that only one side has: with weights of an ``.h5``
        file, as Keras 2 writes them. The other formats don't hold names.
    allow_nonfinite : bool
        Whether weights may be NaN or infinite.
    """
    skip_mismatch, by_name = checked_bool("skip_mismatch", skip_mismatch), checked_bool("by_name", by_name)
    architecture = architecture_of(model)
    current = [[p.value for p in layer.parameters] for layer in architecture.layers]
    partly = Partly(current, by_name, skip_mismatch)
    optimizer = model.optimizer if model.optimizer is not None and model.optimizer.size is not None else None
    options: Any = {"allow_nonfinite": allow_nonfinite, "partly": partly}
    weights, state = read_weights(filepath, architecture, optimizer, **options)
    if partly.skipped:
        problems = f"{os.fspath(filepath)}: left alone: {'; '.join(partly.skipped)}"
        warnings.warn(problems, UserWarning, stacklevel=3)
    for layer, arrays in zip(architecture.layers, weights, strict=True):
        layer.set_weights(arrays)
    if optimizer is not None and state is not None:
        _restore(optimizer, state, model, architecture.layers)


def _may_write(filepath: str | os.PathLike[str], overwrite: bool) -> bool:
    """Return whether to write; where a file is in the way and must not be, ask whoever is there."""
    if overwrite or not Path(filepath).exists():
        return True
    if sys.stdin is not None and sys.stdin.isatty():
        answer = input(f"{os.fspath(filepath)} already exists - overwrite? [y/n] ")
        return answer.strip().lower() in ("y", "yes")
    raise FileExistsError(f"{os.fspath(filepath)} already exists, and overwrite=False.")


def _contents_of(model: Model, *, with_compiled: bool) -> ModelContents:
    architecture = architecture_of(model)
    weights = [[parameter.value for parameter in layer.parameters] for layer in architecture.layers]
    compiled, state = None, None
    if with_compiled and (configuration := model.configuration) is not None:
        outputs: Any = [
            OutputArguments(part.loss_in_files, part.loss_weight, *part.metrics_in_files())
            for part in getattr(configuration, "parts", [configuration])
        ]
        if len(outputs) == 1:
            (outputs,) = outputs
        elif isinstance(configuration.loss_argument, dict) or isinstance(model.output, dict):
            outputs = dict(zip(configuration.names_of_outputs, outputs, strict=True))
        optimizer, state = configuration.optimizer, OptimizerState(0, {})
        compiled = CompileArguments(optimizer, outputs)
        trained = [w.shape for weights in architecture.weight_formats for w in weights if w.trained]
        # Else it isn't built; or layers were frozen since, and it can't go on anyway.
        if optimizer.size == sum(map(prod, trained)):
            slots = {name: optimizer.slot_arrays(name) for name in optimizer.slots}
            state = OptimizerState(int(optimizer.gradients_seen), slots)
    resume_state = ResumeState(model.streams.get_state(), model.epochs_trained)
    return ModelContents(architecture, weights, state, compiled, resume_state)


def architecture_of(model: Model) -> Architecture:
    """Return what a file says of a model's layers, and of the models in it.

    Raises ``ValueError`` if a layer stands in two of the models, which files would make two layers of.
    """
    model._require_built("save")
    if model.by_call:
        (body,) = model._layers
        return own_architecture(model, body, body.input_shape)
    parts = [architecture_of(part) if isinstance(part, Model) else part for part in model.operations]
    inner = [part.layers if isinstance(part, Architecture) else [part] for part in parts]
    layers = [layer for layer in chain(*inner) if not isinstance(layer, InputLayer)]
    if len({*map(id, layers)}) < len(layers):
        name = next(layer.name for i, layer in enumerate(layers) if any(layer is x for x in layers[:i]))
        raise ValueError(
            f"Layer {name!r} stands in two models that are parts of {model.name!r}. Keras files would make "
            "two layers of it: make one model of both, or keep the weights alone."
        )
    connections, dtype = None, None
    batch_size, *input_shape = model.inputs[0].shape if model.graph is not None else model.input_shape
    if model.graph is not None:
        numbers = {id(node): i for i, node in enumerate(model.graph.nodes)}
        whose = {id(layer): i for i, layer in enumerate(model.operations)}

        def place(tensor: KerasTensor) -> Place:
            return Place(numbers[id(tensor.node)], tensor.index)

        calls = [
            Call(whose[id(node.layer)], [place(tensor) for tensor in node.inputs], node.training)
            for node in model.graph.nodes
        ]
        connections = Connections(calls, mapped(model.input, place), mapped(model.output, place))
    elif model.input_layer is not None and model.input_layer.input_dtype not in ("float32", "float64"):
        dtype = model.input_layer.input_dtype
    input_name = "input_layer" if model.input_layer is None else model.input_layer.name
    return Architecture(
        *(model.name, str(model.dtype), tuple(input_shape), input_name, layers, parts),
        *([*map(formats_of, layers)], batch_size, connections, dtype, None, class_in_files(model)),
    )


def _restore(optimizer: Optimizer, state: OptimizerState, model: Model, layers: list[Layer]) -> None:
    """Put an optimizer where the file left it, which has the state of the layers in this order."""
    if state.learning_rate is not None:
        optimizer.learning_rate = state.learning_rate
    if state.slots or state.iterations:
        optimizer.build(model.trainable_parameters)
        trained = [p for layer in layers for p in layer.trainable_parameters]
        places = {id(parameter): i for i, parameter in enumerate(trained)}
        order = [places[id(parameter)] for parameter in model.trainable_parameters]
        flat = {name: np.concatenate([a[i].ravel() for i in order]) for name, a in state.slots.items()}
        optimizer.set_state(state.iterations, {**optimizer.state, **flat})

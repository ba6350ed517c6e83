"""What every model has: layers, their parameters in two flat vectors, its files and its summary."""

import copy
from collections.abc import Sequence
from os import PathLike, fspath
from typing import Any, Self

import numpy as np

from numpy_ann._typing import Array, ArrayLike
from numpy_ann.errors import escaped
from numpy_ann.keras_tensor import KerasTensor
from numpy_ann.layers import InputLayer, Layer
from numpy_ann.parameter import Parameter, flatten_parameters
from numpy_ann.random_streams import RandomStreams
from numpy_ann.training import Trainer
from numpy_ann.training.data import DataAdapter
from numpy_ann.validation import checked_choice, checked_name

__all__ = ["Model"]


class _NotBuiltError(AttributeError, ValueError):
    """There is no shape yet, nor are there parameters: ``hasattr(model, "input_shape")`` is False."""


class Model(Trainer):
    """The base of models: the layers as one, their numbers, and which of them training changes.

    Parameters
    ----------
    name : str
        Of the model.
    dtype : {"float32", "float64"}
        What everything is computed in.
    seed : int, optional
        Of the random streams.
    """

    def __init__(self, name: str, dtype: str = "float32", seed: int | None = None) -> None:
        super().__init__()
        if dtype not in ("float32", "float64"):
            raise ValueError(f'A model computes in "float32" or "float64". Received: dtype={dtype!r}')
        self.name = checked_name("model", name)
        self.dtype = np.dtype(dtype)
        self.streams = RandomStreams(seed)
        self.input_layer: InputLayer | None = None
        self._layers: list[Layer] = []
        self._built_layers = 0

    @property
    def layers(self) -> list[Any]:
        """The layers, first to last, in a new list; Any, as each class has its own ``kernel`` or ``rate``."""
        return list(self._layers)

    @layers.setter
    def layers(self, layers: Any) -> None:
        raise AttributeError("A model's layers can't be assigned: use add() and pop(), or make a new model.")

    @property
    def built(self) -> bool:
        """Whether the parameters exist."""
        return bool(self._layers) and self._built_layers == len(self._layers)

    @property
    def parameters(self) -> list[Parameter]:
        """All parameters, layer by layer, the kernel before the bias."""
        return [p for layer in self._layers for p in layer.parameters]

    @property
    def trainable_parameters(self) -> list[Parameter]:
        """Those of the parameters that the optimizer changes."""
        return [p for layer in self._layers for p in layer.trainable_parameters]

    @property
    def weights(self) -> list[Parameter]:
        """Keras' name for ``parameters``."""
        return self.parameters

    @property
    def trainable_weights(self) -> list[Parameter]:
        """Keras' name for ``trainable_parameters``."""
        return self.trainable_parameters

    @property
    def non_trainable_weights(self) -> list[Parameter]:
        """Those of the parameters that the optimizer leaves alone."""
        return [p for layer in self.layers for p in layer.non_trainable_weights]

    @property
    def trainable(self) -> bool:
        """Whether any layer may learn; setting it sets it on every layer.

        Like every change of what is trained, it asks for a new ``compile`` once training has begun.
        """
        return not self.layers or any(layer.trainable for layer in self.layers)

    @trainable.setter
    def trainable(self, value: bool) -> None:
        for layer in self.layers:
            layer.trainable = bool(value)

    def freeze(self, *layers: str | int | Layer) -> None:
        """Make training leave these layers alone: by name, by index, or themselves; all, if none is given.

        Compile anew once training has begun: the optimizer's state belongs to what it has trained.

        Raises
        ------
        ValueError
            If there is no such layer; then nothing has changed.
        """
        self._set_trainable(layers, False)

    def unfreeze(self, *layers: str | int | Layer) -> None:
        """Make training change these layers again; the opposite of ``freeze``."""
        self._set_trainable(layers, True)

    def _set_trainable(self, layers: Sequence[str | int | Layer], value: bool) -> None:
        for layer in [self._layer(which) for which in layers] or self.layers:
            layer.trainable = value

    def _layer(self, which: str | int | Layer) -> Layer:
        if isinstance(which, Layer):
            if not any(which is layer for layer in self.layers):
                raise ValueError(f"Layer {which.name!r} is not in model {self.name!r}.")
            return which
        found: Layer = self.get_layer(name=which) if isinstance(which, str) else self.get_layer(index=which)
        return found

    def count_params(self) -> int:
        """Return how many numbers the parameters hold.

        Raises
        ------
        ValueError
            If the model isn't built.
        """
        self._require_built("count_params")
        return sum(layer.count_params() for layer in self.layers)

    def get_weights(self) -> list[Array]:
        """Return copies of all parameters' values, layer by layer, the kernel before the bias."""
        return [p.value.copy() for p in self.parameters]

    def set_weights(self, weights: Sequence[Array]) -> None:
        """Copy ``weights``, in the order of ``get_weights``, into the parameters.

        Raises
        ------
        ValueError
            If their number or a shape differs; then nothing has changed.
        """
        self._require_built("set_weights")
        arrays = [np.asarray(w) for w in weights]
        expected = [p.shape for p in self.parameters]
        if [a.shape for a in arrays] != expected:
            raise ValueError(
                f"The model has weights of the shapes {expected}, "
                f"but set_weights() received {[a.shape for a in arrays]}."
            )
        for parameter, array in zip(self.parameters, arrays, strict=True):
            parameter.assign(array)

    def get_layer(self, name: str | None = None, index: int | None = None) -> Any:
        """Return a layer by its name or its index.

        Raises
        ------
        ValueError
            If there is none such, or not exactly one of the two is given.
        """
        if (name is None) == (index is None):
            raise ValueError("Give get_layer() a name or an index, one of the two.")
        if index is not None:
            if not -len(self.layers) <= index < len(self.layers):
                raise ValueError(f"There is no layer {index}: the model has {len(self.layers)} layers.")
            return self.layers[index]
        for layer in self.layers:
            if layer.name == name:
                return layer
        names = [layer.name for layer in self.layers]
        raise ValueError(f"No such layer: {name}. Existing layers are: {names}.")

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """The shape of a batch of inputs, ``None`` standing for the batch axis."""
        self._require_built("input_shape")
        batch = None if self.input_layer is None else self.input_layer.batch_size
        return (batch, *(self._layers[0].input_shape or ()))

    @property
    def output_shape(self) -> tuple[int | None, ...]:
        """The shape of a batch of outputs, ``None`` standing for the batch axis."""
        self._require_built("output_shape")
        return (self.input_shape[0], *(self._layers[-1].output_shape or ()))

    @property
    def inputs(self) -> list[KerasTensor]:
        """What goes in, as Keras lists it: one shape, dtype and name."""
        self._require_built("inputs")
        name = "input_layer" if self.input_layer is None else self.input_layer.name
        return [KerasTensor(self.input_shape, str(self.dtype), name)]

    @property
    def outputs(self) -> list[KerasTensor]:
        """What comes out, as Keras lists it."""
        self._require_built("outputs")
        return [KerasTensor(self.output_shape, str(self.dtype), self._layers[-1].name)]

    @property
    def losses(self) -> list[Array]:
        """The penalties of the outputs of the last call, ``model(x)``, and of the trained weights."""
        of_outputs = [layer._penalty for layer in self.layers if layer._penalty is not None]
        return of_outputs + [p for layer in self.layers for p in layer.losses if p is not layer._penalty]

    def _flatten(self) -> None:
        parameters = self.parameters
        self._trained = self.trainable_parameters
        trained = set(map(id, self._trained))
        frozen = [p for p in parameters if id(p) not in trained]
        self.theta, self.gradient = flatten_parameters(self._trained, frozen, self.dtype)
        self._step = None

    def claim_parameters(self) -> None:
        """See to it that the parameters are views into this model's vectors, and trainable ones come first.

        They are not when a layer is shared with a model built later, or after copying; what is trainable may
        have changed since.
        """
        same = len(self._trained) == len(self.trainable_parameters) and all(
            a is b for a, b in zip(self._trained, self.trainable_parameters, strict=True)
        )
        if not same or any(p.value.base is not self.theta for p in self.parameters):
            self._flatten()

    def summary(self, line_length: int | None = None, print_fn: Any = None, **options: Any) -> None:
        """Print a table of the layers, their output shapes and parameters; see ``models.summary``.

        ``print_fn`` is called once, with the whole text; like Keras' it ends in a line break.
        """
        from numpy_ann.models.summary import summarize

        text = summarize(self, line_length, **options)
        if print_fn is None:
            print(text)
        else:
            print_fn(text + "\n")

    def get_config(self) -> dict[str, Any]:
        """Return the layers as Keras' configuration of them; see ``models.cloning``."""
        from numpy_ann.models.cloning import config_of

        return config_of(self)

    def to_json(self, **options: Any) -> str:
        """Return the layers as the text that ``models.model_from_json``, here or in Keras, reads."""
        from numpy_ann.models.cloning import json_of

        return json_of(self, **options)

    def save(self, filepath: str | PathLike[str], overwrite: bool = True, **options: Any) -> None:
        """Write the model to a Keras file; see ``models.save_model``."""
        from numpy_ann.models.loading import save_model

        save_model(self, filepath, overwrite=overwrite, **options)

    def export(
        self,
        filepath: str | PathLike[str],
        format: str = "onnx",  # noqa: A002
        verbose: bool | None = None,
    ) -> None:
        """Write the forward pass as an ONNX file, for any runtime of ONNX: no training, numbers in float32.

        Parameters
        ----------
        filepath : str or path-like
            The file, such as ``"model.onnx"``; it is replaced as a whole.
        format : {"onnx"}
            Keras' other formats need TensorFlow, PyTorch or OpenVINO.
        verbose : bool, optional
            Whether to say where the file is; left out, it is said.

        Raises
        ------
        ImportError
            If the package ``onnx`` isn't installed.
        ValueError
            If the model isn't built, or ONNX has no form for a layer; the message names it.
        """
        from numpy_ann.saving.onnx_export import export_onnx

        checked_choice("format", format, ("onnx",))
        self._require_built("export")
        name = "input_layer" if self.input_layer is None else self.input_layer.name
        export_onnx(self.layers, self.layers[0].input_shape or (), name, filepath)
        if verbose is not False:
            print(f"Saved artifact at '{fspath(filepath)}'.")

    def save_weights(self, filepath: str | PathLike[str], overwrite: bool = True) -> None:
        """Write the weights to a ``.weights.h5`` file; see ``models.loading.save_weights``."""
        from numpy_ann.models.loading import save_weights

        save_weights(self, filepath, overwrite)

    def load_weights(
        self, filepath: str | PathLike[str], skip_mismatch: bool = False, **options: Any
    ) -> None:
        """Take the weights from a Keras file; see ``models.loading.load_weights``."""
        from numpy_ann.models.loading import load_weights

        load_weights(self, filepath, skip_mismatch, **options)

    def __call__(self, x: ArrayLike, *, training: bool = False) -> Array:
        """Return the network's output for one batch; with ``training=True``, dropout is active."""
        fits = isinstance(x, np.ndarray) and self.built and x.shape[1:] == self._layers[0].input_shape
        y: Array = (x if fits else DataAdapter(self).inputs(x)).astype(self.dtype, copy=False)  # type: ignore[union-attr]
        for layer in self.layers:
            y = layer._penalized(layer.forward(y, training=training))
        return y

    def __copy__(self) -> Self:
        """Return a deep copy: the same layers in two models would be one model under two names."""
        return copy.deepcopy(self)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the memory of training, which is made anew when needed."""
        return {**self.__dict__, "_step": None, "_fitting": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Bind the parameters to the vectors again, which copying and pickling take apart."""
        vars(self).update(state)
        for layer in self._layers:
            layer.in_model = True
        if self.built:
            self._flatten()

    variables, trainable_variables = weights, trainable_weights
    non_trainable_variables = non_trainable_weights

    def _require_built(self, asked: str) -> None:
        if not self.built:
            raise _NotBuiltError(
                f"You tried to call `{asked}` on model {self.name!r}, but the model isn't built. Begin it "
                "with an Input, call build((None, ...)), or train it on some data first."
            )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={escaped(self.name)}, built={self.built}>"

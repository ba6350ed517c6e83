"""A stack of layers: each one's output is the next one's input."""

import re
from collections.abc import Sequence
from itertools import chain, count
from typing import Any, ClassVar
from weakref import ref

import numpy as np

from numpy_ann._typing import Array, Shape
from numpy_ann.errors import escaped
from numpy_ann.keras_tensor import KerasTensor
from numpy_ann.layers import InputLayer, Layer
from numpy_ann.lookup import counted_name, snake_case
from numpy_ann.models.graph import call, is_inner
from numpy_ann.models.model import Model
from numpy_ann.recording import here
from numpy_ann.training.plan import Use
from numpy_ann.training.workings import GRAPH
from numpy_ann.validation import checked_batch_shape, closed

_NO_PLACE = "and so has no place in a chain: make a models.Model."


class Sequential(Model):
    """A plain stack of layers.

    The parameters exist once the shape of a sample is known: from an ``Input``, from ``input_shape=`` on the
    first layer, or from the data of the first call.

    Parameters
    ----------
    layers : list of Layer, optional
        First to last; more can be added with ``add``.
    name : str, optional
        Left out: ``"sequential"``, numbered over the session.
    dtype : {"float32", "float64"}
        What everything is computed in; float64 is for checking gradients.
    seed : int, optional
        Makes initial weights, shuffling and dropout repeatable. Left out, it comes from the sequence that
        ``numpy_ann.utils.set_random_seed`` starts.

    Attributes
    ----------
    layers : list of Layer
        Without the ``Input``; a copy, as ``add`` and ``pop`` are what changes a model. Others: see ``Model``.

    >>> import numpy as np
    >>> from numpy_ann.layers import Dense, Input
    >>> model = Sequential([Input(shape=(4,)), Dense(3, activation="softmax")], seed=0)
    >>> model.count_params()
    15
    >>> model.predict(np.ones((2, 4)), verbose=0).shape
    (2, 3)
    """

    _kind: ClassVar[str] = "sequential"
    _not_called: ClassVar[dict[str, str]] = {"call": "that of `models.Model`, whose layers are attributes,"}

    def __init__(
        self, layers: Sequence[Layer | Model | KerasTensor] | None = None, *, name: str | None = None,
        dtype: str = "float32", seed: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__(name=name, dtype=dtype, seed=seed)
        self._tensors: list[KerasTensor] = []
        self._stack(list(layers or ()))

    def add(self, layer: Any) -> None:
        """Put a layer on top.

        Raises ``TypeError`` if it isn't a layer. Raises ``ValueError`` if another layer has its name, its
        weights are for inputs of another shape, or an ``Input`` doesn't come first; then nothing has changed.
        """
        self._stack([layer])

    def _stack(self, layers: Sequence[Any]) -> None:
        """Put layers on top, and build them if the input's shape is known."""
        # Names that layers bring along from other models are theirs, whoever comes first.
        reserved = {layer.name for layer in layers if isinstance(layer, Layer | Model) and layer.in_model}
        new: list[tuple[Any, str]] = []
        for layer in layers:
            if isinstance(layer, KerasTensor) and not is_inner(layer):
                layer = layer.node.layer  # type: ignore[union-attr]
            if not isinstance(layer, Layer | Model):
                hint = f" Did you mean {layer.__name__}(...)?" if isinstance(layer, type) else ""
                raise TypeError(f"A model is made of layers. Received: {layer!r}.{hint}")
            if any(layer is other for other in self._layers):
                cure = "Make a new one for each place."
                raise ValueError(f"Layer {layer.name!r} is in this model already. {cure}")
            if isinstance(layer, InputLayer):
                if self._layers or self.input_layer:
                    follows = f"but {layer.name!r} follows other layers."
                    raise ValueError(f"An Input comes first and once, {follows}")
                self.input_layer = layer
                continue
            if self.nodes or self.home is not None or isinstance(layer, Model) or layer.several_inputs:
                self._check_place(layer)
            new.append((layer, layer.name))
            taken = {other.name for other in self._layers}
            if layer.name in taken | reserved:
                layer.name = self._name_for(layer, taken, reserved)
            self._layers.append(layer)
        shape = _sample(self.input_layer or self._layers[0], "input_shape") if new else None
        if shape is not None:
            try:
                self._build(shape)
            except ValueError:
                del self._layers[-len(new) :]  # the model and the layers stay as they were
                for layer, name in new:
                    layer.name = name
                raise
        for layer, _ in new:
            layer.in_model, layer.home = True, ref(self)
            if not self.built and (isinstance(layer, Model) or layer.input_kind != "float"):
                self.workings = GRAPH  # what the first data will be read for

    def _check_place(self, layer: Any) -> None:
        if self.nodes or self.home is not None:
            raise ValueError(f"Model {self.name!r} is a layer of another model, and can't be changed.")
        if isinstance(layer, Layer):
            if layer.several_inputs:
                raise ValueError(f"Layer {layer.name!r} takes several inputs, {_NO_PLACE}")
            return
        if layer is self:
            raise ValueError(f"Model {self.name!r} can't be a layer of itself.")
        if layer.graph is not None and (ends := (len(layer.inputs), len(layer.outputs))) != (1, 1):
            raise ValueError(f"Model {layer.name!r} has {ends[0]} inputs and {ends[1]} outputs, {_NO_PLACE}")

    def pop(self, rebuild: bool = True) -> Any:
        """Take the last layer off, and return it; the others keep their parameters.

        ``rebuild`` is Keras' argument, and changes nothing here: the rest stays built. Raises ``IndexError``
        if there is none.
        """
        if not self._layers:
            raise IndexError("There is no layer to take off: the model has none.")
        layer = self._layers.pop()
        del self._tensors[len(self._layers) + 1 :]
        if self._built_layers > len(self._layers):
            self._built_layers = len(self._layers)
            self.claim_parameters(anew=True)
            if self.plan is not self._layers:
                self._arrange()
        return layer

    def build(self, input_shape: Sequence[int | None] | None = None) -> None:
        """Make the parameters, for batches of ``input_shape``: ``(None, 28, 28)``, the batch axis first.

        Raises ``ValueError`` if there are no layers, or the model has been built for another shape.
        """
        if input_shape is None:
            if not self.built:
                raise ValueError("The model's input shape is unknown: pass one, as in build((None, 784)).")
            return
        sample = checked_batch_shape(f"Model {self.name!r}", input_shape)
        if self.built and sample != self.input_shape[1:]:
            raise ValueError(f"The model has been built for {self.input_shape}, not {tuple(input_shape)}.")
        self._build(sample)

    def build_for(self, x: Array) -> None:
        """Make the parameters for inputs like ``x``."""
        self._build(x.shape[1:])

    def _build(self, input_shape: Shape) -> None:
        """Build the layers that aren't yet, and move all parameters into the flat vectors."""
        if not self._layers:
            raise ValueError("The model has no layers. Add some before using it.")
        shape: Any = input_shape or ()
        if self._built_layers:
            shape = _sample(self._layers[self._built_layers - 1], "output_shape") or ()
        # What can't take its place is refused before any layer is built.
        shapes: list[Shape] = []
        for layer in (new := self._layers[self._built_layers :]):
            if layer.dtype is not None and layer.dtype != self.dtype:
                raise ValueError(
                    f"Layer {layer.name!r} computes in {layer.dtype}, but the model in {self.dtype}: "
                    f'Sequential(..., dtype="{layer.dtype}").'
                )
            sample = _sample(layer, "input_shape")
            fits = not (layer.built and layer.parameters) or sample == shape
            if not fits and closed(sample or (), shape) != shape:
                raise ValueError(
                    f"Layer {layer.name!r} has weights for inputs of shape {sample}, but here its "
                    f"inputs have the shape {shape}. Make a new layer, or change what comes before."
                )
            if isinstance(layer, Model):
                layer.build((None, *shape))
            shapes.append(shape)
            known = isinstance(layer, Model) or (layer.built and layer.input_shape == shape)
            one: Any = layer  # to type checkers, still either of the two
            made = _sample(one, "output_shape") if known else one.compute_output_shape((None, *shape))[1:]
            shape = tuple(made or ())
        for layer, shape in zip(new, shapes, strict=True):
            if isinstance(layer, Layer):
                layer.join(self._stream_of(layer), self.dtype)
            # Built already, it is shared, or was used alone before.
            kept = not isinstance(layer, Model) and layer.built
            if not (kept and (layer.parameters or layer.input_shape == shape)):
                outer, here.scope = here.scope, (*here.scope, self.name)
                try:
                    layer.build((None, *shape))
                finally:
                    here.scope = outer
            self._built_layers += 1
        special = [isinstance(layer, Model) or layer.input_kind != "float" for layer in self._layers]
        if any(special):
            self._arrange()
            for layer in self._layers[special.index(True) :]:
                self._take_in(layer)
        self.claim_parameters(anew=True)
        counted_name("functional")  # as Keras' Sequential takes a name, which makes such a model of itself

    def unfold(
        self, uses: list[Use], read: list[int], first: int, training: bool | None = None, path: str = ""
    ) -> list[int]:
        """Append the uses of the layers, each of which reads what the one before it makes."""
        for layer in self._layers:
            read = self._unfold_one(layer, layer, uses, read, first, training, path)
        return read

    def tensors(self) -> list[KerasTensor]:
        """Return the symbolic tensors, the input first; each layer is called on the one before."""
        self._require_built("inputs")
        if not self._tensors:
            shape = (None, *(_sample(self._layers[0], "input_shape") or ()))
            self.input_layer = self.input_layer or InputLayer(batch_shape=shape)
            self._tensors = [self.input_layer.output]
        for layer in self._layers[len(self._tensors) - 1 :]:
            self._tensors += call(layer, [self._tensors[-1]], None)
        return self._tensors

    @property
    def input_shape(self) -> Any:
        """The shape of a batch of inputs, ``None`` standing for the batch axis."""
        self._require_built("input_shape")
        batch = None if self.input_layer is None else self.input_layer.batch_size
        return (batch, *(_sample(self._layers[0], "input_shape") or ()))

    @property
    def output_shape(self) -> Any:
        """The shape of a batch of outputs, ``None`` standing for the batch axis."""
        self._require_built("output_shape")
        return (self.input_shape[0], *(_sample(self._layers[-1], "output_shape") or ()))

    input: Any = property(
        lambda self: self.tensors()[0], doc="The symbolic tensor that stands for what goes in."
    )
    output: Any = property(lambda self: self.tensors()[-1], doc="The one that stands for what comes out.")
    inputs: Any = property(lambda self: self.tensors()[:1], doc="``input`` in a list.")
    outputs: Any = property(lambda self: self.tensors()[-1:], doc="``output`` in a list.")

    @staticmethod
    def _name_for(layer: Any, taken: set[str], reserved: set[str]) -> Any:
        """Return the layer's name, if it is free here; else, if nobody chose it, the next that is."""
        if layer.named_by_user or layer.in_model:
            if layer.name not in taken:
                return layer.name
            raise ValueError(
                f"All layers of a model need unique names, but {layer.name!r} is there twice. Make one "
                f"with a name of its own, as in {type(layer).__name__}(..., name='{escaped(layer.name)}_b')"
                + (", or set its name: it is in another model already." if layer.in_model else ".")
            )
        base = snake_case(type(layer).__name__)
        names = chain([layer.name, base], (f"{base}_{number}" for number in count(1)))
        return next(name for name in names if name not in taken | reserved)

    def _stream_of(self, layer: Layer) -> np.random.Generator:
        """Return a layer's random stream: by the name that a user gave it, else by its place in this model.

        So the same seed gives the same weights, however many layers the session had before.
        """
        base = snake_case(type(layer).__name__)
        counted = re.compile(rf"{base}(_\d+)?")
        if not counted.fullmatch(layer.name):
            return self.streams[layer.name]
        alike = [one for one in self._layers if type(one) is type(layer) and counted.fullmatch(one.name)]
        number = next(i for i, one in enumerate(alike) if one is layer)
        return self.streams[f"{base}_{number}" if number else base]


def _sample(layer: Any, which: str) -> Shape | None:
    """Return a layer's ``input_shape`` or ``output_shape``, of a sample: a model's are those of batches."""
    if isinstance(layer, Model) and not layer.built:
        return None
    found = getattr(layer, which)
    return found[1:] if isinstance(layer, Model) else found  # type: ignore[no-any-return]

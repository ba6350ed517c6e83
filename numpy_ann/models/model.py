"""What every model has: layers, their parameters in two flat vectors, its files and its summary."""

import copy
import json
from collections.abc import Mapping, Sequence
from os import PathLike, fspath
from typing import Any, ClassVar, Self
from weakref import ref

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.errors import escaped
from numpy_ann.keras_tensor import KerasTensor, Node, leaves, refill, symbols_in
from numpy_ann.layers import InputLayer, Layer
from numpy_ann.layers.layer import penalties
from numpy_ann.lookup import counted_name
from numpy_ann.models.graph import Graph, is_inner, replay
from numpy_ann.parameter import Parameter, assign_all
from numpy_ann.part import accepted, arguments, ours
from numpy_ann.random_streams import RandomStreams
from numpy_ann.recording import here, unrecorded
from numpy_ann.training import Trainer
from numpy_ann.training.data.bundles import Bundle, arrays_of, by_name
from numpy_ann.training.plan import Plan, Use, as_plan
from numpy_ann.training.workings import CHAIN, GRAPH
from numpy_ann.validation import checked_name, closed

_OF_GRAPHS = ("inputs", "outputs", "seed")  # what no model by a class of one's own is made of anew


class _NotBuiltError(AttributeError, ValueError):
    """There is no shape yet, nor are there parameters: ``hasattr(model, "input_shape")`` is False."""


class Model(Trainer):
    """A graph of layers: what lies between symbolic tensors.

    Layers are called on tensors, which notes what reads what; a model is made of the tensors where that
    begins and ends. It is a layer itself: called on tensors, it stands in another model, to any depth. Layers
    that stand in two places, or in two models, have one set of weights.

    Raises ``ValueError`` if an output depends on what isn't among the inputs, if two layers have one name, or
    if layers compute in different dtypes.

    Parameters
    ----------
    inputs, outputs : KerasTensor, list or dict
        Where it begins, such as what ``Input`` returns, and ends. Data come in the same form; arrays of
        several inputs also in a list, or under the inputs' names. What ``predict`` returns has that of the
        outputs. Inputs may also be other layers' outputs: the model is what lies behind them.
    name : str, optional
        Left out: ``"functional"``, numbered over the session.
    trainable : bool, optional
        What to set on all layers.
    dtype : {"float32", "float64"}, optional
        What everything is computed in; left out, what the layers do.
    seed : int, optional
        Makes shuffling and dropout repeatable. Initial weights are drawn where layers are called: they come
        from the sequence that ``numpy_ann.utils.set_random_seed`` starts.

    Attributes
    ----------
    layers : list
        Layers and models in Keras' order, that of their depth; a copy.
    theta, gradient : ndarray
        All parameters, and the gradients of the trainable ones, each as one vector, once it is compiled.

    >>> import numpy as np
    >>> from numpy_ann.layers import Dense, Input
    >>> x = Input(shape=(4,))
    >>> hidden = Dense(8, activation="relu")(x)
    >>> model = Model(x, [Dense(1)(hidden), Dense(3, activation="softmax")(hidden)])
    >>> [y.shape for y in model.predict(np.ones((2, 4)), verbose=0)]
    [(2, 1), (2, 3)]
    """

    _kind: ClassVar[str] = "functional"
    by_call: ClassVar[bool] = False  # whether it is a class of one's own, whose `call` is what runs
    input: Any
    output: Any

    def __init__(
        self, inputs: Any = None, outputs: Any = None, name: str | None = None, *,
        trainable: bool | None = None, dtype: str | None = None, seed: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        if dtype not in (None, "float32", "float64"):
            raise ValueError(f'A model computes in "float32" or "float64". Received: dtype={dtype!r}')
        self.name = counted_name(self._kind) if name is None else checked_name("model", name)
        self.dtype = np.dtype(dtype or "float32")
        self.streams = RandomStreams(seed)
        self.input_layer: InputLayer | None = None
        self._layers: list[Any] = []
        self._built_layers = 0
        self.graph: Any = None
        self.plan = self._layers
        self._trained: list[Parameter] = []
        self.theta = self.gradient = np.empty(0, self.dtype)
        # What makes it a layer of other models.
        self.nodes: list[Node] = []
        self.home: Any = None
        self.in_model, self.named_by_user = False, True
        if inputs is not None or outputs is not None or type(self) is Model:
            self._connect(inputs, outputs, dtype)
            if trainable is not None:
                self.trainable = trainable
        if self.by_call and self.graph is None:
            from numpy_ann.models.subclassed import Body

            self._layers.append(Body(self))

    def __init_subclass__(cls, **options: Any) -> None:
        """Have a class that defines ``call``, in Keras' way, run by it."""
        super().__init_subclass__(**options)
        if hasattr(cls, "call"):
            from numpy_ann.models.subclassed import made_by_call

            made_by_call(cls)

    def _connect(self, inputs: Any, outputs: Any, dtype: str | None) -> None:
        """Be the graph between tensors."""
        tensors = leaves(inputs), leaves(outputs)
        for argument, found in zip(("inputs", "outputs"), tensors, strict=True):
            for tensor in (one for one in found if not isinstance(one, KerasTensor)):
                hint = " Pass layer.output." if isinstance(tensor, Layer) else ""
                raise ValueError(
                    f"A model's `{argument}` are symbolic tensors, as Input(...) and calls of layers on them "
                    f"return. Received: {tensor!r}.{hint}"
                )
        begin, end = replay(*tensors) if any(is_inner(tensor) for tensor in tensors[0]) else tensors
        self.graph = Graph(begin, end)
        if len(begin) == 1:
            self.input_layer = getattr(begin[0].node, "layer", None)
        self.input, self.output = refill(inputs, iter(begin)), refill(outputs, iter(end))
        self._layers = self.graph.layers
        self._built_layers = len(self._layers)
        self._arrange()
        running = [use for use in self._uses if use.owner.dtype is not None]
        dtypes = {str(use.owner.dtype) for use in running}
        shared = {str(use.owner.dtype) for use in running if use.owner.home is not None}
        if len(dtypes if dtype is None else shared | {dtype}) > 1:
            names = ", ".join(f"{use.path!r} in {use.owner.dtype}" for use in running)
            raise ValueError(f"The layers of a model compute in one dtype, but {names}.")
        self.cast(dtype or next(iter(dtypes), "float32"))
        for layer in self._layers:
            self._take_in(layer)

    def cast(self, dtype: str) -> None:
        """Compute in ``dtype`` from now on: the layers too, and the parameters with them."""
        self.dtype = np.dtype(dtype)
        for use in as_plan(self.plan):
            use.layer.dtype = use.owner.dtype = self.dtype
        for parameter in self.parameters:
            if parameter.dtype != self.dtype:
                parameter.value = parameter.value.astype(self.dtype)
                parameter.grad = np.zeros_like(parameter.value)

    def _take_in(self, layer: Any) -> None:
        """Give a layer, or a model's layers, random streams of this model, unless another model has it."""
        if layer.home is None or layer.home() is None:
            layer.home = ref(self)
            for use in self._uses:
                if use.owner is layer or f"/{use.path}".startswith(f"/{layer.name}/"):
                    use.layer.join(self.streams[use.path], self.dtype)
        layer.in_model = True

    def _arrange(self) -> None:
        """Make the plan: the list of the layers where each reads the one before it, else a ``Plan``."""
        uses: list[Use] = []
        shapes = [self.input_shape[1:]] if self.graph is None else [t.shape[1:] for t in self.graph.inputs]
        outputs = self.unfold(uses, list(range(len(shapes))), len(shapes))
        plan = Plan(shapes, uses, outputs)
        chain = plan.chain()
        self._uses = plan.uses
        chain = self._layers if chain == self._layers else chain  # which a Sequential adds to
        graph = chain is None or self.workings is GRAPH
        self.plan, self.workings = (plan, GRAPH) if graph else (chain, CHAIN)

    def unfold(
        self, uses: list[Use], read: list[int], first: int, training: bool | None = None, path: str = ""
    ) -> list[int]:
        """Append the uses of the layers, those of models in this one too; return the outputs' numbers.

        ``uses`` are those before, ``read`` the numbers of the inputs, ``first`` that of what the first of the
        uses makes; ``training`` was said where the model was called, and ``path`` begins the layers' names.
        """
        numbers = dict(zip(map(id, self.graph.inputs), read, strict=True))
        for node in self.graph.nodes:
            if node.inputs:
                inputs = [numbers[id(tensor)] for tensor in node.inputs]
                said = node.training if training is None else training
                made = self._unfold_one(node.layer, node.runs, uses, inputs, first, said, path)
                numbers |= zip(map(id, node.outputs), made, strict=True)
        return [numbers[id(tensor)] for tensor in self.graph.outputs]

    @staticmethod
    def _unfold_one(
        layer: Any, runs: Any, uses: list[Use], inputs: list[int], first: int, training: bool | None,
        path: str,
    ) -> list[int]:  # fmt: skip
        if isinstance(layer, Model):
            return layer.unfold(uses, inputs, first, training, f"{path}{layer.name}/")
        uses.append(Use(runs, layer, inputs, path + layer.name, training))
        return [first + len(uses) - 1]

    def _attributes(self) -> list[Any]:
        """Return the layers that are attributes: those of a class of one's own without ``call``."""
        if ours(type(self)):
            return []
        from numpy_ann.layers.traced import sublayers

        return list(sublayers(self))  # type: ignore[arg-type]

    @property
    def layers(self) -> list[Any]:
        """The layers, first to last, in a new list; Any, as each class has its own ``kernel`` or ``rate``."""
        return [layer for layer in self._layers or self._attributes() if not hasattr(layer, "op")]

    @layers.setter
    def layers(self, layers: Any) -> None:
        raise AttributeError("A model's layers can't be assigned: use add() and pop(), or make a new model.")

    @property
    def operations(self) -> list[Any]:
        """The layers and the ops between them, ``x + y``, ``x[:, 0]``, ``ops.relu(x)``, of a graph."""
        return list(self._layers or self._attributes())

    @property
    def built(self) -> bool:
        """Whether the parameters exist; that somebody says so, as Keras lets one, changes nothing."""
        return bool(self._layers) and self._built_layers == len(self._layers)

    @built.setter
    def built(self, value: bool) -> None:
        pass

    @property
    def parameters(self) -> list[Parameter]:
        """All parameters, layer by layer, the kernel before the bias."""
        return list(
            dict.fromkeys(p for layer in self._layers or self._attributes() for p in layer.parameters)
        )

    @property
    def trainable_parameters(self) -> list[Parameter]:
        """Those of the parameters that the optimizer changes."""
        return list(
            dict.fromkeys(
                p for layer in self._layers or self._attributes() for p in layer.trainable_parameters
            )
        )

    @property
    def non_trainable_weights(self) -> list[Parameter]:
        """Those of the parameters that the optimizer leaves alone."""
        trained = set(self.trainable_parameters)
        return [p for p in self.parameters if p not in trained]

    # Keras' names.
    weights = variables = parameters
    trainable_weights = trainable_variables = trainable_parameters
    non_trainable_variables = non_trainable_weights

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

        Compile anew once training has begun: the optimizer's state belongs to what it has trained. Raises
        ``ValueError`` if there is no such layer; then nothing has changed.
        """
        self._set_trainable(layers, False)

    def unfreeze(self, *layers: str | int | Layer) -> None:
        """Make training change these layers again; the opposite of ``freeze``."""
        self._set_trainable(layers, True)

    def _set_trainable(self, layers: Sequence[str | int | Layer], value: bool) -> None:
        found: list[Any] = []
        for which in layers:
            if isinstance(which, str | int):
                which = self.get_layer(which) if isinstance(which, str) else self.get_layer(index=which)
            elif not any(which is layer for layer in self.layers):
                raise ValueError(f"Layer {which.name!r} is not in model {self.name!r}.")
            found.append(which)
        for layer in found or self.layers:
            layer.trainable = value

    def count_params(self) -> int:
        """Return how many numbers the parameters hold; raises ``ValueError`` if the model isn't built."""
        self._require_built("count_params")
        return sum(p.size for p in self.parameters)

    def get_weights(self) -> list[Array]:
        """Return copies of all parameters' values, layer by layer, the kernel before the bias."""
        return [p.value.copy() for p in self.parameters]

    def set_weights(self, weights: Sequence[Array]) -> None:
        """Copy ``weights``, in the order of ``get_weights``, into the parameters.

        Raises ``ValueError`` if their number or a shape differs; then nothing has changed.
        """
        self._require_built("set_weights")
        assign_all("The model", self.parameters, weights)

    def get_layer(self, name: str | None = None, index: int | None = None) -> Any:
        """Return a layer by its name or its index, one of the two; ``ValueError`` if there is none such."""
        if (name is None) == (index is None):
            raise ValueError("Give get_layer() a name or an index, one of the two.")
        if index is not None:
            if not -len(self.layers) <= index < len(self.layers):
                raise ValueError(f"There is no layer {index}: the model has {len(self.layers)} layers.")
            return self.layers[index]
        named = {layer.name: layer for layer in self._layers}
        if name not in named:
            raise ValueError(f"No such layer: {name}. Existing layers are: {list(named)}.")
        return named[name]

    @property
    def input_shape(self) -> Any:
        """The shape of a batch of inputs, ``None`` standing for the batch axis; of several a list."""
        return shapes if len(shapes := [tensor.shape for tensor in self.inputs]) > 1 else shapes[0]

    @property
    def output_shape(self) -> Any:
        """The shape of a batch of outputs, ``None`` standing for the batch axis; of several a list."""
        return shapes if len(shapes := [tensor.shape for tensor in self.outputs]) > 1 else shapes[0]

    @property
    def inputs(self) -> list[KerasTensor]:
        """The symbolic tensors that stand for what goes in; of a dictionary by the sorted keys."""
        return list(self.graph.inputs)

    @property
    def outputs(self) -> list[KerasTensor]:
        """The symbolic tensors that stand for what comes out; of a dictionary by the sorted keys."""
        return list(self.graph.outputs)

    @property
    def input_names(self) -> list[str]:
        """What dictionaries call the inputs."""
        return sorted(self.input) if isinstance(self.input, dict) else [t.name for t in self.inputs]

    @property
    def output_names(self) -> list[str]:
        """What dictionaries call the outputs, and figures are named after; Keras calls two uses the same."""
        if isinstance(self.output, dict):
            return sorted(self.output)
        names = [tensor.name for tensor in self.outputs]
        before = [names[:i].count(name) for i, name in enumerate(names)]
        return [f"{name}_{n}" if n else name for name, n in zip(names, before, strict=True)]

    @property
    def losses(self) -> list[Array]:
        """The penalties of the outputs of the last call, ``model(x)``, and of the trained weights."""
        found: list[Any] = []
        for layer in self.plan if isinstance(self.plan, list) else {use.owner: 0 for use in self.plan}:
            found += [*layer.added_losses, *([] if layer._penalty is None else [layer._penalty])]
        return found + penalties(self.trainable_parameters)

    def build(self, input_shape: Any = None) -> None:
        """Do nothing: the layers were built where they were called."""

    def build_for(self, x: Any) -> None:
        """Do nothing, too."""

    def claim_parameters(self, *, anew: bool = False) -> None:
        """See to it that the parameters are views into this model's vectors, and trainable ones come first.

        They are not when a layer is shared with a model built later, or after copying; what is trainable may
        have changed since. With ``anew``, the vectors are made in any case: ``theta`` of all parameters,
        ``gradient`` of the trainable ones alone, so that ``theta[:gradient.size]`` and it match number for
        number. Layers never notice; an optimizer sees two vectors, and keeping the best weights is one copy.
        """
        trained, parameters = self.trainable_parameters, self.parameters
        same = self._trained == trained and not anew  # each the same object
        if same and all(p.value.base is self.theta for p in parameters):
            return
        self._trained, self._step, end = trained, None, 0
        self.theta = np.empty(sum(p.value.size for p in parameters), dtype=self.dtype)
        self.gradient = np.zeros(sum(p.value.size for p in trained), dtype=self.dtype)
        for parameter in dict.fromkeys((*trained, *parameters)):
            place = slice(end, end := end + parameter.value.size)
            view = self.theta[place].reshape(parameter.value.shape)
            view[...] = parameter.value
            parameter.value = view
            if end <= self.gradient.size:
                parameter.grad = self.gradient[place].reshape(view.shape)

    def summary(self, line_length: int | None = None, print_fn: Any = None, **options: Any) -> None:
        """Print a table of the layers, their output shapes and parameters; see ``models.summary.summarize``.

        ``print_fn`` is called once, with the whole text; like Keras' it ends in a line break.
        """
        from numpy_ann.models.summary import summarize

        text = summarize(self, line_length, **options)
        print(text) if print_fn is None else print_fn(text + "\n")

    def get_config(self) -> dict[str, Any]:
        """Return the layers as Keras' configuration of them.

        Of a class of one's own, which has ``call``: what the model was made with.
        """
        if self.by_call:
            own = {"name": self.name, "trainable": self.trainable, "dtype": str(self.dtype)}
            given = {key: value for key, value in arguments(self).items() if key not in _OF_GRAPHS}
            return accepted(type(self), given | own)
        from numpy_ann.models.cloning import keras_root

        return keras_root(self)["config"]  # type: ignore[no-any-return]

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Any:
        """Return a new model of the layers that ``get_config`` described."""
        if cls.by_call:
            return cls(**config)
        from numpy_ann.models.cloning import model_from_config

        return model_from_config(config, custom_objects, cls)

    def to_json(self, **options: Any) -> str:
        """Return the layers as the text that ``models.model_from_json``, here or in Keras, reads.

        Options are those of ``json.dumps``, such as ``indent=2``.
        """
        from numpy_ann.models.cloning import keras_root

        return json.dumps(keras_root(self), **options)

    def save(self, filepath: str | PathLike[str], overwrite: bool = True, **options: Any) -> None:
        """Write the model to a Keras file; see ``models.save_model``."""
        from numpy_ann.models.loading import save_model

        save_model(self, filepath, overwrite=overwrite, **options)

    def export(
        self, filepath: str | PathLike[str], format: str | None = None, verbose: bool | None = None  # noqa: A002
    ) -> None:  # fmt: skip
        """Write the forward pass as an ONNX file, for any runtime of ONNX: no training, numbers in float32.

        Raises ``ImportError`` if the package ``onnx`` isn't installed. Raises ``ValueError`` if the model
        isn't built, ONNX has no form for a layer, which is named, or another format is meant.

        Parameters
        ----------
        filepath : str or path-like
            The file, such as ``"model.onnx"``; it is replaced as a whole.
        format : {"onnx"}
            May be left out where the file ends in ``.onnx``: Keras writes TensorFlow's SavedModel to others.
        verbose : bool, optional
            Whether to say where the file is; left out, it is said.
        """
        from numpy_ann.saving.onnx_export import export_onnx

        name = fspath(filepath)
        right = f"{name.removesuffix('.onnx')}.onnx"
        if format != "onnx" and not (format is None and name == right):
            raise ValueError(
                f"export() writes ONNX: say export({right!r}), or format='onnx' for another name. "
                "Keras' other formats, SavedModel if none is said, need TensorFlow, PyTorch or OpenVINO. "
                f"Received: filepath={name!r}, format={format!r}"
            )
        self.require_layers_alone("An ONNX file")
        self._require_built("export")
        plan = as_plan(self.plan)
        steps = [(use.layer, use.inputs) for use in plan]
        begin = zip(self.input_names, self.inputs, strict=True)
        inputs = [(name, tuple(tensor.shape[1:]), tensor.dtype) for name, tensor in begin]
        export_onnx(steps, inputs, list(zip(self.output_names, plan.outputs, strict=True)), filepath)
        if verbose is not False:
            print(f"Saved artifact at '{name}'.")

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

    def __call__(self, x: Any, *, training: bool | None = None) -> Any:
        """Return the network's output for one batch; with ``training=True``, dropout is active.

        Of symbolic tensors, return those that it would be: the model is a layer of another one.
        """
        if tensors := symbols_in(x):
            return self._use(x, tensors, training)
        training = here.training or None if training is None else training
        if here.tapes:
            from numpy_ann.layers.traced import plan_on_tape

            if not self.built:
                with unrecorded():
                    self.build_for(np.asarray(getattr(x, "value", x)))
            values = plan_on_tape(self.plan, leaves(x), training)
            return values[0] if isinstance(self.plan, list) else self._formed(Bundle(values))
        fits = isinstance(self.plan, list) and isinstance(x, np.ndarray) and self.built
        if not (fits and x.shape[1:] == self.plan[0].input_shape):
            x = self.workings.adapter(self).inputs(x)
        x = x.astype(self.dtype, copy=False)
        if isinstance(self.plan, list):
            for layer in self.plan:
                x = layer._penalized(layer.forward(x, training=bool(training)))
            return x
        values = self.plan.forward(arrays_of(x), training=training)
        for use, y in zip(self.plan, values[self.plan.inputs :], strict=True):
            use.owner._penalized(y)
        return self._formed(Bundle([values[i] for i in self.plan.outputs]))

    def _formed(self, outputs: Any) -> Any:
        """Return outputs as the user listed them when the model was made."""
        if self.workings is CHAIN:
            return outputs
        if len(leaves(self.output)) == 1 and not isinstance(self.output, dict):
            return outputs.arrays[0]
        return refill(self.output, iter(outputs.arrays))

    def _use(self, given: Any, tensors: list[KerasTensor], training: bool | None) -> Any:
        if isinstance(given, dict):
            tensors = by_name("x", given, self.input_names)
        if not self.built:
            self.build((None, *tensors[0].shape[1:]))
        samples, own = ([tensor.shape[1:] for tensor in some] for some in (tensors, self.inputs))
        if len(samples) != len(own) or samples != list(map(closed, own, samples)):
            expected, came = (
                ", ".join(f"{t.name!r} of shape {t.shape}" for t in some) for some in (self.inputs, tensors)
            )
            raise ValueError(
                f"Model {self.name!r} takes {len(self.inputs)} input(s), {expected}, but was called on "
                f"{len(tensors)}: {came}."
            )
        batch, self.in_model = tensors[0].shape[0], True
        plan = as_plan(self.plan)
        shapes = [t.shape[1:] for t in self.outputs] if samples == own else plan.shapes_on(samples)
        outputs = [((batch, *s), tensor.dtype) for s, tensor in zip(shapes, self.outputs, strict=True)]
        return refill(self.output, iter(Node(self, tensors, outputs, training).outputs))

    def __copy__(self) -> Self:
        """Return a deep copy: the same layers in two models would be one model under two names."""
        return copy.deepcopy(self)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the memory of training, which is made anew when needed."""
        dropped = dict.fromkeys(("_step", "_fitting", "_uses", "plan", "home"))
        kept = {name: value for name, value in vars(self).items() if name != "workings"}
        return {**kept, **dropped, "nodes": [], "in_model": False}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Bind the parameters to the vectors again, which copying and pickling take apart."""
        vars(self).update(state)
        for layer in self._layers:
            layer.in_model, layer.home = True, ref(self)
        self.plan = self._layers
        if self.built:
            self._arrange()
            self.claim_parameters(anew=True)

    def require_layers_alone(self, what: str) -> None:
        """Raise ``ValueError`` if ``call`` says what the layers do, which no file knows."""
        if self.by_call:
            raise ValueError(
                f"{what} can't hold the `call` of {type(self).__name__}: make the model anew by its class, "
                "and give it the weights, by save_weights() and load_weights()."
            )

    def _require_built(self, asked: str) -> None:
        if not self.built:
            raise _NotBuiltError(
                f"You tried to call `{asked}` on model {self.name!r}, but the model isn't built. Begin it "
                "with an Input, call build((None, ...)), or train it on some data first."
            )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={escaped(self.name)}, built={self.built}>"

"""Models of one's own, as Keras has them: layers are attributes, and ``call`` is what runs."""

from typing import Any

from numpy_ann._typing import Array
from numpy_ann.keras_tensor import KerasTensor
from numpy_ann.layers import Layer
from numpy_ann.layers.traced import sublayers
from numpy_ann.lookup import snake_case
from numpy_ann.training.plan import Use


class Body(Layer):
    """What a model's ``call`` is to training: the one layer of a chain. ``model`` has its attributes."""

    def __init__(self, model: Any) -> None:
        super().__init__(name=model.name)
        self.holder, self.before = model, frozenset(vars(model)) | {"_layers", "plan"}

    def call(self, inputs: Any, training: bool = False) -> Any:
        return self.holder.called(inputs, training)


def made_by_call(cls: Any) -> None:
    """Make a class of models run by its ``call``."""
    takes_training = "training" in cls.call.__code__.co_varnames

    def called(self: Any, inputs: Any, training: bool) -> Any:
        return self.call(inputs, training=training) if takes_training else self.call(inputs)

    cls.by_call, cls.called, cls._kind = True, called, snake_case(cls.__name__)
    cls.add_loss = lambda self, loss: self._layers[0].add_loss(loss)
    cls.build, cls.build_for, cls.unfold = build, build_for, unfold
    cls.layers = cls.operations = property(lambda self: list(sublayers(self._layers[0])))
    cls.input_shape = property(lambda self: (None, *(self._layers[0].input_shape or ())))
    cls.output_shape = property(lambda self: (None, *(self._layers[0].output_shape or ())))
    cls.inputs = property(lambda self: [KerasTensor(self.input_shape, str(self.dtype), "input_layer")])
    cls.outputs = property(lambda self: [KerasTensor(self.output_shape, str(self.dtype), self.name)])
    cls.input, cls.output = property(lambda self: self.inputs[0]), property(lambda self: self.outputs[0])


def build(self: Any, input_shape: Any = None) -> None:
    """Make the parameters, for batches of ``input_shape``, by a try of ``call``."""
    body = self._layers[0]
    if input_shape is None or body.built:
        return
    body.join(self.streams[self.name], self.dtype)
    body.build(input_shape)
    take_over(self)


def take_over(self: Any) -> None:
    """Be built: of a body that is, also by a file."""
    body = self._layers[0]
    body.join(self.streams[self.name], self.dtype)
    self._built_layers = 1
    for layer in sublayers(body):
        layer.in_model = True
    self.claim_parameters(anew=True)


def unfold(
    self: Any, uses: list[Any], read: list[int], first: int, training: bool | None = None, path: str = ""
) -> list[int]:
    """Append the use of the model's one layer, where the model is one of another model's layers."""
    body = self._layers[0]
    uses.append(Use(body, body, read, path + self.name, training))
    return [first + len(uses) - 1]


def build_for(self: Any, x: Array) -> None:
    """Make the parameters for inputs like ``x``."""
    self.build((None, *x.shape[1:]))

"""What can be asked of a model's layers: their parameters, which of them learn, and a layer by its name."""

from collections.abc import Sequence

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.layers import Layer
from numpy_ann.parameter import Parameter
from numpy_ann.training import Trainer

__all__ = ["LayerStack"]


class LayerStack(Trainer):
    """The base of ``Sequential``: the layers as one, their numbers, and which of them training changes."""

    name: str

    @property
    def parameters(self) -> list[Parameter]:
        """All parameters, layer by layer, the kernel before the bias."""
        return [p for layer in self.layers for p in layer.parameters]

    @property
    def trainable_parameters(self) -> list[Parameter]:
        """Those of the parameters that the optimizer changes."""
        return [p for layer in self.layers for p in layer.trainable_parameters]

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
                raise ValueError(f"Layer '{which.name}' is not in model '{self.name}'.")
            return which
        return self.get_layer(name=which) if isinstance(which, str) else self.get_layer(index=which)

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

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
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

    def _require_built(self, asked: str) -> None:
        if not self.built:
            raise ValueError(
                f"You tried to call `{asked}` on model '{self.name}', but the model isn't built. Begin it "
                "with an Input, call build((None, ...)), or train it on some data first."
            )

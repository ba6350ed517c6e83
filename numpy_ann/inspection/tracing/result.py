"""What ``trace`` returns: every array of one pass, by layer and by name."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from numpy_ann._typing import Array
from numpy_ann.inspection.tracing import table

__all__ = ["LayerTrace", "Trace"]


@dataclass(frozen=True, eq=False, repr=False)
class LayerTrace:
    """One layer's part of a ``Trace``: what went in and out of it, forward and back.

    All arrays are read-only copies. Gradients are those of the loss with respect to the array they are named
    after, and have its shape.

    Parameters
    ----------
    name, kind : str
        The layer's name and class.
    formula : tuple of str
        What it computes, from its docstring; ``f`` is its activation function.
    input, output : ndarray, shape (batch, ...)
        ``x`` and ``y``.
    pre_activation : ndarray or None
        ``z``, what the activation function is applied to; ``None`` where there is none.
    input_gradient, output_gradient, pre_activation_gradient : ndarray or None
        ``dx``, ``dy`` and ``dz``. ``output_gradient`` is ``None`` in a last layer whose activation function
        and loss go back in one step.
    parameters : mapping of str to ndarray
        Their values before the step: ``kernel``, ``bias``.
    gradients : mapping of str to ndarray
        Of those that training would change, the regularizers' part included.
    penalty : float
        What the layer's regularizers add to the loss.

    Examples
    --------
    >>> import numpy as np
    >>> from numpy_ann.inspection import trace
    >>> from numpy_ann.layers import Dense, Input
    >>> from numpy_ann.models import Sequential
    >>> model = Sequential([Input((2,)), Dense(3)])
    >>> model.compile(loss="mse")
    >>> layer = trace(model, np.ones((4, 2)), np.zeros((4, 3))).layers[0]
    >>> layer
    <LayerTrace dense (Dense): (4, 2) -> (4, 3)>
    >>> layer.gradients["kernel"].shape
    (2, 3)
    """

    name: str
    kind: str
    formula: tuple[str, ...]
    input: Array
    output: Array
    pre_activation: Array | None
    input_gradient: Array
    output_gradient: Array | None
    pre_activation_gradient: Array | None
    parameters: Mapping[str, Array]
    gradients: Mapping[str, Array]
    penalty: float

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Of the batch that came in."""
        return self.input.shape

    @property
    def output_shape(self) -> tuple[int, ...]:
        """Of the batch that went out."""
        return self.output.shape

    def pairs(self) -> dict[str, tuple[Array, Array | None]]:
        """Return each array with its gradient, by its name within the layer."""
        inner = (
            {}
            if self.pre_activation is None
            else {"pre_activation": (self.pre_activation, self.pre_activation_gradient)}
        )
        own = {name: (value, self.gradients.get(name)) for name, value in self.parameters.items()}
        return {**own, **inner, "output": (self.output, self.output_gradient)}

    def __repr__(self) -> str:
        return f"<LayerTrace {self.name} ({self.kind}): {self.input_shape} -> {self.output_shape}>"


class Trace(Mapping[str, Array]):
    """Every number of one forward and one backward pass; print it for a table.

    It maps names to arrays, all read-only copies: ``t["input"]``, ``t["input/gradient"]``,
    ``t["dense/kernel"]``, ``t["dense/kernel/gradient"]``, ``t["dense/pre_activation"]``,
    ``t["dense/output"]``, ..., ``t["targets"]``, and ``t["sample_weight"]`` if there was one. ``list(t)`` has
    all of them, and they complete with the tab key. The same arrays stand in ``t.layers``.

    Made by ``trace``.

    Parameters
    ----------
    layers : sequence of LayerTrace
        First to last.
    others : mapping of str to ndarray
        ``targets``, ``sample_weight``.
    loss : float
        The batch's, penalties included.
    loss_name : str
        What the loss is called.
    training : bool
        Whether the pass was one of training.
    note : str
        On how the last gradient was come by, if it needs a word.

    Attributes
    ----------
    penalty : float
        The regularizers' part of the loss.

    Examples
    --------
    >>> import numpy as np
    >>> from numpy_ann.inspection import trace
    >>> from numpy_ann.layers import Dense, Input
    >>> from numpy_ann.models import Sequential
    >>> model = Sequential([Input((2,)), Dense(1, kernel_initializer="ones")])
    >>> model.compile(loss="mse")
    >>> t = trace(model, np.array([[1.0, 2.0]]), np.array([[1.0]]))
    >>> t.loss, t["dense/output"], t["dense/kernel/gradient"]
    (4.0, array([[3.]], dtype=float32), array([[4.],
           [8.]], dtype=float32))
    """

    def __init__(
        self,
        layers: Sequence[LayerTrace],
        others: Mapping[str, Array],
        loss: float,
        loss_name: str,
        training: bool,
        note: str = "",
    ) -> None:
        self.layers = tuple(layers)
        self.loss, self.loss_name = loss, loss_name
        self.penalty = sum(layer.penalty for layer in layers)
        self.training = training
        self.note = note
        self._arrays = {"input": layers[0].input, "input/gradient": layers[0].input_gradient}
        for layer in layers:
            for name, (value, gradient) in layer.pairs().items():
                self._arrays[f"{layer.name}/{name}"] = value
                if gradient is not None:
                    self._arrays[f"{layer.name}/{name}/gradient"] = gradient
        self._arrays.update(others)

    @property
    def output(self) -> Array:
        """The network's predictions, ``(batch, ...)``."""
        return self.layers[-1].output

    def __getitem__(self, name: str) -> Array:
        """Return the array of that name."""
        if name in self._arrays:
            return self._arrays[name]
        from difflib import get_close_matches

        near = get_close_matches(str(name), self._arrays, n=3)
        hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
        raise KeyError(f"The trace has no array {name!r}.{hint} list(trace) has all names.")

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    def _ipython_key_completions_(self) -> list[str]:
        return list(self._arrays)

    def __str__(self) -> str:
        return table.as_text(self)

    def _repr_html_(self) -> str:
        return table.as_html(self)

    def __repr__(self) -> str:
        return f"<Trace of {len(self.layers)} layers, loss {self.loss:.6g}, {len(self)} arrays>"

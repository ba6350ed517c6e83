"""Symbolic tensors, which stand for arrays that aren't there yet, and the nodes of the graphs they make.

Calling a layer on a symbolic tensor computes nothing: it notes, in a node, which layer reads which tensors,
and gives the tensor that the layer would make. ``models.Model`` gathers the nodes between two tensors.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, NoReturn

from numpy.lib.mixins import NDArrayOperatorsMixin

from numpy_ann._typing import BatchShape

__all__ = ["KerasTensor", "Node", "leaves", "mapped", "refill", "symbolic", "symbols_in"]


# What Keras makes of operators that NumPy has another name for.
_OPERATORS = {"remainder": "mod", "divide": "true_divide", "invert": "logical_not"}
_OPERATORS |= {f"bitwise_{name}": f"logical_{name}" for name in ("and", "or", "xor")}


@dataclass(frozen=True)
class KerasTensor(NDArrayOperatorsMixin):
    """An array that isn't there yet: its shape, its dtype, its name, and where it comes from.

    ``shape`` is a batch's, its first axis None; ``node`` makes it, as its output number ``index``.

    Raises ``TypeError`` or ``ValueError`` where it is used as if its numbers were there.

    >>> KerasTensor((None, 3), "float32", "dense").ndim
    2
    """

    shape: BatchShape
    dtype: str = "float32"
    name: str = "keras_tensor"
    node: "Node | None" = field(default=None, compare=False, repr=False)
    index: int = field(default=0, compare=False, repr=False)
    sparse: ClassVar[bool] = False
    ragged: ClassVar[bool] = False

    @property
    def ndim(self) -> int:
        """How many axes it has."""
        return len(self.shape)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the node, which knows its outputs: a long chain would be pickled by deep recursion."""
        return {**self.__dict__, "node": None}

    def __array__(self, *arguments: Any, **options: Any) -> NoReturn:
        raise ValueError(
            f"The symbolic tensor {self.name!r} stands for an array of shape {self.shape}, and has no "
            "numbers that NumPy could use. Call layers on it, make a Model of it, and call that on arrays."
        )

    def __bool__(self) -> bool:
        raise TypeError(f"The symbolic tensor {self.name!r} is neither true nor false: it has no numbers.")

    def __iter__(self) -> Iterator[Any]:
        raise TypeError(f"The symbolic tensor {self.name!r} can't be iterated over: it has no rows yet.")

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        name = _OPERATORS.get(ufunc.__name__, ufunc.__name__)
        options.pop("out", None)  # of `x += y`, which gives x a new meaning
        return KerasTensor.operate(name, inputs, options)

    def __getitem__(self, key: Any) -> Any:
        return KerasTensor.operate("get_item", (self, key), {})

    @staticmethod
    def operate(name: Any, given: Any, named: dict[str, Any]) -> Any:
        """Return what an op would make of symbolic tensors; ``layers`` puts it in place."""
        raise TypeError(f"Arithmetic on symbolic tensors needs layers: import numpy_ann.layers. ({name})")


class Node:
    """One use of a layer, or of a model: the tensors that it reads, and those that it makes.

    ``outputs`` are given as shapes and dtypes, and become tensors named after the layer. ``training`` says
    whether dropout is active; left out, whoever runs the graph decides. ``runs`` runs in the layer's place:
    itself for another shape.
    """

    def __init__(
        self, layer: Any, inputs: list[KerasTensor], outputs: list[tuple[BatchShape, str]],
        training: bool | None = None, runs: Any = None,
    ) -> None:  # fmt: skip
        self.layer, self.inputs, self.training = layer, inputs, training
        self.runs = layer if runs is None else runs
        named = layer.name, self
        self.outputs = [KerasTensor(*made, *named, i) for i, made in enumerate(outputs)]
        layer.nodes.append(self)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Be known to the layer and to the outputs again, which are copied without."""
        vars(self).update(state)
        self.layer.nodes.append(self)
        for tensor in self.outputs:
            object.__setattr__(tensor, "node", self)


def mapped(structure: Any, function: Callable[[Any], Any]) -> Any:
    """Return a list, tuple or dictionary, however deep, with what a function makes of what it holds.

    Of a dictionary that is called by the sorted keys. A named tuple is one thing.

    >>> mapped({"b": 1, "a": [2, (3,)]}, str)
    {'b': '1', 'a': ['2', ('3',)]}
    """
    if isinstance(structure, Mapping):
        made = {key: mapped(structure[key], function) for key in sorted(structure)}
        return {key: made[key] for key in structure}
    if type(structure) in (list, tuple):
        return type(structure)([mapped(part, function) for part in structure])
    return function(structure)


def leaves(structure: Any) -> list[Any]:
    """Return what a list, tuple or dictionary holds, however deep; of a dictionary by its sorted keys.

    >>> leaves([1, {"b": 2, "a": (3,)}]), leaves(4)
    ([1, 3, 2], [4])
    """
    found: list[Any] = []
    mapped(structure, found.append)
    return found


def refill(structure: Any, values: Iterator[Any]) -> Any:
    """Return a structure like that, with ``values`` in the place of its leaves, in their order."""
    return mapped(structure, lambda _: next(values))


def symbolic(args: Any) -> bool:
    """Return whether there are symbolic tensors among arguments."""
    return any(type(a) is KerasTensor or (type(a) in (list, tuple) and symbolic(a)) for a in args)


def symbols_in(structure: Any) -> list[KerasTensor]:
    """Return the symbolic tensors of an argument; none, if it holds arrays; ``ValueError`` if both."""
    if isinstance(structure, KerasTensor):
        return [structure]
    if not isinstance(structure, list | tuple | Mapping):
        return []
    found = leaves(structure)
    symbols = [leaf for leaf in found if isinstance(leaf, KerasTensor)]
    if symbols and len(symbols) < len(found):
        kinds = (leaf.name if isinstance(leaf, KerasTensor) else type(leaf).__name__ for leaf in found)
        raise ValueError(
            "Symbolic tensors and arrays can't go in together: make an Input for each array. "
            f"Received: {', '.join(kinds)}"
        )
    return symbols

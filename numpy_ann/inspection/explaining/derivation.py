"""What the tape has of an own layer or loss: a line an op, and one a derivative, from the last one back."""

import ast
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import numpy as np

from numpy_ann.errors import escaped
from numpy_ann.layers import Layer
from numpy_ann.ops import GradientTape
from numpy_ann.ops.tape import Traced, flat, made_of

_LONGEST = 200  # ops, of which nobody reads more


def derived_layer(layer: Layer) -> tuple[list[str], list[str]]:
    """Return the formula and the derivatives of a built layer by ``call``, from a batch of two samples."""
    trial, rng = deepcopy(layer), np.random.default_rng(0)
    shapes: Any = layer.input_shape if layer.several_inputs else [layer.input_shape]
    xs: Any = [rng.normal(size=(2, *(n or 3 for n in shape))).astype(layer.dtype) for shape in shapes]
    trial.forward(xs if layer.several_inputs else xs[0], training=True)
    leaves, y, tape = trial._memory["call"]
    names = {"x" if len(leaves) == 1 else f"x{i + 1}": leaf for i, leaf in enumerate(leaves)}
    for p in trial.parameters:
        name = p.name if p.name not in names else f"{p.name}{sum(n.startswith(p.name) for n in names) + 1}"
        names[name] = tape.leaf_of(p)
    return _lines(y, names)


def derived_loss(call: Callable[[Any, Any], Any]) -> tuple[list[str], list[str]]:
    """Return the formula and the derivatives of ``call(y_true, y_pred)``, of two samples of three numbers."""
    y_true, y_pred = np.random.default_rng(0).uniform(0.1, 0.9, (2, 2, 3))
    with GradientTape():
        leaf = Traced(y_pred)
        y = call(y_true, leaf)
    return _lines(y, {"y_pred": leaf}, {"y_true": y_true})


def _lines(
    y: Any, names: dict[str, Any], constants: dict[str, Any] | None = None
) -> tuple[list[str], list[str]]:
    if not isinstance(y, Traced):
        raise ValueError("What `call` returns isn't made of what it is given, so there is nothing to derive.")
    said = {leaf.number: escaped(name) for name, leaf in names.items() if isinstance(leaf, Traced)}
    made = [array for array in made_of([y]) if array.op is not None]
    if len(made) > _LONGEST:
        raise ValueError(f"`call` is made of {len(made)} ops; at most {_LONGEST} are shown.")
    said |= {array.number: f"a{i + 1}" for i, array in enumerate(made[:-1])} | {y.number: "y"}

    def word(a: Any) -> str:
        if isinstance(a, list):
            return f"[{', '.join(map(word, a))}]"
        if isinstance(a, Traced):
            return said.get(a.number, "array")
        if isinstance(a, np.ndarray) and a.ndim:
            return next((name for name, array in (constants or {}).items() if array is a), f"array{a.shape}")
        return f"{a:g}" if isinstance(a, float | np.floating) else str(a)

    formula = []
    for a in made:
        words = list(map(word, a.args))
        while words and words[-1] == "None":  # what nobody said, at the end
            words.pop()
        formula.append(f"{said[a.number]} = {escaped(a.op.__name__)}({', '.join(words)})")
    return formula, [line for a in reversed(made) for line in _chain_rule(a, word)]


def _chain_rule(y: Traced, word: Callable[[Any], str]) -> list[str]:
    """Return what each array that ``y`` was made of is given of ``dy``, in the names of these lines."""
    _, _, block = (y.op.__doc__ or "").partition("::\n\n")  # its definition
    try:
        (statement,) = ast.parse(" ".join(block.split())).body
        written = statement.value.args[1:]  # type: ignore[attr-defined]
    except (AttributeError, SyntaxError, ValueError):
        written = []
    lines, name = [], word(y)
    for i, (xs, derivative) in enumerate(zip(y.args, y.op.derivatives, strict=False)):
        rule = f"by {escaped(y.op.__name__)}'s own way back, from d{name}"
        if written and all(isinstance(one, ast.Lambda) for one in written) and i < len(written):
            taken = [a.arg for a in written[i].args.args]
            of = dict(zip(taken, [f"d{name}", name, *map(word, y.args)], strict=False))
            rule = ast.unparse(_Renamed(of).visit(written[i].body))
        if derivative is not None:
            lines += [f"d{word(x)} += {rule}" for x in flat([xs]) if isinstance(x, Traced)]
    return lines


class _Renamed(ast.NodeTransformer):
    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self.names.get(node.id, node.id))

"""Which of Keras' names a script uses, and whether they are here, from its syntax tree: nothing is run."""

import ast
import os
from dataclasses import dataclass
from pathlib import Path

from numpy_ann.as_keras import names
from numpy_ann.as_keras.names import TOPS
from numpy_ann.as_keras.run import cells_of

__all__ = ["Use", "check"]


@dataclass(frozen=True)
class Use:
    """A name that a script takes from Keras or TensorFlow: its line, from 1, and what is said if missing.

    In a notebook, lines are counted over all code cells. ``missing`` is empty where the name is here.
    """

    line: int
    name: str
    missing: str


def check(path: str | os.PathLike[str]) -> list[Use]:
    r"""Return each name of Keras or TensorFlow that a ``.py`` or ``.ipynb`` file uses, once a line, in order.

    Names are followed through ``import ... as``, ``from ... import`` and plain assignments such as
    ``K = keras.backend``; what a script makes of them at run time isn't. Raises ``OSError`` if it can't be
    read; ``SyntaxError`` if it isn't Python.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     script = Path(folder, "train.py")
    ...     _ = script.write_text("from keras import layers\nlayers.Dense(1)\nlayers.Conv2D(8, 3)\n")
    ...     [(use.line, use.name, not use.missing) for use in check(script)]
    [(1, 'keras.layers', True), (2, 'keras.layers.Dense', True), (3, 'keras.layers.Conv2D', False)]
    """
    text = "\n".join(cells_of(Path(path)))
    if Path(path).suffix == ".ipynb":
        text = "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in text.splitlines())
    reader = _Reader()
    reader.visit(ast.parse(text, str(path)))
    uses = {(line, name): Use(line, name, _missing(name)) for line, name in reader.found}
    return [uses[key] for key in sorted(uses)]


def _missing(name: str) -> str:
    if names.is_module(name):
        return "" if names.has_something(name) else f"numpy_ann has nothing of {name}: its names are refused."
    module, _, last = name.rpartition(".")
    if not module or not names.is_module(module):
        return names.no_module(module or name)
    try:
        names.look_up(module, last)
    except AttributeError as error:
        return str(error)
    return ""


class _Reader(ast.NodeVisitor):
    """Follows what the names in a script stand for, from its first line to its last."""

    def __init__(self) -> None:
        self.stands_for: dict[str, str] = {}
        self.found: list[tuple[int, str]] = []

    def visit_Import(self, node: ast.Import) -> None:
        """Note ``import keras.layers as kl``."""
        for alias in node.names:
            top = alias.name.partition(".")[0]
            if top in TOPS:
                self.stands_for[alias.asname or top] = alias.name if alias.asname else top
                self.found.append((node.lineno, alias.name))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Note ``from keras.layers import Dense as D``."""
        module = node.module or ""
        if node.level or module.partition(".")[0] not in TOPS:
            return
        for alias in node.names:
            name = module if alias.name == "*" else f"{module}.{alias.name}"
            self.stands_for |= (
                {own: f"{module}.{own}" for own in names.present(module)}
                if alias.name == "*" and names.is_module(module)
                else {alias.asname or alias.name: name}
            )
            self.found.append((node.lineno, name))

    def visit_Assign(self, node: ast.Assign) -> None:
        """Follow ``K = keras.backend``."""
        self.generic_visit(node)
        name = self._name(node.value)
        for target in node.targets:
            if isinstance(target, ast.Name):
                self.stands_for.pop(target.id, None)
                if name is not None and names.is_module(name):
                    self.stands_for[target.id] = name

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """Note ``tf.keras.layers.Dense``, but no attribute of what isn't a module."""
        name = self._name(node)
        if name is None:
            self.generic_visit(node)
            return
        parts = name.split(".")
        end = next((n for n in range(1, len(parts)) if not names.is_module(".".join(parts[:n]))), len(parts))
        self.found.append((node.lineno, ".".join(parts[:end])))

    def _name(self, node: ast.AST) -> str | None:
        """Return the whole dotted name that an expression stands for, None where it is something else."""
        if isinstance(node, ast.Name):
            return self.stands_for.get(node.id)
        if isinstance(node, ast.Attribute):
            base = self._name(node.value)
            return base and f"{base}.{node.attr}"
        return None

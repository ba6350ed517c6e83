"""Which of Keras' names a script uses, and whether they are here, from its syntax tree: nothing is run."""

import ast
import os
from contextlib import nullcontext
from dataclasses import dataclass
from inspect import signature
from pathlib import Path
from typing import Any

from numpy_ann import part
from numpy_ann.as_keras import names
from numpy_ann.as_keras.keras2 import old_spellings
from numpy_ann.as_keras.names import TOPS
from numpy_ann.as_keras.run import cells_of

__all__ = ["Use", "check"]


@dataclass(frozen=True)
class Use:
    """A name that a script takes from Keras or TensorFlow: its line, from 1, and what is said if missing.

    A method is named with its class, ``Sequential.fit``, an option, which is listed only if missing, with
    what it was given to, ``Sequential.fit(nb_epoch=)``. In a notebook, lines are counted over all code cells.
    ``missing`` is empty where the name is here.
    """

    line: int
    name: str
    missing: str


def check(path: str | os.PathLike[str], *, keras2: bool = False) -> list[Use]:
    r"""Return each name of Keras or TensorFlow that a ``.py`` or ``.ipynb`` file uses, once a line, in order.

    Names are followed through ``import ... as``, ``from ... import`` and plain assignments such as
    ``K = keras.backend``, objects through ``model = Sequential()``; what a script makes of them at run time
    isn't. With ``keras2``, names that ``run --keras2`` takes are here. Raises ``OSError`` if it can't be
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
    with old_spellings() if keras2 else nullcontext():
        reader.visit(ast.parse(text, str(path)))
    return [Use(*key, reader.found[key]) for key in sorted(reader.found)]


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


_Code = type("_Code", (str,), {"__repr__": str.__str__})  # shown as it is


def _no_option(called: Any, keyword: ast.keyword) -> str:
    """Return what is said of an option that a class, a method or a function doesn't take; else nothing."""
    name, args = str(keyword.arg), tuple[Any, ...]()
    if isinstance(called, type):
        known, more = part.constructor_options(called)
        called, args = called.__init__, (object.__new__(called),)  # type: ignore[misc]
    else:
        parameters = signature(called).parameters
        known, more = list(parameters), any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    if name in known or (part.translate and part.translate(called, {name: ()}) is not None):
        return ""
    error = TypeError(f"unexpected keyword argument '{name}'")
    given = {name: _Code(ast.unparse(keyword.value))}
    said = part.explanation(error, getattr(called, "__wrapped__", called), args, given, known)
    return said or ("" if more else f"There is no option `{name}`.")


class _Reader(ast.NodeVisitor):
    """Follows what the names in a script stand for, from its first line to its last."""

    def __init__(self) -> None:
        self.stands_for: dict[str, str] = {}
        self.kinds: dict[str, type] = {}  # of objects, and of what a function ``f()`` returns
        self.found: dict[tuple[int, str], str] = {}  # line and name, and what is missing

    def _note(self, line: int, name: str) -> None:
        self.found[line, name] = _missing(name)

    def _forget(self, name: str) -> None:
        for known in (self.stands_for, self.kinds):
            known.pop(name, None)

    def visit_Import(self, node: ast.Import) -> None:
        """Note ``import keras.layers as kl``."""
        for alias in node.names:
            top = alias.name.partition(".")[0]
            if top in TOPS:
                self.stands_for[alias.asname or top] = alias.name if alias.asname else top
                self._note(node.lineno, alias.name)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Note ``from keras.layers import Dense as D``."""
        module = node.module or ""
        if node.level or module.partition(".")[0] not in TOPS:
            return
        for alias in node.names:
            name = module if alias.name == "*" else f"{module}.{alias.name}"
            self._note(node.lineno, name)
            if alias.name == "*" and names.is_module(module):
                self.stands_for |= {own: f"{module}.{own}" for own in names.present(module)}
            else:
                self.stands_for[alias.asname or alias.name] = name

    def visit_Assign(self, node: ast.Assign) -> None:
        """Follow ``K = keras.backend`` and ``model = Sequential()``."""
        self.generic_visit(node)
        name, kind = self._name(node.value), self._kind(node.value)
        for target in node.targets:
            if isinstance(target, ast.Name):
                self._forget(target.id)
                if name is not None and names.is_module(name):
                    self.stands_for[target.id] = name
                if kind is not None:
                    self.kinds[target.id] = kind

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Follow a function's own names in it alone; what it returns is known afterwards."""
        before = self.stands_for.copy(), self.kinds.copy()
        for argument in (*node.args.args, *node.args.kwonlyargs):
            self._forget(argument.arg)
        self.generic_visit(node)
        made = self._kind(getattr(node.body[-1], "value", None))
        self.stands_for, self.kinds = before
        if made is not None:
            self.kinds[f"{node.name}()"] = made

    def visit_Call(self, node: ast.Call) -> None:
        """Note the method that is called, and options that it, or a class or function of Keras', hasn't."""
        self.generic_visit(node)
        called, whose = self._meant(node.func), getattr(node.func, "id", "")
        if isinstance(node.func, ast.Attribute):
            whose, kind = node.func.attr, self._kind(node.func.value)
            if kind is not None and whose not in part.constructor_options(kind)[0]:
                called, missing = getattr(kind, whose, None), part.no_method(kind, whose)
                whose = f"{kind.__name__}.{whose}"
                self.found[node.lineno, whose] = "" if called else missing
        for keyword in node.keywords if callable(called) else ():
            if keyword.arg and (missing := _no_option(called, keyword)):
                self.found[node.lineno, f"{whose}({keyword.arg}=)"] = missing

    def _kind(self, node: Any) -> type | None:
        """Return the class of this package's that an expression is an object of; None if nobody knows."""
        if not isinstance(node, ast.Call):
            return self.kinds.get(getattr(node, "id", ""))
        made = self.kinds.get(f"{ast.unparse(node.func)}()") or self._meant(node.func)
        return made if isinstance(made, type) and part.ours(made) else None

    def _meant(self, node: ast.AST) -> Any:
        """Return what of Keras' an expression stands for, beside modules; None for all else."""
        name = self._name(node) or ""
        module, _, last = name.rpartition(".")
        found = not names.is_module(name) and names.of_keras(module) and not _missing(name)
        return names.look_up(module, last) if found else None

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """Note ``tf.keras.layers.Dense``, but no attribute of what isn't a module."""
        name = self._name(node)
        if name is None:
            self.generic_visit(node)
            return
        parts = name.split(".")
        end = next((n for n in range(1, len(parts)) if not names.is_module(".".join(parts[:n]))), len(parts))
        self._note(node.lineno, ".".join(parts[:end]))

    def _name(self, node: ast.AST) -> str | None:
        """Return the whole dotted name that an expression stands for, None where it is something else."""
        if isinstance(node, ast.Name):
            return self.stands_for.get(node.id)
        if isinstance(node, ast.Attribute):
            base = self._name(node.value)
            return base and f"{base}.{node.attr}"
        return None

"""Formulas made of ops, which the tape derives by the chain rule; and the names that ops are found by."""

import re
from collections.abc import Callable
from inspect import signature
from pathlib import Path
from typing import Any

from numpy_ann.keras_tensor import KerasTensor, symbolic
from numpy_ann.ops.array_protocol import OPS
from numpy_ann.ops.tape import read

__all__ = ["formula", "named"]


def formula(function: Callable[..., Any], reads: bool = True) -> Callable[..., Any]:
    """Return a function made of ops, whose first array may be a list or a parameter too."""
    first = next(iter(signature(function).parameters))
    reads = reads and first != "xs"

    def whole(*args: Any, **options: Any) -> Any:
        args = (options.pop(first),) if not args and first in options else args
        if symbolic([*args, *options.values()]):
            return KerasTensor.operate(whole.__name__, args, options)
        return function(*map(read, args[: int(reads)]), *args[int(reads) :], **options)

    whole.__name__, whole.__signature__ = function.__name__, signature(function)  # type: ignore[attr-defined]
    return whole


def named(module: dict[str, Any]) -> list[str]:
    """Make a module's ops known by their names, its public functions formulas, and return these names."""
    for name, function in list(module.items()):
        if name[0] != "_" and getattr(function, "__module__", "") == module["__name__"]:
            module[name] = formula(function)
    new = {n: f for n, f in module.items() if hasattr(f, "__signature__") and f not in OPS.values()}
    names = [name for name in new if name[0] != "_"]
    lines = Path(module["__file__"]).read_text(encoding="utf-8")
    blocks = [block.rstrip() for block in re.split(r"\n(?=[^\s)])", lines)]
    written = {found[1]: b for b in blocks if (found := re.match(r"(?:def )?(\w+)(?:: Op =|\()", b))}
    for name in names:
        block = written.get(name, "").replace("\n", "\n    ") or f"{name}: see {module['__name__']}"
        OPS[name] = module[name]
        OPS[name].__name__ = name
        OPS[name].__doc__ = (
            f"Compute ``keras.ops.{name}``.\n\n"
            f"The formula, and ``dL/dx`` made of ``g = dL/dy`` for each array::\n\n    {block}\n"
        )
    return names

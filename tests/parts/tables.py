"""All tables by kind, and the numbers of a real Keras that are stored beside them."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from tests.parts import (
    Case,
    activations,
    callbacks,
    constraints,
    initializers,
    layers,
    losses,
    metrics,
    optimizers,
    regularizers,
    schedules,
)

__all__ = ["FOLDER", "TABLES", "read", "stored", "write"]

FOLDER = Path(__file__).with_name("stored")
TABLES: dict[str, Sequence[Case]] = {
    "activations": activations.CASES,
    "callbacks": callbacks.CASES,
    "constraints": constraints.CASES,
    "initializers": initializers.CASES,
    "layers": layers.CASES,
    "losses": [*losses.CASES, *losses.AT_EDGES],
    "metrics": [*metrics.CASES, *metrics.AT_EDGES],
    "optimizers": optimizers.CASES,
    "regularizers": regularizers.CASES,
    "schedules": schedules.CASES,
}


@cache
def read(kind: str) -> dict[str, dict[str, Any]]:
    """Return the stored numbers of a kind of parts, by the names of their cases."""
    path = FOLDER / f"{kind}.json"
    found: dict[str, dict[str, Any]] = json.loads(path.read_text()) if path.exists() else {}
    return found


def stored(case: Case) -> dict[str, Any]:
    """Return the numbers of a case.

    Raises
    ------
    LookupError
        If none are stored.
    """
    try:
        return read(case.kind)[case.name]
    except KeyError:
        raise LookupError(
            f"Keras' numbers of {case.name} are not stored: python -m tests.parts --store, where Keras is."
        ) from None


def write(kind: str, numbers: dict[str, dict[str, Any]]) -> None:
    """Write the numbers of a kind of parts: a line each, in the order of the table."""
    order = [case.name for case in TABLES[kind] if case.name in numbers]
    lines = [f"{json.dumps(name)}: {json.dumps(numbers[name], default=_plain)}" for name in order]
    (FOLDER / f"{kind}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


def _plain(value: Any) -> Any:
    """Return what JSON has of a number or an array of NumPy's, or of a part of Keras'."""
    return value.get_config() if hasattr(value, "get_config") else np.asarray(value).tolist()

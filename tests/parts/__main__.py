"""What the tables lack, and the numbers of a real Keras for them.

::

    python -m tests.parts --missing
    KERAS_BACKEND=tensorflow python -m tests.parts --store              what is missing
    KERAS_BACKEND=tensorflow python -m tests.parts --store Dense Adam   these anew
    KERAS_BACKEND=jax python -m tests.parts --check                     everything anew, compared, not written

``--store`` and ``--check`` need Keras (``pip install keras==3.15.1 tensorflow-cpu``) and NumPy.
"""

import argparse
import sys
from typing import Any

import numpy as np

from tests.parts import Case
from tests.parts.tables import TABLES, read, write


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.parts", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--missing", action="store_true", help="what a part still lacks")
    parser.add_argument(
        "--store", nargs="*", metavar="PART", help="write what is missing, or these parts anew"
    )
    parser.add_argument("--check", action="store_true", help="compare what is stored with this Keras")
    given = parser.parse_args()
    if given.store is not None:
        return store(given.store)
    if given.check:
        return check()
    if given.missing:
        from tests.parts.missing import missing

        lacking = missing()
        print("\n".join(lacking) or "Nothing is missing.")
        return bool(lacking)
    return 0


def recorded(case: Case) -> dict[str, Any] | None:
    """Return the numbers of a case, or say why Keras has none."""
    from tests.parts.recording import RECORDERS

    try:
        return RECORDERS[case.kind](case)
    except Exception as error:
        print(f"{case.name}: {type(error).__name__}: {error}")
        return None


def store(parts: list[str]) -> int:
    """Record the cases that aren't stored, and those of the named parts; drop those that are no more."""
    failed = 0
    for kind, cases in TABLES.items():
        if kind == "callbacks":
            continue
        numbers, names = dict(read(kind)), {case.name for case in cases if case.stored}
        new = [c for c in cases if c.stored and (c.name not in numbers or c.cls in parts)]
        for case in new:
            found = recorded(case)
            if found is None:
                failed += 1
            else:
                numbers[case.name] = found
                print(f"stored {case.name}")
        if new or numbers.keys() - names:
            write(kind, {name: entry for name, entry in numbers.items() if name in names})
    return failed > 0


def check() -> int:
    """Say where this Keras gives other numbers than those stored, and how far the others are apart."""
    different, largest, count = 0, 0.0, 0
    for kind, cases in TABLES.items():
        for case in cases:
            if kind == "callbacks" or not case.stored:
                continue
            apart = distance(recorded(case), read(kind).get(case.name))
            count += 1
            if apart > 1e-4:
                different += 1
                print(f"{case.name}: {apart:.1e} apart")
            else:
                largest = max(largest, apart)
    print(
        f"{count - different} of {count} cases are as stored; their numbers differ by at most {largest:.1e}"
    )
    return different > 0


def distance(a: Any, b: Any) -> float:
    """Return how far numbers are apart, relative to those above 1; infinity for anything else."""
    if isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys():
        return max((distance(a[key], b[key]) for key in a if key != "config"), default=0.0)
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        return max((distance(x, y) for x, y in zip(a, b, strict=True)), default=0.0)
    if isinstance(a, int | float) and isinstance(b, int | float):
        if a == b or np.isnan([a, b]).all():
            return 0.0
        return abs(a - b) / max(1.0, abs(b))
    return float("inf") if a != b else 0.0


if __name__ == "__main__":
    sys.exit(main())

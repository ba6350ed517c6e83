"""The lowest versions that pyproject.toml allows, as pins: what an environment that proves them installs.

::

    python -m pip install $(python -m tests.lowest)
    python -m pytest $(python -m tests.lowest --tests)

Each lower bound ``>=1.2`` becomes ``==1.2``; ``tests/test_lowest.py`` sees to it that each has one.
"""

import re
import sys
import tomllib
from pathlib import Path

__all__ = ["CORE", "pins"]

ROOT = Path(__file__).parents[1]

# What runs there: every part and its contract, training, files; a minute on two quiet processors.
CORE = (
    "tests/activations",
    "tests/callbacks",
    "tests/data/test_idx.py",
    "tests/initializers",
    "tests/layers",
    "tests/losses",
    "tests/metrics",
    "tests/models",
    "tests/optimizers",
    "tests/plots/test_history.py",
    "tests/programs/test_command_line.py",
    "tests/programs/test_killed.py",
    "tests/saving/test_keras_files.py",
    "tests/saving/test_onnx_export.py",
    "tests/saving/test_writer.py",
    "tests/training",
    "tests/test_main.py",
    "tests/test_threads.py",
)


def pins(project: dict) -> list[str]:
    """Return the dependencies of the package and of its tests, each held to its lowest version.

    Raises
    ------
    ValueError
        If one has no lower bound.
    """
    found = []
    for wanted in (*project["dependencies"], *project["optional-dependencies"]["test"]):
        bound = re.fullmatch(r"([A-Za-z0-9_.-]+(?:\[\w+\])?)>=([0-9][0-9.]*)(,<[0-9.]+)?", wanted)
        if bound is None:
            raise ValueError(f"Every dependency says its lowest version, as in numpy>=2.0. Found: {wanted}")
        found.append(f"{bound[1]}=={bound[2]}")
    return found


def main() -> None:
    tests = "--tests" in sys.argv[1:]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    print("\n".join(CORE if tests else pins(project)))


if __name__ == "__main__":
    main()

"""Classes and steps of one's own: scripts that Keras and numpy_ann run unchanged, to the same numbers."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

HERE = Path(__file__).parent


def printed(*command: str, backend: str) -> Any:
    """Return the numbers in the last line that a script prints."""
    environment = {**os.environ, "KERAS_BACKEND": backend, "PYTHONPATH": str(HERE.parents[1])}
    run = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, check=False, env=environment, timeout=600
    )
    assert run.returncode == 0, run.stderr[-3000:]
    return json.loads(run.stdout.splitlines()[-1])


def leaves(found: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Yield what is in lists and dictionaries, with the place."""
    parts = (
        found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else None
    )
    if parts is None:
        yield place, found
        return
    for key, part in parts:
        yield from leaves(part, f"{place}/{key}")


@pytest.mark.parametrize(("script", "backend"), [("own_classes", "jax"), ("own_steps", "tensorflow")])
def test_the_numbers_are_those_of_keras(script: str, backend: str) -> None:
    path = str(HERE / f"{script}.py")
    if find_spec(backend) is None:  # what the script printed with Keras 3.15.1 on it
        theirs = dict(leaves(json.loads(Path(path).with_suffix(".json").read_text())))
    else:
        theirs = dict(leaves(printed(path, backend=backend)))
    ours = dict(leaves(printed("-m", "numpy_ann", "run", path, backend=backend)))
    assert ours.keys() == theirs.keys()
    for place, figure in theirs.items():
        if isinstance(figure, str):
            assert ours[place] == figure
        else:
            np.testing.assert_allclose(ours[place], figure, rtol=2e-4, atol=2e-5, err_msg=place)

"""What tests and the examples in docstrings share: each begins a session of its own."""

import sys
from collections.abc import Iterator

import pytest

from numpy_ann.lookup import clear_session


@pytest.fixture(autouse=True)
def new_session() -> Iterator[None]:
    """Count the names of layers and models from the beginning, and leave no figure open behind."""
    clear_session()
    yield
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")

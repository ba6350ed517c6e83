"""What tests and the examples in docstrings share: each begins a session of its own."""

import pytest

from numpy_ann.lookup import clear_session


@pytest.fixture(autouse=True)
def new_session() -> None:
    """Count the names of layers and models from the beginning."""
    clear_session()

"""What every test may ask for: real MNIST, and a rule that in CI nothing is skipped unseen."""

import os
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, settings

# One profile everywhere: failures are shrunk and printed, and no example is failed for being slow on a
# busy machine.
settings.register_profile(
    "numpy_ann", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("numpy_ann")


def missing(what: str) -> NoReturn:
    """Skip because of ``what``; where NUMPY_ANN_REQUIRE_ALL is set, as in CI, fail instead."""
    if os.environ.get("NUMPY_ANN_REQUIRE_ALL"):
        pytest.fail(f"{what}, and NUMPY_ANN_REQUIRE_ALL is set: nothing may be skipped here")
    pytest.skip(what)

"""Helpers shared by the tests: ``from tests.support import missing``."""

import os
from collections.abc import Callable, Sequence
from functools import wraps
from inspect import signature
from typing import Any, NoReturn

import pytest
from hypothesis import settings


def examples(few: int, thorough: int = 50) -> settings:
    """Draw few examples for a test that is dear or has many cases; more with the thorough profile."""
    return settings(max_examples=thorough if settings().max_examples == 50 else few)


# For tests whose examples are dear: a figure each, or a derivative at every place.
FEW = examples(5, 25)

# Of tests that spell shapes as Keras 2 did.
OF_KERAS_2 = pytest.mark.filterwarnings("ignore:.*Keras 2's")


def missing(what: str) -> NoReturn:
    """Skip because of ``what``; where NUMPY_ANN_REQUIRE_ALL is set, as in CI, fail instead."""
    if os.environ.get("NUMPY_ANN_REQUIRE_ALL"):
        pytest.fail(f"{what}, and NUMPY_ANN_REQUIRE_ALL is set: nothing may be skipped here")
    pytest.skip(what)


def for_each(name: str, values: Sequence[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a test with each value of an argument: as ``parametrize`` does, without the cost of a test each."""

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        @wraps(test)
        def run(*args: Any, **kwargs: Any) -> None:
            for value in values:
                try:
                    test(*args, **kwargs, **{name: value})
                except BaseException as error:
                    error.add_note(f"with {name} = {value!r}")
                    raise

        given = signature(test)
        left = [parameter for parameter in given.parameters.values() if parameter.name != name]
        run.__signature__ = given.replace(parameters=left)  # type: ignore[attr-defined]
        run.times = len(values) * getattr(test, "times", 1)  # type: ignore[attr-defined]
        return run

    return decorate

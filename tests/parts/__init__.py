"""One table of cases for each kind of part, which all tests of parts read.

A new part joins by an entry in its table, and goes from there through the contract of its kind
(``tests/layers/test_layer.py`` and its like), files, the stored numbers of a real Keras, and the comparison
with an installed one (``tests/live``).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import wraps
from importlib import import_module
from typing import Any, Self
from zlib import crc32

import numpy as np
import pytest

from numpy_ann.lookup import clear_session

__all__ = ["Case", "Part", "by_part", "call", "names", "parametrized"]


@dataclass(frozen=True)
class Part:
    """A call that both libraries know: ``layers.Dense(3, activation="relu")``."""

    path: str
    options: dict[str, Any] = field(default_factory=dict)
    args: Sequence[Any] = ()

    def make(self, library: str = "numpy_ann", **more: Any) -> Any:
        """Return what the call makes in ``numpy_ann`` or ``keras``, with more options."""
        args = [_made(value, library) for value in self.args]
        options = {key: _made(value, library) for key, value in {**self.options, **more}.items()}
        return self.find(library)(*args, **options)

    def find(self, library: str = "numpy_ann") -> Any:
        """Return what is called: a class or a function."""
        module, _, name = self.path.rpartition(".")
        return getattr(import_module(f"{library}.{module}"), name)

    def __repr__(self) -> str:
        given = [*map(repr, self.args), *(f"{key}={value!r}" for key, value in self.options.items())]
        return f"{self.path}({', '.join(given)})"


def call(path: str, /, *args: Any, **options: Any) -> Part:
    """Return the call of ``path``, written as one writes it."""
    return Part(path, options, args)


def _made(value: Any, library: str) -> Any:
    return value.make(library) if isinstance(value, Part) else value


@dataclass(frozen=True)
class Case:
    """A part with options, and what the tests have to know of it; each kind adds its own."""

    part: Part
    stored: bool = field(default=True, kw_only=True)
    """Whether Keras has it, so that its numbers are stored."""

    @classmethod
    def of(cls, path: str, args: Sequence[Any], options: dict[str, Any], *own: Any, **more: Any) -> Self:
        """Return the case of a call of ``path``."""
        return cls(Part(path, options, args), *own, **more)

    @property
    def cls(self) -> str:
        """The name of the class or function."""
        return self.part.path.rpartition(".")[2]

    @property
    def kind(self) -> str:
        """The table that it stands in: ``"layers"``."""
        return self.part.path.split(".")[-2]

    @property
    def name(self) -> str:
        """What tells the case from all others; its random numbers and its stored ones go by it."""
        return repr(self.part)

    def make(self, library: str = "numpy_ann", **more: Any) -> Any:
        """Return a new part, of ``numpy_ann`` or ``keras``."""
        return self.part.make(library, **more)

    def rng(self) -> np.random.Generator:
        """Return the case's own random numbers: another case beside it doesn't move them."""
        return np.random.default_rng(crc32(self.name.encode()))


def names(cases: Iterable[Case]) -> list[str]:
    """Return the classes or functions that have cases, each once."""
    return list(dict.fromkeys(case.cls for case in cases))


def parametrized(cases: Iterable[Case], argument: str = "case") -> pytest.MarkDecorator:
    """Run a test once a case; its identifier is the class and a number."""
    seen: Counter[str] = Counter()
    params = []
    for case in cases:
        params.append(pytest.param(case, id=f"{case.cls}-{seen[case.cls]}"))
        seen[case.cls] += 1
    return pytest.mark.parametrize(argument, params)


def by_part(cases: Iterable[Case]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a test once a class or function, with each of its cases in turn, in a session of its own.

    A test a case would take longer to begin and to report than most of what is tested.
    """
    of_part: dict[str, list[Case]] = {}
    for case in cases:
        of_part.setdefault(case.cls, []).append(case)

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        @wraps(test)
        def run(*args: Any, case: Sequence[Case], **kwargs: Any) -> None:
            for one in case:
                clear_session()
                try:
                    test(*args, case=one, **kwargs)
                except BaseException as error:
                    error.add_note(f"case {one}")
                    raise

        return pytest.mark.parametrize("case", of_part.values(), ids=of_part)(run)

    return decorate

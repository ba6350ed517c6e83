"""What the tests of the label metrics share: random labels, and the comparison with scikit-learn."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st

ALPHABETS = {
    "digits": list(range(10)),
    "negative": [-7, -1, 0, 3],
    "binary": [0, 1],
    "bools": [False, True],
    "whole floats": [-1.0, 1.0, 2.0, 10.0],
    "strings": ["cat", "dog", "a horse", "Ä", "10", "9"],
}


def outcome(function: Callable[..., Any], *args: Any, **options: Any) -> tuple[Any, Any]:
    """Return what a call gives or raises, and the (category, message) of each of its warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = function(*args, **options)
        except (ValueError, TypeError) as error:
            result = error
    # NumPy's own warnings come from casts inside scikit-learn and say nothing to the user.
    told = [(w.category.__name__, str(w.message)) for w in caught if w.category is not RuntimeWarning]
    return result, told


def assert_near(ours: Callable[..., Any], theirs: Callable[..., Any], *args: Any, **options: Any) -> None:
    """As ``assert_same``, with numbers that may differ by rounding."""
    assert_same(ours, theirs, *args, compare=assert_nearly_equal, **options)


def assert_same(
    ours: Callable[..., Any],
    theirs: Callable[..., Any],
    *args: Any,
    compare: Callable[[Any, Any], None] | None = None,
    **options: Any,
) -> None:
    """Our call and scikit-learn's give the same values, types, dtypes and warnings, or both refuse.

    Where both refuse, our message begins with theirs, and may go on with a cure.
    """
    result, told = outcome(ours, *args, **options)
    expected, told_there = outcome(theirs, *args, **options)
    if isinstance(expected, Exception):
        assert isinstance(result, Exception), (result, expected)
        assert isinstance(result, ValueError) == isinstance(expected, ValueError), (result, expected)
        assert str(result).startswith(str(expected)), f"\n{result}\n{expected}"
        return
    assert told == told_there
    (compare or assert_equal)(result, expected)


def assert_nearly_equal(result: Any, expected: Any) -> None:
    """The same shapes, dtypes and, but for rounding, numbers, also inside tuples."""
    if isinstance(expected, tuple):
        assert len(result) == len(expected)
        for one, other in zip(result, expected, strict=True):
            assert_nearly_equal(one, other)
        return
    assert np.shape(result) == np.shape(expected), (result, expected)
    assert np.asarray(result).dtype == np.asarray(expected).dtype, (result, expected)
    np.testing.assert_allclose(result, expected, rtol=1e-9, atol=1e-12)


def assert_equal(result: Any, expected: Any) -> None:
    """The same type, dtype and bits, also inside tuples and dictionaries (whose order counts)."""
    assert type(result) is type(expected), (result, expected)
    if isinstance(expected, tuple):
        assert len(result) == len(expected)
        for one, other in zip(result, expected, strict=True):
            assert_equal(one, other)
    elif isinstance(expected, dict):
        assert list(result) == list(expected)
        for name in expected:
            assert_equal(result[name], expected[name])
    elif isinstance(expected, np.ndarray):
        assert result.dtype == expected.dtype
        np.testing.assert_array_equal(result, expected, strict=True)
    elif isinstance(expected, float):
        np.testing.assert_equal(result, expected)
    else:
        assert result == expected


@st.composite
def label_pairs(draw: st.DrawFn, *, max_size: int = 30) -> tuple[Any, Any]:
    """True and predicted labels of one kind, each from a part of the alphabet: classes are missing."""
    alphabet = ALPHABETS[draw(st.sampled_from(sorted(ALPHABETS)))]
    size = draw(st.integers(1, max_size))

    def labels() -> Any:
        part = draw(st.lists(st.sampled_from(alphabet), min_size=1, unique=True))
        return draw(st.lists(st.sampled_from(part), min_size=size, max_size=size))

    def contained(y: list[Any]) -> Any:
        container = draw(st.sampled_from(["list", "tuple", "array", "column", "object"]))
        if container == "object" and not isinstance(y[0], str):
            container = "array"  # object arrays of numbers are refused
        return {
            "list": lambda: y,
            "tuple": lambda: tuple(y),
            "array": lambda: np.array(y),
            "column": lambda: np.array(y)[:, np.newaxis],
            "object": lambda: np.array(y, dtype=object),
        }[container]()

    return contained(labels()), contained(labels())


@st.composite
def weights(draw: st.DrawFn, size: int) -> Any:
    """No weights, or whole, fractional, single-precision or bool ones, zeros among them."""
    kind = draw(st.sampled_from(["none", "int", "float", "float32", "bool"]))
    if kind == "none":
        return None
    elements = {
        "int": st.integers(0, 5),
        "float": st.just(0.0) | st.floats(1e-3, 1e3),
        "float32": st.just(0.0) | st.floats(0.125, 100, width=32),
        "bool": st.booleans(),
    }[kind]
    drawn = draw(st.lists(elements, min_size=size, max_size=size))
    return drawn if kind in ("int", "float") else np.array(drawn, dtype=kind)


@st.composite
def class_orders(draw: st.DrawFn, y_true: Any, y_pred: Any, *, repeats: bool = False) -> Any:
    """None, or an explicit ``labels``: some of those that occur and some that don't, in any order."""
    if draw(st.booleans()):
        return None
    occurring = sorted({*np.ravel(y_true).tolist(), *np.ravel(y_pred).tolist()})
    alphabet = next(a for a in ALPHABETS.values() if isinstance(a[0], type(occurring[0])))
    pool = sorted({*occurring, *alphabet})
    return draw(st.lists(st.sampled_from(pool), min_size=1, max_size=12, unique=not repeats))

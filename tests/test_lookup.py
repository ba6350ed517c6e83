import doctest
import sys
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann import activations, constraints, initializers, losses, optimizers, regularizers
from numpy_ann.lookup import find, left_out, snake_case

TABLE = {"adam": 1, "adamw": 2, "sgd": 3}


@given(st.sampled_from(sorted(TABLE)))
def test_finds_what_is_there(name: str) -> None:
    assert find("optimizer", name, TABLE) == TABLE[name]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("adamm", " Did you mean 'adam' or 'adamw'?"),
        ("SGDD", " Did you mean 'sgd'?"),
        ("completely else", ""),
        ("", ""),
    ],
)
def test_offers_near_names(name: str, hint: str) -> None:
    with pytest.raises(ValueError, match="Could not interpret") as error:
        find("optimizer", name, TABLE)
    expected = f"Could not interpret optimizer identifier: {name!r}.{hint} Known: adam, adamw, sgd."
    assert str(error.value) == expected
    assert error.value.__cause__ is None
    assert error.value.__context__ is None  # no KeyError above it, to be read first


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # What Keras 3 calls unnamed instances of these classes.
        ("Dense", "dense"),
        ("InputLayer", "input_layer"),
        ("ReLU", "re_lu"),
        ("PReLU", "p_re_lu"),
        ("ELU", "elu"),
        ("RMSprop", "rm_sprop"),
        ("AdamW", "adam_w"),
        ("SparseCategoricalCrossentropy", "sparse_categorical_crossentropy"),
        ("BatchNormalization", "batch_normalization"),
    ],
)
def test_snake_case(name: str, expected: str) -> None:
    assert snake_case(name) == expected


def test_what_is_left_out_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    room = ModuleType("room")
    room.__path__ = []  # a package, as the rooms are
    room.__getattr__ = left_out("room", "CTC Circle", "use another.")  # type: ignore[method-assign]
    monkeypatch.setitem(sys.modules, "room", room)
    with pytest.raises(AttributeError, match=r"^room leaves out Keras' CTC: use another\.$"):
        room.CTC  # noqa: B018
    with pytest.raises(ImportError, match=r"^room leaves out Keras' Circle: use another\.$"):
        exec("from room import Circle")  # noqa: S102
    assert not hasattr(room, "CTC")
    with pytest.raises(AttributeError, match=r"^module 'room' has no attribute 'Square'$"):
        room.Square  # noqa: B018
    with pytest.raises(ImportError, match="cannot import name 'Square'"):
        exec("from room import Square")  # noqa: S102


@pytest.mark.parametrize(
    "room",
    [activations, constraints, initializers, losses, optimizers, regularizers],
    ids=lambda room: room.__name__,
)
def test_the_examples_of_what_by_name_wraps(room: ModuleType) -> None:
    (test,) = doctest.DocTestFinder().find(room.get.__wrapped__, "get", globs=vars(room).copy())
    assert doctest.DocTestRunner().run(test).failed == 0


@pytest.mark.parametrize(("theirs", "ours"), [("logistic", "sigmoid"), ("identity", "linear")])
def test_names_of_scikit_learn_are_told_ours(theirs, ours):
    with pytest.raises(ValueError, match=f"Did you mean '{ours}'"):
        activations.get(theirs)

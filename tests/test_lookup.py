import pytest
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann.lookup import find, snake_case

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

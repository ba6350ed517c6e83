"""summary(show_trainable=True, layer_range=...), beside the text that Keras 3.15.1 prints."""

import pytest

from numpy_ann.layers import Dense, Dropout, Input
from numpy_ann.models import Sequential

# keras.Sequential(..., name="frozen").summary(line_length=76, show_trainable=True), of the model below.
KERAS = """\
Model: "frozen"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━┓
┃ Layer (type)                ┃ Output Shape          ┃    Param # ┃ Trai… ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━┩
│ dense (Dense)               │ (None, 3)             │         15 │   N   │
├─────────────────────────────┼───────────────────────┼────────────┼───────┤
│ dense_1 (Dense)             │ (None, 2)             │          8 │   Y   │
└─────────────────────────────┴───────────────────────┴────────────┴───────┘
 Total params: 23 (92.00 B)
 Trainable params: 8 (32.00 B)
 Non-trainable params: 15 (60.00 B)
"""


def printed(model, **options):
    texts = []
    model.summary(print_fn=texts.append, **options)
    (text,) = texts
    return text


def test_the_column_of_what_is_trained_is_keras():
    model = Sequential([Input((4,)), Dense(3, trainable=False), Dense(2)], name="frozen")
    assert printed(model, line_length=76, show_trainable=True) == KERAS


@pytest.mark.parametrize(
    ("names", "shown"),
    [(("a", "b"), "ab"), (("b", "c"), "bc"), (("b", "b"), "b"), (("[ab]", "c"), "abc"), (None, "abc")],
)
def test_a_range_of_layers(names, shown):
    model = Sequential([Input((4,)), Dense(3, name="a"), Dropout(0.1, name="b"), Dense(2, name="c")])
    text = printed(model, layer_range=names)
    assert [name for name in "abc" if f"│ {name} (" in text] == list(shown)
    assert " Total params: 23 " in text


@pytest.mark.parametrize("wrong", [("c", "a"), ("a",), ("a", "z"), (0, 1)])
def test_other_ranges_are_refused(wrong):
    model = Sequential([Input((4,)), Dense(3, name="a"), Dense(2, name="c")])
    with pytest.raises(ValueError, match="`layer_range`"):
        model.summary(layer_range=wrong)

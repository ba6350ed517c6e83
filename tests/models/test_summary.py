import json
from pathlib import Path

import pytest

import numpy_ann.layers
from numpy_ann.layers import Dense, Input, ReLU
from numpy_ann.models import Model, Sequential
from numpy_ann.models.summary import format_bytes, summarize
from tests.fixtures.summaries.cases import CASES, WIDTHS

STORED = json.loads(
    (Path(__file__).parents[1] / "fixtures" / "summaries" / "summaries.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
@pytest.mark.parametrize("width", WIDTHS)
def test_the_table_is_the_one_keras_prints(case, width, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    calls = []
    case(Sequential, numpy_ann.layers).summary(line_length=width, print_fn=calls.append)
    assert calls == [STORED[f"{case.__name__}/{width}"]]


def test_every_stored_table_is_compared():
    assert set(STORED) - {"keras_version"} == {
        f"{case.__name__}/{width}" for case in CASES for width in WIDTHS
    }


def test_it_prints_what_print_fn_is_given_and_returns_none(capsys):
    model = Sequential([Input(shape=(4,)), Dense(3)])
    calls = []
    assert model.summary(print_fn=calls.append) is None
    assert model.summary() is None
    assert capsys.readouterr().out == calls[0]


@pytest.mark.parametrize("columns", [10, 40, 60, 80, 92, 300])
def test_the_table_fits_the_terminal_up_to_88_and_down_to_40(columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = summarize(Sequential([Input(shape=(4,)), Dense(3)])).splitlines()
    assert max(map(len, lines)) == min(88, max(40, columns - 4))


@pytest.mark.parametrize("width", [100, 130])
def test_nothing_is_taken_for_markup(width):
    names = [
        "a_name_that_fills_a_column_of_a_line",
        "[bold]brackets [b] :smile:",
        "été_数字",
    ]
    model = Sequential([Input(shape=(9, 4, 1234)), *(Dense(1234, name=name) for name in names[:1])])
    for name in names[1:]:
        model.add(ReLU(name=name))
    rows = [line.split("│")[1:4] for line in summarize(model, width).splitlines() if line.startswith("│")]
    first, second, third = ("".join(row[i].strip(" ") for row in rows) for i in range(3))
    # Folded lines were joined without the spaces they were folded at.
    for layer in model.layers:
        assert f"{layer.name}({type(layer).__name__})".replace(" ", "") in first.replace(" ", "")
    assert second.replace(" ", "") == "(None,9,4,1234)" * 3
    assert third == "1,523,990" + "00"  # 1234 * 1234 + 1234


def test_a_word_longer_than_its_column_is_cut_as_in_keras():
    model = Sequential([Input(shape=(4,)), Dense(3, name="a_name_so_long_that_no_column_can_hold_it")])
    assert "│ a_name_so_long_that_no_… │" in summarize(model, 60)


def test_a_compiled_model_shows_the_optimizers_slots_once_it_trained():
    # Adam has two slots for each of 15 parameters, and Keras counts steps and learning rate: 32, 128 bytes.
    import numpy as np

    model = Sequential([Input(shape=(4,)), Dense(3, activation="softmax")])
    model.compile("adam", "categorical_crossentropy")
    assert "Optimizer params" not in summarize(model)
    model.fit(np.ones((2, 4)), np.eye(3)[:2], verbose=0)
    assert summarize(model).splitlines()[-1] == " Optimizer params: 32 (128.00 B)"
    assert " Total params: 47 (188.00 B)" in summarize(model)


def test_an_empty_model_has_an_empty_table():
    assert " Total params: 0 (0.00 B)" in summarize(Sequential())


def test_a_model_with_a_build_of_its_own_shows_its_layers_built_or_not():
    class Own(Model):
        def __init__(self):
            super().__init__()
            self.first, self.second, self.unused = Dense(4, activation="relu"), Dense(2), Dense(1)

        def build(self, input_shape):
            self.first.build(input_shape)
            self.second.build(self.first.compute_output_shape(input_shape))

        def call(self, inputs):
            return self.second(self.first(inputs))

    model, lines = Own(), []
    model.build((None, 2))
    model.summary(print_fn=lines.append)
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in "\n".join(lines).splitlines()]
    assert [row for row in rows if row] == [
        ["dense (Dense)", "(None, 4)", "12"],
        ["dense_1 (Dense)", "(None, 2)", "10"],
        ["dense_2 (Dense)", "?", "0 (unbuilt)"],
    ]
    assert model.operations == model.layers


def test_models_in_models_are_listed_as_deep_as_they_are():
    inmost = Sequential([Input((3,)), Dense(4, name="c")], name="inmost")
    inner = Sequential([Input((3,)), inmost, Dense(4, name="b")], name="inner")
    model = Sequential([Input((3,)), inner, Dense(4, name="a")])
    rows = [
        line[2:26].rstrip() for line in summarize(model, expand_nested=True).splitlines() if line[0] == "│"
    ]
    assert rows == [  # as Keras prints them
        "inner (Sequential)",
        "   └ inmost (Sequential)",
        "      └ c (Dense)",
        "   └ b (Dense)",
        "a (Dense)",
    ]


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (1023, "1023.00 B"),
        (1024, "1.00 KB"),
        (1024**2 - 1, "1024.00 KB"),
        (1024**2, "1.00 MB"),
        (1024**3, "1.00 GB"),
        (5 * 1024**4, "5.00 TB"),
    ],
)
def test_sizes_have_units_of_1024_each(count, text):
    assert format_bytes(count) == text

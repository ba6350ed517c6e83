"""``numpy_ann train`` and ``predict``, called as ``main``."""

import csv
import re

import numpy as np
import pytest

from numpy_ann.__main__ import main
from numpy_ann.data.pictures import mnist_like, save_img
from numpy_ann.layers import Concatenate, Dense, Flatten, Input, Rescaling
from numpy_ann.metrics import F1Score
from numpy_ann.models import Model, Sequential, load_model


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        status = main([str(argument) for argument in arguments])
        return status, *capsys.readouterr()

    return run


@pytest.fixture
def table(tmp_path):
    """Two clouds that a column of numbers tells apart, and a price that a number and a word make."""
    rng = np.random.default_rng(0)
    size, kind = rng.normal(size=120), rng.choice(["a", "b"], 120)
    with (tmp_path / "t.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["size", "kind", "big", "price"])
        for s, k in zip(size, kind, strict=True):
            rows.writerow(
                [f"{s:.3f}", k, "yes" if s > 0 else "no", f"{1000 + 100 * s + 50 * (k == 'b'):.2f}"]
            )


@pytest.mark.filterwarnings("default")
def test_train_on_classes_and_use_it(run, table, tmp_path):
    status, said, _ = run("train", "t.csv", "--target", "big", "--without", "price", "--epochs", 60)
    assert status == 0
    assert "120 rows, 2 columns that become 3 numbers" in said
    assert "trained on 96 rows for 60 epochs; of the other 24:" in said
    right, usual = map(float, re.search(r"([\d.]+)% right \(always .*: ([\d.]+)%\)", said).groups())
    assert right > 90 > usual
    assert "support" in said
    (tmp_path / "new.csv").write_text("kind,size\na,-2\nb,2\n")  # in another order, without the target
    assert run("predict", "t.keras", "new.csv", "-o", "out.csv") == (0, "wrote out.csv: 2 answers\n", "")
    answers = list(csv.DictReader((tmp_path / "out.csv").read_text().splitlines()))
    assert [row["class"] for row in answers] == ["no", "yes"]
    assert all(float(row["probability"]) > 0.5 for row in answers)
    status, said, warned = run("evaluate", "t.keras", "--data", "t.csv")
    assert warned == "numpy_ann: columns that the model doesn't read: price\n"
    assert re.match(r"samples: 120\naccuracy: (1.0|0.9)", said)
    (tmp_path / "other.csv").write_text("size,id,kind,name\n0,1,a,A\n1,2,c,B\n2,3,d,C\n")
    status, _, warned = run("predict", "t.keras", "other.csv")
    assert status == 0
    assert warned.splitlines() == [
        "numpy_ann: warning: Column 'kind': 2 of 3 rows hold words that training never saw, such as 'c'",
        "numpy_ann: columns that the model doesn't read: id, name",
    ]
    (tmp_path / "gaps.csv").write_text("size,kind,big\n0,a,no\n,b,yes\nNA,b,yes\n")
    for command in (("predict", "t.keras", "gaps.csv"), ("evaluate", "t.keras", "--data", "gaps.csv")):
        status, _, warned = run(*command)
        assert status == 0
        gaps = "2 of 3 rows hold gaps, where training saw none: the mean, "
        assert warned.startswith(f"numpy_ann: warning: Column 'size': {gaps}")
        assert warned.count("\n") == 1
    (tmp_path / "untold.csv").write_text("size,kind,big\n0,a,no\n1,b,\n")
    for command, says in [
        (("evaluate", "t.keras", "--data", "untold.csv"), "The target 'big' is missing in some rows"),
        (("predict", "t.keras", "new.csv", "-o", "out.csv"), "--force"),
        (("train", "t.csv", "--target", "big"), "--force"),
        (("train", "t.csv", "--target", "colour"), "no column 'colour'"),
        (("train", "t.csv", "--target", "colour", "-o", "t.keras"), "no column 'colour'"),
        (("train", "t.csv", "--target", "big", "-o", "t.keras"), "--force"),
        (("train", "new.csv", "--target", "kind"), "has 2 rows"),
        (("predict", "t.keras", "t.xlsx"), "t.keras reads a table: give it a .csv file, or its numbers as"),
        (("explore", "t.keras"), "reads a table; the explorer shows networks that read pictures"),
    ]:
        status, _, error = run(*command)
        assert status == 1
        assert says in error
        assert error.count("\n") == 1


def write_table(path, names, *columns, between=","):
    path.write_text("\n".join(between.join(map(str, row)) for row in [names, *zip(*columns, strict=True)]))


@pytest.mark.filterwarnings("default")
def test_decimal_commas_are_numbers(run, tmp_path):
    rng = np.random.default_rng(0)
    income, rent = rng.uniform(1000, 9000, 60).round(1), rng.uniform(300, 900, 60).round(2)
    said = []
    for mark in ".,":
        columns = [[str(figure).replace(".", mark) for figure in figures] for figures in (income, rent)]
        write_table(tmp_path / "t.csv", ["income", "rent", "town"], *columns, ["a", "b"] * 30, between=";")
        command = ["train", "t.csv", "--target", "rent", "--epochs", 3, "--force"]
        said.append(run(*command))
        said.append(run("predict", "t.keras", "t.csv"))
    assert "60 rows, 2 columns that become 3 numbers" in said[0][1]
    assert said[:2] == [(status, out, "") for status, out, _ in said[2:]]
    read = "numpy_ann: warning: t.csv: the comma is read as the decimal point in: income, rent\n"
    assert [warned for *_, warned in said[2:]] == [read, read]


@pytest.mark.filterwarnings("default")
def test_dates_are_days_since_the_first(run, tmp_path):
    days = np.arange(60)
    dates = np.datetime64("2024-01-15") + days
    write_table(tmp_path / "t.csv", ["day", "load"], dates, days * 10 + 0.5)
    status, said, warned = run("train", "t.csv", "--target", "load")
    assert (status, warned) == (0, "")
    assert "60 rows, 1 columns that become 1 numbers" in said
    assert float(said.partition("R2 ")[2].split()[0]) > 0.95
    (tmp_path / "new.csv").write_text("day\n2024-02-04\n2024-02-04T12:00\n")  # days 20 and 20.5
    answers = [float(line.split(",")[1]) for line in run("predict", "t.keras", "new.csv")[1].splitlines()[1:]]
    np.testing.assert_allclose(answers, [200.5, 205.5], atol=40)
    assert answers[1] > answers[0]
    (tmp_path / "new.csv").write_text("day\n2024-02-04\n4.2.2024\n")
    wrong = run("predict", "t.keras", "new.csv")[2]
    assert "Column 'day' must hold dates such as 2024-01-1" in wrong
    assert "; row 2 holds '4.2.2024'\n" in wrong


@pytest.mark.filterwarnings("default")
def test_a_column_that_counts_the_rows_is_said(run, tmp_path):
    rng = np.random.default_rng(0)
    columns = range(7, 37), rng.normal(size=30).round(3), ["a", "b"] * 15
    write_table(tmp_path / "t.csv", ["row id", "size", "kind"], *columns)
    status, _, warned = run("train", "t.csv", "--target", "kind", "--epochs", 1)
    cure = "if it only numbers the rows, leave it out: --without 'row id'"
    assert (status, warned.count("\n")) == (0, 1)
    assert warned == f"numpy_ann: warning: Column 'row id' counts up by one from row to row; {cure}\n"
    command = ["train", "t.csv", "--target", "kind", "--epochs", 1, "--force", "--without", "row id"]
    assert run(*command)[::2] == (0, "")


def test_a_target_that_cannot_be_learned(run, tmp_path):
    columns = (
        [f"{i}.5" for i in range(120)],
        ["yes"] * 120,
        [f"{i} CHF" for i in range(120)],
        ["2024-01-31"] * 120,
    )
    write_table(tmp_path / "t.csv", ["size", "same", "amount", "day"], *columns)
    for target, without, says in [
        ("same", ["amount"], "The target 'same' has only one value, 'yes': there is nothing to learn"),
        (
            "amount",
            [],
            "too many to learn from: a target is numbers, such as 1234.5, or fewer words",
        ),
        ("day", ["amount"], "The target 'day' holds dates: make numbers of them first."),
    ]:
        status, _, wrong = run("train", "t.csv", "--target", target, "--without", "size", *without)
        assert (status, wrong.count("\n")) == (1, 1)
        assert says in wrong
        assert not (tmp_path / "t.keras").exists()


@pytest.mark.parametrize("odd", ["12,5", "1'000.5", "31.12.2024", "12/31/24", "k.A."])
@pytest.mark.filterwarnings("default")
def test_columns_of_words_that_look_like_numbers_are_said(run, tmp_path, odd):
    rng = np.random.default_rng(0)
    cells = [f'"{odd}"', "7.5", "8", ""] * 10
    write_table(tmp_path / "t.csv", ["size", "age", "price"], cells, ["20-30", "30-40"] * 20, rng.random(40))
    status, _, warned = run("train", "t.csv", "--target", "price", "--epochs", 1)
    wanted = "not all of its cells are numbers such as 1234.5, or dates such as 2024-12-31"
    assert (status, warned) == (0, f"numpy_ann: warning: Column 'size' is read as words: {wanted}\n")


def test_the_probabilities_of_all_classes(run, table, tmp_path):
    assert run("train", "t.csv", "--target", "big", "--without", "price", "--epochs", 2)[0] == 0
    head, *rows = csv.reader(run("predict", "t.keras", "t.csv", "--probabilities")[1].splitlines())
    assert head == ["sample", "class", "probability", "no", "yes"]
    assert len(rows) == 120
    for _, name, highest, no, yes in rows:
        assert float(no) + float(yes) == pytest.approx(1, abs=1.1e-4)  # each is rounded to four places
        assert (highest, name) == max((no, "no"), (yes, "yes"))


def test_the_answers_of_two_outputs_stand_under_their_names(run, tmp_path):
    x = Input((2,))
    model = Model(x, [Dense(1, "sigmoid", name="yes")(x), Dense(2, "softmax", name="kind")(x)])
    model.set_weights([np.zeros(parameter.shape) for parameter in model.weights])
    model.save(tmp_path / "m.keras")
    np.save(tmp_path / "x.npy", [[1, 2]])
    assert run("predict", "m.keras", "x.npy") == (0, "sample,yes,kind_0,kind_1\n0,0.5,0.5,0.5\n", "")


def test_arrays_in_a_file_of_one(run, tmp_path):
    model = Sequential([Input((2,)), Dense(1)])
    model.set_weights([np.array([[1.0], [10.0]]), np.array([0.5])])
    model.save(tmp_path / "m.keras")
    np.save(tmp_path / "x.npy", [[1, 2], [3, 4]])
    assert run("predict", "m.keras", "x.npy") == (0, "sample,output_0\n0,21.5\n1,43.5\n", "")
    np.save(tmp_path / "x.npy", 3.0)
    np.savez(tmp_path / "x.npz", x=3.0)
    for file in ("x.npy", "x.npz"):
        wrong = "numpy_ann: `x` must have one row a sample, but it is the single number 3.0.\n"
        assert run("predict", "m.keras", file) == (1, "", wrong)
    np.save(tmp_path / "x.npy", np.array([{}, None]), allow_pickle=True)
    damaged = "x.npy can't be read as an array of numbers: it is damaged, empty, or holds Python objects\n"
    for content in ((tmp_path / "x.npy").read_bytes(), b"", b"PK\x03\x04", b"no array"):
        (tmp_path / "x.npy").write_bytes(content)
        assert run("predict", "m.keras", "x.npy") == (1, "", f"numpy_ann: {damaged}")


def test_train_on_numbers_of_any_size(run, table, tmp_path):
    """Around 1,000, where a network that begins at 0 would go on for long."""
    status, said, _ = run("train", "t.csv", "--target", "price", "-o", "p.keras")
    assert status == 0
    assert float(said.partition("R2 ")[2].split()[0]) > 0.95
    last = load_model("p.keras").layers[-1]
    prices = np.array(
        [float(row["price"]) for row in csv.DictReader((tmp_path / "t.csv").read_text().splitlines())]
    )
    seen = prices[np.random.default_rng(0).permutation(120)[:96]]
    assert isinstance(last, Rescaling)
    assert (last.scale, last.offset) == pytest.approx((seen.std(), seen.mean()), rel=1e-5)
    status, said, _ = run("predict", "p.keras", "t.csv")
    (header, *rows) = said.splitlines()
    assert header == "sample,price"
    assert len(rows) == 120
    assert 900 < float(rows[0].split(",")[1]) < 1300


def test_tables_of_numbers_for_any_model(run, tmp_path):
    model = Sequential([Input((2,)), Dense(1)])
    model.compile("sgd", "mse")
    model.set_weights([np.array([[1.0], [10.0]]), np.array([0.5])])
    model.save(tmp_path / "m.keras")
    (tmp_path / "x.csv").write_text("a,b\n1,2\n3,4\n")
    (tmp_path / "xy.csv").write_text("a,b,y\n1,2,21.5\n3,4,43.5\n")
    (tmp_path / "words.csv").write_text("a,b,y\n1,c,21.5\n3,d,43.5\n")
    np.savez(tmp_path / "x.npz", x=[[1, 2], [3, 4]])
    expected = "sample,output_0\n0,21.5\n1,43.5\n"  # 1 + 10 * 2 + 0.5, 3 + 10 * 4 + 0.5
    assert run("predict", "m.keras", "x.csv")[1] == expected
    assert run("predict", "m.keras", "x.npz")[1] == expected
    assert run("evaluate", "m.keras", "--data", "xy.csv")[1] == "samples: 2\nloss: 0.0000\n"
    (tmp_path / "alone.csv").write_text("y\n1\n2\n")
    assert "no column beside the target 'y'" in run("evaluate", "m.keras", "--data", "alone.csv")[2]
    (tmp_path / "unnamed.csv").write_text(",b\n1,2\n3,4\n")
    assert run("predict", "m.keras", "unnamed.csv")[1] == expected
    (tmp_path / "whole.csv").write_text("a,b,y\n1,2,21\n3,4,43\n")  # numbers, no classes: each off by 0.5
    assert run("evaluate", "m.keras", "--data", "whole.csv")[1] == "samples: 2\nloss: 0.2500\n"


def test_targets_of_several_outputs_are_columns_named_after_them(run, tmp_path):
    x = Input((2,))
    price, kind = Dense(1, name="price"), Dense(3, activation="softmax", name="kind")
    model = Model(x, [price(x), kind(x)])
    losses = {"price": "mae", "kind": "categorical_crossentropy"}
    model.compile("sgd", losses, metrics={"kind": ["accuracy"]})
    price.set_weights([np.ones((2, 1)), np.zeros(1)])
    kind.set_weights([np.zeros((2, 3)), np.array([0.0, 9.0, 0.0])])
    model.save(tmp_path / "m.keras")
    # In any order; kind is a class number; price is off by 0.5 and 1.
    (tmp_path / "t.csv").write_text("kind,a,price,b\n1,3,7.5,4\n1,5,12,6\n")
    status, said, _ = run("evaluate", "m.keras", "--data", "t.csv")
    assert status == 0
    assert "price_loss: 0.7500\n" in said
    assert "kind_accuracy: 1.0000\n" in said
    (tmp_path / "less.csv").write_text("a,b,cost,kind\n1,2,3,1\n")
    status, _, error = run("evaluate", "m.keras", "--data", "less.csv")
    assert (status, error.count("\n")) == (1, 1)
    assert "columns named after its outputs, price, kind; price is none" in error


def test_several_units_of_one_output_are_the_last_columns(run, tmp_path):
    model = Sequential([Input((2,)), Dense(2)])
    model.compile("sgd", "mae")
    model.set_weights([np.eye(2), np.zeros(2)])
    model.save(tmp_path / "m.keras")
    (tmp_path / "t.csv").write_text("a,b,y0,y1\n1,2,1,2.5\n3,4,3,4.5\n")
    assert run("evaluate", "m.keras", "--data", "t.csv")[1] == "samples: 2\nloss: 0.2500\n"


@pytest.mark.parametrize("loss", ["sparse_categorical_crossentropy", "categorical_crossentropy"])
def test_class_numbers_in_a_column_are_taken_as_the_loss_has_them(run, tmp_path, loss):
    model = Sequential([Input((2,)), Dense(2, activation="softmax")])
    model.compile("sgd", loss, metrics=["accuracy"])
    model.set_weights([np.eye(2) * 9, np.zeros(2)])
    model.save(tmp_path / "m.keras")
    (tmp_path / "t.csv").write_text("a,b,class\n1,0,0\n0,1,1\n")
    assert "accuracy: 1.0000\n" in run("evaluate", "m.keras", "--data", "t.csv")[1]


@pytest.mark.parametrize("cells", ["1,c,21.5", "1,,21.5", "1,nan,21.5"])
def test_words_and_gaps_mean_nothing_without_the_file_of_train(run, tmp_path, cells):
    model = Sequential([Input((2,)), Dense(1)])
    model.compile("sgd", "mse")
    model.save(tmp_path / "m.keras")
    (tmp_path / "xy.csv").write_text(f"a,b,y\n{cells}\n3,4,43.5\n")
    (tmp_path / "x.csv").write_text(f"a,b\n{cells.rpartition(',')[0]}\n3,4\n")
    for command in (("predict", "m.keras", "x.csv"), ("evaluate", "m.keras", "--data", "xy.csv")):
        status, said, error = run(*command)
        assert (status, said, error.count("\n")) == (1, "", 1)
        assert "Column 'b' holds words or gaps, and m.keras has no m.json beside it" in error
        assert "give numbers, or the .json that train wrote" in error


def test_pictures_become_what_the_model_reads(run, tmp_path):
    photo = np.full((60, 40, 1), 230.0)
    photo[10:50, 18:22] = 30
    (tmp_path / "photos").mkdir()
    save_img(tmp_path / "photos" / "one.png", photo, scale=False)
    rng = np.random.default_rng(0)
    for name, scaling in ("m", []), ("scaled", [Rescaling(1 / 255)]):
        layers = [Input((28, 28)), *scaling, Flatten(), Dense(3, activation="softmax")]
        model = Sequential(layers)
        model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
        model.save(tmp_path / f"{name}.keras")
        x = mnist_like(tmp_path / "photos/one.png")[np.newaxis] / (1 if scaling else 255)
        p = model.predict(x, verbose=0)[0]
        said = run("predict", f"{name}.keras", "photos")[1]
        assert said == f"sample,class,probability\nphotos/one.png,{p.argmax()},{p.max():.4f}\n"
    (tmp_path / "empty").mkdir()
    assert "no pictures" in run("predict", "m.keras", "empty")[2]


def test_pictures_of_ones_own_keep_their_names_and_form(run, tmp_path):
    model = Sequential([Input((28, 28)), Rescaling(1 / 255), Flatten(), Dense(2, activation="softmax")])
    kernel = np.stack([np.ones(784), np.zeros(784)], 1)
    model.set_weights([kernel, np.array([-784 / 4, 0.0])])  # class 0: more than a quarter is light
    model.save("m.keras")
    for name, light in (("dark", 5), ("light", 30)):
        picture = np.zeros((40, 40, 1))
        picture[:light] = 255
        save_img(f"{name}.png", picture, scale=False)
    (tmp_path / "m.json").write_text('{"classes": ["bright", "dim"]}')
    assert run("predict", "m.keras", ".")[1].splitlines()[1:] == [
        "dark.png,dim,1.0000",
        "light.png,bright,1.0000",
    ]
    (tmp_path / "m.json").write_text('{"classes": ["bright"]}')
    assert "There are 1 names for 2 classes" in run("predict", "m.keras", ".")[2]


def test_a_misspelt_file_is_named_and_where_it_was_looked_for(run, tmp_path):
    assert run("train", "flat.csv", "--target", "rent")[2].endswith(
        f"no flat.csv, looked for in {tmp_path}\n"
    )


def test_several_inputs_and_outputs_go_by_their_names(run, tmp_path):
    a, b = Input((3,), name="a"), Input((2,), name="b")
    joined = Concatenate()([a, b])
    kind = Dense(3, activation="softmax", name="kind")(joined)
    model = Model([a, b], [Dense(1, name="load")(joined), kind])
    metrics = {"load": ["mae"], "kind": ["accuracy", F1Score()]}
    losses = {"load": "mse", "kind": "categorical_crossentropy"}
    model.compile("adam", losses, metrics=metrics, loss_weights={"load": 0.5, "kind": 1})
    model.save("m.keras")
    rng = np.random.default_rng(0)
    x = {"a": rng.random((7, 3)), "b": rng.random((7, 2))}
    y = {"load": rng.random(7), "kind": np.arange(7) % 3}
    np.savez("d.npz", **x, **y)
    np.savez("xy.npz", x=x["a"], y=y["load"])
    said = run("summary", "m.keras")[1]
    assert "Optimizer: Adam(learning_rate=0.001, " in said
    assert " Loss of load: mse, times 0.5\n Metrics of load: mae\n" in said
    assert " Loss of kind: categorical_crossentropy\n Metrics of kind: accuracy, f1_score\n" in said
    assert run("predict", "m.keras", "d.npz", "-o", "o.csv") == (0, "wrote o.csv: 7 answers\n", "")
    head, *rows = csv.reader((tmp_path / "o.csv").read_text().splitlines())
    assert head == ["sample", "load", "kind_0", "kind_1", "kind_2"]
    answers = np.hstack(model.predict(x, verbose=0))
    np.testing.assert_allclose(np.array(rows, float)[:, 1:], answers, rtol=1e-5)
    figures = model.evaluate(x, {**y, "kind": np.eye(3)[y["kind"]]}, verbose=0, return_dict=True)
    lines = [f"{k}: {' '.join(f'{each:.4f}' for each in np.ravel(v))}" for k, v in figures.items()]
    assert run("evaluate", "m.keras", "--data", "d.npz") == (0, "\n".join(["samples: 7", *lines, ""]), "")
    for command in (("predict", "m.keras", "xy.npz"), ("evaluate", "m.keras", "--data", "xy.npz")):
        status, _, wrong = run(*command)
        assert (status, wrong.count("\n")) == (1, 1)
        assert "xy.npz lacks a and b" in wrong
    same = Model(a, {"a": Dense(1)(a), "x": Dense(1)(a)})
    same.compile("sgd", "mse")
    same.save("same.keras")
    np.savez("d.npz", x=x["a"], a=y["load"])
    status, _, wrong = run("evaluate", "same.keras", "--data", "d.npz")
    assert (status, wrong.count("\n")) == (1, 1)
    assert "names are there twice" in wrong


def test_numbers_that_differ_in_the_rows_that_are_not_seen_alone(run, tmp_path):
    sizes, prices = np.random.default_rng(0).normal(size=(2, 20)).round(3)
    prices[:] = 7.5
    prices[np.random.default_rng(0).permutation(20)[-1]] = 8.5
    write_table(tmp_path / "t.csv", ["size", "price"], sizes, prices)
    assert run("train", "t.csv", "--target", "price", "--epochs", 1)[0] == 0
    last = load_model("t.keras").layers[-1]
    assert (last.scale, last.offset) == (1, 7.5)
    write_table(tmp_path / "t.csv", ["size", "price"], sizes[:19], prices[:19])
    assert "has 19 rows; a network wants 20" in run("train", "t.csv", "--target", "price", "--force")[2]

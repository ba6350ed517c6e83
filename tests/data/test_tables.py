"""Tables of CSV files: what is read, what it becomes, and what is refused."""

import numpy as np
import pytest

from numpy_ann.data.tables import Encoding, read_csv
from numpy_ann.errors import DataFormatError

TEXT = "rooms;area;town;price\n2;80,5;Bern;100\n3;;Chur;200\n4;90,5;Bern;300\n"


@pytest.fixture
def csv_file(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "table.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def test_cells_by_column(csv_file):
    table = read_csv(csv_file('\ufeffname,note\n a ,"one, two"\n\nb,\n'))
    assert table == {"name": ["a", "b"], "note": ["one, two", ""]}
    assert read_csv(csv_file("x\ty\n1\t2\n")) == {"x": ["1"], "y": ["2"]}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "rows below"),
        ("a,b\n", "rows below"),
        ("a,a\n1,2\n", "two columns of the name 'a'"),
        ("a,b\n1,2\n1\n", "row 2 has 1 cells; the first line names 2"),
        ('a,b\n"1,2\n', "no CSV file"),
    ],
)
def test_what_is_no_table(csv_file, text, says):
    with pytest.raises(DataFormatError, match=says):
        read_csv(csv_file(text))
    with pytest.raises(DataFormatError, match=r"no CSV file in UTF-8: save it as that, .*'CSV UTF-8'$"):
        read_csv(csv_file("é,b\n1,2\n", "latin-1"))


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1,5", "-2", "", ",25", "+1,5e3"], ["1.5", "-2", "", ".25", "+1.5e3"]),
        (["1,5", "1.234"], None),  # the point may part the thousands
        (["1,5", "Bern"], None),
        (["1,234,567"], None),
        (["1,5 2"], None),
        (["1", "2"], None),
    ],
)
@pytest.mark.filterwarnings("error")
def test_decimal_commas(csv_file, cells, expected):
    path = csv_file("\n".join(["a;b", *(f"{cell};x,y" for cell in cells)]))
    if expected is None:
        assert read_csv(path)["a"] == cells
        return
    with pytest.warns(UserWarning, match="the comma is read as the decimal point in: a$"):
        table = read_csv(path)
    assert table == {"a": expected, "b": ["x,y"] * len(cells)}


def test_dates_become_days(csv_file):
    dates = ["2024-03-01", "2024-02-28", "", "2024-03-01T18:00", "2024-03-02 01:00+01:00"]
    table = {"day": dates, "y": ["0.5"] * 5}
    encoding = Encoding.of(table, "y")
    assert encoding.columns[0].since == "2024-02-28"
    # Over the 29th, of a leap year: 2, 0, 2.75 and 3 days; the mean is 7.75 / 4.
    expected = [[2, 0], [0, 0], [1.9375, 1], [2.75, 0], [3, 0]]
    again = Encoding.from_json(encoding.to_json())
    assert again == encoding
    np.testing.assert_array_equal(again.features(table), expected)
    np.testing.assert_array_equal(again.features({"day": ["2024-02-27"]}), [[-1, 0]])
    with pytest.warns(UserWarning, match="'day' is read as words: not all of its cells are numbers"):
        assert Encoding.of({"day": ["28.2.2024"], "y": ["0.5"]}, "y").columns[0].words == ["28.2.2024"]


def test_what_a_network_reads(csv_file):
    table = read_csv(csv_file(TEXT.replace(",", ".")))
    encoding = Encoding.of(table, "price")
    # rooms; area, its mean of 85.5 where it is missing, and that it is; Bern, Chur.
    expected = [[2, 80.5, 0, 1, 0], [3, 85.5, 1, 0, 1], [4, 90.5, 0, 1, 0]]
    np.testing.assert_array_equal(encoding.features(table), expected)
    # Whole numbers, up to twenty of them, are classes; sorted as numbers.
    assert encoding.classes == ["100", "200", "300"]
    assert encoding.targets(table).tolist() == [0, 1, 2]
    again = Encoding.from_json(encoding.to_json())
    assert again == encoding
    new = {"town": ["Thun"], "area": ["?"], "rooms": ["5"]}  # another order, a word never seen, no target
    with pytest.warns(
        UserWarning, match="'town': 1 of 1 rows hold words that training never saw, such as 'Thun'"
    ):
        np.testing.assert_array_equal(again.features(new), [[5, 85.5, 1, 0, 0]])
    assert Encoding.of(table, "town").classes == ["Bern", "Chur"]


@pytest.mark.filterwarnings("error")
def test_gaps_that_training_never_saw_are_said():
    table = {"rooms": ["2", "3", "4"], "area": ["80", "", "90"], "price": ["0.5", "1.5", "2.5"]}
    encoding = Encoding.of(table, "price")
    assert encoding.features({"rooms": ["2"], "area": ["na"]}).tolist() == [[2, 85, 1]]  # nothing is new
    gap = "^Column 'rooms': 2 of 3 rows hold gaps, where training saw none: the mean, 3, is read$"
    with pytest.warns(UserWarning, match=gap):
        x = encoding.features({"rooms": ["", "7", "NaN"], "area": ["80", "90", ""]})
    assert x.tolist() == [[3, 80, 0], [7, 90, 0], [3, 85, 1]]
    with pytest.raises(DataFormatError, match="'price' is missing in some rows"):
        encoding.targets({"price": ["1", "?"]})


def test_a_target_of_fractions_is_a_number():
    table = {"x": ["1", "2"], "y": ["0.5", "2"]}
    encoding = Encoding.of(table, "y")
    assert encoding.classes is None
    assert encoding.targets(table).tolist() == [0.5, 2]


def test_what_cannot_be_learned_from():
    table = {"x": ["1", "2"], "y": ["a", "b"], "gone": ["", "na"]}
    many = {"x": [f"name {i}" for i in range(101)], "y": ["1"] * 101}
    known = Encoding.of(table, "y", ["gone"])
    for make, says in [
        (lambda: Encoding.of(table, "z"), "no column 'z'; there are: x, y, gone"),
        (lambda: Encoding.of(table, "y"), "'gone' is empty: leave it out, --without gone"),
        (lambda: Encoding.of(table, "gone", ["x"]), "missing in some rows"),
        (lambda: Encoding.of(table, "y", ["x", "gone"]), "no column beside the target"),
        (lambda: Encoding.of(many, "y"), "101 different words, as 'name 0'"),
        (lambda: known.features({"y": ["a"]}), "no column 'x', which the model reads; it has: y"),
        (lambda: known.features({"x": ["1", "", "much"]}), "'x' must hold numbers; row 3 holds 'much'"),
        (lambda: known.targets({"x": ["1"]}), "lacks the target, column 'y'"),
        (lambda: known.targets({"y": ["c"]}), "'c' isn't one of the classes: a, b"),
        *(
            (lambda text=text: Encoding.from_json(text), "no description")
            for text in (
                "[]",
                "{",
                '{"columns": [{"name": 1, "words": null}], "target": "y", "classes": null}',
                '{"columns": [{"name": "x", "words": null, "since": "May"}], "target": "y", "classes": null}',
                '{"columns": [{"name": "x", "words": null, "since": 3}], "target": "y", "classes": null}',
            )
        ),
    ]:
        with pytest.raises(DataFormatError, match=says):
            make()

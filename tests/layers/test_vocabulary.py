"""Categories and vocabularies by hand, and what they refuse."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from numpy_ann.layers import CategoryEncoding, Dense, Discretization, Input, IntegerLookup, StringLookup
from numpy_ann.models import Sequential


def test_category_encoding_by_hand() -> None:
    x = np.array([[0, 2, 2], [1, 0, 1]])
    assert CategoryEncoding(3)(x).tolist() == [[1, 0, 1], [1, 1, 0]]
    assert CategoryEncoding(3, "count")(x).tolist() == [[1, 0, 2], [1, 2, 0]]
    assert CategoryEncoding(3, "one_hot")(x[:, :1]).tolist() == [[1, 0, 0], [0, 1, 0]]
    assert CategoryEncoding(3, "one_hot")(x[:1]).tolist() == [[[1, 0, 0], [0, 0, 1], [0, 0, 1]]]
    assert CategoryEncoding(3, "binary").output_mode == "multi_hot"
    for wrong in (3, -1):
        with pytest.raises(ValueError, match=f"encodes the numbers 0 to 2, but received {wrong}"):
            CategoryEncoding(3)(np.array([[0, wrong]]))
    with pytest.raises(ValueError, match=r"takes inputs of the shape \(batch, categories\)"):
        CategoryEncoding(3)(np.array([0, 1]))
    with pytest.raises(ValueError, match="`sparse=True` isn't supported"):
        CategoryEncoding(3, sparse=True)
    with pytest.raises(ValueError, match="`output_mode` must be one of"):
        CategoryEncoding(3, "int")


def test_discretization_by_hand() -> None:
    layer = Discretization([0.0, 10.0])
    assert layer(np.array([[-1.0, 0.0, 9.9, 10.0]])).tolist() == [[0, 1, 1, 2]]
    layer = Discretization(num_bins=2, epsilon=0.5)
    with pytest.raises(ValueError, match=r"has no boundaries yet: call adapt\(data\)"):
        layer(np.array([[1.0]]))
    # Of 1, 2, 3, 4, each second number is kept and stands for two: half of the data are up to 2.
    layer.adapt(np.array([4.0, 2.0, 1.0, 3.0]))
    assert layer.bin_boundaries == [2.0]
    layer.adapt(iter([np.array([[4.0, 2.0]]), np.array([[1.0, 3.0]])]))
    assert layer.bin_boundaries is not None
    assert 1 < layer.bin_boundaries[0] < 3
    with pytest.raises(ValueError, match="was given `bin_boundaries`"):
        Discretization([0.0]).adapt(np.ones(3))
    with pytest.raises(ValueError, match="received no data"):
        layer.adapt(np.ones(0))
    with pytest.raises(ValueError, match="set either `num_bins` or `bin_boundaries`"):
        Discretization()


def test_string_lookup_by_hand(tmp_path: Path) -> None:
    x = np.array([["b", "a", "z"]])
    assert StringLookup(vocabulary=["a", "b"])(x).tolist() == [[2, 1, 0]]
    # The mask is 0, unknown words are 1, and so "a" is 2.
    masked = StringLookup(mask_token="z", vocabulary=["z", "[UNK]", "a"])  # noqa: S106
    assert masked(x).tolist() == [[1, 2, 0]]
    assert masked.get_vocabulary() == ["z", "[UNK]", "a"]
    assert masked.get_vocabulary(include_special_tokens=False) == ["a"]
    assert masked.vocabulary_size() == 3
    back = StringLookup(vocabulary=["a", "b"], invert=True)
    assert back(np.array([[2, 0, 7]])).tolist() == [["b", "[UNK]", "[UNK]"]]
    assert StringLookup(vocabulary=["a"], output_mode="count")(x).tolist() == [[2, 1]]
    assert StringLookup(vocabulary=["a"])(np.array([[b"a", "z"]], object)).tolist() == [[1, 0]]
    (tmp_path / "words.txt").write_text("a\nb\n")
    assert StringLookup(vocabulary=str(tmp_path / "words.txt"))(x).tolist() == [[2, 1, 0]]


def test_adapting_by_hand() -> None:
    layer = StringLookup(max_tokens=3)
    # Twice each: of equals, the later one in the alphabet is first, as in Keras. There is room for two.
    layer.adapt(["a", "b", "a", "b", "c", "[UNK]"])
    assert layer.get_vocabulary() == ["[UNK]", "b", "a"]
    layer.adapt(iter([np.array([["c"]]), np.array([["c"]]), np.array([["d"]])]))  # from the beginning
    assert layer.get_vocabulary() == ["[UNK]", "c", "d"]
    weighted = IntegerLookup(output_mode="tf_idf")
    weighted.adapt(np.array([[1, 1], [1, 2]]))
    # 1 is in both documents, 2 in one: log(1 + 2 / 3) and log(1 + 2 / 2); unknown ones have the mean.
    one, two = np.log(1 + 2 / 3), np.log(2)
    np.testing.assert_allclose(
        weighted(np.array([[1, 1], [2, 9]])), [[0, 2 * one, 0], [(one + two) / 2, 0, two]], rtol=1e-6
    )
    assert weighted.get_config()["vocabulary"] == [1, 2]


def test_several_numbers_for_unknown_integers() -> None:
    layer = IntegerLookup(num_oov_indices=3, vocabulary=[100])
    assert layer(np.array([[100, 7, 9, -1]])).tolist() == [[3, 1, 0, 2]]  # the remainder decides


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"num_oov_indices": 2}, "a hash of TensorFlow's that isn't here"),
        ({"salt": 3}, "a hash of TensorFlow's that isn't here"),
        ({"encoding": "latin-1"}, '`encoding` is "utf-8"'),
        ({"sparse": True, "output_mode": "count"}, "`sparse=True` isn't supported"),
        ({"max_tokens": 1}, "`max_tokens` must be an integer of at least 2"),
        ({"pad_to_max_tokens": True}, "must set `max_tokens`"),
        ({"invert": True, "output_mode": "count"}, "must be 'int' when `invert` is true"),
        ({"idf_weights": [1.0]}, "go with a `vocabulary`"),
        ({"vocabulary": []}, "The vocabulary is empty"),
        ({"vocabulary": ["a", "a"]}, r"repeats \['a'\]: it has each token once"),
        ({"vocabulary": ["a", "b"], "mask_token": "b"}, "holds a reserved token"),
        ({"vocabulary": ["a", 1.5]}, None),
        ({"vocabulary": ["a", "b"], "max_tokens": 2}, "has 3 entries, but `max_tokens` is 2"),
        ({"vocabulary": ["a"], "output_mode": "tf_idf"}, "given with output_mode='tf_idf', and only then"),
        ({"vocabulary": ["a"], "idf_weights": [1.0]}, "given with output_mode='tf_idf', and only then"),
        (
            {"vocabulary": ["a"], "idf_weights": [1.0, 2.0], "output_mode": "tf_idf"},
            "same length as vocabulary: 2 and 1",
        ),
    ],
)
def test_options_that_are_refused(options: dict[str, Any], message: str | None) -> None:
    if message is None:  # NumPy makes text of both
        assert StringLookup(**options).get_vocabulary()[1:] == ["a", "1.5"]
        return
    with pytest.raises(ValueError, match=message):
        StringLookup(**options)


def test_calls_that_are_refused() -> None:
    with pytest.raises(ValueError, match=r"aren't in its vocabulary: \['y', 'z'\]"):
        StringLookup(num_oov_indices=0, vocabulary=["a"])(np.array([["a", "z", "y"]]))
    with pytest.raises(ValueError, match=r"A token is text; fill what is missing, .* Received: 3"):
        StringLookup(vocabulary=["a"])(np.array([[3]]))
    with pytest.raises(ValueError, match="has no vocabulary yet"):
        StringLookup(output_mode="count")(np.array([["a"]]))
    with pytest.raises(ValueError, match="was given a vocabulary"):
        StringLookup(vocabulary=["a"]).adapt(["b"])
    with pytest.raises(ValueError, match="received no data"):
        StringLookup().adapt(["[UNK]"])
    for wrong in ([[True, False]], [[None]]):
        with pytest.raises(ValueError, match=f"A token is a whole number. Received: {wrong[0][0]}"):
            IntegerLookup(vocabulary=[1, 2])(np.array(wrong))
    assert IntegerLookup(vocabulary=["1", "2"])(np.array([["2", "1", "3"]])).tolist() == [[2, 1, 0]]
    for options in ({"oov_method": "farmhash"}, {"vocabulary_dtype": "int32"}, {"salt": 1}):
        with pytest.raises(ValueError, match=f"`{next(iter(options))}` is "):
            IntegerLookup(**options)  # type: ignore[arg-type]


def test_codes_of_a_table_in_a_model() -> None:
    codes = IntegerLookup(output_mode="one_hot")
    codes.adapt([10, 20, 30])
    model = Sequential([Input((1,)), codes, Dense(2)], seed=0)
    model.compile("sgd", "mse")
    x = np.array([[10], [30], [10]])
    model.fit(x, np.ones((3, 2)), verbose=0)
    y = model.predict(x, verbose=0)
    assert np.array_equal(y[0], y[2])
    assert not np.array_equal(y[0], y[1])


def test_a_summary_of_few_numbers_is_thinned_out_from_the_first_that_can_go() -> None:
    x = np.arange(1.0, 7.0)
    found = {}
    for epsilon in (0.5, 0.6, 0.7):  # Keras' numbers
        (layer := Discretization(num_bins=3, epsilon=epsilon)).adapt(x)
        found[epsilon] = layer.bin_boundaries
    assert found == {0.5: [3.0], 0.6: [pytest.approx(3.6)], 0.7: []}

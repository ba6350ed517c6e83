import re

import numpy as np
import pytest

from numpy_ann.training.data import arrays


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float16", ">f4", "float64"])
def test_arrays_pass_through_uncopied(dtype):
    x = np.zeros((3, 2), dtype=dtype)
    assert arrays.as_numbers("x", x) is x


def test_a_memory_mapped_file_stays_where_it_is(tmp_path):
    x = np.memmap(tmp_path / "x", dtype="uint8", mode="w+", shape=(5, 2))
    assert np.shares_memory(arrays.as_numbers("x", x), x)


def test_lists_become_arrays():
    np.testing.assert_array_equal(arrays.as_numbers("x", [[1, 2], [3, 4]]), np.array([[1, 2], [3, 4]]))


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (
            np.array([[1, "a"]], dtype=object),
            TypeError,
            r"`x` must hold real numbers, but its dtype is object",
        ),
        (np.array(["a", "b"]), TypeError, r"dtype is <U1.*np\.asarray\(x, dtype='float32'\)"),
        (np.array([1j]), TypeError, "complex128"),
        (np.array(["2020-01-01"], dtype="datetime64[D]"), TypeError, "datetime64"),
        ([[1.0, 2.0], [3.0]], TypeError, "`x` can't be made an array"),
        (iter([1.0]), TypeError, r"`x` is an iterator.*np\.stack\(list\(x\)\)"),
        (None, TypeError, "`x` is missing"),
        (np.ma.masked_array([1.0, 2.0], [True, False]), TypeError, r"masked array.*x\.filled\(0\)"),
        (np.zeros((0, 4)), ValueError, r"`x` is empty: its shape is \(0, 4\)"),
        (np.zeros((4, 0)), ValueError, r"`x` is empty: its shape is \(4, 0\)"),
        ([], ValueError, "`x` is empty"),
        (3.0, ValueError, "one row a sample.*single number 3.0"),
    ],
)
def test_what_is_not_numbers_is_refused(value, error, message):
    with pytest.raises(error, match=message):
        arrays.as_numbers("x", value)


@pytest.mark.parametrize(
    ("shape", "input_shape", "cure"),
    [
        ((28, 28), (28, 28), "x[np.newaxis]"),
        ((5, 784), (28, 28), "x.reshape(-1, 28, 28)"),
        ((5, 28, 28), (784,), "x.reshape(-1, 784)"),
        ((5,), (1,), "x.reshape(-1, 1)"),
    ],
)
def test_the_usual_slips_of_shape_come_with_their_cure(shape, input_shape, cure):
    x = np.zeros(shape)
    with pytest.raises(ValueError, match=re.escape(f"but received {shape}.")) as error:
        arrays.as_features("x", x, input_shape)
    assert cure in str(error.value)
    cured = eval(cure, {"x": x, "np": np})  # noqa: S307  (the message's own advice, followed)
    arrays.as_features("x", cured, input_shape)


def test_another_feature_count_names_both_shapes():
    with pytest.raises(ValueError, match=re.escape("expects x of shape (batch, 4), but received (20, 7).")):
        arrays.as_features("x", np.zeros((20, 7)), (4,))


def test_any_shape_fits_a_model_that_does_not_know_its_own():
    assert arrays.as_features("x", np.zeros((2, 3)), None).shape == (2, 3)


def test_sample_weights_may_be_a_column():
    weight = arrays.as_sample_weight([[1.0], [2.0]], np.zeros((2, 3)))
    assert weight.tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        ([1.0], "x 2, sample_weight 1"),
        (np.ones((2, 3)), r"one number a sample.*\(2, 3\)"),
        ([1.0, -1.0], "0 or more"),
        ([1.0, np.nan], "finite"),
    ],
)
def test_sample_weights_that_make_no_sense_are_refused(weight, message):
    with pytest.raises(ValueError, match=message):
        arrays.as_sample_weight(weight, np.zeros((2, 3)))


@pytest.mark.parametrize(
    "y", [np.array([0, 1, 2]), np.array([[0], [1], [2]]), np.eye(3), np.array([0.0, 1.0, 2.0])]
)
def test_class_weights_by_label_in_every_form(y):
    assert arrays.class_weights_of(y, {0: 2.0, np.int64(2): 0.5}).tolist() == [2.0, 1.0, 0.5]


@pytest.mark.parametrize(
    ("class_weight", "message"),
    [
        ([1.0, 2.0], r"dictionary from class to weight.*\[1\.0, 2\.0\]"),
        ({"0": 1.0}, "the key '0'"),
        ({-1: 1.0}, "the key -1"),
        ({True: 1.0}, "the key True"),
        ({0: -1.0}, "class 0 the weight -1.0"),
        ({0: np.inf}, "class 0 the weight inf"),
    ],
)
def test_class_weights_that_make_no_sense_are_refused(class_weight, message):
    with pytest.raises(ValueError, match=message):
        arrays.class_weights_of(np.array([0, 1]), class_weight)


def test_weights_come_from_one_source():
    y, w = np.array([0, 1]), np.ones(2)
    assert arrays.weights_of(y, None, {0: 2.0}).tolist() == [2.0, 1.0]
    with pytest.raises(ValueError, match="You cannot `class_weight` and `sample_weight` at the same time"):
        arrays.weights_of(y, w, {0: 1.0})


# floor(n (1 - split)), as Keras counts: floor(7 * 0.7) = 4, and in floats 10 * (1 - 0.9) = 0.99...
@pytest.mark.parametrize(
    ("samples", "fraction", "first"),
    [(20, 0.25, 15), (7, 0.3, 4), (10, 0.1, 9), (60000, 0.1, 54000), (3, 0.5, 1)],
)
def test_the_last_fraction_is_cut_off(samples, fraction, first):
    x = np.arange(samples)
    (train, none), (last, also_none) = arrays.split(fraction, x, None)
    assert train.tolist() == list(range(first))
    assert last.tolist() == list(range(first, samples))
    assert np.shares_memory(train, x)
    assert np.shares_memory(last, x)
    assert none is also_none is None


@pytest.mark.parametrize(("samples", "fraction"), [(1, 0.5), (10, 0.9999), (20, 0.99)])
def test_a_split_that_leaves_nothing_to_train_on_is_refused(samples, fraction):
    with pytest.raises(ValueError, match=f"contains {samples} samples, which is not sufficient.*={fraction}"):
        arrays.split(fraction, np.arange(samples))


@pytest.mark.parametrize("fraction", [1.0, -0.1, 2, True])
def test_a_split_outside_0_to_1_is_refused(fraction):
    with pytest.raises(ValueError, match=f"fraction from 0 to below 1. Received: {fraction}"):
        arrays.split(fraction, np.arange(10))

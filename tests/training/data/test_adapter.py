import re

import numpy as np
import pytest

from numpy_ann.training.data import DataAdapter
from numpy_ann.training.data.adapter import as_features, as_numbers, check_lengths


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float16", ">f4", "float64"])
def test_arrays_pass_through_uncopied(dtype):
    x = np.zeros((3, 2), dtype=dtype)
    assert as_numbers("x", x) is x


def test_a_memory_mapped_file_stays_where_it_is(tmp_path):
    x = np.memmap(tmp_path / "x", dtype="uint8", mode="w+", shape=(5, 2))
    assert np.shares_memory(as_numbers("x", x), x)


def test_lists_become_arrays():
    np.testing.assert_array_equal(as_numbers("x", [[1, 2], [3, 4]]), np.array([[1, 2], [3, 4]]))


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
        as_numbers("x", value)


@pytest.mark.parametrize(
    ("shape", "input_shape", "cure"),
    [
        ((28, 28), (28, 28), "x[np.newaxis]"),
        ((5, 784), (28, 28), "x.reshape(-1, 28, 28)"),
        ((5, 28, 28), (784,), "x.reshape(-1, 784)"),
    ],
)
def test_the_usual_slips_of_shape_come_with_their_cure(shape, input_shape, cure):
    x = np.zeros(shape)
    with pytest.raises(ValueError, match=re.escape(f"but received {shape}.")) as error:
        as_features("x", x, input_shape)
    assert cure in str(error.value)
    cured = eval(cure, {"x": x, "np": np})  # noqa: S307  (the message's own advice, followed)
    as_features("x", cured, input_shape)


def test_another_feature_count_names_both_shapes():
    with pytest.raises(ValueError, match=re.escape("expects x of shape (batch, 4), but received (20, 7).")):
        as_features("x", np.zeros((20, 7)), (4,))


def test_any_shape_fits_a_model_that_does_not_know_its_own():
    assert as_features("x", np.zeros((2, 3)), None).shape == (2, 3)


# floor(n (1 - split)), as Keras counts: floor(7 * 0.7) = 4, and in floats 10 * (1 - 0.9) = 0.99...
@pytest.mark.parametrize(
    ("samples", "fraction", "first"),
    [(20, 0.25, 15), (7, 0.3, 4), (10, 0.1, 9), (60000, 0.1, 54000), (3, 0.5, 1)],
)
def test_the_last_fraction_is_cut_off(samples, fraction, first):
    x = np.arange(samples)
    (train, _, none), (last, labels, also_none) = DataAdapter.split(fraction, (x, x, None))
    assert train.tolist() == list(range(first))
    assert last.tolist() == list(range(first, samples))
    assert np.shares_memory(train, x)
    assert np.shares_memory(last, x)
    assert none is also_none is None
    assert labels.tolist() == last.tolist()
    assert DataAdapter.split(fraction, (x, x, x))[1][2].tolist() == last.tolist()


@pytest.mark.parametrize(("samples", "fraction"), [(1, 0.5), (10, 0.9999), (20, 0.99)])
def test_a_split_that_leaves_nothing_to_train_on_is_refused(samples, fraction):
    with pytest.raises(ValueError, match=f"contains {samples} samples, which is not sufficient.*={fraction}"):
        DataAdapter.split(fraction, (np.arange(samples), np.arange(samples), None))


@pytest.mark.parametrize("fraction", [1.0, -0.1, 2, True])
def test_a_split_outside_0_to_1_is_refused(fraction):
    with pytest.raises(ValueError, match=f"fraction from 0 to below 1. Received: {fraction}"):
        DataAdapter.split(fraction, (np.arange(10), np.arange(10), None))


def test_all_arrays_hold_as_many_samples():
    check_lengths(x=np.zeros(3), y=np.zeros(3), sample_weight=None)
    with pytest.raises(ValueError, match="x 2, sample_weight 1"):
        check_lengths(x=np.zeros(2), sample_weight=np.zeros(1))

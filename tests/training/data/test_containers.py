"""What users wrap numbers in: each trains and predicts as the plain array does."""

import tracemalloc
from itertools import pairwise

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann.communicator import Communicator
from numpy_ann.layers import Dense, Flatten, Input
from numpy_ann.models import Sequential
from numpy_ann.training.data.batches import Batches
from numpy_ann.training.data.containers import StoredRows, is_sparse, only

r = np.random.default_rng(0)
X, Y = r.normal(size=(20, 3)).astype("float32"), r.normal(size=(20, 1)).astype("float32")
S = np.where(X > 0, X, 0)


def model_of(shape=(3,), name=None):
    model = Sequential([Input(shape, name=name), Flatten(), Dense(1)], seed=1)
    model.compile("sgd", "mse")
    return model


def weights_after(x, y, **options):
    model = model_of()
    model.fit(x, y, batch_size=8, epochs=2, verbose=0, **options)
    return model.get_weights()


def assert_same(x, y=Y, plain=X, **options):
    """Training gathers its batches into its own memory: the same bits. Else BLAS rounds by where they lie."""
    for a, b in zip(weights_after(x, y, **options), weights_after(plain, Y, **options), strict=True):
        np.testing.assert_array_equal(a, b)
    model = model_of()
    for call in (
        lambda x, y: model.predict(x, verbose=0),
        lambda x, y: model.predict(x, 8, verbose=0),
        lambda x, y: model.evaluate(x, y, verbose=0),
        lambda x, y: model(x),
        lambda x, y: model_of().train_on_batch(x, y),
    ):
        np.testing.assert_allclose(call(x, y), call(plain, Y), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("wrapped", [[X], (X,), {"pixels": X}, {"pixels": X, "more": X}])
def test_the_one_array_of_a_list_a_tuple_or_a_dictionary(wrapped):
    model = model_of(name="pixels")
    np.testing.assert_array_equal(model.predict(wrapped, verbose=0), model.predict(X, verbose=0))
    assert model.evaluate(wrapped, [Y], sample_weight=[np.ones(20)], verbose=0) == model.evaluate(
        X, Y, verbose=0
    )


def test_a_dictionary_without_the_input_says_the_names():
    with pytest.raises(ValueError, match=r"names \['dots'\], but the model's one input is 'pixels'"):
        model_of(name="pixels").predict({"dots": X})


def test_the_only_array_of_a_dictionary_needs_no_name():
    assert only("y", {"any": [1, 2]}) == [1, 2]
    with pytest.raises(ValueError, match="`y` is a dictionary"):
        only("y", {"any": [1, 2], "more": [3, 4]})


def test_a_list_of_one_sample_is_that():
    assert model_of().predict([X[0]], verbose=0).shape == (1, 1)


@given(st.integers(1, 5), st.sampled_from([(1,), (3,), (3, 1), (1, 1)]))
def test_a_last_axis_of_one_may_be_missing_or_beyond(samples, shape):
    x = np.random.default_rng(samples).normal(size=(samples, *shape))
    model = model_of(shape)
    expected = model.predict(x, verbose=0)
    np.testing.assert_array_equal(model.predict(x[..., np.newaxis], verbose=0), expected)
    np.testing.assert_array_equal(model(x[..., np.newaxis]), expected)
    if shape[-1] == 1:
        np.testing.assert_array_equal(model.predict(x[..., 0], verbose=0), expected)
        np.testing.assert_array_equal(model(x[..., 0]), expected)


def test_reshaping_copies_nothing():
    from numpy_ann.training.data.adapter import as_features

    for x, shape in ((X[..., None], (3,)), (X, (3, 1)), (X[:, 0], (1,)), (X.T[..., None], (20,))):
        assert np.shares_memory(as_features("x", x, shape), x)


@pytest.mark.parametrize(
    "kind", ["csr_matrix", "csc_matrix", "coo_matrix", "csr_array", "coo_array", "lil_matrix"]
)
def test_sparse_matrices(kind):
    sparse = pytest.importorskip("scipy.sparse")
    x = getattr(sparse, kind)(S)
    assert_same(x, plain=S)
    assert_same(x, plain=S, validation_split=0.25)
    assert_same([x], plain=S)
    with pytest.raises(TypeError, match=r"`y` is a sparse matrix.*y\.toarray\(\)"):
        model_of().fit(X, x)


def test_frames_with_sparse_columns():
    """As ``pandas.get_dummies(sparse=True)`` makes them, beside others."""
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"a": pd.arrays.SparseArray([0.0, 1.5, 0.0]), "b": [1, 2, 3]})
    frame["c"] = pd.get_dummies(pd.Series(["u", "v", "u"]), sparse=True)["v"]
    model = Sequential([Input((3,)), Dense(2)], seed=0)
    expected = model.predict(np.array([[0, 1, 0], [1.5, 2, 1], [0, 3, 0]]), verbose=0)
    np.testing.assert_array_equal(model.predict(frame, verbose=0), expected)


def test_a_sparse_matrix_is_never_dense_as_a_whole():
    sparse = pytest.importorskip("scipy.sparse")
    x = sparse.random(10_000, 1_000, density=0.001, format="csr", random_state=0, dtype=np.float32)
    dense = 4 * np.prod(x.shape)
    model = model_of((1_000,))
    tracemalloc.start()
    try:
        model.fit(x, np.zeros(10_000), batch_size=200, verbose=0, validation_split=0.1)
        model.predict(x, batch_size=200, verbose=0)
        model.evaluate(x, np.zeros(10_000), batch_size=200, verbose=0)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < dense / 4


def test_data_sets_in_hdf5_files(tmp_path):
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file["x"], file["y"] = X, Y
        assert_same(file["x"], file["y"])
        assert_same(file["x"], file["y"], validation_split=0.25)


class Chunked:
    """Forty rows in chunks, as HDF5, zarr and dask have them, and what was read of them."""

    dtype, shape = np.dtype("float32"), (40, 2)

    def __init__(self, chunks):
        self.chunks, self.read = (chunks, 2), []

    def __getitem__(self, which):
        numbers = np.arange(40)[which]
        assert (np.diff(numbers) > 0).all()
        self.read.append(numbers.tolist())
        return np.stack([numbers, -numbers], axis=1).astype("float32")


@pytest.mark.parametrize("chunks", [8, (8, 8, 8, 8, 8), 7])
@pytest.mark.parametrize("size", [1, 3])
def test_chunks_are_shuffled_and_read_once_by_who_needs_them(chunks, size):
    whole, read = {}, []
    for rank in range(size):
        source = Chunked(chunks)
        batches = Batches(StoredRows(source).part(2, 40), None, None, 4, np.dtype("float32"))
        batches.processes = Communicator()
        batches.processes.rank, batches.processes.size = rank, size
        for number, (x, _, _) in enumerate(batches.one_pass(np.random.default_rng(1))):
            whole.setdefault(number, []).extend(x[:, 0].astype(int).tolist())
        read += [number for numbers in source.read for number in numbers]
        assert len(source.read) <= 10 // (8 // 4) + 1  # two batches at a time make a chunk of eight
    order = [number for number in sorted(whole) for number in whole[number]]
    assert sorted(order) == sorted(read) == list(range(2, 40))  # nobody read another's
    assert order != sorted(order)
    length = chunks[0] if isinstance(chunks, tuple) else chunks
    begun = [number // length for number in order]
    assert len([a for a, b in pairwise(begun) if a != b]) == len(set(begun)) - 1  # one chunk after the other


def test_chunks_in_hdf5_files(tmp_path):
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file.create_dataset("x", data=X, chunks=(6, 3))
        assert_same(file["x"], Y, shuffle=False)
        model = model_of((3,))
        model.fit(file["x"], Y, batch_size=4, verbose=0, validation_split=0.25)
        np.testing.assert_array_equal(model.predict(file["x"], 4, verbose=0), model.predict(X, 4, verbose=0))


@given(st.lists(st.integers(0, 19), min_size=1, max_size=30), st.integers(0, 19), st.integers(1, 20))
def test_stored_rows_are_those_of_the_array(which, start, length):
    stop = min(start + length, 20)
    rows = StoredRows(X).part(start, stop)
    numbers = np.array(which) % (stop - start)
    np.testing.assert_array_equal(rows[numbers], X[start:stop][numbers])
    np.testing.assert_array_equal(rows[: len(which)], X[start:stop][: len(which)])
    np.testing.assert_array_equal(rows.reshape(len(rows), 3, 1)[:], X[start:stop, :, np.newaxis])


def test_no_rows_of_a_file_are_none(tmp_path):
    with h5py.File(tmp_path / "data.h5", "w") as file:
        rows = StoredRows(file.create_dataset("x", data=X))
        none = rows[np.array([], int)]
        assert (none.shape, none.dtype) == ((0, 3), np.float32)
        assert rows[:0].shape == (0, 3)


def test_frames_of_numbers():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X, columns=list("abc"))
    assert_same(frame, pandas.Series(Y[:, 0]))
    plain = X.copy()
    plain[:, 2] = np.arange(20) % 2
    for column in ("bool", "boolean", "Int64", "float64", "uint8", "Float32"):
        assert_same(frame.assign(c=pandas.array(plain[:, 2], dtype="Int64").astype(column)), plain=plain)


def test_columns_that_hold_no_numbers_are_named():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X, columns=list("abc"))
    for values, message in (
        (["u", "v"] * 10, "Column 'c' of `x` must hold real numbers, but its dtype is .*get_dummies"),
        (pandas.Categorical([1, 2] * 10), "Column 'c' of `x` .* category"),
        (pandas.date_range("2020", periods=20), r"Column 'c' .* datetime64.*np\.timedelta64"),
        (pandas.Series([0] * 20, dtype=object), "Column 'c' of `x` must hold real numbers.*object"),
    ):
        with pytest.raises(TypeError, match=message):
            model_of().predict(frame.assign(c=values), verbose=0)
    missing = pandas.array([1, 2, None] + [0] * 17, dtype="Int64")
    with pytest.raises(ValueError, match=r"Column 'c' of `x` has missing values \(NA\), the first in row 2"):
        model_of().predict(frame.assign(c=missing), verbose=0)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.array(["yes", "no"] * 10), r"np\.unique\(y, return_inverse=True\)"),
        (np.array(["yes", "no"] * 10, dtype=object), "it holds text"),
        (np.arange(20).astype("datetime64[D]"), r"np\.timedelta64"),
    ],
)
def test_labels_that_are_no_numbers(values, message):
    with pytest.raises(TypeError, match=message):
        model_of().fit(X, values)


def test_data_sets_of_unknown_length():
    class Endless:
        num_batches = None

        def __getitem__(self, number):
            return X[:5] + number, Y[:5]

    class Unsized:
        def __iter__(self):
            return iter([(X[:10], Y[:10]), (X[10:], Y[10:])])

        def __len__(self):
            raise TypeError("The dataset length is unknown.")

    assert model_of().fit(Endless(), steps_per_epoch=3, epochs=2, verbose=0).epoch == [0, 1]
    assert model_of().fit(Unsized(), epochs=2, verbose=0).epoch == [0, 1]
    np.testing.assert_array_equal(
        model_of().predict(Unsized(), verbose=0), model_of().predict(X, 10, verbose=0)
    )


def test_batches_of_a_generator_are_wrapped_as_data_are():
    batches = [([X], [Y]), ({"pixels": X}, Y), (X[..., None], Y[:, 0], np.ones((20, 1)))]
    model = model_of(name="pixels")
    assert model.fit((batch for batch in batches), verbose=0).epoch == [0]


def test_files_mapped_into_memory(tmp_path):
    np.save(tmp_path / "x.npy", X)
    for mode in ("r", "c", "r+"):
        mapped = np.load(tmp_path / "x.npy", mmap_mode=mode)
        assert isinstance(mapped, np.memmap)
        assert_same(mapped)
        assert_same(mapped, validation_split=0.25)
    np.testing.assert_array_equal(np.load(tmp_path / "x.npy"), X)


def test_frames_of_polars():
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(X, schema=list("abc"))
    assert_same(frame, polars.Series(Y[:, 0]))
    assert_same(frame, polars.DataFrame(Y, schema=["y"]), validation_split=0.25)
    plain = X.copy()
    plain[:, 2] = np.arange(20) % 2
    for dtype in (polars.Boolean, polars.Int8, polars.UInt64, polars.Float64):
        column = polars.Series("c", plain[:, 2]).cast(polars.Int8).cast(dtype)
        assert_same(frame.with_columns(column), plain=plain)
    for values, error, message in (
        (["u", "v"] * 10, TypeError, "Column 'c' of `x` must hold real numbers, but its dtype is String"),
        ([1, None] * 10, ValueError, r"Column 'c' of `x` has missing values \(null\).*x\.fill_null\(0\)"),
    ):
        with pytest.raises(error, match=message):
            model_of().predict(frame.with_columns(polars.Series("c", values)), verbose=0)
    with pytest.raises(TypeError, match=r"`y` must hold real numbers.*np\.unique\(y, return_inverse"):
        model_of().fit(frame, polars.Series(["u", "v"] * 10))
    with pytest.raises(TypeError, match=r"`x` is a LazyFrame.*x\.collect\(\)"):
        model_of().predict(frame.lazy())


class Tensor:
    """What is an array to NumPy alone, as the tensors of PyTorch and TensorFlow are."""

    def __init__(self, array):
        self.array = array
        self.shape, self.dtype = array.shape, f"torch.{array.dtype}"

    def __len__(self):
        return len(self.array)

    def __array__(self, dtype=None, copy=None):
        return np.array(self.array, dtype)


class Loader:
    """As PyTorch's DataLoader: batches are lists of tensors, it has a length, and no ``__getitem__``."""

    def __len__(self):
        return 3

    def __iter__(self):
        for start in range(0, 20, 8):
            yield [Tensor(X[start : start + 8]), Tensor(Y[start : start + 8])]


def test_loaders_of_tensors():
    models = model_of(), model_of()
    histories = [
        models[0].fit(Loader(), epochs=2, validation_data=Loader(), verbose=0),
        models[1].fit(X, Y, 8, 2, shuffle=False, validation_data=(X, Y), validation_batch_size=8, verbose=0),
    ]
    for figure, values in histories[1].history.items():
        np.testing.assert_allclose(histories[0].history[figure], values, rtol=1e-6)
    for a, b in zip(*(model.get_weights() for model in models), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)
    a, b = models
    np.testing.assert_allclose(a.predict(Loader(), verbose=0), b.predict(X, verbose=0), rtol=1e-5)
    np.testing.assert_allclose(a.evaluate(Loader(), verbose=0), b.evaluate(X, Y, verbose=0), rtol=1e-5)
    assert_same(Tensor(X), Tensor(Y))


def test_what_is_sparse_has_both_methods_of_scipys():
    dense, other = type("Dense", (), {"toarray": None}), type("Other", (), {"tocsr": None})
    assert not is_sparse(dense())
    assert not is_sparse(other())
    assert is_sparse(type("Sparse", (dense, other), {})())

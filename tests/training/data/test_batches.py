import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann.layers import Dense, Input
from numpy_ann.models import Sequential
from numpy_ann.training.data import batches as batches_module
from numpy_ann.training.data.batches import Batches, Gatherer

FLOAT32 = np.dtype(np.float32)


def layouts(x):
    """The same numbers as C order, Fortran order, every second row, and a reversed view."""
    spread = np.zeros((2 * len(x), *x.shape[1:]), x.dtype)
    spread[::2] = x
    return {"C": x, "F": np.asfortranarray(x), "strided": spread[::2], "reversed": x[::-1].copy()[::-1]}


@given(
    st.integers(1, 20), st.integers(1, 25), st.sampled_from(["u1", "f4", "f8", ">f4"]), st.sampled_from("CF")
)
def test_every_sample_comes_once_in_the_order_given(samples, batch_size, dtype, order):
    x = np.arange(samples * 3).reshape(samples, 3).astype(dtype, order=order)
    y = np.arange(samples)
    batches = Batches(x, y, y + 0.5, batch_size, FLOAT32, integer_targets=True)
    permutation = np.random.default_rng(0).permutation(samples)
    for source, expected in (
        (batches.one_pass(), y),
        (batches.one_pass(np.random.default_rng(0)), permutation),
    ):
        taken = [(a.copy(), b.copy(), c.copy()) for a, b, c in source]
        assert len(taken) == batches.steps == -(-samples // batch_size)
        assert [len(a) for a, _, _ in taken[:-1]] == [batch_size] * (batches.steps - 1)
        xs, ys, ws = (np.concatenate(parts) for parts in zip(*taken, strict=True))
        np.testing.assert_array_equal(ys, expected)
        np.testing.assert_array_equal(xs, x[expected])
        np.testing.assert_array_equal(ws, expected + 0.5)
        assert (xs.dtype, ys.dtype, ws.dtype) == (FLOAT32, np.intp, FLOAT32)


@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64"])
@pytest.mark.parametrize("layout", ["C", "F", "strided", "reversed"])
def test_data_are_neither_copied_whole_nor_modified(dtype, layout):
    x = layouts(np.random.default_rng(0).integers(0, 255, (4000, 500)).astype(dtype))[layout]
    before = x.copy()
    tracemalloc.start()
    try:
        batches = Batches(x, None, None, 32, FLOAT32)
        for batch, _, _ in batches.one_pass(np.random.default_rng(1)):
            assert batch.shape[1:] == (500,)
        for batch, _, _ in batches.one_pass():
            assert batch.dtype == FLOAT32
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # A batch is 64 KB as float32; some copies of it are fine, x itself (2 to 16 MB) is not.
    assert peak < 6 * 32 * 500 * 8
    np.testing.assert_array_equal(x, before)


def test_a_memory_mapped_file_is_read_batch_by_batch(tmp_path):
    written = np.lib.format.open_memmap(tmp_path / "x.npy", mode="w+", dtype="uint8", shape=(100, 7))
    written[:] = np.arange(700).reshape(100, 7) % 251
    written.flush()
    x = np.load(tmp_path / "x.npy", mmap_mode="r")
    got = np.concatenate([batch.copy() for batch, _, _ in Batches(x, None, None, 16, FLOAT32).one_pass()])
    np.testing.assert_array_equal(got, written)


def test_targets_keep_their_fractions_unless_they_are_classes():
    y = np.array([0.25, 2.0])
    ((_, fractions, _),) = Batches(y, y, None, 2, FLOAT32).one_pass()
    ((_, classes, _),) = Batches(y, y, None, 2, FLOAT32, integer_targets=True).one_pass()
    assert fractions.tolist() == [0.25, 2.0]
    assert classes.tolist() == [0, 2]


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_every_batch_is_gathered_into_the_same_memory(dtype):
    batches = Batches(np.zeros((10, 3), dtype), np.zeros((10, 2)), None, 4, FLOAT32)
    places = [
        [a.__array_interface__["data"][0] for a in b[:2]] for b in batches.one_pass(np.random.default_rng(0))
    ]
    assert places == places[:1] * 3


@pytest.mark.parametrize("dtype", ["float64", "uint8", "float32"])
def test_small_arrays_are_cast_once_for_many_epochs(dtype, monkeypatch, tmp_path):
    x = np.random.default_rng(0).integers(0, 255, (50, 3)).astype(dtype)
    np.save(tmp_path / "x.npy", x)
    kinds, found = [], []
    rows = Gatherer.rows
    monkeypatch.setattr(
        Gatherer, "rows", lambda self, which: (kinds.append(self._array.dtype.name), rows(self, which))[1]
    )

    def weights(x, epochs=3, limit=1e9):
        monkeypatch.setattr(batches_module, "LARGEST_COPY", limit)
        model = Sequential([Input((3,)), Dense(1)], seed=1)
        model.compile("sgd", "mse")
        kinds.clear()
        model.fit(x, np.ones((50, 1), "float32"), verbose=0, epochs=epochs)
        found.append(model.get_weights()[0].tobytes())
        return {*kinds} - {"float32"}

    assert not weights(x)
    kept = {dtype} - {"float32"}
    assert weights(x, limit=50 * 3 * 4) == kept  # not below it
    assert weights(np.load(tmp_path / "x.npy", mmap_mode="r")) == kept
    assert weights(x, epochs=2) == kept
    monkeypatch.setattr(batches_module.os, "sysconf", lambda name: 1 if "PAGES" in name else 4 * 50 * 3 * 4)
    assert weights(x) == kept  # as large as a quarter of what is free
    monkeypatch.setattr(
        batches_module.os, "sysconf", lambda name: 1 if "PAGES" in name else 4 * 50 * 3 * 4 + 1
    )
    assert not weights(x)
    assert len({*found[:3], *found[4:]}) == 1

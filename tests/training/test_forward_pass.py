import numpy as np

from numpy_ann.layers import Dense, Dropout, Flatten, Input
from numpy_ann.models import Sequential
from numpy_ann.training.step import Buffers, ForwardPass

LAYERS = Sequential([Input(shape=(2, 3)), Flatten(), Dense(4)]).layers


def test_one_array_for_each_layers_output():
    arrays = Buffers(LAYERS, 5, np.dtype("float64")).rows(5)
    assert [a.shape for a in arrays] == [(5, 6), (5, 4)]
    assert {a.dtype for a in arrays} == {np.dtype("float64")}
    assert not np.shares_memory(*arrays)


def test_a_smaller_batch_uses_the_first_rows_of_the_same_memory():
    buffers = Buffers(LAYERS, 5, np.dtype("float32"))
    for whole, part in zip(buffers.rows(5), buffers.rows(2), strict=True):
        assert part.shape == (2, *whole.shape[1:])
        assert part.__array_interface__["data"] == whole.__array_interface__["data"]


def test_a_larger_batch_makes_the_memory_anew():
    buffers = Buffers(LAYERS, 2, np.dtype("float32"))
    assert [a.shape for a in buffers.rows(5)] == [(5, 6), (5, 4)]
    assert buffers.batch_size == 5
    assert [a.shape for a in buffers.rows(2)] == [(2, 6), (2, 4)]


def test_the_same_memory_is_written_over_by_the_next_batch():
    forward = ForwardPass(LAYERS, 5, np.dtype("float32"))
    x = np.ones((5, 2, 3), np.float32)
    first = forward(x)
    assert forward(2 * x) is first
    z, out = forward.logits(x)
    assert z is out is first


def test_only_a_pass_of_training_drops_outputs():
    layers = Sequential([Input(shape=(50,)), Dropout(0.5)], seed=0).layers
    x = np.ones((5, 50), np.float32)
    assert np.array_equal(ForwardPass(layers, 5, x.dtype)(x), x)
    assert not np.array_equal(ForwardPass(layers, 5, x.dtype, training=True)(x), x)

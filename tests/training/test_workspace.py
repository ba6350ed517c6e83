import numpy as np

from numpy_ann.layers import Dense, Flatten, Input
from numpy_ann.models import Sequential
from numpy_ann.training.workspace import Workspace

LAYERS = Sequential([Input(shape=(2, 3)), Flatten(), Dense(4)]).layers


def test_one_buffer_for_each_layers_output_and_gradient():
    workspace = Workspace(LAYERS, 5, np.dtype("float64"), gradients=True)
    for buffers in (workspace.outputs(5), workspace.gradients(5)):
        assert [b.shape for b in buffers] == [(5, 6), (5, 4)]
        assert {b.dtype for b in buffers} == {np.dtype("float64")}
    everything = [*workspace.outputs(5), *workspace.gradients(5)]
    assert not any(np.shares_memory(a, b) for i, a in enumerate(everything) for b in everything[:i])


def test_a_smaller_batch_uses_the_first_rows_of_the_same_memory():
    workspace = Workspace(LAYERS, 5, np.dtype("float32"), gradients=True)
    for whole, part in (
        (workspace.outputs(5), workspace.outputs(2)),
        (workspace.gradients(5), workspace.gradients(2)),
    ):
        for a, b in zip(whole, part, strict=True):
            assert b.shape == (2, *a.shape[1:])
            assert b.__array_interface__["data"] == a.__array_interface__["data"]


def test_prediction_has_no_room_for_gradients():
    assert Workspace(LAYERS, 5, np.dtype("float32"), gradients=False).gradients(5) == []


def test_a_larger_batch_makes_the_memory_anew():
    workspace = Workspace(LAYERS, 2, np.dtype("float32"), gradients=True)
    assert [b.shape for b in workspace.outputs(5)] == [(5, 6), (5, 4)]
    assert [b.shape for b in workspace.gradients(5)] == [(5, 6), (5, 4)]
    assert workspace.batch_size == 5
    assert [b.shape for b in workspace.outputs(2)] == [(2, 6), (2, 4)]

"""A trace is a mapping of names to arrays that can't be written to."""

import pickle
from itertools import pairwise

import numpy as np
import pytest

from numpy_ann.inspection import trace
from numpy_ann.layers import Dense, Input
from numpy_ann.models import Sequential


@pytest.fixture
def traced():
    model = Sequential([Input((4,)), Dense(5, "relu"), Dense(3, "softmax")], seed=0)
    model.compile("adam", "sparse_categorical_crossentropy")
    rng = np.random.default_rng(0)
    return trace(model, rng.normal(size=(6, 4)), rng.integers(0, 3, 6))


def test_all_names_in_the_order_of_the_pass(traced):
    inside = [
        "kernel",
        "kernel/gradient",
        "bias",
        "bias/gradient",
        "pre_activation",
        "pre_activation/gradient",
    ]
    assert list(traced) == [
        *("input", "input/gradient"),
        *(f"dense/{name}" for name in (*inside, "output", "output/gradient")),
        *(f"dense_1/{name}" for name in (*inside, "output")),
        "targets",
    ]
    assert len(traced) == len(list(traced)) == len(dict(traced))
    assert traced._ipython_key_completions_() == list(traced)


def test_names_and_layers_lead_to_the_same_arrays(traced):
    layer = traced.layers[0]
    assert traced["dense/output"] is layer.output
    assert traced["dense/output/gradient"] is layer.output_gradient
    assert traced["dense/pre_activation"] is layer.pre_activation
    assert traced["dense/kernel/gradient"] is layer.gradients["kernel"]
    assert traced["input"] is layer.input
    assert traced["input/gradient"] is layer.input_gradient
    assert traced.output is traced["dense_1/output"]
    for below, above in pairwise(traced.layers):
        assert np.array_equal(above.input_gradient, below.output_gradient)


def test_every_gradient_has_the_shape_of_its_array(traced):
    for name in traced:
        if name.endswith("/gradient"):
            assert traced[name].shape == traced[name.removesuffix("/gradient")].shape


def test_nothing_can_be_written_to(traced):
    for name in traced:
        with pytest.raises(ValueError, match="read-only"):
            traced[name][...] = 0
    with pytest.raises(AttributeError):
        traced.layers[0].output = None


def test_a_wrong_name_is_answered_with_near_ones(traced):
    with pytest.raises(KeyError, match="Did you mean 'dense/kernel'"):
        traced["dense/kernell"]
    assert "dense/kernell" not in traced
    assert traced.get("dense/kernell") is None


def test_a_trace_can_be_kept_in_a_file(traced, tmp_path):
    again = pickle.loads(pickle.dumps(traced))  # noqa: S301  (our own)
    np.savez(tmp_path / "trace.npz", **traced)
    with np.load(tmp_path / "trace.npz") as arrays:
        for name in traced:
            assert np.array_equal(again[name], traced[name])
            assert np.array_equal(arrays[name], traced[name])
    assert str(again) == str(traced)


def test_short_forms(traced):
    assert repr(traced.layers[0]) == "<LayerTrace dense (Dense): (6, 4) -> (6, 5)>"
    assert repr(traced).startswith("<Trace of 2 layers, loss ")

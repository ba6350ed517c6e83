"""Ops between the layers of a graph in files: our own, in both formats, and what is no op."""

import copy
import json
import pickle

import numpy as np
import pytest

from numpy_ann import ops
from numpy_ann.errors import ModelFormatError
from numpy_ann.layers import Dense, Input
from numpy_ann.models import Model, clone_model, load_model, model_from_json

RNG = np.random.default_rng(0)
X = {"a": RNG.normal(size=(6, 4)).astype(np.float32), "s": RNG.normal(size=(6, 5, 4)).astype(np.float32)}
CASES = [
    lambda a, s: 2 - a / 3,
    lambda a, s: s[:, 1:3] * a[:, None],
    lambda a, s: s[..., None, ::2],
    lambda a, s: ops.concatenate([a, ops.mean(s, axis=(1,)), a], axis=-1),
    lambda a, s: ops.stack([a, s[:, 0]], axis=1),
    lambda a, s: ops.einsum("bij,bj->bi", s, a),
    lambda a, s: ops.where((a > 0) & ~(a > 1), a, 0.1 * a),
    lambda a, s: ops.matmul(s, np.ones((4, 2), np.float32)),
    lambda a, s: ops.cast(ops.argmax(s, axis=-1), "float32"),
    lambda a, s: ops.stop_gradient(ops.relu(x1 := a)) + ops.median(s, axis=1) + x1,
]


@pytest.mark.parametrize("make", CASES)
def test_round_trips(make, tmp_path):
    a, s = Input((4,), name="a"), Input((5, 4), name="s")
    model = Model([a, s], make(Dense(4)(a), s))
    expected = model.predict(X, verbose=0)
    found = [copy.deepcopy(model), pickle.loads(pickle.dumps(model))]  # noqa: S301
    for suffix in (".keras", ".h5"):
        model.save(tmp_path / f"model{suffix}")
        found.append(load_model(tmp_path / f"model{suffix}"))
    for text in (model_from_json(model.to_json()), clone_model(model)):
        text.set_weights(model.get_weights())
        found.append(text)
    for one in found:
        np.testing.assert_array_equal(one.predict(X, verbose=0), expected)
        assert [layer.name for layer in one.operations] == [layer.name for layer in model.operations]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"class_name": "System"}, "'System' is not supported"),
        ({"class_name": "Relu"}, "'Relu' is not supported"),  # which is of another module
        ({"module": "keras.src.ops.os"}, "is not supported"),
        ({"config": {"repeats": 1 << 40, "axis": 1}}, "sizes beyond"),
        ({"config": {"repeats": [1] * 3, "shell": 1}}, "takes x, repeats, axis"),
        ({"config": {"repeats": "two", "axis": 1}}, "ops.repeat can't be computed"),
        ({"config": {"axis": 1}}, "takes x, repeats, axis"),
        ({"config": {"repeats": {"class_name": "System", "config": {}}, "axis": 1}}, "no class 'System'"),
        ({"inbound_nodes": [{"args": [1], "kwargs": {}}]}, "reads no layer's output"),
    ],
)
def test_hostile_operations(change, problem):
    a = Input((4,), name="a")
    config = json.loads(Model(a, ops.repeat(a, 2, axis=1)).to_json())
    config["config"]["layers"][1].update(change)
    with pytest.raises(ModelFormatError, match=problem):
        model_from_json(json.dumps(config))


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda a, b: ops.mish(a) + b, "mish', ops.mish: Keras has none such"),
        (
            lambda a, b: (tanh := Model(a, ops.tanh(a)).operations[1])(a) + tanh(b),
            "tanh', ops.tanh: it is called twice; write it anew for each use",
        ),
    ],
)
def test_ops_that_no_file_of_keras_holds(make, why):
    a, b = Input((4,)), Input((4,))
    model = Model([a, b], make(a, b))
    with pytest.raises(ValueError, match=f"A Keras file can't hold the operation '{why}"):
        model.to_json()

"""Axes of any length: what a layer makes of them is what the layer for that length makes."""

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from numpy_ann import check_gradients
from numpy_ann.layers import Concatenate, Dense, Embedding, Flatten, GlobalAveragePooling1D, Input, Layer
from numpy_ann.models import Model, Sequential, load_model
from tests.parts import by_part
from tests.parts.layers import CASES, NOT_DIFFERENTIABLE, LayerCase

REFUSED = "so needs inputs whose axes|known length|None features|of different lengths"


def opened(case: LayerCase) -> list[Any]:
    """Return the shapes of a case with one axis open, or several."""
    if case.several:  # the same axis in all
        axes = range(min(map(len, case.shape)))
        return [[(*s[:i], None, *s[i + 1 :]) for s in case.shape] for i in axes]
    places = range(len(case.shape))
    some = [set(found) for n in (1, 2) for found in combinations(places, n)]
    return [tuple(None if i in found else n for i, n in enumerate(case.shape)) for found in some]


def each(arrays: Any) -> list[Any]:
    return arrays if isinstance(arrays, list) else [arrays]


@by_part([case for case in CASES if case.shape and case.cls != "InputLayer"])
def test_an_open_axis_is_that_of_the_data(case: LayerCase) -> None:
    x = case.inputs("float32")
    for shape in opened(case):
        if case.cls in NOT_DIFFERENTIABLE and case.shape[-1:] == (1,):
            continue  # an axis of 1 is one of its own kind
        batch = [(None, *s) for s in shape] if case.several else (None, *shape)
        known, layer = case.ready(), case.ready()
        try:
            layer.build(batch)
        except ValueError:
            with pytest.raises(ValueError, match=REFUSED):
                layer.build(batch)
            continue
        layer.in_model = True  # its shape stays
        known.forward(x)
        layer.set_weights(known.get_weights())
        assert layer.forward(x).tolist() == known.forward(x).tolist()
        assert len(layer.output_shape) == len(known.output_shape)
        assert all(n in (None, m) for n, m in zip(layer.output_shape, known.output_shape, strict=True))
        if case.cls in NOT_DIFFERENTIABLE:
            continue
        seeded = [one.join(np.random.default_rng(3), np.dtype("f")) for one in (layer, known)]
        assert seeded == [None, None]
        y, expected = (one.forward(x, training=True) for one in (layer, known))
        assert y.tolist() == expected.tolist()
        dxs = [each(one.backward(np.cos(expected))) for one in (layer, known)]
        assert [d.tolist() for d in dxs[0]] == [d.tolist() for d in dxs[1]]
        assert [p.grad.tolist() for p in layer.parameters] == [p.grad.tolist() for p in known.parameters]


def words() -> Sequential:
    stack = [Input((None,), dtype="int32"), Embedding(9, 4), GlobalAveragePooling1D(), Dense(2, "softmax")]
    return Sequential(stack, seed=1)


def test_sentences_of_all_lengths_train_one_model(tmp_path: Any) -> None:
    model = words()
    assert (model.input_shape, model.output_shape) == ((None, None), (None, 2))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    y = np.arange(8) % 2
    lengths = [3, 7, 5]
    batches = [(np.random.default_rng(n).integers(9, size=(8, n)), y) for n in lengths]
    first = model.fit(iter(batches * 30), steps_per_epoch=3, epochs=30, verbose=0).history["loss"]
    assert first[-1] < first[0]
    for x, _ in batches:
        assert model.predict(x, verbose=0).shape == (8, 2)
        assert model.evaluate(x, y, verbose=0)[0] < first[0]
    for name in ("m.keras", "m.h5"):
        model.save(tmp_path / name)
        again = load_model(tmp_path / name)
        assert again.input_shape == (None, None)
        assert (
            again.predict(batches[1][0], verbose=0).tolist()
            == model.predict(batches[1][0], verbose=0).tolist()
        )
    assert Model.from_config(Model(model.input, model.output).get_config()).input_shape == (None, None)
    assert check_gradients(model, batches[1][0]).passed


def test_a_shared_layer_and_a_model_know_the_shape_that_they_are_called_on() -> None:
    begin, fixed = Input((None, 3)), Input((5, 3))
    dense = Dense(2)
    inner = Model(begin, dense(begin))
    assert (inner.output_shape, dense(fixed).shape, inner(fixed).shape) == (
        (None, None, 2),
        (None, 5, 2),
        (None, 5, 2),
    )
    model = Model(fixed, Dense(1)(Flatten()(inner(fixed))))
    assert model.predict(np.ones((4, 5, 3)), verbose=0).shape == (4, 1)
    with pytest.raises(ValueError, match=r"of shape \(None, None, 3\), but was called on 1"):
        inner(Input((5, 4)))


def test_outputs_of_open_axes_are_judged_by_targets_of_their_length() -> None:
    begin = Input((None, 3))
    model = Model(begin, [Dense(2)(begin), Concatenate(axis=1)([begin, begin])])
    model.compile("sgd", "mse", metrics=[["mae"], ["mae"]])
    for n in (2, 4):
        x = np.ones((6, n, 3))
        assert model.train_on_batch(x, [np.ones((6, n, 2)), np.ones((6, 2 * n, 3))])
        with pytest.raises(ValueError, match=rf"output.shape=\(6, {n}, 2\)"):
            model.train_on_batch(x, [np.ones((6, n, 3)), np.ones((6, 2 * n, 3))])
    with pytest.raises(ValueError, match=r"of shape \(batch, None, 3\), but received \(6, 2, 4\)"):
        model.predict(np.ones((6, 2, 4)), verbose=0)


def test_a_call_of_ones_own_is_tried_at_two_lengths() -> None:
    class Pair(Layer):
        def call(self, inputs: Any) -> Any:
            return inputs[:, :1] + inputs

    assert Pair()(Input((None, 3))).shape == (None, None, 3)
    assert Input((None, 3))[:, 0].shape == (None, 3)

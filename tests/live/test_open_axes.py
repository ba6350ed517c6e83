"""Axes of any length beside Keras: shapes, refusals, training on batches of many lengths, files both ways."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import numpy_ann
from numpy_ann import layers, models
from numpy_ann.lookup import clear_session
from tests.layers.test_open_axes import opened
from tests.parts import parametrized
from tests.parts.layers import CASES, LayerCase

keras = pytest.importorskip("keras")

WITH_TENSORFLOW = ("Discretization", "IntegerLookup", "StringLookup")  # Keras makes them with it


@parametrized([case for case in CASES if case.shape and case.cls != "InputLayer" and case.stored])
def test_shapes_and_refusals(case: LayerCase) -> None:
    if case.cls in WITH_TENSORFLOW or not hasattr(keras.layers, case.cls):
        return
    dtype = "float32" if case.values is None else "int64"
    for shape in opened(case):
        found = []
        for library, room in ("numpy_ann", layers), ("keras", keras.layers):
            begin = [room.Input(s, dtype=dtype) for s in (shape if case.several else [shape])]
            try:
                made = case.make(library)(begin if case.several else begin[0])
                found.append(tuple(made.shape))
            except ValueError:
                found.append(())
        assert found[0] == found[1], shape


def words(room: Any, models: Any) -> Any:
    stack = [room.Input((None,), dtype="int32"), room.Embedding(20, 6), room.GlobalAveragePooling1D()]
    return models.Sequential([*stack, room.Dense(2, activation="tanh")])


def chain(room: Any, models: Any) -> Any:
    stack = [room.Input((None, 3)), room.Dense(4, activation="relu"), room.BatchNormalization()]
    stack += [room.LayerNormalization(), room.PReLU(shared_axes=[1]), room.Dense(1)]
    return models.Sequential(stack)


def graph(room: Any, models: Any) -> Any:
    begin = room.Input((None, 3))
    a, b = room.Dense(4, activation="tanh")(begin), room.Dense(4)(begin)
    joined = room.Concatenate()([room.Add()([a, b]), begin])
    products = room.Flatten()(room.Dot(axes=1)([joined, begin]))
    largest = room.Maximum()([room.GlobalMaxPooling1D(keepdims=True)(a), a])
    longer = room.Concatenate(axis=1)([b, room.Multiply()([a, b])])
    inner = room.Input((None, 4))
    turned = models.Model(inner, room.Permute((2, 1))(room.Dense(3)(inner)), name="inner")(b)
    ends = [products, room.GlobalAveragePooling1D()(largest)]
    ends += [room.GlobalMaxPooling1D()(room.Reshape((-1, 2))(longer))]
    ends += [room.GlobalMaxPooling1D("channels_first")(turned)]
    return models.Model(begin, room.Dense(2)(room.Concatenate()(ends)))


def data(make: Any, length: int) -> tuple[Any, Any]:
    rng = np.random.default_rng(length)
    if make is words:
        return rng.integers(20, size=(8, length)), rng.normal(size=(8, 2)).astype("f")
    x = rng.normal(size=(8, length, 3)).astype("f")
    return x, 2 * x[..., :1] if make is chain else x[:, 0, :2]


def trained(model: Any, make: Any, lengths: Any) -> list[float]:
    """Return the losses of a few epochs on batches of other lengths each time."""
    losses: list[float] = []
    for n in lengths:
        history = model.fit(*data(make, n), batch_size=4, epochs=2, shuffle=False, verbose=0).history
        losses += history["loss"]
    return losses


@pytest.mark.parametrize("make", [words, chain, graph])
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_training_and_files(make: Any, suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")  # wide enough for all names
    clear_session()
    keras.utils.clear_session()
    ours, theirs = make(layers, models), make(keras.layers, keras.models)
    texts: tuple[list[str], list[str]] = ([], [])
    for model, lines in zip((ours, theirs), texts, strict=True):
        model.summary(print_fn=lines.append, line_length=150)
    assert texts[0] == texts[1]
    assert (ours.input_shape, ours.output_shape) == (theirs.input_shape, theirs.output_shape)
    theirs.set_weights(ours.get_weights())
    for model in (ours, theirs):
        model.compile("adam", "mean_squared_error")
    lengths = (5, 9, 5)
    np.testing.assert_allclose(trained(ours, make, lengths), trained(theirs, make, lengths), rtol=1e-5)
    ours.save(tmp_path / f"ours{suffix}")
    theirs.save(tmp_path / f"theirs{suffix}")
    read = [numpy_ann.load_model(tmp_path / f"theirs{suffix}")]
    read.append(keras.models.load_model(tmp_path / f"ours{suffix}", compile=False))
    assert [model.input_shape for model in read] == [theirs.input_shape] * 2
    for n in (5, 9):
        x = data(make, n)[0]
        for model, written in zip(read, (theirs, ours), strict=True):
            expected = np.asarray(written.predict(x, verbose=0))
            np.testing.assert_allclose(model.predict(x, verbose=0), expected, rtol=1e-5, atol=1e-6)
    if suffix == ".keras":
        np.testing.assert_allclose(trained(read[0], make, (9, 5)), trained(theirs, make, (9, 5)), rtol=1e-5)


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_layers_shared_over_several_lengths(suffix: str, tmp_path: Path) -> None:
    """Of one set of weights, as far as they fit; trained alike, and read by each from the other's file."""

    def built(room: Any, models: Any) -> Any:
        begin = [room.Input((n, 4), name=f"x{n}") for n in (5, 3, 2)]
        shared = [room.Dense(4, activation="tanh"), room.BatchNormalization(), room.PReLU(shared_axes=[1])]
        shared += [room.LayerNormalization(), room.Dense(4)]
        ends = begin
        for layer in shared:
            ends = [layer(one) for one in ends]
        joined = room.Concatenate()([room.Flatten()(one) for one in ends])
        return models.Model(begin, room.Dense(2)(joined))

    ours, theirs = built(layers, models), built(keras.layers, keras.models)
    theirs.set_weights(ours.get_weights())
    rng = np.random.default_rng(0)
    data = [rng.normal(size=(8, n, 4)).astype(np.float32) for n in (5, 3, 2)]
    target = rng.normal(size=(8, 2)).astype(np.float32)
    for model in (ours, theirs):
        model.compile("sgd", "mse")
        model.fit(data, target, epochs=5, batch_size=4, shuffle=False, verbose=0)
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-4, atol=1e-5)
    for model, load in (ours, keras.models.load_model), (theirs, models.load_model):
        model.save(tmp_path / f"model{suffix}")
        read = load(tmp_path / f"model{suffix}")
        expected = model.predict(data, verbose=0)
        np.testing.assert_allclose(read.predict(data, verbose=0), expected, rtol=1e-5, atol=1e-6)

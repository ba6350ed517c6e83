import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from numpy_ann import check_gradients
from numpy_ann.layers import Dense, Input, Normalization
from numpy_ann.models import Sequential, clone_model, load_model
from tests.support import OF_KERAS_2

X = np.array([[0.0, 7.0, 4.0], [2.0, 9.0, 6.0], [0.0, 7.0, 4.0], [2.0, 9.0, 6.0]])
FAR = np.random.default_rng(0).normal(50, 9, (20, 3))


def adapted(data: Any = X, **options: Any) -> Normalization:
    layer = Normalization(**options)
    layer.adapt(data)
    return layer


def test_by_hand() -> None:
    # Means 1, 8, 5, variances 1: (2 - 1) / 1 = 1, (10 - 8) / 1 = 2, (2 - 5) / 1 = -3.
    layer = adapted()
    assert layer(np.array([[2.0, 10.0, 2.0]])).tolist() == [[1.0, 2.0, -3.0]]
    mean, variance, count = layer.get_weights()
    assert (mean.tolist(), variance.tolist(), count.tolist()) == ([1, 8, 5], [1, 1, 1], 0)
    assert adapted(invert=True)(np.array([[1.0, 2.0, -3.0]])).tolist() == [[2.0, 10.0, 2.0]]


def test_backward_by_hand() -> None:
    # A variance of 4 is a scale of 2.
    forth = Normalization(mean=1.0, variance=4.0)
    assert forth(np.array([[5.0]])).tolist() == [[2.0]]
    assert forth.backward(np.array([[3.0]])).tolist() == [[1.5]]
    back = Normalization(mean=1.0, variance=4.0, invert=True)
    assert back(np.array([[2.0]])).tolist() == [[5.0]]
    assert back.backward(np.array([[3.0]])).tolist() == [[6.0]]


@pytest.mark.parametrize(
    ("axis", "moments", "spread"),
    [
        (-1, (3,), (1, 1, 3)),
        (1, (2,), (1, 2, 1)),
        ((2, 1), (2, 3), (1, 2, 3)),
        (None, (), (1, 1, 1)),
    ],
)
def test_axes(axis: Any, moments: tuple[int, ...], spread: tuple[int, ...]) -> None:
    x = np.random.default_rng(0).normal(3, 2, (50, 2, 3))
    layer = adapted(x, axis=axis, dtype="float64")
    assert layer.mean is not None
    assert layer.variance is not None
    assert [w.shape for w in layer.get_weights()] == [moments, moments, ()]
    assert layer.mean.shape == layer.variance.shape == spread
    kept = np.nonzero(np.array(spread) > 1)[0]
    summed = tuple(set(range(3)) - set(kept.tolist()))
    y = layer(x)
    np.testing.assert_allclose(y.mean(axis=summed), 0, atol=1e-12)
    np.testing.assert_allclose(y.var(axis=summed), 1, atol=1e-12)


def test_single_numbers() -> None:
    layer = adapted(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), axis=None)
    np.testing.assert_allclose(layer(np.array([1.0, 2.0, 3.0])), [-(2**0.5), -(0.5**0.5), 0], rtol=1e-6)
    with pytest.raises(ValueError, match=r"axis=None. Received: axis=\(-1,\)"):
        adapted(np.arange(5.0))


def test_what_is_constant_is_not_divided_by_0() -> None:
    layer = adapted(np.full((5, 2), 7, np.uint8))
    assert layer(np.array([[7.0, 8.0]])).tolist() == [[0.0, pytest.approx(1e7)]]


def test_one_feature_of_one_axis() -> None:
    for axis in -1, None:
        with pytest.warns(UserWarning, match="input_shape"):
            layer = Normalization(axis=axis, input_shape=(1,))
        layer.adapt(np.array([1.0, 2.0, 3.0]))
        assert layer.get_weights()[0].ravel() == [2.0]
        assert layer.output_shape == (1,)


def test_neither_adapted_nor_told_it_changes_nothing() -> None:
    assert Normalization()(X).tolist() == X.tolist()


def test_adapting_again_starts_afresh() -> None:
    layer = adapted(X + 100)
    layer.adapt(X[:2])
    assert layer.get_weights()[0].tolist() == [1, 8, 5]


def test_batches_are_as_good_as_the_whole() -> None:
    for data in ([X[:1], X[1:]], ((x[np.newaxis], "label") for x in X)):
        for a, b in zip(adapted(data).get_weights(), adapted().get_weights(), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-7)


def test_reduced_axes_may_differ_in_length() -> None:
    layer = adapted([np.ones((2, 4, 3)), np.full((1, 8, 3), 3.0)])
    assert layer.get_weights()[0].tolist() == [2, 2, 2]


@OF_KERAS_2
@pytest.mark.parametrize(
    ("data", "message"),
    [
        (np.zeros((0, 3)), "received no data"),
        ([], "received no data"),
        (np.ones((2, 4)), r"expects data of shape \(batch, 3\), but adapt\(\) received \(2, 4\)"),
        ([X, np.ones((2, 3, 3))], r"expects data of shape \(batch, 3\), but adapt\(\) received \(2, 3, 3\)"),
        (np.array([[1.0, np.nan, 2.0]]), "without a finite mean"),
        (np.array([[1.0, np.inf, 2.0]]), "without a finite mean"),
        (np.array([[1.0, 1e30, 2.0], [1.0, 0.0, 2.0]]), "without a finite mean and variance in float32"),
    ],
)
def test_data_that_are_refused_change_nothing(data: Any, message: str) -> None:
    layer = adapted()
    with pytest.raises(ValueError, match=message):
        layer.adapt(data)
    assert layer.get_weights()[0].tolist() == [1, 8, 5]
    unbuilt = Normalization(input_shape=(3,))
    with pytest.raises(ValueError, match=message):
        unbuilt.adapt(data)
    assert (unbuilt.built, unbuilt.mean, unbuilt.variance) == (False, None, None)


def test_what_was_told_is_not_adapted() -> None:
    layer = Normalization(mean=1.0, variance=2.0)
    with pytest.raises(ValueError, match="has nothing to adapt"):
        layer.adapt(X)
    layer.join(np.random.default_rng(0), np.dtype("float32"))
    layer.build((None, 3))
    assert layer.count_params() == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mean": 1.0}, "given together.*mean=1.0 and variance=None"),
        ({"variance": 1.0}, "given together.*mean=None and variance=1.0"),
        ({"mean": [1.0], "variance": 1.0}, "have one shape"),
        ({"mean": 0.0, "variance": -1.0}, "no variance is negative"),
        ({"mean": [[1.0]], "variance": [[1.0]]}, "at most 1 axes"),
        ({"mean": [1.0], "variance": [1.0], "axis": None}, "at most 0 axes"),
        ({"mean": np.nan, "variance": 1.0}, "`mean` is a finite number"),
        ({"mean": 0.0, "variance": "1"}, "`variance` is a finite number"),
    ],
)
def test_options_that_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Normalization(**options)


def test_an_axis_is_an_integer() -> None:
    with pytest.raises(TypeError):
        Normalization(1.5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"axis": 2}, "`axis` is one of 1 to 1"),
        ({"axis": 0}, "`axis` is one of 1 to 1"),
        ({"axis": (1, -1)}, "`axis` is one of 1 to 1"),
        ({"mean": [1.0, 2.0], "variance": [1.0, 2.0]}, r"have the lengths \(3,\), but .* the shape \(2,\)"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_built(options: dict[str, Any], message: str) -> None:
    layer = Normalization(**options)
    for use in (layer, layer.compute_output_shape, lambda x: Sequential([Input((3,)), layer])):
        with pytest.raises(ValueError, match=message):
            use(X if use is layer else (None, 3))
        assert not layer.built


def model_of(layer: Normalization) -> Sequential:
    return Sequential([Input((3,)), layer, Dense(4, "relu"), Dense(1)], seed=1)


def test_first_in_a_model() -> None:
    """Adapted before it joins the model or after, it is the model of normalized data."""
    before, after = model_of(adapted(FAR)), model_of(Normalization())
    after.layers[0].adapt(FAR)  # type: ignore[attr-defined]
    plain = Sequential([Input((3,)), Dense(4, "relu"), Dense(1)], seed=1)
    plain.set_weights(before.get_weights()[3:])
    after.set_weights(before.get_weights())
    normalized = (FAR - FAR.mean(axis=0)) / FAR.std(axis=0)
    y = FAR[:, :1] - 50
    for model in (before, after, plain):
        model.compile("adam", "mse")
        model.fit(normalized if model is plain else FAR, y, epochs=3, verbose=0, shuffle=False)
    for model in (before, after):
        assert model.count_params() == plain.count_params() + 2 * 3 + 1
        assert [p.name for p in model.non_trainable_weights] == ["mean", "variance", "count"]
        np.testing.assert_allclose(
            model.predict(FAR, verbose=0), plain.predict(normalized, verbose=0), atol=2e-5
        )
        np.testing.assert_allclose(model.get_weights()[0], FAR.mean(axis=0), rtol=1e-6)


def test_without_an_input_it_knows_the_shape_of_what_it_saw() -> None:
    model = Sequential([adapted(), Dense(2)])
    assert model.input_shape == (None, 3)


def test_a_clone_is_not_adapted_and_a_copy_is() -> None:
    model = model_of(adapted())
    assert [w.tolist() for w in clone_model(model).get_weights()[:3]] == [[0, 0, 0], [1, 1, 1], 0]
    again = pickle.loads(pickle.dumps(model))  # noqa: S301  (our own bytes)
    assert again.predict(X, verbose=0).tolist() == model.predict(X, verbose=0).tolist()
    again.layers[0].adapt(X + 1)
    assert again.get_weights()[0].tolist() == [2, 9, 6]
    assert model.get_weights()[0].tolist() == [1, 8, 5]


def test_gradients_through_an_adapted_layer() -> None:
    for invert in (False, True):
        layer = adapted(FAR, invert=invert, dtype="float64")
        model = Sequential([layer, Dense(2, "tanh")], dtype="float64", seed=0)
        model.compile(loss="mse")
        assert check_gradients(model, FAR[:4] / 10, np.zeros((4, 2))).passed


@pytest.mark.parametrize("suffix", [".keras", ".h5", ".weights.h5"])
@pytest.mark.parametrize(
    "options", [{}, {"axis": None, "invert": True}, {"mean": [1, 2, 3], "variance": [1, 4, 9]}]
)
def test_files(suffix: str, options: dict[str, Any], tmp_path: Path) -> None:
    layer = Normalization(**options)
    model = model_of(layer)
    if "mean" not in options:
        layer.adapt(FAR)
        layer.count.assign(np.array(20))  # as Keras 2 leaves it
    path = tmp_path / f"model{suffix}"
    if suffix == ".weights.h5":
        model.save_weights(path)
        again = model_of(Normalization(**options))
        again.load_weights(path)
    else:
        model.save(path)
        again = load_model(path)
    for a, b in zip(again.get_weights(), model.get_weights(), strict=True):
        assert a.tobytes() == b.tobytes()
    assert again.layers[0].get_config() | {"name": layer.name} == layer.get_config()
    assert again.predict(FAR, verbose=0).tolist() == model.predict(FAR, verbose=0).tolist()


def test_a_count_stands_in_files_as_an_integer(tmp_path: Path) -> None:
    import h5py

    model_of(adapted()).save_weights(tmp_path / "model.weights.h5")
    with h5py.File(tmp_path / "model.weights.h5") as root:
        stored = root["layers/normalization/vars"]
        assert [stored[k].dtype for k in "012"] == ["float32", "float32", "int64"]

"""ONNX files, held against onnxruntime: the same numbers for every layer and every activation function."""

import numpy as np
import pytest

from numpy_ann import activations, layers, ops
from numpy_ann.__main__ import main
from numpy_ann.layers import BatchNormalization, Concatenate, Dense, Input
from numpy_ann.models import Model, Sequential
from numpy_ann.saving import onnx_export
from tests.parts.layers import CASES, NOT_DIFFERENTIABLE
from tests.support import missing

ALL = [pytest.param(case, id=case.name) for case in CASES if case.chained]


@pytest.fixture(scope="module")
def onnxruntime():
    for package in ("onnx", "onnxruntime"):
        try:
            module = __import__(package)
        except ImportError:
            missing(f"{package} isn't installed")
    return module


def computed(onnxruntime, path, x):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (argument,) = session.get_inputs()
    return session.run(None, {argument.name: x})[0]


def trained(model, shape):
    """Give the parameters numbers that no start has, and a variance above 0."""
    rng = np.random.default_rng(3)
    for p in model.parameters:
        p.assign(rng.uniform(0.2, 1.5, p.shape))
    return rng.normal(size=(5, *shape)).astype(np.float32) * 2


@pytest.mark.parametrize("case", ALL)
def test_every_layer_computes_the_same(case, onnxruntime, tmp_path):
    model = Sequential([Input(case.shape), case.make()])
    x = trained(model, case.shape)
    model.export(tmp_path / "model.onnx", verbose=False)
    expected = model.predict(x, verbose=0)
    y = computed(onnxruntime, tmp_path / "model.onnx", x)
    assert y.shape == expected.shape
    np.testing.assert_allclose(y, expected, rtol=1e-6, atol=1e-6)


ENCODING = [case for case in CASES if case.cls in NOT_DIFFERENTIABLE - {"Embedding"}]


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in ENCODING])
def test_categories_and_text(case, onnxruntime, tmp_path):
    layer, x = case.ready(), np.asarray(case.inputs("float32", 5))
    kind = {"f": "float32", "U": "string"}.get(x.dtype.kind, "int64")
    begin = Input(case.shape, dtype=kind, name="x")
    Model(begin, layer(begin)).export(tmp_path / "model.onnx", verbose=False)
    if case.cls == "IntegerLookup" and not layer.invert and layer.num_oov_indices:
        x = np.concatenate([x, np.arange(-9, -9 + x[0].size).reshape(1, *x[0].shape)])
    if case.cls == "StringLookup" and not layer.invert and layer.num_oov_indices:
        x = np.concatenate([x, np.full((1, *x.shape[1:]), "never seen")])
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx", providers=["CPUExecutionProvider"])
    (y,) = session.run(None, {"x": x.astype(object if kind == "string" else kind)})
    expected = layer(x)
    assert (y.dtype.kind, y.shape) == (expected.dtype.kind.replace("U", "O"), expected.shape)
    if y.dtype.kind == "O":
        assert y.tolist() == expected.tolist()
    else:
        np.testing.assert_allclose(y, expected, rtol=1e-6)


def test_a_table_of_words_and_numbers(onnxruntime, tmp_path):
    """What comes of numbers of categories is cast where a layer computes with it."""
    words, age = Input((1,), dtype="string", name="words"), Input((1,), name="age")
    numbers = layers.StringLookup(vocabulary=["red", "blue"])(words)
    bins = layers.Discretization([20.0, 60.0])(age)
    both = Concatenate()([layers.Flatten()(layers.Embedding(3, 2)(numbers)), layers.Rescaling(0.5)(bins)])
    model = Model([words, age], Dense(2)(both))
    model.export(tmp_path / "model.onnx", verbose=False)
    x = [np.array([["blue"], ["pink"]]), np.array([[70.0], [20.0]], np.float32)]
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx", providers=["CPUExecutionProvider"])
    (y,) = session.run(None, {"words": x[0].astype(object), "age": x[1]})
    np.testing.assert_allclose(y, model.predict(x, verbose=0), rtol=1e-6)


@pytest.mark.parametrize("case", [case for case in CASES if not case.several], ids=lambda case: case.name)
def test_axes_of_any_length(case, onnxruntime, tmp_path):
    """One file takes batches of sequences of all lengths."""
    if len(case.shape) < 2 or case.cls in NOT_DIFFERENTIABLE | {"InputLayer"}:
        return
    begin, layer = Input((None, *case.shape[1:]), name="x"), case.make()
    try:
        model = Model(begin, layer(begin))
        model.export(tmp_path / "model.onnx", verbose=False)
    except ValueError:
        with pytest.raises(ValueError, match=r"open axes|so needs inputs|known length|None features"):
            Model(begin, layer(begin)).export(tmp_path / "model.onnx", verbose=False)
        return
    trained(model, case.shape)
    model.export(tmp_path / "model.onnx", verbose=False)
    for length in (case.shape[0], 2 * case.shape[0]):
        x = np.random.default_rng(0).normal(size=(3, length, *case.shape[1:])).astype(np.float32)
        if case.cls == "Reshape" and -1 not in case.make().target_shape and length > case.shape[0]:
            continue
        y = computed(onnxruntime, tmp_path / "model.onnx", x)
        np.testing.assert_allclose(y, model.predict(x, verbose=0), rtol=1e-5, atol=1e-6)


SEVERAL = [case for case in CASES if case.several or case.cls == "Embedding"]


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in SEVERAL])
def test_layers_of_several_inputs_and_of_whole_numbers(case, onnxruntime, tmp_path):
    kind = "float32" if case.values is None else "int32"
    shapes = case.shape if case.several else [case.shape or (1,)]
    begin = [Input(shape, dtype=kind, name=f"x{i}") for i, shape in enumerate(shapes)]
    model = Model(begin, case.make()(begin if case.several else begin[0]))
    rng = np.random.default_rng(0)
    x = [rng.normal(size=(5, *s)) if kind == "float32" else rng.integers(3, size=(5, *s)) for s in shapes]
    x = [array.astype(kind) for array in x]
    model.export(tmp_path / "model.onnx", verbose=False)
    expected = model.predict(x, verbose=0)
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx", providers=["CPUExecutionProvider"])
    (y,) = session.run(None, {f"x{i}": array for i, array in enumerate(x)})
    assert y.shape == expected.shape
    np.testing.assert_allclose(y, expected, rtol=1e-5, atol=1e-6)


def test_a_graph_with_models_in_it(onnxruntime, tmp_path):
    a, b = Input((4,), name="a"), Input((3,), name="b")
    shared, inner = Dense(5, "relu"), Sequential([Input((4,)), Dense(4, "tanh"), BatchNormalization()])
    both = Concatenate()([shared(inner(a)), shared(a), b])
    model = Model([a, b], {"one": Dense(1, name="p")(both), "two": Dense(2, "softmax", name="q")(both)})
    x = [np.random.default_rng(i).normal(size=(5, n)).astype(np.float32) for i, n in enumerate((4, 3))]
    model.export(tmp_path / "model.onnx", verbose=False)
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx", providers=["CPUExecutionProvider"])
    assert [output.name for output in session.get_outputs()] == ["one", "two"]
    found = session.run(None, dict(zip("ab", x, strict=True)))
    for y, e in zip(found, model.predict(x, verbose=0).values(), strict=True):
        np.testing.assert_allclose(y, e, rtol=1e-5, atol=1e-6)


FUNCTIONS = sorted(
    {f.name: f for f in vars(activations).values() if isinstance(f, activations.ActivationFunction)}.items()
)
OPTIONS = {
    "celu": {"alpha": 0.7},
    "elu": {"alpha": 0.7},
    "gelu": {"approximate": True},
    "hard_shrink": {"threshold": 0.8},
    "leaky_relu": {"negative_slope": 0.3},
    "relu": {"negative_slope": 0.1, "max_value": 1.5, "threshold": 0.25},
    "soft_shrink": {"threshold": 0.8},
    "squareplus": {"b": 2.0},
}


@pytest.mark.parametrize(("name", "function"), FUNCTIONS)
def test_every_activation_computes_the_same(name, function, onnxruntime, tmp_path):
    z = np.linspace(-8, 8, 400, dtype=np.float32).reshape(40, 10)
    for options in ({}, OPTIONS.get(name, {})):
        model = Sequential([Input((10,)), layers.Activation(function.with_options(**options))])
        model.export(tmp_path / "model.onnx", verbose=False)
        y = computed(onnxruntime, tmp_path / "model.onnx", z)
        np.testing.assert_allclose(y, function(z, **options), rtol=2e-6, atol=1e-6)


def test_every_layer_has_a_form_or_is_refused_by_name():
    public = {name for name in layers.__all__ if isinstance(getattr(layers, name), type)}
    assert public - {"Layer", "InputLayer"} == set(onnx_export.LAYERS)
    assert {f.name for _, f in FUNCTIONS} == set(onnx_export.ACTIVATIONS)


def test_a_layer_of_ones_own_is_named(tmp_path):
    class Own(Dense):
        pass

    with pytest.raises(ValueError, match=r"can't hold layer 'own': Own has no form"):
        Sequential([Input((3,)), Own(2)]).export(tmp_path / "model.onnx")
    assert not list(tmp_path.iterdir())


def swing(x):
    return ops.tanh(3 * x)


@pytest.mark.parametrize(
    ("shape", "layer", "problem"),
    [
        ((3,), lambda: Dense(2, activation=swing), "can't hold the activation function 'swing'"),
        (
            (None, None, 3),
            lambda: layers.GroupNormalization(3, name="groups"),
            r"can't hold layer 'groups': it makes \(None, None, 3, 1\), of several open axes",
        ),
        (
            (3,),
            lambda: layers.Discretization(num_bins=3, name="bins"),
            "'bins' has no boundaries yet",
        ),
    ],
)
def test_layers_that_onnx_cannot_hold_are_named(shape, layer, problem, tmp_path):
    begin = Input(shape)
    with pytest.raises(ValueError, match=problem):
        Model(begin, layer()(begin)).export(tmp_path / "model.onnx", verbose=False)
    assert not list(tmp_path.iterdir())


def test_one_file_holds_weights_up_to_its_largest_size_less_a_megabyte(monkeypatch, tmp_path):
    model = Sequential([Input((3,)), Dense(2)])  # of 8 parameters, 4 bytes each
    monkeypatch.setattr(onnx_export, "_LARGEST", 2**20 + 32)
    model.export(tmp_path / "model.onnx", verbose=False)
    monkeypatch.setattr(onnx_export, "_LARGEST", 2**20 + 31)
    with pytest.raises(ValueError, match="over 2 GiB of weights"):
        model.export(tmp_path / "larger.onnx", verbose=False)
    assert [path.name for path in tmp_path.iterdir()] == ["model.onnx"]


def test_names_dtypes_and_any_batch(onnxruntime, tmp_path):
    stack = [Input((4,), name="features"), Dense(3, "relu"), Dense(2, "softmax", name="answer")]
    model = Sequential(stack, dtype="float64")
    model.export(tmp_path / "model.onnx", format="onnx")
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx")
    (argument,), (result,) = session.get_inputs(), session.get_outputs()
    assert (argument.name, argument.shape, argument.type) == ("features", ["batch", 4], "tensor(float)")
    assert (result.name, result.shape) == ("answer", ["batch", 2])
    for samples in (1, 7):
        x = np.ones((samples, 4), np.float32)
        np.testing.assert_allclose(session.run(None, {"features": x})[0], model.predict(x, verbose=0), 1e-6)


def test_what_cannot_be_exported(tmp_path):
    model = Sequential([Dense(2)])
    with pytest.raises(ValueError, match="isn't built"):
        model.export(tmp_path / "model.onnx")
    model.build((None, 3))
    for name, format in ("model", "tf_saved_model"), ("model.onnx", "tf_saved_model"), ("model", None):  # noqa: A001
        with pytest.raises(ValueError, match=rf"say export\('.*/model.onnx'\).*, format={format!r}$"):
            model.export(tmp_path / name, format=format)
    assert not [*tmp_path.iterdir()]
    model.export(tmp_path / "model", format="onnx", verbose=False)
    assert (tmp_path / "model").is_file()


def test_the_command_converts(onnxruntime, tmp_path, capsys):
    model = Sequential([Input((4,)), Dense(2, "softmax")])
    model.save(tmp_path / "model.h5")
    assert main(["convert", str(tmp_path / "model.h5"), str(tmp_path / "model.onnx")]) == 0
    assert "wrote" in capsys.readouterr().out
    x = np.ones((3, 4), np.float32)
    np.testing.assert_allclose(
        computed(onnxruntime, tmp_path / "model.onnx", x), model.predict(x, verbose=0), 1e-6
    )

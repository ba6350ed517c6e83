"""What older Kerases called and placed otherwise, made from a good file: names, shapes, groups, messages."""

import json
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from numpy_ann import constraints, initializers, layers, regularizers
from numpy_ann.errors import ModelFormatError
from numpy_ann.layers import Dense, Dropout, Input
from numpy_ann.models import Sequential, load_model, model_from_json
from numpy_ann.saving.containers.strict_json import ConfigValue
from tests.parts.files import read_layer
from tests.saving.files import (
    X,
    Y,
    dense,
    edit_config,
    edit_weights,
    good,
    members,
    read_config,
    repack,
    trained_model,
)


def predictions(path, **options):
    return load_model(path, **options).predict(X, verbose=0)


def expected():
    return trained_model().predict(X, verbose=0)


# ----------------------------------------------------------------------------------- Sequential as a list


def as_list(config):
    """Put the layers where Keras 2.2.2 has them, the shape into the first one."""
    first, *others = config["config"]["layers"]
    others[0]["config"]["batch_input_shape"] = first["config"]["batch_input_shape"]
    config["config"] = others


def test_a_sequential_may_be_a_list(tmp_path):
    path = edit_config(good(tmp_path / "m.h5"), as_list)
    model = load_model(path)
    np.testing.assert_array_equal(model.predict(X, verbose=0), expected())
    assert model.name == "sequential"
    assert model_from_json(read_config(path)).count_params() == model.count_params()


def test_without_a_shape_the_first_weights_say_it(tmp_path):
    model = Sequential([Input((3,)), Dense(4, activation="relu"), Dense(2)])
    model.save(path := tmp_path / "m.h5")

    def change(config):
        config["config"] = config["config"]["layers"][1:]

    edit_config(path, change)
    loaded = load_model(path)
    assert loaded.input_shape == (None, 3)
    np.testing.assert_array_equal(loaded.predict(X[:, 0, :3]), model.predict(X[:, 0, :3]))
    with pytest.raises(ModelFormatError, match="does not say the shape"):
        model_from_json(read_config(path))


def test_without_a_shape_weights_say_nothing_where_there_are_none(tmp_path):
    path = tmp_path / "m.h5"
    Sequential([Input((4,)), Dropout(0.5)]).save(path)

    def forget(config):
        config["config"] = config["config"]["layers"][1:]

    edit_config(path, forget)
    with pytest.raises(ModelFormatError, match="does not say the shape of the model's input"):
        load_model(path)


# ---------------------------------------------------------------------------------- JSON of Keras 1 and 2


def test_json_that_states_version_and_backend():
    root = json.loads(trained_model().to_json())
    text = json.dumps(
        {key: root[key] for key in ("class_name", "config")} | {"keras_version": "2.4.0", "backend": "x"}
    )
    assert model_from_json(text).count_params() == trained_model().count_params()


def test_an_error_in_json_names_the_version():
    entry = {"class_name": "GRU", "config": {"batch_input_shape": [None, 3]}}
    root = {"class_name": "Sequential", "config": [entry]}
    with pytest.raises(
        ModelFormatError, match=r"'GRU' is not supported.*\(The file states Keras 1\.0\.8\.\)"
    ):
        model_from_json(json.dumps({**root, "keras_version": "1.0.8"}))


@pytest.mark.parametrize("text", ["class_name: Sequential\nconfig: []\n", "backend: theano\nclass_name: x"])
def test_yaml_is_refused_by_name(text):
    with pytest.raises(ModelFormatError, match=r"YAML is not read.*to_json"):
        model_from_json(text)


# -------------------------------------------------------------------------------------- Keras 1's options

KERAS_1 = {
    "Dense": (
        {
            "output_dim": 4,
            "init": "he_normal",
            "activation": "tanh",
            "bias": True,
            "W_regularizer": {"name": "WeightRegularizer", "l1": 0.0, "l2": 0.5},
            "b_regularizer": {"name": "L1L2Regularizer", "l1": 0.25, "l2": 0.0},
            "activity_regularizer": {"name": "ActivityRegularizer", "l1": 0.0, "l2": 0.125},
            "W_constraint": {"name": "MaxNorm", "m": 2, "axis": 0},
            "b_constraint": {"name": "NonNeg"},
            "batch_input_shape": [None, 3],
            "input_dtype": "float32",
            "input_dim": 3,
        },
        layers.Dense(
            4,
            activation="tanh",
            kernel_initializer=initializers.VarianceScaling(2.0, "fan_in", "untruncated_normal"),
            kernel_regularizer=regularizers.L2(0.5),
            bias_regularizer=regularizers.L1(0.25),
            activity_regularizer=regularizers.L2(0.125),
            kernel_constraint=constraints.MaxNorm(2),
            bias_constraint=constraints.NonNeg(),
        ),
    ),
    "Dropout": ({"p": 0.25}, layers.Dropout(0.25)),
    "GaussianNoise": ({"sigma": 0.5}, layers.GaussianNoise(0.5)),
    "GaussianDropout": ({"p": 0.5}, layers.GaussianDropout(0.5)),
    "LeakyReLU": ({"alpha": 0.5}, layers.LeakyReLU(0.5)),
    "PReLU": ({"init": "zero"}, layers.PReLU()),
    "ELU": ({"alpha": 0.5}, layers.ELU(0.5)),
    "ThresholdedReLU": ({"theta": 0.5}, layers.ReLU(threshold=0.5)),
    "Activation": ({"activation": "softmax"}, layers.Activation("softmax")),
    "BatchNormalization": (
        {
            "epsilon": 0.001,
            "mode": 0,
            "axis": -1,
            "momentum": 0.5,
            "gamma_regularizer": None,
            "beta_regularizer": {"name": "WeightRegularizer", "l1": 0.5, "l2": 0.0},
        },
        layers.BatchNormalization(momentum=0.5, beta_regularizer=regularizers.L1(0.5)),
    ),
}


def read(kind, **config):
    entry = {"class_name": kind, "config": {"name": "x", "trainable": True, **config}}
    return read_layer(ConfigValue(entry, "layer"), (3,))


def plain(value):
    if hasattr(value, "get_config"):
        return {"class": type(value).__name__, **{k: plain(v) for k, v in value.get_config().items()}}
    return value


def without_l1_l2(config):
    """Return a configuration in which a penalty is its factors, whatever its class."""
    return {
        key: {"l1": 0.0, "l2": 0.0, **value, "class": "L1L2"} if "regularizer" in key and value else value
        for key, value in config.items()
        if key != "name"
    }


@pytest.mark.parametrize("kind", KERAS_1)
def test_the_options_of_keras_1(kind):
    config, layer = KERAS_1[kind]
    found, wanted = without_l1_l2(plain(read(kind, **config))), without_l1_l2(plain(layer))
    found.pop("dtype"), wanted.pop("dtype")
    assert found == wanted


@pytest.mark.parametrize(
    ("name", "initializer"),
    {
        "zero": initializers.Zeros(),
        "one": initializers.Ones(),
        "uniform": initializers.RandomUniform(-0.05, 0.05),
        "normal": initializers.RandomNormal(0.0, 0.05),
        "identity": initializers.Identity(),
        "orthogonal": initializers.Orthogonal(1.1),
        "glorot_uniform": initializers.GlorotUniform(),
        "he_uniform": initializers.HeUniform(),
        "lecun_uniform": initializers.LecunUniform(),
        "glorot_normal": initializers.VarianceScaling(1.0, "fan_avg", "untruncated_normal"),
    }.items(),
)
def test_the_initializers_of_keras_1(name, initializer):
    assert plain(read("Dense", output_dim=2, init=name).kernel_initializer) == plain(initializer)


@pytest.mark.parametrize(
    ("kind", "config", "problem"),
    [
        ("BatchNormalization", {"mode": 1}, "mode: 1 is not supported; only 0 is"),
        ("Dense", {"output_dim": 4, "units": 4}, "stands there twice"),
        (
            "Dense",
            {"output_dim": 4, "W_regularizer": {"name": "EigenvalueRegularizer", "k": 1}},
            "Eigenvalue",
        ),
        (
            "Dense",
            {"output_dim": 4, "W_regularizer": {"name": ["L1L2"]}},
            "expected a string, found an array",
        ),
        ("Dense", {"output_dim": 4, "init": "my_own"}, "'my_own' is not supported. Supported: glorot_normal"),
        ("Dense", {"output_dim": 4, "init": {"class_name": "Zeros"}}, "expected a string"),
        ("Dense", {"output_dim": 4, "W_constraint": {"name": "MaxNorm", "m": 1, "max_value": 2}}, "twice"),
        ("Dropout", {"p": 1.5}, "p: 1.5 is not between 0 and 1"),
        ("MaxoutDense", {"output_dim": 4, "nb_feature": 2}, "the layer 'MaxoutDense' is not supported"),
        (
            "Dense",
            {"units": 4, "kernel_initializer": {"class_name": "Zeros", "config": {"dtype": "int8"}}},
            "int8",
        ),
    ],
)
def test_what_has_another_meaning_is_refused(kind, config, problem):
    with pytest.raises(ModelFormatError, match=problem):
        read(kind, **config)


@pytest.mark.parametrize("kind", ["BatchNormalizationV1", "BatchNormalizationV2"])
def test_the_batch_normalization_of_tensorflow_1(kind):
    assert type(read(kind, axis=[1], momentum=0.5)) is layers.BatchNormalization


@pytest.mark.parametrize("dtype", ["float32", None])
def test_initializers_with_a_dtype(dtype, tmp_path):
    def change(config):
        for name in ("kernel_initializer", "bias_initializer"):
            dense(config)[name] = {"class_name": "Ones", "config": {"dtype": dtype}}

    path = edit_config(good(tmp_path / "m.h5"), change)
    np.testing.assert_array_equal(predictions(path), expected())


# --------------------------------------------------------------------------------------- one name, two things


def test_hard_sigmoid_means_what_it_meant_to_the_keras_that_wrote_it(tmp_path):
    model = Sequential([Input((3,)), Dense(4, activation="hard_sigmoid")])
    x = np.linspace(-4, 4, 30, dtype=np.float32).reshape(10, 3)
    z = x @ model.get_weights()[0]
    model.save(path := tmp_path / "m.h5")
    np.testing.assert_allclose(load_model(path).predict(x), np.clip(z / 6 + 0.5, 0, 1), atol=1e-6)

    with h5py.File(path, "r+") as root:  # as if Keras 2.15 had written it
        del root.attrs["numpy_ann"]
    loaded = load_model(path)
    np.testing.assert_allclose(loaded.predict(x), np.clip(0.2 * z + 0.5, 0, 1), atol=1e-6)
    with pytest.raises(ValueError, match=r"hard_sigmoid with \{'slope': 0.2\}"):
        loaded.save(tmp_path / "again.keras")

    y = loaded.layers[0].activation(np.array([-3.0, 0.0, 1.0, 4.0]))
    np.testing.assert_allclose(y, [0, 0.5, 0.7, 1])
    dz = loaded.layers[0].activation.backward(np.full(4, 10.0), y)
    np.testing.assert_allclose(dz, [0, 2, 2, 0])


# ----------------------------------------------------------------------------------- groups of .keras files

DEPENDENCIES = "_layer_checkpoint_dependencies"


def regrouped(path, container, separator="/", dense_1="dense_1"):
    """Put the layers' groups where another Keras has them."""

    def change(root):
        names = {"dense": "dense", "dense_1": dense_1, "dropout": "dropout", "flatten": "flatten"}
        for name, new in names.items():
            root.copy(f"layers/{name}", root, f"aside_{new}")
        del root["layers"]
        group = root.require_group(container) if separator == "/" else root
        for new in names.values():
            root.move(
                f"aside_{new}",
                f"{group.name}/{container}\\{new}" if separator != "/" else f"{container}/{new}",
            )

    return edit_weights(path, change)


@pytest.mark.parametrize("separator", ["/", "\\"], ids=["elsewhere", "Windows"])
@pytest.mark.parametrize(
    ("container", "second"),
    [("layers", "dense_1"), (DEPENDENCIES, "dense_1"), (DEPENDENCIES, "dense_2")],
    ids=["2.15", "2.14", "2.13"],
)
def test_the_groups_of_each_keras_2(container, second, separator, tmp_path):
    path = regrouped(good(tmp_path / "m.keras"), container, separator, second)
    np.testing.assert_array_equal(predictions(path), expected())
    model = trained_model(seed=1)
    model.load_weights(path)
    np.testing.assert_array_equal(model.predict(X, verbose=0), expected())


# ------------------------------------------------------------------------------------------------ messages


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_where_only_the_optimizer_cannot_be_read_the_cure_is_named(suffix, tmp_path):
    path = good(tmp_path / f"m{suffix}")
    if suffix == ".keras":
        edit_config(path, lambda c: c["compile_config"]["optimizer"].update(class_name="Adahessian"))
    else:
        with h5py.File(path, "r+") as root:
            root.attrs["training_config"] = root.attrs["training_config"].replace('"Adam"', '"Adahessian"')
    with pytest.raises(
        ModelFormatError,
        match=r"'Adahessian' is not supported.*compile=False.*\(The file states Keras [23]\.",
    ):
        load_model(path)
    np.testing.assert_array_equal(predictions(path, compile=False), expected())


def test_the_cure_is_not_named_where_it_is_none(tmp_path):
    path = edit_config(good(tmp_path / "m.keras"), lambda c: dense(c).update(activation="mysterious"))
    with pytest.raises(ModelFormatError) as caught:
        load_model(path)
    assert "compile=False" not in str(caught.value)


@pytest.mark.parametrize("version", ["\x1b[31mred", "3" * 33, "", "2.15.0\n"])
def test_a_version_that_is_none_is_not_shown(version, tmp_path):
    path = edit_config(good(tmp_path / "m.keras"), lambda c: dense(c).update(activation="mysterious"))
    content = members(path)
    metadata = json.loads(content["metadata.json"]) | {"keras_version": version}
    repack(path, {**content, "metadata.json": json.dumps(metadata).encode()})
    with pytest.raises(ModelFormatError) as caught:
        load_model(path)
    assert "states" not in str(caught.value)


# -------------------------------------------------------------------------------- weights that fit in part


def two(name, units, **options):
    return Sequential([Input((3,)), Dense(4, name="h"), Dense(units, name=name)], **options)


@pytest.fixture
def stored(tmp_path):
    """Return a model of the layers h and o, and the paths of its files."""
    model = two("o", 2)
    paths = {suffix: tmp_path / f"a{suffix}" for suffix in (".h5", ".keras", ".weights.h5")}
    model.save(paths[".h5"])
    model.save(paths[".keras"])
    model.save_weights(paths[".weights.h5"])
    return model, paths


def same(model, other):
    """Say for each weight whether the two models agree in it."""
    return [np.array_equal(a, b) for a, b in zip(model.get_weights(), other.get_weights(), strict=True)]


def test_by_name(stored):
    model, paths = stored
    other = two("p", 7)
    kept = other.get_weights()[2:]
    other.load_weights(paths[".h5"], by_name=True)
    assert same(model, other)[:2] == [True, True]
    assert all(map(np.array_equal, other.get_weights()[2:], kept))


def test_by_name_in_another_order(stored):
    model, paths = stored
    other = Sequential([Input((4,)), Dense(2, name="o"), Dense(4, name="new")])
    other.load_weights(paths[".h5"], by_name=True)
    np.testing.assert_array_equal(other.get_weights()[0], model.get_weights()[2])


def test_by_name_another_shape_is_an_error_and_changes_nothing(stored):
    _, paths = stored
    other = two("o", 7)
    before = other.get_weights()
    with pytest.raises(ModelFormatError, match=r"kernel:0: has the shape \(4, 2\)"):
        other.load_weights(paths[".h5"], by_name=True)
    assert all(map(np.array_equal, other.get_weights(), before))


@pytest.mark.parametrize("suffix", [".h5", ".keras", ".weights.h5"])
def test_skip_mismatch_leaves_alone_what_does_not_fit_and_says_so(suffix, stored):
    model, paths = stored
    other = two("o", 7)
    with pytest.warns(UserWarning, match=r"left alone: layer 'o'.*has the shape \(4, 2\).*\(4, 7\)"):
        other.load_weights(paths[suffix], skip_mismatch=True)
    assert same(model, other)[:2] == [True, True]


def test_skip_mismatch_takes_a_bias_that_fits_from_h5_and_the_whole_layer_or_none_from_the_others(tmp_path):
    """As Keras does it: there weight by weight, here layer by layer."""
    wide = Sequential([Input((5,)), Dense(4, name="h")])
    wide.set_weights([np.ones((5, 4)), np.ones(4)])
    for suffix, taken in ((".h5", True), (".keras", False)):
        wide.save(path := tmp_path / f"wide{suffix}")
        narrow = Sequential([Input((3,)), Dense(4, name="h")])
        with pytest.warns(UserWarning, match="left alone"):
            narrow.load_weights(path, skip_mismatch=True)
        assert np.array_equal(narrow.get_weights()[1], np.ones(4)) == taken


def test_skip_mismatch_by_name_of_another_number_of_weights(stored):
    _, paths = stored
    other = Sequential([Input((3,)), Dense(4, name="h", use_bias=False), Dense(2, name="o")])
    with pytest.raises(ModelFormatError, match="2 weights, but the configuration makes it 1"):
        other.load_weights(paths[".h5"], by_name=True)
    with pytest.warns(UserWarning, match="layer 'h': 2 weights"):
        other.load_weights(paths[".h5"], skip_mismatch=True, by_name=True)


def test_skip_mismatch_of_a_layer_that_is_not_there(stored):
    model, paths = stored
    longer = Sequential([Input((3,)), Dense(4), Dense(2), Dense(2)])
    with pytest.warns(UserWarning, match="there is no group 'dense_2'"):
        longer.load_weights(paths[".keras"], skip_mismatch=True)
    assert all(map(np.array_equal, longer.get_weights()[:4], model.get_weights()))


@pytest.mark.parametrize("suffix", [".keras", ".weights.h5"])
def test_files_without_names_are_not_read_by_name(suffix, stored):
    model, paths = stored
    with pytest.raises(ValueError, match=r"`by_name` only supports loading legacy"):
        model.load_weights(paths[suffix], by_name=True)


def test_skip_mismatch_does_not_excuse_nan(stored):
    model, paths = stored
    with h5py.File(paths[".h5"], "r+") as root:
        root["model_weights/h/h/bias:0"][0] = np.nan
    with pytest.raises(ModelFormatError, match=r"NaN or infinity.*allow_nonfinite=True"):
        model.load_weights(paths[".h5"], skip_mismatch=True)


def test_an_optimizer_that_does_not_fit_is_left_alone_too(tmp_path):
    model = trained_model()
    model.save_weights(path := tmp_path / "a.weights.h5")
    model.compile("sgd", "categorical_crossentropy")
    model.fit(X, Y, verbose=0)
    with pytest.raises(ModelFormatError, match="arrays of state"):
        model.load_weights(path)
    with pytest.warns(UserWarning, match="left alone: the optimizer's state"):
        model.load_weights(path, skip_mismatch=True)


def test_an_npz_is_refused_by_name(tmp_path):
    np.savez(path := tmp_path / "weights.npz", kernel=np.ones(3))
    with pytest.raises(ModelFormatError, match=r"arrays of NumPy \(\.npz\).*set_weights"):
        trained_model().load_weights(path)


# --------------------------------------------------------------------------------- what a user should be told


@pytest.mark.parametrize(("version", "told"), [("2.3.1", True), ("2.2.4-tf", False), ("2.15.0", False)])
def test_activity_penalties_were_summed_over_a_batch(version, told, tmp_path, recwarn):
    path = edit_config(
        good(tmp_path / "m.h5"),
        lambda c: dense(c).update(
            activity_regularizer={"class_name": "L1L2", "config": {"l1": 0.0, "l2": 0.1}}
        ),
    )
    with h5py.File(path, "r+") as root:
        root.attrs["keras_version"] = version
    load_model(path)
    assert [f"Keras {version} summed" in str(w.message) for w in recwarn] == [True] * told
    load_model(path, compile=False)
    assert len(recwarn) == told


@pytest.mark.parametrize(
    ("version", "by_name"), [("1.2.2", True), ("2.0.5", True), ("2.0.6", False), ("2.1.6", False)]
)
def test_a_state_in_the_order_of_names_goes_to_the_weights_of_those_names(version, by_name, tmp_path):
    """Keras 1 sorted the weights by name; here names and layers are ordered against each other."""
    model = Sequential([Input((3,)), Dense(3, name="z", use_bias=False), Dense(3, name="a", use_bias=False)])
    model.compile("adam", "mse")
    model.fit(X[:, 0, :3], Y, verbose=0)
    model.save(path := tmp_path / "m.h5")
    with h5py.File(path, "r+") as root:
        root.attrs["keras_version"] = version
    found = [np.array(m) for m in load_model(path).optimizer.slot_arrays("momentum")]
    wanted = [np.array(m) for m in model.optimizer.slot_arrays("momentum")]
    for m, other in zip(found, wanted[::-1] if by_name else wanted, strict=True):
        np.testing.assert_array_equal(m, other)
    if by_name:
        with h5py.File(path, "r+") as root:
            for layer in ("z", "a"):
                root[f"model_weights/{layer}"].move(f"{layer}/kernel:0", "param_0")
                root[f"model_weights/{layer}"].attrs["weight_names"] = [b"param_0"]
        with pytest.raises(ModelFormatError, match=r"two are the same.*compile=False"):
            load_model(path)


# ------------------------------------------------------------------- layers in the place of activations


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_layers_in_the_place_of_activations_are_read_and_written(suffix, tmp_path):
    functions = [layers.LeakyReLU(0.25), layers.ReLU(2.0, 0.1), layers.ELU(0.5), layers.Softmax(axis=1)]
    model = Sequential([Input((3,)), *(Dense(4, activation=function) for function in functions)])
    model.save(path := tmp_path / f"m{suffix}")
    loaded = load_model(path)
    for layer, function in zip(loaded.layers, functions, strict=True):
        made = function.as_activation()
        assert (layer.activation.name, layer.activation.options) == (made.name, made.options)
    np.testing.assert_array_equal(loaded.predict(X[:, 0, :3]), model.predict(X[:, 0, :3]))


@pytest.mark.parametrize(
    ("activation", "problem"),
    [
        ({"class_name": "PReLU", "config": {}}, "the activation 'PReLU' is not supported"),
        ({"class_name": "Dense", "config": {"units": 3}}, "the activation 'Dense' is not supported"),
        ({"class_name": "ReLU", "config": {"max_value": [1]}}, "expected a number"),
        ({"class_name": "ReLU", "config": {"max_value": -1}}, "is not between"),
        (
            {
                "class_name": "ReLU",
                "config": {"max_value": {"class_name": "__numpy__", "config": {"value": "x"}}},
            },
            "expected a number",
        ),
        ({"class_name": "LeakyReLU", "config": {"mine": 1}}, "this option is not supported"),
        ({"class_name": "function", "config": {"class_name": "ReLU"}}, "expected a string"),
        ({"config": {}}, "the key 'class_name' is missing"),
    ],
)
def test_what_is_no_activation_is_refused_by_name(activation, problem):
    with pytest.raises(ModelFormatError, match=problem):
        read("Dense", units=4, activation=activation)


def test_a_number_of_numpy_is_a_number():
    wrapped = {"class_name": "__numpy__", "config": {"value": 2.0, "dtype": "float32"}}
    assert read("ReLU", max_value=wrapped).max_value == 2.0


# ------------------------------------------------------------------------- what Keras puts elsewhere


def test_the_steps_that_keras_2_0_put_beside_the_groups(tmp_path):
    path = good(tmp_path / "m.h5")
    with h5py.File(path, "r+") as root:
        group = root["optimizer_weights"]
        names = [name.encode() for name in group.attrs["weight_names"][1:]]
        root["iterations"] = np.float32(7)
        group.attrs["weight_names"] = [b"/iterations", *names]
    assert load_model(path).optimizer.iterations == 7
    with h5py.File(path, "r+") as root:
        root.move("iterations", "mine")
        root["iterations"] = h5py.SoftLink("/mine")
    with pytest.raises(ModelFormatError, match="'iterations' is a link to elsewhere"):
        load_model(path)
    with h5py.File(path, "r+") as root:
        root["optimizer_weights"].attrs["weight_names"] = [b"/mine", *names]
    with pytest.raises(ModelFormatError, match="is not a path of names"):
        load_model(path)


FIRST = Path(__file__).parents[1] / "fixtures/keras_files/keras_2_12/first_normalization.zip.keras"


def normalization_first(path, change):
    """Write Keras 2.12's file, its weights changed."""
    content = members(FIRST)
    repack(path, content)
    return edit_weights(path, change)


def widest(root):
    del root[f"{DEPENDENCIES}/normalization/vars/0"]
    root.create_dataset(f"{DEPENDENCIES}/normalization/vars/0", (2**40,), "f4")


def linked(root):
    root[DEPENDENCIES].move("normalization", "elsewhere")
    root[f"{DEPENDENCIES}/normalization"] = h5py.SoftLink(f"/{DEPENDENCIES}/elsewhere")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda root: root.move(DEPENDENCIES, "mine"), "must have a known length"),
        (lambda root: root[DEPENDENCIES].move("normalization", "mine"), "must have a known length"),
        (widest, "is not between 1 and|numbers; at most"),
        (linked, "is a link to elsewhere"),
        (lambda root: root[f"{DEPENDENCIES}/normalization/vars"].pop("0"), "'0' is missing"),
    ],
    ids=["no layers", "no normalization", "widest", "linked", "no mean"],
)
def test_a_width_that_only_the_weights_state(change, problem, tmp_path):
    with pytest.raises(ModelFormatError, match=problem):
        load_model(normalization_first(tmp_path / "m.keras", change))


def test_a_width_that_compressed_weights_state_is_not_looked_for(tmp_path):
    """Where nothing says how large they may become, weights are taken as they are stored."""
    content = members(FIRST)
    with zipfile.ZipFile(path := tmp_path / "m.keras", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    with pytest.raises(ModelFormatError, match=r"model\.weights\.h5: .* bytes, where at most"):
        load_model(path)


# ------------------------------------------------------------------------------- by name, files made to harm


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        (["h", "../model_weights/h"], None),  # no layer of ours is called so: never looked up
        (["h", "h"], "stands twice"),
        (["h", "a\0b"], None),
        ([f"x{i}" for i in range(2000)], "holds 2000 names; at most"),
    ],
)
def test_by_name_only_known_names_are_looked_up(names, problem, stored):
    _, paths = stored
    with h5py.File(paths[".h5"], "r+") as root:
        del root["model_weights"].attrs["layer_names"]
        root["model_weights"].attrs["layer_names"] = np.array([name.encode() for name in names])
        root["away"] = h5py.ExternalLink("/etc/passwd", "/x")
    model = two("p", 7)
    if problem is None:
        model.load_weights(paths[".h5"], by_name=True)
    else:
        with pytest.raises(ModelFormatError, match=problem):
            model.load_weights(paths[".h5"], by_name=True)


@pytest.mark.parametrize("skip_mismatch", [False, True])
def test_by_name_a_linked_layer_is_refused(skip_mismatch, stored):
    _, paths = stored
    with h5py.File(paths[".h5"], "r+") as root:
        root["model_weights"].move("h", "elsewhere")
        root["model_weights/h"] = h5py.SoftLink("/model_weights/elsewhere")
    with pytest.raises(ModelFormatError, match="is a link to elsewhere"):
        two("p", 7).load_weights(paths[".h5"], by_name=True, skip_mismatch=skip_mismatch)


@pytest.mark.parametrize("by_name", [False, True])
def test_a_claimed_shape_is_passed_over_without_a_byte_read(by_name, stored):
    _, paths = stored
    with h5py.File(paths[".h5"], "r+") as root:
        del root["model_weights/h/h/kernel:0"]
        root["model_weights/h"].create_dataset("h/kernel:0", (2**20, 2**20), "f4")
    with pytest.warns(UserWarning, match=r"'h/kernel:0' has the shape \(1048576, 1048576\)"):
        two("o", 2).load_weights(paths[".h5"], by_name=by_name, skip_mismatch=True)

"""Classes and functions of one's own in files: those that the caller has handed over, and no others."""

import json
import os
import threading
import zipfile

import numpy as np
import pytest

from numpy_ann import activations, constraints, initializers, losses, metrics, ops, optimizers, regularizers
from numpy_ann import saving as keras_saving
from numpy_ann.errors import ModelFormatError
from numpy_ann.layers import Add, BatchNormalization, Dense, Dropout, Input, Lambda, Layer
from numpy_ann.models import Model, Sequential, clone_model, load_model, model_from_json
from numpy_ann.optimizers import schedules
from numpy_ann.saving import CustomObjectScope, register_keras_serializable

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(12, 3)).astype("float32"), RNG.normal(size=(12, 2)).astype("float32")


def smooth(x):
    return ops.sigmoid(2 * x) * x


def halves(shape, dtype=None):
    return np.full(shape, 0.5, dtype)


def squares(w):
    return 0.01 * ops.sum(ops.square(w))


def smaller(w):
    return 0.99 * w


def error(y_true, y_pred):
    return ops.mean(ops.abs(y_true - y_pred) ** 1.5, axis=-1)


def double(x):
    return 2 * x


class Quadratic(Layer):
    """Its weights are in no order that files have: what isn't trained comes last there."""

    def __init__(self, units, kernel_initializer="ones", **options):
        super().__init__(**options)
        self.units, self.fill = units, initializers.get(kernel_initializer)

    def build(self, input_shape):
        self.shift = self.add_weight((), "zeros", trainable=False, name="shift")
        self.a = self.add_weight((input_shape[-1], self.units), self.fill, name="a")

    def call(self, inputs):
        return ops.matmul(ops.square(inputs), self.a) + self.shift

    def get_config(self):
        return {**super().get_config(), "units": self.units, "kernel_initializer": self.fill}


class Block(Layer):
    """What it was made with stands under no attribute of that name."""

    def __init__(self, units, scale=1.0, **options):
        super().__init__(**options)
        self.first, self.factor = Dense(units, activation="tanh"), scale
        self.more = [Dense(units), BatchNormalization(), Dense(units)]

    def call(self, x, training=None):
        x = self.first(x)
        for layer in self.more:
            x = layer(x, training=training)
        return x * self.factor


class Wide(Dense):
    pass


class Small(Model):
    def __init__(self, units=4, **options):
        super().__init__(**options)
        self.hidden = Dense(units, activation=smooth)
        self.inner = Sequential([Dense(3), Dropout(0.1), Dense(2)])

    def call(self, x, training=None):
        return self.inner(self.hidden(x), training=training)


class Fill(initializers.Initializer):
    def __init__(self, value=0.5):
        self.value = value

    def __call__(self, shape, dtype=None):
        return np.full(shape, self.value, dtype)


class Heavier(regularizers.L2):
    def __call__(self, w):
        return 2 * super().__call__(w)


class Shrink(constraints.Constraint):
    def __call__(self, w):
        return 0.9 * w


class Error(losses.Loss):
    def __init__(self, power=2.0, **options):
        super().__init__(**options)
        self.power = power

    def call(self, y_true, y_pred):
        return ops.mean(ops.abs(y_true - y_pred) ** self.power, axis=-1)

    def get_config(self):
        return {**super().get_config(), "power": self.power}


class Gap(metrics.MeanMetric):
    def values(self, y_true, y_pred):
        return np.abs(y_true - y_pred).max(axis=-1)


class Falling(schedules.LearningRateSchedule):
    def __init__(self, begin=0.1):
        self.begin = begin

    def __call__(self, step):
        return self.begin / (1.0 + step)

    def get_config(self):
        return {"begin": self.begin}


class Slow(optimizers.SGD):
    pass


def chain(*layers):
    return lambda: Sequential([Input((3,)), *(layer() for layer in layers), Dense(2)], seed=1)


def graph():
    x = Input((3,))
    return Model(x, Add()([Quadratic(2)(x), Dense(2)(Small(3)(x))]))


class Counted(Sequential):
    """Its step is its own, and so is its constructor, which knows no dtype."""

    def __init__(self, layers=None, name=None):
        super().__init__(layers, name=name, seed=1)

    def train_step(self, data):
        return super().train_step(data) | {"steps": 1.0}


class Measured(Model):
    def train_step(self, data):
        return super().train_step(data)


class Made(Model):
    """Not made as its base class is, so files have it as that."""

    def __init__(self, units):
        x = Input((3,))
        super().__init__(x, Dense(units)(x))


def measured():
    x = Input((3,))
    inner = Counted([Input((3,)), Dense(4)], name="inner")
    return Measured(x, Add()([Dense(2)(inner(x)), Dense(2)(x)]))


MODELS = {
    "a chain's class": (lambda: Counted([Input((3,)), Dense(4), Dense(2)]), [Counted]),
    "a graph's class, and a chain's in it": (measured, [Measured, Counted]),
    "a layer": (chain(lambda: Quadratic(4, Fill(0.3))), [Quadratic, Fill]),
    "its function": (chain(lambda: Quadratic(4, halves)), [Quadratic, halves]),
    "a composite": (chain(lambda: Block(3, scale=0.5)), [Block]),
    "of a class of ours": (chain(lambda: Wide(3, activation=smooth)), [Wide, smooth]),
    "a Lambda": (chain(lambda: Lambda(double)), [double]),
    "parts of a Dense": (
        chain(lambda: Dense(4, smooth, True, Fill(), halves, Heavier(), squares, None, Shrink(), smaller)),
        [smooth, Fill, halves, Heavier, squares, Shrink, smaller],
    ),
    "a model": (lambda: Small(5, seed=1), [Small]),
    "a graph": (graph, [Quadratic, Small]),
}
COMPILED = {
    "functions": (lambda: ("adam", error, None, [error]), [error]),
    "classes": (
        lambda: (Slow(Falling(), momentum=0.9), Error(1.5), None, [Gap(name="gap")]),
        [Slow, Falling, Error, Gap],
    ),
}


def by_name(things):
    return {thing.__name__: thing for thing in things}


def trained(make, *compiled):
    model = make()
    model.compile(*(compiled or ("adam", "mse")))
    model.fit(X, Y, batch_size=4, verbose=0)
    return model


def check_same(found, model):
    np.testing.assert_array_equal(found.predict(X, verbose=0), model.predict(X, verbose=0))
    histories = [m.fit(X, Y, batch_size=4, epochs=2, verbose=0).history for m in (found, model)]
    assert histories[0] == histories[1]


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize("name", MODELS)
def test_models_go_on_from_their_files(name, suffix, tmp_path):
    make, own = MODELS[name]
    if name == "a model" and suffix == ".h5":
        with pytest.raises(ValueError, match=r"An .h5 file can't hold the `call` of Small"):
            trained(make).save(tmp_path / "m.h5")
        return
    model, path = trained(make), tmp_path / f"m{suffix}"
    model.save(path)
    for missing in own:
        with pytest.raises(ModelFormatError, match=missing.__name__):
            load_model(path, by_name(set(own) - {missing}))
    check_same(load_model(path, by_name(own)), model)


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize("name", COMPILED)
def test_what_is_compiled_goes_on_too(name, suffix, tmp_path):
    arguments, own = COMPILED[name]
    model, path = trained(chain(), *arguments()), tmp_path / f"m{suffix}"
    model.save(path)
    for missing in own:
        with pytest.raises(ModelFormatError, match=missing.__name__):
            load_model(path, by_name(set(own) - {missing}))
    assert not load_model(path, compile=False).compiled
    check_same(load_model(path, by_name(own)), model)


@pytest.mark.parametrize("name", MODELS)
def test_models_are_made_anew_of_json_and_as_clones(name, tmp_path):
    make, own = MODELS[name]
    model = trained(make)
    with CustomObjectScope(by_name(own)):
        others = [model_from_json(model.to_json())]
    if Counted not in own:  # whose clone, and so its group of weights, is a Sequential's
        others.append(clone_model(model))
    if name != "a model":
        others.append(type(model).from_config(model.get_config(), by_name(own)))
    model.save_weights(tmp_path / "m.weights.h5")
    for other in others:
        other.load_weights(tmp_path / "m.weights.h5")
        np.testing.assert_array_equal(other.predict(X, verbose=0), model.predict(X, verbose=0))


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_classes_of_models_are_kept_by_files_clones_and_configurations(suffix, tmp_path):
    for name in ("a chain's class", "a graph's class, and a chain's in it"):
        make, own = MODELS[name]
        model, path = trained(make), tmp_path / f"{suffix.strip('.')}{suffix}"
        model.save(path)
        found = load_model(path, by_name(own))
        assert type(found) is type(model) is type(type(model).from_config(model.get_config(), by_name(own)))
        assert [type(layer) for layer in found.layers] == [type(layer) for layer in model.layers]
        # As in Keras, of which a chain's clone is a Sequential.
        assert type(clone_model(model)) is {Counted: Sequential, Measured: Measured}[type(model)]
        with pytest.raises(ModelFormatError, match=r"model class '(Counted|Measured)' is not supported"):
            load_model(path)
        with pytest.raises(ModelFormatError, match=r"Made was handed over|group .made. is missing"):
            load_model(path, {"Counted": Made, "Measured": Made if type(model) is Counted else Measured})
    model = trained(lambda: Made(2))
    model.save(tmp_path / f"made{suffix}")
    assert type(load_model(tmp_path / f"made{suffix}")) is Model


@pytest.fixture
def registered():
    """Register the classes as Keras' file in the test has them; forget them afterwards."""
    names = keras_saving.get_custom_objects()
    before = dict(names)
    for thing in (Quadratic, Fill, smooth):
        register_keras_serializable("lesson")(thing)
    yield
    names.clear()
    names.update(before)
    for thing in (Quadratic, Fill, smooth):
        keras_saving.register_keras_serializable.__globals__["_names"].pop(thing)


def test_registered_classes_stand_in_files_as_keras_has_them(registered, tmp_path):
    model = trained(chain(lambda: Quadratic(4, Fill(0.25), name="q"), lambda: Dense(2, activation=smooth)))
    model.save(tmp_path / "m.keras")
    config = json.loads(zipfile.ZipFile(tmp_path / "m.keras").read("config.json"))
    _, own, dense, _ = config["config"]["layers"]
    # The words that Keras 3.15.1 writes for these.
    assert (own["module"], own["class_name"], own["registered_name"]) == (
        None,
        "Quadratic",
        "lesson>Quadratic",
    )
    assert own["config"]["kernel_initializer"] == {
        "module": None, "class_name": "Fill", "config": {"value": 0.25}, "registered_name": "lesson>Fill",
    }  # fmt: skip
    assert dense["config"]["activation"] == {
        "module": "builtins", "class_name": "function",
        "config": "lesson>smooth", "registered_name": "function",
    }  # fmt: skip
    check_same(load_model(tmp_path / "m.keras"), model)
    # Of a class without get_config, Keras writes what it was made with, and more.
    auto = {"name": "b", "activity_regularizer": None, "trainable": True, "units": 3, "autocast": True}
    entry = {"module": None, "class_name": "Block", "config": auto, "registered_name": "Block"}
    block = keras_saving.deserialize_keras_object(entry, {"Block": Block})
    assert (block.name, block.first.units, block.get_config()["units"]) == ("b", 3, 3)


def test_scopes():
    assert keras_saving.get_registered_object("mine") is None
    with CustomObjectScope({"mine": smooth, "Fill": Fill}), CustomObjectScope({"mine": double}):
        assert activations.get("mine")(np.array([3.0])) == 6
        assert isinstance(initializers.get("Fill"), Fill)
        found = []
        thread = threading.Thread(target=lambda: found.append(keras_saving.get_registered_object("mine")))
        thread.start()
        thread.join()
        assert found == [None]
    with pytest.raises(ValueError, match=r"Did you mean|identifier: 'mine'"):
        activations.get("mine")
    with pytest.raises(ValueError, match="needs a get_config"):
        register_keras_serializable()(type("Bare", (), {}))
    with pytest.raises(ValueError, match="custom_objects is a dictionary"):
        CustomObjectScope([smooth])


@pytest.mark.parametrize(
    "thing",
    [Dense(3, name="d"), losses.Huber(2.0), initializers.HeNormal(1), optimizers.Adam(0.25), np.arange(3.0)],
    ids=lambda thing: type(thing).__name__,
)  # fmt: skip
def test_objects_there_and_back(thing):
    written = keras_saving.serialize_keras_object(thing)
    again = keras_saving.deserialize_keras_object(json.loads(json.dumps(written)))
    assert type(again) is type(thing)
    assert keras_saving.serialize_keras_object(again) == written


class Holder(Layer):
    """Whose configuration holds whatever it is given."""

    def __init__(self, held=None, **options):
        super().__init__(**options)
        self.held = held

    def call(self, x):
        return x

    def get_config(self):
        return {**super().get_config(), "held": self.held}


@pytest.mark.parametrize(
    ("held", "written"),
    [
        (np.float32(0.5), 0.5),
        (np.dtype("int32"), "int32"),
        (activations.relu, "relu"),
        (activations.elu.with_options(alpha=0.5), ("ELU", {"alpha": 0.5})),
        ((1, [np.int64(2)]), [1, [2]]),
    ],
    ids=str,
)
def test_options_of_ones_own_stand_in_files_as_plain_data(held, written):
    found = keras_saving.serialize_keras_object(Holder(held))["config"]["held"]
    if isinstance(written, tuple):
        assert (found["class_name"], found["config"]["alpha"]) == (written[0], written[1]["alpha"])
    else:
        assert found == written
        assert type(found) is type(written)


def test_options_that_no_layer_of_keras_stands_for_are_refused():
    function = activations.squareplus.with_options(b=2.0)
    with pytest.raises(ValueError, match=r"options of its own: held is squareplus with \{'b': 2.0\}"):
        keras_saving.serialize_keras_object(Holder(function))


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (AttributeError("none"), "Made can't be made of what the file says: none"),
        (KeyError("a"), "Made can't be made of what the file says: 'a'"),
        (TypeError("kind"), "Made can't be made of what the file says: kind"),
        (ValueError("value"), "Made can't be made of what the file says: value"),
        (None, r"Made.from_config returned 3"),
    ],
)
def test_what_from_config_of_ones_own_says_against_a_file_is_told_with_its_place(error, problem):
    class Made(Layer):
        @classmethod
        def from_config(cls, config):
            if error is None:
                return 3
            raise error

    entry = {"class_name": "Made", "config": {"name": "m"}}
    with pytest.raises(ModelFormatError, match=problem):
        keras_saving.deserialize_keras_object(entry, {"Made": Made})


# ------------------------------------------------------------------------------------------------ hostile


def entry_of(name, **options):
    return {"module": "os", "class_name": name, "config": options, "registered_name": name}


CALLED = []


class Recorded:
    """Neither layer nor loss: making one is seen."""

    def __init__(self, **options):
        CALLED.append(options)

    def get_config(self):
        return {}

    @classmethod
    def from_config(cls, config):
        CALLED.append(config)


def recorded(*args, **options):
    CALLED.append(args)


HANDED = {"Recorded": Recorded, "recorded": recorded, "smooth": smooth, "Fill": Fill, "Error": Error}


@pytest.mark.parametrize(
    "name", ["system", "os.system", "Recorded", "recorded", "smooth", "Fill", "Error", "eval"]
)
@pytest.mark.parametrize(
    "place", ["layer", "model", "initializer", "loss", "metric", "optimizer", "activation"]
)
def test_a_name_is_used_only_where_its_kind_belongs(place, name, tmp_path, monkeypatch):
    """Whatever a file names, nothing runs but classes of the kind, and functions where those may stand."""
    monkeypatch.setattr(os, "system", recorded)
    CALLED.clear()
    path = tmp_path / "m.keras"
    trained(chain()).save(path)
    with zipfile.ZipFile(path) as archive:
        members = {member: archive.read(member) for member in archive.namelist()}
    config = json.loads(members["config.json"])
    dense = config["config"]["layers"][1]["config"]
    entry = entry_of(name)
    match place:
        case "layer":
            config["config"]["layers"].insert(1, entry)
        case "model":
            config = entry | {"build_config": {"input_shape": [None, 3]}}
        case "initializer":
            dense["kernel_initializer"] = entry
        case "activation":
            dense["activation"] = entry
        case "metric":
            config["compile_config"]["metrics"] = [entry]
        case _:
            config["compile_config"][place] = entry
    with zipfile.ZipFile(path, "w") as archive:
        for member, data in members.items():
            archive.writestr(member, json.dumps(config) if member == "config.json" else data)
    functions = ("smooth", "recorded") if place in ("initializer", "loss", "metric", "activation") else ()
    kinds = {"initializer": ("Fill",), "loss": ("Error",)}
    if name in (*functions, *kinds.get(place, ())):
        load_model(path, HANDED)
    else:
        with pytest.raises(ModelFormatError):
            load_model(path, HANDED, safe_mode=False)
        with pytest.raises(ModelFormatError):
            load_model(path)
    assert not CALLED


@pytest.mark.parametrize("safe_mode", [True, False])
def test_code_is_never_run(safe_mode):
    code = {
        "class_name": "__lambda__",
        "config": {"value": "4wEAAAAAAAAA", "defaults": None, "closure": None},
    }
    layer = {"module": "keras.layers", "class_name": "Lambda", "config": {"name": "f", "function": code}}
    for config in (code, layer, {"a": [layer]}):
        with pytest.raises(ModelFormatError, match=r"Lambda|no class '__lambda__' here"):
            keras_saving.deserialize_keras_object(config, safe_mode=safe_mode)


@pytest.mark.parametrize(
    "function", [{"class_name": "__lambda__", "config": {"value": "4wEA"}}, ["4wEA", None, None]]
)
def test_a_lambda_of_code_is_handed_over_under_the_name_of_its_layer(function):
    entry = {"class_name": "Lambda", "config": {"name": "f", "function": function, "function_type": "lambda"}}
    begin = {"class_name": "InputLayer", "config": {"batch_shape": [None, 3], "name": "x"}}
    text = json.dumps({"class_name": "Sequential", "config": {"name": "s", "layers": [begin, entry]}})
    with pytest.raises(ModelFormatError, match="function of a 'Lambda'"):
        model_from_json(text)
    model = model_from_json(text, {"f": double})
    np.testing.assert_array_equal(model.predict(X, verbose=0), 2 * X)


def test_sizes_in_options_of_ones_own_are_not_trusted():
    begin = {"class_name": "InputLayer", "config": {"batch_shape": [None, 3], "name": "x"}}
    for cls in (Quadratic, Block):
        entry = {"class_name": cls.__name__, "config": {"name": "q", "units": 2**40}}
        text = json.dumps({"class_name": "Sequential", "config": {"name": "s", "layers": [begin, entry]}})
        with pytest.raises(ModelFormatError, match="parameters up to here"):
            model_from_json(text, by_name([cls]))


class Deep(Layer):
    def build(self, input_shape):
        self.w = self.add_weight((input_shape[2],))

    def call(self, x):
        return x * self.w


def test_a_layer_of_ones_own_that_needs_more_axes_than_there_are_is_refused_in_its_place():
    def read(*shape):
        begin = {"class_name": "InputLayer", "config": {"batch_shape": [None, *shape], "name": "x"}}
        entry = {"class_name": "Deep", "config": {"name": "deep"}}
        config = {"class_name": "Sequential", "config": {"name": "s", "layers": [begin, entry]}}
        return model_from_json(json.dumps(config), {"Deep": Deep})

    assert read(2, 3).weights[0].shape == (3,)
    with pytest.raises(ModelFormatError, match=r"layers\[1\] \('deep'\): tuple index out of range"):
        read(2)


@pytest.mark.parametrize("reads", [1, 2])
def test_a_model_of_ones_own_in_a_graph_takes_one_input(reads):
    layers = [
        {"class_name": "InputLayer", "config": {"batch_shape": [None, 3], "name": name}, "name": name}
        for name in "ab"[:reads]
    ]
    ends = [[layer["name"], 0, 0] for layer in layers]
    nodes = [[[*end, {}] for end in ends]]
    own = {"class_name": "Small", "config": {"name": "own"}, "name": "own", "inbound_nodes": nodes}
    config = {"name": "g", "layers": [*({**one, "inbound_nodes": []} for one in layers), own]}
    config |= {"input_layers": ends, "output_layers": [["own", 0, 0]]}
    text = json.dumps({"class_name": "Functional", "config": config})
    if reads == 1:
        assert model_from_json(text, {"Small": Small}).output_shape == (None, 2)
    else:
        with pytest.raises(ModelFormatError, match=r"\('own'\): the model takes 2 inputs; it can take one"):
            model_from_json(text, {"Small": Small})


def test_a_metric_that_nobody_hands_over_is_refused_with_the_cure(tmp_path) -> None:
    def bias(y_true, y_pred):
        return y_pred - y_true

    model = Sequential([Input((2,)), Dense(1)])
    model.compile("sgd", "mse", metrics=[bias])
    model.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0)
    model.save(tmp_path / "own.keras")
    with pytest.raises(ModelFormatError, match=r"'bias'.*custom_objects=\{name: it\}\. With compile=False"):
        load_model(tmp_path / "own.keras")
    found = load_model(tmp_path / "own.keras", custom_objects={"bias": bias})
    assert found.metrics_names == ["loss", "bias"]

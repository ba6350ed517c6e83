import copy
import gc
import pickle
import re
import weakref

import numpy as np
import pytest

import numpy_ann.layers
from numpy_ann.layers import Activation, Concatenate, Dense, Dropout, Input, ReLU, Softmax
from numpy_ann.lookup import clear_session
from numpy_ann.models import Model, Sequential
from tests.fixtures.summaries.cases import tutorial
from tests.support import OF_KERAS_2
from tests.training.problems import blobs, classifier, equal_weights


def test_the_tutorials_model_has_keras_names_shapes_and_parameters():
    model = tutorial(Sequential, numpy_ann.layers)
    assert [layer.name for layer in model.layers] == [
        *("flatten", "dense", "dropout", "dense_1", "dropout_1", "dense_2")
    ]
    assert model.count_params() == 109_386
    assert [layer.count_params() for layer in model.layers] == [0, 100_480, 0, 8_256, 0, 650]
    assert model.input_shape == (None, 28, 28)
    assert model.output_shape == (None, 10)
    assert [w.shape for w in model.get_weights()] == [(784, 128), (128,), (128, 64), (64,), (64, 10), (10,)]
    for kernel, bias in zip(model.get_weights()[::2], model.get_weights()[1::2], strict=True):
        limit = np.sqrt(6 / sum(kernel.shape))
        assert 0.9 * limit < np.abs(kernel).max() <= limit
        assert not bias.any()


def test_all_parameters_are_views_into_one_vector():
    model = classifier()
    model.theta[:] = np.arange(67)
    assert [w.ravel()[0] for w in model.get_weights()] == [0, 32, 40, 64]
    model.fit(*blobs()[:2], verbose=0)
    assert all(np.shares_memory(p.value, model.theta) for p in model.parameters)
    assert all(np.shares_memory(p.grad, model.gradient) for p in model.parameters)


@pytest.mark.parametrize(
    "first",
    [
        lambda: [Input(shape=(4,)), Dense(3)],
        lambda: [Dense(3, input_shape=(4,))],
        lambda: [Dense(3, input_dim=4)],
    ],
)
@OF_KERAS_2
def test_a_model_that_knows_its_input_is_built_at_once(first):
    model = Sequential(first())
    assert model.built
    assert model.count_params() == 15


def test_a_model_that_does_not_is_built_by_build_or_by_the_first_data():
    x, y, _ = blobs()
    built, fitted = Sequential([Dense(3, activation="softmax")]), Sequential([Dense(3, activation="softmax")])
    assert not built.built
    for asked in ("count_params", "output_shape", "input_shape"):
        with pytest.raises(
            ValueError, match=rf"call `{asked}` on model 'sequential', but the model isn't built"
        ):
            getattr(built, asked)() if asked == "count_params" else getattr(built, asked)
    built.build((None, 4))
    built.build((None, 4))
    built.build()
    fitted.compile("adam", "categorical_crossentropy")
    fitted.fit(x, y, verbose=0)
    assert built.count_params() == fitted.count_params() == 15


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Sequential([Dense(3)]).build(), r"input shape is unknown.*build\(\(None, 784\)\)"),
        (lambda: Sequential([Dense(3)]).build((None, None)), r"makes a weight of shape \(None, 3\)"),
        (lambda: classifier().build((None, 5)), r"built for \(None, 4\), not \(None, 5\)"),
        (lambda: Sequential().build((None, 5)), "The model has no layers"),
        (lambda: Sequential([Input(shape=(4,))]).predict(np.ones((1, 4))), "The model has no layers"),
        (lambda: Sequential([Input(shape=()), Dense(3)]), "at least two axes"),
        (lambda: Sequential([Dense(3), Input(shape=(4,))]), "An Input comes first and once"),
        (lambda: Sequential([Input(shape=(4,)), Input(shape=(4,))]), "An Input comes first and once"),
        (
            lambda: Sequential([Dense(3, name="a"), Dense(3, name="a")]),
            "unique names, but 'a' is there twice",
        ),
        (lambda: Sequential([Input(shape=(4,)), Dense(3, dtype="float64")]), r'dtype="float64"\)'),
        (lambda: Sequential(dtype="float16"), '"float32" or "float64".*float16'),
        (lambda: Sequential(seed=-1), "integer of 0 or more"),
    ],
)
def test_models_that_cannot_be_are_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (Dense, r"Did you mean Dense\(\.\.\.\)\?"),
        ("Dense", "made of layers. Received: 'Dense'"),
        (None, "None"),
    ],
)
def test_only_layers_can_be_added(layer, message):
    with pytest.raises(TypeError, match=message):
        Sequential([layer])


def _two_in():
    a, b = Input((2,)), Input((3,))
    return Model([a, b], Concatenate()([a, b]), name="m")


def _two_out():
    x = Input((3,))
    return Model(x, [Dense(2)(x), Dense(3)(x)], name="m")


@pytest.mark.parametrize(("make", "ends"), [(_two_in, "2 inputs and 1"), (_two_out, "1 inputs and 2")])
def test_models_of_several_ends_have_no_place_in_a_chain(make, ends):
    with pytest.raises(ValueError, match=f"Model 'm' has {ends} outputs, and so has no place in a chain"):
        Sequential([Input((3,)), make()])


def test_layers_of_a_chain_have_its_symbolic_tensors():
    model = Sequential([Input((3,)), Dense(4), Dense(2)])
    ends = [(layer.input.shape, layer.output.shape) for layer in model.layers]
    assert ends == [((None, 3), (None, 4)), ((None, 4), (None, 2))]
    first = Model(model.inputs, model.layers[0].output)
    np.testing.assert_allclose(
        first.predict(np.ones((1, 3)), verbose=0), [model.get_weights()[0].sum(axis=0)]
    )
    alone = Dense(2)
    for end in ("input", "output"):
        with pytest.raises(AttributeError, match=f"isn't built and thus has no defined {end}"):
            getattr(alone, end)
    alone.build((None, 3))
    assert (alone.input.shape, alone.output.shape) == ((None, 3), (None, 2))


def test_pop_of_a_model_with_a_model_in_it():
    inner = Sequential([Input((3,)), Dense(4)])
    model = Sequential([Input((3,)), inner, Dense(5), Dense(2)])
    weights = model.get_weights()
    model.pop()
    assert model.output_shape == (None, 5)
    y = model.predict(np.ones((2, 3)), verbose=0)
    np.testing.assert_allclose(y, np.ones((2, 3)) @ weights[0] @ weights[2], rtol=1e-5)
    model.pop()
    assert model.predict(np.ones((2, 3)), verbose=0).shape == (2, 4)


def test_a_layer_has_one_place():
    layer = Dense(4)
    with pytest.raises(ValueError, match="'dense' is in this model already"):
        Sequential([layer, layer])


def test_a_layer_that_does_not_fit_leaves_the_model_as_it_was():
    x, _, _ = blobs()
    model = classifier()
    with pytest.raises(ValueError, match="computes in float64"):
        model.add(Dense(2, dtype="float64"))
    assert len(model.layers) == 3
    assert model.predict(x, verbose=0).shape == (70, 3)
    model.add(Dense(2))
    assert model.predict(x, verbose=0).shape == (70, 2)


def test_names_are_numbered_by_class_and_go_round_those_given():
    model = Sequential([Dense(2), Dense(2, name="dense_1"), Dense(2), ReLU(), Softmax(), ReLU()])
    assert [layer.name for layer in model.layers] == [
        "dense",
        "dense_1",
        "dense_2",
        "re_lu",
        "softmax",
        "re_lu_1",
    ]


def test_adding_after_build_and_training_keeps_what_was_learnt():
    x, y, _ = blobs()
    model = classifier()
    model.fit(x, y, verbose=0)
    before = model.get_weights()
    model.add(Dense(3, activation="softmax"))
    assert equal_weights(model.get_weights()[:4], before)
    model.compile("adam", "categorical_crossentropy")
    model.fit(x, y, verbose=0)
    changed = [not np.array_equal(a, b) for a, b in zip(before, model.get_weights()[:4], strict=True)]
    assert all(changed)


def test_layers_are_found_by_name_and_by_index():
    model = classifier()
    assert model.get_layer("dropout") is model.get_layer(index=1) is model.layers[1]
    assert model.get_layer(index=-1) is model.layers[-1]
    for arguments, message in (
        ({"name": "dens"}, r"No such layer: dens. Existing layers are: \['dense', 'dropout', 'dense_1'\]"),
        ({"index": 3}, "no layer 3: the model has 3 layers"),
        ({}, "a name or an index"),
        ({"name": "dense", "index": 0}, "a name or an index"),
    ):
        with pytest.raises(ValueError, match=message):
            model.get_layer(**arguments)


def test_weights_are_copies_both_ways():
    model, other = classifier(seed=1), classifier(seed=2)
    weights = model.get_weights()
    other.set_weights(weights)
    assert equal_weights(model, other)
    weights[0][:] = 7
    assert not (model.get_weights()[0] == 7).any()
    assert not (other.get_weights()[0] == 7).any()


def test_weights_that_do_not_fit_change_nothing():
    model = classifier()
    before = model.get_weights()
    shapes = [(4, 8), (8,), (8, 3), (3,)]
    for weights in ([np.ones((4, 8))], [np.ones(s) for s in [*shapes[:3], (4,)]], []):
        with pytest.raises(ValueError, match=re.escape(f"shapes {shapes}, but set_weights() received")):
            model.set_weights(weights)
    assert equal_weights(model, before)
    with pytest.raises(ValueError, match="isn't built"):
        Sequential([Dense(3)]).set_weights([])


def test_layers_shared_with_a_second_model_train_in_both():
    x, y, _ = blobs()
    model, alone = classifier(dropout=None), classifier(dropout=None)
    model.fit(x, y, verbose=0)
    alone.fit(x, y, verbose=0)
    features = Sequential(model.layers[:-1])  # the same layers, under another model's vector
    assert features.predict(x, verbose=0).shape == (70, 8)
    assert model.fit(x, y, epochs=2, verbose=0).history == alone.fit(x, y, epochs=2, verbose=0).history
    assert equal_weights(model, alone)
    hidden = np.maximum(x @ model.get_weights()[0] + model.get_weights()[1], 0)
    np.testing.assert_allclose(features.predict(x, verbose=0), hidden, atol=1e-6)

    # Training the second model changes the layers that it shares, for both.
    second = Sequential([*model.layers[:-1], Dense(3, activation="softmax", name="new_head")], seed=4)
    second.compile("sgd", "categorical_crossentropy")
    shared, own = model.get_weights()[:2], model.get_weights()[2:]
    second.fit(x, y, verbose=0)
    assert equal_weights(model.get_weights()[:2], second.get_weights()[:2])
    assert not equal_weights(model.get_weights()[:2], shared)
    assert equal_weights(model.get_weights()[2:], own)
    model.set_weights([np.zeros_like(w) for w in model.get_weights()])
    assert not second.get_weights()[0].any()


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])  # noqa: S301
@pytest.mark.parametrize("trained", [True, False])
def test_a_copy_goes_on_as_the_original_would_and_on_its_own(duplicate, trained):
    x, y, _ = blobs()
    model = classifier()
    if trained:
        model.fit(x, y, epochs=2, verbose=0)
    twin = duplicate(model)
    assert equal_weights(model, twin)
    assert all(np.shares_memory(p.value, twin.theta) for p in twin.parameters)
    before = model.get_weights()
    history = twin.fit(x, y, epochs=2, verbose=0).history
    assert equal_weights(model, before)  # untouched
    assert model.fit(x, y, epochs=2, verbose=0).history == history
    assert equal_weights(model, twin)


def test_a_copied_models_softmax_and_loss_are_still_fused():
    # The true class has probability 0: only the fused form knows that the loss is 200, not -log 1e-7 = 16.1.
    model = Sequential([Input(shape=(1,)), Dense(2, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.set_weights([np.array([[0.0, 200.0]]), np.zeros(2)])
    for twin in (model, copy.deepcopy(model), pickle.loads(pickle.dumps(model))):  # noqa: S301
        assert twin.evaluate(np.ones((1, 1)), np.array([0]), verbose=0) == 200.0


def test_calling_the_model_with_training_drops():
    model = Sequential([Input(shape=(1000,)), Dropout(0.5)], seed=0)
    x = np.ones((1, 1000), np.float32)
    np.testing.assert_array_equal(model(x), x)
    assert sorted(np.unique(model(x, training=True)).tolist()) == [0.0, 2.0]


def test_a_float64_model_computes_in_float64():
    x, y, _ = blobs()
    single, double = classifier(), classifier(dtype="float64")
    assert double.predict(x, verbose=0).dtype == np.float64
    double.set_weights(single.get_weights())
    np.testing.assert_allclose(single.predict(x, verbose=0), double.predict(x, verbose=0), atol=1e-6)
    double.fit(x, y, verbose=0)
    assert {w.dtype for w in double.get_weights()} == {np.dtype(np.float64)}


def test_repr_says_what_it_is():
    assert repr(Sequential([Activation("relu")], name="mine")) == "<Sequential name=mine, built=False>"


def test_a_layer_with_weights_is_never_rebuilt_for_another_shape():
    x, y, _ = blobs()
    model = classifier(dropout=None)
    model.fit(x, y, verbose=0)
    before, dense = model.get_weights(), model.layers[0]
    other = Sequential([Input(shape=(7,))])
    with pytest.raises(ValueError, match=r"'dense' has weights for inputs of shape \(4,\), .* shape \(7,\)"):
        other.add(dense)
    assert other.layers == []
    with pytest.raises(ValueError, match=r"shape \(4,\), .* shape \(7,\)"):
        Sequential([Input(shape=(7,)), dense])
    deferred = Sequential([Dense(5, name="new"), dense])
    with pytest.raises(ValueError, match=r"shape \(4,\), .* shape \(5,\)"):
        deferred.build((None, 7))
    assert not deferred.layers[0].built
    assert equal_weights(model, before)
    assert model.predict(x, verbose=0).shape == (70, 3)


def test_a_layer_with_weights_of_any_length_takes_each():
    layer = Dense(2)
    layer.build((None, None, 4))
    kernel = layer.kernel
    model = Sequential([Input((7, 4)), layer])
    assert layer.kernel is kernel
    assert model.predict(np.ones((3, 7, 4)), verbose=0).shape == (3, 7, 2)
    with pytest.raises(ValueError, match=r"inputs of shape \(None, 4\), but here its inputs have .*\(7, 5\)"):
        Sequential([Input((7, 5)), layer])


def test_a_layer_without_weights_may_take_another_shape():
    relu = Activation("relu")
    Sequential([Input(shape=(3,)), relu])
    assert Sequential([Input(shape=(7,)), relu]).output_shape == (None, 7)


def test_the_list_of_layers_is_a_copy():
    x, _, _ = blobs()
    model = classifier()
    names = [layer.name for layer in model.layers]
    model.layers.pop()
    model.layers[0] = Dense(9)
    assert [layer.name for layer in model.layers] == names
    assert model.predict(x, verbose=0).shape == (70, 3)
    with pytest.raises(AttributeError, match=r"use add\(\) and pop\(\)"):
        model.layers = []


def test_a_layer_keeps_the_name_it_has_in_another_model():
    first = Sequential([Input(shape=(4,)), Dense(4), Dense(4)])
    second = Sequential([Input(shape=(4,)), Dense(4), first.layers[0], Dense(4)])
    assert [layer.name for layer in first.layers] == ["dense", "dense_1"]
    assert [layer.name for layer in second.layers] == ["dense_2", "dense", "dense_3"]
    clear_session()
    second.add(Dense(4))  # "dense" by the session's count
    assert second.layers[-1].name == "dense_1"
    with pytest.raises(ValueError, match=r"'dense_1' is there twice.*in another model already"):
        second.add(first.layers[1])
    assert [layer.name for layer in first.layers] == ["dense", "dense_1"]
    bare = copy.deepcopy(first.layers[0])  # a copy is in no model
    first.add(bare)
    assert bare.name not in ("dense", "dense_1")
    with pytest.raises(ValueError, match="is there twice"):
        Sequential([Dense(4), copy.deepcopy(first).layers[0], first.layers[0]])


def test_a_layer_that_cannot_be_added_keeps_its_name():
    model = Sequential([Input(shape=(4,)), Dense(4)])
    used = Dense(3)
    used(np.ones((1, 9), np.float32))
    with pytest.raises(ValueError, match="has weights for inputs of shape"):
        model.add(used)
    assert (used.name, used.in_model) == ("dense_1", False)


def test_a_dropout_layer_draws_from_the_stream_of_the_model_it_joins():
    dropout, x = Dropout(0.5), np.ones((1, 50), np.float32)
    Sequential([Input(shape=(50,)), dropout], seed=1)
    model = Sequential([Input(shape=(50,)), dropout], seed=2)
    state = model.streams.get_state()
    assert "dropout" in state["streams"]
    first = model(x, training=True)
    assert not np.array_equal(model(x, training=True), first)
    model.streams.set_state(state)
    np.testing.assert_array_equal(model(x, training=True), first)
    own = Sequential([Input(shape=(50,)), Dropout(0.5)], seed=2)
    np.testing.assert_array_equal(own(x, training=True), first)


def test_a_graph_takes_in_a_layer_that_no_living_model_has():
    dropout, begin = Dropout(0.5), Input(shape=(4,))
    first = Sequential([Input(shape=(4,)), dropout], seed=1)
    graphs = [Model(begin, dropout(begin))]
    assert dropout.home() is first
    del first
    gc.collect()
    assert dropout.home() is None
    graphs.append(Model(begin, dropout(begin)))
    assert dropout.home() is graphs[1]


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\0b", "\ud800", "x" * 1025, 5, b"x"])
def test_names_that_cannot_be_saved_are_refused(name):
    with pytest.raises(ValueError, match="A layer's name is a non-empty string"):
        Dense(3, name=name)
    with pytest.raises(ValueError, match="A model's name is a non-empty string"):
        Sequential(name=name)


def test_the_training_data_can_go_after_fit():
    x, y, _ = blobs()
    x = x.astype(np.float32)
    seen = weakref.ref(x)
    model = classifier()
    model.fit(x, y, shuffle=False, verbose=0)
    del x
    gc.collect()
    assert seen() is None

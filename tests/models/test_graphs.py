"""Models as graphs: forms of inputs and outputs, names, shared weights, and the errors of bad graphs."""

import copy

import numpy as np
import pytest

from numpy_ann import NonFiniteError, ops, utils
from numpy_ann.gradient_check import check_gradients
from numpy_ann.inspection import saliency, trace
from numpy_ann.keras_tensor import KerasTensor
from numpy_ann.layers import (
    Activation,
    Add,
    BatchNormalization,
    Concatenate,
    Dense,
    Discretization,
    Dropout,
    Embedding,
    Flatten,
    GroupNormalization,
    Input,
    LayerNormalization,
    PReLU,
    RMSNormalization,
)
from numpy_ann.models import Model, Sequential, load_model
from numpy_ann.optimizers import SGD

RNG = np.random.default_rng(0)
X, Z = RNG.random((12, 3)), RNG.random((12, 2))
P, Q = RNG.random((12, 1)), np.arange(12) % 2


def two_by_two(**options):
    a, b = Input((3,), name="a"), Input((2,), name="b")
    both = Concatenate()([Dense(4, activation="relu")(a), b])
    outputs = [Dense(1, name="p")(both), Dense(2, activation="softmax", name="q")(both)]
    return Model([a, b], outputs, **options)


def test_layers_stand_in_keras_order_under_keras_names():
    model = two_by_two()
    assert [layer.name for layer in model.layers] == ["a", "dense", "b", "concatenate", "p", "q"]
    assert (model.name, model.input_names, model.output_names) == ("functional", ["a", "b"], ["p", "q"])
    assert (model.input_shape, model.output_shape) == ([(None, 3), (None, 2)], [(None, 1), (None, 2)])
    assert [Dense(1).name, Dense(1).name, two_by_two().name] == ["dense_1", "dense_2", "functional_1"]
    utils.clear_session()
    assert Dense(1).name == "dense"


def test_forms_of_inputs_and_outputs():
    model = two_by_two()
    expected = model.predict([X, Z], verbose=0)
    for given in ((X, Z), {"b": Z, "a": X}, {"a": X, "b": Z, "c": 0}):
        for found, right in zip(model.predict(given, verbose=0, batch_size=5), expected, strict=True):
            np.testing.assert_allclose(found, right, rtol=1e-5)
    named = Model(
        {"a": model.inputs[0], "b": model.inputs[1]}, {"z": model.outputs[0], "y": model.outputs[1]}
    )
    found = named.predict({"a": X, "b": Z}, verbose=0)
    assert list(found) == ["z", "y"]
    np.testing.assert_array_equal(found["z"], expected[0])
    (single,) = (Model(model.inputs, [model.outputs[0]]).predict([X, Z], verbose=0),)
    np.testing.assert_array_equal(single, expected[0])


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ({"loss": ["mse", "sparse_categorical_crossentropy"]}, ["loss", "p_loss", "q_loss"]),
        (
            {
                "loss": {"p": "mse", "q": "sparse_categorical_crossentropy"},
                "metrics": {"q": ["accuracy"]},
                "weighted_metrics": {"q": ["accuracy"]},
                "loss_weights": {"p": 1.0, "q": 0.5},
            },
            ["loss", "p_loss", "q_loss", "q_accuracy", "q_weighted_accuracy"],
        ),
        ({"loss": [None, "sparse_categorical_crossentropy"], "metrics": [["mae"], None]}, ["loss", "p_mae"]),
    ],
)
def test_figures_are_named_as_in_keras(arguments, names):
    model = two_by_two()
    model.compile("sgd", **arguments)
    history = model.fit([X, Z], [P, Q], validation_split=0.5, verbose=0).history
    assert list(history) == sorted([*names, *(f"val_{name}" for name in names)])
    figures = model.evaluate([X, Z], {"p": P, "q": Q}, verbose=0)
    assert model.metrics_names == names
    assert len(figures) == len(names)
    if len(names) == 3:
        assert figures[0] == pytest.approx(figures[1] + figures[2])


def test_weights_of_samples_and_of_losses_count_by_output():
    model = two_by_two(seed=1)
    model.compile("sgd", ["mse", "sparse_categorical_crossentropy"], loss_weights=[2.0, 0.0])
    w = {"p": np.r_[np.ones(6), np.zeros(6)]}
    total, p_loss, _ = model.evaluate([X, Z], [P, Q], sample_weight=w, verbose=0)
    error = (model.predict([X[:6], Z[:6]], verbose=0)[0] - P[:6]) ** 2
    assert p_loss == pytest.approx(float(error.sum()) / 12, rel=1e-5)
    assert total == pytest.approx(2 * p_loss)


def test_a_chain_trains_as_sequential_does():
    layers = [Flatten(), Dense(4, activation="relu"), Dense(2, activation="softmax")]
    x = inputs = Input((3, 1))
    for layer in layers:
        x = layer(x)
    model = Model(inputs, x)
    assert model.plan == layers
    chain = Sequential(
        [Input((3, 1)), Flatten(), Dense(4, activation="relu"), Dense(2, activation="softmax")]
    )
    chain.set_weights(model.get_weights())
    for each in (model, chain):
        each.compile("adam", "sparse_categorical_crossentropy")
        each.fit(X, Q, epochs=2, shuffle=False, verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), chain.get_weights(), strict=True))


def test_a_layer_used_twice_has_one_set_of_weights_and_the_sum_of_the_gradients():
    a, b = Input((3,)), Input((3,))
    shared = Dense(1, use_bias=False)
    model = Model([a, b], Add()([shared(a), shared(b)]))
    model.compile("sgd", "mse")
    assert [w.shape for w in model.get_weights()] == [(3, 1)]
    before = shared.kernel.numpy()
    y = model.predict([X, 2 * X], verbose=0)
    model.train_on_batch([X, 2 * X], P)
    gradient = 2 * (3 * X.T) @ (y - P) / len(X)
    np.testing.assert_allclose(shared.kernel.value, before - 0.01 * gradient, rtol=1e-4, atol=1e-6)


def test_parts_of_a_model_share_its_weights_while_either_trains():
    base = Sequential([Input((3,)), Dense(4, activation="relu", name="hidden"), Dense(1)])
    base.compile("adam", "mse")
    part = Model(base.inputs, base.get_layer("hidden").output)
    part.compile("adam", "mse")

    def hidden():
        return base.layers[0](X.astype(np.float32))

    base.fit(X, P, verbose=0)
    np.testing.assert_array_equal(part.predict(X, verbose=0), hidden())
    part.fit(X, RNG.random((12, 4)), verbose=0)
    base.fit(X, P, verbose=0)
    np.testing.assert_array_equal(part.predict(X, verbose=0), hidden())
    behind = Model(base.get_layer("hidden").output, base.output)
    np.testing.assert_allclose(behind.predict(hidden(), verbose=0), base.predict(X, verbose=0), rtol=1e-6)


def test_a_frozen_model_within_another_stays_as_it_is():
    judge = Sequential([Input((4,)), BatchNormalization(), Dense(1, activation="sigmoid")], name="judge")
    maker = Sequential([Input((3,)), Dense(4)], name="maker")
    judge.trainable = False
    noise = Input((3,))
    both = Model(noise, judge(maker(noise)))
    both.compile("adam", "binary_crossentropy")
    before = judge.get_weights(), maker.get_weights()
    both.fit(X, np.ones(12), verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(before[0], judge.get_weights(), strict=True))
    assert not np.array_equal(before[1][0], maker.get_weights()[0])
    assert len(both.trainable_weights) == 2
    assert len(both.non_trainable_weights) == 6


def test_models_stand_in_a_sequential():
    inner = Sequential([Input((3,)), Dense(4, activation="relu"), Dense(2)])
    model = Sequential([inner, Activation("softmax")])
    assert isinstance(model.plan, list)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(X, Q, verbose=0)
    np.testing.assert_allclose(model.predict(X, verbose=0).sum(axis=1), 1, rtol=1e-5)
    with pytest.raises(ValueError, match="is a layer of another model, and can't be changed"):
        inner.add(Dense(1))
    late = Sequential([Sequential([Dense(4)]), Dense(1)])
    late.compile("sgd", "mse")
    late.fit(X, P, verbose=0)
    assert late.predict(X, verbose=0).shape == (12, 1)


def test_whole_numbers_go_to_an_embedding():
    user, size = Input((1,), name="user", dtype="int64"), Input((1,), name="size")
    vectors = Flatten()(Embedding(10, 3)(user))
    model = Model([user, size], Dense(1)(Concatenate()([vectors, size])))
    model.compile("adam", "mse")
    data = {"user": np.arange(12) % 10, "size": Z[:, 0]}
    batches = (({name: array[i : i + 4] for name, array in data.items()}, P[i : i + 4]) for i in (0, 4, 8))
    assert len(model.fit(batches, verbose=0).history["loss"]) == 1
    assert model.evaluate(data, P[:, 0], verbose=0) > 0
    chain = Sequential([Embedding(10, 3), Flatten(), Dense(1)])
    chain.compile("adam", "mse")
    for _ in range(2):
        chain.fit(np.arange(24).reshape(12, 2) % 10, P, verbose=0)


def test_training_said_at_a_call_counts_where_nothing_is_said_of_the_model():
    a = Input((1000,))
    model = Model(a, Dropout(0.5)(a, training=True))
    x = np.ones((1, 1000))
    assert set(np.unique(model(x))) == {0, 2}
    assert set(np.unique(model.predict(x, verbose=0))) == {1}


def test_a_layer_without_weights_takes_tensors_of_several_shapes():
    a, b = Input((3,)), Input((2,))
    relu = Activation("relu")
    model = Model([a, b], Concatenate()([relu(a), relu(b)]))
    np.testing.assert_allclose(
        model.predict([X - 0.5, Z], verbose=0)[:, :3], np.maximum(X - 0.5, 0), rtol=1e-6
    )


def test_what_is_not_finite_is_named():
    model = two_by_two()
    model.compile("sgd", ["mse", "sparse_categorical_crossentropy"])
    with pytest.raises(NonFiniteError, match=r"the input of layer .*, holds NaN"):
        model.fit([X, np.full((12, 2), np.nan)], [P, Q], verbose=0)


def _disconnected():
    a, b = Input((3,), name="a"), Input((2,), name="b")
    return Model(a, Dense(1)(Concatenate()([a, b])))


def _two_of_one_name():
    a = Input((3,))
    return Model(a, Dense(1, name="same")(Dense(2, name="same")(a)))


def _called_on_two():
    return Dense(1, name="d")([Input((3,), name="a"), Input((3,), name="b")])


def _of_another_shape():
    layer = Dense(1, name="d")
    layer(Input((3,)))
    return layer(Input((4,), name="wide"))


def _in_a_loop():
    a = Input((3,))
    first = Dense(3, name="first")
    made = first(a)
    made.node.inputs[:] = [Dense(3, name="second")(made)]  # by no call, but by whoever writes to a node
    return Model(a, made)


def _itself():
    model = Sequential(name="s")
    model.add(model)


def _built(layer):
    layer.build((None, 3))
    return layer


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            _disconnected,
            "'concatenate' reads the Input 'b', which is not among the model's inputs, \\['a'\\]",
        ),
        (_two_of_one_name, "need unique names, but 'same' is there 2 times.*Give one of them another, name="),
        (_called_on_two, "Layer 'd' takes 1 tensor, but received 2: 'a', 'b'"),
        (_of_another_shape, "has weights for inputs of shape \\(batch, 3\\), but was called on 'wide'"),
        (_in_a_loop, "'(first|second)' is part of a loop: it reads its own output"),
        (
            lambda: Dense(2)(Input((3, None))),
            r"Layer .dense.* makes a weight of shape \(None, 2\), and so needs",
        ),
        (_itself, "Model 's' can't be a layer of itself"),
        (lambda: Model(Input((3,)), Dense(1)), "are symbolic tensors.*Pass layer.output"),
        (
            lambda: Model(KerasTensor((None, 3), "float32", "x"), Input((3,))),
            "which is not among the model's",
        ),
        (lambda: np.asarray(Input((3,), name="a")), "The symbolic tensor 'a' stands for an array"),
        (
            lambda: Add()([Input((3,), name="a"), np.ones((2, 3))]),
            "arrays can't go in together: make an Input for each array. Received: a, ndarray",
        ),
        (
            lambda: Model(Input((3,)), _built(Dense(2, name="d")).output),
            "'d' comes from no Input: it is of a",
        ),
        (
            lambda: Model(a := Input((3,)), Dense(2, name="q", dtype="float64")(Dense(3, name="p")(a))),
            "compute in one dtype, but 'p' in float32, 'q' in float64",
        ),
        (lambda: two_by_two()({"a": Input((2,))}), "the names \\['a'\\], but the model's are \\['a', 'b'\\]"),
        (lambda: ops.sum(Input((3,))), "of 0 samples it makes float32 of shape \\(\\)"),
        (lambda: ops.transpose(Input((3,))), "of 0 samples it makes float32 of shape \\(3, 0\\)"),
        (lambda: ops.split(Input((4,)), 2, axis=1), "of 0 samples it makes several arrays"),
        (lambda: ops.cast(Input((3,)), "complex64"), "of 0 samples it makes complex64 of shape \\(0, 3\\)"),
        (lambda: two_by_two().predict(X, verbose=0), "`x` holds one entry for each of \\['a', 'b'\\]"),
        (lambda: two_by_two().predict([X, Z[:5]], verbose=0), "as many samples. Received: a 12, b 5"),
        (lambda: two_by_two().predict([Z, X], verbose=0), "x\\['a'\\] of shape \\(batch, 3\\)"),
        (
            lambda: two_by_two().compile("sgd", {"p": "mse", "r": "mse"}),
            "is a dictionary with the names \\['p', 'r'\\]",
        ),
        (lambda: two_by_two().compile("sgd", "mse", metrics=["mae"]), "`metrics` holds one entry for each"),
        (lambda: two_by_two()(Input((3,), name="a")), "takes 2 input"),
    ],
)
def test_bad_graphs_get_an_error_with_the_names(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_symbolic_tensors_are_no_numbers_to_ask():
    tensor = Input((3,), name="a")
    with pytest.raises(TypeError, match="'a' is neither true nor false"):
        bool(tensor)
    with pytest.raises(TypeError, match="'a' can't be iterated over"):
        list(tensor)
    with pytest.raises(TypeError, match=r"was called on <Dense .*, but layers are called on arrays"):
        Dense(2)(Dense(3))


def test_models_are_called_on_symbolic_tensors_by_the_names_of_their_inputs():
    one, other = Input((2,)), Input((3,))
    a, b = Input((2,), name="a"), Input((3,), name="b")
    inner = Model({"a": a, "b": b}, Concatenate()([a, b]))
    whole = Model([one, other], inner({"b": other, "a": one}))
    assert whole.predict([np.ones((1, 2)), np.zeros((1, 3))], verbose=0).tolist() == [[1, 1, 0, 0, 0]]


@pytest.mark.parametrize("trainable", [True, False])
def test_a_model_is_made_frozen_or_trained(trainable):
    x = Input((3,))
    model = Model(x, Dense(2)(x), trainable=trainable)
    assert model.trainable is trainable
    assert (len(model.trainable_weights), len(model.non_trainable_weights)) == (
        (2, 0) if trainable else (0, 2)
    )
    model.built = False
    assert model.built


def test_comparisons_on_symbolic_tensors_make_whole_numbers_or_truth_values():
    x = Input((3,))
    assert [ops.equal(x, 1).dtype, ops.argmax(x, axis=-1).dtype, ops.cast(x, "uint8").dtype] == [
        "bool",
        "int64",
        "uint8",
    ]


def test_class_weights_are_for_one_output():
    model = two_by_two()
    model.compile("sgd", ["mse", "sparse_categorical_crossentropy"])
    with pytest.raises(ValueError, match="only supported for models with a single output"):
        model.fit([X, Z], [P, Q], class_weight={0: 1.0}, verbose=0)


def test_class_weights_of_a_graph_weigh_as_sample_weights_do():
    a, b = Input((3,), name="a"), Input((2,), name="b")
    joined = Dense(2, activation="softmax", kernel_initializer="ones")(Concatenate()([a, b]))
    model = Model([a, b], joined)
    model.compile("sgd", "sparse_categorical_crossentropy")
    start, x = model.get_weights(), [X, Z]
    found = []
    for options in (
        {"class_weight": {1: 5.0}},
        {"sample_weight": np.where(Q.ravel() == 1, 5.0, 1.0)},
        {},
    ):
        model.set_weights(start)
        model.fit(x, Q, verbose=0, shuffle=False, **options)
        found.append(model.get_weights()[0])
    np.testing.assert_allclose(found[0], found[1], rtol=1e-6)
    assert not np.allclose(found[0], found[2])
    with pytest.raises(ValueError, match="You cannot `class_weight` and `sample_weight` at the same time"):
        model.fit(x, Q, sample_weight=np.ones(12), class_weight={1: 5.0}, verbose=0)
    with pytest.raises(ValueError, match="`y` is missing"):
        model.fit(x, verbose=0)


def test_the_columns_of_a_frame_are_inputs_by_name():
    pandas = pytest.importorskip("pandas")
    a, b = Input((1,), name="a"), Input((1,), name="b")
    model = Model([a, b], Dense(1)(Concatenate()([a, b])))
    frame = pandas.DataFrame({"b": Z[:, 0], "a": X[:, 0], "more": 1.0})
    expected = model.predict([X[:, :1], Z[:, :1]], verbose=0)
    np.testing.assert_array_equal(model.predict(frame, verbose=0), expected)
    with pytest.raises(ValueError, match=r"`x` is a dictionary with the names \['b'\]"):
        model.predict(frame[["b"]], verbose=0)


def test_without_any_loss_a_graph_of_two_outputs_is_not_trained_and_with_one_it_is():
    model = two_by_two()
    model.compile("sgd", metrics=[["mae"], ["mse"]])
    with pytest.raises(ValueError, match="compiled without a loss"):
        model.fit([X, Z], [P, Q], verbose=0)
    model.compile("sgd", [None, "sparse_categorical_crossentropy"], metrics=[["mae", "mse"], ["accuracy"]])
    model.evaluate([X, Z], [P, Q], verbose=0)
    assert [metric.name for metric in model.metrics] == ["mae", "mse", "accuracy"]


def test_estimators_and_pictures_of_any_model():
    def build(inputs, outputs, seed):
        x = Input((inputs,))
        both = Concatenate()([Dense(4, activation="relu")(x), x])
        return Model(x, Dense(outputs, activation="softmax")(both), seed=seed)

    wrappers = pytest.importorskip("numpy_ann.wrappers")
    pytest.importorskip("sklearn")
    estimator = wrappers.NeuralNetworkClassifier(build_model=build, epochs=1, random_state=0).fit(X, Q)
    assert estimator.predict(X).shape == (12,)
    a = Input((3,))
    chain = Model(a, Dense(2, activation="softmax")(Dense(4, activation="relu")(a)))
    chain.compile("adam", "sparse_categorical_crossentropy")
    assert [layer.kind for layer in trace(chain, X, Q).layers] == ["Dense", "Dense"]
    assert saliency(chain, X).shape == (12, 3)
    assert saliency(estimator.model_, X).shape == (12, 3)


@pytest.mark.parametrize("targets", ["list", "shorter", "alone", "all"])
@pytest.mark.parametrize("named", [False, True])
def test_an_output_without_a_loss_needs_no_targets(targets, named):
    i = Input((3,))
    a, b = Dense(2, name="a")(i), Dense(2, name="b")(i)
    model = Model(i, {"a": a, "b": b} if named else [a, b], seed=0)
    model.compile("sgd", loss={"a": "mse"} if named else ["mse", None])
    y, x = np.zeros((8, 2)), np.ones((8, 3))
    given = {"list": [y, None], "shorter": [y], "alone": y, "all": [y, y]}[targets]
    if named:
        given = {"a": y, "b": y} if targets == "all" else {"a": y}
    expected = np.mean(Model(i, a).predict(x, verbose=0) ** 2)
    assert model.evaluate(x, given, verbose=0) == pytest.approx(expected)
    assert model.fit(x, given, verbose=0).history.keys() == {"loss"}


def over_two_lengths(make, *shapes):
    layer = make()
    begin = [Input(shape) for shape in shapes]
    return Model(begin, Dense(2)(Concatenate()([Flatten()(layer(one)) for one in begin])))


@pytest.mark.parametrize(
    ("make", "other"),
    [
        (lambda: Dense(6, activation="tanh", kernel_regularizer="l2"), (4,)),
        (lambda: LayerNormalization(), (4,)),
        (lambda: RMSNormalization(), (4,)),
        (lambda: BatchNormalization(), (2, 4)),
        (lambda: GroupNormalization(2), (2, 4)),
        (lambda: PReLU(shared_axes=[1], alpha_initializer="ones"), (2, 4)),
        (lambda: Activation("tanh"), (4,)),
    ],
)
def test_a_layer_is_shared_over_inputs_of_other_lengths(make, other, tmp_path):
    shapes = [(5, 4), (3, 4), other]
    model, rng = over_two_lengths(make, *shapes), np.random.default_rng(0)
    data = [rng.normal(size=(8, *shape)).astype(np.float32) for shape in shapes]
    target = rng.normal(size=(8, 2)).astype(np.float32)
    assert check_gradients(model, data).worst.error < 1e-5
    model.compile("adam", "mse")
    model.fit(data, target, epochs=2, verbose=0)
    again = [copy.deepcopy(model)]
    for suffix in (".keras", ".h5"):
        model.save(tmp_path / f"model{suffix}")
        again.append(load_model(tmp_path / f"model{suffix}"))
    for one in (model, *again):
        one.fit(data, target, epochs=2, shuffle=False, verbose=0)
        np.testing.assert_array_equal(one.predict(data, verbose=0), model.predict(data, verbose=0))


def test_shared_over_two_lengths_is_as_over_one():
    """The same rows, in one piece of seven or in pieces of four and three: the same loss, and gradients."""
    rng = np.random.default_rng(0)
    whole, target = rng.normal(size=(8, 7, 4)).astype(np.float32), rng.normal(size=(8, 2)).astype(np.float32)
    first, second = (
        over_two_lengths(lambda: Dense(6), (7, 4)),
        over_two_lengths(lambda: Dense(6), (4, 4), (3, 4)),
    )
    second.set_weights(first.get_weights())
    for model, data in ((first, whole), (second, [whole[:, :4], whole[:, 4:]])):
        model.compile("sgd", "mse")
        model.fit(data, target, epochs=3, batch_size=4, shuffle=False, verbose=0)
    for one, other in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_freezing_reaches_the_uses_on_other_shapes():
    model, rng = over_two_lengths(BatchNormalization, (5, 4), (3, 4)), np.random.default_rng(0)
    layer = next(one for one in model.layers if isinstance(one, BatchNormalization))
    layer.trainable = False
    data = [rng.normal(3, size=(8, *shape)) for shape in ((5, 4), (3, 4))]
    before = layer.get_weights()
    model.compile("sgd", "mse")
    model.fit(data, np.zeros((8, 2)), verbose=0)
    for one, other in zip(before, layer.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


class Rows(Dense):
    """A layer whose own ``build`` might bind it to the shape."""

    def build(self, input_shape):
        super().build(input_shape)


@pytest.mark.parametrize("make", [PReLU, lambda: LayerNormalization(axis=1), lambda: Rows(2)])
def test_weights_that_are_bound_to_a_length_are_not_shared_over_another(make):
    with pytest.raises(ValueError, match=r"has weights for inputs of shape .* 5, 4.*Make a new layer"):
        over_two_lengths(make, (5, 4), (3, 4))


def test_the_targets_of_one_output_are_called_y():
    one, other = Input((2,)), Input((2,))
    model = Model([one, other], Dense(1)(Add()([one, other])))
    model.compile("sgd", "mse")
    with pytest.raises(TypeError, match="`y` must hold real numbers"):
        model.train_on_batch([np.ones((2, 2))] * 2, np.array(["a", "b"]))


def test_ops_on_whole_numbers_in_a_graph_leave_them_whole_beyond_what_float32_holds():
    x = np.array([[2**24 + 1, 7], [-3, 2]])
    numbers = Input((2,), dtype="int64")
    outputs = [numbers + 1, numbers % 4, numbers // 4, ops.equal(numbers, 2**24 + 1), numbers / 2]
    plus, rest, quotient, same, half = Model(numbers, outputs).predict(x, verbose=0)
    for found in (plus, rest, quotient):
        assert found.dtype.kind == "i"
    assert plus.tolist() == [[2**24 + 2, 8], [-2, 3]]
    assert rest.tolist() == [[1, 3], [1, 2]]
    assert quotient.tolist() == [[2**22, 1], [-1, 0]]
    assert same.tolist() == [[True, False], [False, False]]
    assert (half.dtype, half.tolist()) == ("float32", [[2**23, 3.5], [-1.5, 1]])


def test_a_layer_learns_beside_the_categories_that_are_made_of_it():
    x = Input((2,))
    below = Dense(1, use_bias=False)
    h = below(x)
    bins = Discretization([0.0], output_mode="one_hot")(h)
    above = Dense(1, use_bias=False)
    model = Model(x, above(Concatenate()([bins, h])))
    below.set_weights([np.array([[0.25], [0.25]])])
    above.set_weights([np.array([[1.0], [2.0], [4.0]])])
    model.compile(SGD(0.125), "mse")
    # y = 2 + 4 0.5 = 4, dy = 2 (4 - 3) = 2, and dh = 2 4 by the way past the bins alone.
    assert model.train_on_batch(np.ones((1, 2)), np.array([[3.0]])) == 1
    assert below.kernel.value.tolist() == [[0.25 - 1], [0.25 - 1]]
    assert above.kernel.value.tolist() == [[1], [2 - 0.25], [4 - 0.125]]


def test_gradients_that_nobody_needs_are_not_worked_out():
    asked = []

    class Asked(Dense):
        def backward_input(self, dz, *, out=None):
            asked.append(self.name)
            return super().backward_input(dz, out=out)

    x = Input((2,))
    frozen = Asked(3, name="frozen")(x)
    first = Asked(3, name="first")(x)
    ends = [Asked(1, name="on_frozen")(frozen), Asked(1, name="last")(first)]
    model = Model(x, ends)
    model.get_layer("frozen").trainable = False
    model.compile("sgd", "mse")
    model.fit(np.ones((4, 2)), [np.zeros((4, 1))] * 2, verbose=0)
    assert asked == ["last"]

"""A trace of a graph: the numbers of its next step, by the names of inputs, layers and outputs."""

import numpy as np
import pytest
from hypothesis import given, settings
from matplotlib.figure import Figure

from numpy_ann.inspection import saliency, trace
from numpy_ann.inspection.explorer import to_html
from numpy_ann.layers import Add, Concatenate, Dense, Dropout, Embedding, Flatten, Input
from numpy_ann.lookup import clear_session
from numpy_ann.models import Model, Sequential
from numpy_ann.plots import plot_trace
from tests.live.random_graphs import graphs

RNG = np.random.default_rng(0)
# Eight samples: a mean over the batches, loss * 8 / 8, is the loss to the last bit.
X = {"words": RNG.integers(0, 9, (8, 3)), "numbers": RNG.normal(size=(8, 4))}
Y = {"kind": RNG.integers(0, 3, 8), "price": RNG.normal(size=(8, 1))}


def model(dtype="float32"):
    """Return a graph of two inputs and outputs, a layer used twice, a model within, and a penalty."""
    words, numbers = Input((3,), dtype="int32", name="words"), Input((4,), name="numbers")
    shared = Dense(4, "tanh", name="shared", kernel_regularizer="l2", dtype=dtype)
    inner = Sequential([Dense(5, "relu"), Dropout(0.4), Dense(4)], name="inner", dtype=dtype)
    once = shared(numbers)
    added = Add(dtype=dtype)([once, shared(once), inner(numbers)])
    both = Concatenate(dtype=dtype)([added, Flatten(dtype=dtype)(Embedding(9, 2, dtype=dtype)(words))])
    kind = Dense(3, "softmax", name="kind", activity_regularizer="l2", dtype=dtype)(both)
    made = Model([words, numbers], [kind, Dense(1, "tanh", name="price", dtype=dtype)(both)], seed=1)
    losses = {"kind": "sparse_categorical_crossentropy", "price": "mse"}
    made.compile("sgd", losses, loss_weights={"kind": 2.0, "price": 0.5})
    return made


def test_the_numbers_are_those_of_the_next_step():
    clear_session()
    graph = model()
    w = {"kind": np.arange(8.0)}
    t = trace(graph, X, Y, sample_weight=w)
    assert t.loss == graph.train_on_batch(X, Y, sample_weight=w)[0]
    for use in graph.plan:
        for p in use.owner.trainable_parameters:
            assert np.array_equal(t[f"{use.path}/{p.name}/gradient"], p.grad), (use.path, p.name)
    assert [layer.name for layer in t.layers][:3] == ["shared", "embedding", "shared[1]"]
    assert {layer.name: layer.reads for layer in t.layers}["add"] == ("shared", "shared[1]", "inner/dense_1")
    assert "words/gradient" not in t
    assert "shared[1]/kernel" not in t
    assert t["targets/price"].shape == (8, 1)
    assert t["sample_weight/kind"].tolist() == w["kind"].tolist()
    assert [y.shape for y in t.output] == [(8, 3), (8, 1)]
    assert "add (Add) of shared, shared[1], inner/dense_1" in str(t)
    assert t.penalty > 0


def test_a_gradient_that_two_read_is_the_sum_and_outputs_have_theirs():
    """x = 3: a = 2 x, p = a, q = a + x. Loss p^2 + q^2 of one sample each, so dq = 2 (6 + 3) = 18, dp = 12.

    da = 12 + 18 = 30, dx = 2 da + dq = 78, and the kernel's gradient x da = 90.
    """
    x = Input((1,), name="x")
    a = Dense(1, use_bias=False, kernel_initializer=lambda shape, dtype=None: np.full(shape, 2.0), name="a")(
        x
    )
    graph = Model(x, [a, Add(name="q")([a, x])])
    graph.compile("sgd", "mse")
    t = trace(graph, np.array([[3.0]]), [np.zeros((1, 1))] * 2)
    assert t.loss == 36 + 81
    assert (t["q/output/gradient"].item(), t["a/output/gradient"].item()) == (18, 30)
    assert (t["input/gradient"].item(), t["a/kernel/gradient"].item()) == (78, 90)


@settings(max_examples=6)
@given(graphs())
def test_a_trace_of_any_graph_is_its_next_step_and_leaves_it_alone(graph):
    clear_session()
    made = graph.compiled("numpy_ann", "float64")
    x, y, w = graph.data(8)
    weights = made.get_weights()
    t = trace(made, x, y, sample_weight=w)
    predicted = trace(made, x, y, sample_weight=w, training=False)
    assert all(np.array_equal(a, b) for a, b in zip(weights, made.get_weights(), strict=True))
    assert predicted.loss == pytest.approx(np.ravel(made.test_on_batch(x, y, sample_weight=w))[0], rel=1e-12)
    assert t.loss == pytest.approx(np.ravel(made.train_on_batch(x, y, sample_weight=w))[0], rel=1e-14)
    for use in made.plan if not isinstance(made.plan, list) else ():
        for p in use.owner.trainable_parameters:
            assert np.array_equal(t[f"{use.path}/{p.name}/gradient"], p.grad)


def test_it_is_drawn():
    left, right = plot_trace(trace(model(), X, Y), axes=Figure().subplots(1, 2))
    labels = [label.get_text() for label in left.get_yticklabels()]
    assert labels[:3] == ["numbers", "shared\nof numbers", "embedding\nof words"]
    assert labels[-2:] == ["price", "kind\nof concatenate"]
    assert len(right.get_yticks()) == len(labels) == 12


def test_saliency_by_input_name_is_the_derivative_of_the_score():
    clear_session()
    graph = model("float64")
    kinds = Model(graph.inputs, graph.outputs[0])
    with pytest.raises(
        ValueError, match=r"outputs \['kind', 'price'\].*Model\(model.inputs, model.outputs\[0\]"
    ):
        saliency(graph, X)
    found = saliency(kinds, X, 1)
    assert list(found) == ["numbers"]
    logits = Model(graph.inputs, graph.get_layer("concatenate").output)
    W, h = graph.get_layer("kind").kernel.value[:, 1], 1e-6
    for j in range(4):
        step = h * np.eye(4)[j]
        above, below = (
            logits.predict({**X, "numbers": X["numbers"] + s * step}, verbose=0) @ W for s in (1, -1)
        )
        np.testing.assert_allclose(found["numbers"][:, j], (above - below) / (2 * h), rtol=1e-5, atol=1e-8)
    words = Input((3,), dtype="int32")
    made = Model(words, Dense(2, "softmax")(Flatten()(Embedding(9, 2)(words))))
    with pytest.raises(ValueError, match=r"whole numbers or words.*Model\(layer.output, model.output\)"):
        saliency(made, X["words"])
    behind = Model(made.layers[1].output, made.output)
    assert saliency(behind, made.layers[1](X["words"])).shape == (8, 3, 2)


def test_the_explorer_shows_chains_of_models_and_names_what_branches(tmp_path):
    x = Input((2, 2))
    hidden = Sequential([Flatten(), Dense(3, "relu")])(x)
    images, labels = np.zeros((5, 2, 2)), [0, 1, 1, 0, 1]
    to_html(Model(x, Dense(2, "softmax")(hidden)), tmp_path / "chain.html", images, labels)
    assert (tmp_path / "chain.html").stat().st_size > 10_000
    branched = Model(x, Dense(2, "softmax")(Concatenate(name="both")([hidden, hidden])))
    with pytest.raises(ValueError, match=r"is a graph: see what '.*both' reads"):
        to_html(branched, tmp_path / "graph.html", images, labels)

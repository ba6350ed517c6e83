import numpy as np
import pytest

from numpy_ann.errors import NonFiniteError
from numpy_ann.layers import Dense, Dropout, Flatten, Input, Layer, ReLU, Softmax
from numpy_ann.models import Sequential
from numpy_ann.training.step import blame
from tests.training.problems import blobs, classifier, equal_weights


class Watch(Layer):
    """Passes everything on, and notes the dtypes of what it sees."""

    def __init__(self, **options):
        super().__init__(**options)
        self.seen = set()

    def forward(self, x, *, training=False, out=None):
        self.seen.add(x.dtype)
        return self._checked(x)

    def backward_input(self, dz, *, out=None):
        self.seen.add(dz.dtype)
        return dz


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("given", ["uint8", "float32", "float64"])
@pytest.mark.parametrize("optimizer", ["adam", "sgd", "rmsprop"])
@pytest.mark.parametrize("loss", ["categorical_crossentropy", "sparse_categorical_crossentropy"])
@pytest.mark.parametrize("last", ["softmax", "sigmoid"])
def test_every_array_of_a_step_has_the_models_dtype(dtype, given, optimizer, loss, last):
    rng = np.random.default_rng(0)
    x, labels = rng.integers(1, 9, (10, 2, 2)).astype(given), rng.integers(0, 3, 10)
    layers = [
        Flatten(),
        Dense(5),
        ReLU(),
        Dropout(0.5),
        Dense(4, activation="tanh"),
        Dense(3, activation=last),
    ]
    watches = [Watch(name=f"watch_{i}") for i in range(len(layers))]
    stack = [layer for pair in zip(watches, layers, strict=True) for layer in pair]
    model = Sequential([Input(shape=(2, 2)), *stack], dtype=dtype, seed=0)
    model.compile(optimizer, loss, metrics=["accuracy"], weighted_metrics=["accuracy"])
    y = np.eye(3)[labels] if loss.startswith("cat") else labels
    model.fit(x, y, batch_size=4, verbose=0, sample_weight=np.ones(10), validation_data=(x, y))
    model.train_on_batch(x[:4], y[:4])  # what the layers keep of a step, fit has let go of
    step = model._step
    buffers = [*step._forward.buffers.rows(4), *step._gradients.rows(4), model.theta, model.gradient]
    buffers += [*model.optimizer.state.values(), *(p.grad for p in model.parameters)]
    kept = [v for layer in layers for v in layer._memory.values() if isinstance(v, np.ndarray)]
    assert len(kept) > 4
    seen = set().union(*(w.seen for w in watches)) | {a.dtype for a in (*buffers, *kept)}
    assert {d for d in seen if d.kind == "f"} == {np.dtype(dtype)}
    assert model.predict(x, verbose=0).dtype == dtype


def test_the_gradient_of_a_step_is_that_of_the_layers_by_hand():
    x, y, _ = blobs()
    model = classifier(dropout=None, optimizer="sgd", dtype="float64")
    W1, b1, W2, b2 = model.get_weights()
    model.train_on_batch(x, y)
    z1 = x @ W1 + b1
    h = np.maximum(z1, 0)
    z2 = h @ W2 + b2
    p = np.exp(z2) / np.exp(z2).sum(axis=1, keepdims=True)
    dz2 = (p - y) / len(x)
    dz1 = (dz2 @ W2.T) * (z1 > 0)
    gradients = [x.T @ dz1, dz1.sum(axis=0), h.T @ dz2, dz2.sum(axis=0)]
    for before, after, gradient in zip((W1, b1, W2, b2), model.get_weights(), gradients, strict=True):
        np.testing.assert_allclose(after, before - np.float32(0.01) * gradient, atol=1e-12)


def test_the_first_layers_input_gradient_is_never_asked_for():
    asked = []

    class Spy(Dense):
        def backward_input(self, dz, *, out=None):
            asked.append(self.name)
            return super().backward_input(dz, out=out)

    model = Sequential([Input(shape=(4,)), Spy(5, name="first"), Spy(3, activation="softmax", name="last")])
    model.compile("sgd", "categorical_crossentropy")
    x, y, _ = blobs()
    model.train_on_batch(x, y)
    assert asked == ["last"]
    model.layers[0].trainable = False
    model.compile("sgd", "categorical_crossentropy")
    asked.clear()
    model.train_on_batch(x, y)
    assert asked == []  # below the first layer that learns, nothing is needed either


def test_a_separate_softmax_layer_trains_to_the_same_bits():
    x, y, _ = blobs()
    together = classifier(dropout=None)
    apart = Sequential([Input(shape=(4,)), Dense(8), ReLU(), Dense(3), Softmax()])
    apart.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    apart.set_weights(together.get_weights())
    one, other = (m.fit(x, y, epochs=3, shuffle=False, verbose=0).history for m in (together, apart))
    assert one == other
    assert equal_weights(together, apart)


def test_a_step_that_would_spread_nan_is_not_taken():
    x, y, _ = blobs()
    model = classifier(dropout=None)
    model.train_on_batch(x, y)
    weights, state = model.get_weights(), {k: v.copy() for k, v in model.optimizer.state.items()}
    bad = x.copy()
    bad[7, 2] = np.nan
    with pytest.raises(
        NonFiniteError, match=r"The loss is nan: the input of the first layer, 'dense', holds NaN"
    ):
        model.train_on_batch(bad, y)
    assert equal_weights(model, weights)
    assert model.optimizer.iterations == 1
    assert all(np.array_equal(state[k], v) for k, v in model.optimizer.state.items())
    model.train_on_batch(x, y)
    assert model.optimizer.iterations == 2


def test_infinite_activations_raise_one_error_and_no_warnings():
    x, y, _ = blobs()
    model = classifier(dropout=None)
    model.set_weights([100 * w for w in model.get_weights()])
    with pytest.raises(NonFiniteError, match=r"output of layer 'dense' is not finite.*smaller learning rate"):
        model.train_on_batch(np.full_like(x, 1e38), y)


def test_what_is_advised_is_of_the_data_and_the_loss_there_are():
    x, y, _ = blobs()
    model = Sequential([Input(x.shape[1:]), Dense(y.shape[1])], seed=0)
    model.compile("sgd", lambda y_true, y_pred: np.mean(np.log(y_pred), axis=-1))
    with pytest.raises(NonFiniteError, match="Look in your loss '<lambda>' for a logarithm"):
        model.train_on_batch(x, y)
    model = classifier(dropout=None)
    weights = model.get_weights()
    model.set_weights([1e38 * np.sign(w) for w in weights])
    with pytest.raises(NonFiniteError, match=r"is not finite. A smaller learning rate usually helps.$"):
        model.train_on_batch(x, y)
    model = Sequential([Input(x.shape[1:]), Dense(y.shape[1], activation="softmax")])
    model.set_weights([np.zeros_like(model.get_weights()[0]), np.resize([3e38, -3e38], y.shape[1])])
    model.compile("sgd", "categorical_crossentropy")
    with pytest.raises(
        NonFiniteError, match=r"the loss of it is not. A smaller learning rate usually helps.$"
    ):
        model.train_on_batch(x, y)


def test_the_layer_at_fault_is_named():
    model = classifier(dropout=None)
    x, y, _ = blobs()
    assert "the loss of it is not" in blame(model.layers, x, y)
    bad = y.copy()
    bad[0, 0] = np.nan
    assert blame(model.layers, x, bad) == "the targets hold NaN or infinity. Look for missing values in y."
    weights = model.get_weights()
    weights[2][0, 0] = np.inf
    model.set_weights(weights)
    assert blame(model.layers, x, y).startswith("the kernel of layer 'dense_1' is no longer finite")


def test_a_model_whose_layers_are_all_frozen_stays_as_it_is():
    x, y, _ = blobs()
    model = classifier()
    for layer in model.layers:
        layer.trainable = False
    model.compile("adam", "categorical_crossentropy")
    before = model.get_weights()
    with pytest.warns(UserWarning, match="nothing to train"):
        assert np.isfinite(model.fit(x, y, verbose=0).history["loss"][0])
    assert equal_weights(model, before)


@pytest.mark.parametrize(
    "last", [lambda: ReLU(), lambda: Flatten(), lambda: Dropout(0.01), lambda: Dense(3, activation="sigmoid")]
)
def test_models_may_end_in_any_layer(last):
    x, y, _ = blobs()
    model = Sequential([Input(shape=(4,)), Dense(3, activation="softmax"), last()], seed=3)
    model.compile("sgd", "categorical_crossentropy", metrics=["accuracy"])
    before = model.get_weights()
    history = model.fit(np.abs(x), y, epochs=2, verbose=0).history
    assert np.isfinite(history["loss"]).all()
    assert not equal_weights(model, before)


def test_a_relu_that_gives_nothing_has_no_cross_entropy():
    x, y, _ = blobs()
    model = Sequential([Input(shape=(4,)), Dense(3, activation="relu", use_bias=False)])
    model.compile("sgd", "categorical_crossentropy")
    model.set_weights([-np.ones((4, 3))])
    with pytest.raises(
        NonFiniteError, match=r"up to the last, 'dense', is finite.*a softmax gives them.*smaller l"
    ):
        model.train_on_batch(np.abs(x), y)
    model.set_weights([np.ones((4, 3))])
    assert np.isfinite(model.train_on_batch(np.abs(x), y))

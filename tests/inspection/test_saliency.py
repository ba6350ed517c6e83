import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann.inspection import saliency
from numpy_ann.layers import (
    Activation,
    AlphaDropout,
    BatchNormalization,
    Dense,
    Dropout,
    Flatten,
    GaussianNoise,
    Input,
    Layer,
    LayerNormalization,
    PReLU,
    ReLU,
    Rescaling,
    Reshape,
    Softmax,
)
from numpy_ann.losses import BinaryCrossentropy
from numpy_ann.models import Sequential
from tests.support import FEW

# How a model may end, and the same without what the score is taken before. The last three have no such end.
ENDS = {
    "softmax": (lambda: [Dense(3, activation="softmax")], lambda: [Dense(3)]),
    "log_softmax": (lambda: [Dense(3, activation="log_softmax")], lambda: [Dense(3)]),
    "softmax layer": (lambda: [Dense(3), Softmax()], lambda: [Dense(3)]),
    "softmax, then dropout": (lambda: [Dense(3), Softmax(), Dropout(0.5)], lambda: [Dense(3)]),
    "sigmoids": (lambda: [Dense(3, activation="sigmoid")], lambda: [Dense(3)]),
    "a sigmoid": (lambda: [Dense(1, activation="sigmoid")], lambda: [Dense(1)]),
    "linear": (lambda: [Dense(2)], lambda: [Dense(2)]),
    "softplus": (lambda: [Dense(2, activation="softplus")], lambda: [Dense(2, activation="softplus")]),
    "tanh layer": (lambda: [Dense(2), Activation("tanh")], lambda: [Dense(2, activation="tanh")]),
}
MIDDLES = {
    "dense": lambda: Dense(5, activation="tanh"),
    "relu": lambda: Dense(6, activation="relu"),
    "gelu": lambda: Dense(4, activation="gelu"),
    "relu layer": lambda: ReLU(negative_slope=0.1),
    "prelu": PReLU,
    "dropout": lambda: Dropout(0.5),
    "alpha dropout": lambda: AlphaDropout(0.5),
    "noise": lambda: GaussianNoise(0.5),
    "rescaling": lambda: Rescaling(0.5, offset=1.0),
    "batch normalization": BatchNormalization,
    "frozen batch normalization": lambda: BatchNormalization(trainable=False),
    "layer normalization": LayerNormalization,
}


def made(shape, middles, end, seed):
    layers = [Input(shape), *(MIDDLES[name]() for name in middles[:1]), Flatten()]
    model = Sequential([*layers, *(MIDDLES[name]() for name in middles[1:]), *end], dtype="float64")
    # Every parameter off its start, the moving averages too; variances and such stay positive.
    rng = np.random.default_rng(seed)
    model.set_weights([rng.uniform(0.2, 1.0, w.shape) * rng.choice([1, -1], w.shape) for w in model.weights])
    for layer in model.layers:
        if isinstance(layer, BatchNormalization):
            layer.moving_variance.assign(abs(layer.moving_variance.value))
    return model


def by_differences(model, x, classes, sign, h=1e-6):
    gradient = np.empty(x.shape)
    for where in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[where] = h
        above, below = (model.predict(x + s * step, verbose=0) for s in (1, -1))
        sample = where[0]
        gradient[where] = sign[sample] * (above - below)[sample, classes[sample]] / (2 * h)
    return gradient


@pytest.mark.parametrize("end", ENDS)
@FEW
@given(st.lists(st.sampled_from(sorted(MIDDLES)), max_size=4), st.integers(0, 2**32 - 1), st.data())
def test_it_is_the_derivative_of_the_score(end, middles, seed, data):
    shape = data.draw(st.sampled_from([(4,), (2, 3), (2, 2, 1)]))
    model = made(shape, middles, ENDS[end][0](), seed)
    bare = made(shape, middles, ENDS[end][1](), seed)
    bare.set_weights(model.get_weights())
    x = np.random.default_rng(seed).normal(size=(3, *shape))
    outputs = bare.output_shape[-1]
    if end == "a sigmoid":
        classes = np.array(data.draw(st.lists(st.integers(0, 1), min_size=3, max_size=3)))
        expected = by_differences(bare, x, np.zeros(3, dtype=int), np.where(classes == 1, 1, -1))
    else:
        classes = np.array(data.draw(st.lists(st.integers(0, outputs - 1), min_size=3, max_size=3)))
        expected = by_differences(bare, x, classes, np.ones(3))
    found = saliency(model, x, classes)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6 * max(1, abs(expected).max()))


def small(activation="softmax"):
    # z = (x0 + x1, -x0 - x1): of positive inputs, the second unit is dead behind its ReLU.
    model = Sequential([Input((2,)), Dense(2, activation="relu"), Dense(2, activation=activation)])
    W1, W2 = np.array([[1.0, -1.0], [1.0, -1.0]]), np.array([[2.0, 5.0], [7.0, 11.0]])
    model.set_weights([W1, np.zeros(2), W2, np.zeros(2)])
    return model


@pytest.mark.parametrize("activation", ["softmax", "sigmoid", None])
def test_worked_by_hand(activation):
    x = np.array([[1.0, 2.0], [-1.0, -2.0]])
    # First sample: only the first unit lives, so ds_c/dx = W1[:, 0] W2[0, c] = (1, 1) times 2 or 5.
    # Second: only the second unit lives, W1[:, 1] W2[1, c] = (-1, -1) times 7 or 11.
    np.testing.assert_array_equal(saliency(small(activation), x, 0), [[2, 2], [-7, -7]])
    np.testing.assert_array_equal(saliency(small(activation), x, 1), [[5, 5], [-11, -11]])
    np.testing.assert_array_equal(saliency(small(activation), x, [0, 1]), [[2, 2], [-11, -11]])


def test_left_out_it_is_the_predicted_class():
    # The scores are 3 (2, 5) and 3 (7, 11): class 1, both times.
    x = np.array([[1.0, 2.0], [-1.0, -2.0]])
    np.testing.assert_array_equal(saliency(small(), x), saliency(small(), x, [1, 1]))
    binary = Sequential([Input((2,)), Dense(1, activation="sigmoid", use_bias=False)])
    binary.set_weights([np.array([[3.0], [-4.0]])])
    # z = 3 and -4: classes 1 and 0, whose scores are z and -z.
    np.testing.assert_array_equal(saliency(binary, np.eye(2)), [[3, -4], [-3, 4]])


def test_a_single_output_without_a_sigmoid_is_itself_the_score():
    model = Sequential([Input((2,)), Dense(1, use_bias=False)])
    model.set_weights([np.array([[3.0], [-4.0]])])
    np.testing.assert_array_equal(saliency(model, np.eye(2)), [[3, -4], [3, -4]])
    # The same network trained as a classifier from logits has two classes.
    model.compile(loss="binary_crossentropy")
    np.testing.assert_array_equal(saliency(model, np.eye(2)), [[3, -4], [3, -4]])
    model.compile(loss=BinaryCrossentropy(from_logits=True))
    np.testing.assert_array_equal(saliency(model, np.eye(2)), [[3, -4], [-3, 4]])


def noisy(seed=3):
    layers = [Flatten(), BatchNormalization(), Dense(8, activation="relu"), Dropout(0.4), GaussianNoise(0.1)]
    model = Sequential([Input((4, 4)), *layers, Dense(3, activation="softmax")], seed=seed)
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def test_the_model_stays_as_it_was():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(60, 4, 4)), rng.integers(0, 3, 60)
    looked_at, left_alone = noisy(), noisy()
    for model in (looked_at, left_alone):
        model.train_on_batch(x[:20], y[:20])
    before = {layer.name: {**layer._memory, **vars(layer)} for layer in looked_at.layers}
    gradient = looked_at.gradient.copy()
    saliency(looked_at, x)
    for layer in looked_at.layers:
        assert {k: id(v) for k, v in {**layer._memory, **vars(layer)}.items()} == {
            k: id(v) for k, v in before[layer.name].items()
        }
    np.testing.assert_array_equal(looked_at.gradient, gradient)
    # And so do its random streams: training goes on to the same bits.
    for model in (looked_at, left_alone):
        model.fit(x, y, epochs=2, verbose=0)
    np.testing.assert_array_equal(looked_at.theta, left_alone.theta)


def test_x_stays_as_it_was_and_may_hold_integers():
    x = np.random.default_rng(0).integers(0, 256, (5, 4, 4), dtype=np.uint8)
    kept = x.copy()
    found = saliency(noisy(), x)
    np.testing.assert_array_equal(x, kept)
    np.testing.assert_array_equal(found, saliency(noisy(), x.astype(np.float32)))
    assert (found.shape, found.dtype) == ((5, 4, 4), np.float32)


def test_many_samples_are_the_same_as_each_by_itself():
    model, x = noisy(), np.random.default_rng(0).normal(size=(600, 4, 4))
    classes = np.arange(600) % 3
    found = saliency(model, x, classes)
    for start in (0, 255, 256, 599):
        one = slice(start, start + 1)
        np.testing.assert_allclose(found[one], saliency(model, x[one], classes[one]), rtol=1e-4, atol=1e-6)


def test_models_of_layers_that_only_reshape():
    model = Sequential([Input((2, 2)), Reshape((4,))])
    np.testing.assert_array_equal(saliency(model, np.ones((1, 2, 2)), 3), [[[0, 0], [0, 1]]])


@pytest.mark.parametrize(
    ("class_index", "message"),
    [
        (2, "from 0 to 1.*Received: 2 to 2"),
        (-1, "from 0 to 1"),
        ([0, 5], "from 0 to 1"),
        ([0, 1, 1], r"each of the 2 samples. Received: shape \(3,\)"),
        (0.0, "one whole number.*float64"),
        (True, "one whole number.*bool"),
        (np.eye(2, dtype=int), "np.argmax"),
    ],
)
def test_classes_that_there_are_not(class_index, message):
    with pytest.raises(ValueError, match=message):
        saliency(small(), np.ones((2, 2)), class_index)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"isn't built.*Input"):
        saliency(Sequential([Dense(3)]), np.ones((2, 2)))
    with pytest.raises(ValueError, match=r"x of shape \(batch, 2\), but received \(2, 3\)"):
        saliency(small(), np.ones((2, 3)))
    with pytest.raises(ValueError, match=r"one row of outputs.*\(None, 2, 3\)"):
        saliency(Sequential([Input((2, 4)), Dense(3)]), np.ones((1, 2, 4)))
    with pytest.raises(ValueError, match="one row of outputs"):
        saliency(Sequential([Input((4, 4)), Dropout(0.5)]), np.ones((1, 4, 4)))
    with pytest.raises(TypeError, match="a Sequential model"):
        saliency(Dense(3), np.ones((2, 2)))
    with pytest.raises(TypeError, match="real numbers"):
        saliency(small(), [["a", "b"]])


def test_a_layer_that_differs_in_training_is_refused():
    class Halving(Layer):
        def forward(self, x, *, training=False, out=None):
            return x / 2 if training else x

        def backward_input(self, dz, *, out=None):
            return dz / 2

    model = Sequential([Input((2,)), Halving(), Dense(2)], seed=0)
    with pytest.raises(ValueError, match=r"training=True.*NoiseLayer"):
        saliency(model, np.ones((1, 2)))


def test_a_number_that_is_missing_spoils_its_own_sample_alone():
    x = np.random.default_rng(0).normal(size=(3, 4, 4))
    expected = saliency(noisy(), x, 1)
    x[1, 2, 3] = np.nan
    np.testing.assert_array_equal(saliency(noisy(), x, 1)[[0, 2]], expected[[0, 2]])

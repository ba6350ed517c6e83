"""Data and arguments as users spell them, beside Keras: the same losses and predictions."""

import numpy as np
import pytest

import numpy_ann

pytest.importorskip("keras")
import keras

r = np.random.RandomState(0)
X = r.normal(size=(20, 3)).astype("float32")
Y = r.normal(size=(20, 1)).astype("float32")
XS = np.linspace(-1, 1, 6)


def model_of(library, inputs, loss="mse", **options):
    layers = library.layers
    begin = layers.Input(inputs, name="pixels")
    model = library.models.Sequential([begin, layers.Flatten(), layers.Dense(1, name="out")])
    q = np.random.RandomState(1)
    model.set_weights([q.normal(size=w.shape).astype("float32") for w in model.get_weights()])
    model.compile("sgd", loss, **options)
    return model


def numbers_of(library, inputs, x, y, **options):
    model = model_of(library, inputs, **options)
    loss = model.fit(x, y, batch_size=8, epochs=2, shuffle=False, verbose=0).history["loss"]
    return [*loss, *np.ravel(model.evaluate(x, y, verbose=0)), *np.ravel(model.predict(x, verbose=0))]


def sparse(kind):
    scipy_sparse = pytest.importorskip("scipy.sparse")
    return getattr(scipy_sparse, kind)(np.where(X > 0, X, 0))


def dummies():
    pandas = pytest.importorskip("pandas")
    return pandas.get_dummies(pandas.DataFrame({"c": ["a", "b"] * 10, "v": np.arange(20) / 20}))


@pytest.mark.parametrize(
    ("inputs", "x", "y"),
    [
        ((1,), XS, 2 * XS - 1),
        ((1,), XS[:, None, None], 2 * XS - 1),
        ((3,), X[..., None], Y),
        ((3, 1), X, Y[:, 0]),
        ((3,), [X], [Y]),
        ((3,), (X,), (Y,)),
        ((3,), {"pixels": X}, Y),
        ((3,), lambda: sparse("csr_matrix"), Y),
        ((3,), lambda: sparse("coo_array"), Y),
        ((3,), dummies, Y),
    ],
)
def test_the_same_numbers_of_what_users_pass(inputs, x, y):
    x = x() if callable(x) else x
    theirs, ours = (numbers_of(library, inputs, x, y) for library in (keras, numpy_ann))
    np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize(
    "options",
    [
        {"loss_weights": [2.0]},
        {"loss_weights": 0.5, "metrics": ["mae"]},
        {"loss_weights": {"out": 2.0}, "metrics": {"out": "mae"}},
        {"loss": ["mse"], "metrics": [["mae", "mse"]]},
    ],
)
def test_the_same_numbers_of_what_compile_takes(options):
    theirs, ours = (numbers_of(library, (3,), X, Y, **options) for library in (keras, numpy_ann))
    np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize("options", [{}, {"loss_weights": [2.0], "metrics": ["mae"]}])
def test_keras_reads_the_weight_of_the_loss(options, tmp_path):
    model_of(numpy_ann, (3,), **options).save(tmp_path / "m.keras")
    theirs = keras.models.load_model(tmp_path / "m.keras").evaluate(X, Y, verbose=0)
    ours = numpy_ann.models.load_model(tmp_path / "m.keras").evaluate(X, Y, verbose=0)
    np.testing.assert_allclose(ours, theirs, rtol=1e-5)
    clones = [
        library.models.clone_model(model_of(library, (3,), **options)) for library in (keras, numpy_ann)
    ]
    assert [clone.compiled for clone in clones] == [True, True]


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_keras_reads_the_size_of_a_batch_and_we_read_keras(suffix, tmp_path):
    for one, other in ((numpy_ann, keras), (keras, numpy_ann)):
        path = tmp_path / f"{one.__name__}{suffix}"
        one.Sequential([one.layers.Input((3,), batch_size=4), one.layers.Dense(2)]).save(path)
        assert other.models.load_model(path).input_shape == (4, 3)


def test_the_same_losses_after_a_call():
    found = []
    for library in (keras, numpy_ann):
        layers = library.layers
        model = library.Sequential(
            [
                layers.Input((3,)),
                layers.Dense(2, kernel_regularizer="l2", kernel_initializer="ones"),
                layers.Dense(2, activity_regularizer="l1", bias_regularizer="l1", kernel_initializer="ones"),
            ]
        )
        model(X)
        found.append([float(penalty) for penalty in model.losses])
    np.testing.assert_allclose(found[1], found[0], rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("AUC", {"thresholds": [0.2, 0.5, 0.9]}),
        ("AUC", {"thresholds": [0.5], "curve": "PR"}),
        ("Precision", {"top_k": 2}),
        ("Precision", {"top_k": 1, "class_id": 1}),
        ("Recall", {"top_k": 2, "thresholds": [0.2, 0.6]}),
    ],
)
@pytest.mark.parametrize("samples", [1, 8])
def test_the_same_figures_of_few_samples(name, options, samples):
    q = np.random.RandomState(2)
    y_true, y_pred = q.randint(0, 2, (samples, 3)).astype("float32"), q.uniform(size=(samples, 3))
    figures = []
    for library in (keras, numpy_ann):
        metric = getattr(library.metrics, name)(**options)
        metric.update_state(y_true, y_pred.astype("float32"))
        if samples == 1 and "class_id" in options:
            with pytest.raises(ValueError, match="class_id"):
                metric.update_state(y_true[0], y_pred[0].astype("float32"))
        elif samples == 1:  # one sample of one axis too, as Keras takes it
            metric.update_state(y_true[0], y_pred[0].astype("float32"))
        figures.append(np.asarray(metric.result()))
    np.testing.assert_allclose(figures[1], figures[0], rtol=1e-6, atol=1e-7)

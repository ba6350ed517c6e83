"""What a user's subclass overrides is called or refused; old names of options are explained."""

import inspect

import numpy as np
import pytest

from numpy_ann import callbacks, layers, losses, metrics, models, optimizers, regularizers
from numpy_ann.layers import Dense, Input
from numpy_ann.models import Sequential
from numpy_ann.part import Part

NOT_CALLED = [
    (layers.Dense, ("call", "__call__", "compute_output_spec", "weights", "save_own_variables")),
    (layers.Dropout, ("call",)),
    (layers.Layer, ("call",)),
    (losses.MeanSquaredError, ("call", "__call__")),
    (losses.Loss, ("call",)),
    (optimizers.Adam, ("update_step", "apply_gradients", "apply", "load_own_variables")),
    (
        Sequential,
        (
            "call",
            "__call__",
            "train_step",
            "test_step",
            "predict_step",
            "compute_loss",
            "compute_metrics",
            "metrics",
            "make_train_function",
            "get_metrics_result",
        ),
    ),
]


@pytest.mark.parametrize(
    ("base", "method"), [(base, method) for base, methods in NOT_CALLED for method in methods]
)
def test_what_keras_calls_and_we_do_not_is_refused_by_name(base, method):
    own = type("Own", (base,), {method: lambda self, *args, **options: None, "__module__": "users"})
    with pytest.raises(TypeError, match=f"Own overrides `{method}`, which Keras calls.*Override .* instead"):
        own(**({"units": 3} if base is Dense else {"rate": 0.1} if base is layers.Dropout else {}))


def test_a_method_of_a_mixin_is_found():
    class Loud:
        def call(self, inputs):
            return inputs

    class Own(Loud, Dense):
        pass

    class Below(Own):
        pass

    for kind in (Own, Below):
        with pytest.raises(TypeError, match="overrides `call`"):
            kind(3)


@pytest.mark.parametrize(
    ("base", "method", "beside"),
    [
        (losses.CategoricalCrossentropy, "per_sample", "gradient"),
        (regularizers.L2, "__call__", "gradient"),
        (layers.Dense, "forward", "pre_activation"),
        (optimizers.Adam, "rule", "update"),
    ],
)
def test_a_formula_without_what_belongs_to_it_is_refused(base, method, beside):
    own = type("Own", (base,), {method: lambda self, *args: 0.0, "__module__": "users"})
    with pytest.raises(TypeError, match=f"`{method}` without `{beside}`, which it has from"):
        own()
    both = {method: lambda self, *args: 0.0, beside: lambda self, *args: None, "__module__": "users"}
    assert isinstance(type("Own", (base,), both)(*((3,) if base is Dense else ())), Part)


def test_the_formula_of_a_subclass_is_the_one_that_trains():
    class Doubled(losses.CategoricalCrossentropy):
        def per_sample(self, y_pred, y_true):
            return 2 * super().per_sample(y_pred, y_true)

        def gradient(self, y_pred, y_true, *, out=None):
            return 2 * super().gradient(y_pred, y_true, out=out)

    x, y = np.random.default_rng(0).normal(size=(6, 4)), np.eye(3)[[0, 1, 2, 0, 1, 2]]
    model = Sequential([Input((4,)), Dense(3, "softmax")], dtype="float64")
    model.compile("sgd", "categorical_crossentropy")
    once = model.evaluate(x, y, verbose=0)
    model.compile("sgd", Doubled())
    assert model.evaluate(x, y, verbose=0) == pytest.approx(2 * once)


def test_the_update_state_of_a_subclass_is_the_one_that_counts():
    class Reverse(metrics.BinaryAccuracy):
        def update_state(self, y_true, y_pred, sample_weight=None):
            super().update_state(1 - np.asarray(y_true), y_pred, sample_weight)

    class Again(Reverse):
        def update_state(self, y_true, y_pred, sample_weight=None):
            super().update_state(1 - np.asarray(y_true), y_pred, sample_weight)

    x, y = np.array([[1.0], [2.0], [-1.0]]), np.array([1, 1, 1])
    model = Sequential([Input((1,)), Dense(1, "sigmoid", kernel_initializer="ones")])
    model.compile("sgd", "binary_crossentropy", metrics=[Reverse("one"), Again("two")])
    assert model.evaluate(x, y, verbose=0, return_dict=True)["one"] == pytest.approx(1 / 3)
    assert model.evaluate(x, y, verbose=0, return_dict=True)["two"] == pytest.approx(2 / 3)
    for kind, expected in ((Reverse, 1 / 3), (Again, 2 / 3)):
        assert kind()(y, [0.9, 0.9, 0.1]) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: optimizers.Adam(lr=0.1), "Adam has no option `lr`.*learning_rate=0.1"),
        (lambda: optimizers.SGD(0.1, decay=0.1), "SGD has no option `decay`.*InverseTimeDecay"),
        (lambda: layers.Dense(output_dim=3), "Dense has no option `output_dim`.*units=3"),
        (lambda: layers.Dense(3, init="ones"), "Dense has no option `init`.*kernel_initializer='ones'"),
        (lambda: layers.Dense(3, bias=False), "use_bias=False"),
        (lambda: layers.Dense(3, W_regularizer="l2"), "kernel_regularizer='l2'"),
        (lambda: layers.Dense(3, weights=[]), "set_weights"),
        (lambda: layers.Dropout(p=0.3), "Dropout has no option `p`.*rate=0.3"),
        (lambda: layers.GaussianNoise(sigma=0.3), "stddev=0.3"),
        (lambda: callbacks.ModelCheckpoint("x.keras", period=2), "save_freq=2"),
        (lambda: Sequential().fit(0, 0, nb_epoch=3), r"fit\(\) has no option `nb_epoch`.*epochs=3"),
        (lambda: Sequential().fit(0, 0, workers=3), "`workers`.*leave it out"),
    ],
)
def test_names_of_older_versions_are_explained(make, said):
    with pytest.raises(TypeError, match=said):
        make()


def test_other_names_are_pythons_to_refuse():
    with pytest.raises(TypeError, match="unexpected keyword argument 'unit'"):
        layers.Flatten(unit=3)


def test_signatures_are_those_of_the_options():
    assert list(inspect.signature(optimizers.schedules.ExponentialDecay).parameters)[:2] == [
        "initial_learning_rate",
        "decay_steps",
    ]
    assert "epochs" in inspect.signature(models.Sequential.fit).parameters

"""What a user's subclass overrides is called or refused; old names of options are explained."""

import inspect
import math

import numpy as np
import pytest

from numpy_ann import callbacks, layers, losses, metrics, models, optimizers
from numpy_ann.layers import Dense, Input
from numpy_ann.models import Sequential
from numpy_ann.part import Part

NOT_CALLED = [
    (layers.Dense, ("__call__", "compute_output_spec", "weights", "save_own_variables", "backward")),
    (losses.MeanSquaredError, ("__call__",)),
    (optimizers.Adam, ("update_step", "apply_gradients", "apply", "load_own_variables")),
    (
        Sequential,
        (
            "__call__",
            "make_train_function",
            "make_test_function",
            "make_predict_function",
        ),
    ),
]


@pytest.mark.parametrize(
    ("base", "method"), [(base, method) for base, methods in NOT_CALLED for method in methods]
)
def test_what_keras_calls_and_we_do_not_is_refused_by_name(base, method):
    own = type("Own", (base,), {method: lambda self, *args, **options: None, "__module__": "users"})
    with pytest.raises(
        TypeError, match=f"Own overrides `{method}`, which numpy_ann doesn.t call.*Override .* instead"
    ):
        own(**({"units": 3} if base is Dense else {}))


def test_a_method_of_a_mixin_is_found():
    class Loud:
        def compute_output_spec(self, inputs):
            return inputs

    class Own(Loud, Dense):
        pass

    class Below(Own):
        pass

    for kind in (Own, Below):
        with pytest.raises(TypeError, match="overrides `compute_output_spec`"):
            kind(3)


def test_the_call_of_a_mixin_is_what_runs():
    class Thrice:
        def call(self, *args):
            return 3 * super().call(*args)

    class OwnLayer(Thrice, Dense):
        pass

    class OwnLoss(Thrice, losses.MeanSquaredError):
        pass

    class Below(OwnLayer):
        pass

    x = np.ones((1, 2))
    for kind in (OwnLayer, Below):
        assert Sequential([Input((2,)), kind(1, kernel_initializer="ones")]).predict(x, verbose=0) == 6
    assert OwnLoss()(np.ones((1, 1)), np.zeros((1, 1))) == 3


@pytest.mark.parametrize(
    ("base", "method", "beside"),
    [
        (losses.CategoricalCrossentropy, "per_sample", "gradient"),
        (layers.Dense, "forward", "pre_activation"),
        (optimizers.Adam, "rule", "update"),
    ],
)
def test_a_formula_without_what_belongs_to_it_is_refused(base, method, beside):
    own = type("Own", (base,), {method: lambda self, *args: 0.0, "__module__": "users"})
    with pytest.raises(TypeError, match=f"`{method}` without `{beside}`, which it has from"):
        own()
    mended = type("Mended", (own,), {beside: lambda self, *args: None, "__module__": "users"})
    assert isinstance(mended(*((3,) if base is Dense else ())), Part)
    both = {method: lambda self, *args: 0.0, beside: lambda self, *args: None, "__module__": "users"}
    assert isinstance(type("Own", (base,), both)(*((3,) if base is Dense else ())), Part)


@pytest.mark.parametrize(("base", "arguments"), [(layers.Layer, 1), (losses.Loss, 2)])
def test_a_call_above_which_there_is_no_formula_says_so(base, arguments):
    class Own(base):
        def call(self, *args):
            return super().call(*args)

    with pytest.raises(NotImplementedError, match=rf"^Own.call: {base.__name__}, above it, has no formula"):
        Own()(*[np.ones((2, 1))] * arguments)


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


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: layers.Dense(3, activations="relu"), "Dense has no option `activations`. Did you mean 'act"),
        (lambda: optimizers.Adam(beta1=0.9), "Adam has no option `beta1`. Did you mean 'beta_1' or 'beta_2'"),
        (lambda: Sequential().fit(0, 0, epoch=3), r"fit\(\) has no option `epoch`. Did you mean 'epochs'"),
        (lambda: Sequential().compile(optimiser="sgd"), r"compile\(\) has no .*Did you mean 'optimizer'"),
    ],
)
def test_a_name_that_is_nearly_one_is_corrected(make, said):
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


def test_what_cannot_learn_is_warned_of():
    with pytest.warns(UserWarning, match="softmax over axis -1.*size 1.*sigmoid instead"):
        model = Sequential([Input((2,)), Dense(1, "softmax")])
    model.compile("sgd", "categorical_crossentropy")
    with pytest.warns(SyntaxWarning, match="In loss categorical_crossentropy.*num_classes > 1"):
        model.evaluate(np.ones((2, 2)), np.ones((2, 1)), verbose=0)


def test_callbacks_are_called_at_every_so_many_batches():
    """The numbers are those of Keras 3.15: the last group of 5 batches by twos is as long as the others."""
    seen = []

    class Numbers(callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            seen.append(batch)

        on_train_batch_end = on_test_batch_begin = on_test_batch_end = on_train_batch_begin
        on_predict_batch_begin = on_predict_batch_end = on_train_batch_begin

    x, y = np.ones((10, 2)), np.ones((10, 1))
    model = Sequential([Input((2,)), Dense(1)])
    model.compile("sgd", "mse", steps_per_execution=2)
    model.fit(x, y, batch_size=2, verbose=0, callbacks=[Numbers()])
    model.evaluate(x, y, batch_size=2, verbose=0, callbacks=[Numbers()])
    model.predict(x, batch_size=2, verbose=0, callbacks=[Numbers()])
    assert seen == [0, 1, 2, 3, 4, 5] * 3
    with pytest.raises(ValueError, match="`steps_per_execution` must be an integer of at least 1"):
        model.compile("sgd", "mse", steps_per_execution=0)


def test_a_callback_ends_what_never_ends():
    class Stop(callbacks.Callback):
        def on_test_batch_end(self, batch, logs=None):
            self.model.stop_evaluating = batch == 2

        def on_predict_batch_end(self, batch, logs=None):
            self.model.stop_predicting = batch == 2

    def forever():
        while True:
            yield np.ones((4, 2)), np.ones((4, 1))

    model = Sequential([Input((2,)), Dense(1)])
    model.compile("sgd", "mse")
    assert model.evaluate(forever(), callbacks=[Stop()], verbose=0) >= 0
    assert model.predict(forever(), callbacks=[Stop()], verbose=0).shape == (12, 1)
    assert model.predict(np.ones((9, 2)), batch_size=3, verbose=0).shape == (9, 1)


def test_a_loss_that_overflows_is_explained_by_its_size():
    model = Sequential([Input((6,)), Dense(3)])
    model.compile("sgd", "mse")
    with pytest.raises(ArithmeticError, match=r"Smaller targets.*y.std\(\).*smaller learning rate") as raised:
        model.fit(np.ones((8, 6)), np.full((8, 3), 1e38), verbose=0)
    assert "ross-entropy" not in str(raised.value)


def test_a_loss_that_is_not_finite_is_not_laid_to_targets_that_are_small():
    model = Sequential([Input((6,)), Dense(3)])
    model.compile("sgd", "poisson")  # the logarithm of a negative output
    with pytest.raises(ArithmeticError, match="the loss of it is not") as raised:
        model.fit(np.ones((8, 6)), np.full((8, 3), 10.0), verbose=0)
    assert "Smaller targets" not in str(raised.value)


def test_two_fits_at_once_say_so():
    from threading import Thread

    said = []

    class Again(callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            thread = Thread(target=self.fit)
            thread.start()
            thread.join()

        def fit(self):
            with pytest.raises(RuntimeError, match="trained in another thread"):
                self.model.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0)
            said.append(True)

    model = Sequential([Input((2,)), Dense(1)])
    model.compile("sgd", "mse")
    model.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0, callbacks=[Again()])
    assert said == [True]
    model.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0)


def test_without_scikit_learn_the_rest_works_and_says_what_to_install():
    import subprocess
    import sys

    code = """
import sys, importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name == "sklearn" else found(name, *more)
import numpy_ann, pydoc
assert hasattr(numpy_ann, "wrappers") and not hasattr(numpy_ann.wrappers, "NeuralNetworkClassifier")
assert "NeuralNetworkClassifier" in numpy_ann.wrappers.__all__
pydoc.render_doc(numpy_ann), pydoc.render_doc(numpy_ann.wrappers)
[getattr(numpy_ann, name) for name in dir(numpy_ann)]
try:
    from numpy_ann.wrappers import NeuralNetworkClassifier
except ImportError as error:
    print(error)
"""
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "pip install scikit-learn" in shown


def test_a_constructor_that_forgets_the_one_above_is_told():
    class Forgets(layers.Layer):
        def __init__(self, factor):
            self.factor = factor

        def call(self, inputs):
            return self.factor * inputs

    class ForgetsToo(losses.Loss):
        def __init__(self, factor):
            self.factor = factor

        def call(self, y_true, y_pred):
            return self.factor * np.mean(y_true - y_pred, axis=-1)

    for kind in (Forgets, ForgetsToo):
        with pytest.raises(TypeError, match=rf"{kind.__name__}.__init__ must call super\(\).__init__\(\)"):
            kind(2)


def test_code_of_single_numbers_is_told_how_to_take_batches():
    def assigning(x):
        x[x < 0] = 0
        return x

    for function in (lambda x: math.tanh(x), lambda x: x if x > 0 else -x):
        with pytest.raises(TypeError, match=r"call is given whole batches: np.tanh.*ops\.where"):
            model = Sequential([Input((3,)), layers.Lambda(function), Dense(1)])
    model = Sequential([Input((3,)), layers.Lambda(assigning), Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(TypeError, match=r"make a new one, by ops\.where"):
        model.fit(np.ones((4, 3)), np.ones((4, 1)), verbose=0)


def test_errors_of_a_layers_own_call_are_left_as_they_are():
    def broken(x):
        raise ValueError("no such column")

    with pytest.raises(ValueError, match="no such column") as raised:
        Sequential([Input((3,)), layers.Lambda(broken), Dense(1)])
    assert "whole batches" not in str(raised.value)

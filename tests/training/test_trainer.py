import copy
import pickle
import subprocess
import sys
from signal import SIGINT
from textwrap import dedent

import numpy as np
import pytest

from numpy_ann.callbacks import Callback, History
from numpy_ann.layers import Dense, Dropout, Input
from numpy_ann.losses import CategoricalCrossentropy
from numpy_ann.metrics import CategoricalAccuracy
from numpy_ann.models import Sequential
from numpy_ann.optimizers import SGD, Adam
from numpy_ann.utils import set_random_seed
from tests.training.problems import blobs, classifier, equal_weights


def test_training_learns():
    x, y, _ = blobs(200)
    model = classifier()
    history = model.fit(x, y, epochs=60, batch_size=16, verbose=0).history
    assert history["loss"][-1] < 0.5 * history["loss"][0]
    assert model.evaluate(x, y, verbose=0)[1] > 0.95


def test_fit_returns_the_history_with_lists_of_python_floats():
    x, y, _ = blobs()
    model = classifier()
    history = model.fit(x, y, epochs=3, verbose=0, validation_split=0.2)
    assert isinstance(history, History)
    assert history is model.history
    assert list(history.history) == ["accuracy", "loss", "val_accuracy", "val_loss"]
    for values in history.history.values():
        assert type(values) is list
        assert [type(value) for value in values] == [float] * 3
    assert history.epoch == [0, 1, 2]
    assert history.params == {"verbose": 0, "epochs": 3, "steps": 2}


def test_initial_epoch_counts_on():
    x, y, _ = blobs()
    model = classifier()
    assert model.fit(x, y, initial_epoch=3, epochs=5, verbose=0).epoch == [3, 4]
    assert model.fit(x, y, initial_epoch=5, epochs=5, verbose=0).history == {}


def test_two_short_trainings_equal_a_long_one_bit_for_bit():
    x, y, _ = blobs()
    long, short = classifier(), classifier()
    whole = long.fit(x, y, epochs=4, verbose=0).history["loss"]
    parts = [short.fit(x, y, epochs=2, verbose=0).history["loss"] for _ in range(2)]
    assert parts[0] + parts[1] == whole
    assert equal_weights(long, short)


def test_the_same_seed_gives_the_same_bits_and_another_gives_others():
    x, y, _ = blobs()
    one, same, other = classifier(seed=1), classifier(seed=1), classifier(seed=2)
    assert not equal_weights(one, other)
    losses = [m.fit(x, y, epochs=2, verbose=0).history for m in (one, same, other)]
    assert losses[0] == losses[1] != losses[2]
    assert equal_weights(one, same)
    assert not equal_weights(one, other)


def test_set_random_seed_makes_models_without_seed_repeatable():
    x, y, _ = blobs()

    def two_models():
        models = [classifier(seed=None), classifier(seed=None)]
        for model in models:
            model.fit(x, y, verbose=0)
        return models

    set_random_seed(3)
    first = two_models()
    set_random_seed(3)
    second = two_models()
    set_random_seed(4)
    third = two_models()
    assert equal_weights(first[0], second[0])
    assert equal_weights(first[1], second[1])
    assert not equal_weights(first[0], first[1])
    assert not equal_weights(first[0], third[0])


def test_two_models_do_not_disturb_each_other():
    x, y, _ = blobs()
    alone = classifier(seed=1)
    alone.fit(x, y, epochs=3, verbose=0)
    one, other = classifier(seed=1), classifier(seed=2)
    for _ in range(3):
        one.fit(x, y, epochs=1, verbose=0)
        other.fit(x, y, epochs=1, verbose=0)
        np.random.default_rng().random()
    assert equal_weights(one, alone)


def test_train_on_batch_is_one_step_of_fit():
    x, y, _ = blobs()
    fitted, stepped = classifier(), classifier()
    history = fitted.fit(x, y, batch_size=len(x), shuffle=False, verbose=0).history
    loss, accuracy = stepped.train_on_batch(x, y)
    assert [loss, accuracy] == [history["loss"][0], history["accuracy"][0]]
    assert equal_weights(fitted, stepped)


def test_what_evaluate_and_train_on_batch_return():
    x, y, _ = blobs()
    model = classifier()
    for call in (model.train_on_batch, lambda *a, **k: model.evaluate(*a, verbose=0, **k)):
        figures = call(x, y)
        assert [type(f) for f in figures] == [float, float]
        named = call(x, y, return_dict=True)
        assert list(named) == ["accuracy", "loss"]
    assert model.evaluate(x, y, verbose=0) == [named["loss"], named["accuracy"]]
    bare = classifier(metrics=())
    assert type(bare.evaluate(x, y, verbose=0)) is float
    assert type(bare.train_on_batch(x, y)) is float


def test_what_predict_returns():
    x, _, _ = blobs()
    y = classifier().predict(x, verbose=0)
    assert type(y) is np.ndarray
    assert y.shape == (70, 3)
    assert y.dtype == np.float32
    np.testing.assert_allclose(y.sum(axis=1), 1, rtol=1e-6)


@pytest.mark.parametrize("form", ["uint8", "float64", "fortran", "list", "read-only", "strided", "memmap"])
def test_data_in_every_form_train_to_the_same_bits_and_stay_as_they_are(form, tmp_path):
    x = np.random.default_rng(0).integers(0, 10, (50, 4)).astype(np.uint8)
    labels = np.random.default_rng(1).integers(0, 3, 50)
    given = {
        "uint8": lambda: x.copy(),
        "float64": lambda: x.astype(np.float64),
        "fortran": lambda: np.asfortranarray(x.astype(np.float32)),
        "list": x.tolist,
        "read-only": lambda: np.frombuffer(x.tobytes(), np.uint8).reshape(x.shape),
        "strided": lambda: np.repeat(x, 2, axis=0)[::2],
        "memmap": lambda: np.load(tmp_path / "x.npy", mmap_mode="r"),
    }
    np.save(tmp_path / "x.npy", x)
    data = given[form]()
    expected, model = (classifier(loss="sparse_categorical_crossentropy") for _ in range(2))
    options = {"epochs": 2, "batch_size": 16, "verbose": 0, "validation_split": 0.2}
    history = expected.fit(x.astype(np.float32), labels, **options).history
    assert model.fit(data, labels.tolist(), **options).history == history
    assert equal_weights(model, expected)
    np.testing.assert_array_equal(np.asarray(data), x)
    np.testing.assert_array_equal(model.predict(data, verbose=0), model.predict(x.astype("f4"), verbose=0))


def test_validation_data_goes_before_validation_split():
    x, y, _ = blobs()
    x_val, y_val, _ = blobs(30, seed=9)
    model, plain = classifier(), classifier()
    history = model.fit(x, y, verbose=0, validation_data=(x_val, y_val), validation_split=0.5).history
    plain.fit(x, y, verbose=0)
    assert equal_weights(model, plain)  # all of x was trained on
    figures = model.evaluate(x_val, y_val, verbose=0)
    assert [history["val_loss"][0], history["val_accuracy"][0]] == figures


@pytest.mark.parametrize("kind", [tuple, list])
def test_validation_data_may_carry_weights(kind):
    x, y, _ = blobs()
    w = np.linspace(0, 2, len(x))
    model = classifier()
    history = model.fit(x, y, verbose=0, validation_data=kind((x, y, w))).history
    assert history["val_loss"][0] == model.evaluate(x, y, sample_weight=w, verbose=0)[0]
    assert history["val_loss"][0] != model.evaluate(x, y, verbose=0)[0]


def test_weights_scale_the_loss_and_are_not_divided_out():
    # loss = sum(w l) / n; metrics don't see the weights, weighted metrics divide by their sum.
    x, y, labels = blobs()
    w = np.where(labels == 0, 3.0, 0.5)
    model = classifier(dropout=None)
    model.compile(
        "sgd",
        "categorical_crossentropy",
        metrics=["accuracy"],
        weighted_metrics=[CategoricalAccuracy(name="weighted")],
    )
    p = model.predict(x, verbose=0)
    losses, right = -np.log(p[np.arange(len(x)), labels]), p.argmax(axis=1) == labels
    figures = model.evaluate(x, y, sample_weight=w, verbose=0)
    assert figures == pytest.approx(
        [(w * losses).mean(), right.mean(), (w * right).sum() / w.sum()], rel=1e-5
    )
    assert model.train_on_batch(x, y, sample_weight=w) == pytest.approx(figures, rel=1e-6)


def test_class_weights_are_sample_weights_by_class_and_missing_classes_weigh_1():
    x, y, labels = blobs()
    by_class, by_sample = classifier(), classifier()
    history = by_class.fit(x, y, epochs=2, verbose=0, class_weight={0: 3.0, 2: 0.5}).history
    weights = np.array([3.0, 1.0, 0.5])[labels]
    assert by_sample.fit(x, y, epochs=2, verbose=0, sample_weight=weights).history == history
    assert equal_weights(by_class, by_sample)
    with pytest.raises(ValueError, match=r"'balanced' is {k: samples / \(classes \* samples of k\)}"):
        by_class.fit(x, y, class_weight="balanced")


def test_the_validation_is_blind_to_class_weights_but_not_to_sample_weights():
    x, y, _ = blobs(20)
    model = classifier()
    history = model.fit(x, y, verbose=0, validation_split=0.25, class_weight={0: 9.0, 1: 5.0, 2: 7.0}).history
    assert [history["val_loss"][0], history["val_accuracy"][0]] == model.evaluate(x[15:], y[15:], verbose=0)
    w = np.arange(20.0)
    history = model.fit(x, y, verbose=0, validation_split=0.25, sample_weight=w).history
    assert history["val_loss"][0] == model.evaluate(x[15:], y[15:], sample_weight=w[15:], verbose=0)[0]


def test_frozen_layers_stay_and_the_rest_learns():
    x, y, _ = blobs()
    model = Sequential(
        [
            Input(shape=(4,)),
            Dense(6, activation="relu"),
            Dense(5, activation="relu", trainable=False),
            Dense(3, activation="softmax"),
        ],
        seed=0,
    )
    model.compile("adam", "categorical_crossentropy")
    before = model.get_weights()
    model.fit(x, y, epochs=2, verbose=0)
    changed = [not np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True)]
    assert changed == [True, True, False, False, True, True]


def test_freezing_and_thawing_with_a_new_compile():
    x, y, _ = blobs()
    model = classifier()
    model.fit(x, y, verbose=0)
    model.layers[0].trainable = False
    with pytest.raises(ValueError, match=r"training 67 parameters and can't go on with 27.*compile anew"):
        model.fit(x, y, verbose=0)
    model.compile("adam", "categorical_crossentropy")
    before = model.get_weights()
    model.fit(x, y, verbose=0)
    assert equal_weights(model.get_weights()[:2], before[:2])
    model.layers[0].trainable = True
    model.compile("adam", "categorical_crossentropy")
    model.fit(x, y, verbose=0)
    assert not np.array_equal(model.get_weights()[0], before[0])


def test_the_loss_and_optimizer_of_compile_can_be_read():
    loss = CategoricalCrossentropy()
    model = Sequential([Dense(3)])
    assert model.loss is model.optimizer is None
    model.compile("rmsprop", loss)
    assert model.loss is loss
    assert model.optimizer.name == "rmsprop"


def test_keras_other_compile_arguments_change_nothing():
    x, y, _ = blobs()
    model, plain = classifier(), classifier()
    model.compile(
        optimizer="adam",
        loss="categorical_crossentropy",
        metrics=["accuracy"],
        run_eagerly=True,
        steps_per_execution=3,
        jit_compile=True,
    )
    assert model.fit(x, y, verbose=0).history == plain.fit(x, y, verbose=0).history


def test_an_interrupt_in_a_callback_leaves_a_usable_model_and_the_history():
    x, y, _ = blobs()

    class Interrupt(Callback):
        def on_train_batch_end(self, batch, logs=None):
            if len(self.model.history.epoch) == 2 and batch == 1:
                raise KeyboardInterrupt

    model = classifier()
    with pytest.raises(KeyboardInterrupt):
        model.fit(x, y, epochs=9, verbose=0, batch_size=16, callbacks=[Interrupt()])
    assert model.history.epoch == [0, 1]
    assert len(model.history.history["loss"]) == 2
    assert np.isfinite(model.predict(x, verbose=0)).all()
    assert np.isfinite(model.fit(x, y, verbose=0).history["loss"]).all()


def test_ctrl_c_in_the_middle_of_an_epoch():
    script = """
        import signal
        import numpy as np
        from numpy_ann.callbacks import Callback
        from numpy_ann.layers import Dense, Dropout, Input
        from numpy_ann.models import Sequential

        class Tell(Callback):
            def on_train_batch_end(self, batch, logs=None):
                if batch == 3 and self.model.history.epoch:
                    print("in the middle", flush=True)

        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
        hidden = [Dense(64, activation="relu"), Dropout(0.5)]
        model = Sequential([Input(shape=(100,)), *hidden, Dense(3, activation="softmax")])
        model.compile("adam", "sparse_categorical_crossentropy")
        x, y = np.random.default_rng(0).random((3000, 100)), np.zeros(3000, int)
        try:
            model.fit(x, y, epochs=1_000_000, verbose=0, callbacks=[Tell()])
        except KeyboardInterrupt:
            epochs = len(model.history.history["loss"])
            assert epochs == len(model.history.epoch) >= 1
            assert np.isfinite(model.predict(x, verbose=0)).all()
            assert np.isfinite(model.fit(x, y, verbose=0).history["loss"][0])
            print("still usable")
    """
    process = subprocess.Popen(
        [sys.executable, "-c", dedent(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout.readline() == "in the middle\n"
        process.send_signal(SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert out.splitlines()[-1] == "still usable", err
    assert process.returncode == 0


def test_training_again_uses_the_memory_of_the_first_time():
    x, y, _ = blobs()
    model = classifier()
    model.fit(x, y, verbose=0)
    step = model._step
    model.fit(x, y, verbose=0)  # batches of the very size that there is room for
    assert model._step is step
    model.fit(x, y, verbose=0, batch_size=8)
    assert model._step is step
    model.fit(x, y, verbose=0, batch_size=64)
    assert model._step is not step


def test_a_dropout_layer_with_a_seed_of_its_own_draws_the_same_masks_in_any_model():
    x, y, _ = blobs()
    with_own_seed = [
        Sequential([Input(shape=(4,)), Dropout(0.5, seed=7), Dense(3, activation="softmax")], seed=seed)
        for seed in (1, 2)
    ]
    masks = []
    for model in with_own_seed:
        model.compile("sgd", "categorical_crossentropy")
        model.train_on_batch(x, y)
        masks.append(model.layers[0]._memory["noise"])
    np.testing.assert_array_equal(*masks)


def test_one_optimizer_trains_one_model():
    x, y, _ = blobs()
    optimizer = Adam()
    model, other = classifier(optimizer=optimizer, seed=1), classifier(optimizer=optimizer, seed=2)
    model.fit(x, y, verbose=0)
    with pytest.raises(ValueError, match=r"has been training another model.*Give each model its own"):
        other.fit(x, y, verbose=0)
    assert optimizer.iterations == 3


@pytest.mark.parametrize("again", [lambda m: m, copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])  # noqa: S301
def test_a_model_compiled_anew_or_copied_keeps_its_optimizer(again):
    x, y, _ = blobs()
    model = classifier(optimizer=Adam())
    model.fit(x, y, verbose=0)
    model = again(model)
    model.compile(model.optimizer, "categorical_crossentropy")
    model.fit(x, y, verbose=0)
    assert model.optimizer.iterations == 6


def test_no_epochs_change_nothing():
    x, y, _ = blobs()
    model = classifier()
    weights = model.get_weights()
    assert model.fit(x, y, epochs=0, verbose=0).history == {}
    assert equal_weights(model, weights)


def test_loss_weights_stand_where_keras_has_them():
    model = classifier()
    model.compile("adam", "categorical_crossentropy", None, ["accuracy"], ["accuracy"])
    assert model.configuration.metrics == model.configuration.weighted_metrics == ["accuracy"]
    with pytest.raises(ValueError, match=r"passed by name.*loss_weights=\['accuracy'\]"):
        model.compile("adam", "categorical_crossentropy", ["accuracy"])


@pytest.mark.parametrize("reduction", ["sum", "mean_with_sample_weight"])
def test_a_loss_that_depends_on_the_batches_is_evaluated_in_those_of_keras(reduction):
    x, y, _ = blobs()
    w = np.linspace(0, 2, len(x))
    model = classifier(metrics=(), loss=CategoricalCrossentropy(reduction=reduction))
    by_default = model.evaluate(x, y, sample_weight=w, verbose=0)
    assert by_default == model.evaluate(x, y, 32, sample_weight=w, verbose=0)
    assert by_default != model.evaluate(x, y, 70, sample_weight=w, verbose=0)

    history = model.fit(x, y, batch_size=10, validation_data=(x, y, w), verbose=0).history
    after = model.evaluate(x, y, 10, sample_weight=w, verbose=0)
    assert history["val_loss"] == [pytest.approx(after, rel=1e-6)]


def test_errors_in_validation_data_say_so():
    x, y, _ = blobs()
    for wrong, kind in (
        ((x[:, :3], y), ValueError),
        ((x, y[:4]), ValueError),
        ((x, None), ValueError),
        ((["a"], y), TypeError),
        ((x, y[:, :2]), ValueError),
    ):
        with pytest.raises(kind, match=r"^In `validation_data`: "):
            classifier().fit(x, y, validation_data=wrong, verbose=0)
    with pytest.raises(ValueError, match=r"^In `validation_data`: The model expects x"):
        classifier().fit(x, y, validation_data=iter([(x[:, :3], y)]), validation_steps=1, verbose=0)


def test_an_evaluation_within_fit_leaves_the_metrics_of_fit_alone():
    x, y, _ = blobs()
    accuracy = CategoricalAccuracy()
    alone, watched = classifier(metrics=[CategoricalAccuracy()]), classifier(metrics=[accuracy])
    found = []

    class Evaluate(Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.evaluate(x[:3], y[:3], verbose=0)
            self.model.test_on_batch(x[:3], y[:3])
            found.append(self.model.metrics)

    history = watched.fit(x, y, epochs=2, verbose=0, callbacks=[Evaluate()]).history
    assert history == alone.fit(x, y, epochs=2, verbose=0).history
    assert found == [[accuracy]] * 6
    assert accuracy.result() == history["categorical_accuracy"][-1]

    figures = watched.evaluate(x, y, verbose=0, return_dict=True)
    assert accuracy.result() == figures["categorical_accuracy"]


def test_steps_alone_say_how_large_batches_are():
    """As in Keras 3.15: of targets 0, 1, ..., the mean error of outputs 0 says how many were read."""
    x, y = np.ones((1500, 1), np.float32), np.arange(1500, dtype=np.float32)
    model = Sequential([Input((1,)), Dense(1, kernel_initializer="zeros")])
    model.compile(SGD(0.0), "mse", metrics=["mae"])
    for options, read in (
        ({"steps": 3}, 1500),
        ({"steps": 3, "batch_size": 10}, 30),
    ):
        assert len(model.predict(x, verbose=0, **options)) == read
        assert model.evaluate(x, y, verbose=0, **options)[1] == pytest.approx((read - 1) / 2)
    for options, trained, validated in (
        ({"steps_per_epoch": 3}, 1500, 1500),
        ({"steps_per_epoch": 3, "batch_size": 10}, 30, 1500),
        ({"validation_steps": 2, "batch_size": 50}, 1500, 100),
        ({"validation_steps": 2}, 1500, 1500),
        ({"validation_steps": 2, "validation_batch_size": 7}, 1500, 14),
    ):
        history = model.fit(x, y, validation_data=(x, y), shuffle=False, verbose=0, **options).history
        assert (history["mae"][0], history["val_mae"][0]) == pytest.approx(
            ((trained - 1) / 2, (validated - 1) / 2)
        )

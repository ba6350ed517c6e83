"""Sick trainings of which one thing is said, and healthy ones of which nothing is."""

import io
import re
from functools import partial

import numpy as np
import pytest
from sklearn.datasets import load_digits

from numpy_ann.callbacks import Callback, Finding, TerminateOnNaN, TrainingDiagnostics
from numpy_ann.data import mnist, toy
from numpy_ann.initializers import Constant, RandomNormal
from numpy_ann.layers import Dense, Dropout, Flatten, Input
from numpy_ann.models import Sequential
from numpy_ann.optimizers import SGD, Adam, RMSprop
from numpy_ann.optimizers.schedules import CosineDecay
from tests.support import missing

DIGITS, WHICH = load_digits(return_X_y=True)
DIGITS = (DIGITS / 16).astype(np.float32)


def network(inputs, hidden, outputs, optimizer, *, activation="relu", dropout=0.0, seed=0, **options):
    """A classifier with hidden layers like these, compiled."""
    layers = [Input(inputs)] + ([Flatten()] if len(inputs) > 1 else [])
    for units in hidden:
        layers.append(Dense(units, activation=activation, **options))
        layers += [Dropout(dropout)] if dropout else []
    model = Sequential([*layers, Dense(outputs, activation="softmax")], seed=seed)
    model.compile(optimizer, "sparse_categorical_crossentropy")
    return model


def watched(model, x, y, *others, epochs=10, batch_size=32, **options):
    diagnostics = TrainingDiagnostics(verbose=0)
    callbacks = [diagnostics, *others]
    model.fit(x, y, epochs=epochs, batch_size=batch_size, verbose=0, callbacks=callbacks, **options)
    return diagnostics


def names(diagnostics):
    return [finding.name for finding in diagnostics.findings]


digits = partial(network, (64,), outputs=10)
plane = partial(network, (2,), outputs=2)

SICK = {
    **{
        f"{name} {rate}, {epochs} epochs: units die, or the loss is thrown up, in the first": (
            "learning_rate_too_high",
            partial(
                lambda *a: watched(digits([64, 64], optimizer=a[0](a[1])), DIGITS, WHICH, epochs=a[2]), *case
            ),
        )
        for name, *case in (
            *(("SGD", SGD, 1.0, 3), ("SGD", SGD, 3.0, 3), ("SGD", SGD, 30.0, 1)),
            *(("Adam", Adam, 0.1, 3), ("Adam", Adam, 0.3, 3), ("Adam", Adam, 1.0, 1)),
        )
        for rate, epochs in [case[1:]]
    },
    "pixels from 0 to 255": (
        "unscaled_inputs",
        lambda: watched(digits([64], optimizer=Adam()), DIGITS * 255, WHICH, epochs=1),
    ),
    "steps as large as the weights": (
        "learning_rate_too_high",
        lambda: watched(plane([16, 16], optimizer=SGD(3.0), activation="tanh"), *toy.spirals()),
    ),
    "a loss that goes up and down": (
        "learning_rate_too_high",
        lambda: watched(plane([64, 64], optimizer=Adam(0.05)), *toy.spirals(), epochs=20),
    ),
    "steps of next to nothing": (
        "learning_rate_too_low",
        lambda: watched(digits([32], optimizer=SGD(1e-5)), DIGITS, WHICH, epochs=4),
    ),
    "Adam's steps of next to nothing": (
        "learning_rate_too_low",
        lambda: watched(digits([32], optimizer=Adam(1e-7)), DIGITS, WHICH, epochs=4),
    ),
    "biases far below 0": (
        "dead_units",
        lambda: watched(plane([16], optimizer="adam", bias_initializer=Constant(-20.0)), *toy.moons()),
    ),
    "units killed by large steps": (
        "learning_rate_too_high",
        lambda: watched(digits([64], optimizer=Adam(0.3)), DIGITS, WHICH),
    ),
    "many sigmoids on each other": (
        "vanishing_gradient",
        lambda: watched(digits([32] * 8, optimizer=SGD(0.1), activation="sigmoid"), DIGITS, WHICH, epochs=4),
    ),
    "large initial weights": (
        "exploding_gradient",
        lambda: watched(
            digits([64] * 6, optimizer=SGD(1e-6), kernel_initializer=RandomNormal(stddev=0.5)), DIGITS, WHICH
        ),
    ),
    "random labels": (
        "overfitting",
        lambda: watched(
            digits([128, 64], optimizer="adam"),
            DIGITS[:400],
            np.random.default_rng(0).integers(0, 10, 400),
            epochs=30,
            batch_size=8,
            validation_split=0.25,
        ),
    ),
}

TOYS = {"moons": toy.moons, "circles": toy.circles, "spirals": toy.spirals, "blobs": toy.blobs}
OPTIMIZERS = {"Adam, relu": (partial(Adam, 0.01), "relu"), "SGD, tanh": (partial(SGD, 0.1), "tanh")}


def healthy_on(name, options, seed):
    optimizer, activation = OPTIMIZERS[options]
    model = plane([16, 16], outputs=3, optimizer=optimizer(), activation=activation, seed=seed)
    return watched(model, *TOYS[name](seed=seed), epochs=60, validation_split=0.2)


HEALTHY = {
    **{
        f"{name}, {options}, seed {seed}": partial(healthy_on, name, options, seed)
        for name in TOYS
        for options in OPTIMIZERS
        for seed in (0, 1)
    },
    "digits, dropout, Adam": lambda: watched(
        digits([64, 32], optimizer="adam", dropout=0.3), DIGITS, WHICH, epochs=20, validation_split=0.2
    ),
    "digits, RMSprop, small batches": lambda: watched(
        digits([32], optimizer=RMSprop(0.001)), DIGITS, WHICH, batch_size=8, validation_split=0.2
    ),
    "digits, SGD with momentum": lambda: watched(
        digits([32], optimizer=SGD(0.05, momentum=0.9)), DIGITS, WHICH, epochs=20, validation_split=0.2
    ),
    "digits, SGD as it comes": lambda: watched(digits([32], optimizer="sgd"), DIGITS, WHICH, epochs=20),
    "a rate that falls to 0": lambda: watched(
        digits([32], optimizer=Adam(CosineDecay(0.003, 450))), DIGITS, WHICH, epochs=12
    ),
    "three sigmoids": lambda: watched(
        digits([32] * 3, optimizer="adam", activation="sigmoid"), DIGITS, WHICH, epochs=10
    ),
    "eight rectifiers": lambda: watched(digits([32] * 8, optimizer="adam"), DIGITS, WHICH, epochs=10),
}


@pytest.mark.parametrize("case", SICK)
def test_of_a_sick_training_its_sickness_is_said(case):
    name, train = SICK[case]
    diagnostics = train()
    assert names(diagnostics).count(name) == 1
    assert set(names(diagnostics)) <= {name, "dead_units"}  # large steps kill units too
    for finding in diagnostics.findings:
        assert re.fullmatch(r"[A-Z\d].*\d.*; try [^;]*\.", finding.text)


@pytest.mark.parametrize("case", HEALTHY)
def test_of_a_healthy_training_nothing_is_said(case):
    assert HEALTHY[case]().findings == []


def test_of_the_tutorial_nothing_is_said():
    try:
        (x, y), _ = mnist.load_data()
    except ConnectionError as error:
        missing(str(error))
    model = network((28, 28), [128, 64], 10, "adam", dropout=0.3)
    diagnostics = watched(model, x[:6000] / np.float32(255), y[:6000], batch_size=128, validation_split=0.1)
    assert diagnostics.findings == []


def test_a_training_that_goes_on_well_is_left_in_peace():
    """Where nothing is left to gain, the loss neither rises nor falls."""
    model = plane([16, 16], optimizer=Adam(0.01))
    x, y = toy.blobs(centers=2, noise=0.5)
    assert names(watched(model, x, y, epochs=30)) == []
    assert names(watched(model, x, y, epochs=30)) == []


def test_without_the_watch_training_takes_the_same_steps():
    models = [digits([16], optimizer="adam", dropout=0.3) for _ in range(2)]
    watched(models[0], DIGITS, WHICH, epochs=2)
    models[1].fit(DIGITS, WHICH, epochs=2, verbose=0)
    for seen, unseen in zip(*(model.get_weights() for model in models), strict=True):
        np.testing.assert_array_equal(seen, unseen)


def test_the_measures_are_kept():
    diagnostics = watched(digits([16], optimizer="adam"), DIGITS, WHICH, epochs=3)
    history = diagnostics.history
    assert diagnostics.epoch == [0, 1, 2]
    assert {measure: list(layers) for measure, layers in history.items()} == {
        "update_ratio": ["dense", "dense_1"],
        "gradient_norm": ["dense", "dense_1"],
        "gradient_ratio": ["dense", "dense_1"],
        "dead_share": ["dense"],
    }
    assert all(len(values) == 3 for layers in history.values() for values in layers.values())
    assert 1e-4 < history["update_ratio"]["dense"][0] < 2e-2


def test_measures_by_hand():
    """One step of SGD an epoch: the update ratio is the learning rate times the gradient ratio."""
    diagnostics = watched(digits([16], optimizer=SGD(0.25)), DIGITS, WHICH, batch_size=2000, epochs=3)
    for name in ("dense", "dense_1"):
        update, ratio = (diagnostics.history[measure][name] for measure in ("update_ratio", "gradient_ratio"))
        np.testing.assert_allclose(update, 0.25 * np.array(ratio), rtol=1e-3)


def test_each_fit_begins_anew():
    diagnostics = TrainingDiagnostics(verbose=0)
    sick = plane([16], optimizer="adam", bias_initializer=Constant(-20.0))
    sick.fit(*toy.moons(), epochs=4, verbose=0, callbacks=[diagnostics])
    assert names(diagnostics) == ["dead_units"]
    plane([16], optimizer="adam").fit(*toy.moons(), epochs=4, verbose=0, callbacks=[diagnostics])
    assert (names(diagnostics), diagnostics.epoch) == ([], [0, 1, 2, 3])


class Invented(Callback):
    """Lets a sign come and go as the test likes."""

    def __init__(self, val_losses):
        self.val_losses = val_losses

    def on_epoch_end(self, epoch, logs=None):
        logs["loss"], logs["val_loss"] = 1.0 - 0.01 * epoch, self.val_losses[epoch]


def findings_of(val_losses, patience):
    diagnostics = TrainingDiagnostics(patience, verbose=0)
    model = plane([4], optimizer="adam")
    callbacks = [Invented(val_losses), diagnostics]
    model.fit(*toy.moons(8), epochs=len(val_losses), verbose=0, callbacks=callbacks)
    return [(finding.epoch, finding.name) for finding in diagnostics.findings]


def test_a_sign_must_last_and_is_said_once():
    bad, good = 1.0, 0.5
    assert findings_of([good, bad, bad, good, bad, bad, good], 3) == []
    assert findings_of([good, bad, bad, bad, good, bad, bad, bad, bad], 3) == [(3, "overfitting")]
    assert findings_of([good, bad, good, bad], 1) == [(1, "overfitting")]


def test_findings_are_printed_between_the_epochs_lines(capsys):
    model = plane([16], optimizer="adam", bias_initializer=Constant(-20.0))
    model.fit(*toy.moons(), epochs=5, callbacks=[TrainingDiagnostics()])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" ")[0] + " " + line.split(" ")[1] for line in lines] == [
        *("Epoch 1/5", "Epoch 2/5", "Epoch 3/5", "Epoch 3:", "Epoch 4/5", "Epoch 5/5")
    ]
    assert lines[3].startswith("Epoch 3: 100 % of the units of layer 'dense' (model.layers[0]) gave 0")


def test_the_last_epochs_findings_are_printed_at_the_end(capsys):
    model = plane([16], optimizer="adam", bias_initializer=Constant(-20.0))
    model.fit(*toy.moons(), epochs=3, verbose=2, callbacks=[TrainingDiagnostics()])
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].startswith("Epoch 3: 100 %")
    assert lines[-2].startswith("10/10 - ")


def test_the_live_bar_is_not_torn(monkeypatch):
    """In a terminal, a finding has a line of its own above the next epoch's heading."""

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    screen = Terminal()
    monkeypatch.setattr("sys.stdout", screen)
    monkeypatch.setenv("TERM", "xterm")
    model = plane([16], optimizer="adam", bias_initializer=Constant(-20.0))
    model.fit(*toy.moons(), epochs=4, callbacks=[TrainingDiagnostics()])
    assert re.search(r"\nEpoch 3: 100 % [^\n\x1b]*LeakyReLU\.\nEpoch 4/4\n", screen.getvalue())


def test_silence_can_be_asked_for(capsys):
    model = plane([16], optimizer="adam", bias_initializer=Constant(-20.0))
    model.fit(*toy.moons(), epochs=4, verbose=0, callbacks=[TrainingDiagnostics(verbose=0)])
    assert capsys.readouterr().out == ""


def test_a_loss_that_is_not_finite_is_said_at_once(capsys):
    x, y = toy.moons()
    model = Sequential([Input((2,)), Dense(1)], seed=0)
    model.compile(SGD(1e6), "mse")
    diagnostics = TrainingDiagnostics()
    model.fit(x, y, epochs=9, batch_size=4, verbose=0, callbacks=[diagnostics, TerminateOnNaN()])
    assert names(diagnostics) == ["learning_rate_too_high"]
    assert diagnostics.findings[0].epoch == 0
    assert "The loss became" in capsys.readouterr().out


def test_batches_from_a_generator():
    x, y = toy.moons(64)

    def batches():
        while True:
            for start in range(0, 64, 4):
                yield x[start : start + 4], y[start : start + 4]

    diagnostics = TrainingDiagnostics(verbose=0)
    model = plane([16], optimizer="adam")
    model.fit(batches(), steps_per_epoch=16, epochs=4, verbose=0, callbacks=[diagnostics])
    assert len(diagnostics.history["update_ratio"]["dense"]) == 4


def test_a_finding_reads_as_a_line():
    finding = Finding(4, "dead_units", "dense", 0.7, "70 % are dead.")
    assert str(finding) == "Epoch 5: 70 % are dead."


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"patience": 0}, "`patience` must be an integer of at least 1. Received: patience=0"),
        ({"patience": 2.5}, "Received: patience=2.5"),
        ({"dead_share": 0}, "`dead_share` must be a number above 0. Received: dead_share=0"),
        ({"exploding": float("nan")}, "`exploding` must be a number above 0"),
        ({"overfitting": "0.1"}, "`overfitting` must be a number above 0. Received: overfitting='0.1'"),
    ],
)
def test_wrong_arguments_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        TrainingDiagnostics(**options)


def test_clipping_at_0_is_none():
    """As for the optimizer: then there may be explosions to speak of."""
    for clipnorm, expected in ((0.0, ["exploding_gradient"]), (1.0, [])):
        diagnostics = TrainingDiagnostics(patience=1, verbose=0, exploding=1e-6, largest_update=9.0)
        model = plane([4], optimizer=SGD(1e-3, clipnorm=clipnorm))
        model.fit(*toy.moons(32), verbose=0, callbacks=[diagnostics])
        assert names(diagnostics) == expected


def test_limits_are_the_users():
    x, y = toy.moons()
    diagnostics = TrainingDiagnostics(patience=1, verbose=0, largest_update=1e-4)
    plane([16], optimizer="adam").fit(x, y, epochs=1, verbose=0, callbacks=[diagnostics])
    assert names(diagnostics) == ["learning_rate_too_high"]

"""The Keras tutorial with its import lines changed runs as it stands, on real MNIST, in its own process."""

import json
import os
import subprocess
import sys
from textwrap import dedent

import pytest

from numpy_ann.data import mnist
from tests.support import missing

TUTORIAL = dedent("""\
    import numpy as np
    import matplotlib.pyplot as plt
    from numpy_ann.data import mnist
    from numpy_ann.utils import to_categorical
    from numpy_ann.models import Sequential, load_model
    from numpy_ann.layers import Input, Flatten, Dense, Dropout
    from numpy_ann.metrics import confusion_matrix, classification_report
    from numpy_ann.plots import plot_confusion_matrix, plot_history, plot_images

    (X_train, y_train), (X_test, y_test) = mnist.load_data()
    X_train, X_test = X_train / 255.0, X_test / 255.0
    y_train_cat, y_test_cat = to_categorical(y_train, 10), to_categorical(y_test, 10)

    model = Sequential([
        Input(shape=(28, 28)),
        Flatten(),
        Dense(128, activation="relu"),
        Dropout(0.3),
        Dense(64, activation="relu"),
        Dropout(0.3),
        Dense(10, activation="softmax"),
    ])
    model.summary()
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(X_train, y_train_cat, epochs=10, batch_size=128, validation_split=0.1)
    test_loss, test_accuracy = model.evaluate(X_test, y_test_cat)
    history.history["accuracy"], history.history["val_accuracy"]
    y_pred = model.predict(X_test)
    y_pred_classes = np.argmax(y_pred, axis=1)
    cm = confusion_matrix(y_test, y_pred_classes)
    print(classification_report(y_test, y_pred_classes))
    model.save("mnist_ann_model.h5")
    reloaded = load_model("mnist_ann_model.h5")
    reloaded.evaluate(X_test, y_test_cat)      # the same numbers, to the last bit
""")

# What a reader of the tutorial would look at next: the figures, and whether all is as promised.
FIGURES = dedent("""
    plot_images(X_test, y_test, range(9))
    plot_history(history, "accuracy")
    plot_history(history, "loss")
    plot_confusion_matrix(cm)
    for number in plt.get_fignums():
        plt.figure(number).savefig(f"{number}.png")
""")
REPORT = dedent("""
    import json
    print(json.dumps({
        "shapes": [list(a.shape) for a in (X_train, y_train, X_test, y_test, y_pred)],
        "history": history.history,
        "types": sorted({type(v).__name__ for values in history.history.values() for v in values}),
        "test": [test_loss.hex(), test_accuracy.hex()],
        "reloaded": [v.hex() for v in reloaded.evaluate(X_test, y_test_cat, verbose=0)],
        "predictions_equal": bool(np.array_equal(reloaded.predict(X_test, verbose=0), y_pred)),
        "confusion": [int(cm.sum()), int(np.trace(cm))],
        "figures": len(plt.get_fignums()),
    }))
""")


@pytest.fixture(scope="module")
def tutorial(tmp_path_factory):
    try:
        mnist.load_data()
    except ConnectionError as error:
        missing(str(error))
    folder = tmp_path_factory.mktemp("tutorial")
    assert "epochs=10," in TUTORIAL
    process = subprocess.run(
        [sys.executable, "-W", "error", "-c", TUTORIAL.replace("epochs=10,", "epochs=2,") + FIGURES + REPORT],
        cwd=folder,
        env={
            **os.environ,
            "MPLBACKEND": "Agg",
            "PYTHONIOENCODING": "utf-8",
            "PYTHONPATH": os.pathsep.join(sys.path),
        },
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    assert process.returncode == 0, process.stderr
    *printed, report = process.stdout.splitlines()
    return folder, "\n".join(printed), json.loads(report)


def test_it_prints_what_keras_prints(tutorial):
    _, printed, _ = tutorial
    for line in (
        'Model: "sequential"',
        "│ dense (Dense)                   │ (None, 128)            │       100,480 │",
        " Total params: 109,386 (427.29 KB)",
        "              precision    recall  f1-score   support",
        "           0 ",
        "weighted avg ",
    ):
        assert line in printed
    assert printed.count("val_accuracy: 0.9") == 2  # a line an epoch
    assert all(character == "\n" or character.isprintable() for character in printed)


def test_two_epochs_learn_to_read_digits(tutorial):
    _, _, report = tutorial
    assert report["shapes"] == [[60000, 28, 28], [60000], [10000, 28, 28], [10000], [10000, 10]]
    history = report["history"]
    assert list(history) == ["accuracy", "loss", "val_accuracy", "val_loss"]
    assert report["types"] == ["float"]
    assert [len(values) for values in history.values()] == [2] * 4
    loss, accuracy = map(float.fromhex, report["test"])
    assert 0.95 < accuracy < 0.975
    assert 0.08 < loss < 0.17
    assert history["loss"][1] < history["loss"][0]
    # Dropout is active in training alone, so validation looks better than training at first.
    assert history["val_accuracy"][0] > history["accuracy"][0]
    assert report["confusion"] == [10000, round(accuracy * 10000)]


def test_the_reloaded_model_gives_the_same_numbers_to_the_last_bit(tutorial):
    _, _, report = tutorial
    assert report["reloaded"] == report["test"]
    assert report["predictions_equal"]


def test_it_leaves_the_model_and_the_figures(tutorial):
    folder, _, report = tutorial
    pictures = {f"{number}.png" for number in range(1, report["figures"] + 1)}
    assert report["figures"] >= 4
    assert {path.name for path in folder.iterdir()} == {"mnist_ann_model.h5", *pictures}

"""The tutorial as it was written for tensorflow.keras, with seaborn and scikit-learn, run as it is."""

import os
import subprocess
import sys
from importlib.util import find_spec
from textwrap import dedent

from numpy_ann import load_model
from numpy_ann.data import mnist
from tests.support import missing

TUTORIAL = dedent("""\
    import numpy as np
    import matplotlib.pyplot as plt
    import seaborn as sns
    import tensorflow as tf
    from tensorflow import keras
    from tensorflow.keras.datasets import mnist
    from tensorflow.keras.models import Sequential, load_model
    from tensorflow.keras.layers import Dense, Dropout, Flatten
    from tensorflow.keras.utils import to_categorical
    from tensorflow.keras.callbacks import EarlyStopping, ModelCheckpoint
    from sklearn.metrics import confusion_matrix, classification_report

    np.random.seed(42)
    tf.random.set_seed(42)
    (X_train, y_train), (X_test, y_test) = mnist.load_data()
    print("Training data:", X_train.shape, "Test data:", X_test.shape)

    fig, axes = plt.subplots(3, 3, figsize=(6, 6))
    for image, label, ax in zip(X_train, y_train, axes.flat):
        ax.imshow(image, cmap="gray")
        ax.set_title(f"Label: {label}")
        ax.axis("off")
    plt.tight_layout()
    plt.show()

    X_train, X_test = X_train / 255.0, X_test / 255.0
    y_train_cat, y_test_cat = to_categorical(y_train, 10), to_categorical(y_test, 10)

    model = Sequential([
        Flatten(input_shape=(28, 28)),
        Dense(128, activation="relu"),
        Dropout(0.3),
        Dense(64, activation="relu"),
        Dropout(0.3),
        Dense(10, activation="softmax"),
    ])
    model.summary()
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.001),
        loss="categorical_crossentropy",
        metrics=["accuracy"],
    )
    history = model.fit(
        X_train, y_train_cat, epochs=2, batch_size=128, validation_split=0.1,
        callbacks=[
            EarlyStopping(monitor="val_loss", patience=3, restore_best_weights=True),
            ModelCheckpoint("best.keras", save_best_only=True),
        ],
    )
    test_loss, test_accuracy = model.evaluate(X_test, y_test_cat)
    print(f"Test accuracy: {test_accuracy:.4f}")

    plt.figure(figsize=(10, 4))
    plt.plot(history.history["accuracy"], label="Training")
    plt.plot(history.history["val_accuracy"], label="Validation")
    plt.legend()
    plt.show()

    y_pred = np.argmax(model.predict(X_test), axis=1)
    cm = confusion_matrix(y_test, y_pred)
    sns.heatmap(cm, annot=True, fmt="d", cmap="Blues")
    plt.xlabel("Predicted")
    plt.ylabel("True")
    plt.savefig("confusion_matrix.png")
    print(classification_report(y_test, y_pred))

    model.save("mnist_ann_model.h5")
    reloaded = load_model("mnist_ann_model.h5")
    print("Same predictions:", np.array_equal(reloaded.predict(X_test[:100]), model.predict(X_test[:100])))
""")


def test_it_runs_as_it_is(tmp_path):
    for name in ("sklearn", "seaborn"):
        if find_spec(name) is None:
            missing(name)
    try:
        mnist.load_data()
    except ConnectionError as error:
        missing(str(error))
    script = tmp_path / "tutorial.py"
    script.write_text(TUTORIAL, encoding="utf-8")
    process = subprocess.run(
        [sys.executable, "-m", "numpy_ann", "run", script.name],
        cwd=tmp_path,
        env=os.environ
        | {"MPLBACKEND": "Agg", "PYTHONIOENCODING": "utf-8", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    assert process.returncode == 0, process.stderr
    for line in (
        "Training data: (60000, 28, 28) Test data: (10000, 28, 28)",
        " Total params: 109,386 (427.29 KB)",
        "Test accuracy: 0.9",
        "              precision    recall  f1-score   support",
        "Same predictions: True",
    ):
        assert line in process.stdout
    assert process.stdout.count("val_accuracy: 0.9") == 2
    assert (tmp_path / "confusion_matrix.png").stat().st_size > 1000
    best, last = (load_model(tmp_path / name) for name in ("best.keras", "mnist_ann_model.h5"))
    assert best.count_params() == last.count_params() == 109_386

"""Have Keras 2.15 read and train what is written here; by hand, for it needs an old TensorFlow and NumPy.

::

    python -m tests.saving.keras_2_reads_ours write FOLDER        with numpy_ann
    python tests/saving/keras_2_reads_ours.py read FOLDER         with tensorflow-cpu==2.15.1 and NumPy alone

The first writes ``.h5`` files and what numpy_ann predicts, loses and learns from them; the second compares
that with Keras, and its exit status is 1 where anything differs by more than 1e-6.
"""

import sys
from pathlib import Path

import numpy as np

X = np.random.default_rng(3).random((20, 4, 4)).astype("float32")
Y = np.eye(3, dtype="float32")[np.arange(20) * 7 % 3]
TRAINING = {"batch_size": 8, "epochs": 3, "shuffle": False, "verbose": 0}


def write(folder: Path) -> None:
    """Write a file for each optimizer of Keras 2, and one of every layer, trained a little."""
    from numpy_ann import Sequential, layers, losses, optimizers
    from numpy_ann.optimizers import legacy, schedules

    cases = {
        "adam": optimizers.Adam(0.01, beta_1=0.8),
        "amsgrad": optimizers.Adam(0.01, amsgrad=True),
        "adamw": optimizers.AdamW(0.01),
        "adamax": optimizers.Adamax(0.01),
        "nesterov": optimizers.SGD(0.05, momentum=0.9, nesterov=True),
        "schedule": optimizers.SGD(schedules.ExponentialDecay(0.05, 5, 0.5), clipnorm=1.0),
        "legacy_rmsprop": legacy.RMSprop(0.01),
        "legacy_adagrad": legacy.Adagrad(0.01),
        "legacy_nadam": legacy.Nadam(0.01),
    }
    for name, optimizer in cases.items():
        model = Sequential(
            [
                layers.Input((4, 4)),
                layers.Flatten(),
                layers.Dense(5, activation=layers.LeakyReLU(0.25), kernel_regularizer="l2"),
                layers.Dense(4, activation=layers.ReLU(2.0, 0.1), trainable=False),
                layers.Dense(4, activation=layers.ELU(0.5)),
                layers.Dropout(0.0),
                layers.LeakyReLU(0.1),
                layers.Dense(3, activation="softmax", use_bias=False),
            ],
            seed=4,
        )
        model.compile(optimizer, losses.CategoricalCrossentropy(label_smoothing=0.1), metrics=["accuracy"])
        model.fit(X, Y, **TRAINING)
        model.save(folder / f"{name}.h5")
        numbers = {"predictions": model.predict(X, verbose=0), "evaluation": model.evaluate(X, Y, verbose=0)}
        numbers["losses"] = model.fit(X, Y, **TRAINING).history["loss"]
        np.savez(folder / f"{name}.npz", **numbers, final=model.predict(X, verbose=0))


def read(folder: Path) -> bool:
    """Print how far Keras is from what was written; return whether all is equal to 1e-6."""
    import keras  # of TensorFlow 2.15

    equal = True
    for path in sorted(folder.glob("*.h5")):
        numbers, model = np.load(path.with_suffix(".npz")), keras.models.load_model(path)
        found = {"predictions": model.predict(X, verbose=0), "evaluation": model.evaluate(X, Y, verbose=0)}
        found["losses"] = model.fit(X, Y, **TRAINING).history["loss"]
        found["final"] = model.predict(X, verbose=0)
        far = {key: float(np.abs(np.asarray(found[key]) - numbers[key]).max()) for key in found}
        equal &= max(far.values()) <= 1e-6
        print(f"{path.name:20}", {key: f"{value:.0e}" for key, value in far.items()}, flush=True)
    print(f"Keras {keras.__version__}: {'all equal' if equal else 'NOT all equal'} to 1e-6")
    return equal


if __name__ == "__main__":
    task, where = sys.argv[1], Path(sys.argv[2])
    where.mkdir(parents=True, exist_ok=True)
    sys.exit(not (read(where) if task == "read" else write(where) or True))

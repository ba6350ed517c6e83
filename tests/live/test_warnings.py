"""Each warning in an installed Keras' sources of what this package has: given here too, or why it isn't.

A new warning of Keras' fails the first test until it has its row.
"""

import ast
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import numpy_ann

pytest.importorskip("keras")
import keras

FOLDERS = (
    *("backend/tensorflow/nn.py", "backend/tensorflow/trainer.py", "callbacks", "constraints", "layers"),
    *("initializers", "legacy/saving", "losses", "metrics", "models", "ops", "optimizers", "regularizers"),
    *("saving", "trainers"),
)
X = np.ones((8, 3), "float32")
GIVEN, REFUSED = "given", "refused"
OWN_CODE = "of layers and models with code of the user's, which refuse or trace it"
ABSENT = "of a part that this package doesn't have"
# By file and first words: what becomes of it here.
TABLE = {
    ("backend/tensorflow/nn.py", "`{fn_name}` received `from_logits=True`"): GIVEN,
    ("backend/tensorflow/trainer.py", "The model does not have any trainable"): GIVEN,
    ("backend/tensorflow/trainer.py", "`model."): ABSENT,
    ("backend/tensorflow/trainer.py", "Limiting epochs"): ABSENT,
    ("callbacks/early_stopping.py", "Early stopping conditioned"): GIVEN,
    ("callbacks/model_checkpoint.py", "Can save best model only with"): GIVEN,
    ("callbacks/model_checkpoint.py", "Can save best model only when"): GIVEN,
    ("callbacks/monitor_callback.py", ""): GIVEN,
    ("callbacks/orbax_checkpoint.py", ""): ABSENT,
    ("callbacks/reduce_lr_on_plateau.py", "Learning rate reduction"): GIVEN,
    ("callbacks/remote_monitor.py", "Could not reach"): GIVEN,
    ("callbacks/tensorboard.py", ""): ABSENT,
    ("layers/activations/leaky_relu.py", "Argument `alpha`"): GIVEN,
    ("layers/core/embedding.py", "Argument `input_length`"): GIVEN,
    ("layers/core/input_layer.py", "Argument `input_shape`"): GIVEN,
    ("layers/layer.py", "Do not pass an `input_shape`"): GIVEN,
    ("layers/layer.py", "`build()` was called"): OWN_CODE,
    ("layers/layer.py", "Layer '"): OWN_CODE,
    ("layers/layer.py", "The RematScope"): ABSENT,
    ("layers/normalization/layer_normalization.py", "You passed `rms_scaling"): REFUSED,
    ("layers/preprocessing/", ""): ABSENT,
    (
        "legacy/saving/",
        "",
    ): "a file that doesn't fit is refused, or `load_weights` says what it left",
    ("losses/losses.py", "In loss categorical_"): GIVEN,
    ("metrics/iou_metrics.py", "You are passing weight"): "the metrics count in float64",
    ("metrics/regression_metrics.py", ""): GIVEN,
    ("models/functional.py", ""): OWN_CODE,
    ("models/model.py", ""): OWN_CODE,
    ("ops/nn.py", "You are using a softmax"): GIVEN,
    ("ops/nn.py", "You passed `rms_scaling"): REFUSED,
    ("optimizers/base_optimizer.py", "Argument `decay`"): GIVEN,
    ("optimizers/base_optimizer.py", "Gradients do not exist"): GIVEN,
    ("optimizers/base_optimizer.py", "msg"): "such a file is refused",
    ("saving/saving_lib.py", "You are saving a model that has not"): "a model that isn't built isn't saved",
    ("saving/saving_lib.py", ""): "a file that doesn't fit its model is refused",
    ("saving/serialization_lib.py", ""): OWN_CODE,
    ("trainers/data_adapters/py_dataset_adapter.py", ""): "the constructor takes nothing: no workers",
    ("trainers/data_adapters/__init__.py", "`shuffle=True`"): (
        "comes in Keras with each fit of a generator, as shuffle is True if left out; `fit` says it"
    ),
    ("trainers/epoch_iterator.py", "Your input ran out of data"): GIVEN,
    ("trainers/epoch_iterator.py", "Limiting steps"): ABSENT,
    ("trainers/trainer.py", "If `run_eagerly`"): "neither changes a number here",
    ("trainers/trainer.py", "Model doesn't support `jit_compile"): "neither changes a number here",
    ("trainers/trainer.py", "`compile()` was not called"): OWN_CODE,
    ("trainers/trainer.py", "A layer's `trainable` state"): (
        "stands after a raise, and is never given; trained is what is trainable at the first fit, in both"
    ),
}


def warned_of_in(folder: Path) -> list[tuple[str, str]]:
    """Return file and first words of each warning in the sources."""
    found = []
    for part in FOLDERS:
        for file in [folder / part] if part.endswith(".py") else sorted((folder / part).rglob("*.py")):
            if file.stem.endswith("_test"):
                continue
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "warnings.warn":
                    text = ast.unparse(node.args[0]).lstrip("f").strip("'\"")
                    found.append((file.relative_to(folder).as_posix(), text))
    return found


def test_each_warning_has_its_row(capsys):
    counts, used = Counter(), set()
    for file, text in warned_of_in(Path(keras.__file__).parent / "src"):
        rows = [row for row in TABLE if file.startswith(row[0]) and text.startswith(row[1])]
        assert rows, f"no row for {file}: {text}"
        used.add(max(rows, key=lambda row: (len(row[0]), len(row[1]))))
        counts[TABLE[max(rows, key=lambda row: (len(row[0]), len(row[1])))]] += 1
    assert used == TABLE.keys()
    assert counts[GIVEN] >= 15
    with capsys.disabled():
        print("\nKeras' warnings:", "; ".join(f"{number} {what}" for what, number in counts.most_common()))


def fit(library, *layers, callbacks=(), loss="mse", **options):
    model = library.Sequential([library.layers.Input((3,)), *layers])
    model.compile("sgd", loss)
    y = np.ones((8, *model.output_shape[1:]))
    model.fit(X, y, verbose=0, callbacks=list(callbacks), validation_data=(X, y), **options)


def ran_out(library):
    model = library.Sequential([library.layers.Input((3,)), library.layers.Dense(3)])
    model.compile("sgd", "mse")
    model.fit(((X, X) for _ in range(2)), steps_per_epoch=3, epochs=2, verbose=0, shuffle=False)


def missing_gradient(library):
    dense = library.layers.Dense(1)
    dense.build((None, 1))
    ones = np.ones((1, 1), "float32")
    if library is keras:
        ones = keras.ops.convert_to_tensor(ones)
    library.optimizers.SGD(0.1).apply_gradients(zip([ones, None], dense.weights, strict=True))


def adjusted(library, rows):
    metric = library.metrics.R2Score(num_regressors=3)
    metric.update_state(np.arange(rows)[:, None] + 1.0, np.arange(rows)[:, None] + 1.5)
    metric.result()


CASES = {
    "input_shape": lambda lib: lib.layers.Dense(2, input_shape=(3,)),
    "input_dim": lambda lib: lib.layers.Dense(2, input_dim=3),
    "input_shape of any layer": lambda lib: lib.layers.Flatten(input_shape=(3,)),
    "input_shape of an input layer": lambda lib: lib.layers.InputLayer(input_shape=(3,)),
    "alpha": lambda lib: lib.layers.LeakyReLU(alpha=0.2),
    "decay": lambda lib: lib.optimizers.SGD(0.1, decay=0.1),
    "softmax of one": lambda lib: fit(lib, lib.layers.Dense(1, activation="softmax")),
    "cross-entropy of one": lambda lib: fit(
        lib, lib.layers.Dense(1, activation="sigmoid"), loss="categorical_crossentropy"
    ),
    "focal cross-entropy of one": lambda lib: fit(
        lib, lib.layers.Dense(1, activation="sigmoid"), loss="categorical_focal_crossentropy"
    ),
    "mode": lambda lib: lib.callbacks.EarlyStopping(mode="best"),
    "early stopping": lambda lib: fit(
        lib, lib.layers.Dense(1), callbacks=[lib.callbacks.EarlyStopping("none", mode="min")]
    ),
    "plateau": lambda lib: fit(
        lib, lib.layers.Dense(1), callbacks=[lib.callbacks.ReduceLROnPlateau("none", mode="min")]
    ),
    "checkpoint": lambda lib: fit(
        lib,
        lib.layers.Dense(1),
        callbacks=[lib.callbacks.ModelCheckpoint("m.keras", "no", save_best_only=True, mode="min")],
    ),
    "ran out": ran_out,
    "gradients": missing_gradient,
    "more regressors": lambda lib: adjusted(lib, 3),
    "as many regressors": lambda lib: adjusted(lib, 4),
}


@pytest.mark.parametrize("case", CASES)
def test_both_warn(case, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    categories = []
    for library in (keras, numpy_ann):
        with warnings.catch_warnings(record=True) as found:
            warnings.simplefilter("always")
            CASES[case](library)
        categories.append({w.category for w in found} & {UserWarning, SyntaxWarning})
    assert categories[0]
    assert categories[1] == categories[0]

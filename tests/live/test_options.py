"""Option by option, beside an installed Keras: each is honoured with Keras' numbers, or refused by name.

For each class of Keras' that this package has, each option of Keras' signature is set to another value than
its default: of ``VALUES``, by the option's name, or by class and option. What comes out must be what Keras
computes, or an error that names the option. The summary counts what became of them, and names those that
change nothing of what Keras computes here either; an option that is taken and ignored fails its test.
"""

import inspect
import traceback
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import pytest

from tests.parts import Case, Part, names
from tests.parts.callbacks import in_folder
from tests.parts.layers import NOT_DIFFERENTIABLE
from tests.parts.metrics import BATCHES
from tests.parts.optimizers import GRADIENTS, START
from tests.parts.penalties import MATRIX
from tests.parts.schedules import STEPS
from tests.parts.tables import TABLES
from tests.support import missing

try:
    import keras
except ImportError:
    missing("Keras is not installed")

from tests.live import test_callbacks as callbacks
from tests.parts.recording import RECORDERS

SEEN: list[Any] = []  # what Keras computes in a check
HOLD = [True]  # whether what is ours must equal it
KINDS = (
    *("constraints", "initializers", "layers", "losses", "metrics", "optimizers", "regularizers"),
    *("schedules", "callbacks"),
)
ALL_LAYERS = {"name": "mine", "dtype": "float16", "trainable": False, "activity_regularizer": "l2"}

# Another value than the default of each option; a Part is made by either library.
VALUES: dict[str, Any] = {
    "activation": "tanh",
    "activity_regularizer": "l2",
    "alpha": 0.3,
    "amsgrad": True,
    "apply_class_balancing": True,
    "average": "macro",
    "axis": 1,
    "batch_shape": (None, 5),
    "batch_size": 4,
    "beta": 0.7,
    "beta_1": 0.7,
    "beta_2": 0.8,
    "beta_2_decay": -0.6,
    "boundaries": [2, 4],
    "center": False,
    "centered": True,
    "class_aggregation": "variance_weighted_average",
    "class_id": 1,
    "clip_threshold": 0.5,
    "clipnorm": 0.3,
    "clipvalue": 0.2,
    "curve": "PR",
    "cycle": True,
    "data_format": "channels_first",
    "decay_rate": 0.7,
    "decay_steps": 7,
    "delta": 0.4,
    "dims": (2, 1),
    "distribution": "uniform",
    "dtype": "float16",
    "ema_momentum": 0.7,
    "ema_overwrite_frequency": 2,
    "end_learning_rate": 0.003,
    "epsilon": 0.05,
    "epsilon_1": 1e-3,
    "epsilon_2": 0.2,
    "factor": 0.3,
    "first_decay_steps": 5,
    "from_logits": True,
    "from_sorted_ids": True,
    "gain": 0.5,
    "gamma": 1.3,
    "global_clipnorm": 0.3,
    "gradient_accumulation_steps": 2,
    "groups": 2,
    "ignore_class": 1,
    "initial_accumulator_value": 0.4,
    "initial_learning_rate": 0.3,
    "input_axes": 0,
    "invert": True,
    "k": 2,
    "l1": 0.2,
    "l1_regularization_strength": 0.2,
    "l2": 0.3,
    "l2_regularization_strength": 0.2,
    "l2_shrinkage_regularization_strength": 0.2,
    "label_smoothing": 0.2,
    "label_weights": [1.0, 0.5, 2.0],
    "learning_rate": 0.03,
    "learning_rate_power": -0.4,
    "lora_alpha": 2,
    "lora_rank": 2,
    "loss_scale_factor": 4.0,
    "m_mul": 0.8,
    "max_value": 0.8,
    "maxval": 0.4,
    "mean": 0.4,
    "min_value": 0.3,
    "minval": -0.4,
    "mode": "fan_out",
    "momentum": 0.6,
    "multi_label": True,
    "n": 2,
    "name": "mine",
    "negative_slope": 0.2,
    "nesterov": True,
    "noise_shape": (None, 1),
    "num_classes": 4,
    "num_labels": 3,
    "num_regressors": 1,
    "num_thresholds": 20,
    "offset": 0.5,
    "optional": True,
    "output_axes": 0,
    "power": 2.0,
    "precision": 0.6,
    "q": 0.3,
    "quantization_config": "int8",
    "ragged": True,
    "rate": 0.2,
    "recall": 0.6,
    "reduction": "sum",
    "relative_step": False,
    "renorm": True,
    "renorm_clipping": {"rmax": 2.0},
    "renorm_momentum": 0.5,
    "rho": 0.7,
    "scale": 0.5,
    "seed": 3,
    "sensitivity": 0.6,
    "shape": (5,),
    "shared_axes": [1],
    "sparse": True,
    "sparse_y_pred": False,
    "sparse_y_true": False,
    "specificity": 0.6,
    "staircase": True,
    "stddev": 0.4,
    "summation_method": "majoring",
    "synchronized": True,
    "t_mul": 1.5,
    "target_class_ids": [1],
    "target_shape": (-1, 1),
    "threshold": 0.4,
    "thresholds": [0.3, 0.6],
    "top_k": 2,
    "trainable": False,
    "units": 2,
    "use_bias": False,
    "use_ema": True,
    "value": 0.6,
    "values": [0.3, 0.2, 0.1],
    "variance": 3.0,
    "append": True,
    "baseline": 0.5,
    "cooldown": 2,
    "filename": "PATH/other.csv",
    "filepath": "PATH/other.keras",
    "initial_value_threshold": 0.9,
    "min_delta": 0.02,
    "min_lr": 0.01,
    "monitor": "loss",
    "patience": 1,
    "raise_error": True,
    "restore_best_weights": True,
    "save_best_only": True,
    "save_freq": 4,
    "save_weights_only": True,
    "schedule": lambda epoch, rate: rate * 0.8,
    "separator": ";",
    "start_from_epoch": 3,
    "swap_on_epoch": True,
    "verbose": 1,
    "idf_weights": [0.5, 2.0],
    "mask_token": 5,
    "mask_zero": True,
    "max_tokens": 3,
    "normalize": True,
    "num_oov_indices": 2,
    "oov_token": 9,
    "output_mode": "one_hot",
    "pad_to_max_tokens": True,
    "bin_boundaries": [0.0, 0.5],
    "embeddings_initializer": "ones",
    "vocabulary": [3, 5],
    "warmup_steps": 3,
    "warmup_target": 0.4,
    "weight_decay": 0.1,
}
# By class and option, where the name means something else, or another option must come with it.
OF_CLASS: dict[tuple[str, str], dict[str, Any]] = {
    ("AUC", "num_labels"): {"multi_label": True, "num_labels": 3},
    ("AUC", "label_weights"): {"multi_label": True, "label_weights": [1.0, 0.5, 2.0]},
    ("BatchNormalization", "scale"): {"scale": False},
    ("Dense", "lora_alpha"): {"lora_rank": 2, "lora_alpha": 2},
    ("GroupNormalization", "scale"): {"scale": False},
    ("LayerNormalization", "scale"): {"scale": False},
    ("Normalization", "axis"): {"axis": None},
    ("Normalization", "mean"): {"mean": 0.4, "variance": 3.0},
    ("Normalization", "variance"): {"mean": 0.4, "variance": 3.0},
    ("OrthogonalRegularizer", "mode"): {"mode": "columns"},
    ("ReLU", "threshold"): {"threshold": 0.4, "negative_slope": 0.0},
    ("SGD", "nesterov"): {"nesterov": True, "momentum": 0.5},
    ("CosineDecay", "warmup_steps"): {"warmup_steps": 3, "warmup_target": 0.4},
    ("CosineDecay", "warmup_target"): {"warmup_steps": 3, "warmup_target": 0.4},
    ("BatchNormalization", "renorm_clipping"): {"renorm": True, "renorm_clipping": {"rmax": 2.0}},
    ("BatchNormalization", "renorm_momentum"): {"renorm": True, "renorm_momentum": 0.5},
    ("PReLU", "shared_axes"): {"shared_axes": [1]},
}
OF_CLASS |= {
    ("IntegerLookup", "idf_weights"): {
        "vocabulary": [3, 5],
        "idf_weights": [0.5, 2.0],
        "output_mode": "tf_idf",
    },
    ("IntegerLookup", "invert"): {"vocabulary": [3, 5], "invert": True},
    ("StringLookup", "idf_weights"): {
        "vocabulary": ["a", "b"],
        "idf_weights": [0.5, 2.0],
        "output_mode": "tf_idf",
    },
    ("StringLookup", "invert"): {"vocabulary": ["a", "b"], "invert": True},
    ("StringLookup", "mask_token"): {"mask_token": "a"},
    ("StringLookup", "oov_token"): {"oov_token": "?"},
    ("StringLookup", "vocabulary"): {"vocabulary": ["a", "b"]},
    ("EarlyStopping", "baseline"): {"baseline": 0.5, "patience": 2},
    ("EarlyStopping", "mode"): {"mode": "max", "monitor": "accuracy", "patience": 2, "verbose": 1},
    ("EarlyStopping", "monitor"): {"monitor": "loss", "patience": 2, "verbose": 1},
    ("ModelCheckpoint", "initial_value_threshold"): {"save_best_only": True, "initial_value_threshold": 0.9},
    ("ModelCheckpoint", "mode"): {"mode": "min", "monitor": "loss", "save_best_only": True, "verbose": 1},
    ("ModelCheckpoint", "monitor"): {"monitor": "loss", "save_best_only": True, "verbose": 1},
    ("ModelCheckpoint", "save_weights_only"): {"save_weights_only": True, "filepath": "PATH/m.weights.h5"},
    ("ReduceLROnPlateau", "mode"): {"mode": "max", "monitor": "accuracy", "patience": 1, "verbose": 1},
    ("ReduceLROnPlateau", "monitor"): {"monitor": "loss", "patience": 1, "verbose": 1},
}
BESIDE: dict[str, dict[str, Any]] = {
    "ema_momentum": {"use_ema": True},
    "ema_overwrite_frequency": {"use_ema": True},
}
ENDINGS = {"_initializer": "ones", "_regularizer": "l2", "_constraint": "non_neg"}
# What Keras' own takes with other options alone, or gives no numbers for.
NO_NUMBERS = {"args", "kwargs", "self", "fn", "input_tensor"}


def variants() -> Iterator[Any]:
    """Yield a case for each option of each class, with the first case's other options."""
    for kind in KINDS:
        for name in names(TABLES[kind]):
            case = next(case for case in TABLES[kind] if case.cls == name)
            try:
                theirs = case.part.find("keras")
            except AttributeError:
                continue
            options = dict.fromkeys(inspect.signature(theirs.__init__).parameters)
            if kind == "layers":
                options |= dict.fromkeys(ALL_LAYERS)
            for option in options.keys() - NO_NUMBERS:
                value = changed(name, option)
                yield pytest.param(kind, case, option, value, id=f"{name}-{option}")


def changed(name: str, option: str) -> dict[str, Any]:
    """Return the options that set this one to another value."""
    ending = next((value for end, value in ENDINGS.items() if option.endswith(end)), None)
    value = VALUES.get(option, ending)
    return OF_CLASS.get((name, option), {**BESIDE.get(option, {}), option: value})


def with_options(case: Case, options: dict[str, Any], without: str = "") -> Case:
    """Return the case with these options, all passed by name, and without one where it can be left out."""
    signature = inspect.signature(case.part.find("keras").__init__)
    given = signature.bind_partial(None, *case.part.args, **case.part.options)
    more = given.arguments.pop("kwargs", {})
    bound = {key: value for key, value in {**given.arguments, **more}.items() if key != "self"}
    if "thresholds" in options or "num_thresholds" in options:
        bound = {key: value for key, value in bound.items() if key not in ("thresholds", "num_thresholds")}
    if "save_freq" in options:
        bound["filepath"] = "PATH/{epoch}-{batch}.keras"
    if "batch_shape" in options:
        bound.pop("shape", None)
    if without not in signature.parameters or signature.parameters[without].default is not inspect._empty:
        bound.pop(without, None)
    return replace(case, part=Part(case.part.path, {**bound, **options}))


def close(found: Any, expected: Any, where: str = "") -> None:
    SEEN.append(np.asarray(expected, float))
    if not HOLD[-1]:
        return
    np.testing.assert_allclose(
        np.asarray(found, float), np.asarray(expected, float), rtol=3e-5, atol=3e-6, err_msg=where
    )


def same(found: Any, expected: Any) -> None:
    SEEN.append(expected)
    assert found == expected or not HOLD[-1]


def f32(numbers: Any) -> Any:
    return np.asarray(numbers, np.float32)


def check_layer(case: Any, option: str) -> None:
    """Outputs and gradients from the same weights, penalties, bounds, and the weights at the beginning."""
    ours, theirs = case.make(), case.make("keras")
    SEEN.append(theirs.name)
    if option == "name":
        same(ours.name, theirs.name)
    if case.cls == "InputLayer":
        same((ours.batch_size, *ours.input_shape), tuple(theirs.batch_shape))
        return
    x = case.inputs("float32", 3, case.rng())
    if case.adapts:
        theirs.adapt(x)
        ours.adapt(x)
    if case.cls in NOT_DIFFERENTIABLE and case.cls != "Embedding":
        found, expected = np.asarray(ours(x)), np.asarray(theirs(x))
        SEEN.append(expected)
        if expected.dtype.kind in "biuf":
            close(found, expected, "outputs")
        else:
            assert found.astype(str).tolist() == expected.astype(str).tolist()
        return
    theirs.build(case.batch_shape)
    ours.build(case.batch_shape)
    if hasattr(theirs, "adapt") and theirs.input_mean is None:
        theirs.adapt(x)
        ours.adapt(x)
    same([w.shape for w in ours.get_weights()], [w.shape for w in theirs.get_weights()])
    for w, v in zip(ours.get_weights(), theirs.weights, strict=True):
        SEEN.append(np.array(v.value))
        if option.endswith("_initializer") and v.name.endswith(option.removesuffix("_initializer")):
            close(w, v.value, v.name)
    if not hasattr(theirs, "adapt"):
        rng = np.random.default_rng(1)
        weights = [
            rng.uniform(0.2, 1, w.shape) * (1 if "variance" in w.name else rng.choice([-1, 1], w.shape))
            for w in theirs.weights
        ]
        ours.set_weights(weights)
        theirs.set_weights(weights)
    y = theirs(x)
    close(ours(x), y, "outputs")
    penalties = [float(p.regularizer(p.value)) for p in ours.trainable_parameters if p.regularizer]
    if ours.activity_regularizer is not None:
        penalties.append(float(ours.activity_regularizer(ours(x))) / 3)
    if ours.trainable:
        close(sum(penalties), float(sum(theirs.losses)) if theirs.losses else 0.0, "penalties")
    for parameter, variable in zip(ours.parameters, theirs.weights, strict=True):
        same(parameter.constraint is None, variable.constraint is None)
        if variable.constraint is not None:
            close(parameter.constraint(parameter.value), variable.constraint(variable.value), "bounds")
    same(len(ours.trainable_parameters), len(theirs.trainable_variables))
    first = np.asarray(theirs(x, training=True))
    mine = ours.forward(x, training=True)
    if "seed" not in inspect.signature(type(theirs).__init__).parameters:
        close(mine, first, "in training")
        close(
            np.concatenate([w.ravel() for w in [*ours.get_weights(), np.zeros(1)]]),
            np.concatenate([w.ravel() for w in [*theirs.get_weights(), np.zeros(1)]]),
            "state",
        )
        return
    # Random: each library draws its own numbers; the pattern and its size are compared.
    big = np.ones((4000, *case.shape), np.float32)
    a, b = ours.forward(big, training=True), np.asarray(theirs(big, training=True))
    SEEN.append(b)
    assert np.mean(a) == pytest.approx(np.mean(b), abs=0.06)
    assert np.std(a) == pytest.approx(np.std(b), rel=0.06)
    alike = [np.mean(y.reshape(4000, -1).std(axis=1) < 1e-6) for y in (a, b)]
    assert alike[0] == pytest.approx(alike[1], abs=0.06)
    if option == "seed":
        assert np.array_equal(*(case.make().forward(x, training=True) for _ in range(2)))


def check_loss(case: Any, option: str) -> None:
    if option == "name":
        same(case.make().name, case.make("keras").name)
        return
    rng = case.rng()
    y_pred = f32(case.predictions(rng, (6, 3)).round(3))
    y_true = case.targets(rng, (6, 3)).round(3)
    close(case.make()(y_true, y_pred), case.make("keras")(f32(y_true), y_pred))
    w = rng.uniform(0.5, 2, size=6)
    close(case.make()(y_true, y_pred, w), case.make("keras")(f32(y_true), y_pred, f32(w)), "weighted")


def check_metric(case: Any, option: str) -> None:
    ours, theirs = case.make(), case.make("keras")
    if option == "name":
        same(ours.name, theirs.name)
        return
    y_true, y_pred, w = case.draw()
    for batch in BATCHES:
        ours.update_state(y_true[batch], y_pred[batch], w[batch])
        theirs.update_state(f32(y_true[batch]), f32(y_pred[batch]), w[batch])
        close(ours.result(), theirs.result())


def check_optimizer(case: Any, option: str) -> None:
    from numpy_ann.parameter import Parameter

    numbers, ours = RECORDERS["optimizers"](case), case.make()
    if option == "name":
        same(ours.name, case.make("keras").name)
        return
    variables = [Parameter(name, f32(start)) for name, start in zip(("kernel", "bias"), START, strict=True)]
    ours.build(variables)
    for gradients, expected in zip(GRADIENTS, numbers["path"], strict=True):
        ours.apply(gradients)
        close(np.concatenate([v.value.ravel() for v in variables]), expected)
    ours.finalize_variable_values(variables)
    close(np.concatenate([v.value.ravel() for v in variables]), numbers["final"], "final")


def check_schedule(case: Any, option: str) -> None:
    ours, theirs = case.make(), case.make("keras")
    if option == "name":
        same(ours.get_config()["name"], theirs.get_config()["name"])
    close([ours(step) for step in STEPS], [float(theirs(step)) for step in STEPS])


def check_penalty(case: Any, option: str) -> None:
    close(case.make()(f32(MATRIX)), case.make("keras")(keras.ops.convert_to_tensor(f32(MATRIX))))


def check_callback(case: Any, option: str, tmp_path: Any, capsys: Any) -> None:
    """The same printed text, history, files and weights."""
    SEEN.append(callbacks.compare(case, tmp_path, capsys))


def check_initializer(case: Any, option: str) -> None:
    """The numbers of those that draw none; of the others, mean, spread and bounds of many."""
    shape = (120, 90)
    a, b = np.asarray(case.make()(shape)), np.asarray(case.make("keras")(shape))
    SEEN.append(b)
    if "seed" not in inspect.signature(case.part.find("keras").__init__).parameters:
        close(a, b)
        return
    assert np.mean(a) == pytest.approx(np.mean(b), abs=0.02)
    assert np.std(a) == pytest.approx(np.std(b), rel=0.05)
    assert np.max(abs(a)) == pytest.approx(np.max(abs(b)), rel=0.3)
    if option == "seed":
        assert np.array_equal(*(case.make()(shape) for _ in range(2)))


CHECKS = {
    "constraints": check_penalty,
    "initializers": check_initializer,
    "layers": check_layer,
    "losses": check_loss,
    "metrics": check_metric,
    "optimizers": check_optimizer,
    "regularizers": check_penalty,
    "schedules": check_schedule,
}


def keras_numbers(
    kind: str, case: Case, option: str, folder: Path, capsys: Any, hold: bool = True
) -> list[Any]:
    """Return what Keras computes of a case, where it holds ours to it or not."""
    SEEN.clear()
    HOLD.append(hold)
    keras.utils.set_random_seed(0)
    folder.mkdir()
    try:
        if kind == "callbacks":
            check_callback(case, option, folder, capsys)
        else:
            CHECKS[kind](case, option)
    finally:
        HOLD.pop()
    return [*SEEN]


def differ(a: Any, b: Any) -> bool:
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) != len(b) or any(differ(c, d) for c, d in zip(a, b, strict=True))
    if isinstance(a, dict) and isinstance(b, dict):
        return differ([*a.items()], [*b.items()])
    return not np.array_equal(a, b, equal_nan=isinstance(a, np.ndarray) and a.dtype.kind == "f")


@pytest.mark.parametrize(("kind", "case", "option", "options"), sorted(variants(), key=lambda p: str(p.id)))
def test_honoured_or_refused_by_name(
    kind: str,
    case: Case,
    option: str,
    options: dict[str, Any],
    tmp_path: Path,
    capsys: Any,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Any,
) -> None:
    # The same inputs with the option and without it.
    monkeypatch.setattr(Case, "rng", lambda self: np.random.default_rng(crc32(self.cls.encode())))
    variant = with_options(case, options)
    made = in_folder(variant, tmp_path) if kind == "callbacks" else variant
    try:
        made.make("keras")
    except ImportError:  # of text, on JAX
        record_property("option", "not computed by Keras without TensorFlow")
        return
    except (TypeError, ValueError):
        with suppress(TypeError, ValueError, KeyError):  # the last is Python's, of an option given twice
            made.make()
        record_property("option", "refused by Keras")
        return
    refused = ""
    try:
        made.make()
        expected = keras_numbers(kind, variant, option, tmp_path / "with", capsys)
    except (TypeError, ValueError) as error:
        if any("keras" in frame.filename for frame in traceback.extract_tb(error.__traceback__)):
            record_property("option", "refused by Keras")
            return
        refused = str(error)
    if refused:
        assert any(name in refused for name in options), f"{option} is refused without its name: {refused}"
        record_property("option", "refused by name")
        return
    plain = with_options(case, {key: options[key] for key in options if key != option}, without=option)
    with suppress(Exception):  # of both without the option, which others hold against each other
        unchanged = keras_numbers(kind, plain, option, tmp_path / "without", capsys, hold=False)
        if not differ(unchanged, expected):
            record_property("option", "honoured, without effect in Keras too")
            record_property("no effect", f"{case.cls}({option}=)")
            return
    record_property("option", "honoured")

"""Random models through ``fit`` and through files: the same history as Keras', and the same next step.

The models and the bounds are those of the wide test; see ``test_random_models``.
"""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from numpy_ann import NonFiniteError, models
from tests.live.random_models import BATCH, Drawn, drawn_models
from tests.live.random_parts import Part, of, part
from tests.live.test_random_models import COUNT, difference, keras, keras_in

CALLBACKS = st.lists(
    st.one_of(
        part(
            "callbacks.EarlyStopping",
            {"monitor": of("loss", "val_loss")},
            patience=of(1),
            restore_best_weights=of(True),
            start_from_epoch=of(1),
            min_delta=of(0.25),
        ),
        part(
            "callbacks.ReduceLROnPlateau",
            {"monitor": of("loss", "val_loss"), "patience": of(0, 1), "factor": of(0.5)},
            min_delta=of(0.25),
            cooldown=of(1),
        ),
    ),
    max_size=2,
)
EPOCHS = 3


def fit(
    model: Any, drawn: Drawn, callbacks: list[Part], samples: int, library: str
) -> dict[str, list[float]]:
    """Train the model, a third of the data being for validation; return the history."""
    x, y, options = drawn.data(4, model.output_shape[1:])
    x, y = (np.concatenate(list(a))[:samples] for a in (x, y))
    if "sample_weight" in options:
        options["sample_weight"] = options["sample_weight"].ravel()[:samples]
    made = [callback.make(library) for callback in callbacks]
    return model.fit(
        x,
        y,
        BATCH,
        epochs=EPOCHS,
        shuffle=False,
        validation_split=1 / 3,
        verbose=0,
        callbacks=made,
        **options,
    ).history


def compare(drawn: Drawn, callbacks: list[Part], samples: int, folder: Path) -> None:
    drawn = replace(drawn, undecayed=())  # files don't hold it
    if "schedules" in repr(drawn.optimizer):  # which set the rate themselves
        callbacks = [c for c in callbacks if "Reduce" not in c.path]
    with keras_in("float64"):
        ours, theirs = drawn.model("numpy_ann", "float64"), drawn.model("keras", "float64")
        start = ours.get_weights()
        theirs.set_weights(start)
        try:
            history = fit(ours, drawn, callbacks, samples, "numpy_ann")
        except NonFiniteError:
            expected = fit(theirs, drawn, callbacks, samples, "keras")
            assert not np.all(np.isfinite(expected["loss"]))
            return
        expected = fit(theirs, drawn, callbacks, samples, "keras")

        bound = 1e-6 if "schedules" in repr(drawn.optimizer) else 1e-9
        bound += 10 * rounding(drawn, callbacks, samples, start, ours)
        assert list(history) == list(expected)
        figures = [[np.array(values) for values in figures.values()] for figures in (history, expected)]
        assert difference(*figures) <= bound
        assert difference(ours.get_weights(), theirs.get_weights()) <= bound

        for suffix in ("keras", "h5"):
            ours.save(folder / f"ours.{suffix}")
            if (suffix, drawn.optimizer.path) != ("h5", "optimizers.Adafactor"):  # two variables of one name
                theirs.save(folder / f"theirs.{suffix}")
        x, y, _ = drawn.data(1, ours.output_shape[1:])
        if not re.search(
            r"axis=\[", repr(drawn)
        ):  # Keras loses lists of axes from .h5 files, its own included
            from_h5 = keras.models.load_model(folder / "ours.h5")  # which it can't continue from
            assert difference([np.asarray(from_h5(x[0]))], [ours.predict(x[0], verbose=0)]) <= bound
        pair = models.load_model(folder / "theirs.keras"), keras.models.load_model(folder / "ours.keras")
        for model in (ours, *pair):
            model.train_on_batch(x[0], y[0])
        for model in pair:
            assert difference(model.get_weights(), ours.get_weights()) <= bound


def rounding(drawn: Drawn, callbacks: list[Part], samples: int, start: list[Any], trained: Any) -> float:
    """Return how far a training moves whose first weights are off by a few roundings."""
    worst = 0.0
    for seed in range(3):
        rng = np.random.default_rng(seed)
        model = drawn.model("numpy_ann", "float64")
        model.set_weights([w * (1 + 1e-14 * rng.normal(size=w.shape)) for w in start])
        fit(model, drawn, callbacks, samples, "numpy_ann")
        worst = max(worst, difference(model.get_weights(), trained.get_weights()))
    return worst


def test_fits_and_files_of_random_models(tmp_path: Path, capsys: Any) -> None:
    done = 0

    @settings(
        max_examples=COUNT or 5,
        derandomize=not COUNT,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(drawn_models(), CALLBACKS, st.sampled_from([18, 20]))
    def check(drawn: Drawn, callbacks: list[Part], samples: int) -> None:
        nonlocal done
        compare(drawn, callbacks, samples, tmp_path)
        done += 1

    check()
    with capsys.disabled():
        print(f"\n{done} random models, fitted for {EPOCHS} epochs and continued from each other's files")

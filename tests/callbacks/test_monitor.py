"""Monitor: which way is better."""

import pytest

from numpy_ann.callbacks import EarlyStopping, Monitor
from numpy_ann.metrics import SparseCategoricalAccuracy, SparseCategoricalCrossentropy
from tests.callbacks.training import fit, new_model


@pytest.mark.parametrize(
    ("mode", "min_delta", "current", "reference", "better"),
    [
        ("min", 0, 1.0, 1.0, False),
        ("min", 0, 0.9, 1.0, True),
        ("min", 0.1, 0.95, 1.0, False),
        ("max", 0, 1.0, 1.0, False),
        ("max", 0, 1.1, 1.0, True),
        ("max", 0.2, 1.1, 1.0, False),
        ("max", 0.2, -5.0, None, True),
    ],
)
def test_improvement(mode, min_delta, current, reference, better):
    assert Monitor("x", mode, min_delta=min_delta).is_better(current, reference) is better


@pytest.mark.parametrize(
    ("name", "mode"),
    [("loss", "min"), ("val_loss", "min"), ("accuracy", "max"), ("val_mine", "max"), ("ce", "min")],
)
def test_the_direction_is_known_of_the_loss_and_of_metrics_by_their_class(name, mode):
    model = new_model()
    metrics = ["accuracy", SparseCategoricalAccuracy(name="mine"), SparseCategoricalCrossentropy(name="ce")]
    model.compile("adam", "sparse_categorical_crossentropy", metrics=metrics)
    fit(model, epochs=1)
    monitor = Monitor(name)
    monitor.set_model(model)
    assert monitor.resolved_mode() == mode


def test_an_unknown_figure_asks_for_the_mode_and_names_the_callback():
    with pytest.raises(
        ValueError, match=r"EarlyStopping callback received monitor=foo.*Pass `mode='max'`"
    ) as caught:
        fit(new_model(), EarlyStopping("foo"))
    assert caught.value.__notes__ == [
        "This was raised in the callback EarlyStopping, in its method on_epoch_end."
    ]


def test_an_unknown_mode_is_warned_of():
    with pytest.warns(UserWarning, match="EarlyStopping mode 'less' is unknown, fallback to auto mode"):
        assert EarlyStopping(mode="less").mode == "auto"

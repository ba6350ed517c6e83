import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from numpy_ann.callbacks import History
from numpy_ann.plots import plot_history

CURVES = {
    "accuracy": [0.87, 0.94, 0.95],
    "loss": [0.41, 0.20, 0.16],
    "val_accuracy": [0.96, 0.97, 0.97],
    "val_loss": [0.15, 0.11, 0.10],
}


def recorded(curves, epochs):
    """The History of a fit that went through ``epochs``."""
    history = History()
    history.on_train_begin()
    for position, epoch in enumerate(epochs):
        history.on_epoch_end(epoch, {name: values[position] for name, values in curves.items()})
    return history


def draw(history, *metric):
    return plot_history(history, *metric, ax=Figure().subplots())


def ticks(ax):
    """The ticks on the epoch axis that are in sight."""
    ax.figure.draw_without_rendering()
    low, high = ax.get_xlim()
    return [tick for tick in ax.get_xticks() if low <= tick <= high]


def test_accuracy_is_the_default():
    ax = draw(CURVES)
    assert (ax.get_title(), ax.get_xlabel(), ax.get_ylabel()) == ("Model accuracy", "Epoch", "Accuracy")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["Training", "Validation"]
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), [[1, 0.87], [2, 0.94], [3, 0.95]])
    np.testing.assert_array_equal(ax.lines[1].get_xydata(), [[1, 0.96], [2, 0.97], [3, 0.97]])


def test_loss():
    ax = draw(CURVES, "loss")
    assert (ax.get_title(), ax.get_xlabel(), ax.get_ylabel()) == ("Model loss", "Epoch", "Loss")
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), CURVES["loss"])
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), CURVES["val_loss"])


def test_other_metrics_are_named_in_words():
    ax = draw({"top_k_accuracy": [0.5, 0.6]}, "top_k_accuracy")
    assert (ax.get_title(), ax.get_ylabel()) == ("Model top k accuracy", "Top k accuracy")


def test_without_validation_there_is_one_line():
    ax = draw({"accuracy": [0.8, 0.9]})
    assert [line.get_label() for line in ax.lines] == ["Training"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["Training"]


def test_the_lines_differ_in_more_than_color():
    training, validation = draw(CURVES).lines
    assert to_hex(training.get_color()) != to_hex(validation.get_color())
    assert training.get_linestyle() != validation.get_linestyle()
    assert training.get_marker() != validation.get_marker()


def test_a_history_counts_epochs_as_fit_prints_them():
    ax = draw(recorded(CURVES, [5, 6, 7]))  # initial_epoch=5: "Epoch 6/8" came first
    np.testing.assert_array_equal(ax.lines[0].get_xdata(), [6, 7, 8])
    assert ticks(ax) == [6, 7, 8]


def test_one_epoch_is_a_marker_above_its_number():
    ax = draw({"accuracy": [0.9], "val_accuracy": [0.95]})
    assert all(line.get_marker() not in ("None", "", " ") for line in ax.lines)
    assert ticks(ax) == [1]


def test_faint_rules_lie_below_the_lines_in_a_frame_of_two_axes():
    ax = draw(CURVES)
    assert ax.get_axisbelow() is True
    rules = ax.yaxis.get_gridlines()
    assert all(rule.get_visible() and rule.get_alpha() < 0.5 for rule in rules)
    assert [ax.spines[side].get_visible() for side in ("left", "bottom", "top", "right")] == [1, 1, 0, 0]


def test_many_epochs_are_a_bare_line():
    (line,) = draw({"loss": np.geomspace(1, 0.1, 200)}, "loss").lines
    assert line.get_marker() == "None"


@given(st.integers(1, 500))
def test_ticks_are_whole_epochs_that_were_trained(epochs):
    shown = ticks(draw({"loss": [1.0] * epochs}, "loss"))
    assert 1 <= len(shown) <= 11
    assert all(tick == int(tick) and 1 <= tick <= epochs for tick in shown)


@given(
    st.integers(1, 30).flatmap(
        lambda n: st.lists(st.lists(st.floats(0, 1e6), min_size=n, max_size=n), min_size=2, max_size=2)
    ),
    st.integers(0, 1000),
)
def test_the_lines_hold_the_very_numbers(curves, first):
    epochs = list(range(first, first + len(curves[0])))
    ax = draw(recorded({"loss": curves[0], "val_loss": curves[1]}, epochs), "loss")
    for line, values in zip(ax.lines, curves, strict=True):
        assert list(line.get_ydata()) == values
        assert list(line.get_xdata()) == [epoch + 1 for epoch in epochs]


def test_a_loss_that_is_not_a_number_leaves_a_gap():
    ax = draw({"loss": [0.5, float("nan"), 0.3]}, "loss")
    ax.figure.draw_without_rendering()
    assert np.isfinite(ax.get_ylim()).all()


def test_two_runs_can_share_axes():
    ax = Figure().subplots()
    plot_history({"loss": [1.0, 0.5]}, "loss", ax=ax)
    plot_history({"loss": [0.9, 0.4]}, "loss", ax=ax)
    assert len(ax.lines) == 2


@pytest.mark.parametrize("metric", ["f1", "val_accuracy", "Loss", ""])
def test_an_unknown_metric_is_refused_with_those_there_are(metric):
    with pytest.raises(ValueError, match=f"no metric '{metric}'. It has: accuracy, loss.$"):
        draw(CURVES, metric)


@pytest.mark.parametrize("empty", [{}, {"loss": []}, History()])
def test_an_empty_history_is_refused(empty):
    with pytest.raises(ValueError, match="no epoch was finished"):
        draw(empty, "loss")


def test_lists_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match=r"one 'val_loss' an epoch\. Received: 1 numbers for 2 epochs"):
        draw({"loss": [0.4, 0.3], "val_loss": [0.2]}, "loss")
    history = recorded({"loss": [0.4, 0.3]}, [0, 1])
    history.epoch.append(2)
    with pytest.raises(ValueError, match=r"one 'loss' an epoch\. Received: 2 numbers for 3 epochs"):
        draw(history, "loss")


@pytest.mark.parametrize("wrong", [[0.1, 0.2], None, "history", {"loss": 0.3, "accuracy": 0.9}])
def test_what_is_no_history_is_refused(wrong):
    with pytest.raises(TypeError, match=f"the History that fit returns.*Received: {type(wrong).__name__}"):
        draw(wrong)


def test_bad_input_opens_no_figure():
    with pytest.raises(ValueError, match="no metric"):
        plot_history(CURVES, "f1")


def test_several_are_compared_by_name():
    ax = draw({"small": recorded(CURVES, range(3)), "deep": {"loss": [0.4, 0.3]}}, "loss")
    lines = [(line.get_label(), to_hex(line.get_color())) for line in ax.lines]
    assert lines == [
        ("small, training", "#0072b2"),
        ("small, validation", "#0072b2"),
        ("deep, training", "#d55e00"),
    ]
    with pytest.raises(ValueError, match=r"history of 'deep' has no metric 'accuracy'. It has: loss"):
        draw({"small": CURVES, "deep": {"loss": [0.4]}})

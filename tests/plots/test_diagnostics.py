import numpy as np
import pytest
from matplotlib.figure import Figure

from numpy_ann.callbacks import History, TrainingDiagnostics
from numpy_ann.data import toy
from numpy_ann.layers import Dense, Input
from numpy_ann.models import Sequential
from numpy_ann.plots import plot_diagnostics


class Measured:
    """Diagnostics with figures that come as the test likes."""

    def __init__(self, *, epoch=(0, 1, 2), update=None, gradient=None, dead=None):
        self.epoch = list(epoch)
        self.history = {
            "update_ratio": update or {},
            "gradient_norm": gradient or {},
            "dead_share": dead or {},
        }


MEASURED = Measured(
    update={"dense": [5e-3, 2e-3, 1e-3], "top": [4e-4, 3e-4, 2e-4]},
    gradient={"dense": [3.0, 1.0, 0.5], "top": [0.3, 0.2, 0.1]},
    dead={"dense": [0.0, 0.25, 0.5]},
)


def draw(diagnostics):
    return plot_diagnostics(diagnostics, axes=Figure().subplots(1, 3))


def test_the_lines_hold_the_very_numbers():
    update, gradient, dead = draw(MEASURED)
    np.testing.assert_array_equal(update.lines[0].get_xydata(), [[1, 5e-3], [2, 2e-3], [3, 1e-3]])
    np.testing.assert_array_equal(gradient.lines[1].get_xydata(), [[1, 0.3], [2, 0.2], [3, 0.1]])
    np.testing.assert_array_equal(dead.lines[0].get_xydata(), [[1, 0], [2, 0.25], [3, 0.5]])
    assert [len(ax.lines) for ax in (update, gradient, dead)] == [3, 2, 1]  # with the line of what is usual
    assert update.lines[2].get_ydata() == [1e-3, 1e-3]


def test_what_training_measured_is_drawn():
    diagnostics = TrainingDiagnostics()
    model = Sequential([Input((2,)), Dense(8, activation="relu"), Dense(1, activation="sigmoid")], seed=0)
    model.compile("adam", "binary_crossentropy")
    model.fit(*toy.moons(), epochs=4, initial_epoch=1, verbose=0, callbacks=[diagnostics])
    update, _, dead = draw(diagnostics)
    assert list(update.lines[0].get_xdata()) == [2, 3, 4]
    assert list(update.lines[0].get_ydata()) == diagnostics.history["update_ratio"]["dense"]
    assert list(dead.lines[0].get_ydata()) == diagnostics.history["dead_share"]["dense"]


def test_the_words():
    axes = draw(MEASURED)
    assert [ax.get_title() for ax in axes] == [
        *("Step, as share of the weights", "Gradient norm", "Dead units, as share of the layer")
    ]
    assert [ax.get_xlabel() for ax in axes] == ["Epoch"] * 3
    assert [text.get_text() for text in axes[2].get_legend().get_texts()] == ["dense", "top", "usual"]


def test_a_layer_looks_the_same_in_each_panel_and_unlike_the_others():
    update, gradient, dead = draw(MEASURED)
    looks = [(line.get_color(), line.get_linestyle()) for line in update.lines[:2]]
    assert looks == [(line.get_color(), line.get_linestyle()) for line in gradient.lines]
    assert looks[0] == (dead.lines[0].get_color(), dead.lines[0].get_linestyle())
    assert looks[0][0] != looks[1][0]
    assert looks[0][1] != looks[1][1]


def test_more_layers_than_colors_still_differ():
    layers = {f"dense_{number}": [1.0, 1.0, 1.0] for number in range(20)}
    _, gradient, _ = draw(Measured(gradient=layers))
    assert len({(line.get_color(), line.get_linestyle()) for line in gradient.lines}) == 20


def test_axes_end_at_whole_powers_of_ten():
    update, gradient, dead = draw(MEASURED)
    assert update.get_yscale() == gradient.get_yscale() == "log"
    assert update.get_ylim() == pytest.approx((1e-4, 1e-2))
    assert gradient.get_ylim() == pytest.approx((0.01, 10.0))
    assert dead.get_ylim() == pytest.approx((-0.03, 1.03))


def test_zeros_and_gaps_do_no_harm():
    axes = draw(Measured(update={"dense": [0.0, np.nan, 1e-3]}, gradient={"dense": [0.0, 0.0, 0.0]}))
    axes[0].figure.canvas.draw()
    assert np.isfinite([ax.get_ylim() for ax in axes]).all()


def test_without_rectifiers_a_panel_says_so():
    _, _, dead = draw(Measured(update={"dense": [1e-3] * 3}, gradient={"dense": [1.0] * 3}))
    assert [text.get_text() for text in dead.texts] == ["no layer to show"]
    assert not dead.axison


def test_many_epochs_are_bare_lines():
    many = Measured(epoch=range(100), update={"dense": [1e-3] * 100})
    assert draw(many)[0].lines[0].get_marker() in ("", "None")
    assert draw(MEASURED)[0].lines[0].get_marker() == "o"


@pytest.mark.parametrize("wrong", [None, {"loss": [1.0]}, History(), [1, 2]])
def test_what_are_no_diagnostics_is_refused(wrong):
    with pytest.raises(TypeError, match=f"expects a TrainingDiagnostics.*Received: {type(wrong).__name__}"):
        plot_diagnostics(wrong)


def test_diagnostics_that_watched_nothing_are_refused():
    with pytest.raises(ValueError, match="No epoch was watched: pass the diagnostics to fit"):
        plot_diagnostics(TrainingDiagnostics())


def test_other_axes_are_refused():
    with pytest.raises(ValueError, match=r"Expected 3 axes, one a measure\. Received: 2\."):
        plot_diagnostics(MEASURED, axes=Figure().subplots(1, 2))
    with pytest.raises(TypeError, match="Expected a matplotlib Axes"):
        plot_diagnostics(MEASURED, axes=[1, 2, 3])

from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.figure import Figure

from numpy_ann.inspection import most_confused, worst_mistakes
from numpy_ann.layers import Activation, Input, Reshape
from numpy_ann.models import Sequential
from numpy_ann.plots import plot_mistakes

# "Images" of 2 x 2 that hold log p of four classes: sample 0 is right, the others wrong.
P = np.array([[0.7, 0.1, 0.1, 0.1], [0.1, 0.1, 0.1, 0.7], [0.1, 0.6, 0.1, 0.2], [0.1, 0.1, 0.05, 0.75]])
X, Y = np.log(P).reshape(4, 2, 2), [0, 1, 3, 1]
MODEL = Sequential([Input((2, 2)), Reshape((4,)), Activation("softmax")])


def drawn(axes):
    shown = [ax for ax in np.ravel(axes) if ax.images]
    return [(ax.get_title(loc="left"), ax.get_title(loc="right"), ax.images[0].get_array()) for ax in shown]


def test_the_worst_mistakes(pyplot):
    axes = plot_mistakes(X, worst_mistakes(MODEL, X, Y))
    found = drawn(axes)
    # p of the right class: 0.1 for samples 1 and 3, 0.2 for sample 2.
    assert {t[:2] for t in found[:2]} == {("1 → 3", "70%"), ("1 → 3", "75%")}
    assert found[2][:2] == ("3 → 1", "60%")
    np.testing.assert_allclose(found[2][2], X[2])
    assert axes.shape == (1, 3)


def test_the_most_confused_pairs_show_their_surest_mistake():
    axes = plot_mistakes(X, most_confused(MODEL, X, Y), axes=Figure().subplots(1, 3))
    found = drawn(axes)
    assert [t[:2] for t in found] == [("1 → 3", "2 times"), ("3 → 1", "1 time")]
    np.testing.assert_allclose(found[0][2], X[3])
    np.testing.assert_allclose(found[1][2], X[2])
    assert not axes[2].axison


def test_classes_by_name():
    mistakes = worst_mistakes(MODEL, X, Y, count=1)
    axes = plot_mistakes(X, mistakes, class_names=["cat", "dog", "eel", "fox"], axes=Figure().subplots())
    assert drawn(axes)[0][0] == "dog → fox"
    with pytest.raises(ValueError, match=r"a name for class 3. Received: 3 names"):
        plot_mistakes(X, mistakes, class_names=["cat", "dog", "eel"])


def test_long_names_do_not_run_into_the_note(pyplot):
    names = ["T-shirt/top", "Ankle boot", "Pullover", "Trouser"]
    axes = plot_mistakes(X, worst_mistakes(MODEL, X, Y), class_names=names)
    axes[0, 0].figure.canvas.draw()
    for ax in axes.flat:
        left, right = (text.get_window_extent() for text in (ax._left_title, ax._right_title))
        assert left.x1 + 3 < right.x0


def test_nothing_wrong_is_said_before_a_figure_is_opened():
    for find in (worst_mistakes, most_confused):
        with pytest.raises(ValueError, match="no mistake to draw: every answer was right"):
            plot_mistakes(X, find(MODEL, X, P.argmax(axis=1)))


@pytest.mark.parametrize("wrong", [None, 3, np.array([1, 2]), "mistakes", SimpleNamespace(probability=1)])
def test_what_are_no_mistakes_is_refused(wrong):
    with pytest.raises(TypeError, match=f"worst_mistakes or most_confused.*Received: {type(wrong).__name__}"):
        plot_mistakes(X, wrong)


def test_images_that_the_mistakes_are_not_of():
    with pytest.raises(ValueError, match=r"indices from 0 to 1. Received: [123]"):
        plot_mistakes(X[:2], worst_mistakes(MODEL, X, Y))
    with pytest.raises(ValueError, match="'grey scale' is not a"):
        plot_mistakes(X, worst_mistakes(MODEL, X, Y), cmap="grey scale")

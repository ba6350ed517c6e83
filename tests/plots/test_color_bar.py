import numpy as np
import pytest
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from numpy_ann.plots.colors import color_bar, diverging, symmetric_limit


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [
        (np.linspace(-2, 1, 3001), 1.98, 2),
        (np.append(np.ones(999), 1e6), 1, 1),
        (np.array([-3.0]), 3, 3),
        (np.append(np.zeros(999), -5), 5, 5),
        (np.zeros(4), 1, 1),
    ],
)
def test_limits(values, low, high):
    assert low <= symmetric_limit(values) <= high


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_numbers_that_have_no_colour(bad):
    with pytest.raises(ValueError, match="finite numbers"):
        symmetric_limit(np.array([1.0, bad]))


@pytest.mark.parametrize("limit", [1e-6, 0.003, 0.7, 1, 250])
def test_the_key_has_few_numbers_0_among_them(limit):
    figure = Figure()
    cax = figure.subplots()
    color_bar(ScalarMappable(Normalize(-limit, limit), diverging()), cax, "weight")
    figure.draw_without_rendering()
    shown = [at for at in cax.get_yticks() if -limit <= at <= limit]
    assert 3 <= len(shown) <= 5
    assert np.isclose(shown, 0, atol=1e-12).any()
    assert cax.get_ylabel() == "weight"

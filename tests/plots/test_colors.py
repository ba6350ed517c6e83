import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb

from numpy_ann.plots.colors import BLACK, BLUE, ORANGE, WHITE, contrast, diverging, text_color

channel = st.floats(0, 1)
colors = st.tuples(channel, channel, channel)


def test_contrast_by_hand():
    # Grey 0.5: ((0.5 + 0.055) / 1.055) ** 2.4 = 0.21404; (1 + 0.05) / (0.21404 + 0.05) = 3.9767.
    assert contrast(WHITE, (0.5, 0.5, 0.5)) == pytest.approx(3.9767, abs=1e-4)
    # Pure red on black: (0.2126 + 0.05) / 0.05.
    assert contrast((1, 0, 0), BLACK) == pytest.approx(5.252)
    # Nearly black, where the curve is a straight line: 0.02 / 12.92 = 0.001548; 0.051548 / 0.05.
    assert contrast((0.02, 0.02, 0.02), BLACK) == pytest.approx(1.03096, abs=1e-5)


@given(colors, colors)
def test_contrast_is_symmetric_and_between_1_and_21(a, b):
    assert contrast(a, b) == contrast(b, a)
    assert 1 <= contrast(a, b) <= 21 * (1 + 1e-12)


@given(colors)
def test_text_can_be_read_on_any_color(background):
    assert contrast(text_color(background), background) >= 4.5


def test_opacity_is_passed_over():
    assert contrast((1, 1, 1, 0.3), (0, 0, 0, 1)) == contrast(WHITE, BLACK)


@pytest.mark.parametrize("line", [BLUE, ORANGE])
@pytest.mark.parametrize("paper", [WHITE, BLACK])
def test_lines_stand_out_on_white_and_on_black(line, paper):
    assert contrast(to_rgb(line), paper) >= 3  # what the guidelines ask of graphics


def test_the_two_lines_differ_in_grey_print_too():
    assert contrast(to_rgb(BLUE), to_rgb(ORANGE)) > 1.3


# Linear red, green, blue as people without one kind of cones see it. Source: Machado, Oliveira and Fernandes,
# "A Physiologically-based Model for Simulation of Color Vision Deficiency" (2009), severity 1.0.
SEEN_BY = {
    "everyone": np.eye(3),
    "protanopes": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopes": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopes": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def lab(color, matrix):
    """The colour as CIE L*a*b* (D65), in which a distance of 2 or so is just seen."""
    rgb = np.array(color[:3])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    white = XYZ @ np.ones(3)
    f = np.cbrt(np.maximum(XYZ @ (np.array(matrix) @ linear).clip(0, 1) / white, 1e-3))
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("people", SEEN_BY)
def test_everyone_sees_the_sign_and_the_size_in_the_diverging_colours(people):
    colors = diverging()
    below, above = ([lab(colors(0.5 + s * t), SEEN_BY[people]) for t in (0.05, 0.25, 0.5)] for s in (-1, 1))
    zero = lab(colors(0.5), SEEN_BY[people])
    for blue, orange, apart in zip(below, above, (8, 40, 80), strict=True):
        assert np.linalg.norm(blue - orange) > apart
    for side in (below, above):
        lightness = [zero[0], *(color[0] for color in side)]
        assert np.all(np.diff(lightness) < -1), lightness


def test_zero_is_white_and_the_ends_are_the_houses_colours():
    colors = diverging()
    assert colors(0.5)[:3] == WHITE
    assert colors(0.0)[:3] == pytest.approx(to_rgb(BLUE))
    assert colors(1.0)[:3] == pytest.approx(to_rgb(ORANGE))

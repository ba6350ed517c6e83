import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb

from numpy_ann.plots.colors import BLACK, BLUE, VERMILION, WHITE, contrast, text_color

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


@pytest.mark.parametrize("line", [BLUE, VERMILION])
@pytest.mark.parametrize("paper", [WHITE, BLACK])
def test_lines_stand_out_on_white_and_on_black(line, paper):
    assert contrast(to_rgb(line), paper) >= 3  # what the guidelines ask of graphics


def test_the_two_lines_differ_in_grey_print_too():
    assert contrast(to_rgb(BLUE), to_rgb(VERMILION)) > 1.3

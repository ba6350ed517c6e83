import pytest

from numpy_ann.inspection.picture_inputs import checked_model, picture_shape
from numpy_ann.layers import Add, Dense, Flatten, Input
from numpy_ann.models import Model, Sequential


@pytest.mark.parametrize(
    ("shape", "expected"),
    [((28, 28), (28, 28)), ((14, 28), (14, 28)), ((8, 6, 1), (8, 6)), ((784,), (28, 28)), ((1,), (1, 1))],
)
def test_shapes_of_pictures(shape, expected):
    assert picture_shape(Sequential([Input(shape), Flatten(), Dense(2)])) == expected


@pytest.mark.parametrize("shape", [(7,), (4, 4, 3), (2, 2, 2, 2)])
def test_what_is_no_picture(shape):
    with pytest.raises(ValueError, match="grey pictures"):
        picture_shape(Sequential([Input(shape), Flatten(), Dense(2)]))


def test_a_model_of_two_inputs_reads_no_single_picture():
    one, other = Input((4, 4)), Input((4, 4))
    with pytest.raises(ValueError, match=r"reads pictures, but 'functional\w*' has the inputs \["):
        picture_shape(Model([one, other], Add()([one, other])))


def test_models_without_weights():
    with pytest.raises(ValueError, match="isn't built"):
        checked_model(Sequential([Dense(2)]))
    with pytest.raises(TypeError, match=r"a Sequential model or a Model. Received: 'mnist.keras'"):
        checked_model("mnist.keras")

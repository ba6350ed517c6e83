import pytest

from numpy_ann import losses
from numpy_ann.losses import BY_CLASS

# Each line: the names that Keras 3.15.1 (and, the last two lines, 2.15) has for one loss.
SYNONYMS = [
    ("binary_crossentropy", "BinaryCrossentropy", "bce", "BCE"),
    ("kl_divergence", "KLDivergence", "kld", "KLD", "kullback_leibler_divergence"),
    ("mean_squared_error", "MeanSquaredError", "mse", "MSE"),
    ("mean_absolute_error", "MeanAbsoluteError", "mae", "MAE"),
    ("mean_absolute_percentage_error", "MeanAbsolutePercentageError", "mape", "MAPE"),
    ("mean_squared_logarithmic_error", "MeanSquaredLogarithmicError", "msle", "MSLE"),
    ("huber", "Huber", "huber_loss"),
    ("log_cosh", "LogCosh", "logcosh"),
]


@pytest.mark.parametrize("name", BY_CLASS)
def test_found_by_name(name: str) -> None:
    loss = losses.get(name)
    assert type(loss) is getattr(losses, name)
    assert type(losses.get(loss.name)) is type(loss)
    assert losses.get(loss) is loss
    assert type(losses.get(BY_CLASS[name])) is type(loss)


@pytest.mark.parametrize("names", SYNONYMS, ids=lambda names: names[0])
def test_every_name_means_the_same(names: tuple[str, ...]) -> None:
    assert {type(losses.get(name)).__name__ for name in names} == {names[1]}


def test_a_function_is_wrapped() -> None:
    def own(y_true, y_pred):  # type: ignore[no-untyped-def]
        return (y_pred - y_true)[..., 0], y_pred * 0 + 1

    loss = losses.get(own)
    assert isinstance(loss, losses.FunctionLoss)
    assert loss.name == "own"


def test_what_is_no_loss_is_refused() -> None:
    with pytest.raises(ValueError, match=r"'mean_square_error'\. Did you mean 'mean_squared_error'"):
        losses.get("mean_square_error")
    with pytest.raises(ValueError, match=r"A loss is a name or a Loss\. Received: 3\. A function"):
        losses.get(3)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["CTC", "Circle", "ctc", "circle", "serialize"])
def test_what_keras_has_beside_is_refused_by_name(name: str) -> None:
    with pytest.raises(
        AttributeError, match=f"numpy_ann.losses leaves out Keras' {name}: .* Use another loss"
    ):
        getattr(losses, name)

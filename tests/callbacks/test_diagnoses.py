"""Each sign on figures made for it, just within and just beyond its limit; real trainings are next door."""

from math import inf, nan

import pytest

from numpy_ann.callbacks.diagnoses import CHECKS, Epoch, LayerMeasures, Limits

HEALTHY = LayerMeasures(1e-3, 0.5, 0.05, 0.1)


def epochs(losses=(1.0,), val_losses=None, *, rate=0.01, clipped=False, **layers):
    """Epochs with these losses, all with the same layers."""
    val_losses = val_losses or [None] * len(losses)
    layers = layers or {"first": HEALTHY, "last": HEALTHY}
    return [
        Epoch(number, loss, val_loss, rate, clipped, layers)
        for number, (loss, val_loss) in enumerate(zip(losses, val_losses, strict=True))
    ]


def sign(name, *arguments, **options):
    return CHECKS[name](epochs(*arguments, **options), Limits())


def layer(**measures):
    return HEALTHY._replace(**measures)


@pytest.mark.parametrize("name", CHECKS)
def test_health_has_no_sign(name):
    assert sign(name, [1.0, 0.8, 0.7, 0.6], [0.9, 0.8, 0.75, 0.74]) is None


@pytest.mark.parametrize("name", CHECKS)
def test_a_network_without_measures_has_no_sign(name):
    nothing = LayerMeasures(nan, nan, nan, nan)
    assert CHECKS[name]([Epoch(0, 1.0, None, 0.1, False, {})], Limits()) is None
    assert sign(name, only=nothing) is None


def test_dead_units():
    found = sign("dead_units", one=layer(dead_share=0.3), two=layer(dead_share=0.61))
    assert found[:2] == ("two", 0.61)
    assert found.text.startswith("61 % of the units of layer 'two' gave 0")
    assert sign("dead_units", one=layer(dead_share=0.6)) is None


def test_vanishing_gradient():
    top = layer(gradient_norm=0.1)
    found = sign("vanishing_gradient", low=layer(gradient_norm=9e-5), mid=HEALTHY, top=top)
    assert found.layer == "low"
    assert found.value == pytest.approx(9e-4)
    assert "that of layer 'low' is 9e-04 times that of layer 'top'" in found.text
    assert sign("vanishing_gradient", low=layer(gradient_norm=1.1e-4), top=top) is None


def test_a_gradient_that_is_small_everywhere_has_not_vanished_on_its_way():
    assert sign("vanishing_gradient", low=layer(gradient_norm=1e-9), top=layer(gradient_norm=1e-9)) is None
    assert sign("vanishing_gradient", low=layer(gradient_norm=0.0), top=layer(gradient_norm=0.0)) is None


def test_dead_units_are_said_rather_than_that_no_gradient_comes_through_them():
    dead = {"low": layer(gradient_norm=0.0, dead_share=1.0), "top": HEALTHY}
    assert sign("vanishing_gradient", **dead) is None
    assert sign("dead_units", **dead)


def test_exploding_gradient():
    found = sign("exploding_gradient", low=HEALTHY, top=layer(gradient_ratio=21.0))
    assert found[:2] == ("top", 21.0)
    assert "that of layer 'top' is 21 times as large as its weights" in found.text
    assert sign("exploding_gradient", top=layer(gradient_ratio=20.0)) is None
    assert sign("exploding_gradient", clipped=True, top=layer(gradient_ratio=21.0)) is None


def test_overfitting():
    found = sign("overfitting", [1.0, 0.8, 0.6], [1.0, 0.9, 1.04])  # 0.14 is above 15 % of 0.9
    assert found.value == pytest.approx(0.14)
    assert (
        "the validation loss is 1.04, up from 0.9 in epoch 2, while the training loss has fallen to 0.6"
        in found.text
    )
    assert sign("overfitting", [1.0, 0.8, 0.6], [1.0, 0.9, 1.03]) is None


@pytest.mark.parametrize(
    ("losses", "val_losses"),
    [
        ([1.0, 0.8, 0.9], [1.0, 0.9, 1.5]),  # the training loss rises too
        ([2.0, 0.01, 0.005], [0.02, 0.001, 0.005]),  # five times nothing
        ([1.0, 0.8, 0.6], [1.0, 0.5, None]),  # validated every other epoch
        ([1.0, 0.8], [None, None]),
        ([1.0, 0.8], [nan, nan]),
    ],
)
def test_what_is_no_overfitting(losses, val_losses):
    assert sign("overfitting", losses, val_losses) is None


def test_learning_rate_too_high_by_its_steps():
    found = sign("learning_rate_too_high", rate=3.0, low=HEALTHY, top=layer(update_ratio=0.06))
    assert found[:2] == ("top", 0.06)
    assert found.text == (
        "A step changes the weights of layer 'top' by 6 %, where 0.1 % is usual: the learning rate of 3 is "
        "too high; try 0.3."
    )
    assert sign("learning_rate_too_high", top=layer(update_ratio=0.05)) is None


@pytest.mark.parametrize("unit", [1, 100])
def test_learning_rate_too_high_by_the_loss(unit):
    # Rises of 0.1 and 0.15 among the last five differences; a first one of 9 is forgotten.
    losses = [unit * loss for loss in (1.0, 10.0, 0.5, 0.6, 0.3, 0.45, 0.4)]
    found = sign("learning_rate_too_high", losses, top=layer(update_ratio=0.02))
    assert found.value == pytest.approx(0.25 * unit)
    assert f"the ups of the last 5 epochs make {0.25 * unit:.4g}" in found.text
    assert sign("learning_rate_too_high", losses, top=layer(update_ratio=0.005)) is None  # not by its steps
    for losses in (
        [1.0, 0.6, 0.7, 0.5, 0.55, 0.4],  # 0.15 in all
        [1.0, 0.6, 0.5, 0.9, 0.5, 0.4],  # a single peak
        [1.0, 0.6, 0.5, 0.9, 0.5, 0.51],  # and next to nothing
    ):
        losses = [unit * loss for loss in losses]
        assert sign("learning_rate_too_high", losses, top=layer(update_ratio=0.02)) is None


def test_learning_rate_too_high_by_the_first_epoch():
    """Three times what it was before any step, at once; or a batch of one and a half, and dead units."""
    (epoch,) = epochs([7.0])
    check = CHECKS["learning_rate_too_high"]
    found = check([epoch._replace(start=2.3, peak=9.0)], Limits())
    assert found.at_once
    assert found.text == (
        "The loss of the first epoch is 7, far above the 2.3 before any step: the learning rate of 0.01 is "
        "too high; try 0.001."
    )
    assert check([epoch._replace(start=2.4, peak=9.0)], Limits()) is None  # 2.9 times
    usual = check([epoch._replace(start=2.3, peak=9.0, learning_rate=5.0, usual=0.001)], Limits())
    assert usual.text.endswith("the learning rate of 5 is too high; try 0.001.")
    (epoch,) = epochs([2.3], top=layer(dead_share=0.7))
    found = check([epoch._replace(start=2.3, peak=3.5)], Limits())
    assert found.at_once
    assert found[:2] == ("top", 0.7)
    assert found.text.startswith("The loss leapt from 2.3, of the first batch, to 3.5 in epoch 1")
    assert "and 70 % of the units of layer 'top'" in found.text
    assert (
        CHECKS["dead_units"]([epoch._replace(start=2.3, peak=3.5)], Limits()) is None
    )  # one thing at a time
    assert check([epoch._replace(start=2.3, peak=3.4)], Limits()) is None
    assert CHECKS["dead_units"]([epoch._replace(start=2.3, peak=3.4)], Limits()) is not None


@pytest.mark.parametrize("loss", [nan, inf])
def test_learning_rate_too_high_by_a_loss_that_is_not_finite(loss):
    assert sign("learning_rate_too_high", [1.0, loss]).text.startswith(
        f"The loss became {loss}: the learning"
    )


def test_learning_rate_too_low():
    slow = {"low": layer(update_ratio=1e-6), "top": layer(update_ratio=2e-6)}
    found = sign("learning_rate_too_low", [2.3, 2.29], rate=1e-5, **slow)
    assert found[:2] == ("top", 2e-6)
    assert "from 2.3 to 2.29: the learning rate of 1e-05 is too low; try 0.001." in found.text
    assert sign("learning_rate_too_low", [2.3, 2.1], **slow) is None  # it moves all the same
    assert sign("learning_rate_too_low", [2.3, 2.29], top=layer(update_ratio=4e-5)) is None
    assert (
        sign("learning_rate_too_low", [2.3, 2.3], top=layer(update_ratio=0.0)) is None
    )  # there is no gradient
    assert sign("learning_rate_too_low", [2.3, 2.29], low=layer(update_ratio=1e-6), top=HEALTHY) is None


def test_the_end_of_a_training_that_went_well_is_no_standstill():
    """A schedule lets the rate fall to nothing in the end."""
    assert sign("learning_rate_too_low", [2.3, 0.5, 0.1, 0.1], top=layer(update_ratio=1e-7)) is None


def test_a_loss_below_0_is_measured_by_its_size():
    """As that of cosines, which is -1 at its best: what would be news of a loss of 0.9 is news of -0.9."""
    losses, top = [-0.5, -0.9, -0.95], layer(update_ratio=0.02)
    assert sign("overfitting", losses, [-0.5, -0.9, -0.77]) is None
    assert sign("overfitting", losses, [-0.5, -0.9, -0.76])  # 0.14 is above 15 % of 0.9
    assert sign("learning_rate_too_high", [-0.5, -0.9, -0.89, -0.9, -0.89, -0.9], top=top) is None
    assert sign("learning_rate_too_high", [-0.5, -0.9, -0.8, -0.9, -0.8, -0.9], top=top)  # 0.2 of 0.9
    assert sign("learning_rate_too_low", [-0.5, -0.51], top=layer(update_ratio=1e-6))
    assert sign("learning_rate_too_low", [-0.5, -0.55], top=layer(update_ratio=1e-6)) is None


def test_unscaled_inputs():
    def found(size):
        return CHECKS["unscaled_inputs"]([epochs()[0]._replace(inputs=size)], Limits())

    assert found(5.0) is None
    assert found(83.8).value == 83.8
    assert found(83.8).at_once
    assert "x / 255.0 of pictures, Normalization()" in found(83.8).text

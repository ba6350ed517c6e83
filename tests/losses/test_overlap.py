"""The losses of overlap, and of labels that may be wrong, by hand."""

from typing import Any

import numpy as np
import pytest

import numpy_ann
from numpy_ann import losses, ops
from numpy_ann.losses.loss import EPSILON

Y = np.array([[1.0, 0.0], [1.0, 1.0]])
P = np.array([[0.5, 0.5], [1.0, 0.5]])


def test_dice_of_the_whole_batch() -> None:
    # n = 2 (0.5 + 1 + 0.5) = 4, d = 3 + 2.5: l = 1 - 8/11; dl/dp = (n / d - 2 y) / d.
    loss = losses.Dice()
    assert loss.forward(P, Y) == pytest.approx(1 - 8 / 11)
    np.testing.assert_allclose(loss.backward(), (8 / 11 - 2 * Y) / 5.5, rtol=1e-6)
    assert losses.dice(Y, P) == loss(Y, P) == losses.dice(Y.tolist(), P.tolist())
    # Twice: of all rows together, not the mean of two batches of one row.
    assert loss.sees_batches
    assert loss.forward(P[:1], Y[:1]) == pytest.approx(1 - 1 / 2)


def test_dice_of_each_sample() -> None:
    # Rows: 1 - 2 (0.5) / (1 + 1) and 1 - 2 (1.5) / (2 + 1.5); their mean.
    loss = losses.Dice(axis=1)
    assert loss.forward(P, Y) == pytest.approx((1 / 2 + 1 / 7) / 2)
    expected = np.array([[0.5 - 2, 0.5], [(6 / 7 - 2) / 1.75, (6 / 7 - 2) / 1.75]]) / [[2], [2]] / [[2], [2]]
    np.testing.assert_allclose(loss.backward(), expected, rtol=1e-6)
    assert not loss.sees_batches
    assert losses.dice(Y, P, axis=0) == pytest.approx([1 - 3 / 3.5, 1 - 1 / 2])  # each column, at a prompt


@pytest.mark.parametrize("axis", [None, -1, 0, 1, (1, 2), (0, 2)])
@pytest.mark.parametrize("function", [losses.dice, losses.tversky])
def test_on_the_tape_all_is_as_off_it(function: Any, axis: Any) -> None:
    rng = np.random.default_rng(0)
    p, y = rng.uniform(0.1, 0.9, (2, 3, 2)), rng.integers(2, size=(2, 3, 2)).astype(float)
    options = {} if axis is None else {"axis": axis}
    expected = function(y, p, **options)
    weights, direction = rng.normal(size=expected.shape), rng.normal(size=p.shape)

    def weighed(q: Any) -> Any:
        return ops.sum(function(y, q, **options) * weights)

    value, slope = ops.value_and_grad(weighed)(p)
    assert value == pytest.approx((expected * weights).sum())
    ends = [(function(y, p + h * direction, **options) * weights).sum() for h in (1e-6, -1e-6)]
    assert (slope * direction).sum() == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-6)


def test_dice_of_nothing_at_all() -> None:
    loss = losses.Dice()
    assert loss.forward(np.zeros((1, 2)), np.zeros((1, 2))) == 1.0
    np.testing.assert_allclose(loss.backward(), 0)


def test_tversky() -> None:
    # n = 2, meant and not predicted 0.5 + 0 + 0.5 = 1, predicted and not meant 0.5: d = 2 + 0.3 + 0.7 / 2.
    loss = losses.Tversky(alpha=0.3, beta=0.7)
    assert loss.forward(P, Y) == pytest.approx(1 - 2 / 2.65)
    slope = Y - 0.3 * Y + 0.7 * (1 - Y)
    np.testing.assert_allclose(loss.backward(), (2 / 2.65 * slope - Y) / 2.65, rtol=1e-6)
    assert losses.Tversky()(Y, P) == pytest.approx(losses.Dice()(Y, P))
    assert losses.tversky(Y, P, 0.3, 0.7) == loss(Y, P)


def test_generalized_crossentropy() -> None:
    # p_t = 1/4 and 9/16 at q = 1/2: (1 - 1/2) / (1/2) and (1 - 3/4) / (1/2); slopes -2 and -4/3.
    loss, p = losses.CategoricalGeneralizedCrossEntropy(), np.array([[0.25, 0.75], [0.4375, 0.5625]])
    assert loss.forward(p, np.array([0, 1])) == (1 + 0.5) / 2
    np.testing.assert_allclose(loss.backward(), [[-1, 0], [0, -2 / 3]])
    assert loss(np.array([[0], [1]]), p) == 0.75  # a column of labels
    assert losses.categorical_generalized_cross_entropy([0, 1], p, 0.5).tolist() == [1.0, 0.5]
    near = losses.CategoricalGeneralizedCrossEntropy(1e-6)  # which is cross-entropy, nearly
    assert near(np.array([0, 1]), p) == pytest.approx(-np.log([0.25, 0.5625]).mean(), rel=1e-5)
    loss.forward(np.array([[0.0, 1.0]]), np.array([0]))
    assert loss.backward().tolist() == [[0.0, 0.0]]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (
            lambda: losses.Dice(axis=0)(Y, P),
            r"`axis` of dice must be None.* or axes of a sample, from 1 to 1",
        ),
        (
            lambda: losses.Tversky(axis=(1, 2))(Y, P),
            r"`axis` of tversky must be None.*Received: axis=\[1, 2\]",
        ),
        (lambda: losses.Dice(axis="all"), "`axis` must be an integer or several"),
        (lambda: losses.Tversky(alpha=-1), "`alpha` must be a number of 0 or more"),
        (
            lambda: losses.CategoricalGeneralizedCrossEntropy(1),
            "`q` must be a number above 0 and up to below 1",
        ),
        (
            lambda: losses.CategoricalGeneralizedCrossEntropy()(Y, P),
            r"Generalized .* integer labels .*\(2,\)",
        ),
        (lambda: losses.Dice()(Y[:, :1], P), "must have the same shape for dice"),
    ],
)
def test_what_is_refused(call: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        call()


@pytest.mark.parametrize("suffix", ["keras", "h5"])
@pytest.mark.parametrize(
    "loss",
    [
        losses.Dice(axis=(1, 2)),
        losses.Tversky(0.3, np.float32(0.5), axis=np.int64(1)),
        losses.CategoricalGeneralizedCrossEntropy(0.7),
    ],
    ids=lambda loss: loss.name,
)
def test_files(loss: losses.Loss, suffix: str, tmp_path: Any) -> None:
    parts = [numpy_ann.layers.Input((4,)), numpy_ann.layers.Dense(6, "sigmoid")]
    model = numpy_ann.Sequential([*parts, numpy_ann.layers.Reshape((2, 3))])
    model.compile("sgd", loss)
    model.save(tmp_path / f"model.{suffix}")
    again = numpy_ann.load_model(tmp_path / f"model.{suffix}").loss
    assert type(again) is type(loss)
    assert again.get_config() == loss.get_config()


def test_epsilon_is_in_the_denominator_alone() -> None:
    # As in Keras: a perfect prediction of little is not quite 0.
    y = np.full((1, 1), 1e-7)
    assert losses.Dice()(y, y) == pytest.approx(1 - 2e-14 / (2e-7 + EPSILON))

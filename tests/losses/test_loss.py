"""The contract that every loss keeps. A new loss joins by an entry in ``tests/parts/losses.py``."""

import inspect
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann import losses
from numpy_ann._typing import Array
from numpy_ann.losses import Loss
from tests.parts import by_part, names
from tests.parts.losses import CASES, LossCase
from tests.support import examples, for_each

Shape = tuple[int, ...]
CONTRACT_PARTS = names(CASES)
every_loss = by_part(CASES)
shapes = st.tuples(st.integers(1, 4), st.integers(1, 4)) | st.tuples(*[st.integers(1, 3)] * 3)


def test_every_public_loss_has_a_case() -> None:
    public = filter(inspect.isclass, (getattr(losses, name) for name in losses.__all__))
    assert set(CONTRACT_PARTS) == {c.__name__ for c in public if not inspect.isabstract(c)}


@every_loss
@examples(4)
@given(
    shape=shapes,
    reduction=st.sampled_from(["sum", "sum_over_batch_size", "mean", "mean_with_sample_weight"]),
    weighted=st.booleans(),
    seed=st.integers(0, 999),
)
def test_central_differences(  # type: ignore[no-untyped-def]
    case, shape, reduction, weighted, seed
) -> None:
    make, predictions, targets = case.make, case.predictions, case.targets
    rng = np.random.default_rng(seed)
    y_pred, y_true = predictions(rng, shape), targets(rng, shape)
    w = rng.uniform(0, 2, size=shape[0]) if weighted else None
    loss = make(reduction=reduction)
    loss.forward(y_pred, y_true, w)
    dy = loss.backward()
    h = 1e-6
    numeric = np.empty_like(y_pred)
    for index in np.ndindex(shape):
        at = y_pred[index]
        y_pred[index] = at + h
        above = loss.forward(y_pred, y_true, w)
        y_pred[index] = at - h
        below = loss.forward(y_pred, y_true, w)
        y_pred[index] = at
        numeric[index] = (above - below) / (2 * h)
    assert np.allclose(dy, numeric, rtol=1e-5, atol=1e-6)


@every_loss
@for_each("dtype", ["float32", "float64"])
def test_out_dtypes_and_arguments(case: LossCase, dtype: str) -> None:
    make, predictions, targets = case.make, case.predictions, case.targets
    rng = np.random.default_rng(0)
    y_pred, y_true, w = predictions(rng, (4, 3)).astype(dtype), targets(rng, (4, 3)), np.arange(4.0)
    for array in (y_pred, y_true, w):
        array.flags.writeable = False  # writing to it raises
    loss = make()
    value = loss.forward(y_pred, y_true, w)
    assert type(value) is float
    dy = loss.backward()
    out = np.full_like(y_pred, np.nan)
    assert dy.shape == y_pred.shape
    assert dy.dtype == dtype
    assert np.array_equal(loss.backward(out=out), dy)  # and a second time, for it keeps no half-done work
    assert loss(y_true, y_pred, w) == value
    assert loss.per_sample(y_pred, y_true).shape in ((4,), ())
    assert loss.per_sample(y_pred, y_true.astype(dtype)).dtype == dtype


@every_loss
def test_the_reductions(case: LossCase) -> None:
    make, predictions, targets = case.make, case.predictions, case.targets
    rng = np.random.default_rng(0)
    y_pred, y_true, w = predictions(rng, (4, 3)), targets(rng, (4, 3)), np.array([1.0, 0.0, 2.0, 0.5])
    each = make().per_sample(y_pred, y_true)
    assert np.isclose(make().forward(y_pred, y_true), each.mean())
    assert np.isclose(make(reduction="sum").forward(y_pred, y_true), each.sum())
    # The weighted sum is divided by the number of samples, not by the sum of the weights.
    assert np.isclose(make().forward(y_pred, y_true, w), (each * w).sum() / 4)
    loss = make()
    loss.forward(y_pred, y_true, w)
    if each.ndim:
        assert not loss.backward()[1].any()  # a sample of weight 0 pulls at nothing


@every_loss
def test_the_mean_by_the_sum_of_the_weights(case: LossCase) -> None:
    make, predictions, targets = case.make, case.predictions, case.targets
    rng = np.random.default_rng(0)
    y_pred, y_true, w = predictions(rng, (4, 3)), targets(rng, (4, 3)), np.array([1.0, 0.0, 2.0, 0.5])
    each, loss = make().per_sample(y_pred, y_true), make(reduction="mean_with_sample_weight")
    assert np.isclose(loss.forward(y_pred, y_true, w), np.average(np.broadcast_to(each, 4), weights=w))
    assert np.isclose(loss.forward(y_pred, y_true), each.mean())
    assert loss.forward(y_pred, y_true, np.zeros(4)) == 0.0  # and no NaN
    assert not loss.backward().any()


@every_loss
@pytest.mark.parametrize("reduction", ["none", None])
def test_no_reduction_gives_a_number_a_sample_and_cannot_train(case: LossCase, reduction: Any) -> None:
    make, predictions, targets = case.make, case.predictions, case.targets
    rng = np.random.default_rng(0)
    y_pred, y_true, w = predictions(rng, (4, 3)), targets(rng, (4, 3)), np.arange(4.0)
    each, loss = make().per_sample(y_pred, y_true), make(reduction=reduction)
    assert np.array_equal(loss(y_true, y_pred), each)
    assert np.array_equal(loss(y_true, y_pred, w), each * w)
    with pytest.raises(ValueError, match=f'reduction={reduction!r}, so it gives a number for each .*"sum"'):
        loss.forward(y_pred, y_true)


@every_loss
def test_weights_spread_over_the_axes_of_a_sample(case: LossCase) -> None:
    make, predictions, targets = case.make, case.predictions, case.targets
    rng = np.random.default_rng(0)
    y_pred, y_true, w = predictions(rng, (2, 5, 3)), targets(rng, (2, 5, 3)), np.array([1.0, 3.0])
    each = make().per_sample(y_pred, y_true)
    assert each.shape in ((2, 5), ())
    each = np.broadcast_to(each, (2, 5))  # one number for the whole batch is that of each sample
    assert np.isclose(make().forward(y_pred, y_true, w), (each[0].sum() + 3 * each[1].sum()) / 10)


@every_loss
def test_configuration_round_trip(case: LossCase) -> None:
    make, predictions, targets = case.make, case.predictions, case.targets
    rng = np.random.default_rng(0)
    y_pred, y_true = predictions(rng, (4, 3)), targets(rng, (4, 3))
    loss = make(reduction="sum", name="own")
    again = type(loss).from_config(loss.get_config())
    assert again.get_config() == loss.get_config()
    assert again.forward(y_pred, y_true) == loss.forward(y_pred, y_true)


@every_loss
def test_takes_lists_at_a_prompt(case: LossCase) -> None:
    make, predictions, targets = case.make, case.predictions, case.targets
    rng = np.random.default_rng(0)
    y_pred, y_true = predictions(rng, (4, 3)), targets(rng, (4, 3))
    assert make().forward(y_pred.tolist(), y_true.tolist()) == make().forward(y_pred, y_true)
    assert make()(y_true.tolist(), y_pred.tolist()) == make()(y_true, y_pred)


@every_loss
def test_fewer_targets_than_predictions_are_refused(case: LossCase) -> None:
    make, predictions, targets = case.make, case.predictions, case.targets
    rng = np.random.default_rng(0)
    y_pred, y_true = predictions(rng, (4, 3)), targets(rng, (1, 3))
    for call in (lambda: make().forward(y_pred, y_true), lambda: make()(y_true, y_pred)):
        with pytest.raises(ValueError, match="There must be a target for each prediction"):
            call()


class SquaredError(Loss):
    """A loss written by a user: ``l = sum (y_pred - y_true)^2``."""

    def per_sample(self, y_pred: Array, y_true: Array) -> Array:
        return np.sum((y_pred - y_true) ** 2, axis=-1)

    def gradient(self, y_pred: Array, y_true: Array, *, out: Array | None = None) -> Array:
        return np.multiply(y_pred - y_true, 2, out=out)

    def check_targets(self, y_true: Array, output_shape: Shape) -> None:
        if y_true.shape[1:] != output_shape:
            raise ValueError(f"Received: {y_true.shape}")


def test_a_new_loss_by_hand() -> None:
    # l = (1 - 0)^2 + (3 - 1)^2 = 5 and (2 - 2)^2 + (0 - 1)^2 = 1, so L = 3; dL/dy = 2 (y_pred - y_true) / 2.
    loss = SquaredError()
    assert loss.forward(np.array([[1.0, 3.0], [2.0, 0.0]]), np.array([[0, 1], [2, 1]])) == 3.0
    assert loss.backward().tolist() == [[1.0, 2.0], [0.0, -1.0]]
    assert loss.name == "squared_error"


@pytest.mark.parametrize("reduction", ["average", "auto", 0])
def test_reductions_that_are_refused(reduction: Any) -> None:
    with pytest.raises(ValueError, match=r"`reduction` must be one of 'sum_over_batch_size', 'mean', 'sum'"):
        SquaredError(reduction=reduction)


@pytest.mark.parametrize("reduction", ["sum", None])
def test_weights_that_fit_no_samples_are_refused(reduction: str | None) -> None:
    loss = losses.MeanSquaredError(reduction=reduction)
    y, z = np.zeros((3, 2)), np.ones((3, 2))
    for wrong in (np.ones(2), np.ones((3, 2)), np.ones((2, 1)), np.ones((1, 1, 3))):
        with pytest.raises(
            ValueError, match=r"a number for each of the 3 samples\. Received: sample_weight\.shape="
        ):
            loss(y, z, sample_weight=wrong)
    w = np.array([1.0, 2.0, 3.0])
    assert np.array_equal(loss(y, z, sample_weight=w[:, np.newaxis]), loss(y, z, sample_weight=w))
    assert np.sum(loss(y, z, sample_weight=np.array(2.0))) == 6

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann.layers import Identity, Input
from numpy_ann.models import Sequential
from numpy_ann.parameter import Parameter

shapes = st.lists(st.lists(st.integers(0, 4), max_size=3).map(tuple), max_size=4)


class Holder(Identity):
    """Has parameters of these shapes, and trains the first so many."""

    def __init__(self, held: Any, trained: int, **options: Any) -> None:
        super().__init__(**options)
        self.held, self.trained = held, trained

    def build(self, input_shape: Any) -> None:
        for i, shape in enumerate(self.held):
            self.add_weight(shape, "normal", trainable=i < self.trained, name=str(i))


def holding(*layers: Holder, dtype: str = "float64") -> Sequential:
    return Sequential([Input(shape=(1,)), *layers], dtype=dtype, seed=0)


def test_by_hand() -> None:
    model = holding(Holder([(1,)], 0), Holder([(2, 2), (2,)], 2))
    model.set_weights([np.array([7.0]), np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([5.0, 6.0])])
    frozen, W, b = model.parameters
    # The trainable ones first, in order, each row by row; the gradient covers them alone.
    assert model.theta.tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert model.gradient.tolist() == [0] * 6
    model.theta[3], model.gradient[5] = 40, 60
    assert W.value.tolist() == [[1, 2], [3, 40]]
    assert b.grad.tolist() == [0, 60]
    frozen.assign(np.array([70.0]))
    assert model.theta[6] == 70


@given(trainable=shapes, frozen=shapes, dtype=st.sampled_from(["float32", "float64"]))
def test_all_become_views_with_their_numbers(trainable, frozen, dtype) -> None:  # type: ignore[no-untyped-def]
    model = holding(Holder(trainable + frozen, len(trainable)), dtype=dtype)
    first = model.trainable_parameters
    before = model.get_weights()
    model.claim_parameters(anew=True)
    theta, gradient = model.theta, model.gradient
    assert theta.dtype == gradient.dtype == dtype
    assert theta.size == sum(v.size for v in before)
    assert gradient.size == sum(p.size for p in first)
    assert len(first) == len(trainable)
    for p, value in zip(model.parameters, before, strict=True):
        assert np.array_equal(p.value, value)
        assert p.value.shape == p.grad.shape == p.shape == value.shape
    assert np.array_equal(theta, np.concatenate([np.zeros(0), *(v.ravel() for v in before)]).astype(dtype))
    theta += 1
    gradient += np.arange(gradient.size)
    assert all(np.array_equal(p.value, v + 1) for p, v in zip(model.parameters, before, strict=True))
    grads = np.concatenate([np.zeros(0), *(p.grad.ravel() for p in first)])
    assert np.array_equal(grads, np.arange(gradient.size))


def test_claiming_again_moves_the_numbers() -> None:
    # As when a layer is frozen, or shared with a model built later.
    model = holding(first := Holder([(2, 2)], 1), Holder([(2,)], 1))
    model.set_weights([np.ones((2, 2)), np.zeros(2)])
    old, (W, b) = model.theta, model.parameters
    first.trainable = False
    model.claim_parameters()
    assert model.theta is not old
    model.theta[:2] = 9
    assert b.value.tolist() == [9, 9]
    assert W.value.tolist() == [[1, 1], [1, 1]]
    assert model.gradient.size == 2
    assert old.tolist() == [1, 1, 1, 1, 0, 0]
    now = model.theta
    model.claim_parameters()
    assert model.theta is now


def test_assign_copies_and_casts() -> None:
    p, value = Parameter("bias", np.zeros(2, np.float32)), np.array([1.0, 2.0])
    memory = p.value
    p.assign(value)
    value[0] = 9
    assert p.value is memory
    assert p.value.tolist() == [1, 2]
    assert p.value.dtype == "float32"
    p.assign([3, 4])  # type: ignore[arg-type]
    assert p.value.tolist() == [3, 4]


@pytest.mark.parametrize("shape", [(3,), (2, 1), (1,), ()])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    p = Parameter("bias", np.zeros(2))
    with pytest.raises(ValueError, match=r"bias has shape \(2,\), but the new value has"):
        p.assign(np.ones(shape))
    assert not p.value.any()


def test_as_an_array_it_is_a_copy() -> None:
    p = Parameter("kernel", np.arange(6, dtype=np.float32).reshape(2, 3))
    assert (p.ndim, p.dtype, p.shape, p.size) == (2, np.dtype("float32"), (2, 3), 6)
    for array in (p.numpy(), np.asarray(p), np.array(p)):
        assert array.dtype == "float32"
        assert array.tolist() == p.value.tolist()
        array[:] = 9
    assert p.value.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert np.asarray(p, dtype=np.float64).dtype == "float64"
    assert np.sum(p) == 15
    assert (len(p), len(p.T)) == (2, 3)
    with pytest.raises(ValueError, match="always a copy"):
        np.asarray(p, copy=False)


def test_in_place_operators_leave_it_as_in_keras_and_say_so() -> None:
    v = weight = Parameter("kernel", np.array([1.0, 2.0]))
    with pytest.warns(UserWarning, match=r"leaves the weight kernel as it is: v\.assign_sub.* changes it"):
        v -= np.array([0.5, 0.5])
    assert isinstance(v, np.ndarray)
    assert v.tolist() == [0.5, 1.5]
    assert weight.numpy().tolist() == [1, 2]
    weight.assign_sub(np.array([0.5, 0.5]))
    assert weight.numpy().tolist() == [0.5, 1.5]

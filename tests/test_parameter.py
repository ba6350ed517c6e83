import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann.parameter import Parameter, flatten_parameters

FLOAT32, FLOAT64 = np.dtype("float32"), np.dtype("float64")
shapes = st.lists(st.lists(st.integers(0, 4), max_size=3).map(tuple), max_size=4)


def test_by_hand() -> None:
    W, b = Parameter("kernel", np.array([[1.0, 2.0], [3.0, 4.0]])), Parameter("bias", np.array([5.0, 6.0]))
    frozen = Parameter("mean", np.array([7.0]), trainable=False)
    theta, gradient = flatten_parameters([W, b], [frozen], FLOAT64)
    # The trainable ones first, in order, each row by row; the gradient covers them alone.
    assert theta.tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert gradient.tolist() == [0] * 6
    theta[3], gradient[5] = 40, 60
    assert W.value.tolist() == [[1, 2], [3, 40]]
    assert b.grad.tolist() == [0, 60]
    frozen.assign(np.array([70.0]))
    assert theta[6] == 70


@given(trainable=shapes, frozen=shapes, dtype=st.sampled_from([FLOAT32, FLOAT64]), seed=st.integers(0, 99))
def test_all_become_views_with_their_numbers(trainable, frozen, dtype, seed) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(seed)
    first = [Parameter(str(i), rng.normal(size=shape).astype(dtype)) for i, shape in enumerate(trainable)]
    last = [Parameter(str(i), rng.normal(size=shape).astype(dtype)) for i, shape in enumerate(frozen)]
    before = [p.value.copy() for p in first + last]
    theta, gradient = flatten_parameters(first, last, dtype)
    assert theta.dtype == gradient.dtype == dtype
    assert theta.size == sum(p.size for p in first + last)
    assert gradient.size == sum(p.size for p in first)
    for p, value in zip(first + last, before, strict=True):
        assert np.array_equal(p.value, value)
        assert p.value.shape == p.grad.shape == p.shape == value.shape
    assert np.array_equal(theta, np.concatenate([np.zeros(0), *(v.ravel() for v in before)]).astype(dtype))
    theta += 1
    gradient += np.arange(gradient.size)
    assert all(np.array_equal(p.value, v + 1) for p, v in zip(first + last, before, strict=True))
    grads = np.concatenate([np.zeros(0), *(p.grad.ravel() for p in first)])
    assert np.array_equal(grads, np.arange(gradient.size))


def test_flattening_again_moves_the_numbers() -> None:
    # As when a layer is frozen, or shared with a model built later.
    W, b = Parameter("kernel", np.ones((2, 2), np.float32)), Parameter("bias", np.zeros(2, np.float32))
    old, _ = flatten_parameters([W, b], [], FLOAT32)
    theta, gradient = flatten_parameters([b], [W], FLOAT32)
    theta[:2] = 9
    assert b.value.tolist() == [9, 9]
    assert W.value.tolist() == [[1, 1], [1, 1]]
    assert gradient.size == 2
    assert old.tolist() == [1, 1, 1, 1, 0, 0]


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
    with pytest.raises(ValueError, match="always a copy"):
        np.asarray(p, copy=False)

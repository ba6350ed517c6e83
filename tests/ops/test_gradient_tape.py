"""The tape: TensorFlow's form of it, functions of derivatives, NumPy's functions and operators, errors."""

import threading

import numpy as np
import pytest

from numpy_ann import ops, utils
from numpy_ann.layers import Input, Layer
from numpy_ann.models import Sequential
from numpy_ann.ops.tape import Traced, here
from numpy_ann.parameter import Parameter


def test_hand_worked():
    # y = 3 x^2 + x: 14 at 2, with the derivative 6 x + 1 = 13 and the second one 6
    with ops.GradientTape() as outer:
        x = outer.watch(np.array(2.0))
        with ops.GradientTape() as inner:
            y = 3 * x**2 + x
        slope = inner.gradient(y, x)
    assert (float(y), float(slope), float(outer.gradient(slope, x))) == (14, 13, 6)


def test_sources_in_lists_and_dicts():
    a, b, c = np.array([1.0, 2.0]), np.array([3.0, 4.0]), np.array([5.0])
    with ops.GradientTape(persistent=True) as tape:
        tape.watch([a, b, c])
        y = ops.sum(ops.multiply(a, b))
    assert [g.tolist() for g in tape.gradient(y, [a, b])] == [[3, 4], [1, 2]]
    found = tape.gradient(y, {"a": a, "others": (b, c)})
    assert found["a"].tolist() == [3, 4]
    assert found["others"][1] is None
    assert tape.gradient(y, c, unconnected_gradients="zero").tolist() == [0]
    assert tape.gradient([y, y], a).tolist() == [6, 8]
    assert tape.gradient(y, a, output_gradients=np.array(2.0)).tolist() == [6, 8]


def test_a_derivative_by_what_was_made_on_the_way():
    with ops.GradientTape() as tape:
        x = tape.watch(np.array(3.0))
        y = x * x
        z = y * x
    assert tape.gradient(z, [y, x]) == [3, 27]


def test_parameters_that_are_trained_are_watched():
    w, frozen = Parameter("w", np.array([1.0, 2.0])), Parameter("b", np.array([3.0, 1.0]), trainable=False)
    with ops.GradientTape() as tape:
        y = ops.sum(ops.square(ops.convert_to_tensor(w)) * ops.add(frozen, 0))
    assert isinstance(y, Traced)
    gradient, none = tape.gradient(y, [w, frozen])
    assert gradient.tolist() == [6, 4]
    assert none is None
    with ops.GradientTape(watch_accessed_variables=False) as tape:
        assert not isinstance(ops.add(w, 1), Traced)
    assert ops.convert_to_tensor(w).tolist() == [1, 2]


def test_a_tape_is_asked_once_unless_it_is_persistent():
    with ops.GradientTape() as tape:
        x = tape.watch(np.array(1.0))
        y = x * 2
    tape.gradient(y, x)
    with pytest.raises(RuntimeError, match="persistent=True"):
        tape.gradient(y, x)


def test_a_tape_asked_within_its_with_is_over():
    with ops.GradientTape() as tape:
        x = tape.watch(np.array([1.0, 2.0]))
        assert tape.watch(x) is x
        assert tape.gradient(ops.sum(x**2), x).tolist() == [2, 4]
        assert here.tapes == ()
    with ops.GradientTape(persistent=True) as tape:
        x = tape.watch(np.array([1.0, 2.0]))
        tape.gradient(ops.sum(x**2), x)
        assert here.tapes == (tape,)
        assert tape.gradient(ops.sum(x**3), x).value.tolist() == [3, 12]


def test_what_is_not_on_the_tape_is_told():
    x = np.array([1.0, 2.0])
    with ops.GradientTape() as tape:
        tape.watch(x)
        y = x * 2  # NumPy does it unseen
        z = ops.sum(x)
    with pytest.raises(ValueError, match=r"x = tape\.watch\(x\)"):
        tape.gradient(y, x)
    with ops.GradientTape() as tape:
        z = ops.sum(tape.watch(x))
    with pytest.raises(ValueError, match="doesn't know the array to derive by"):
        tape.gradient(z, x.copy())
    with pytest.raises(ValueError, match="with a fraction"), ops.GradientTape() as tape:
        tape.watch(np.array([1, 2]))


def test_functions_of_derivatives():
    def f(w, b):
        return ops.sum(w["kernel"] * b)

    w, b = {"kernel": np.array([1.0, 2.0])}, np.array([3.0, 4.0])
    value, (dw, db) = ops.value_and_grad(f, (0, 1))(w, b)
    assert (value, dw["kernel"].tolist(), db.tolist()) == (11, [3, 4], [1, 2])
    assert ops.grad(ops.grad(ops.grad(ops.sin)))(np.array(0.0)) == -1
    # The inner derivative is by y alone, which is x only by its value.
    assert ops.grad(lambda x: x * ops.grad(lambda y: x + y)(x))(np.array(5.0)) == 1
    with pytest.raises(TypeError, match="return one number"):
        ops.grad(ops.sin)(np.ones(2))
    with pytest.raises(TypeError, match="made of their arguments"):
        ops.grad(lambda x: ops.sum(ops.floor(x)))(np.ones(2))


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.mean(np.square(x - 1)),
        lambda x: np.sum(np.abs(x), axis=0).max(),
        lambda x: np.concatenate([x, np.ones((1, 3))]).std(),
        lambda x: np.where(x > 0, x, 0.1 * x).sum(),
        lambda x: np.linalg.norm(x, axis=-1)[0],
        lambda x: np.dot(x, x.T).trace() + np.einsum("ij,kj->ik", x, x).sum(),
        lambda x: np.clip(x, -0.5, 0.5).sum() + np.clip(x, a_min=None, a_max=0.5).sum(),
        lambda x: np.maximum(x, 0.2).reshape(-1)[1:4].prod(),
        lambda x: np.add.reduce(x)[1] + sum(x)[0] + len(x),
        lambda x: (2 / (1 + x**2) - x / 3 + abs(-x) @ np.ones(3)[:, None]).sum(),
        lambda x: (1 - x.T).flatten().astype("float64").cumsum().mean(keepdims=True)[0],
        lambda x: np.expand_dims(x, 0).squeeze(axis=0).transpose(1, 0).swapaxes(0, 1).sum(),
        lambda x: np.logaddexp(x, 0).sum() + np.log1p(np.exp(x)).sum() + np.tensordot(x, x).sum(),
        lambda x: np.stack([x, x * 2]).take(1, axis=0).sum() + np.tile(x, (2, 1)).sum(),
    ],
)
def test_numpys_own_functions_and_operators(function):
    x = np.random.default_rng(0).normal(size=(2, 3))
    value, gradient = ops.value_and_grad(function)(x)
    assert np.isclose(value, function(x))
    h, differences = 1e-6, np.empty_like(x)
    for i in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[i] = h
        differences[i] = (function(x + step) - function(x - step)) / (2 * h)
    np.testing.assert_allclose(gradient, differences, atol=1e-6)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda x: np.interp(x, [0, 1], [0, 1]), "np.interp has no derivative here"),
        (lambda x: np.i0(x), "np.i0 has no derivative"),
        (lambda x: np.multiply.outer(x, x), r"np.multiply.outer has no derivative"),
        (lambda x: float(x[0]), "bare numbers of a traced array"),
        (lambda x: 1 if x[0] else 2, "bare numbers"),
        (lambda x: np.asarray(x), "bare numbers"),
        (lambda x: ops.add(x), "takes x1, x2"),
        (lambda x: ops.exp(x, out=x), "takes x"),
        (lambda x: np.sum(x, dtype="float32"), "takes x, axis, keepdims"),
        (lambda x: np.add(x, 1, out=np.ones(2)), "can't write a traced array"),
    ],
)
def test_refusals_speak(wrong, message):
    with pytest.raises(TypeError, match=message):
        ops.grad(lambda x: ops.sum(wrong(x)))(np.ones(2))


def test_keras_other_ops_are_refused_by_name():
    with pytest.raises(AttributeError, match="leaves out Keras' conv: not there"):
        ops.conv  # noqa: B018


def test_after_the_tape_numbers_are_numbers():
    with ops.GradientTape() as tape:
        y = ops.sum(tape.watch(np.array([1.0, 2.0])))
    assert (float(y), f"{y:.2f}", y.item(), int(y), bool(y)) == (3, "3.00", 3, 3, True)
    x = y
    x += 1  # a new array, as for any number
    assert (float(x), float(y)) == (4, 3)
    assert y.numpy().tolist() == 3
    with pytest.raises(AttributeError, match="no attribute 'fill'"):
        y.fill(0)


def test_plain_arrays_make_plain_arrays():
    assert type(ops.exp(np.ones(2))) is np.ndarray
    assert ops.mean([1.0, 2.0]).dtype == ops.exp(1).dtype == ops.divide(np.array([1]), 2).dtype == np.float32
    assert (
        ops.convert_to_tensor([1.0]).dtype == ops.zeros((2,)).dtype == ops.one_hot([1], 2).dtype == np.float32
    )


@pytest.mark.parametrize("wide", ["float64", np.float64, np.dtype("float64")])
def test_a_dtype_that_is_said_is_that_of_the_result(wide):
    narrow, whole = np.ones(2, np.float32), np.arange(2)
    for x in narrow, whole, [1.0, 2.0]:
        assert ops.cast(x, wide).dtype == ops.convert_to_tensor(x, dtype=wide).dtype == np.float64
    assert ops.cast(np.ones(2), "float32").dtype == ops.cast(whole, "float32").dtype == np.float32
    assert ops.mean(whole, axis=None).dtype == ops.mean(whole, axis=0).dtype == np.float32
    w = Parameter("w", np.ones(2, np.float32))
    with ops.GradientTape() as tape:
        y = ops.sum(ops.cast(w, wide) * np.array([0.1, 0.2]))
    assert y.dtype == np.float64
    gradient = tape.gradient(y, w)
    assert (gradient.dtype, gradient.tolist()) == (np.float32, [np.float32(0.1), np.float32(0.2)])


def test_custom_gradients():
    @ops.custom_gradient
    def cube(x):
        return x**3, lambda upstream: upstream * 3 * x**2

    assert ops.grad(cube)(np.array(2.0)) == 12
    assert ops.grad(ops.grad(cube))(np.array(2.0)) == 12

    @ops.custom_gradient
    def doubled(x):
        return x**3, lambda *xs, upstream: [upstream * 6 * x**2 for x in xs]

    assert ops.grad(doubled)(np.array(2.0)) == 24
    constant = ops.grad(lambda x: x * ops.stop_gradient(x))(np.array(3.0))
    assert constant == 3


def test_traced_numbers_in_a_list_are_stacked():
    x = np.array([1.0, 2.0])
    assert ops.grad(lambda x: ops.sum(ops.multiply([x[0], x[1] * 2], [3.0, 4.0])))(x).tolist() == [3, 8]
    assert ops.grad(lambda x: ops.sum(ops.multiply(np.ones(2), (5.0, x[1]))))(x).tolist() == [0, 1]


def test_each_thread_has_its_own_tapes():
    seen = []
    w = Parameter("w", np.ones(2))
    with ops.GradientTape():
        thread = threading.Thread(target=lambda: seen.append(ops.add(w, 1)))
        thread.start()
        thread.join()
    assert type(seen[0]) is np.ndarray


def test_random_numbers_are_repeated_by_their_seeds():
    random = ops.random
    for draw in (
        lambda seed: random.normal((3, 2), seed=seed),
        lambda seed: random.uniform((3,), -1, 1, seed=seed),
        lambda seed: random.truncated_normal((3,), stddev=2.0, seed=seed),
        lambda seed: random.randint((9,), 0, 5, seed=seed),
        lambda seed: random.binomial((3,), 10, 0.5, seed=seed),
        lambda seed: random.beta((3,), 1.0, 2.0, seed=seed),
        lambda seed: random.gamma((3,), 2.0, seed=seed),
        lambda seed: random.categorical(np.zeros((2, 3)), 4, seed=seed),
        lambda seed: random.shuffle(np.arange(9), seed=seed),
    ):
        stream, same = random.SeedGenerator(5), random.SeedGenerator(5)
        first = draw(stream)
        np.testing.assert_array_equal(first, draw(same))
        np.testing.assert_array_equal(draw(7), draw(7))
        np.testing.assert_array_equal(draw(stream), draw(same))
    many = random.truncated_normal((10_000,), mean=1.0, stddev=2.0, seed=1)
    assert many.dtype == np.float32
    assert np.abs(many - 1).max() <= 4
    kept = ops.grad(lambda x: ops.sum(random.dropout(x, 0.75, seed=3)))(np.ones(1000))
    assert set(kept) == {0, 4}
    assert 0.15 < (kept > 0).mean() < 0.35


def test_random_numbers_without_a_seed_are_those_of_the_seed_of_all():
    assert ops.random.SeedGenerator(3, name="mine").get_config() == {"seed": 3}
    utils.set_random_seed(3)
    first = ops.random.normal((4,))
    assert (first != ops.random.normal((4,))).all()
    utils.set_random_seed(3)
    np.testing.assert_array_equal(ops.random.normal((4,)), first)
    utils.set_random_seed(4)
    assert (ops.random.normal((4,)) != first).all()


def test_random_numbers_of_a_layer_are_those_of_its_models_seed():
    class Noise(Layer):
        def call(self, inputs):
            return inputs + ops.random.normal(np.shape(inputs))

    drawn = [Sequential([Input((2,)), Noise()], seed=seed)(np.zeros((3, 2), "f4")) for seed in (1, 1, 2)]
    np.testing.assert_array_equal(drawn[0], drawn[1])
    assert (drawn[0] != drawn[2]).all()


def test_uniform_draws_of_the_kind_that_the_dtype_is():
    whole = ops.random.uniform((50,), 0, 5, dtype="int32", seed=1)
    assert whole.dtype == np.int32
    assert set(whole) == {0, 1, 2, 3, 4}
    broken = ops.random.uniform((50,), 0, 5, seed=1)
    assert broken.dtype == np.float32
    assert len(set(broken)) == 50

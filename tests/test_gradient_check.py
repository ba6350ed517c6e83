from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import numpy_ann
from numpy_ann import check_gradients
from numpy_ann._typing import Array
from numpy_ann.gradient_check import GradientCheck
from numpy_ann.layers import Activation, Dense, Dropout, Flatten, Input, Layer, ReLU, Softmax
from numpy_ann.losses import CategoricalCrossentropy, Loss, SparseCategoricalCrossentropy
from numpy_ann.models import Sequential

RNG = np.random.default_rng(0)
X = RNG.normal(size=(3, 4))
ONE_HOT = np.eye(3)[[0, 2, 1]]


class WrongDense(Dense):
    """Right, but for one part of its derivative, that is off by a factor or in one place."""

    def __init__(self, part: str, factor: float, *, one_place: bool = False, **options: Any) -> None:
        super().__init__(3, activation="tanh", **options)
        self.part, self.factor, self.one_place = part, factor, one_place

    def _spoil(self, part: str, gradient: Array) -> Array:
        if part == self.part:
            wrong = gradient.reshape(-1)[-1:] if self.one_place else gradient
            wrong *= self.factor
        return gradient

    def backward_activation(self, dy: Array, *, out: Array | None = None) -> Array:
        return self._spoil("activation", super().backward_activation(dy, out=out))

    def backward_parameters(self, dz: Array) -> None:
        super().backward_parameters(dz)
        for parameter in self.parameters:
            self._spoil(parameter.name, parameter.grad)

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        return self._spoil("input", super().backward_input(dz, out=out))


def wrong_parameters(result: GradientCheck) -> set[str]:
    return {e.parameter for e in result.errors if e.error > result.tolerance}


@pytest.mark.parametrize("factor", [0.0, -1.0, 2.0, 1.001, 0.999])
@pytest.mark.parametrize("part", ["kernel", "bias", "input"])
def test_a_wrong_gradient_is_caught(part: str, factor: float) -> None:
    result = check_gradients(WrongDense(part, factor), X)
    assert not result.passed
    assert wrong_parameters(result) == {part}
    assert result.worst.parameter == part
    assert result.worst.error == pytest.approx(abs(1 - factor) / max(1, abs(factor)), rel=1e-3)


@pytest.mark.parametrize("part", ["kernel", "bias", "input"])
def test_one_wrong_number_is_found_and_named(part: str) -> None:
    result = check_gradients(WrongDense(part, 1.001, one_place=True), X)
    assert wrong_parameters(result) == {part}
    assert result.worst.where == {"kernel": (3, 2), "bias": (2,), "input": (2, 3)}[part]


@pytest.mark.parametrize("factor", [0.0, 1.001])
def test_a_wrong_derivative_of_the_activation_is_caught_in_every_place(factor: float) -> None:
    wrong = WrongDense("activation", factor)
    assert wrong_parameters(check_gradients(wrong, X)) == {"kernel", "bias", "input"}
    model = Sequential([Input((4,)), wrong, Dense(3, activation="softmax")], seed=0)
    result = check_gradients(model, X, ONE_HOT, "categorical_crossentropy")
    assert {(e.layer, e.parameter) for e in result.errors if e.error > result.tolerance} == {
        ("wrong_dense", "kernel"),
        ("wrong_dense", "bias"),
        ("wrong_dense", "input"),
    }


def test_a_wrong_number_among_many_is_found_by_the_random_direction() -> None:
    # 3 x 400 numbers, of which 10 are compared by themselves, not the last among them.
    x = RNG.normal(size=(3, 400)) / 20
    result = check_gradients(WrongDense("kernel", 3.0, one_place=True), x, max_entries=10)
    kernel = result.errors[0]
    assert (kernel.parameter, kernel.checked, kernel.where) == ("kernel", 11, ())
    assert not result.passed
    assert check_gradients(WrongDense("none", 1), x, max_entries=10).passed


def test_an_array_of_just_so_many_numbers_is_compared_one_by_one_alone() -> None:
    checked = {
        most: check_gradients(Dense(3), np.ones((2, 4)), max_entries=most).errors[0].checked
        for most in (11, 12, 13)
    }
    assert checked == {11: 12, 12: 12, 13: 12}  # 11 of the kernel's 12 numbers, and a random direction


def test_a_kink_excuses_only_where_it_is() -> None:
    # relu at 0 has no derivative; to its left and right it does.
    x = np.array([[0.0, 1.0, -1.0]])
    result = check_gradients(ReLU(), x)
    assert result.passed
    assert (result.errors[-1].kinks, result.errors[-1].checked) == (1, 3)
    assert "ok (1 at a kink)" in str(result)

    class WrongReLU(ReLU):
        def backward_activation(self, dy: Array, *, out: Array | None = None) -> Array:
            return 1.001 * super().backward_activation(dy, out=out)

    result = check_gradients(WrongReLU(), x)
    assert not result.passed
    assert result.worst.where == (0, 1)


def test_where_nothing_is_wrong_no_place_is_named() -> None:
    result = check_gradients(ReLU(), -np.ones((1, 3)))  # 0 on both sides
    assert (result.worst.error, result.worst.where) == (0, ())


@pytest.mark.parametrize("distance", [1e-3, 3e-6, 3e-7])
def test_close_to_a_kink_a_smaller_step_is_taken(distance: float) -> None:
    result = check_gradients(ReLU(), np.array([[distance, -distance]]))
    assert result.passed
    assert result.worst.kinks == 0


def test_the_rounding_of_a_large_loss_is_no_kink() -> None:
    class Large(Layer):
        """``y = x + 1e6``, with half of its gradient missing."""

        def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
            return self._checked(x) + 1e6

        def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
            return dz / 2

    result = check_gradients(Large(), X)
    assert not result.passed
    assert result.worst.kinks == 0


def test_the_rounding_of_a_loss_does_not_make_a_small_gradient_wrong() -> None:
    # Far out on a sigmoid: y = 1 - 1e-6 or so, whose differences have lost ten digits.
    z = np.array([[12.0, 14.0, 16.0, -14.0]])
    assert check_gradients(Activation("sigmoid"), z).passed
    x = 3 * np.random.default_rng(14).normal(size=(1, 4))
    assert check_gradients(Dense(1, activation="sigmoid"), x).passed


def test_dropout_is_active_with_one_mask() -> None:
    x = RNG.normal(size=(4, 30))
    layer = Dropout(0.5, seed=0)
    layer.forward(x, training=True)
    assert check_gradients(layer, x, max_entries=120).passed
    assert not layer.hold_noise

    class ForgetsMask(Dropout):
        def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
            return dz

    assert not check_gradients(ForgetsMask(0.5), x).passed
    model = Sequential([Input((4,)), Dense(5, activation="tanh"), Dropout(0.5), Dense(3)], seed=0)
    assert check_gradients(model, X).passed


LAYERS = st.one_of(
    st.builds(
        Dense,
        st.integers(1, 5),
        activation=st.sampled_from([None, "relu", "sigmoid", "softmax", "tanh"]),
        use_bias=st.booleans(),
        trainable=st.booleans(),
    ),
    st.builds(Dropout, st.sampled_from([0.0, 0.2, 0.5])),
    st.builds(Activation, st.sampled_from(["linear", "relu", "sigmoid", "softmax", "tanh"])),
    st.builds(Flatten),
    st.builds(ReLU),
    st.builds(Softmax),
)
LOSSES = st.one_of(
    st.builds(
        CategoricalCrossentropy,
        label_smoothing=st.sampled_from([0.0, 0.2]),
        from_logits=st.booleans(),
        reduction=st.sampled_from(["sum", "sum_over_batch_size"]),
    ),
    st.builds(SparseCategoricalCrossentropy, from_logits=st.booleans()),
)


@settings(max_examples=2 * settings().max_examples)
@given(
    body=st.lists(LAYERS, max_size=4),
    shape=st.lists(st.integers(1, 4), min_size=1, max_size=2).map(tuple),
    classes=st.integers(1, 4),
    samples=st.integers(1, 4),
    loss=LOSSES,
    fused_as=st.sampled_from(["activation", "layer"]),
    seed=st.integers(0, 999),
)
def test_models_of_any_architecture(  # type: ignore[no-untyped-def]
    body, shape, classes, samples, loss, fused_as, seed
) -> None:
    ends = [Dense(classes)] if loss.from_logits else [Dense(classes), Softmax()]
    if not loss.from_logits and fused_as == "activation":
        ends = [Dense(classes, activation="softmax")]
    model = Sequential([Input(shape), *body, Flatten(), *ends], seed=seed)
    rng = np.random.default_rng(seed)
    x, labels = rng.normal(size=(samples, *shape)), rng.integers(classes, size=samples)
    y = labels if loss.integer_targets else np.eye(classes)[labels]
    result = check_gradients(model, x, y, loss, max_entries=20, seed=seed)
    assert result.passed, f"\n{result}"
    assert [e.parameter for e in result.errors] == [p.name for p in model.parameters] + ["input"]


def test_probability_0_on_the_true_class() -> None:
    model = Sequential([Input((1,)), Dense(2, activation="softmax", kernel_initializer="ones")], seed=0)
    model.set_weights([np.array([[1000.0, 0.0]]), np.zeros(2)])
    x, y = np.array([[1.0]]), np.array([1])
    for loss in ("sparse_categorical_crossentropy", SparseCategoricalCrossentropy()):
        assert check_gradients(model, x, y, loss).passed
    model.compile(loss="sparse_categorical_crossentropy")
    assert model.evaluate(x, y, verbose=0) == 1000.0


def test_uses_the_compiled_loss_and_leaves_the_model_as_it_is() -> None:
    model = Sequential([Input((4,)), Dense(5, activation="relu"), Dense(3, activation="softmax")], seed=1)
    model.compile(loss="categorical_crossentropy")
    before, gradient = model.get_weights(), model.gradient.copy()
    x = X.copy()
    result = check_gradients(model, x, ONE_HOT)
    assert result.passed
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    assert np.array_equal(gradient, model.gradient)
    assert np.array_equal(x, X)
    assert {str(p.value.dtype) for p in model.parameters} == {"float32"}
    assert numpy_ann.check_gradients is check_gradients


def test_inputs_by_name_and_a_model_that_is_not_built() -> None:
    model = Sequential([Input((4,), name="features"), Dense(3, activation="tanh")], seed=1)
    found = check_gradients(model, {"features": X})
    assert found.errors == check_gradients(model, X).errors
    with pytest.raises(ValueError, match="features"):
        check_gradients(model, {"others": X})
    open_model = Sequential([Dense(3, activation="tanh")], seed=1)
    assert check_gradients(open_model, X.tolist()).passed
    with pytest.raises(ValueError, match="has no layers whose gradients could be checked"):
        check_gradients(Sequential(), X)


def test_an_unbuilt_layer_stays_unbuilt() -> None:
    layer = Dense(3)
    assert check_gradients(layer, X.astype("float32")).passed
    assert not layer.built


def test_a_lone_layer_with_a_loss() -> None:
    assert check_gradients(Dense(3, activation="softmax"), X, ONE_HOT, "categorical_crossentropy").passed
    assert check_gradients(Dense(3), X, ONE_HOT, CategoricalCrossentropy(from_logits=True)).passed


def test_integers_lists_and_seeds() -> None:
    ints = np.arange(8).reshape(2, 4)
    assert check_gradients(Dense(2, activation="tanh", name="one"), ints / 10).errors == (
        check_gradients(Dense(2, activation="tanh", name="one"), (ints / 10).tolist()).errors
    )
    assert check_gradients(Dense(2), ints).passed


def test_prints_a_table() -> None:
    lines = str(check_gradients(WrongDense("bias", 2.0, name="wrong"), X)).splitlines()
    assert [line.split()[:3] for line in lines] == [
        ["layer", "parameter", "checked"],
        ["wrong", "kernel", "12"],
        ["wrong", "bias", "3"],
        ["wrong", "input", "12"],
    ]
    assert lines[0].split()[3:] == ["error", "verdict"]
    assert [("WRONG at (" in line, line.endswith("ok")) for line in lines[1:]] == [
        (False, True),
        (True, False),
        (False, True),
    ]
    assert "5.0e-01" in lines[2]
    assert repr(check_gradients(WrongDense("bias", 2.0), X)) == (
        "<GradientCheck passed=False, worst error 5.0e-01>"
    )


def test_the_tolerance_can_be_chosen() -> None:
    wrong = WrongDense("input", 1.001)
    assert not check_gradients(wrong, X, tolerance=9e-4).passed
    assert check_gradients(wrong, X, tolerance=2e-3).passed


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="A loss and targets `y` go together: pass both, or neither"):
        check_gradients(Dense(3), X, ONE_HOT)
    with pytest.raises(ValueError, match="pass both, or neither"):
        check_gradients(Dense(3), X, loss="categorical_crossentropy")
    with pytest.raises(ValueError, match="The model has no layers"):
        check_gradients(Sequential(), X)
    with pytest.raises(ValueError, match="These look like integer labels"):
        check_gradients(Dense(3), X, np.array([0, 1, 2]), "categorical_crossentropy")


def test_a_loss_is_checked_by_itself():
    class Quartic(Loss):
        def per_sample(self, y_pred, y_true):
            return np.mean((y_pred - y_true) ** 4, axis=-1)

        def gradient(self, y_pred, y_true, *, out=None):
            return 2 * (y_pred - y_true) ** 3  # half of it

    p, t = np.random.default_rng(0).normal(size=(2, 5, 1))
    for loss in ("mse", lambda y_true, y_pred: np.mean(np.abs(y_pred - y_true) ** 3, axis=-1)):
        assert check_gradients(loss, p, t).passed
    (error,) = check_gradients(Quartic(), p, t).errors
    assert (error.layer, error.parameter) == ("quartic", "input")
    assert error.error == pytest.approx(0.5)
    model = Sequential([Input((1,)), Dense(3, activation="tanh"), Dense(1)])
    assert str(check_gradients(model, p, t, Quartic())).endswith("by the same factor: look at the loss.")
    assert "same factor" not in str(check_gradients(model, p, t, "mse"))

"""The losses as Keras' functions: a loss for each sample, and in ``compile`` what the class is."""

import copy
import doctest
import inspect
import pickle
from typing import Any

import numpy as np
import pytest

import numpy_ann
from numpy_ann import losses, ops
from numpy_ann._typing import Array
from numpy_ann.lookup import snake_case
from numpy_ann.losses import BY_CLASS
from numpy_ann.losses.functions import class_of
from tests.parts import by_part
from tests.parts.losses import CASES, LossCase

ALIASES = {
    "binary_crossentropy": "bce BCE",
    "kl_divergence": "kld KLD kullback_leibler_divergence",
    "log_cosh": "logcosh",
    "mean_absolute_error": "mae MAE",
    "mean_absolute_percentage_error": "mape MAPE",
    "mean_squared_error": "mse MSE",
    "mean_squared_logarithmic_error": "msle MSLE",
}
every_function = pytest.mark.parametrize("name", [snake_case(name) for name in BY_CLASS])


def function_of(case: LossCase) -> Any:
    return getattr(losses, snake_case(case.cls))


@by_part([case for case in CASES if case.cls in BY_CLASS])
def test_a_function_is_its_class_sample_by_sample(case: LossCase) -> None:
    for shape in ((4, 3), (2, 4, 3)):
        y_pred, y_true = case.predictions(case.rng(), shape), case.targets(case.rng(), shape)
        expected = case.make().per_sample(*case.make().paired(y_pred, y_true))
        args, options = case.part.args, case.part.options
        found = function_of(case)(y_true, y_pred, *args, **options)
        assert np.array_equal(found, expected)
        assert np.array_equal(function_of(case)(y_true.tolist(), y_pred.tolist(), *args, **options), expected)
        single = function_of(case)(y_true.astype("f"), y_pred.astype("f"), *args, **options)
        assert single.dtype == np.float32
        if len(shape) == 2 and expected.ndim:  # one sample without a batch, in each shape that it can have
            rows = zip(y_true, y_pred, strict=True)
            assert np.allclose([function_of(case)(y, p, *args, **options) for y, p in rows], found)


def test_functions_by_hand() -> None:
    # (0 - 3)^2 and (1 - 1)^2, and their mean; 3 - 1/2; 1 - 0.25 for the yes, of a single output.
    assert losses.mean_squared_error([[0, 1]], [[3, 1]]).tolist() == [4.5]
    assert losses.mean_squared_error([0, 1], [3, 1]) == 4.5
    assert losses.huber([[0.0]], [[3.0]]).tolist() == [2.5]
    assert losses.hinge([1, 0], [[0.25], [-3.0]]).tolist() == [0.75, 0.0]


@every_function
def test_names_signatures_and_documentation(name: str) -> None:
    function, cls = getattr(losses, name), losses.get(name)
    assert class_of(function) is type(cls)
    assert function.__name__ == name
    assert {getattr(losses, alias) for alias in ALIASES.get(name, "").split()} <= {function}
    assert list(inspect.signature(function).parameters)[:2] == ["y_true", "y_pred"]
    assert type(cls).__name__ in function.__doc__
    found = doctest.DocTestFinder(recurse=False).find(function, name, globs={})
    assert [doctest.DocTestRunner().run(test).failed for test in found] == [0]
    assert pickle.loads(pickle.dumps(function)) is copy.deepcopy(function) is function  # noqa: S301


def test_another_axis() -> None:
    rng = np.random.default_rng(0)
    p, y = rng.uniform(0.1, 0.9, (3, 4, 5)), rng.integers(2, size=(3, 4, 5)).astype(float)
    for function in (losses.categorical_crossentropy, losses.cosine_similarity, losses.binary_crossentropy):
        expected = function(np.moveaxis(y, 1, -1), np.moveaxis(p, 1, -1))
        assert np.array_equal(function(y, p, axis=1), expected)
        assert expected.shape == (3, 5)
    labels = rng.integers(4, size=(3, 5))
    expected = losses.sparse_categorical_crossentropy(labels, np.moveaxis(p, 1, -1))
    assert np.array_equal(losses.sparse_categorical_crossentropy(labels, p, axis=1), expected)


def test_a_class_that_is_ignored() -> None:
    # -log 3/4 of the first, nothing of the second, whose label is no class.
    p = [[0.25, 0.75], [0.25, 0.75]]
    found = losses.sparse_categorical_crossentropy([1, -1], p, ignore_class=-1)
    assert found.tolist() == [pytest.approx(-np.log(0.75)), 0.0]
    with pytest.raises(ValueError, match="Labels must be from 0 to 1"):
        losses.sparse_categorical_crossentropy([1, -1], p)


@pytest.mark.parametrize("labels", [[1, -1, 0], [[1], [-1], [0]]])
def test_a_class_that_is_ignored_has_no_gradient_on_the_tape(labels: Any) -> None:
    # Weighed 1, 5 and 2: -log(3/4) and -2 log(1/10).
    p, w = np.array([[0.25, 0.75], [0.5, 0.5], [0.1, 0.9]]), np.array([1.0, 5.0, 2.0])

    def total(q: Any, **options: Any) -> Any:
        return ops.sum(losses.sparse_categorical_crossentropy(labels, q, ignore_class=-1, **options) * w)

    value, slope = ops.value_and_grad(total)(p)
    assert value == pytest.approx(-np.log(0.75) - 2 * np.log(0.1))
    # Divided by their sum, the probabilities have -1 / p_t + 1 at the class, 1 elsewhere.
    np.testing.assert_allclose(slope, [[1, -1 / 3], [0, 0], [-18, 2]], atol=1e-12)
    sole = ops.value_and_grad(
        lambda q: ops.sum(losses.sparse_categorical_crossentropy([0, -1], q, ignore_class=-1))
    )
    assert sole(np.ones((2, 1)))[0] == pytest.approx(0, abs=1e-6)
    by_last = ops.value_and_grad(lambda q: total(q, axis=1))(p)
    assert by_last[0] == value
    with pytest.raises(ValueError, match=r"along the last axis: `axis` is -1\. Received: 0"):
        ops.grad(lambda q: total(q, axis=0))(p)


@pytest.mark.parametrize("whole", [False, True])
def test_gradients_of_losses_without_a_derivative_by_hand(whole: bool) -> None:
    # |e|^3 of e = 1, 0, -1 and 3: its slope is 3 e |e|, halved by the mean of two, quartered by that of four.
    class Cubic(losses.Loss):
        def call(self, y_true: Any, y_pred: Any) -> Any:
            return ops.mean(ops.abs(y_true - y_pred) ** 3, axis=None if whole else -1)

    p, y, out = np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([[0.0, 2.0], [4.0, 2.0]]), np.ones((2, 2))
    expected = np.array([[3.0, 0.0], [-3.0, 27.0]]) / (4 if whole else 2)
    for loss in (Cubic(), losses.FunctionLoss(Cubic().call)):
        assert np.asarray(loss.per_sample(p, y)).tolist() == (7.25 if whole else [0.5, 14.0])
        np.testing.assert_allclose(loss.gradient(p, y), expected)
        assert loss.gradient(p, y, out=out) is out
        np.testing.assert_allclose(out, expected)


def test_what_is_no_function_is_no_loss() -> None:
    with pytest.raises(TypeError, match=r"A loss function is a function\. Received: 3"):
        losses.FunctionLoss(3)  # type: ignore[arg-type]


def test_ranks_that_differ_by_one() -> None:
    column, row = np.array([[1.0], [2.0]]), np.array([1.0, 4.0])
    assert losses.mse(column, row).tolist() == losses.mse(row, column).tolist() == [0.0, 4.0]
    assert losses.mse(np.ones((2, 3, 1)), np.zeros((2, 3))).tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: losses.mse(1.0, 2.0), "takes arrays"),
        (lambda: losses.mse([[1.0, 2.0]], [[1.0]]), "must have the same shape for mean_squared_error"),
        (lambda: losses.huber([[1.0]], [[1.0]], delta=-1), "`delta` must be a number above 0"),
        (lambda: losses.categorical_crossentropy([[1.0]], [[1.0]], axis=True), "`axis` must be an integer"),
        (lambda: losses.BinaryCrossentropy(axis=1), "binary_crossentropy is taken along the last axis"),
        (lambda: losses.SparseCategoricalCrossentropy(ignore_class=0), "no `ignore_class` here"),
    ],
)
def test_what_is_refused(call: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        call()


def test_keras_signature_binds() -> None:
    with pytest.raises(TypeError, match="delta"):
        losses.mean_squared_error([[1.0]], [[1.0]], delta=1.0)


@pytest.mark.parametrize("name", ["mean_squared_error", "huber", "categorical_crossentropy"])
def test_compile_takes_a_function_as_its_name(name: str, tmp_path: Any) -> None:
    def trained(loss: Any) -> Any:
        numpy_ann.utils.clear_session()  # names are counted over it
        numpy_ann.utils.set_random_seed(0)
        model = numpy_ann.Sequential([numpy_ann.layers.Input((4,)), numpy_ann.layers.Dense(3, "softmax")])
        model.compile("sgd", loss)
        x, y = np.random.default_rng(0).normal(size=(16, 4)), np.eye(3)[np.arange(16) % 3]
        return model, model.fit(x, y, epochs=2, verbose=0).history

    (by_function, history), (by_name, expected) = trained(getattr(losses, name)), trained(name)
    assert history == expected
    for model, file in ((by_function, "function"), (by_name, "name")):
        model.save(tmp_path / f"{file}.h5")
    again = numpy_ann.load_model(tmp_path / "function.h5")
    assert type(again.loss) is type(by_name.loss)
    assert by_function.get_config() == by_name.get_config()


class MeanOfAll(losses.Loss):
    """A user's loss of the whole batch: the mean square of every number of it."""

    def per_sample(self, y_pred: Array, y_true: Array) -> Array:
        return np.mean((y_pred - y_true) ** 2)  # type: ignore[return-value]

    def gradient(self, y_pred: Array, y_true: Array, *, out: Array | None = None) -> Array:
        return np.multiply(y_pred - y_true, 2 / y_pred.size, out=out)


def test_a_loss_of_the_whole_batch_by_hand() -> None:
    # Errors 1, 2, 0 and -1: L = 6 / 4, and dL/dp = 2 e / 4, not divided by the batch once more.
    y, p = np.array([[0.0, 1.0], [2.0, 1.0]]), np.array([[1.0, 3.0], [2.0, 0.0]])
    for reduction in ("sum_over_batch_size", "mean", "sum", "mean_with_sample_weight"):
        loss = MeanOfAll(reduction=reduction)
        assert loss.forward(p, y) == loss(y, p) == 1.5
        assert loss.backward().tolist() == [[0.5, 1.0], [0.0, -0.5]]
    # As in Keras, it is the loss of each sample: of weights 1 and 5, the mean is 3, the sum 6.
    w = np.array([1.0, 5.0])
    for reduction, factor in (("sum_over_batch_size", 3), ("sum", 6), ("mean_with_sample_weight", 1)):
        loss = MeanOfAll(reduction=reduction)
        assert loss.forward(p, y, w) == loss(y, p, w) == 1.5 * factor
        assert loss.backward().tolist() == [[0.5 * factor, factor], [0.0, -0.5 * factor]]
    assert MeanOfAll(reduction=None)(y, p, w).tolist() == [1.5, 7.5]
    assert MeanOfAll(reduction=None)(y, p) == 1.5


def test_a_function_of_the_whole_batch() -> None:
    whole = MeanOfAll()
    loss = losses.FunctionLoss(lambda y, p: (np.mean((p - y) ** 2), 2 * (p - y) / p.size))
    y, p = np.random.default_rng(0).normal(size=(2, 5, 3))
    assert loss.forward(p, y) == whole.forward(p, y)
    np.testing.assert_allclose(loss.backward(), whole.backward(), rtol=1e-12)


class Mistaken(MeanOfAll):
    """Takes the mean over the wrong axis, or over more than the last one."""

    axis: Any = 0

    def per_sample(self, y_pred: Array, y_true: Array) -> Array:
        return np.mean((y_pred - y_true) ** 2, axis=self.axis)

    def gradient(self, y_pred: Array, y_true: Array, *, out: Array | None = None) -> Array:
        return np.multiply(y_pred - y_true, 2 / (y_pred.size / len(y_pred)), out=out)


def test_losses_of_another_shape() -> None:
    y, p = np.random.default_rng(0).normal(size=(2, 5, 3, 2))
    for call in (lambda: Mistaken().forward(p, y), lambda: Mistaken()(y, p)):
        with pytest.raises(ValueError, match=r"a number for each of the 5 samples.*shape \(3, 2\)"):
            call()
    loss = Mistaken()
    loss.axis = (1, 2)  # one number a sample, of three axes: the mean over the batch is of 5, not of 15
    assert loss.forward(p, y) == pytest.approx(np.mean((p - y) ** 2))
    np.testing.assert_allclose(loss.backward(), 2 * (p - y) / p.size)

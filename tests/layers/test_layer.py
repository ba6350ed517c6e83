"""The contract that every layer keeps. A new layer joins by an entry in ``tests/parts/layers.py``."""

import inspect
import pickle
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann import check_gradients, initializers, layers
from numpy_ann._typing import Array, Shape
from numpy_ann.layers import Dense, Layer
from numpy_ann.models import Sequential
from numpy_ann.utils import set_random_seed
from tests.parts import by_part, names
from tests.parts.layers import CASES, NOT_DIFFERENTIABLE, LayerCase
from tests.support import OF_KERAS_2, examples, for_each

CONTRACT_PARTS = names(CASES)
every_layer = by_part(CASES)
dtypes = for_each("dtype", ["float32", "float64"])
Make = Callable[[], Layer]


def built(make: Make, shape: Shape, dtype: str = "float64", seed: int = 0) -> Layer:
    layer = make()
    layer.join(np.random.default_rng(seed), np.dtype(dtype))
    layer.build((None, *shape))
    return layer


def built_case(case: LayerCase, dtype: str = "float64") -> Any:
    layer = case.ready()
    layer.join(np.random.default_rng(0), np.dtype(dtype))
    layer.build(case.batch_shape)
    return layer


def each(arrays: Any) -> list[Any]:
    """Return one array, or several, as a list."""
    return arrays if isinstance(arrays, list) else [arrays]


def read_only(arrays: Any) -> Any:
    """Return arrays to which writing raises."""
    for array in each(arrays):
        array.flags.writeable = False
    return arrays


def batch(shape: Shape, dtype: str = "float64", samples: int = 3, seed: int = 1) -> Array:
    return np.random.default_rng(seed).normal(size=(samples, *shape)).astype(dtype)


def same(a: Any, b: Any) -> bool:
    """Whether two attributes are the same object, or arrays of the same bits, or lists of such."""
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return a is b or (isinstance(a, np.ndarray) and a.tobytes() == b.tobytes()) or (a == b) is True


def test_every_public_layer_has_a_case() -> None:
    classes = {name for name in layers.__all__ if inspect.isclass(getattr(layers, name))}
    abstract = {name for name in classes if inspect.isabstract(getattr(layers, name))}
    assert abstract == {"Layer"}
    assert set(CONTRACT_PARTS) == classes - abstract


@every_layer
@dtypes
def test_shapes_and_dtypes(case: LayerCase, dtype: str) -> None:
    layer = built_case(case, dtype)
    output_shape = layer.output_shape
    assert (None, *output_shape) == layer.compute_output_shape(case.batch_shape)
    seven = [(7, *shape) for shape in case.shape] if case.several else (7, *case.shape)
    assert (7, *output_shape) == layer.compute_output_shape(seven)
    for samples in (1, 3):
        x = case.inputs(dtype, samples)
        for y in (layer.forward(x), layer.forward(x, training=True)):
            assert y.shape == (samples, *output_shape)
            assert y.dtype == dtype or (y.dtype == "int64" and case.cls in NOT_DIFFERENTIABLE)
        dx = layer.backward(np.ones(y.shape, dtype))
        if not layer.differentiable:
            assert dx is None
            continue
        for gradient, array in zip(each(dx), each(x), strict=True):
            assert gradient.shape == array.shape
            assert gradient.dtype == dtype
    for parameter in layer.parameters:
        assert parameter.value.dtype == parameter.grad.dtype == dtype
        assert parameter.value.shape == parameter.grad.shape


@every_layer
@dtypes
def test_out_gives_the_same_bits(case: LayerCase, dtype: str) -> None:
    x = case.inputs(dtype)
    bare, buffered = built_case(case, dtype), built_case(case, dtype)  # the same seed, so the same masks
    nan = np.full((3, *(bare.output_shape or ())), np.nan, dtype)
    for training in (False, True):
        y = bare.forward(x, training=training)
        assert same(buffered.forward(x, training=training, out=nan.copy()), y)
    dy = batch(bare.output_shape or (), dtype, seed=2)
    dz = bare.backward_activation(dy)
    assert same(buffered.backward_activation(dy, out=nan.copy()), dz)
    in_place = dy.copy()  # training writes the gradient over itself
    assert same(buffered.backward_activation(in_place, out=in_place), dz)
    bare.backward_parameters(dz)
    buffered.backward_parameters(dz)
    for p, q in zip(bare.parameters, buffered.parameters, strict=True):
        assert same(p.grad, q.grad)
    if not bare.differentiable:
        with pytest.raises(ValueError, match=f"'{bare.name}' .* gradient.*Put it first"):
            bare.backward_input(dz)
        return
    dx = bare.backward_input(dz)
    out = [np.full_like(array, np.nan) for array in each(x)]
    assert same(buffered.backward_input(dz, out=out if case.several else out[0]), dx)


@every_layer
def test_pre_activation_and_activation_make_forward(case: LayerCase) -> None:
    layer, twin, x = built_case(case), built_case(case), case.inputs()
    for training in (False, True):
        z = layer.pre_activation(x, training=training)
        assert np.array_equal(layer.activation(z), twin.forward(x, training=training))
    assert same(layer(x), twin.forward(x))
    assert same(layer(x, training=True), twin.forward(x, training=True))


@every_layer
def test_no_argument_is_changed(case: LayerCase) -> None:
    layer, x = built_case(case), read_only(case.inputs())
    layer.forward(x)
    layer.pre_activation(x, training=True)
    y = layer.forward(x, training=True)
    dy = batch(y.shape[1:], seed=2)
    dy.flags.writeable = False
    if layer.differentiable:
        layer.backward_input(layer.backward_activation(dy))
    layer.backward(dy)


@every_layer
def test_predicting_leaves_no_trace(case: LayerCase) -> None:
    layer = built_case(case)
    layer.forward(case.inputs(), training=True)
    layer.backward(np.ones((3, *(layer.output_shape or ()))))
    kept, before, copies = dict(layer._memory), dict(vars(layer)), deepcopy(vars(layer))
    gradients = [p.grad.copy() for p in layer.parameters]
    layer.forward(case.inputs(samples=2, seed=5))
    assert vars(layer).keys() == before.keys()
    assert layer._memory.keys() == kept.keys()
    assert all(layer._memory[name] is value for name, value in kept.items())
    for name, value in vars(layer).items():
        assert value is before[name]
        if isinstance(value, np.ndarray):
            assert same(value, copies[name])
    assert vars(layer)["_stream"].bit_generator.state == copies["_stream"].bit_generator.state
    for p, copied, gradient in zip(layer.parameters, copies["parameters"], gradients, strict=True):
        assert same(p.value, copied.value)
        assert same(p.grad, gradient)


@every_layer
def test_a_smaller_batch_after_a_larger_one(case: LayerCase) -> None:
    layer = built_case(case)
    for samples in (5, 2, 1):
        x = case.inputs(samples=samples)
        y = layer.forward(x, training=True)
        dx = layer.backward(np.ones_like(y))
        if layer.differentiable:
            assert [d.shape for d in each(dx)] == [array.shape for array in each(x)]


@every_layer
@dtypes
def test_configuration_round_trip(case: LayerCase, dtype: str) -> None:
    layer = built_case(case, dtype)
    config = layer.get_config()
    again = type(layer).from_config(config)
    again.join(np.random.default_rng(0), np.dtype(dtype))
    again.build(case.batch_shape)
    assert again.get_config() == config
    assert (again.name, again.trainable, again.dtype) == (layer.name, layer.trainable, np.dtype(dtype))
    assert [p.name for p in again.trainable_parameters] == [p.name for p in layer.trainable_parameters]
    x = case.inputs(dtype)
    for training in (False, True):  # the same seed: equal weights and masks, so equal numbers
        assert same(again.forward(x, training=training), layer.forward(x, training=training))
    dy = np.ones((3, *(layer.output_shape or ())), dtype)
    assert same(again.backward(dy), layer.backward(dy))


@every_layer
def test_works_alone_at_a_prompt(case: LayerCase) -> None:
    def counted(shape: Shape) -> Array:
        return np.arange(2 * np.prod(shape, dtype=int)).reshape(2, *shape)

    integers = [counted(shape) for shape in case.shape] if case.several else counted(case.shape)
    layer = case.ready()
    y = layer.forward(integers if case.values is None else case.inputs(samples=2), training=True)
    assert layer.built
    if case.cls == "InputLayer":  # its dtype is the model's, and so none while it is alone
        np.testing.assert_array_equal(y, np.asarray(integers))
        return
    if y.dtype != "int64" or case.cls not in NOT_DIFFERENTIABLE:
        assert y.dtype == "float32"
    gradient = layer.backward(np.ones(y.shape).tolist())
    assert all(array.dtype == "float32" for array in each(gradient) if array is not None)
    assert layer.count_params() == sum(w.size for w in layer.get_weights())
    if case.values is not None:
        assert same(layer.forward(case.inputs().tolist()), layer.forward(case.inputs()))
        return
    kinds = {case.ready().forward(case.inputs(dtype)).dtype for dtype in ("float64", "float16")}
    kinds |= {layer.forward(case.inputs()).dtype}  # built in float32, it stays there
    kinds |= {layer.forward([x.tolist() for x in case.inputs()]).dtype}
    assert kinds == {y.dtype}


@every_layer
def test_wrong_shapes_are_refused(case: LayerCase) -> None:
    layer = built_case(case)
    layer.in_model = True  # alone, one without weights goes on to another shape, as in Keras
    wrong = [np.zeros((3, *shape, 2)) for shape in (case.shape if case.several else [case.shape])]
    with pytest.raises(ValueError, match=rf"'{layer.name}' expects inputs of shape \(batch.*\(3, "):
        layer.forward(wrong if case.several else wrong[0])
    layer.forward(case.inputs(), training=True)
    with pytest.raises(ValueError, match=rf"'{layer.name}' expects gradients of shape \(batch, .*\(3, "):
        layer.backward(np.zeros((3, *(layer.output_shape or ()), 2)))


@every_layer
def test_backward_needs_forward(case: LayerCase) -> None:
    layer = built_case(case)
    layer.forward(case.inputs())  # predicting is not enough
    dy = np.ones((3, *(layer.output_shape or ())))
    trained = built_case(case)
    trained.forward(case.inputs(), training=True)
    if not trained._memory:  # its derivative needs shapes alone, or nothing that the data decide
        dx = layer.backward(dy)
        if layer.differentiable:
            assert [d.shape for d in each(dx)] == [x.shape for x in each(case.inputs())]
        return
    for unfit in (case.make(), layer):
        with pytest.raises(ValueError, match=r"call forward\(x, training=True\) before backward\(dy\)"):
            unfit.backward(dy)


@every_layer
@examples(4)
@given(data=st.data())
def test_gradients(case: LayerCase, data: st.DataObject) -> None:
    layer = case.ready()
    if not layer.differentiable and not layer.trainable_parameters and case.cls != "Embedding":
        return  # nothing is differentiated
    x = case.inputs(samples=data.draw(st.integers(1, 4)), seed=data.draw(st.integers(0, 999)))
    scale = data.draw(st.sampled_from([0.1, 1.0, 3.0]))
    if case.values is None:
        x = [array * scale for array in x] if case.several else x * scale
    result = check_gradients(layer, x, max_entries=10)
    assert result.passed, f"\n{result}"


def test_names_numbers_and_weights() -> None:
    layer = Dense(2, name="first")
    assert (layer.name, layer.named_by_user, repr(layer)) == (
        "first",
        True,
        "<Dense name=first, built=False>",
    )
    assert (Dense(2).name, Dense(2).named_by_user, layers.ReLU().name) == ("dense", False, "re_lu")
    with pytest.raises(ValueError, match=r"`count_params` on layer 'first', but the layer isn't built"):
        layer.count_params()
    with pytest.raises(ValueError, match="isn't built yet: call it on some data first"):
        layer.set_weights([np.zeros((3, 2)), np.zeros(2)])
    layer.forward(np.zeros((1, 3)))
    assert layer.count_params() == 3 * 2 + 2
    W, b = np.arange(6, dtype=np.float32).reshape(3, 2), np.array([5, 7], np.float32)
    layer.set_weights([W, b])
    got = layer.get_weights()
    assert same(got[0], W)
    assert same(got[1], b)
    got[0][:] = 9  # copies: the layer doesn't notice
    assert same(layer.get_weights()[0], W)
    with pytest.raises(
        ValueError, match=r"shapes \[\(3, 2\), \(2,\)\], but .* received \[\(3, 2\), \(3,\)\]"
    ):
        layer.set_weights([np.zeros((3, 2)), np.zeros(3)])
    assert same(layer.get_weights()[0], W)  # nothing has changed, the first neither


@pytest.mark.parametrize("name", ["", "a/b", 3])
def test_names_that_are_refused(name: Any) -> None:
    with pytest.raises(ValueError, match="a non-empty string without '/'"):
        Dense(1, name=name)


@pytest.mark.parametrize("dtype", ["int32", "float16", "complex64"])
def test_dtypes_that_are_refused(dtype: str) -> None:
    with pytest.raises(ValueError, match='"float32" or "float64"'):
        Dense(1, dtype=dtype)


@OF_KERAS_2
def test_a_declared_input_shape_is_held_against_the_first_call() -> None:
    with pytest.raises(ValueError, match=r"expects inputs of shape \(batch, 4\), but received \(2, 5\)"):
        Dense(3, input_shape=(4,)).forward(np.ones((2, 5)))
    assert Dense(3, input_shape=(4,)).forward(np.ones((2, 4))).shape == (2, 3)
    assert Dense(3, input_shape=(None, 4)).forward(np.ones((2, 4))).shape == (
        2,
        3,
    )  # the numbers of a row count
    assert Dense(3, input_shape=(7, 4)).forward(np.ones((2, 5, 4))).shape == (2, 5, 3)


def test_a_frozen_layer_has_no_trainable_parameters() -> None:
    layer = built(lambda: Dense(2), (3,))
    assert [p.name for p in layer.trainable_parameters] == ["kernel", "bias"]
    layer.trainable = False
    assert layer.trainable_parameters == []
    layer.trainable, layer.kernel.trainable = True, False
    assert [p.name for p in layer.trainable_parameters] == ["bias"]


def test_a_new_layer_is_one_class() -> None:
    class Scale(Layer):
        def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
            return np.multiply(self._checked(x), 3, out=out)

        def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
            return np.multiply(dz, 3, out=out)

    assert np.all(Scale().forward(np.ones((1, 2))) == 3)
    assert check_gradients(Scale(), np.ones((2, 2))).passed


@every_layer
def test_copies_hold_nothing_of_the_last_batch(case: LayerCase) -> None:
    layer = built_case(case)
    y = layer.forward(case.inputs(samples=2000), training=True)
    layer.backward(np.ones_like(y))
    for again in (deepcopy(layer), pickle.loads(pickle.dumps(layer))):  # noqa: S301
        assert not again._memory
        arrays = [value for value in vars(again).values() if isinstance(value, np.ndarray)]
        assert all(len(value) < 2000 for value in arrays if value.ndim)
        assert same(again.forward(case.inputs()), layer.forward(case.inputs()))
    assert len(pickle.dumps(layer)) < 8000


def test_a_layer_tried_on_float64_data_fits_a_float32_model() -> None:
    layer, double = Dense(3), Dense(3, dtype="float64")
    layer(np.ones((2, 4)))
    assert Sequential([layer]).predict(np.ones((2, 4)), verbose=0).dtype == "float32"
    assert double(np.ones((2, 4), np.float32)).dtype == "float64"


def test_the_global_seed_reaches_layers_used_alone() -> None:
    def numbers() -> list[Array]:
        return [Dense(3)(np.ones((2, 4))), layers.Dropout(0.5)(np.ones((2, 40)), training=True)]

    set_random_seed(4)
    first, second = numbers(), numbers()
    set_random_seed(4)
    again = numbers()
    for a, b, c in zip(first, again, second, strict=True):
        assert same(a, b)
        assert not same(a, c)


def test_built_again_its_weights_are_new_and_no_more_than_before() -> None:
    layer = Dense(2)
    for features in (3, 4):
        layer.build((None, features))
        assert [w.shape for w in layer.get_weights()] == [(features, 2), (2,)]


def test_call_takes_inputs_and_training_alone() -> None:
    layer, x = Dense(2), np.ones((1, 3))
    for y in (layer.call(x, True), layer.call(x, training=False, mask=None)):
        assert y.shape == (1, 2)
    for args, options in (((False, 3), {}), ((), {"mask": 1}), ((True,), {"mask": 1})):
        with pytest.raises(TypeError, match="call takes inputs and training; received more"):
            layer.call(x, *args, **options)


def test_layers_that_keras_has_beside_these_are_refused_by_name() -> None:
    with pytest.raises(ImportError, match=r"leaves out Keras' Conv2D: numpy_ann is for fully connected"):
        from numpy_ann.layers import Conv2D  # noqa: F401
    with pytest.raises(AttributeError, match="leaves out Keras' LSTM"):
        layers.LSTM  # noqa: B018
    assert not hasattr(layers, "Hashing")


def test_a_layer_in_keras_form() -> None:
    """Its ``build`` calls no other, its initializers are of the user's, its numbers of the model's stream."""

    class Doubled(initializers.Initializer):
        def __call__(self, shape: Shape, dtype: Any = None) -> Array:
            return 2 * initializers.HeNormal()(shape, dtype)

    class Scale(Layer):
        def build(self, input_shape: tuple[int | None, ...]) -> None:
            self.g = self.add_weight(shape=(input_shape[-1],), initializer=Doubled(), name="g")
            self.seen = self.add_weight(dtype="int32", trainable=False)

        def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
            x = self._checked(x)
            if training:
                self._memory["x"] = x
            return np.multiply(x, self.g.value, out=out)

        def backward_parameters(self, dz: Array) -> None:
            np.sum(self._memory["x"] * dz, axis=0, out=self.g.grad)

        def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
            return np.multiply(dz, self.g.value, out=out)

    a, b = (
        Sequential([layers.Input((4,)), Scale(), Dense(2, kernel_initializer=filled)], seed=3) for _ in "ab"
    )
    assert same(a.layers[0].get_weights()[0], b.layers[0].get_weights()[0])  # the model's seed reaches it
    assert [(p.name, p.shape, p.integer) for p in a.layers[0].weights] == [
        ("g", (4,), False),
        ("variable", (), True),
    ]
    assert np.all(a.layers[1].get_weights()[0] == 7)
    assert check_gradients(a, np.ones((3, 4))).passed
    with pytest.raises(ValueError, match="no forward pass to go back through"):
        deepcopy(a.layers[0]).backward(np.ones((3, 4)))


def filled(shape: Shape, dtype: Any = None) -> Array:
    return np.full(shape, 7, dtype)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"aggregation": "mean"}, "`aggregation`"),
        ({"overwrite_with_gradient": True}, "`overwrite_with_gradient`"),
        ({"dtype": "float64"}, "has the layer's dtype, float32"),
        ({"dtype": "int32"}, "isn't trained: trainable=False"),
        ({"shape": "kernel"}, r"takes the name by its name: add_weight\(shape=\.\.\., name='kernel'\)"),
        ({"shape": (2,), "initializer": lambda shape, dtype: np.ones(3)}, r"asked for the shape \(2,\)"),
    ],
)
def test_weights_that_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Dense(1).add_weight(**options)


@pytest.mark.parametrize("shape", [784, (), "a", (None, 2.5)])
def test_shapes_that_are_refused(shape: Any) -> None:
    with pytest.raises(ValueError, match="input_shape="):
        Dense(1).build(shape)


def test_a_build_that_needs_no_shape_is_called_without_one() -> None:
    class Scale(Layer):
        def build(self, input_shape: Any = None) -> None:
            self.scale = self.add_weight(shape=(1,), initializer="ones", name="scale")

        def call(self, inputs: Any) -> Any:
            return inputs * self.scale

    layer = Scale()
    layer.build()
    assert (layer.built, layer.input_shape) == (True, (1,))
    assert layer(np.array([[2.0], [3.0]])).tolist() == [[2], [3]]
    with pytest.raises(ValueError, match=r"as in build\(\(None, 784\)\)\. Received: input_shape=None"):
        layers.Flatten().build()


@pytest.mark.parametrize(
    ("call", "shape"), [(lambda x: x[: len(x) // 2], r"\(2, 3\)"), (lambda x: x.sum(), r"\(\)")]
)
def test_a_call_returns_a_row_for_each_sample(call: Any, shape: str) -> None:
    own = type("Own", (Layer,), {"call": lambda self, inputs: call(inputs), "__module__": "users"})
    with pytest.raises(ValueError, match=rf"Own.call must return a row for each of 4 samples\. .* {shape}"):
        own()(np.ones((4, 3)))


def test_numpy_scalars_are_taken_and_stored_as_pythons() -> None:
    two = np.int64(2)
    made = [layers.Softmax(np.int64(-1)), layers.PReLU(shared_axes=[np.int64(1)]), layers.Reshape((two, two))]
    made += [layers.BatchNormalization(np.int64(1), np.float32(0.5)), layers.Dropout(np.float32(0.5))]
    made += [layers.LayerNormalization(np.int64(1)), Dense(two, use_bias=np.bool_(True))]
    for layer in made:
        text = repr(sorted(layer.get_config().items(), key=lambda item: item[0]))
        assert "np." not in text, text


def test_a_layer_given_a_list_of_tensors_is_built_by_their_shapes() -> None:
    shapes = []

    class Both(Layer):
        def build(self, input_shape: Any) -> None:
            shapes.extend(input_shape)
            self.scale = self.add_weight(shape=input_shape[1][1:], initializer="ones", name="scale")

        def call(self, inputs: Any) -> Any:
            return inputs[0] + (inputs[1] * self.scale).sum(axis=(1, 2))[:, None]

    y = Both()([np.zeros((5, 1)), np.ones((5, 2, 3))])
    assert shapes == [(None, 1), (None, 2, 3)]
    assert y.tolist() == [[6]] * 5

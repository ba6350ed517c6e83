import numpy as np
import pytest

from numpy_ann.activations import relu
from numpy_ann.callbacks.diagnoses import STEPS, StepMeasures
from numpy_ann.layers import BatchNormalization, Dense, Input, Layer, LeakyReLU, ReLU, Softmax
from numpy_ann.models import Sequential


def stepped(layer, gradients, steps=None, rate=0.5):
    """What is measured of a layer that goes ``rate`` times each of these gradients downhill."""
    measures = StepMeasures([layer], steps)
    for batch, gradient in enumerate(gradients):
        measures.before_step(batch)
        layer.kernel.grad[...] = gradient
        layer.kernel.value[...] -= rate * layer.kernel.grad
    return measures.result()


def kernel_of(*rows):
    layer = Dense(len(rows[0]))
    layer.forward(np.zeros((1, len(rows))))
    layer.kernel.value[...] = rows
    return layer


def test_ratios_by_hand():
    """|W| = 5, |dW| = 10, so half a gradient is a step of 5: both ratios can be read off."""
    layer = kernel_of([3.0, 4.0])
    measured = stepped(layer, [[[6.0, 8.0]]])["dense"]
    assert measured[:3] == pytest.approx((5 / 5, 10, 10 / 5))
    assert np.isnan(measured.dead_share)


def test_of_several_steps_it_is_the_median():
    # Steps along (1, 0) from W = (1, 0): by 0.1, 0.1 and 0.8 to 0.9, 0.8 and 0.
    layer = kernel_of([1.0, 0.0])
    measured = stepped(layer, [[[0.1, 0]], [[0.1, 0]], [[0.8, 0]]], rate=1.0)["dense"]
    assert measured.update_ratio == pytest.approx(0.1 / 0.9)  # of 0.1, 0.111 and 1
    assert measured.gradient_norm == pytest.approx(0.1)


def test_weights_of_zero_have_no_ratio():
    measured = stepped(kernel_of([0.0, 0.0]), [[[1.0, 0.0]]])["dense"]
    assert np.isnan(measured.update_ratio)
    assert np.isnan(measured.gradient_ratio)
    assert measured.gradient_norm == 1


@pytest.mark.parametrize(("steps", "looked_at"), [(1, 1), (5, 5), (8, 8), (100, STEPS), (None, STEPS)])
def test_so_many_steps_are_looked_at(steps, looked_at):
    layer, copies = kernel_of([1.0, 0.0]), 0
    measures = StepMeasures([layer], steps)
    for batch in range(steps or 50):
        measures.before_step(batch)
        copies += measures._before is not None
    assert copies == looked_at
    if steps:
        assert measures._before is not None  # the last is among them, and the first was
        assert min(measures._watched) == 0


def network():
    """Rectifiers in every form, the last of which nobody keeps the output of."""
    layers = [
        *(Input((2,)), Dense(4, activation="relu"), Dense(3), ReLU(), Dense(3), ReLU(6.0), Dense(3)),
        *(LeakyReLU(), Dense(3, activation="tanh"), BatchNormalization(), Dense(2), ReLU()),
    ]
    return Sequential(layers, seed=0)


def test_dead_are_the_units_that_were_always_0():
    model = network()
    dense = model.layers[0]
    dense.kernel.value[...] = [[1, -1, 0, 0], [0, 0, 1, 0]]
    measures = StepMeasures(model.layers, 2)
    for batch, x in enumerate(([[1.0, -1.0], [2.0, -1.0]], [[3.0, -2.0], [0.0, 1.0]])):
        measures.before_step(batch)
        model(np.array(x), training=True)
    # Unit 0 sees x1, which is positive; unit 1 sees -x1, which never is; unit 2 sees x2, which is once;
    # unit 3 sees nothing.
    assert measures.result()["dense"].dead_share == 0.5


def test_which_layers_are_measured():
    model = network()
    measures = StepMeasures(model.layers, 1)
    measures.before_step(0)
    model(np.ones((5, 2)), training=True)
    result = measures.result()
    dense = [f"dense{number}" for number in ("", "_1", "_2", "_3", "_4", "_5")]
    assert list(result) == [*dense[:2], "re_lu", dense[2], "re_lu_1", *dense[3:]]
    assert [name for name, m in result.items() if np.isfinite(m.dead_share)] == ["dense", "re_lu", "re_lu_1"]
    assert [name for name, m in result.items() if np.isfinite(m.gradient_norm)] == dense


def test_frozen_layers_are_left_alone():
    model = network()
    model.freeze("dense_3")
    measures = StepMeasures(model.layers, 1)
    measures.before_step(0)
    assert "dense_2" in measures.result()
    assert "dense_3" not in measures.result()


def test_softmax_in_the_middle_does_no_harm():
    model = Sequential([Input((2,)), Dense(3), Softmax(), Dense(2)])
    measures = StepMeasures(model.layers, 1)
    measures.before_step(0)
    model(np.ones((5, 2)), training=True)
    assert list(measures.result()) == ["dense", "dense_1"]


def test_layers_of_the_users_own_need_keep_nothing():
    class Doubled(Layer):
        """Ends in a rectifier, and computes the derivative in a way of its own."""

        def __init__(self):
            super().__init__()
            self.activation = relu

        def forward(self, x, *, training=False, out=None):
            return np.maximum(2 * x, 0)

        def backward_input(self, dz, *, out=None):
            return 2 * dz

    model = Sequential([Input((2,)), Doubled(), Dense(2)])
    measures = StepMeasures(model.layers, 1)
    measures.before_step(0)
    model(np.ones((5, 2)), training=True)
    assert list(measures.result()) == ["dense"]


def test_nothing_is_measured_of_an_epoch_without_steps():
    assert StepMeasures(network().layers, 3).result() == {}

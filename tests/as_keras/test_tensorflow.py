"""What scripts use of TensorFlow beside Keras gives TensorFlow's numbers."""

import numpy as np
import pytest

from numpy_ann.as_keras import installed
from numpy_ann.as_keras.dataset import Dataset
from numpy_ann.losses import MeanSquaredError
from numpy_ann.optimizers import Adam


@pytest.fixture
def tf():
    with installed():
        import tensorflow

        yield tensorflow


def test_parts_of_tensors_are_tensors(tf):
    t = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    assert t[0, 1].numpy() == 2
    assert [row.numpy().tolist() for row in t] == [[1, 2], [3, 4]]
    assert [number.numpy() for number in t[1]] == [3, 4]
    assert t[tf.constant([1])].numpy().tolist() == [[3, 4]]
    assert (t * 2)[1, 1].numpy() == 8
    assert tf.Variable([5.0])[0].numpy() == 5


def test_part_of_a_variable_is_assigned(tf):
    v = tf.Variable([1.0, 2.0, 3.0])
    v[1].assign(9.0)
    v[:1].assign([5.0])
    assert v.numpy().tolist() == [5, 9, 3]
    assert v.assign_add([1.0, 1.0, 1.0]).numpy().tolist() == [6, 10, 4]


def test_lengths(tf):
    t = tf.constant([3.0, 4.0])
    assert tf.clip_by_norm(t, 1.0).numpy() == pytest.approx([0.6, 0.8])
    assert tf.clip_by_norm(t, 10.0).numpy() == pytest.approx([3, 4])
    rows = tf.clip_by_norm([[3.0, 4.0], [0.3, 0.4]], 1.0, axes=1)
    assert rows.numpy().ravel() == pytest.approx([0.6, 0.8, 0.3, 0.4])
    (first, none, last), length = tf.clip_by_global_norm([t, None, tf.constant([12.0])], 6.5)
    assert (first.numpy().tolist(), none, last.numpy().tolist(), length.numpy()) == ([1.5, 2], None, [6], 13)
    assert tf.linalg.global_norm([t, None]).numpy() == 5
    for normalized in tf.math.l2_normalize, tf.nn.l2_normalize, tf.linalg.l2_normalize:
        assert normalized([[3.0, 4.0], [0.0, 2.0]], axis=1).numpy().ravel() == pytest.approx([0.6, 0.8, 0, 1])


def test_arrays(tf):
    t = tf.constant([3.0, 4.0])
    assert tf.reverse(t, [0]).numpy().tolist() == [4, 3]
    assert tf.roll(t, 1, 0).numpy().tolist() == [4, 3]
    assert tf.math.squared_difference(t, 1.0).numpy().tolist() == [4, 9]
    assert tf.math.divide_no_nan(t, [0.0, 2.0]).numpy().tolist() == [0, 2]
    assert tf.linalg.matvec([[1.0, 2.0], [3.0, 4.0]], t).numpy().tolist() == [11, 25]
    assert tf.linalg.inv([[2.0, 0.0], [0.0, 4.0]]).numpy().tolist() == [[0.5, 0], [0, 0.25]]
    assert tf.boolean_mask(t, [True, False]).numpy().tolist() == [3]
    assert [row.numpy().tolist() for row in tf.unstack(tf.eye(2))] == [[1, 0], [0, 1]]
    assert (tf.argmax([[1, 5], [7, 2]]).numpy().tolist(), tf.argmin([4, 1, 2]).numpy()) == ([1, 0], 1)


def test_gradients_go_through_parts(tf):
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        first, second = tf.unstack(x * x)
        y = tf.reduce_sum(first) + tf.reduce_sum(tf.boolean_mask(second, [True, False]))
    assert tape.gradient(y, x).numpy().tolist() == [[2, 4], [6, 0]]


def test_keras_under_tensorflows_own_names(tf):
    assert tf.losses.MeanSquaredError is MeanSquaredError
    assert tf.optimizers.Adam is Adam
    assert tf.metrics.Mean().name == "mean"
    assert tf.initializers.Ones()((2,)).tolist() == tf.ones_initializer()((2,)).tolist() == [1, 1]
    assert float(tf.constant_initializer(3)((1,))[0]) == 3


def test_windows():
    def windows(*args, **options):
        return [[int(i) for i in window] for window in Dataset.range(7).window(*args, **options)]

    assert windows(3, shift=2) == [[0, 1, 2], [2, 3, 4], [4, 5, 6], [6]]
    assert windows(3, stride=2, drop_remainder=True) == [[0, 2, 4]]
    assert windows(2, shift=3) == [[0, 1], [3, 4], [6]]
    assert windows(3) == [[0, 1, 2], [3, 4, 5], [6]]
    pairs = Dataset.from_tensor_slices((np.arange(3), np.arange(3) * 2)).window(2)
    assert [(list(map(int, x)), list(map(int, y))) for x, y in pairs] == [([0, 1], [0, 2]), ([2], [4])]


def test_a_series_becomes_windows_and_targets():
    data = Dataset.range(6).window(4, shift=1, drop_remainder=True).flat_map(lambda w: w.batch(4))
    batches = list(data.map(lambda w: (w[:-1], w[-1])).batch(2))
    assert [x.tolist() for x, _ in batches] == [[[0, 1, 2], [1, 2, 3]], [[2, 3, 4]]]
    assert [y.tolist() for _, y in batches] == [[3, 4], [5]]
    assert (len(Dataset.range(7).take(3)), len(Dataset.range(7).skip(9))) == (3, 0)
    assert Dataset.range(7).repeat().take(9).cardinality() == 9

"""What scripts use of TensorFlow beside Keras gives TensorFlow's numbers."""

import sys

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


def test_products_rows_and_parts(tf):
    a, b = tf.constant([[1.0, 2.0, 3.0]]), tf.constant([[4.0, 5.0, 6.0]])
    assert tf.matmul(a, b, transpose_b=True).numpy().tolist() == [[32]]
    assert tf.matmul(a, b, transpose_a=True).numpy().tolist() == [[4, 5, 6], [8, 10, 12], [12, 15, 18]]
    whole = tf.one_hot([0, 2], 3, on_value=5, off_value=-1)
    assert (whole.dtype, whole.numpy().tolist()) == (np.int32, [[5, -1, -1], [-1, -1, 5]])
    assert tf.one_hot([0, 0], 2, 5.0, 0.5, axis=0).numpy().tolist() == [[5, 5], [0.5, 0.5]]
    plain = tf.one_hot([1], 2)
    assert (plain.dtype, plain.numpy().tolist()) == (np.float32, [[0, 1]])
    assert tf.one_hot([1], 2, dtype=tf.int8).dtype == np.int8
    x = tf.range(6)
    assert [part.numpy().tolist() for part in tf.split(x, [1, 2, 3])] == [[0], [1, 2], [3, 4, 5]]
    assert [part.numpy().tolist() for part in tf.split(x, 3)] == [[0, 1], [2, 3], [4, 5]]
    assert [part.shape for part in tf.split(tf.zeros((2, 6)), 2, axis=1)] == [(2, 3), (2, 3)]


def test_options_have_tensorflows_names_and_dtypes(tf):
    assert tf.reduce_sum(input_tensor=[[1.0, 2.0], [3.0, 4.0]], axis=0).numpy().tolist() == [4, 6]
    assert tf.zeros_like(input=[1.0, 2.0], dtype=tf.int32).dtype == np.int32
    assert tf.cast([1.6, 2.0], dtype=tf.int32, name="whole").numpy().tolist() == [1, 2]
    assert tf.argmax([[1, 3], [5, 2]], axis=1, output_type=tf.int32).dtype == np.int32
    assert tf.argmax([[1, 3], [5, 2]]).numpy().tolist() == [1, 0]
    assert tf.math.confusion_matrix([0, 1, 1], [1, 1, 0]).numpy().tolist() == [[0, 1], [1, 1]]
    several = tf.math.confusion_matrix([0, 1], [1, 1], num_classes=3)
    assert (several.dtype, several.numpy().tolist()) == (np.int32, [[0, 1, 0], [0, 1, 0], [0, 0, 0]])


def test_what_becomes_a_tensor(tf):
    numbers = tf.constant([1.0, 2.0])
    assert tf.convert_to_tensor(numbers) is numbers
    assert tf.convert_to_tensor(numbers, tf.float64).dtype == np.float64
    assert tf.convert_to_tensor([1, 2]).dtype == np.int32
    assert tf.cast(numbers, tf.float64).dtype == np.float64
    w = tf.Variable([1.0, 2.0])
    assert isinstance(tf.convert_to_tensor(w), tf.Tensor)
    assert tf.convert_to_tensor(w).dtype == np.float32
    assert tf.convert_to_tensor(w, tf.float64).dtype == np.float64
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.convert_to_tensor(w) ** 2)
    assert tape.gradient(y, w).numpy().tolist() == [2, 4]
    assert tf.constant(7, shape=(2,)).numpy().tolist() == [7, 7]


def test_functions_are_left_as_they_are(tf):
    @tf.function
    def twice(x):
        return 2 * x

    @tf.function(jit_compile=True)
    def thrice(x):
        return 3 * x

    assert (twice(2), thrice(2)) == (4, 6)


def test_print_goes_where_it_is_told(tf, capsys):
    tf.print("loss:", tf.constant([1.5]), end="!\n", output_stream=sys.stdout)
    tf.print(1)
    assert capsys.readouterr() == ("loss: [1.5]!\n", "1\n")
    assert [tf.is_tensor(x) for x in (tf.constant(1), tf.Variable(1), 1, [1])] == [True, True, False, False]


def test_functions_have_tensorflows_axes_and_names(tf):
    """What TensorFlow 2.21 gives, where ``ops`` has other defaults or arguments."""
    x = np.arange(6, dtype=np.float32).reshape(2, 3)
    assert tf.gather(x, [1, 0]).numpy().tolist() == [[3, 4, 5], [0, 1, 2]]
    assert tf.gather(params=x, indices=[2, 0], axis=1).numpy().tolist() == [[2, 0], [5, 3]]
    for cumsum in tf.cumsum, tf.math.cumsum:
        assert cumsum(x).numpy().tolist() == [[0, 1, 2], [3, 5, 7]]
    assert tf.where([True, False, True]).numpy().tolist() == [[0], [2]]
    assert tf.where(x > 4).numpy().tolist() == [[1, 2]]
    assert tf.where(x > 4, x=x, y=-1.0).numpy().tolist() == [[-1, -1, -1], [-1, -1, 5]]
    assert tf.nn.gelu([-1.0, 2.0]).numpy() == pytest.approx([-0.15865525, 1.9544997], rel=1e-6)
    assert tf.nn.gelu([2.0], approximate=True).numpy() == pytest.approx([1.9545977], rel=1e-6)
    assert tf.nn.leaky_relu([-1.0], alpha=0.5).numpy() == tf.nn.leaky_relu([-2.5]).numpy() == [-0.5]
    assert tf.nn.softmax(logits=[[0.0, 0.0]]).numpy().tolist() == [[0.5, 0.5]]
    assert [part.numpy().tolist() for part in tf.math.top_k([[1.0, 5.0, 3.0]])] == [[[5]], [[1]]]
    assert tf.concat(values=[x, x], axis=1).shape == (2, 6)
    assert tf.stack(values=[x, x], axis=2).shape == (2, 3, 2)
    assert tf.reshape(tensor=x, shape=[3, 2]).shape == tf.transpose(a=x, perm=[1, 0]).shape == (3, 2)
    assert tf.transpose(x).shape == (3, 2)
    clipped = tf.clip_by_value(t=x, clip_value_min=1, clip_value_max=4)
    assert clipped.numpy().tolist() == [[1, 1, 2], [3, 4, 4]]
    for name, result in {
        "add": 9,
        "divide": 2,
        "maximum": 6,
        "minimum": 3,
        "multiply": 18,
        "subtract": 3,
    }.items():
        assert getattr(tf, name)(x=6.0, y=3.0).numpy() == result
    kept = tf.boolean_mask(x, [True, False, True], axis=1)
    assert kept.numpy().tolist() == [[0, 2], [3, 5]]


def test_losses_of_logits(tf):
    sparse = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[1, 0], logits=[[0.0, 0.0], [0.0, 9.0]])
    assert sparse.numpy() == pytest.approx([np.log(2), np.log1p(np.exp(9))])
    rows = tf.nn.softmax_cross_entropy_with_logits([[1.0, 0.0], [0.0, 1.0]], [[0.0, 9.0], [0.0, 9.0]], axis=0)
    assert rows.numpy() == pytest.approx([np.log(2)] * 2)
    each = tf.nn.sigmoid_cross_entropy_with_logits(labels=[1.0, 0.0], logits=[0.0, 9.0])
    assert each.numpy() == pytest.approx([np.log(2), np.log1p(np.exp(9))])


def test_numbers_are_laid_in_a_shape(tf):
    assert tf.constant([1, 2, 3, 4, 5, 6], shape=(2, 3)).numpy().tolist() == [[1, 2, 3], [4, 5, 6]]
    assert tf.constant([5], shape=()).numpy() == 5
    with pytest.raises(ValueError, match="reshape"):
        tf.constant([1, 2], shape=(2, 2))


def test_sizes_of_parts_add_up(tf):
    x = tf.range(6)
    for sizes in [2, -1, 3], tf.constant([2, 1, 3]), np.array([2, 1, -1]):
        assert [part.numpy().tolist() for part in tf.split(x, sizes)] == [[0, 1], [2], [3, 4, 5]]
    assert [part.numpy().tolist() for part in tf.split(x, np.int64(3))] == [[0, 1], [2, 3], [4, 5]]
    assert [len(part) for part in tf.split(x, [0, 6])] == [0, 6]
    for wrong in [1, 2], [4, 4, -1], [-2, 8], [-1, -1]:
        with pytest.raises(ValueError, match="6 rows can't be split into"):
            tf.split(x, wrong)


def test_weights_of_a_confusion_matrix(tf):
    weighted = tf.math.confusion_matrix([0, 1, 1], [1, 1, 0], weights=[0.5, 2, 3], dtype=tf.float32)
    assert (weighted.dtype, weighted.numpy().tolist()) == (np.float32, [[0, 0.5], [3, 2]])
    with pytest.raises(IndexError, match="out of bounds"):
        tf.math.confusion_matrix([0, 0], [1, 3], num_classes=3)

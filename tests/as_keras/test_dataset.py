"""tf.data over arrays in memory: what the real one gives, in the same order where it isn't random."""

from inspect import signature

import numpy as np
import pandas
import pytest

from numpy_ann.as_keras.dataset import Dataset, TensorSpec
from numpy_ann.as_keras.utilities import (
    PyDataset,
    image_dataset_from_directory,
    pack_x_y_sample_weight,
    split_dataset,
    timeseries_dataset_from_array,
    unpack_x_y_sample_weight,
)
from numpy_ann.data.pictures import save_img
from numpy_ann.layers import Dense, Input
from numpy_ann.models import Sequential

X = np.arange(10, dtype=np.float32).reshape(5, 2)
Y = np.arange(5)


def plain(data):
    return list(data.as_numpy_iterator())


def test_rows_and_batches():
    rows = Dataset.from_tensor_slices((X, Y))
    assert len(rows) == 5
    first, label = next(iter(rows))
    assert (first.tolist(), label.numpy()) == ([0, 1], 0)
    batches = rows.batch(2)
    assert [y.tolist() for _, y in batches] == [[0, 1], [2, 3], [4]]
    assert [y.tolist() for _, y in rows.batch(2, drop_remainder=True)] == [[0, 1], [2, 3]]
    assert (len(batches), len(rows.batch(2, True))) == (3, 2)
    assert [y.tolist() for _, y in batches.unbatch().batch(4)] == [[0, 1, 2, 3], [4]]


def test_dictionaries_and_python_numbers():
    data = Dataset.from_tensor_slices({"a": [1.5, 2.5], "b": [1, 2]})
    element = next(iter(data.batch(2)))
    assert (element["a"].dtype, element["b"].dtype) == (np.float32, np.int32)
    with pytest.raises(ValueError, match="same number of rows"):
        Dataset.from_tensor_slices((X, Y[:3]))


def test_chains():
    numbers = Dataset.range(6)
    assert plain(numbers.skip(1).take(3)) == [1, 2, 3]
    assert plain(numbers.map(lambda n: n * n).filter(lambda n: n % 2 == 0)) == [0, 4, 16]
    assert plain(numbers.take(2).repeat(2).concatenate(Dataset.range(1))) == [0, 1, 0, 1, 0]
    assert plain(numbers.repeat().skip(5).take(3)) == [5, 0, 1]
    assert plain(numbers.cache().prefetch(1).take(-1)) == list(range(6))
    assert plain(Dataset.zip((numbers, numbers.skip(1))).take(1)) == [(0, 1)]
    assert plain(numbers.take(2).enumerate(5)) == [(5, 0), (6, 1)]
    assert [int(numbers.repeat().cardinality()), int(numbers.filter(bool).cardinality())] == [-1, -2]
    assert [int(numbers.repeat(3).cardinality()), int(numbers.filter(bool).repeat(3).cardinality())] == [
        18,
        -2,
    ]
    with pytest.raises(TypeError, match="endless"):
        len(numbers.repeat())
    assert plain(Dataset.from_generator(lambda: iter([(1, 2.0)]))) == [(1, 2.0)]
    assert plain(Dataset.from_tensors((X, Y)))[0][0].shape == (5, 2)


@pytest.mark.parametrize("mapped", [False, True])
def test_lengths_are_tensorflows(mapped):
    numbers, unknown = Dataset.range(7), Dataset.from_generator(lambda: iter(range(7)))
    numbers = numbers.map(lambda n: n) if mapped else numbers
    endless = numbers.repeat()
    assert (plain(numbers.skip(-1)), len(numbers.skip(-1)), plain(numbers.take(0))) == ([], 0, [])
    for data, length in [
        (numbers.concatenate(numbers), 14),
        (numbers.concatenate(endless), -1),
        (unknown.concatenate(endless), -1),
        (endless.concatenate(unknown), -1),
        (unknown.concatenate(numbers), -2),
        (numbers.concatenate(unknown), -2),
        (endless.repeat(0), 0),
        (unknown.repeat(0), 0),
        (unknown.repeat(1), -2),
        (endless.repeat(1), -1),
        (numbers.window(3), 3),
        (numbers.window(3, drop_remainder=True), 2),
        (numbers.window(3, shift=1, drop_remainder=True), 5),
        (numbers.window(2, shift=4, stride=2), 2),
        (numbers.window(3, 1, 2, drop_remainder=True), 3),
        (numbers.window(9, 1, 1, drop_remainder=True), 0),
        (endless.window(2), -1),
        (unknown.window(2), -2),
        (numbers.batch(7), 1),
        (numbers.batch(3, drop_remainder=True), 2),
    ]:
        assert int(data.cardinality()) == length
        if length >= 0:
            assert sum(1 for _ in data) == length
    assert Dataset.range(3, output_type="int32").element_spec.dtype == np.int32


def test_the_last_elements_without_rows_make_no_batch():
    numbers = Dataset.range(5).map(lambda n: n)
    assert [batch.tolist() for batch in numbers.batch(2, drop_remainder=True)] == [[0, 1], [2, 3]]
    assert [batch.tolist() for batch in numbers.batch(2)] == [[0, 1], [2, 3], [4]]


def test_a_buffer_of_one_leaves_elements_in_order_and_one_of_two_moves_them_by_one():
    numbers = Dataset.range(40).map(lambda n: n)
    assert plain(numbers.shuffle(1)) == list(range(40))
    places = plain(numbers.shuffle(2, seed=0))
    assert sorted(places) == list(range(40)) != places
    assert all(number <= place + 1 for place, number in enumerate(places))


@pytest.mark.parametrize("mapped", [False, True])
def test_shuffled_anew_each_time(mapped):
    data = Dataset.range(50)
    data = (data.map(lambda n: n) if mapped else data).shuffle(50, seed=1)
    first, second = plain(data), plain(data)
    assert sorted(first) == sorted(second) == list(range(50))
    assert first != second
    again = data.shuffle(50, seed=1, reshuffle_each_iteration=False)
    assert sorted(plain(again)) == list(range(50))
    once = Dataset.range(50).shuffle(50, seed=1, reshuffle_each_iteration=False)
    assert plain(once) == plain(once)


def test_a_model_trains_on_it():
    y = X.sum(axis=1)
    data = Dataset.from_tensor_slices((X, y)).shuffle(5).batch(2)
    model = Sequential([Input((2,)), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    history = model.fit(data.repeat(), epochs=3, steps_per_epoch=3, verbose=0, validation_data=data)
    assert len(history.history["val_loss"]) == 3
    model.fit(data, epochs=2, verbose=0)
    assert model.optimizer.iterations == 15
    assert model.predict(Dataset.from_tensor_slices(X).batch(2), verbose=0).shape == (5, 1)


def test_split():
    left, right = split_dataset(Dataset.range(10), left_size=0.7)
    assert (plain(left), plain(right)) == (list(range(7)), [7, 8, 9])
    left, right = split_dataset((X, Y), right_size=2)
    assert (len(left), len(right)) == (3, 2)
    left, right = split_dataset(Dataset.range(10), left_size=3, right_size=0.2)
    assert (plain(left), plain(right)) == ([0, 1, 2], [8, 9])  # the last ones, as Keras has it
    left, right = split_dataset(Dataset.range(10), 0.5, 0.2)
    assert (plain(left), plain(right)) == ([0, 1, 2, 3, 4], [8, 9])
    left, right = split_dataset([Y, Y * 10], 2)  # a list is of arrays too
    assert (plain(left), plain(right)) == ([(0, 0), (1, 10)], [(2, 20), (3, 30), (4, 40)])
    left, right = split_dataset(Dataset.range(50), right_size=20, shuffle=True, seed=1)
    assert (len(left), len(right), sorted(plain(left) + plain(right))) == (30, 20, list(range(50)))
    assert plain(left) != sorted(plain(left))
    assert plain(left) == plain(split_dataset(Dataset.range(50), 30, shuffle=True, seed=1)[0])
    with pytest.raises(ValueError, match="must be given"):
        split_dataset(Dataset.range(10))
    for sizes in (20, None), (10, None), (0, 5), (None, 10), (5, 0), (5, 6):
        with pytest.raises(ValueError, match="10 elements can't be split into"):
            split_dataset(Dataset.range(10), *sizes)
    with pytest.raises(ValueError, match="10 elements can't be split into 10 and 0"):
        split_dataset(Dataset.range(10), right_size=0)
    for sizes in (1, 9), (9, 1), (1, 1):
        assert [len(part) for part in split_dataset(Dataset.range(10), *sizes)] == [*sizes]


def test_windows():
    series = np.arange(10)
    data = timeseries_dataset_from_array(series, series + 100, 3, sequence_stride=2, batch_size=2)
    batches = plain(data)
    assert batches[0][0].tolist() == [[0, 1, 2], [2, 3, 4]]
    assert batches[0][1].tolist() == [100, 102]
    assert batches[-1][0].tolist() == [[4, 5, 6], [6, 7, 8]]
    (x, y), *none = plain(timeseries_dataset_from_array(series, series + 100, 3, start_index=2, end_index=7))
    assert (x.tolist(), y.tolist(), none) == ([[2, 3, 4], [3, 4, 5], [4, 5, 6]], [102, 103, 104], [])
    assert plain(timeseries_dataset_from_array(series[:2], None, 3)) == []
    far = timeseries_dataset_from_array(series, None, 3, sampling_rate=4, batch_size=None)
    assert [row.tolist() for row in plain(far)] == [[0, 4, 8], [1, 5, 9]]


def test_pictures(tmp_path):
    for name, value in ("cat", 10), ("dog", 20):
        (tmp_path / name).mkdir()
        for i in range(5):
            save_img(tmp_path / name / f"{i}.png", np.full((4, 4, 3), value), scale=False)
    options = {"image_size": (2, 2), "seed": 1}
    train, held_out = image_dataset_from_directory(tmp_path, validation_split=0.2, subset="both", **options)
    assert train.class_names == ["cat", "dog"]
    (x, y), *_ = plain(train)
    assert (x.shape, y.shape, plain(held_out)[0][0].shape) == ((8, 2, 2, 3), (8,), (2, 2, 2, 3))
    np.testing.assert_array_equal(x[:, 0, 0, 0], np.where(y == 0, 10, 20))
    one_hot = image_dataset_from_directory(tmp_path, label_mode="categorical", shuffle=False, **options)
    assert plain(one_hot)[0][1][0].tolist() == [1, 0]
    alone = image_dataset_from_directory(tmp_path, label_mode=None, batch_size=None, **options)
    assert plain(alone)[0].shape == (2, 2, 3)
    column = image_dataset_from_directory(tmp_path, label_mode="binary", shuffle=False, **options)
    labels = plain(column)[0][1]
    assert (labels.dtype, labels.tolist()) == (np.float32, [[0.0]] * 5 + [[1.0]] * 5)
    unlabelled = image_dataset_from_directory(tmp_path, None, shuffle=False, **options)
    assert plain(unlabelled)[0].shape == (10, 2, 2, 3)
    last = image_dataset_from_directory(tmp_path, validation_split=0.3, subset="validation", shuffle=False)
    assert [path[-9:] for path in last.file_paths] == ["dog/2.png", "dog/3.png", "dog/4.png"]
    first = image_dataset_from_directory(tmp_path, validation_split=0.3, subset="training", shuffle=False)
    assert (len(first.file_paths), first.file_paths[-1][-9:]) == (7, "dog/1.png")
    for wrong in {"validation_split": 0.2}, {"subset": "both"}:
        with pytest.raises(ValueError, match="belong together"):
            image_dataset_from_directory(tmp_path, **wrong)
    with pytest.raises(ValueError, match=r"is for 2 classes. Received: class_names=\['cat'\]"):
        image_dataset_from_directory(tmp_path, label_mode="binary", class_names=["cat"])
    with pytest.raises(ValueError, match="`validation_split` must be"):
        image_dataset_from_directory(tmp_path, validation_split=1.5, subset="both")
    with pytest.raises(ValueError, match="`labels` must be one of"):
        image_dataset_from_directory(tmp_path, labels=[0] * 10)


def test_packed():
    assert pack_x_y_sample_weight(X, Y)[1] is Y
    assert len(pack_x_y_sample_weight(X, Y, Y)) == 3
    assert pack_x_y_sample_weight([X])[0][0] is X
    assert pack_x_y_sample_weight(X) is X


def test_unpacked():
    assert unpack_x_y_sample_weight(X) == (X, None, None)
    assert unpack_x_y_sample_weight([1]) == (1, None, None)
    assert unpack_x_y_sample_weight((1, 2, 3)) == (1, 2, 3)
    with pytest.raises(ValueError, match="Received: 4 parts"):
        unpack_x_y_sample_weight((1, 2, 3, 4))


def test_every_data_set_is_true_and_an_endless_one_has_no_length():
    for data in Dataset.range(3), Dataset.range(3).take(0), Dataset.range(3).repeat():
        assert data
    assert len(Dataset.range(3).take(0)) == 0
    for data in Dataset.range(3).repeat(), Dataset.range(3).filter(bool):
        with pytest.raises(TypeError, match="endless, or nobody knows its length"):
            len(data)


def test_a_frame_is_its_rows_and_a_dictionary_of_series_their_numbers():
    frame = pandas.DataFrame({"a": [1.5, 2.5], "b": [3.0, 4.0]})
    assert [row.tolist() for row in Dataset.from_tensor_slices(frame)] == [[1.5, 3.0], [2.5, 4.0]]
    (row,) = Dataset.from_tensor_slices(dict(frame)).take(1)
    assert {name: float(number) for name, number in row.items()} == {"a": 1.5, "b": 3.0}


def test_elements_are_drawn_from_several():
    ones, twos = (Dataset.from_tensors(n).repeat(40) for n in (1, 2))
    drawn = [int(n) for n in Dataset.sample_from_datasets([ones, twos], [0.25, 0.75], seed=1)]
    assert (drawn.count(1), drawn.count(2)) == (40, 40)
    assert drawn[:40].count(2) > 20  # 30 are expected
    ends = Dataset.sample_from_datasets([ones, twos.take(0)], seed=1, stop_on_empty_dataset=True)
    assert len(list(ends)) < 40
    assert Dataset.sample_from_datasets([ones.repeat(), twos.repeat()]).cardinality() == -1


def test_generators_have_the_dtypes_that_are_said():
    kinds = TensorSpec((2,), np.float64), TensorSpec((), np.int8)
    data = Dataset.from_generator(lambda: iter([([1, 2], 3)]), output_signature=kinds)
    assert [part.dtype for part in next(iter(data))] == [np.float64, np.int8]
    assert data.element_spec == kinds
    (numbers,) = Dataset.from_generator(lambda: iter([[1, 2]]), np.float32)
    assert numbers.dtype == np.float32


def test_batches_by_number():
    class Batches(PyDataset):
        passes = 0

        def __len__(self):
            return 2

        def __getitem__(self, index):
            return X[index * 2 : index * 2 + 2], Y[index * 2 : index * 2 + 2]

        def on_epoch_end(self):
            self.passes += 1

    model = Sequential([Input((2,)), Dense(1, kernel_initializer="zeros")])
    model.compile("sgd", "mse")
    batches = Batches(workers=2)
    history = model.fit(batches, epochs=2, verbose=0).history
    assert (len(history["loss"]), batches.passes, batches.num_batches) == (2, 2, 2)
    with pytest.raises(NotImplementedError, match="defines no __getitem__"):
        PyDataset()[0]


def test_a_data_set_has_keras_defaults():
    data = PyDataset()
    assert (data.workers, data.use_multiprocessing, data.max_queue_size) == (1, False, 10)


def test_cache_keeps_the_elements_of_the_first_whole_pass():
    calls = []
    made = Dataset.range(5).map(lambda i: calls.append(int(i)) or i * 2).cache()
    next(iter(made))  # no whole pass
    assert [plain(made) for _ in range(3)] == [[0, 2, 4, 6, 8]] * 3
    assert calls == [0, 0, 1, 2, 3, 4]
    shuffled = Dataset.range(50).shuffle(50).cache()
    assert plain(shuffled) == plain(shuffled) != list(range(50))
    again = Dataset.range(50).cache().shuffle(50)
    assert plain(again) != plain(again)


def test_usual_options_are_keras():
    def usual(function):
        return {
            name: p.default for name, p in signature(function).parameters.items() if p.default is not p.empty
        }

    # Of Keras 3.15.
    pictures = usual(image_dataset_from_directory)
    assert [pictures[name] for name in ("batch_size", "image_size", "shuffle")] == [32, (256, 256), True]
    assert not pictures["crop_to_aspect_ratio"]
    series = usual(timeseries_dataset_from_array)
    names = ["sequence_stride", "sampling_rate", "batch_size", "shuffle"]
    assert [series[name] for name in names] == [1, 1, 128, False]

"""Keras' helpers that return a ``tf.data.Dataset``, and a few small ones: ``keras.utils``."""

import collections.abc
import os
from typing import Any

import numpy as np

from numpy_ann.as_keras.dataset import Dataset
from numpy_ann.validation import checked_choice, checked_integer, checked_number

__all__ = [
    "PyDataset", "Sequence", "image_dataset_from_directory", "pack_x_y_sample_weight", "split_dataset",
    "timeseries_dataset_from_array", "unpack_x_y_sample_weight",
]  # fmt: skip


class PyDataset:
    """Batches by number, made when they are needed: a class of one's own defines two methods.

    ``__getitem__(i)`` returns a batch, ``(x, y)`` or ``(x, y, sample_weight)``, and ``__len__()`` how many
    there are. ``on_epoch_end()`` is called after each pass.

    Parameters
    ----------
    workers, use_multiprocessing, max_queue_size
        Keras makes batches ahead by these. Here each is made when its turn comes, which gives the same ones.
    """

    def __init__(self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10) -> None:
        self.workers, self.use_multiprocessing = workers, use_multiprocessing
        self.max_queue_size = max_queue_size

    def __getitem__(self, index: int) -> Any:
        raise NotImplementedError(
            f"{type(self).__name__} defines no __getitem__(index), which makes a batch."
        )

    @property
    def num_batches(self) -> int | None:
        """How many batches there are; None: they never end."""
        return len(self)  # type: ignore[arg-type]

    def on_epoch_begin(self) -> None:
        """Get ready for a pass."""

    def on_epoch_end(self) -> None:
        """Get ready for the next pass."""


Sequence = PyDataset  # Keras 2's name


def image_dataset_from_directory(
    directory: str | os.PathLike[str], labels: Any = "inferred", label_mode: str | None = "int",
    class_names: collections.abc.Sequence[str] | None = None, color_mode: str = "rgb",
    batch_size: int | None = 32, image_size: tuple[int, int] = (256, 256), shuffle: bool = True,
    seed: int | None = None, validation_split: float | None = None, subset: str | None = None,
    interpolation: str = "bilinear", crop_to_aspect_ratio: bool = False,
) -> Any:  # fmt: skip
    """Return batches of pictures, float32 from 0 to 255, and labels from a folder that has one a class.

    Labels are integers, one-hot rows or a column of 0 and 1 (``label_mode``), or left out (None). See
    ``numpy_ann.data.pictures.from_directory`` for the folder and for what is raised.
    """
    from numpy_ann.data.pictures import from_directory

    checked_choice("label_mode", label_mode, ("int", "categorical", "binary", None))
    checked_choice("labels", labels, ("inferred", None))
    checked_choice("subset", subset, (None, "training", "validation", "both"))
    if (validation_split is None) != (subset is None):
        raise ValueError("`validation_split` and `subset` belong together: pass both, or neither.")
    options = (color_mode, image_size, interpolation, crop_to_aspect_ratio)
    found = from_directory(directory, class_names, *options)
    y: Any = found.y
    if label_mode == "binary" and len(found.class_names) != 2:
        raise ValueError(f'label_mode="binary" is for 2 classes. Received: class_names={found.class_names}')
    if label_mode == "categorical":
        y = np.eye(len(found.class_names), dtype=np.float32)[y]
    elif label_mode == "binary":
        y = y.astype(np.float32)[:, np.newaxis]
    order = np.arange(len(y))
    if shuffle:
        np.random.default_rng(seed).shuffle(order)
    whole = found.x.astype(np.float32)

    def data_set(rows: Any) -> Any:
        pictures_alone = label_mode is None or labels is None
        data = _served(whole[rows] if pictures_alone else (whole[rows], y[rows]), shuffle, seed, batch_size)
        data.class_names, data.file_paths = found.class_names, [found.paths[i] for i in rows]
        return data

    if validation_split is None:
        return data_set(order)
    end = len(order) - int(checked_number("validation_split", validation_split, least=0, most=1) * len(order))
    parts = {"training": order[:end], "validation": order[end:]}
    return tuple(map(data_set, parts.values())) if subset == "both" else data_set(parts[str(subset)])


def _served(arrays: Any, shuffle: bool, seed: int | None, batch_size: int | None) -> Dataset:
    data = Dataset.from_tensor_slices(arrays)
    data = data.shuffle(len(data), seed) if shuffle else data
    return data if batch_size is None else data.batch(batch_size)


def timeseries_dataset_from_array(
    data: Any, targets: Any, sequence_length: int, sequence_stride: int = 1, sampling_rate: int = 1,
    batch_size: int | None = 128, shuffle: bool = False, seed: int | None = None,
    start_index: int | None = None, end_index: int | None = None,
) -> Dataset:  # fmt: skip
    """Return windows of a series, rows ``i, i + sampling_rate, ...``, with ``targets[i]`` if there are some.

    There are ``sequence_stride`` times from one window to the next.
    """
    steps = {"sequence_length": sequence_length, "sequence_stride": sequence_stride}
    for name, value in (steps | {"sampling_rate": sampling_rate}).items():
        checked_integer(name, value, least=1)
    series = np.asarray(data)[start_index:end_index]
    windows = len(series) - (sequence_length - 1) * sampling_rate
    if targets is not None:
        targets = np.asarray(targets)[start_index:]
        windows = min(windows, len(targets))
    starts = np.arange(0, max(windows, 0), sequence_stride)
    x = series[starts[:, np.newaxis] + np.arange(sequence_length) * sampling_rate]
    return _served(x if targets is None else (x, targets[starts]), shuffle, seed, batch_size)


def split_dataset(
    dataset: Any, left_size: float | None = None, right_size: float | None = None, shuffle: bool = False,
    seed: int | None = None,
) -> tuple[Dataset, Dataset]:  # fmt: skip
    """Return the first and the last elements of a data set or arrays, so many or such a part (0 to 1)."""
    dataset = tuple(dataset) if isinstance(dataset, list) else dataset
    elements = list(dataset if isinstance(dataset, Dataset) else Dataset.from_tensor_slices(dataset))
    if shuffle:
        np.random.default_rng(seed).shuffle(elements)

    def count(size: float | None) -> int | None:
        return round(size * len(elements)) if isinstance(size, float) else size

    left, right = count(left_size), count(right_size)
    if left is None and right is None:
        raise ValueError("At least one of `left_size` and `right_size` must be given.")
    left = len(elements) - int(right or 0) if left is None else left
    right = len(elements) - left if right is None else right
    if not 0 < left < left + right <= len(elements):
        raise ValueError(f"{len(elements)} elements can't be split into {left} and {right}.")
    parts = elements[:left], elements[len(elements) - right :]
    first, second = (Dataset(lambda part=part: part, len(part)) for part in parts)  # type: ignore[misc]
    return first, second


def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """Return what ``fit`` takes of an iterable: ``x``, ``(x, y)`` or ``(x, y, sample_weight)``."""
    if y is None:
        return (x,) if isinstance(x, tuple | list) else x
    return (x, y) if sample_weight is None else (x, y, sample_weight)


def unpack_x_y_sample_weight(data: Any) -> tuple[Any, Any, Any]:
    """Return ``(x, y, sample_weight)`` of such a tuple, None for what it lacks.

    >>> unpack_x_y_sample_weight((1, 2))
    (1, 2, None)
    """
    parts = tuple(data) if isinstance(data, tuple | list) else (data,)
    if len(parts) > 3:
        raise ValueError(f"Data are (x,), (x, y) or (x, y, sample_weight). Received: {len(parts)} parts")
    x, y, sample_weight = (*parts, None, None)[:3]
    return x, y, sample_weight

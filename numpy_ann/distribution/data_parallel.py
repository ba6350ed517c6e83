"""Data parallelism: every process has the whole model, and its rows of each batch."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from numpy_ann.communicator import ALONE, put_in_place
from numpy_ann.distribution.processes import all_processes, list_devices

__all__ = ["DataParallel", "distribution", "set_distribution"]

_current: "DataParallel | None" = None


class DataParallel:
    """Let ``fit`` share each batch among all processes.

    All run the same script on the same data. With the same global batch they find one process' weights to
    rounding; each draws its own noise (``Dropout``), and has its own moments in a ``BatchNormalization`` that
    isn't ``synchronized``. A loss that is one number for the batch counts as a mean over its samples.
    ``evaluate``, ``predict`` and the methods for single batches do their whole work in each process.

    Raises ``ValueError`` if an argument isn't supported.

    Parameters
    ----------
    device_mesh
        Keras' other way to say ``devices``: refused.
    devices : list of str, optional
        ``list_devices()``, which is also what it is if left out.
    auto_shard_dataset : bool
        True: each process takes its rows of each batch, also of an iterable, which all of them read. False,
        for iterables that differ from process to process, is refused.

    >>> DataParallel().num_processes
    1
    """

    def __init__(
        self, device_mesh: Any = None, devices: Sequence[str] | None = None, auto_shard_dataset: bool = True
    ) -> None:
        processes = all_processes()
        if device_mesh is not None:
            raise ValueError("`device_mesh` isn't supported: the processes are those that mpiexec started.")
        if devices is not None and list(devices) != list_devices():
            raise ValueError(
                f"`devices` are all of list_devices(), {list_devices()}: start as many processes as are to "
                f"take part, mpiexec -n N. Received: devices={devices!r}"
            )
        if not auto_shard_dataset:
            raise ValueError(
                "`auto_shard_dataset=False` isn't supported: every process reads the same batches and takes "
                "its rows of each. Have the data set give the same batches in all of them."
            )
        self.auto_shard_dataset = True
        self.num_processes, self.data_shard_id = processes.size, processes.rank

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Share what is trained inside."""
        before = _current
        set_distribution(self)
        try:
            yield
        finally:
            set_distribution(before)

    def __repr__(self) -> str:
        return f"<DataParallel of {self.num_processes} processes>"


def set_distribution(value: DataParallel | None) -> None:
    """Let ``fit`` share its batches from now on; ``None``: no longer.

    Raises ``TypeError`` if it is something else.
    """
    global _current
    if value is not None and not isinstance(value, DataParallel):
        raise TypeError(f"A distribution is a DataParallel(), or None. Received: {value!r}")
    put_in_place(ALONE if value is None else all_processes())
    _current = value


def distribution() -> DataParallel | None:
    """Return what ``set_distribution`` was given last.

    >>> distribution() is None
    True
    """
    return _current

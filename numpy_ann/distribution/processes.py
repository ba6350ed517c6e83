"""The processes that MPI started: who they are, what they share, how all end when one fails."""

import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, TypeVar

from numpy_ann._typing import Array
from numpy_ann.communicator import ALONE, Communicator, put_in_place

T = TypeVar("T")

_all: Communicator | None = None
_current: "DataParallel | None" = None
# What launchers say of how many there are. SLURM_NTASKS may be said of a job in whose shell one is alone.
_SIZES = ("OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "MV2_COMM_WORLD_SIZE", "SLURM_STEP_NUM_TASKS")
_RANKS = ("PMI_RANK", "PMIX_RANK", "OMPI_COMM_WORLD_RANK", "MPI_LOCALRANKID")  # where no size is said


class MPICommunicator(Communicator):
    """All processes that ``mpiexec`` started, by the module ``mpi4py.MPI``."""

    def __init__(self, mpi: Any) -> None:
        self._mpi, self._world = mpi, mpi.COMM_WORLD.Dup()  # our messages are nobody else's
        self.rank, self.size = self._world.rank, self._world.size

    def sum(self, array: Array) -> None:
        self._world.Allreduce(self._mpi.IN_PLACE, array)

    def gather(self, value: T) -> list[T]:
        return self._world.allgather(value)  # type: ignore[no-any-return]

    def first(self, value: T) -> T:
        return self._world.bcast(value)  # type: ignore[no-any-return]

    def abort(self, status: int) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        self._mpi.COMM_WORLD.Abort(status)


def initialize(
    job_addresses: str | None = None, num_processes: int | None = None, process_id: int | None = None
) -> None:
    """Join the processes that ``mpiexec`` started; call it before anything is trained.

    From now on an exception that nobody catches ends all processes, with the message of the one that raised
    it. A script that was started without ``mpiexec`` is one process, and trains as ever. Raises
    ``ImportError`` if mpi4py or an MPI isn't installed. Raises ``RuntimeError`` if the launcher has started
    several processes of which MPI knows nothing; ``ValueError`` if the arguments contradict ``mpiexec``.

    Parameters
    ----------
    job_addresses, num_processes, process_id
        Keras' arguments, for which ``mpiexec`` answers here: addresses are refused, and the numbers must be
        its own, if they are given.
    """
    global _all
    if job_addresses is not None:
        raise ValueError(
            "`job_addresses` isn't supported: mpiexec says which computers take part, as in "
            f"`mpiexec -n 4 --hosts first,second python train.py`. Received: job_addresses={job_addresses!r}"
        )
    if _all is None:
        told = _said_to_be_several()
        why = f"{told} says that there are several processes. " if told else ""
        cure = 'pip install "numpy_ann[mpi]" brings both'
        try:
            from mpi4py import MPI  # pyright: ignore[reportMissingImports]
        except (ImportError, RuntimeError) as error:
            needed = "Training on several processes needs mpi4py and an MPI"
            raise ImportError(f"{why}{needed}: {cure}. ({error})") from error
        if MPI.COMM_WORLD.size == 1 and told and "RANK" not in told:
            alone = "But mpi4py's MPI finds this one alone: start with its own mpiexec"
            raise RuntimeError(f"{why}{alone}; {cure}.")
        _all = MPICommunicator(MPI)
        if _all.size > 1:
            sys.excepthook = _end_all
    numbers = {"num_processes": (num_processes, _all.size), "process_id": (process_id, _all.rank)}
    for name, (said, is_so) in numbers.items():
        if said is not None and said != is_so:
            raise ValueError(f"mpiexec says that `{name}` is {is_so}: leave it out. Received: {said!r}")


def all_processes() -> Communicator:
    """Return those of ``initialize``, which is called for a script that forgot to; else this one alone."""
    if _all is None and _said_to_be_several():
        initialize()
    return _all or ALONE


def _said_to_be_several() -> str:
    """Return the variable by which a launcher says that this isn't the only process; "" if none does."""
    name = next((name for name in (*_SIZES, *_RANKS) if name in os.environ), "")
    said = os.environ.get(name)
    return "" if not name or (name in _SIZES and said == "1") else f"{name}={said}"


def list_devices(device_type: str | None = None) -> list[str]:
    """Return what computes: a processor for each process, ``["cpu:0", "cpu:1"]``.

    >>> list_devices()
    ['cpu:0']
    >>> list_devices("gpu")
    []
    """
    processors = 0 if device_type is not None and device_type.lower() != "cpu" else (_all or ALONE).size
    return [f"cpu:{rank}" for rank in range(processors)]


def get_device_count(device_type: str | None = None) -> int:
    """Return how many there are of ``list_devices``."""
    return len(list_devices(device_type))


def _end_all(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Show what nobody caught, as Python would, and end the others too."""
    processes = all_processes()
    text = "".join(traceback.format_exception(kind, error, trace))
    print(f"In process {processes.rank} of {processes.size}:\n{text}", end="", file=sys.stderr, flush=True)
    processes.abort(130 if issubclass(kind, KeyboardInterrupt) else 1)


class DataParallel:
    """Let ``fit`` share each batch among all processes.

    All run the same script on the same data. With the same global batch they find one process' weights to
    rounding; each draws its own noise (``Dropout``), and has its own moments in a ``BatchNormalization`` that
    isn't ``synchronized``. A loss that is one number for the batch counts as a mean over its samples.
    ``evaluate``, ``predict`` and the methods for single batches do their whole work in each process. Raises
    ``ValueError`` if an argument isn't supported.

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

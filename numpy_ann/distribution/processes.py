"""The processes that MPI started: who they are, what they exchange, how all end when one fails."""

import os
import sys
import traceback
from types import TracebackType
from typing import Any, TypeVar

from numpy_ann._typing import Array
from numpy_ann.communicator import ALONE, Communicator

__all__ = ["MPICommunicator", "all_processes", "get_device_count", "initialize", "list_devices"]

T = TypeVar("T")

_all: Communicator | None = None
_STARTED_BY_MPI = ("PMI_RANK", "PMIX_RANK", "OMPI_COMM_WORLD_RANK", "MPI_LOCALRANKID", "SLURM_PROCID")


class MPICommunicator(Communicator):
    """All processes that ``mpiexec`` started.

    Parameters
    ----------
    mpi : module
        ``mpi4py.MPI``.
    """

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
    it. A script that was started without ``mpiexec`` is one process, and trains as ever.

    Raises ``ImportError`` if mpi4py or an MPI isn't installed. Raises ``ValueError`` if the arguments say
    something else than ``mpiexec``.

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
        try:
            from mpi4py import MPI  # pyright: ignore[reportMissingImports]
        except (ImportError, RuntimeError) as error:
            raise ImportError(
                'Training on several processes needs mpi4py and an MPI: pip install "numpy_ann[mpi]" brings '
                f"both. ({error})"
            ) from error
        _all = MPICommunicator(MPI)
        if _all.size > 1:
            sys.excepthook = _end_all
    numbers = {"num_processes": (num_processes, _all.size), "process_id": (process_id, _all.rank)}
    for name, (said, is_so) in numbers.items():
        if said is not None and said != is_so:
            raise ValueError(f"mpiexec says that `{name}` is {is_so}: leave it out. Received: {said!r}")


def all_processes() -> Communicator:
    """Return those of ``initialize``, which is called for a script that forgot to; else this one alone."""
    if _all is None and any(name in os.environ for name in _STARTED_BY_MPI):
        initialize()
    return _all or ALONE


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

"""Training on many processes and computers: each takes its rows of every batch; their gradients add up.

``mpiexec -n 4 python train.py`` starts a script four times, and these two lines in it are the whole change::

    numpy_ann.distribution.initialize()
    numpy_ann.distribution.set_distribution(numpy_ann.distribution.DataParallel())

The names are those of ``keras.distribution``, and the engine is MPI: ``pip install "numpy_ann[mpi]"``.
"""

from typing import TYPE_CHECKING

# isort: off
from numpy_ann.distribution.processes import DataParallel, distribution, get_device_count, initialize
from numpy_ann.distribution.processes import list_devices, set_distribution
from numpy_ann.lookup import left_out

__all__ = [
    "DataParallel", "distribution", "get_device_count", "initialize", "list_devices", "set_distribution",
]  # fmt: skip

if not TYPE_CHECKING:
    __getattr__ = left_out(
        __name__,
        "keras.distribution",
        "it is for weights too large for one computer. Each process holds the whole model here, and "
        "DataParallel() shares the batches.",
    )

"""Which peers there are: how each is called, what it needs, and under which environment it runs."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["FLOOR", "ONE_THREAD", "OURS", "PEERS", "Peer", "versions_of"]

OURS = "numpy_ann"
ONE_THREAD = f"{OURS}-one-thread"
FLOOR = "products"


@dataclass(frozen=True)
class Peer:
    """A peer as the parent process knows it; it imports none of their libraries.

    Parameters
    ----------
    name : str
        On the command line and in the results.
    title : str
        In tables and charts.
    module : str
        The file in ``benchmarks/peers``.
    packages : tuple of str
        What must be importable, and is named with its version in the report.
    imports : str
        The statement that a user begins with; empty for those that need NumPy alone.
    heavy : bool
        Whether it is left out by ``--quick``.
    environment : dict
        Set for its process, beyond what all get.
    """

    name: str
    title: str
    module: str
    packages: tuple[str, ...] = ("numpy",)
    imports: str = ""
    heavy: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)


def _keras(backend: str, title: str) -> Peer:
    return Peer(
        f"keras-{backend}",
        f"Keras on {title}",
        "keras_itself",
        ("keras", backend, "numpy"),
        "import keras",
        heavy=True,
        environment={"KERAS_BACKEND": backend},
    )


PEERS = (
    Peer(OURS, "numpy_ann", "ours", imports="import numpy_ann"),
    # What the policy of numpy_ann.threads costs on a quiet machine, where all threads would be faster.
    Peer(
        f"{OURS}-all-threads",
        "numpy_ann, all BLAS threads",
        "ours",
        environment={"NUMPY_ANN_BLAS_THREADS": "default"},
    ),
    Peer(
        ONE_THREAD,
        "numpy_ann, one thread",
        "ours",
        environment={"NUMPY_ANN_BLAS_THREADS": "1", "NUMPY_ANN_THREADS": "1"},
    ),
    _keras("tensorflow", "TensorFlow"),
    _keras("jax", "JAX"),
    _keras("torch", "torch"),
    Peer("pytorch", "PyTorch, eager", "pytorch", ("torch", "numpy"), "import torch", heavy=True),
    Peer("jax", "JAX by hand, jitted", "jax_by_hand", ("jax", "jaxlib", "numpy"), "import jax", heavy=True),
    Peer(
        "scikit-learn",
        "scikit-learn (no dropout)",
        "scikit_learn",
        ("sklearn", "numpy"),
        "from sklearn.neural_network import MLPClassifier",
    ),
    Peer("textbook", "textbook NumPy", "textbook_numpy"),
    Peer(FLOOR, "the matrix products alone", "matrix_products"),
)

_PROBE = """
import json, sys
from importlib.metadata import packages_distributions, version
from importlib.util import find_spec
names = packages_distributions()
found = {name: version(names.get(name, [name])[0]) for name in sys.argv[1:] if find_spec(name)}
print(json.dumps(found | {"python": sys.version.split()[0]}))
"""


def versions_of(peer: Peer, interpreter: str = sys.executable) -> dict[str, str]:
    """Return the versions of Python and of the peer's packages, without those that are missing.

    Raises
    ------
    OSError
        If the interpreter can't be started.
    subprocess.CalledProcessError
        If it isn't a Python that runs the question.
    """
    command = [interpreter, "-c", _PROBE, *peer.packages]
    return json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)

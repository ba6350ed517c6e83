"""A peer in a process of its own, as the parent sees it."""

import json
import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from threading import Timer
from types import TracebackType
from typing import Any, Self

from benchmarks.catalogue import Peer

__all__ = ["KERNELS", "PeerError", "PeerProcess", "environment_of"]

KERNELS = {
    "ATEN_CPU_CAPABILITY", "BLIS_ARCH_TYPE", "DNNL_MAX_CPU_ISA", "MKL_DEBUG_CPU_TYPE",
    "MKL_ENABLE_INSTRUCTIONS", "NPY_DISABLE_CPU_FEATURES", "NVPL_BLAS_DEBUG_CPU_TYPE", "ONEDNN_MAX_CPU_ISA",
    "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE",
}  # fmt: skip
"""Environment variables that hold a library to another kernel than that of the processor."""

HELD = {"PYTHONDONTWRITEBYTECODE", *KERNELS}

SERVE = Path(__file__).resolve().parent / "serve.py"


class PeerError(RuntimeError):
    """A peer could not do what it was asked."""


class PeerProcess:
    """Runs ``serve.py`` for a peer.

    Parameters
    ----------
    peer : Peer
        Which.
    interpreter : str
        A Python that has the peer's library.
    cores : sequence of int
        The processor cores that it may use.
    data_limit : int, optional
        The private memory that it may use, in bytes.
    patience : float
        How many seconds to wait for an answer before the process is ended.
    """

    def __init__(
        self,
        peer: Peer,
        interpreter: str,
        cores: Sequence[int],
        data_limit: int | None = None,
        patience: float = 1800.0,
    ) -> None:
        self.peer = peer
        self._patience = patience
        settings = {"module": peer.module, "cores": list(cores), "data_limit": data_limit}
        self._messages = TemporaryFile("w+", errors="replace")  # noqa: SIM115  (closed with the process)
        self._process = subprocess.Popen(
            [interpreter, str(SERVE), json.dumps(settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._messages,
            text=True,
            env=environment_of(peer, len(cores)),
        )

    def ask(self, name: str, **arguments: Any) -> Any:
        """Return the result of a request; the first one waits until the peer is imported.

        Raises
        ------
        PeerError
            If the peer raised, its process ended, or it took too long.
        """
        assert self._process.stdout is not None  # noqa: S101  (a pipe, as asked for)
        line, start = "", time.monotonic()
        alarm = Timer(self._patience, self._process.kill)
        alarm.start()
        try:
            print(json.dumps({"name": name, "arguments": arguments}), file=self._process.stdin, flush=True)
            line = self._process.stdout.readline()
        except BrokenPipeError:
            pass
        finally:
            alarm.cancel()
        if not line and time.monotonic() - start >= self._patience:
            raise PeerError(f"gave no answer within {self._patience:g} s")
        if not line:
            raise PeerError(f"ended with status {self._process.wait()}: {self._last_message()}")
        reply = json.loads(line)
        if "error" in reply:
            raise PeerError(reply["error"])
        return reply["result"]

    def _last_message(self) -> str:
        self._messages.seek(0)
        lines = self._messages.read().strip().splitlines()
        return lines[-1] if lines else "it said nothing"

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()
        self._messages.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def environment_of(peer: Peer, cores: int) -> Mapping[str, str]:
    """Return the environment for a peer: as many threads as cores, no accelerator, nothing compiled kept.

    What holds a library to another kernel than the processor's own is taken away, from all alike.
    """
    threads = ("OMP", "OPENBLAS", "MKL", "BLIS", "VECLIB_MAXIMUM")
    # Installed libraries come with their bytecode: numpy_ann's own checkout may keep it too.
    inherited = {key: value for key, value in os.environ.items() if key not in HELD}
    return {
        **inherited,
        **{f"{library}_NUM_THREADS": str(cores) for library in threads},
        "TF_NUM_INTRAOP_THREADS": str(cores),
        "TF_NUM_INTEROP_THREADS": str(cores),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "",
        "JAX_PLATFORMS": "cpu",
        "JAX_ENABLE_COMPILATION_CACHE": "false",
        **peer.environment,
    }

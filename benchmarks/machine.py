"""The machine that was measured on."""

import os
import platform
import re
import subprocess
import sys
from pathlib import Path

from benchmarks.peer_process import KERNELS

__all__ = ["allowed_cores", "describe", "products_of_two_cores"]

BUSY = 0.5  # processes running on average, above which they disturb the measurement


def allowed_cores() -> list[int]:
    """Return the numbers of the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def describe() -> dict[str, str]:
    """Return processor, cores, memory, system, and the load from elsewhere as it is now."""
    description = {
        "processor": _first_in("/proc/cpuinfo", r"^model name\s*: (.+)$") or platform.processor(),
        "cores": str(len(allowed_cores())),
        "system": f"{platform.system()} {platform.release()}, {platform.machine()}",
    }
    kilobytes = _first_in("/proc/meminfo", r"^MemTotal:\s+(\d+) kB$")
    if kilobytes:
        description["memory"] = f"{int(kilobytes) * 1024 / 1e9:.1f} GB"
    if hasattr(os, "getloadavg"):
        load = os.getloadavg()[0]
        warning = " (**busy with other work: don't trust the figures**)" if load > BUSY else ""
        description["load at the start"] = f"{load:.2f}{warning}"
    if held := sorted(KERNELS & os.environ.keys()):
        description["taken away from all peers"] = ", ".join(f"{name}={os.environ[name]}" for name in held)
    return description


def products_of_two_cores(seconds: float = 1.0) -> float | None:
    """Return how many times one core's matrix products two cores do, each in a process of its own.

    No network gains more by the second core: 2 for real cores, little above 1 for two threads of one.
    """
    cores = allowed_cores()[:2]
    if len(cores) < 2 or not hasattr(os, "sched_setaffinity"):
        return None
    alone = _products(cores[:1], seconds)
    return _products(cores, seconds) / alone


def _products(cores: list[int], seconds: float) -> int:
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", _COUNT, str(seconds)]
    processes = [
        subprocess.Popen([*command, str(core)], env=environment, stdout=subprocess.PIPE, text=True)
        for core in cores
    ]
    return sum(int(process.communicate()[0]) for process in processes)


_COUNT = """
import os, sys, time
import numpy as np
os.sched_setaffinity(0, [int(sys.argv[2])])
x, w, z = np.ones((128, 784), "f4"), np.ones((784, 128), "f4"), np.empty((128, 128), "f4")
start = time.time() // 1 + 2  # all begin with a whole second
while time.time() < start:
    np.matmul(x, w, out=z)
count = 0
while time.time() < start + float(sys.argv[1]):
    np.matmul(x, w, out=z)
    count += 1
print(count)
"""


def _first_in(file: str, pattern: str) -> str | None:
    if not Path(file).exists():
        return None
    found = re.search(pattern, Path(file).read_text(), re.MULTILINE)
    return found[1].strip() if found else None

"""The machine that was measured on."""

import os
import platform
import re
from pathlib import Path

__all__ = ["allowed_cores", "describe"]

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
    if "OPENBLAS_CORETYPE" in os.environ:
        description["OPENBLAS_CORETYPE"] = os.environ["OPENBLAS_CORETYPE"]
    return description


def _first_in(file: str, pattern: str) -> str | None:
    if not Path(file).exists():
        return None
    found = re.search(pattern, Path(file).read_text(), re.MULTILINE)
    return found[1].strip() if found else None

"""How much memory a process has used, and how much the machine has left, in bytes."""

import re
import sys
from pathlib import Path

__all__ = ["available_memory", "peak_memory"]


def peak_memory() -> int:
    """Return the largest resident memory of this process so far.

    From /proc where there is one: what ``getrusage`` says may include the parent's memory, from before exec.
    """
    status = _kilobytes(Path("/proc/self/status"), "VmHWM")
    if status is not None:
        return status * 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def available_memory() -> int | None:
    """Return what new processes can have without swapping; None where the system doesn't tell."""
    available = _kilobytes(Path("/proc/meminfo"), "MemAvailable")
    return None if available is None else available * 1024


def _kilobytes(file: Path, key: str) -> int | None:
    if not file.exists():
        return None
    found = re.search(rf"^{key}:\s+(\d+) kB", file.read_text(), re.MULTILINE)
    return int(found[1]) if found else None

"""(f) Training on an array that is larger than the memory which the process may use.

The images stay in a mapped ``.npy`` file of uint8. The process's private memory is bounded (RLIMIT_DATA); the
pages of a mapped file don't count, for the system can drop them at any time. The other half of (f), the peak
memory of the tutorial, is measured with (b).
"""

from dataclasses import asdict
from pathlib import Path

import numpy as np

from benchmarks.peer_process import PeerError
from benchmarks.peers.interface import Network
from benchmarks.session import Session

__all__ = ["MAPPED", "run"]

INPUTS = 784
MAPPED = "epoch on a mapped file larger than the memory"


def run(session: Session) -> None:
    """Have each peer train an epoch. Some cannot, and that is the result; some hang when memory runs out."""
    settings = session.settings
    file = session.folder / "mapped.npy"
    if not file.exists():
        make_file(file, settings.mapped_rows)
    size, limit = file.stat().st_size, settings.mapped_limit
    session.say("f", f"the file has {size / 1e6:.0f} MB, a process may use {limit / 1e6:.0f} MB")
    for peer in session.peers:
        try:
            with session.start(peer, data_limit=limit, patience=settings.mapped_patience) as process:
                seconds = process.ask("train_mapped", images=str(file), network=asdict(Network()))
        except PeerError as error:
            session.fail("f", MAPPED, peer, str(error))
        else:
            session.record("f", MAPPED, peer, [seconds])
    session.say_medians("f", MAPPED)


def make_file(file: Path, rows: int) -> None:
    """Write images of random dark and light pixels, a part at a time."""
    rng = np.random.default_rng(0)
    array = np.lib.format.open_memmap(file, mode="w+", dtype=np.uint8, shape=(rows, INPUTS))
    for start in range(0, rows, 50_000):
        part = array[start : start + 50_000]
        part[...] = rng.integers(0, 2, part.shape, dtype=np.uint8)
    array.flush()

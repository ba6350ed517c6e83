"""(g) An epoch and a prediction while another process spins on one of the cores."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict

from benchmarks.peers.interface import Network
from benchmarks.session import Session

__all__ = ["BUSY_EPOCH", "BUSY_PREDICTION", "run"]

BUSY_EPOCH, BUSY_PREDICTION = "epoch beside a busy process", "predict the test images beside a busy process"


def run(session: Session) -> None:
    """Measure as (a) and (c) do, in the steady state."""
    settings = session.settings
    load = {"folder": str(session.folder), "rows": settings.train_images, "network": asdict(Network())}
    asked = {BUSY_EPOCH: ("train", {"epochs": 1}), BUSY_PREDICTION: ("predict", {"calls": 3})}
    with session.started(session.peers) as processes:
        session.prepare(processes, "g", BUSY_EPOCH, lambda process: process.ask("load", **load))
        for work, (name, arguments) in asked.items():
            session.prepare(processes, "g", work, lambda process, n=name, a=arguments: process.ask(n, **a))
        with spinning(session.cores):
            for work, (name, arguments) in asked.items():
                session.in_turn(
                    processes,
                    settings.repetitions,
                    "g",
                    work,
                    lambda process, n=name, a=arguments: process.ask(n, **a),
                )
                session.say_medians("g", work)


@contextmanager
def spinning(cores: Sequence[int]) -> Iterator[None]:
    """Have a process count for ever on the last of the cores."""
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(process.pid, cores[-1:])
        yield
    finally:
        process.kill()
        process.wait()

"""(a) An epoch of the tutorial's model: the first, and the steady state after it."""

from dataclasses import asdict

from benchmarks.peers.interface import Network
from benchmarks.session import Session

__all__ = ["FIRST", "STEADY", "run"]

FIRST, STEADY = "first epoch", "epoch"


def run(session: Session) -> None:
    """Measure in several rounds, for no two processes are alike: each gives one first epoch."""
    settings = session.settings
    load = {
        "folder": str(session.folder),
        "rows": settings.train_images,
        "network": asdict(Network()),
    }
    for number in range(settings.rounds):
        with session.started(session.peers) as processes:
            session.prepare(processes, "a", FIRST, lambda process: process.ask("load", **load))
            session.in_turn(processes, 1, "a", FIRST, lambda process: process.ask("first_epoch"))
            session.say_medians("a", FIRST)
            session.prepare(processes, "a", STEADY, lambda process: process.ask("train", epochs=1))
            session.in_turn(
                processes, settings.repetitions, "a", STEADY, lambda process: process.ask("train", epochs=1)
            )
        session.say("a", f"round {number + 1} of {settings.rounds}")
        session.say_medians("a", STEADY)

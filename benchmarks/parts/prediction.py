"""(c) ``predict`` of the 10,000 test images, and of one image, with the default batch size."""

from dataclasses import asdict

from benchmarks.peers.interface import Network
from benchmarks.session import Session

__all__ = ["ALL", "ONE", "run"]

ALL, ONE = "predict the test images", "predict one image"


def run(session: Session) -> None:
    """Measure on networks that have not been trained, for that makes no difference to the time."""
    settings = session.settings
    load = {"folder": str(session.folder), "rows": min(settings.train_images, 1_000)}
    patience = settings.single_patience
    for number in range(settings.rounds):
        with session.started(session.peers) as processes:
            session.prepare(
                processes, "c", ALL, lambda process: process.ask("load", **load, network=asdict(Network()))
            )
            session.prepare(processes, "c", ALL, lambda process: process.ask("predict", calls=2))
            session.in_turn(
                processes, settings.repetitions, "c", ALL, lambda process: process.ask("predict", calls=3)
            )
            session.prepare(
                processes, "c", ONE, lambda process: process.ask("predict_one", calls=20, patience=patience)
            )
            session.in_turn(
                processes,
                settings.repetitions,
                "c",
                ONE,
                lambda process: process.ask("predict_one", calls=settings.single_images, patience=patience),
            )
        session.say("c", f"round {number + 1} of {settings.rounds}")
        session.say_medians("c", ALL)
        session.say_medians("c", ONE)

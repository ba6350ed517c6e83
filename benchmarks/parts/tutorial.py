"""(b) The whole tutorial: from the start of the interpreter to the test accuracy. Its peak memory is (f)."""

import time
from random import Random

from benchmarks.catalogue import FLOOR, Peer
from benchmarks.peer_process import PeerError
from benchmarks.session import Session

__all__ = ["ACCURACY", "PEAK", "TUTORIAL", "run"]

TUTORIAL = "tutorial"
ACCURACY = "tutorial's test accuracy"
PEAK = "tutorial's peak memory"


def run(session: Session) -> None:
    """Run each peer in new processes, in turn.

    Before the turns that count, each runs an epoch, so that its files are in the system's cache.
    """
    peers = [peer for peer in session.peers if peer.name != FLOOR]  # the matrix products learn nothing
    for peer in list(peers):
        _attempt(session, peers, peer, epochs=1)
    for turn in range(session.settings.tutorial_repetitions):
        for peer in Random(turn).sample(peers, len(peers)):  # noqa: S311
            seconds, accuracy, peak = _attempt(session, peers, peer, session.settings.tutorial_epochs)
            session.record("b", TUTORIAL, peer, seconds)
            session.record("b", ACCURACY, peer, accuracy, unit="")
            session.record("f", PEAK, peer, peak, unit="MB")
        session.say("b", f"turn {turn + 1} of {session.settings.tutorial_repetitions}")
        session.say_medians("b", TUTORIAL)
    session.say_medians("f", PEAK)


def _attempt(session: Session, peers: list[Peer], peer: Peer, epochs: int) -> tuple[list[float], ...]:
    """Return seconds, accuracy and peak memory, a list of one each; a peer that fails leaves the list."""
    time.sleep(session.settings.rest)
    try:
        start = time.perf_counter()
        with session.start(peer) as process:
            accuracy = process.ask("tutorial", folder=str(session.folder), epochs=epochs)
            seconds = time.perf_counter() - start
            return [seconds], [accuracy], [process.ask("peak_memory") / 1e6]
    except PeerError as error:
        session.fail("b", TUTORIAL, peer, str(error))
        peers.remove(peer)
        return [], [], []

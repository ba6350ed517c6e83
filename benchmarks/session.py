"""A run of the benchmark: what the parts share."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.catalogue import Peer
from benchmarks.peer_process import PeerError, PeerProcess
from benchmarks.results import Results
from benchmarks.settings import Settings

__all__ = ["Session"]


@dataclass
class Session:
    """The peers that take part, the data, and the results so far.

    Parameters
    ----------
    peers : sequence of Peer
        Those that are installed and chosen.
    interpreters : dict
        The Python of each, by name.
    cores : sequence of int
        Which cores this measurement may use.
    settings : Settings
        Sizes and repetitions.
    folder : Path
        Holds the images as ``.npy`` files.
    """

    peers: Sequence[Peer]
    interpreters: Mapping[str, str]
    cores: Sequence[int]
    settings: Settings
    folder: Path
    results: Results = field(default_factory=Results)

    def start(self, peer: Peer, **options: Any) -> PeerProcess:
        """Start a peer; the options are those of ``PeerProcess``."""
        return PeerProcess(peer, self.interpreters[peer.name], self.cores, **options)

    @contextmanager
    def started(self, peers: Sequence[Peer]) -> Iterator[list[PeerProcess]]:
        """Start several peers, and end them all."""
        with ExitStack() as stack:
            yield [stack.enter_context(self.start(peer)) for peer in peers]

    def in_turn(
        self,
        processes: list[PeerProcess],
        times: int,
        part: str,
        work: str,
        ask: Callable[[PeerProcess], Any],
    ) -> None:
        """Ask every process ``times`` times, one after another in a random order; record the samples.

        ``ask`` returns a list of samples. A process that fails is recorded, and left out from then on.
        """
        for turn in range(times):
            # Who comes before leaves its mark (caches, clock rates): it is another one each time.
            for process in Random(turn).sample(processes, len(processes)):  # noqa: S311
                time.sleep(self.settings.rest)
                samples = self.attempt(processes, process, part, work, ask)
                self.record(part, work, process.peer, samples)

    def attempt(
        self,
        processes: list[PeerProcess],
        process: PeerProcess,
        part: str,
        work: str,
        ask: Callable[[PeerProcess], Any],
    ) -> Any:
        """Return what the process answers; if it fails, note the error and take it off the list."""
        try:
            return ask(process)
        except PeerError as error:
            self.fail(part, work, process.peer, str(error))
            processes.remove(process)
            return []

    def prepare(
        self, processes: list[PeerProcess], part: str, work: str, ask: Callable[[PeerProcess], Any]
    ) -> None:
        """Have every process do something that isn't measured."""
        for process in list(processes):
            self.attempt(processes, process, part, work, ask)

    def record(self, part: str, work: str, peer: Peer, samples: list[float], unit: str = "s") -> None:
        """Add samples to a measurement."""
        self.results.record(part, work, peer.name, len(self.cores), unit).samples.extend(samples)

    def fail(self, part: str, work: str, peer: Peer, error: str) -> None:
        """Note why a measurement is missing."""
        self.results.record(part, work, peer.name, len(self.cores)).error = error
        self.say(part, f"{peer.name} failed at {work}: {error}")

    def say(self, part: str, text: str) -> None:
        """Print a line of progress."""
        cores = f"{len(self.cores)} core{'s' if len(self.cores) > 1 else ''}"
        print(f"{time.strftime('%H:%M:%S')} [{part}, {cores}] {text}", flush=True)

    def say_medians(self, part: str, work: str) -> None:
        """Print the medians of a work so far."""
        found = (self.results.find(part, work, peer.name, len(self.cores)) for peer in self.peers)
        medians = (f"{r.peer} {r.median:.3g} {r.unit}" for r in found if r is not None and r.samples)
        self.say(part, f"{work}: {', '.join(medians)}")

"""(d) How the cost of an epoch grows with the layers' width, the batch and the rows; the data are made up."""

from dataclasses import asdict, dataclass
from itertools import pairwise

from benchmarks.catalogue import FLOOR, OURS
from benchmarks.memory import available_memory
from benchmarks.peers.interface import Network
from benchmarks.session import Session
from benchmarks.settings import Settings

__all__ = ["COMPARED", "Case", "cases", "run", "work_of"]

COMPARED = (OURS, "pytorch", FLOOR)
INPUTS = 784


@dataclass(frozen=True)
class Case:
    """An epoch over ``rows`` images in batches of ``batch``; hidden layers of ``width`` and half of it."""

    axis: str
    width: int = 128
    batch: int = 128
    rows: int = 0

    @property
    def network(self) -> Network:
        """The network of that width."""
        return Network(hidden=(self.width, self.width // 2), batch_size=self.batch)

    @property
    def size(self) -> int:
        """Where the case lies on its axis."""
        return {"width": self.width, "batch": self.batch, "rows": self.rows}.get(self.axis, self.width)


def cases(settings: Settings) -> list[Case]:
    """Return the cases: along each axis, and the largest width with the largest batch."""
    chosen = [Case("width", width=width) for width in settings.widths]
    chosen += [Case("batch", batch=batch) for batch in settings.batches]
    chosen += [Case("both", width=settings.widths[-1], batch=settings.batches[-1])]
    with_rows = [Case(c.axis, c.width, c.batch, _rows(c, settings.growth_work)) for c in chosen]
    return with_rows + [Case("rows", rows=rows) for rows in settings.rows]


def work_of(case: Case) -> str:
    """Return the case's name in the results."""
    if case.axis == "rows":
        return f"epoch: rows {case.rows}"
    return f"epoch: width {case.width}, batch {case.batch}"


def _rows(case: Case, work: float) -> int:
    """Return how many rows make about so many floating-point operations: whole batches, at least one."""
    sizes = [INPUTS, *case.network.hidden, case.network.classes]
    weights = sum(inputs * units for inputs, units in pairwise(sizes))
    batches = max(1, round(work / (6 * weights) / case.batch))
    return batches * case.batch


def run(session: Session) -> None:
    """Measure each case with processes of its own; leave out data that the memory does not hold."""
    peers = [peer for peer in session.peers if peer.name in COMPARED]
    # The tutorial's width and batch lie on both axes, and are measured once.
    for work, case in {work_of(case): case for case in cases(session.settings)}.items():
        available = available_memory()
        needed = len(peers) * case.rows * INPUTS * 4
        if available is not None and needed > 0.7 * available:
            session.say("d", f"{work}: left out, for the data of all peers need {needed / 1e9:.1f} GB")
            continue
        with session.started(peers) as processes:
            request = {"rows": case.rows, "inputs": INPUTS, "network": asdict(case.network)}
            session.prepare(processes, "d", work, lambda process, r=request: process.ask("make_up", **r))
            session.prepare(processes, "d", work, lambda process: process.ask("train", epochs=1))
            session.in_turn(
                processes,
                session.settings.repetitions,
                "d",
                work,
                lambda process: process.ask("train", epochs=1),
            )
        session.say_medians("d", work)

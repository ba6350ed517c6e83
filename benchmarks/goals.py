"""What the project wants to reach, and whether it has."""

from dataclasses import dataclass
from typing import Literal

from benchmarks.catalogue import FLOOR, ONE_THREAD, OURS
from benchmarks.parts.epoch import STEADY
from benchmarks.parts.growth import cases, work_of
from benchmarks.parts.importing import IMPORT, NUMPY
from benchmarks.parts.neighbour import BUSY_EPOCH, BUSY_PREDICTION
from benchmarks.parts.prediction import ALL, ONE
from benchmarks.parts.tutorial import PEAK, TUTORIAL
from benchmarks.results import Results
from benchmarks.settings import Settings

__all__ = ["Goal", "goals"]


@dataclass(frozen=True)
class Goal:
    """A bound on the ratio of two medians.

    Parameters
    ----------
    part, work : str
        What is compared.
    peer : str
        With whom.
    bound : float
        At least so many times faster, or at most so many times as much.
    kind : {"faster", "at most"}
        The ratio is the peer's median over ours, or ours over the peer's.
    baseline_work : str
        The peer's work, where it is another one than ours.
    cores : int
        On how many cores; 0: on any number.
    """

    part: str
    work: str
    peer: str
    bound: float
    kind: Literal["faster", "at most"] = "faster"
    baseline_work: str = ""
    cores: int = 0

    @property
    def wanted(self) -> str:
        """The bound in words."""
        if self.kind == "at most":
            return f"at most {self.bound:g} times"
        return f"{self.bound:g} times as fast"

    def measured(self, results: Results, cores: int) -> float | None:
        """Return the ratio; None where one of the two was not measured."""
        ours = results.find(self.part, self.work, OURS, cores)
        baseline = results.find(self.part, self.baseline_work or self.work, self.peer, cores)
        if ours is None or baseline is None or not ours.samples or not baseline.samples:
            return None
        ratio = baseline.median / ours.median
        return ratio if self.kind == "faster" else 1 / ratio

    def reached(self, ratio: float) -> bool:
        """Return whether that ratio is within the bound."""
        return ratio >= self.bound if self.kind == "faster" else ratio <= self.bound


def goals(settings: Settings) -> list[Goal]:
    """Return all goals; which widths and batches count as large depends on the settings."""
    both = next(case for case in cases(settings) if case.axis == "both")
    return [
        Goal("a", STEADY, "keras-jax", 1.2, cores=1),
        Goal("a", STEADY, "keras-jax", 1.35, cores=2),
        Goal("a", STEADY, "pytorch", 2),
        Goal("a", STEADY, "keras-tensorflow", 2.6, cores=1),
        Goal("a", STEADY, "keras-tensorflow", 4, cores=2),
        Goal("a", STEADY, "textbook", 1.4, cores=2),
        Goal("a", STEADY, "jax", 0.9),
        Goal("a", STEADY, ONE_THREAD, 1.3, cores=2),
        Goal("b", TUTORIAL, "keras-tensorflow", 5, cores=2),
        Goal("b", TUTORIAL, "keras-jax", 3, cores=2),
        Goal("c", ALL, "keras-tensorflow", 15),
        Goal("c", ALL, "keras-jax", 2.5),
        Goal("c", ALL, ONE_THREAD, 1.7, cores=2),
        Goal("c", ONE, "keras-tensorflow", 1000),
        Goal("c", ONE, "keras-jax", 15),
        Goal("d", work_of(both), FLOOR, 1.25, "at most"),
        Goal("e", IMPORT, OURS, 1.3, "at most", NUMPY),
        Goal("f", PEAK, "keras-tensorflow", 0.4, "at most"),
        Goal("g", BUSY_EPOCH, ONE_THREAD, 0.95, cores=2),
        Goal("g", BUSY_PREDICTION, ONE_THREAD, 0.95, cores=2),
    ]

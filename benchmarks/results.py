"""What was measured: one record for each work, peer and number of cores."""

from dataclasses import asdict, dataclass, field
from statistics import median, quantiles
from typing import Any

__all__ = ["Record", "Results"]


@dataclass
class Record:
    """The samples of one measurement.

    Parameters
    ----------
    part : str
        The letter: a to g.
    work : str
        What was done, such as "epoch".
    peer : str
        Who did it.
    cores : int
        On how many cores.
    unit : {"s", "MB"}
        Of the samples.
    samples : list of float
        All of them, in the order of measuring.
    error : str
        Why there are none.
    """

    part: str
    work: str
    peer: str
    cores: int
    unit: str = "s"
    samples: list[float] = field(default_factory=list)
    error: str = ""

    @property
    def median(self) -> float:
        """The middle of the samples."""
        return median(self.samples)

    @property
    def spread(self) -> tuple[float, float]:
        """The first and third quartile; of fewer than four samples, the least and the largest."""
        if len(self.samples) < 4:
            return min(self.samples), max(self.samples)
        low, _, high = quantiles(self.samples, n=4, method="inclusive")
        return low, high

    def quantile(self, percent: int) -> float:
        """Return what ``percent`` of the samples lie below."""
        if len(self.samples) < 2:
            return self.samples[0]
        return quantiles(self.samples, n=100, method="inclusive")[percent - 1]


class Results:
    """All records, in the order of measuring."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def record(self, part: str, work: str, peer: str, cores: int, unit: str = "s") -> Record:
        """Return the record of that measurement, a new one if there is none."""
        found = self.find(part, work, peer, cores)
        if found is None:
            found = Record(part, work, peer, cores, unit)
            self.records.append(found)
        return found

    def find(self, part: str, work: str, peer: str, cores: int) -> Record | None:
        """Return the record of that measurement, or None."""
        key = (part, work, peer, cores)
        return next((r for r in self.records if (r.part, r.work, r.peer, r.cores) == key), None)

    def works(self, part: str) -> list[str]:
        """Return what was done in a part, in the order of measuring."""
        return list(dict.fromkeys(r.work for r in self.records if r.part == part))

    def as_json(self) -> list[dict[str, Any]]:
        """Return the records with their medians and spreads, as plain values."""
        return [
            asdict(r) | ({"median": r.median, "spread": r.spread} if r.samples else {}) for r in self.records
        ]

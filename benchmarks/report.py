"""The report of a run, in Markdown and as JSON."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks.catalogue import OURS, PEERS
from benchmarks.goals import goals
from benchmarks.parts import PARTS
from benchmarks.results import Record, Results
from benchmarks.settings import Settings

__all__ = ["Run", "as_json", "as_markdown", "goals_table", "threads_of"]

METHOD = """\
Every peer runs in a process of its own, bound to the stated cores and to as many threads, in float32. After a
warm-up that is not counted they take turns, in a random order. Figures are medians; in brackets the first
and third quartile (of fewer than four samples, the least and the largest). *ratio*: the peer's median over
numpy_ann's."""


@dataclass
class Run:
    """What a run measured, and on what."""

    settings: Settings
    machine: dict[str, str]
    started: str
    minutes: float = 0.0
    versions: dict[str, dict[str, str]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    blas: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    results: Results = field(default_factory=Results)

    @property
    def cores(self) -> list[int]:
        """The numbers of cores that were measured with."""
        return list(dict.fromkeys(record.cores for record in self.results.records))


def as_json(run: Run) -> str:
    """Return everything, every sample included."""
    content = {
        "started": run.started,
        "minutes": run.minutes,
        "machine": run.machine,
        "settings": asdict(run.settings),
        "versions": run.versions,
        "missing": run.missing,
        "blas": run.blas,
        "goals": [
            asdict(goal) | {"cores": cores, "measured": goal.measured(run.results, cores)}
            for goal in goals(run.settings)
            for cores in run.cores
        ],
        "records": run.results.as_json(),
    }
    return json.dumps(content, indent=1)


def as_markdown(run: Run) -> str:
    """Return the machine, the goals and a table for each work."""
    sections = [f"# Benchmark, {run.started}", METHOD, "## The goals", goals_table(run)]
    for letter, (title, _) in PARTS.items():
        works = run.results.works(letter)
        if works:
            sections.append(f"## ({letter}) {title}")
        for work in works:
            sections += [f"### {work}", work_table(run, letter, work)]
    sections += ["## Machine and versions", machine_list(run)]
    return "\n\n".join(sections) + "\n"


def goals_table(run: Run) -> str:
    """Return each goal, the figure measured beside it on each number of cores, and whether it is reached."""
    rows = []
    for goal in goals(run.settings):
        against = f"{goal.peer}" if not goal.baseline_work else goal.baseline_work
        cells = [f"({goal.part}) {goal.work}", against, goal.wanted]
        for cores in run.cores:
            ratio = goal.measured(run.results, cores)
            if goal.cores not in (0, cores):
                cells.append("")
            elif ratio is None:
                cells.append("not measured")
            else:
                cells.append(f"{ratio:.3g}: {'reached' if goal.reached(ratio) else '**not reached**'}")
        rows.append(cells)
    return table(["work", "against", "goal", *map(cores_text, run.cores)], rows)


def work_table(run: Run, part: str, work: str) -> str:
    """Return a work's figures, a row a peer, columns for each number of cores."""
    rows = []
    for peer in PEERS:
        records = [run.results.find(part, work, peer.name, cores) for cores in run.cores]
        if not any(records):
            continue
        cells = [peer.title]
        for cores, record in zip(run.cores, records, strict=True):
            ours = run.results.find(part, work, OURS, cores)
            cells += [_figure(record), _ratio(record, ours)]
        rows.append(cells)
    headings = [text for cores in run.cores for text in (cores_text(cores), "ratio")]
    return table(["", *headings], rows)


def machine_list(run: Run) -> str:
    """Return machine, versions, BLAS and who is missing, as a list."""
    lines = [f"{key}: {value}" for key, value in run.machine.items()]
    lines.append(f"the run took {run.minutes:.0f} minutes")
    for name, versions in run.versions.items():
        lines.append(f"{name}: {', '.join(f'{package} {version}' for package, version in versions.items())}")
    lines += [f"BLAS in {name}: {threads_of(pools)}" for name, pools in run.blas.items() if pools]
    lines += [f"missing: {name} ({reason})" for name, reason in run.missing.items()]
    return "\n".join(f"- {line}" for line in lines)


def threads_of(pools: list[dict[str, Any]]) -> str:
    """Return vendor, version, kernel and threads of each library that threadpoolctl found."""
    descriptions = []
    for pool in pools:
        parts = (pool["internal_api"], pool.get("version"), pool.get("architecture"))
        descriptions.append(f"{' '.join(str(p) for p in parts if p)}, {pool['num_threads']} threads")
    return "; ".join(descriptions)


def cores_text(cores: int) -> str:
    """Return ``1 core`` or ``2 cores``."""
    return f"{cores} core{'s' if cores > 1 else ''}"


def table(headings: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table, its columns aligned for reading as plain text."""
    # A bar would end the cell: libraries' error messages may hold one.
    cells = [[cell.replace("|", "\\|") for cell in row] for row in [headings, *rows]]
    widths = [max(3, *(len(row[i]) for row in cells)) for i in range(len(headings))]
    padded = ["| " + " | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) + " |" for row in cells]
    return "\n".join([padded[0], "|" + "|".join("-" * (w + 2) for w in widths) + "|", *padded[1:]])


def _figure(record: Record | None) -> str:
    if record is None:
        return ""
    if not record.samples:
        return f"failed: {record.error[:90]}"
    low, high = record.spread
    scale, unit = _scale(record)
    text = f"{record.median * scale:.4g} {unit} ({low * scale:.4g} to {high * scale:.4g})".replace("  ", " ")
    if len(record.samples) >= 100:
        text += f", 99th percentile {record.quantile(99) * scale:.4g}"
    return text


def _scale(record: Record) -> tuple[float, str]:
    """Return the factor and the unit in which a record's figures read best."""
    return (1e3, "ms") if record.unit == "s" and record.median < 0.1 else (1, record.unit)


def _ratio(record: Record | None, ours: Record | None) -> str:
    if record is None or ours is None or not record.samples or not ours.samples or not record.unit:
        return ""
    return f"{record.median / ours.median:.3g}"

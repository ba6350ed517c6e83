"""The chart of a run: the peers side by side, and how the cost grows."""

from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from benchmarks.catalogue import FLOOR, OURS, PEERS
from benchmarks.parts.epoch import STEADY
from benchmarks.parts.growth import COMPARED, cases, work_of
from benchmarks.parts.prediction import ONE
from benchmarks.parts.tutorial import PEAK, TUTORIAL
from benchmarks.report import Run, cores_text

__all__ = ["draw"]

BARS = (
    ("a", STEADY, "An epoch, seconds", 1),
    ("b", TUTORIAL, "The tutorial from a cold start, seconds", 1),
    ("c", ONE, "One image, milliseconds", 1000),
    ("f", PEAK, "Peak memory of the tutorial, MB", 1),
)
CURVES = (("width", "units of the first layer"), ("batch", "batch"), ("rows", "rows"))
COLORS = {OURS: "#1f5fa8", FLOOR: "#9aa3ad", "pytorch": "#d9822b"}
OTHERS = "#c3ccd6"


def draw(run: Run, file: Path) -> None:
    """Write the chart, for the largest number of cores that was measured, in (d) too."""
    cores = max(run.cores, default=1)
    cores_of_d = max((r.cores for r in run.results.records if r.part == "d"), default=cores)
    figure = Figure(figsize=(12, 11), layout="constrained")
    figure.suptitle(f"numpy_ann beside others, {cores_text(cores)}, {run.started[:10]}")
    upper, lower = figure.subfigures(2, 1, height_ratios=[2, 1])
    for axes, (part, work, title, scale) in zip(upper.subplots(2, 2).flat, BARS, strict=True):
        draw_bars(axes, run, cores, part, work, scale)
        axes.set_title(title, fontsize="medium")
        if work == ONE:  # the peers lie orders of magnitude apart
            axes.set_xscale("log")
            axes.xaxis.set_minor_formatter(NullFormatter())
    title = "Time of an epoch, as a multiple of the matrix products alone"
    lower.suptitle(f"{title}, {cores_text(cores_of_d)}", fontsize="medium")
    curves = lower.subplots(1, 3, sharey=True)
    for axes, (axis, label) in zip(curves, CURVES, strict=True):
        draw_curves(axes, run, cores_of_d, axis)
        axes.set_xlabel(label)
    curves[0].set_ylim(bottom=0)
    handles, labels = curves[0].get_legend_handles_labels()
    if handles:  # above the curves, which fall from the left
        curves[0].legend(handles, labels, frameon=False, loc="upper right")
    figure.savefig(file, dpi=120)


def draw_bars(axes: Any, run: Run, cores: int, part: str, work: str, scale: float) -> None:
    """Draw the medians of a work as bars, with the spread as a thin line and the figure beside."""
    found = [(peer, run.results.find(part, work, peer.name, cores)) for peer in reversed(PEERS)]
    measured = [(peer, record) for peer, record in found if record is not None and record.samples]
    for position, (peer, record) in enumerate(measured):
        low, high = (scale * bound for bound in record.spread)
        axes.barh(position, scale * record.median, color=COLORS.get(peer.name, OTHERS))
        axes.plot([low, high], [position, position], color="black", linewidth=1)
        axes.annotate(
            short(scale * record.median),
            (high, position),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
        )
    axes.set_yticks(range(len(measured)), [peer.title for peer, _ in measured])
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.12)
    if not measured:
        _say_nothing_measured(axes)


def short(value: float) -> str:
    """Return the number to three digits, without an exponent where it is large."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def draw_curves(axes: Any, run: Run, cores: int, axis: str) -> None:
    """Draw each peer's time over that of the matrix products."""
    chosen = [case for case in cases(run.settings) if case.axis == axis]
    drawn = False
    for peer in PEERS:
        if peer.name not in COMPARED:
            continue
        points = []
        for case in chosen:
            record = run.results.find("d", work_of(case), peer.name, cores)
            floor = run.results.find("d", work_of(case), FLOOR, cores)
            if record is not None and floor is not None and record.samples and floor.samples:
                points.append((case.size, record.median / floor.median))
        if points:
            axes.plot(*zip(*points, strict=True), marker="o", color=COLORS[peer.name], label=peer.title)
            drawn = True
    if not drawn:
        _say_nothing_measured(axes)
        return
    axes.set_xscale("log")
    axes.set_xticks([case.size for case in chosen], [f"{case.size:,}" for case in chosen])
    axes.minorticks_off()
    axes.spines[["top", "right"]].set_visible(False)


def _say_nothing_measured(axes: Any) -> None:
    axes.text(0.5, 0.5, "not measured", ha="center", va="center", transform=axes.transAxes)
    axes.set_axis_off()

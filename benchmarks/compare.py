"""Measure numpy_ann beside what a user would pick instead: the same work, in the same run, on the same cores.

python benchmarks/compare.py [--quick] [--data DIR] [--output DIR]

Libraries that don't share an environment run in their own:

python benchmarks/compare.py --python keras-tensorflow=/path/to/python --python pytorch=/other/python

Writes benchmark.md, benchmark.json and benchmark.png.
"""

# ruff: noqa: E402  (the path comes first, for it decides which numpy_ann is imported)

import argparse
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # instead of this folder

from benchmarks import chart, images, report
from benchmarks.catalogue import PEERS, Peer, versions_of
from benchmarks.machine import allowed_cores, describe, products_of_two_cores
from benchmarks.parts import PARTS
from benchmarks.peer_process import PeerError
from benchmarks.session import Session
from benchmarks.settings import FULL, QUICK, SMOKE, Settings


def main() -> int:
    """Measure, write the report; return 0, or 1 if a peer failed at something but the mapped file."""
    options = parse_options()
    settings = settings_of(options)
    run = report.Run(settings=settings, machine=describe(), started=time.strftime("%Y-%m-%d %H:%M"))
    if max(options.cores) > 1 and (gain := products_of_two_cores()) is not None:
        run.machine["matrix products of two cores"] = f"{gain:.2f} times one core's"
    for key, value in run.machine.items():
        print(f"{key}: {value}", flush=True)
    peers = find_peers(options, run)
    start = time.perf_counter()
    with TemporaryDirectory(prefix="numpy_ann_benchmark_") as name:
        folder = Path(name)
        if settings.made_up:
            images.write_made_up(folder, settings.train_images * 10 // 9, settings.train_images)
        else:
            images.write_mnist(folder, options.data)
        for cores in options.cores:
            session = Session(
                peers, options.python, allowed_cores()[:cores], settings, folder, results=run.results
            )
            for peer in peers:
                ask_for_blas(session, peer, run)
            for part in options.parts:
                title, measure = PARTS[part]
                session.say(part, title)
                measure(session)
                run.minutes = (time.perf_counter() - start) / 60
                write(run, options.output)  # after each part: what stops a run loses only the part it was at
    print(f"\n{report.goals_table(run)}")
    print(f"\n{run.minutes:.1f} minutes. In {options.output}: benchmark.md, benchmark.json, benchmark.png")
    return 1 if any(record.error and record.part != "f" for record in run.results.records) else 0


def parse_options() -> argparse.Namespace:
    """Return the command line's options, checked."""
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0],
        epilog=" | ".join(f"part {letter}: {title}" for letter, (title, _) in PARTS.items()),
    )
    names = [peer.name for peer in PEERS]
    parser.add_argument("--peers", nargs="+", choices=names, metavar="PEER", help=f"from {', '.join(names)}")
    parser.add_argument(
        "--parts", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART", help="a to g"
    )
    parser.add_argument(
        "--cores",
        nargs="+",
        type=int,
        metavar="N",
        help="numbers of cores; default: 1 and 2, with --quick the larger alone",
    )
    parser.add_argument("--rounds", type=int, help="how often the processes of (a) and (c) start anew")
    parser.add_argument("--repetitions", type=int, help="turns of each peer in a round, and in (b)")
    parser.add_argument(
        "--python",
        action="append",
        default=[],
        metavar="PEER=PATH",
        help="the interpreter for a peer, else this one; can be given again for others",
    )
    parser.add_argument("--data", metavar="DIR", help="folder with the MNIST files; else cache or download")
    parser.add_argument("--output", type=Path, default=Path("outputs/benchmark"), metavar="DIR")
    size = parser.add_mutually_exclusive_group()
    size.add_argument(
        "--quick",
        action="store_true",
        help="under 3 minutes: no heavy peers, one number of cores",
    )
    size.add_argument("--smoke", action="store_true", help="seconds, on made-up images: does it run at all?")
    options = parser.parse_args()

    pairs = [pair.partition("=") for pair in options.python]
    if any(name not in names or not path for name, _, path in pairs):
        parser.error(f"--python takes PEER=PATH with a peer from {', '.join(names)}")
    options.python = dict.fromkeys(names, sys.executable) | {name: path for name, _, path in pairs}
    if options.peers is None:
        light = options.quick or options.smoke
        options.peers = [peer.name for peer in PEERS if not (light and peer.heavy)]
    available = len(allowed_cores())
    if options.cores is None:
        options.cores = [n for n in (1, 2) if n <= available]
        if options.quick:
            options.cores = options.cores[-1:]
    if any(not 1 <= n <= available for n in options.cores):
        parser.error(f"--cores must lie between 1 and the {available} that this process may use")
    if any(n is not None and n < 1 for n in (options.rounds, options.repetitions)):
        parser.error("--rounds and --repetitions must be at least 1")
    return options


def settings_of(options: argparse.Namespace) -> Settings:
    """Return the sizes and repetitions that the options ask for."""
    settings = QUICK if options.quick else SMOKE if options.smoke else FULL
    return settings.changed(rounds=options.rounds, repetitions=options.repetitions)


def find_peers(options: argparse.Namespace, run: report.Run) -> list[Peer]:
    """Return the chosen peers that are installed; note their versions, and who is missing."""
    found = []
    for peer in PEERS:
        if peer.name not in options.peers:
            continue
        try:
            versions = versions_of(peer, options.python[peer.name])
        except (OSError, subprocess.CalledProcessError) as error:
            run.missing[peer.name] = f"its interpreter can't be used: {error}"
            continue
        absent = [package for package in peer.packages if package not in versions]
        if absent:
            run.missing[peer.name] = f"not installed: {', '.join(absent)}"
        else:
            run.versions[peer.name] = versions
            found.append(peer)
    for name, reason in run.missing.items():
        print(f"missing: {name} ({reason})", flush=True)
    return found


def ask_for_blas(session: Session, peer: Peer, run: report.Run) -> None:
    """Note what threadpoolctl sees in the peer's process on this number of cores."""
    try:
        with session.start(peer) as process:
            run.blas[f"{peer.name}, {report.cores_text(len(session.cores))}"] = process.ask("blas")
    except PeerError as error:
        session.fail("a", "start", peer, str(error))


def write(run: report.Run, folder: Path) -> None:
    """Write the three files."""
    folder.mkdir(parents=True, exist_ok=True)
    chart.draw(run, folder / "benchmark.png")
    (folder / "benchmark.json").write_text(report.as_json(run))
    (folder / "benchmark.md").write_text(report.as_markdown(run))


if __name__ == "__main__":
    raise SystemExit(main())

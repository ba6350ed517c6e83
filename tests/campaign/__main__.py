"""``python -m tests.campaign --seconds N``: attack what reads and writes, and print what came of it.

Files of every kind are damaged, with their structure in mind, and opened by every way there is, in child
processes under limits of memory and time; savers are killed; trainings are interrupted in a real terminal;
downloads are served by a hostile server. What isn't a promised outcome is a finding: its seed and its file
are kept, and the exit status is 1.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

from numpy_ann import Sequential
from numpy_ann.layers import BatchNormalization, Dense, Input, Normalization
from tests.campaign.interrupts import ROOT, TRIALS
from tests.saving.files import X, Y, trained_model

SLICE = 20.0  # seconds that one child works
HANGS = 60.0  # seconds after which it is given up


def make_bases(folder: Path) -> None:
    """Write good files of every kind: our own, and what real Kerases wrote."""
    softmax = trained_model()
    normalization = Normalization()
    normalization.adapt(np.arange(12.0).reshape(4, 3))
    regression = Sequential(
        [Input((3,)), normalization, Dense(4, "tanh"), BatchNormalization(), Dense(1)], seed=0
    )
    regression.compile("rmsprop", "mse", metrics=["mae"])
    regression.fit(np.ones((4, 3)), np.ones(4), verbose=0)
    for name, model in {"softmax": softmax, "regression": regression}.items():
        for suffix in (".keras", ".h5"):
            model.save(folder / f"{name}{suffix}")
    softmax.save_weights(folder / "softmax.weights.h5")
    (folder / "softmax.json").write_text(softmax.to_json())
    np.savez(folder / "data.npz", x=X, y=Y)
    (folder / "images.idx").write_bytes(bytes([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 3, *range(18)]))
    for file in sorted(ROOT.glob("tests/fixtures/keras_files/*/*")):
        if file.suffix in (".keras", ".h5") and file.stat().st_size < 200_000:
            shutil.copy(file, folder / f"{file.parent.name}_{file.name}")


def damaged_files(
    folder: Path, seed: int, seconds: float, counts: Counter, findings: list[str], keep: Path
) -> int:
    """Let a child damage files; return the seed to go on with."""
    command = [sys.executable, "-m", "tests.campaign.files", folder, str(seed), str(seconds)]
    log = folder / "log"
    with open(log, "w") as output:
        try:
            code = subprocess.run(
                command, cwd=ROOT, stdout=output, timeout=seconds + HANGS, check=False
            ).returncode
        except subprocess.TimeoutExpired:
            code = None
    kind, ended = "", True
    for line in log.read_text().splitlines():
        entry = json.loads(line)
        if "kind" in entry:
            seed, kind, ended = entry["seed"], entry["kind"], False
            continue
        ended = True
        if entry["outcome"] in ("taken", "refused"):
            counts[kind, entry["outcome"]] += 1
        else:
            counts[kind, "FINDING"] += 1
            findings.append(f"{kind}, seed {seed}: {entry['outcome']}")
            shutil.copy(entry["file"], keep / f"{seed}-{Path(entry['file']).name}")
    if not ended or code:
        counts[kind, "FINDING"] += 1
        findings.append(
            f"{kind}, seed {seed}: the process {'hung' if code is None else f'ended with {code}'}"
        )
        for file in (folder / f"work{seed}").glob("damaged*"):
            shutil.copy(file, keep / f"{seed}-{file.name}")
    for work in folder.glob("work*"):
        shutil.rmtree(work)
    return seed + 1


def main() -> int:
    """Run the campaign; return how many findings there were, at most 1."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaign", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**40))
    parser.add_argument(
        "--keep", type=Path, default=Path(tempfile.gettempdir(), "campaign"), help="for findings"
    )
    options = parser.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    counts: Counter = Counter()
    findings: list[str] = []
    seed, end = options.seed, time.monotonic() + options.seconds
    print(f"seed {seed}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_bases(folder)
        while (left := end - time.monotonic()) > 0:
            seed = damaged_files(folder, seed, min(SLICE, left / 2), counts, findings, options.keep)
            for kind, (trial, promised) in TRIALS.items():
                outcome = trial(random.Random(seed))  # noqa: S311  (repeatable, not secret)
                counts[kind, outcome if outcome in promised else "FINDING"] += 1
                if outcome not in promised:
                    findings.append(f"{kind}, seed {seed}: {outcome}")
    for (kind, outcome), count in sorted(counts.items()):
        print(f"{kind:22} {outcome:10} {count:8,}")
    for finding in findings:
        print(finding)
    print(
        f"{sum(counts.values()):,} trials, {len(findings)} findings"
        + (f", kept in {options.keep}" if findings else "")
    )
    return min(len(findings), 1)


if __name__ == "__main__":
    sys.exit(main())

"""A child of the campaign: damages files of one folder and opens them, until its time is up.

``python -m tests.campaign.files FOLDER SEED SECONDS`` says on a line of its own what it is about to try, and
how that ended, so that the parent knows what was at work when a limit struck.
"""

import contextlib
import gc
import io
import json
import random
import resource
import sys
import time
import warnings
from pathlib import Path

import numpy as np

from numpy_ann.__main__ import main
from numpy_ann.data import read_idx
from numpy_ann.errors import DataFormatError, ModelFormatError
from numpy_ann.models import Sequential, load_model, model_from_json
from tests.campaign.mutations import CONTROLS, mutated
from tests.saving.files import trained_model

KINDS = {".json": "json", ".h5": "hdf5", ".keras": "archive"}
SLOW = 5.0  # seconds of processor time for one small file
MEMORY = 6 << 30  # bytes of addresses for the whole process, BLAS' buffers among them


class FindingError(AssertionError):
    """Something that may not happen."""


def attempt(path: Path, base: Path, rng: random.Random) -> bool:
    """Return whether the file was taken; raise anything that isn't the promised error."""
    if rng.random() < 0.4 and path.suffix != ".json" and not path.name.endswith(".weights.h5"):
        return command(path, base, rng)
    try:
        if path.suffix == ".json":
            model = model_from_json(path.read_text("utf-8", "replace"))
        elif path.name.endswith(".weights.h5"):
            model = trained_model()
            model.load_weights(path)
        elif path.suffix in KINDS:
            model = load_model(path)
        else:
            read_idx(path)
            return True
    except (ModelFormatError, DataFormatError) as error:
        printable(str(error))
        return False
    use(model, path.parent)
    return True


def use(model: Sequential, folder: Path) -> None:
    """Predict with a model that was loaded, and save it."""
    if not all(np.isfinite(w).all() for w in model.get_weights()):
        raise FindingError("weights that aren't finite")
    shape = model.input_shape
    if shape is not None and np.prod([n or 1 for n in shape]) < 1e6 and model.count_params() < 1e6:
        with np.errstate(all="ignore"), contextlib.suppress(ValueError):  # a layer may need other inputs
            model.predict(np.zeros((2, *shape[1:])), verbose=0)
        with contextlib.suppress(ValueError):  # what a file can't hold is refused by name
            model.save(folder / "again.keras")


def command(path: Path, base: Path, rng: random.Random) -> bool:
    """Return whether a command of the command line succeeded on the file; its output must be clean."""
    out = path.parent / "out"
    data = str(path if path.suffix == ".npz" else base.parent / "data.npz")
    file = str(path if path.suffix in KINDS else base.parent / "softmax.keras")
    arguments = rng.choice(
        [
            ["summary", file],
            ["evaluate", file, "--data", data],
            ["convert", file, str(out.with_suffix(rng.choice([".h5", ".keras"]))), "--force"],
            ["explore", file, "--data", data, "-o", str(out.with_suffix(".html")), "--force"],
        ]
    )
    stdout, stderr = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
        status = main(arguments)
    printable(stdout.getvalue() + stderr.getvalue())
    if status not in (0, 1) or (status == 1 and not stderr.getvalue().startswith("numpy_ann: ")):
        raise FindingError(f"{arguments[0]} ended with {status} and said {stderr.getvalue()[:200]!r}")
    return status == 0


def printable(text: str) -> None:
    """Complain about what a terminal would obey."""
    obeyed = {c for c in text if c not in "\n\t" and (ord(c) < 32 or (c in CONTROLS and not c.isprintable()))}
    if obeyed:
        raise FindingError(f"control characters reach the terminal: {sorted(obeyed)!r}")


def run(folder: Path, seed: int, seconds: float) -> None:
    """Try file after file; stop at the first finding."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    bases: dict[str, list[Path]] = {}
    for file in sorted(p for p in folder.iterdir() if p.suffix in {*KINDS, ".npz", ".idx"}):
        bases.setdefault("".join(file.suffixes[-2:]), []).append(file)
    work = folder / f"work{seed}"
    work.mkdir()
    end = time.monotonic() + seconds
    warnings.simplefilter("ignore")
    while time.monotonic() < end:
        rng = random.Random(seed)  # noqa: S311  (repeatable, not secret)
        base = rng.choice(bases[rng.choice(list(bases))])
        kind = KINDS.get(base.suffix, "bytes")
        path = work / f"damaged{'.weights' if '.weights.' in base.name else ''}{base.suffix}"
        path.write_bytes(mutated(kind, base.read_bytes(), rng))
        print(json.dumps({"seed": seed, "kind": base.suffix[1:]}), flush=True)
        start = time.process_time()
        try:
            outcome = "taken" if attempt(path, base, rng) else "refused"
            if time.process_time() - start > SLOW:
                raise FindingError(f"{time.process_time() - start:.1f} s of processor time")
        except MemoryError:
            outcome = "memory"
        except Exception as error:
            outcome = f"{type(error).__name__}: {error}"[:500]
        print(json.dumps({"seed": seed, "outcome": outcome, "file": str(path)}), flush=True)
        if outcome not in ("taken", "refused"):
            return
        gc.collect()
        seed += 1


if __name__ == "__main__":
    run(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))

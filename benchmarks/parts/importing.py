"""(e) How long the import takes, in a new interpreter, beside that of NumPy."""

import json
import subprocess
import time

from benchmarks.catalogue import OURS, Peer
from benchmarks.peer_process import environment_of
from benchmarks.serve import ROOT
from benchmarks.session import Session

__all__ = ["IMPORT", "NUMPY", "TUTORIAL_IMPORTS", "run"]

NUMPY = "import numpy"
IMPORT = "import"
TUTORIAL_IMPORTS = "the tutorial's imports"

# What a script imports that trains and evaluates: more than the package itself, which loads its parts when
# they are first used.
TRAINING = "; ".join(
    (
        "from numpy_ann.data import mnist",
        "from numpy_ann.utils import to_categorical",
        "from numpy_ann.models import Sequential",
        "from numpy_ann.layers import Input, Flatten, Dense, Dropout",
    )
)

_CODE = """
import json, os, sys, time
cores, root, statement = json.loads(sys.argv[1])
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, cores)
sys.path[0] = root
start = time.perf_counter()
exec(statement)
print(time.perf_counter() - start, file=sys.stderr)
"""


def run(session: Session) -> None:
    """Import each in turn, in a new interpreter every time; the first turn is not counted."""
    statements = [(peer, IMPORT, peer.imports) for peer in session.peers if peer.imports]
    for peer in session.peers:
        if peer.name == OURS:
            statements += [(peer, NUMPY, NUMPY), (peer, TUTORIAL_IMPORTS, TRAINING)]
    for turn in range(-1, session.settings.import_repetitions):
        for peer, work, statement in list(statements):
            time.sleep(session.settings.rest / 3)
            try:
                seconds = _seconds(session, peer, statement)
            except subprocess.CalledProcessError as error:
                session.fail("e", work, peer, (error.stderr.strip() or "it said nothing").splitlines()[-1])
                statements.remove((peer, work, statement))
                continue
            if turn >= 0:
                session.record("e", work, peer, [seconds])
    for work in (NUMPY, IMPORT, TUTORIAL_IMPORTS):
        session.say_medians("e", work)


def _seconds(session: Session, peer: Peer, statement: str) -> float:
    """Return how long the statement took; the last line of the standard error, for libraries talk."""
    root = str(ROOT) if peer.name == OURS else ""
    arguments = json.dumps([list(session.cores), root, statement])
    finished = subprocess.run(
        [session.interpreters[peer.name], "-c", _CODE, arguments],
        capture_output=True,
        check=True,
        text=True,
        env=environment_of(peer, len(session.cores)),
    )
    return float(finished.stderr.strip().splitlines()[-1])

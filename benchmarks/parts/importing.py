"""(e) How long the import takes, in a new interpreter, beside NumPy's; and a script up to its first batch."""

import json
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.catalogue import OURS, Peer
from benchmarks.peer_process import environment_of
from benchmarks.serve import ROOT
from benchmarks.session import Session

__all__ = ["IMPORT", "NUMPY", "START", "TUTORIAL_IMPORTS", "run"]

NUMPY = "import numpy"
IMPORT = "import"
TUTORIAL_IMPORTS = "the tutorial's imports"
START = "a Keras script, from its start to its first batch"

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

# The tutorial as written for Keras, on data that cost next to nothing; it says when its first batch begins.
_SCRIPT = """
import time
import numpy as np
import keras
from keras.layers import Dense, Dropout, Flatten, Input
from keras.models import Sequential

class First(keras.callbacks.Callback):
    def on_train_batch_begin(self, batch, logs=None):
        print(time.time(), flush=True)
        raise SystemExit

x, y = np.ones((1280, 28, 28), "float32"), keras.utils.to_categorical(np.arange(1280) % 10, 10)
model = Sequential([Input((28, 28)), Flatten(), Dense(128, activation="relu"), Dropout(0.3),
                    Dense(64, activation="relu"), Dropout(0.3), Dense(10, activation="softmax")])
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=1, batch_size=128, callbacks=[First()], verbose=0)
"""


def run(session: Session) -> None:
    """Import each in turn, in a new interpreter every time; the first turn is not counted."""
    statements = [(peer, IMPORT, peer.imports) for peer in session.peers if peer.imports]
    for peer in session.peers:
        if peer.name == OURS:
            statements += [(peer, NUMPY, NUMPY), (peer, TUTORIAL_IMPORTS, TRAINING)]
    statements += [
        (peer, START, "") for peer in session.peers if peer.name == OURS or peer.name.startswith("keras-")
    ]
    for turn in range(-1, session.settings.import_repetitions):
        for peer, work, statement in list(statements):
            time.sleep(session.settings.rest / 3)
            try:
                seconds = _seconds(session, peer, statement) if statement else _start(session, peer)
            except subprocess.CalledProcessError as error:
                session.fail("e", work, peer, (error.stderr.strip() or "it said nothing").splitlines()[-1])
                statements.remove((peer, work, statement))
                continue
            if turn >= 0:
                session.record("e", work, peer, [seconds])
    for work in (NUMPY, IMPORT, TUTORIAL_IMPORTS, START):
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


def _start(session: Session, peer: Peer) -> float:
    """Return how long it takes from the start of Python to the first batch: through `run`, or by Keras."""
    ours = peer.name == OURS
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "train.py")
        script.write_text(_SCRIPT, encoding="utf-8")
        command = [
            session.interpreters[peer.name],
            *(["-m", "numpy_ann", "run"] if ours else []),
            str(script),
        ]
        begin = time.time()
        finished = subprocess.run(
            command,
            capture_output=True,
            check=True,
            text=True,
            env={**environment_of(peer, len(session.cores)), **({"PYTHONPATH": str(ROOT)} if ours else {})},
        )
    return float(finished.stdout.strip().splitlines()[-1]) - begin

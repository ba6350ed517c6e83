"""Processes that are killed while they save, interrupted in a terminal, or served by a hostile server."""

import contextlib
import fcntl
import gzip
import hashlib
import os
import pty
import random
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

from numpy_ann.data.download import Mirror, download
from numpy_ann.data.files import DataFile
from numpy_ann.errors import DataFormatError
from numpy_ann.models import load_model
from tests.data import server as answers

__all__ = ["TRIALS"]

ROOT = Path(__file__).parents[2]
SAVER = """
import sys
from tests.saving.files import trained_model
models = [trained_model(), trained_model(seed=1)]
models[0].save(sys.argv[1])
print("ready", flush=True)
while True:
    for model in models:
        model.save(sys.argv[1])
"""
TRAINING = """
import sys
import numpy as np
from numpy_ann import Sequential
from numpy_ann.callbacks import ModelCheckpoint
from numpy_ann.layers import Dense, Dropout, Input
x = np.random.default_rng(0).random((2000, 30)); y = np.eye(5)[np.arange(2000) % 5]
model = Sequential([Input((30,)), Dense(20, activation="relu"), Dropout(0.2), Dense(5, activation="softmax")])
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
print("ready", flush=True)
while True:
    model.fit(x, y, epochs=3, validation_split=0.2, callbacks=[ModelCheckpoint(sys.argv[1])])
    model.evaluate(x, y)
    model.predict(x)
    model.summary()
"""


def killed_while_saving(rng: random.Random) -> str:
    """Kill a saver at a random moment: a whole model is there, and the next save leaves it alone."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, rng.choice(["m.keras", "m.h5"]))
        process = subprocess.Popen([sys.executable, "-c", SAVER, path], cwd=ROOT, stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(rng.uniform(0, 0.05))
        process.kill()
        process.wait()
        process.stdout.close()
        load_model(path).save(path)
        if (names := os.listdir(folder)) != [path.name]:
            return f"left beside the model: {names}"
    return "whole"


def interrupted_in_a_terminal(rng: random.Random) -> str:
    """Press Ctrl-C in a real terminal at a random moment of a training."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, rng.choice(["m.keras", "m.h5"]))
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, rng.choice([40, 80, 132]), 0, 0))
        before = termios.tcgetattr(theirs)
        process = subprocess.Popen(
            [sys.executable, "-c", TRAINING, path],
            cwd=ROOT,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=_in_the_foreground,
        )
        shown = _read(ours, until=b"ready", seconds=60)
        shown += _read(ours, seconds=rng.uniform(0, 0.6))
        presses, end = 0, time.monotonic() + 20
        while process.poll() is None and time.monotonic() < end:
            # Within a destructor or a weak reference's callback Python itself ignores it, and says so.
            if presses <= shown.count(b"Exception ignored in"):
                os.write(ours, b"\x03")
                presses += 1
            shown += _read(ours, seconds=0.05)
        hung = process.poll() is None
        if hung:
            process.kill()
        process.wait()
        shown += _read(ours, seconds=0.05)
        after = termios.tcgetattr(theirs)
        os.close(ours)
        os.close(theirs)
        if hung:
            return "goes on after Ctrl-C"
        if b"KeyboardInterrupt" not in shown or process.returncode not in (1, 130, -signal.SIGINT):
            return f"ended with {process.returncode}: {shown[-300:]!r}"
        if before != after or shown.rfind(b"\x1b[?25l") > shown.rfind(b"\x1b[?25h"):
            return "the terminal isn't as it was"
        if not shown.endswith(b"\n"):
            return f"the last line isn't ended: {shown[-80:]!r}"
        if path.exists():
            load_model(path)
        if set(os.listdir(folder)) - {path.name}:
            return f"left behind: {os.listdir(folder)}"
    return "restored"


def _in_the_foreground() -> None:
    """Own the terminal, and die of Ctrl-C, which what a shell runs in the background ignores."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _read(handle: int, *, until: bytes | None = None, seconds: float) -> bytes:
    shown = b""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0 and (until is None or until not in shown):
        if select.select([handle], [], [], left)[0]:
            with contextlib.suppress(OSError):
                shown += os.read(handle, 65536)
    return shown


def hostile_download(rng: random.Random) -> str:
    """Ask a server that answers as it likes: the right bytes come, or an error, and soon."""
    body = rng.randbytes(rng.choice([1, 1000, 200_000]))
    file = DataFile("file", len(body), hashlib.sha256(body).hexdigest())
    packed = gzip.compress(body)
    wrong = bytearray(packed)
    wrong[rng.randrange(len(wrong))] ^= 1 << rng.randrange(8)
    choices = [
        answers.content(packed),
        answers.unannounced(packed),
        answers.content(bytes(wrong)),
        answers.content(gzip.compress(body + b"more")),
        answers.content(gzip.compress(b"\0" * 50_000_000)),
        answers.content(body),
        answers.truncated(packed),
        answers.stalled(packed),
        answers.trickled(packed),
        answers.silent,
        answers.trickled_head,
        answers.status(rng.choice([204, 301, 403, 404, 500, 503])),
        answers.redirected(
            rng.choice(["/file.gz", "/other", "file:///etc/passwd", "http://127.0.0.1:1/x", "//"])
        ),
        answers.content(packed, Content_Encoding=rng.choice(["gzip", "br", "x"])),
        answers.content(packed, Content_Range="bytes 5-6/7", Set_Cookie="x" * 70_000),
    ]
    with answers.Server() as server:
        server.answers |= {"/file.gz": rng.choice(choices), "/other": answers.content(packed)}
        start = time.monotonic()
        try:
            if rng.random() < 0.5:
                ((_, content),) = Mirror(server.url, patience=0.5).fetch([file])
                outcome = "right" if bytes(content) == body else "other bytes were taken"
            else:
                outcome = (
                    "right"
                    if download(server.url + "file.gz", len(packed) * 2 + 100, patience=0.5)
                    else "empty"
                )
        except (OSError, DataFormatError):
            outcome = "refused"
        took = time.monotonic() - start
    return outcome if took < 20 else f"{took:.0f} seconds"


TRIALS = {
    "killed while saving": (killed_while_saving, {"whole"}),
    "Ctrl-C in a terminal": (interrupted_in_a_terminal, {"restored"}),
    "hostile downloads": (hostile_download, {"right", "refused", "empty"}),
}

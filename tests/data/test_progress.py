import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = """
import sys
import time
from numpy_ann.data.download import progress
with progress("Downloading seven.gz from [host]") as report:
    for done in (0, 500_000, 1_000_000):
        report(done, 1_000_000)
        time.sleep(0.15 * sys.stderr.isatty())  # a bar is drawn ten times a second
"""


def test_elsewhere_than_in_a_terminal_it_is_one_plain_line():
    run = subprocess.run([sys.executable, "-c", CODE], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout == ""
    assert run.stderr == "Downloading seven.gz from [host]\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
def test_in_a_terminal_it_is_a_bar_with_sizes():
    import os
    import pty

    controller, terminal = pty.openpty()
    environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "120"}
    environment.pop("NO_COLOR", None)
    process = subprocess.Popen([sys.executable, "-c", CODE], cwd=ROOT, stderr=terminal, env=environment)
    os.close(terminal)
    seen = b""
    while True:
        try:
            piece = os.read(controller, 4096)
        except OSError:  # how Linux says that the other end is closed
            piece = b""
        if not piece:
            break
        seen += piece
    os.close(controller)
    assert process.wait() == 0
    text = seen.decode()
    assert "Downloading seven.gz from [host]" in text
    assert "0.5/1.0 MB" in text
    assert "1.0/1.0 MB" in text
    assert "━" in text
    assert "\x1b[" in text

import io
import os
import re
import subprocess
import sys
from functools import cache
from textwrap import dedent

import numpy as np
import pytest

from numpy_ann.callbacks.progress import format_duration, format_logs, format_step_time
from numpy_ann.layers import Dense, Input
from numpy_ann.models import Sequential
from tests.support import missing

SCRIPT = dedent("""
    import time
    import numpy as np
    from numpy_ann.callbacks import Callback
    from numpy_ann.layers import Dense, Input
    from numpy_ann.models import Sequential

    class Slow(Callback):
        def on_train_batch_end(self, batch, logs=None):
            time.sleep(pause)
            if interrupt and batch == 5:
                raise KeyboardInterrupt
        def on_predict_batch_end(self, batch, logs=None):
            time.sleep(pause)

    x = np.random.default_rng(0).random((80, 4))
    y = np.eye(3)[np.arange(80) % 3]
    model = Sequential([Input(shape=(4,)), Dense(3, activation="softmax")], seed=0)
    model.compile("sgd", "categorical_crossentropy", metrics=["accuracy"])
    slow = [Slow()]
    def fit(**options):
        return model.fit(x, y, batch_size=8, validation_split=0.2, callbacks=slow, **options)
    interrupt, pause = False, 0.06
""")
METRICS = r"accuracy: 0\.\d{4} - loss: \d\.\d{4}"
VALIDATED = rf"{METRICS} - val_accuracy: 0\.\d{{4}} - val_loss: \d\.\d{{4}}"


BETWEEN = "between two parts"


@cache
def in_a_pipe(*parts):
    """Run the parts after the script, in one process, its output in a pipe; return what each wrote."""
    code = f"\nprint('{BETWEEN}')\n".join(map(dedent, parts))
    environment = {**os.environ, "TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8"}
    written = subprocess.run(
        [sys.executable, "-c", SCRIPT + code], check=True, capture_output=True, env=environment, timeout=60
    ).stdout.decode()
    return written.split(f"{BETWEEN}\n")


@cache
def in_a_terminal(*parts, columns=80):
    """Run the parts after the script in a real pseudo-terminal of that width; return what each wrote."""
    code = f"\nprint('{BETWEEN}')\n".join(map(dedent, parts))
    if sys.platform == "win32":
        missing("pseudo-terminals need a Unix system")
    import fcntl
    import pty
    import struct
    import termios

    controller, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "NO_COLOR")}
    environment |= {"TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8"}
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT + code],
        stdout=terminal,
        stderr=terminal,
        stdin=subprocess.DEVNULL,
        env=environment,
    )
    os.close(terminal)
    written = b""
    try:
        while chunk := os.read(controller, 65536):
            written += chunk
    except OSError:
        pass  # how Linux says that the other side has closed
    finally:
        os.close(controller)
        status = process.wait(timeout=60)
    text = written.decode()
    assert status == 0, text
    return text.split(f"{BETWEEN}\r\n")


def screen(written):
    """Return the lines that are left on the screen: a terminal's rules, as far as bars use them."""
    lines, row, column = [""], 0, 0
    for code, text in re.findall(r"(\x1b\[[?\d;]*[A-Za-z]|[\r\n])|([^\x1b\r\n]+)", written):
        if text:
            lines[row] = lines[row][:column].ljust(column) + text + lines[row][column + len(text) :]
            column += len(text)
        elif code == "\r":
            column = 0
        elif code == "\n":
            row += 1
            lines += [""] * (row + 1 - len(lines))
        elif code.endswith("A"):
            row -= int(code[2:-1] or 1)
        elif code == "\x1b[2K":
            lines[row] = ""
        else:
            assert code[-1] in "mhl", f"unknown control sequence {code!r}"
    return [line.rstrip() for line in lines]


def expect(lines, *patterns):
    for line, pattern in zip(lines, patterns, strict=True):
        assert re.fullmatch(pattern, line), (line, pattern)


IN_A_TERMINAL = (
    "fit(epochs=2); model.evaluate(x, y); model.predict(x, batch_size=16, callbacks=slow)",
    "pause = 0.002; fit(epochs=2, verbose=2)",
    """
    interrupt, pause = True, 0.06
    try:
        fit(epochs=2)
    except KeyboardInterrupt:
        print("interrupted")
    """,
)


def test_a_terminal_has_a_live_bar_and_keeps_a_whole_line_an_epoch():
    written, _, _ = in_a_terminal(*IN_A_TERMINAL)
    full = "━" * 20
    expect(
        screen(written),
        "Epoch 1/2",
        rf"8/8 {full} \d+s \d+ms/step - {VALIDATED}",
        "Epoch 2/2",
        rf"8/8 {full} \d+s \d+ms/step - {VALIDATED}",
        rf"3/3 {full} \d+s \d+[mu]s/step - {METRICS}",
        rf"5/5 {full} \d+s \d+ms/step",
        "",
    )
    assert re.search(r"[2-7]/8.*[╸╺].*\d+s left \d+ms/step - accuracy: 0\.\d{4} - loss", written)
    assert written.count("\x1b[?25l") == written.count("\x1b[?25h")  # the cursor is given back


def test_a_narrow_terminal_keeps_bar_and_count_while_training():
    (written,) = in_a_terminal("fit()", columns=40)
    expect(screen(written), rf"8/8 ━{{20}} \d+s \d+ms/step - {VALIDATED}", "")
    redrawn = written.split("\x1b[2K")[1:-1]
    assert redrawn
    for line in redrawn:
        (left,) = screen(line.split("\r")[0])
        assert re.match(r"\d/8 [━╸╺]{20} \d+s left", left)
        assert len(left) <= 40


def test_an_interrupted_bar_stays_and_gives_the_terminal_back():
    _, _, written = in_a_terminal(*IN_A_TERMINAL)
    expect(screen(written), "Epoch 1/2", r"[3-6]/8 [━╸╺]{20} \d+s left .*", "interrupted", "")
    assert written.count("\x1b[?25l") == written.count("\x1b[?25h") == 1


def test_ctrl_c_while_the_bar_stops_gives_the_terminal_back_too(monkeypatch):
    def interrupted(console):
        raise KeyboardInterrupt

    stream = io.StringIO()
    stream.isatty = lambda: True
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr("rich.console.Console.line", interrupted)
    model = Sequential([Input((4,)), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    with pytest.raises(KeyboardInterrupt):
        model.fit(np.ones((8, 4)), np.ones(8))
    assert sys.stdout is stream
    written = stream.getvalue()
    assert written.rfind("\x1b[?25h") > written.rfind("\x1b[?25l") > -1


def test_a_notebook_draws_its_line_again_and_keeps_the_last(monkeypatch):
    """Its streams are no terminals; a carriage return is the one control character that they know."""
    stream = type("OutStream", (io.StringIO,), {"__module__": "ipykernel.iostream"})()
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr("numpy_ann.callbacks.progress._REDRAW_SECONDS", 0)
    x, y = np.ones((80, 4)), np.ones(80)
    model = Sequential([Input((4,)), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    model.fit(x, y, batch_size=8, epochs=2)
    model.fit((x[i : i + 8], y[i : i + 8]) for i in range(0, 80, 8))
    model.evaluate(x, y)
    written = stream.getvalue()
    assert not set(written) - {"\r", "\n"} - {c for c in written if c.isprintable()}
    assert re.search(r"\rEpoch 1/2 - 5/10 ━{10}─{10} \d+s left \d+[mu]s/step - loss: ", written)
    assert re.search(r"\rEpoch 1/1 - 5/\? ─{20} \d+s \d+[mu]s/step - loss: ", written)
    line = r"\d+s - \d+[mu]s/step - loss: [\d.e-]+"
    starts = ("Epoch 1/2", "Epoch 2/2", "Epoch 1/1", "3/3")
    expect(screen(written.replace("\n", "\r\n")), *(f"{start} - {line}" for start in starts), "")


def test_verbose_2_in_a_terminal_has_no_bar():
    _, written, _ = in_a_terminal(*IN_A_TERMINAL)
    assert "\x1b" not in written
    line = rf"8/8 - \d+s - \d+ms/step - {VALIDATED}"
    expect(screen(written), "Epoch 1/2", line, "Epoch 2/2", line, "")


ALL = "model.evaluate(x, y); model.predict(x, batch_size=16, callbacks=slow)"
IN_A_PIPE = (
    f"pause = 0.002; fit(epochs=2, verbose='auto'); {ALL}",
    f"fit(epochs=2, verbose=1); {ALL}",
    "fit(epochs=2, verbose=0); model.evaluate(x, y, verbose=0); model.predict(x, verbose=0)",
    "fit(epochs=2, verbose=2); fit(verbose=2)",
)


@pytest.mark.parametrize("part", [0, 1])
def test_a_pipe_gets_a_line_an_epoch_without_control_characters(part):
    written = in_a_pipe(*IN_A_PIPE)[part]
    assert all(character == "\n" or character.isprintable() for character in written)
    expect(
        written.splitlines(),
        rf"Epoch 1/2 - \d+s - \d+ms/step - {VALIDATED}",
        rf"Epoch 2/2 - \d+s - \d+ms/step - {VALIDATED}",
        rf"3/3 - \d+s - \d+[mu]s/step - {METRICS}",
        r"5/5 - \d+s - \d+ms/step",
    )


def test_a_pipe_gets_keras_lines_with_verbose_2_and_nothing_with_0():
    line = rf"8/8 - \d+s - \d+ms/step - {VALIDATED}"
    _, _, nothing, written = in_a_pipe(*IN_A_PIPE)
    assert not nothing
    expect(written.splitlines(), "Epoch 1/2", line, "Epoch 2/2", line, line)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0000"),
        (1.0, "1.0000"),
        (0.00101, "0.0010"),
        (0.001, "1.0000e-03"),
        (-2e-5, "-2.0000e-05"),
        (float("nan"), "nan"),
        (123456.0, "123456.0000"),
    ],
)
def test_figures_look_as_keras_shows_them(value, text):
    assert format_logs({"loss": value}) == [f"loss: {text}"]


def test_durations_look_as_keras_shows_them():
    assert [format_duration(s) for s in (0, 59.4, 59.6, 3599.4, 3599.6)] == [
        "0s",
        "59s",
        "1:00",
        "59:59",
        "1:00:00",
    ]
    assert [format_step_time(s) for s in (0, 0.0009994, 0.001, 0.9994, 1.0)] == [
        *("0us/step", "999us/step", "1ms/step", "999ms/step", "1s/step")
    ]


def test_keras_batches_are_counted(capsys):
    """47 of 32 samples, computed as three of 512; where the size is said, those."""
    x = np.ones((1500, 2), np.float32)
    model = Sequential([Input((2,)), Dense(1)])
    model.compile("sgd", "mse")
    model.predict(x)
    model.evaluate(x, x[:, :1])
    model.predict(x, batch_size=500)
    model.predict(x[:20])
    counts = [line.split(" - ")[0] for line in capsys.readouterr().out.splitlines()]
    assert counts == ["47/47", "47/47", "3/3", "1/1"]

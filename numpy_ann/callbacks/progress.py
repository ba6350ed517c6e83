"""Progress on the screen: a live bar in a terminal and in a notebook, a line an epoch elsewhere."""

import sys
from time import perf_counter
from typing import Any

import numpy as np

from numpy_ann.callbacks.callback import Callback, Logs
from numpy_ann.errors import escaped

_BAR_WIDTH = 20
_REDRAW_SECONDS = 0.1


class ProgressBar(Callback):
    """Shows how far training, evaluation or prediction has come.

    With ``verbose=1`` in a terminal or a notebook there is one live bar an epoch, with step count, time and
    the running metrics, which leaves its last state behind as a line. Elsewhere (a pipe, a log), one line an
    epoch is printed, without control characters. With ``verbose=2`` that is so everywhere, in Keras' form.

    Parameters
    ----------
    verbose : int
        1 or 2.
    unit : str
        ``"train"``: progress by epochs; ``"test"`` or ``"predict"``: a single pass.
    shown, each : int, optional
        How many batches a pass is said to have, where Keras' are smaller than what is computed at once, and
        as how many of them a computed one counts.
    """

    def __init__(self, verbose: int, unit: str = "train", shown: int | None = None, each: int = 1) -> None:
        self.verbose, self.unit, self.shown, self.each = verbose, unit, shown, each
        self.live = verbose == 1 and sys.stdout.isatty()
        # A notebook's line can be written anew after a carriage return; other control characters it shows.
        self.notebook = verbose == 1 and type(sys.stdout).__module__ == "ipykernel.iostream"
        self._bar: Any = None
        self._steps: int | None = None  # of an epoch, if known; after the first, what that had

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        epochs = self.params["epochs"]
        self._heading = f"Epoch {epoch + 1}/{epochs}"
        if epochs > 1 and (self.live or self.verbose == 2):
            print(self._heading, flush=True)
        self._start()

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self._step(batch + 1, logs or {})

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self._finish(logs or {})

    def on_test_begin(self, logs: Logs | None = None) -> None:
        if self.unit == "test":
            self._start()

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if self.unit == "test":
            self._step(batch + 1, logs or {})

    def on_test_end(self, logs: Logs | None = None) -> None:
        if self.unit == "test":
            self._finish(logs or {})

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        self._start()

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self._step(batch + 1, {})

    def on_predict_end(self, logs: Logs | None = None) -> None:
        self._finish({})

    def close(self) -> None:
        """Give the terminal back, however training ended."""
        if self._bar is not None:
            try:
                self._bar.stop()
            except BaseException:  # Ctrl-C: nothing else would show the cursor and take back the streams
                sys.stdout, sys.stderr = self._streams
                self._bar.console.show_cursor(True)
                raise
            self._bar = None

    def _start(self) -> None:
        self._started = self._drawn = perf_counter()
        self._steps = self.shown or self.params["steps"] or self._steps
        self._done = self._width = 0
        if self.live:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

            text = TextColumn("{task.fields[text]}", markup=False)
            columns = MofNCompleteColumn(), BarColumn(_BAR_WIDTH), text
            console = Console(highlight=False, soft_wrap=True)
            # Redrawn only when told to: no thread competes with training.
            self._bar = Progress(*columns, auto_refresh=False, console=console)
            self._bar.add_task("", total=self._steps, text="")
            self._streams = sys.stdout, sys.stderr
            self._bar.start()

    def _step(self, done: int, logs: Logs) -> None:
        now = perf_counter()
        self._done = done = done if self.shown is None else min(done * self.each, self.shown)
        if (self._bar is None and not self.notebook) or now - self._drawn < _REDRAW_SECONDS:
            return
        self._drawn, passed = now, now - self._started
        duration = format_duration(passed)
        if self._steps is not None:
            duration = f"{format_duration(passed / done * (self._steps - done))} left"
        text = " - ".join([f"{duration} {format_step_time(passed / done)}", *format_logs(logs)])
        if self._bar is None:
            heading = f"{self._heading} - " if self.unit == "train" else ""
            full = "━" * (_BAR_WIDTH * done // self._steps if self._steps else 0)
            self._write(f"{heading}{done}/{self._steps or '?'} {full:─<{_BAR_WIDTH}} {text}")
        else:
            # What the terminal has no room for is cut here, as rich would take it from the bar first.
            room = self._bar.console.width - 2 * len(str(self._steps or "?")) - len("/  ") - _BAR_WIDTH
            self._bar.update(self._bar.task_ids[0], completed=done, text=text[: max(room, 0)], refresh=True)

    def _finish(self, logs: Logs) -> None:
        self._steps = self._steps or self._done
        steps, seconds = self._steps, perf_counter() - self._started
        times = [format_duration(seconds), format_step_time(seconds / max(steps, 1))]
        start = [self._heading if self.unit == "train" and self.verbose == 1 else f"{steps}/{steps}", *times]
        if self._bar is not None:
            self._bar.live.transient = True  # the bar goes, and the line that stays is wrapped, not cut
            full = ("-" if self._bar.console.options.ascii_only else "━") * _BAR_WIDTH
            self.close()
            start = [" ".join([f"{steps}/{steps}", full, *times])]
        self._write(" - ".join([*start, *format_logs(logs)]), end="\n")

    def _write(self, line: str, end: str = "") -> None:
        print("\r" * bool(self._width) + line.ljust(self._width), end=end, flush=True)
        self._width = len(line)


def format_logs(logs: Logs) -> list[str]:
    """Return figures as Keras shows them: 4 decimals, or 4 significant ones when tiny."""
    # A metric may have several figures, and its name may come from a file.
    means = [(escaped(name), float(np.mean(value))) for name, value in logs.items()]
    return [f"{name}: {v:.4f}" if abs(v) > 1e-3 or v == 0 else f"{name}: {v:.4e}" for name, v in means]


def format_duration(seconds: float) -> str:
    """Return a time as Keras shows it: ``59s``, ``1:01``, ``1:01:01``."""
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}:{rest:02d}" if minutes else f"{rest}s"
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"


def format_step_time(seconds: float) -> str:
    """Return the time a step took as Keras shows it: ``1s/step``, ``4ms/step``, ``12us/step``."""
    if seconds >= 1:
        return f"{seconds:.0f}s/step"
    return f"{seconds * 1e3:.0f}ms/step" if seconds >= 1e-3 else f"{seconds * 1e6:.0f}us/step"

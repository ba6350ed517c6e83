"""A training that survives its process."""

import io
import json
import os
import warnings
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from numpy_ann.atomic import open_regular, write_atomically
from numpy_ann.callbacks.callback import Callback, Logs
from numpy_ann.callbacks.model_checkpoint import BatchCounter
from numpy_ann.communicator import in_place

_STATE, _PREVIOUS = "training.json", "previous.json"


class BackupAndRestore(Callback):
    """Back the training up as it goes; the next ``fit`` after a crash goes on from there, to the same bits.

    Start the same script again, with this callback on the same folder: weights, optimizer, random streams and
    the place in training are taken up, so that shuffles, masks and weights are those of a training that was
    never interrupted. With a number as ``save_freq`` this holds within an epoch too, where Keras trains the
    begun epoch once more; that epoch's figures are then those of the batches since.

    The weights go to a file of their own; then ``training.json``, which names it, is replaced in one step of
    the file system: a kill at any moment leaves one backup or the next.

    What other callbacks name as ``remembers`` is kept too, such as how long ``EarlyStopping`` has waited and
    its best weights; of several processes, of one only. Not kept: the history so far, and what callbacks of
    your own don't name. This callback comes last, wherever it stands in the list. A generator is taken to
    begin with the epoch at which training resumes, and so is a pass that ``steps_per_epoch`` cuts in pieces.

    Raises ``ValueError`` if ``backup_dir`` is empty or ``save_freq`` something else; in training, if the
    backup is damaged or another model's.

    Parameters
    ----------
    backup_dir : path
        A folder for this callback alone; made if it is missing.
    save_freq : "epoch" or int
        When to back up; a number counts batches, across epochs.
    double_checkpoint, delete_checkpoint : bool
        Whether to keep the backup before the last one as well, and to take it if the last can't be read; and
        whether to remove all at the end of training, so that the next ``fit`` begins anew.

    >>> BackupAndRestore("backup", save_freq=100).save_freq
    100
    """

    writes = comes_last = True

    def __init__(
        self, backup_dir: str | os.PathLike[str], save_freq: str | int = "epoch",
        double_checkpoint: bool = False, delete_checkpoint: bool = True,
    ) -> None:  # fmt: skip
        if not os.fspath(backup_dir):
            raise ValueError("Empty `backup_dir` argument passed")
        self.backup_dir, self.save_freq = Path(backup_dir), save_freq
        self.double_checkpoint, self.delete_checkpoint = double_checkpoint, delete_checkpoint
        self._counter = BatchCounter(save_freq)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._counter, self._due_at_end = BatchCounter(self.save_freq), False
        if (self.backup_dir / _STATE).exists():
            try:
                self._restore(_STATE)
            except (OSError, ValueError) as error:
                if not (self.backup_dir / _PREVIOUS).exists():
                    if isinstance(error, OSError):
                        raise
                    cure = f"another network's backup, or a damaged one: remove the folder {self.backup_dir}"
                    raise ValueError(f"{error} ({cure})") from error
                text = f"The last backup can't be read ({error}); the one before is taken."
                warnings.warn(text, stacklevel=2)
                self._restore(_PREVIOUS)
        self._rate_before = self._learning_rate()

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._epoch = epoch
        self._streams_at_begin = self.model.streams.get_state()["streams"]

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if not self._counter.is_due():
            return
        if batch + 1 == self.params["steps"]:
            self._due_at_end = True  # after the validation: nothing of the epoch is left to do then
        else:
            self._save(self._epoch, batch + 1)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.save_freq == "epoch" or self._due_at_end:
            self._save(epoch + 1, 0)
            self._due_at_end = False
        self._rate_before = self._learning_rate()

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.delete_checkpoint and self.backup_dir.exists():
            self._remove_all_but(set())
            if not any(self.backup_dir.iterdir()):
                self.backup_dir.rmdir()

    def _save(self, epoch: int, batch: int) -> None:
        self.backup_dir.mkdir(parents=True, exist_ok=True)
        weights = f"epoch{epoch:06d}-batch{batch:08d}.weights.h5"
        self.model.save_weights(self.backup_dir / weights, overwrite=True)
        kept, arrays = weights.replace("weights.h5", "callbacks.npz"), dict[str, Any]()
        for i, callback in enumerate(remembering := self._remembering()):
            for name in callback.remembers:
                value = getattr(callback, name)
                several = value if isinstance(value, list) else []
                arrays |= {f"{i}.{name}.{j}": array for j, array in enumerate(several)}
                arrays |= {} if value is None or several else {f"{i}.{name}": value}
        if remembering:
            np.savez(content := io.BytesIO(), **arrays)
            write_atomically(self.backup_dir / kept, content.getvalue())
        streams = self.model.streams.get_state()
        # A begun epoch is begun again, and must be in the same order; LearningRateScheduler acts again, too.
        if batch and "shuffle" in self._streams_at_begin:
            streams["streams"]["shuffle"] = self._streams_at_begin["shuffle"]
        state = {
            "epoch": epoch, "batch": batch, "epochs_trained": self.model.epochs_trained,
            "learning_rate": self._rate_before if batch else self._learning_rate(), "weights": weights,
            "callbacks": [type(callback).__name__ for callback in remembering],
            "stopped": bool(self.model.stop_training), "random_streams": streams,
        }  # fmt: skip
        latest, keep = self.backup_dir / _STATE, {_STATE, weights, kept}
        if self.double_checkpoint and latest.exists():
            text = _content(latest)
            write_atomically(self.backup_dir / _PREVIOUS, text)
            before = json.loads(text)["weights"]
            keep |= {_PREVIOUS, before, before.replace("weights.h5", "callbacks.npz")}
        write_atomically(latest, json.dumps(state).encode())
        self._remove_all_but(keep)

    def _restore(self, name: str) -> None:
        path = self.backup_dir / name
        try:
            state = json.loads(_content(path))
            weights = self.backup_dir / Path(state["weights"]).name
            place = int(state["epoch"]), int(state["batch"])
            place = (self.params["epochs"], 0) if state.get("stopped") else place
            streams, epochs_trained = state["random_streams"], int(state["epochs_trained"])
            rate, remembered = state["learning_rate"], self._remembered(state, weights)
        except (KeyError, TypeError, ValueError, BadZipFile) as error:
            raise ValueError(f"{path} is damaged: {error}") from error
        self.model.load_weights(weights)
        if rate is not None:
            self.model.optimizer.learning_rate = rate
        self.model.streams.set_state(streams)
        self.model.epochs_trained, self.model.resume_at = epochs_trained, place
        for callback, values in remembered:
            vars(callback).update(values)

    def _remembering(self) -> list[Callback]:
        return [callback for callback in self.beside if callback.remembers and in_place().size == 1]

    def _remembered(self, state: dict[str, Any], weights: Path) -> list[tuple[Callback, dict[str, Any]]]:
        """Return what the callbacks remembered; warn where the backup has others, or nothing of them."""
        callbacks = self._remembering()
        names = [type(callback).__name__ for callback in callbacks]
        if (known := state.get("callbacks", [])) != names:
            text = f"The backup has what {known} remembered, and there are {names}: these begin anew."
            warnings.warn(text, stacklevel=2)
        if known != names or not names:
            return []
        content = _content(weights.with_name(weights.name.replace("weights.h5", "callbacks.npz")))
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            found = dict(arrays)

        def value(place: str) -> Any:
            several = [array for key, array in found.items() if key.startswith(f"{place}.")]
            return found[place].item() if place in found else several or None

        each = enumerate(callbacks)
        return [(c, {name: value(f"{i}.{name}") for name in c.remembers}) for i, c in each]

    def _learning_rate(self) -> float | None:
        """Return the learning rate; none where a schedule sets it by the steps taken."""
        optimizer = self.model.optimizer
        return None if optimizer.schedule is not None else float(optimizer.learning_rate)

    def _remove_all_but(self, keep: set[str]) -> None:
        """Remove this callback's files, also those that a killed process left unfinished."""
        for pattern in ("epoch*.weights.h5", "epoch*.callbacks.npz", "*.json", ".*.part"):
            for path in self.backup_dir.glob(pattern):
                if path.name not in keep and (path.suffix != ".json" or path.name in (_STATE, _PREVIOUS)):
                    path.unlink(missing_ok=True)


def _content(path: Path) -> bytes:
    with open_regular(path) as file:
        return file.read()

"""The commands that read tables and pictures: ``train`` a network on a CSV file, and ``predict``."""

import csv
import json
import shlex
import sys
import warnings
import zipfile
import zlib
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.atomic import open_regular, write_atomically
from numpy_ann.callbacks import EarlyStopping
from numpy_ann.data.tables import Column, Encoding, Table, read_csv
from numpy_ann.errors import DataFormatError, escaped
from numpy_ann.layers import Dense, Input, Normalization, Rescaling
from numpy_ann.metrics import classification_report
from numpy_ann.models import Model, Sequential
from numpy_ann.training.data.bundles import by_name

__all__ = ["csv_arrays", "encoding_of", "highest", "npz_arrays", "train", "write_predictions"]

_WRONG = "it is damaged, empty, or holds Python objects"


def encoding_of(file: Path) -> Encoding | None:
    """Return how the table of a model's file is encoded, if ``train`` wrote that beside it."""
    beside = file.with_suffix(".json")
    return None if not beside.exists() or names_of(file) else Encoding.from_json(beside.read_text("utf-8"))


def names_of(file: Path) -> list[str] | None:
    """Return the classes' names where the ``.json`` beside a model's file holds them alone, for pictures."""
    beside = file.with_suffix(".json")
    held = json.loads(beside.read_text("utf-8")) if beside.exists() else None
    return list(map(str, held["classes"])) if isinstance(held, dict) and [*held] == ["classes"] else None


def csv_arrays(file: Path, path: Path, model: Model) -> tuple[Array, Any]:
    """Return a CSV file's features and targets: as the model was trained, or numbers, the last the target.

    Of several outputs, the columns named after them are the targets, returned by name.
    """
    table = read_csv(path)
    if (encoding := encoding_of(file)) is not None:
        return _features(encoding, table), encoding.targets(table)
    outputs = model.output_names if model.built and len(model.output_names) > 1 else []
    if lost := [name for name in outputs if name not in table]:
        wanted = f"named after its outputs, {escaped(', '.join(outputs))}; {escaped(lost[0])} is none"
        raise DataFormatError(f"The model's targets are the columns {wanted}. Of several units, give an .npz")
    units = 1 if outputs or not model.built else model.output_shape[-1]
    each = units > 1 and len(table) == np.prod(model.input_shape[1:]) + units
    targets = outputs or list(table)[-units if each else -1 :]
    encoding = _of_numbers(file, table, targets)
    y = {name: np.array(table[name], np.float32) for name in targets}
    x = encoding.features(table)
    return x, y if outputs else np.column_stack([*y.values()]) if each else y[targets[0]]


def _features(encoding: Encoding, table: Table) -> Array:
    """Return what the network reads of a table; say which columns it doesn't."""
    x, known = encoding.features(table), {encoding.target, *(column.name for column in encoding.columns)}
    if others := escaped(", ".join(name for name in table if name not in known)):
        print(f"numpy_ann: columns that the model doesn't read: {others}", file=sys.stderr)
    return x


def _of_numbers(file: Path, table: Table, targets: Sequence[str] = ()) -> Encoding:
    """Return the encoding of a table read as it is, without words and gaps, whose meaning nothing says."""
    for name, cells in table.items():
        try:
            clear = not np.isnan(np.array(cells, float)).any()
        except ValueError:
            clear = False
        if not clear:
            raise DataFormatError(
                f"Column {escaped(name)!r} holds words or gaps, and {file} has no "
                f"{file.with_suffix('.json').name} beside it that says what words and gaps mean: give "
                "numbers, or the .json that train wrote"
            )
    return Encoding([Column(name, None) for name in table if name not in targets], ", ".join(targets), None)


def train(options: Namespace, check_free: Callable[[Namespace], None]) -> None:
    """Train a network on a table, say how good it is on rows it hasn't seen, and write it."""
    table = read_csv(options.table)
    rows = len(next(iter(table.values())))
    if rows < 20:
        raise DataFormatError(f"{options.table} has {rows} rows; a network wants 20 at the very least")
    order = np.random.default_rng(options.seed).permutation(rows)
    seen, unseen = np.split(order, [rows * 4 // 5])
    whole = Encoding.of(table, options.target, options.without)
    if len({*table[options.target]}) == 1:
        only = f"has only one value, {escaped(table[options.target][0])!r}: there is nothing to learn"
        raise DataFormatError(f"The target {escaped(options.target)!r} {only}")
    options.output = options.output or options.table.with_suffix(".keras")
    check_free(options)
    for name in (c.name for c in whole.columns if c.words is None and not c.since and not c.gaps):
        if (np.diff(np.array(table[name], float)) == 1).all():
            cure = f"if it only numbers the rows, leave it out: --without {shlex.quote(escaped(name))}"
            warnings.warn(f"Column {escaped(name)!r} counts up by one from row to row; {cure}", stacklevel=2)
    table = {name: cells for name, cells in table.items() if name not in options.without}
    part = {name: [cells[i] for i in seen] for name, cells in table.items()}
    encoding = replace(Encoding.of(part, options.target), classes=whole.classes)
    x, y = encoding.features(table), encoding.targets(table)

    normalization = Normalization()
    normalization.adapt(x[seen])
    hidden = [Dense(64, activation="relu"), Dense(32, activation="relu")]
    if encoding.classes is None:
        end: list[Any] = [Dense(1), Rescaling(float(y[seen].std()) or 1.0, float(y[seen].mean()))]
        how: dict[str, Any] = {"loss": "mse", "metrics": ["mae", "r2_score"]}
    else:
        end = [Dense(len(encoding.classes), activation="softmax")]
        how = {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}
    model = Sequential([Input((x.shape[1],)), normalization, *hidden, *end], seed=options.seed)
    model.compile("adam", **how)
    stop = EarlyStopping(patience=20, restore_best_weights=True)
    fitted = model.fit(
        x[seen], y[seen], epochs=options.epochs, validation_split=0.2, verbose=0, callbacks=[stop]
    )
    print(f"{rows} rows, {len(encoding.columns)} columns that become {x.shape[1]} numbers")
    print(f"trained on {len(seen)} rows for {len(fitted.epoch)} epochs; of the other {len(unseen)}:")
    _report(encoding, model, x[unseen], y[unseen], y[seen])
    model.save(options.output)
    write_atomically(options.output.with_suffix(".json"), encoding.to_json().encode())
    print(f"wrote {options.output}, and {options.output.with_suffix('.json')}: what its columns mean")


def _report(encoding: Encoding, model: Model, x: Array, y: Array, seen: Array) -> None:
    answers = model.predict(x, verbose=0)
    if encoding.classes is None:
        off, usual = np.abs(answers[:, 0] - y).mean(), np.abs(seen.mean() - y).mean()
        explained = 1 - ((answers[:, 0] - y) ** 2).sum() / (((y - y.mean()) ** 2).sum() or 1)
        print(f"off by {off:.4g} on average (always saying the mean: {usual:.4g}); R2 {explained:.3f}")
        return
    best = answers.argmax(axis=1)
    usual = (y == np.bincount(seen.astype(int)).argmax()).mean()
    print(f"{(best == y).mean():.1%} right (always saying the most frequent class: {usual:.1%})")
    names = [escaped(name) for name in encoding.classes]
    labels = list(range(len(names)))
    print(classification_report(y, best, labels=labels, target_names=names, zero_division=0))


def write_predictions(options: Namespace, model: Model) -> None:
    """Write the model's answers to what a CSV, NPZ, NPY or picture file or a folder holds, as CSV."""
    encoding = encoding_of(options.file)
    names, x = _inputs(model, encoding, options.file, options.data)
    found = by_name("y", model.predict(x, verbose=0), model.output_names if model.built else ["output"])
    each = [np.asarray(answer).reshape(len(names), -1) for answer in found]
    answers, several = np.hstack(each), len(each) > 1
    activation = "" if several else getattr(model.layers[-1].activation, "name", "linear")
    to: Any = nullcontext(sys.stdout) if options.output is None else options.output.open("w", newline="")
    with to as out:
        rows = csv.writer(out, lineterminator="\n")
        if activation == "softmax" or (activation == "sigmoid" and answers.shape[1] == 1):
            shares = answers if answers.shape[1] > 1 else np.hstack([1 - answers, answers])
            best = shares.argmax(axis=1)
            classes = encoding.classes if encoding else names_of(options.file)
            classes = classes or [str(i) for i in range(shares.shape[1])]
            if len(classes) != shares.shape[1]:
                raise DataFormatError(f"There are {len(classes)} names for {shares.shape[1]} classes.")
            every = slice(None) if options.probabilities else slice(0)
            rows.writerow(["sample", "class", "probability", *classes[every]])
            for name, i, share in zip(names, best, shares, strict=True):
                rows.writerow([name, classes[i], *(f"{p:.4f}" for p in (share[i], *share[every]))])
        else:
            columns = [
                output if several and answer.shape[1] == 1 else f"{output}_{i}"
                for output, answer in zip(model.output_names if several else ["output"], each, strict=True)
                for i in range(answer.shape[1])
            ]
            columns = [encoding.target] if encoding else columns
            rows.writerow(["sample", *columns])
            for name, answer in zip(names, answers, strict=True):
                rows.writerow([name, *(f"{value:.6g}" for value in answer)])
    if options.output is not None:
        print(f"wrote {options.output}: {len(names)} answers")


def npz_arrays(path: Path, model: Model, *parts: str) -> list[Any]:
    """Return what an ``.npz`` file holds for ``"x"`` and ``"y"``; objects in it are not unpickled.

    Of a model of several inputs or outputs it holds an array under the name of each, returned by name.
    """
    option = "--data" if "y" in parts else "DATA"
    each = {"x": model.input_names, "y": model.output_names} if model.built else {}
    names = [name for part in parts for name in _arrays_for(part, each)]
    wanted = f"the array{'s' if len(names) > 1 else ''} {' and '.join(names)}"
    if len({*names}) < len(names):
        raise ValueError(f"an .npz file can't hold {wanted} of this model: some names are there twice")
    written = f"np.savez(path, {', '.join(f'{name}={name}' for name in names)})"
    expected = escaped(f"{option} takes a .csv file, or an .npz file with {wanted}, as {written} writes it")
    with open_regular(path) as file:
        if not zipfile.is_zipfile(file):
            raise ValueError(f"{path} is no .npz file: {expected}")
        file.seek(0)
        try:
            with np.load(file, allow_pickle=False) as arrays:
                held = arrays.files
                found = {name: arrays[name] for name in names if name in held}
        except (ValueError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
            # NumPy advises to unpickle, which would run whatever is in the file.
            raise ValueError(f"{path} can't be read as arrays of numbers: {_WRONG}") from error
    missing = [name for name in names if name not in found]
    if missing:
        holds = escaped(", ".join(held)) or "nothing"
        raise ValueError(f"{path} lacks {escaped(' and '.join(missing))}; it holds {holds}: {expected}")
    held_by = [_arrays_for(part, each) for part in parts]
    return [{name: found[name] for name in some} if len(some) > 1 else found[some[0]] for some in held_by]


def _npy_array(path: Path) -> Array:
    """Return the array of an ``.npy`` file, which stays there until it is read."""
    with open_regular(path):  # a pipe would wait
        try:
            return np.lib.format.open_memmap(path, mode="r")
        except (ValueError, EOFError) as error:
            raise ValueError(f"{path} can't be read as an array of numbers: {_WRONG}") from error


def _arrays_for(part: str, names: Mapping[str, list[str]]) -> list[str]:
    return names[part] if len(names.get(part, ())) > 1 else [part]


def _inputs(model: Model, encoding: Encoding | None, file: Path, path: Path) -> tuple[list[str], Any]:
    """Return the samples' names, and the samples that a path holds for a file's model."""
    if path.suffix.lower() == ".npz":
        (x,) = npz_arrays(path, model, "x")
    elif path.suffix.lower() == ".npy":
        x = _npy_array(path)
    elif path.suffix.lower() in (".csv", ".tsv", ".txt"):
        table = read_csv(path)
        x = _features(encoding or _of_numbers(file, table), table)
    elif encoding is not None:
        raise ValueError(
            f"{file} reads a table: give it a .csv file, or its numbers as .npz or .npy, not {path}"
        )
    else:
        return _pictures(model, path, names_of(file) is None)
    rows = np.atleast_1d(next(iter(x.values())) if isinstance(x, dict) else x)
    return [str(i) for i in range(len(rows))], x


def _pictures(model: Model, path: Path, digits: bool) -> tuple[list[str], Array]:
    """Return picture files as the model reads them; ``digits`` not of 28 x 28 in MNIST's form."""
    from numpy_ann.data.pictures import ENDINGS, img_to_array, load_img, mnist_like
    from numpy_ann.inspection.picture_inputs import picture_shape

    size = picture_shape(model)
    inside = sorted(file for file in path.rglob("*") if file.suffix.lower() in ENDINGS)
    files = inside if path.is_dir() else [path]
    if not files:
        raise FileNotFoundError(f"there are no pictures ({', '.join(ENDINGS)}) in {path}")
    found = [
        mnist_like(file)
        if digits and size == (28, 28) != load_img(file, "grayscale").size
        else img_to_array(load_img(file, "grayscale", size, "bilinear"))[..., 0]
        for file in files
    ]
    x = np.stack(found).astype(np.float32).reshape(len(found), *model.input_shape[1:])
    return [str(file) for file in files], x / highest(model)


def highest(model: Model) -> int:
    """Return what divides pictures: 1 for a network with a scaling of its own, which reads 0 to 255."""
    kinds = [type(layer) for layer in model.layers if isinstance(layer, Dense | Rescaling | Normalization)]
    return 1 if kinds and not issubclass(kinds[0], Dense) else 255

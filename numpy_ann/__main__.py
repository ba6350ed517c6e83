"""The command line: what a person with a Keras file in hand wants first.

``python -m numpy_ann summary FILE``, ``... evaluate FILE``, ``... convert IN OUT``, ``... explore FILE``;
what a person with a Keras script wants: ``... run SCRIPT``, ``... check SCRIPT``; and ``... playground``.
"""

import os
import sys
import warnings
from argparse import REMAINDER, ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from numpy_ann import __version__
from numpy_ann._typing import Array
from numpy_ann.errors import escaped
from numpy_ann.losses import Loss
from numpy_ann.models import Model, load_model, save_model
from numpy_ann.training.data.bundles import by_name
from numpy_ann.training.outputs import by_output

__all__ = ["main"]

_EXAMPLES = """\
for example:
  numpy_ann train houses.csv --target price     a network of a table, and how good it is
  numpy_ann predict houses.keras new.csv        what it says of new rows
  numpy_ann summary somebodys.keras             what is in a file
  numpy_ann evaluate somebodys.keras --data mine.npz
  numpy_ann explore mnist.keras                 a page to look into a network that reads pictures
  numpy_ann playground                          a page in which a network learns while you watch
  numpy_ann run train.py                        a Keras script, without Keras

numpy_ann COMMAND --help says what a command takes.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return the exit status: 0 done, 1 failed (a line on stderr says why), 2 wrong usage.

    It is 141, silently, where the output's reader has gone: ``... summary FILE | head -1``.

    >>> main(["summary", "nowhere.h5"])
    1
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.run is None:
        parser.print_help()
        return 0
    try:
        with warnings.catch_warnings():
            if options.run is not _run:
                warnings.showwarning = _show_warning  # type: ignore[assignment]
            if options.run is not _train and getattr(options, "output", None) is not None:
                _check_free(options)  # train says first what is wrong with the table
            status = options.run(options)
            sys.stdout.flush()  # here, where a broken pipe is still caught
    except BrokenPipeError:  # whoever read the output, such as ``head``, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes once more at its exit
        return 141  # as a shell says it: 128 + SIGPIPE
    except FileNotFoundError as error:
        where = f"there is no {error.filename}, looked for in {Path.cwd()}" if error.filename else error
        print(f"numpy_ann: {_said(where)}", file=sys.stderr)
        return 1
    except (OSError, ValueError, TypeError, ArithmeticError, ImportError, SyntaxError) as error:
        print(f"numpy_ann: {_said(error) or type(error).__name__}", file=sys.stderr)
        return 1
    return status or 0


def _summary(options: Namespace) -> None:
    model = load_model(options.file)
    model.summary()
    optimizer, configuration = model.optimizer, model.configuration
    if optimizer is None or configuration is None:
        print(" Not compiled")
        return
    print(f" Optimizer: {optimizer!r}, {optimizer.iterations} steps taken")
    outputs = by_output(configuration)
    for name, part in zip(outputs.names_of_outputs, outputs.parts, strict=True):
        of = f" of {escaped(name)}" if len(outputs.parts) > 1 else ""
        weight = f", times {part.loss_weight:g}" if part.loss_weight != 1 else ""
        print(f" Loss{of}: {_name(part.loss_argument)}{weight}")
        metrics = [*part.metrics, *part.weighted_metrics]
        print(f" Metrics{of}: {', '.join(map(_name, metrics)) or 'none'}")


def _convert(options: Namespace) -> None:
    model = load_model(options.file)
    if options.output.suffix == ".onnx":
        model.export(options.output, verbose=False)
    else:
        save_model(model, options.output)
    _say_written(options.output)


def _evaluate(options: Namespace) -> None:
    model = load_model(options.file)
    if model.configuration is None or model.configuration.loss_argument is None:
        raise ValueError(f"{options.file} has no compile configuration, so there is no loss to evaluate")
    x, y = _test_set(model, options)
    print(f"samples: {len(next(iter(x.values())) if isinstance(x, dict) else x):,}")
    for name, value in model.evaluate(x, y, verbose=0, return_dict=True).items():
        print(f"{escaped(name)}: {' '.join(f'{figure:.4f}' for figure in np.ravel(value))}")


def _explore(options: Namespace) -> None:
    from numpy_ann.inspection import to_html  # with the figures' code, which no other command needs
    from numpy_ann.inspection.picture_inputs import picture_shape
    from numpy_ann.table_commands import encoding_of

    model = load_model(options.file)
    if encoding_of(options.file) is not None:
        raise ValueError(f"{options.file} reads a table; the explorer shows networks that read pictures")
    picture_shape(model)  # before any data are asked for
    to_html(model, options.output, *_test_set(model, options))
    _say_written(options.output, "; open it in a browser")


def _train(options: Namespace) -> None:
    from numpy_ann.table_commands import train

    train(options, _check_free)


def _predict(options: Namespace) -> None:
    from numpy_ann.table_commands import write_predictions

    write_predictions(options, load_model(options.file))


def _playground(options: Namespace) -> None:
    from numpy_ann.data import mnist
    from numpy_ann.inspection import write_playground

    pictures = mnist.load_data(options.mnist)[0] if options.digits else ()
    write_playground(options.output, *(array[: options.digits] for array in pictures))
    _say_written(options.output, "; open it in a browser")


def _check_free(options: Namespace) -> None:
    if options.output.exists() and not options.force:
        raise FileExistsError(f"{options.output} already exists; --force replaces it")


def _say_written(path: Path, then: str = "") -> None:
    print(f"wrote {path}: {path.stat().st_size:,} bytes{then}")


def _run(options: Namespace) -> int:
    from numpy_ann.as_keras.run import run

    given = options.module or options.target
    if not given:
        raise ValueError("run takes a script, or -m and a module: python -m numpy_ann run train.py")
    ways = {"keras2": options.keras2, "data_parallel": options.data_parallel}
    return run(given[0], given[1:], module=options.module is not None, **ways)


def _check(options: Namespace) -> int:
    from numpy_ann.as_keras.check import check

    uses = check(options.script, keras2=options.keras2)
    missing = [use for use in uses if use.missing]
    for use in uses if options.all else missing:
        print(f"{options.script}:{use.line}: {escaped(use.name)}: {escaped(use.missing) or 'here'}")
    print(
        f"{len(uses)} uses of Keras' and TensorFlow's names, {len(missing)} of them of names that aren't here"
    )
    return int(bool(missing))


def _test_set(model: Model, options: Namespace) -> tuple[Any, Any]:
    """Return the data of ``--data``, or MNIST's test set in the form that the model was made for."""
    from numpy_ann.data import mnist
    from numpy_ann.table_commands import csv_arrays, highest, npz_arrays

    if options.data is not None:
        if options.data.suffix.lower() in (".csv", ".tsv"):
            x, y = csv_arrays(options.file, options.data, model)
        else:
            x, y = npz_arrays(options.data, model, "x", "y")
        return x, _as_the_loss_takes(model, y)
    shape = model.input_shape[1:]
    if np.prod([n or 0 for n in shape]) != 28 * 28:
        raise ValueError(
            f"the model reads {shape}, not MNIST's 28 x 28: pass your data with --data, a .csv file, or an "
            f".npz file with the arrays x, of the shape (samples, {', '.join(map(str, shape))}), and y"
        )
    _, (x, y) = mnist.load_data(options.mnist)
    return x.reshape(len(x), *(n or 0 for n in shape)) / highest(model), _as_the_loss_takes(model, y)


def _as_the_loss_takes(model: Model, y: Any) -> Any:
    """Return class numbers as a row of each, where an output has several columns and its loss takes such."""
    from numpy_ann.utils import to_categorical

    if model.configuration is None:
        return y

    def taken(y: Array, loss: Loss | None, classes: Any) -> Array:
        takes = classes == 1 or (loss is not None and loss.integer_targets)
        numbers = y.ndim > 1 or y.dtype.kind not in "iuf" or np.any(y % 1)  # no classes
        return y if takes or numbers else to_categorical(y, classes)

    if not isinstance(y, dict):
        return taken(y, model.loss, model.output_shape[-1])
    losses = [part.loss for part in model.configuration.parts]
    each = zip(y.items(), losses, by_name("y", model.output_shape, list(y)), strict=True)
    return {name: taken(target, loss, shape[-1]) for (name, target), loss, shape in each}


_COMMANDS = {
    "summary": (_summary, "print a model's layers and how it was compiled"),
    "evaluate": (_evaluate, "print a model's loss and metrics on MNIST or your data"),
    "predict": (_predict, "write a model's answers to your data, as CSV"),
    "train": (_train, "train a network on a table, say how good it is, and write it"),
    "convert": (_convert, "write a model in the other format"),
    "explore": (_explore, "write the explorer: the network as one HTML page"),
    "playground": (_playground, "write a page in which a network learns while you watch"),
    "run": (_run, "run a Keras script without Keras and TensorFlow"),
    "check": (_check, "list the Keras names that a script uses and that aren't here"),
}


def _add_arguments(commands: dict[str, ArgumentParser]) -> None:

    def add(names: str, flags: str, metavar: str, what: str, **more: Any) -> None:
        kind: dict[str, Any] = {} if {"type", "nargs"} & more.keys() else {"type": Path}
        for name in names.split():
            commands[name].add_argument(*flags.split(), metavar=metavar, help=what, **kind, **more)

    def add_switch(names: str, flag: str, what: str) -> None:
        for name in names.split():
            commands[name].add_argument(flag, action="store_true", help=what)

    for names, metavar in (("summary evaluate predict explore", "FILE"), ("convert", "IN")):
        add(names, "file", metavar, "a .keras or .h5 file of Keras 2 or 3")
    add("predict", "data", "DATA", "a .csv, .npz, .npy or picture file, or a folder of pictures")
    add("convert", "output", "OUT", ".keras for Keras 3, .h5 for Keras 2.15, .onnx")
    add("train", "table", "TABLE", "a .csv file, names of columns in its first line")
    add("train", "--target", "NAME", "the column to predict: numbers or classes", type=str, required=True)
    add("train", "--without", "NAME", "columns to leave out", nargs="+", default=[])
    add("train", "--epochs", "N", "at most (default: 300)", type=int, default=300)
    add("train", "--seed", "N", "makes a run repeatable (default: 0)", type=int, default=0)
    add("predict", "-o --output", "OUT", "a .csv file (default: print them)")
    add("train", "-o --output", "OUT", "a .keras or .h5 file (default: the table's name with .keras)")
    for name, page in (("explore", "explorer.html"), ("playground", "playground.html")):
        add(name, "-o --output", "OUT", f"the page (default: {page})", default=Path(page))
    add_switch("predict", "--probabilities", "write those of all classes")
    add_switch("predict train convert explore playground", "--force", "replace OUT if it exists")
    for name in ("evaluate", "explore"):
        data = commands[name].add_mutually_exclusive_group()
        kinds = "an .npz file with the arrays x and y, or a .csv file, the target its last column"
        data.add_argument("--data", metavar="FILE", type=Path, help=kinds)
        said = "folder with the MNIST files (default: download them once)"
        data.add_argument("--mnist", metavar="DIR", type=Path, help=said)
    add("playground", "--digits", "N", "pictures of MNIST inside (default: 2000)", type=int, default=2000)
    add("playground", "--mnist", "DIR", "folder with the MNIST files")
    add_switch("run check", "--keras2", "take the spellings of Keras 1 and 2")
    add_switch("check", "--all", "list what is here, too")
    add_switch("run", "--data-parallel", "share the training with the other processes that mpiexec started")
    # What follows is the script's own.
    add("run", "-m", "MODULE", "a module instead of a file", dest="module", nargs=REMAINDER)
    add("run", "target", "SCRIPT", "a .py or .ipynb file, and its arguments", nargs=REMAINDER)
    add("check", "script", "SCRIPT", "a .py or .ipynb file; it isn't run")


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="numpy_ann" if Path(sys.argv[0]).stem == "numpy_ann" else "python -m numpy_ann",
        description="Train networks on tables; look into Keras model files, evaluate, use and convert them.",
        epilog=_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=None)
    parser.add_argument("--version", action="version", version=f"numpy_ann {__version__}")
    parsers = parser.add_subparsers(title="commands", metavar="COMMAND")
    _add_arguments({name: parsers.add_parser(name, help=what) for name, (_, what) in _COMMANDS.items()})
    for name, (run, _) in _COMMANDS.items():
        parsers.choices[name].set_defaults(run=run)
    return parser


def _name(part: object) -> str:
    return escaped(part if isinstance(part, str) else str(getattr(part, "name", part)))


def _said(message: object) -> str:
    return escaped(" ".join(str(message).split()))


def _show_warning(message: Warning | str, *_: object) -> None:
    print(f"numpy_ann: warning: {_said(message)}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())

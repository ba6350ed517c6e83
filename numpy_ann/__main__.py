"""The command line: what a person with a Keras file in hand wants first.

``python -m numpy_ann summary FILE``, ``... evaluate FILE``, ``... convert IN OUT``, ``... explore FILE``;
what a person with a Keras script wants: ``... run SCRIPT``, ``... check SCRIPT``; and ``... playground``.
"""

import os
import sys
import warnings
import zipfile
import zlib
from argparse import REMAINDER, ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from numpy_ann import __version__
from numpy_ann._typing import Array
from numpy_ann.atomic import open_regular
from numpy_ann.errors import escaped
from numpy_ann.models import Sequential, load_model, save_model

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
            status = options.run(options)
            sys.stdout.flush()  # here, where a broken pipe is still caught
    except BrokenPipeError:  # whoever read the output, such as ``head``, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes once more at its exit
        return 141  # as a shell says it: 128 + SIGPIPE
    except (OSError, ValueError, TypeError, ArithmeticError, ImportError, SyntaxError) as error:
        print(f"numpy_ann: {_one_line(error)}", file=sys.stderr)
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
    print(f" Loss: {_name(configuration.loss_argument)}")
    metrics = [*configuration.metrics, *configuration.weighted_metrics]
    print(f" Metrics: {', '.join(map(_name, metrics)) or 'none'}")


def _convert(options: Namespace) -> None:
    _check_free(options)
    model = load_model(options.file)
    if options.output.suffix == ".onnx":
        model.export(options.output, verbose=False)
    else:
        save_model(model, options.output)
    print(f"wrote {options.output}: {options.output.stat().st_size:,} bytes")


def _evaluate(options: Namespace) -> None:
    model = load_model(options.file)
    x, y = _test_set(model, options)
    if model.configuration is None or model.configuration.loss_argument is None:
        raise ValueError(f"{options.file} has no compile configuration, so there is no loss to evaluate")
    print(f"samples: {len(y):,}")
    figures = model.evaluate(x, y, verbose=0, return_dict=True)
    assert isinstance(figures, dict)  # noqa: S101  (that is what return_dict says)
    for name, value in figures.items():
        print(f"{escaped(name)}: {value:.4f}")


def _explore(options: Namespace) -> None:
    from numpy_ann.inspection import to_html  # with the figures' code, which no other command needs
    from numpy_ann.inspection.pictures import picture_shape
    from numpy_ann.table_commands import encoding_of

    _check_free(options)
    model = load_model(options.file)
    if encoding_of(options.file) is not None:
        raise ValueError(f"{options.file} reads a table; the explorer shows networks that read pictures")
    picture_shape(model)  # before any data are asked for
    x, y = _test_set(model, options)
    to_html(model, options.output, x, y)
    print(f"wrote {options.output}: {options.output.stat().st_size:,} bytes; open it in a browser")


def _train(options: Namespace) -> None:
    from numpy_ann.table_commands import train

    options.output = options.output or options.table.with_suffix(".keras")
    _check_free(options)
    train(options)


def _predict(options: Namespace) -> None:
    from numpy_ann.table_commands import write_predictions

    if options.output is not None:
        _check_free(options)
    write_predictions(options, load_model(options.file))


def _playground(options: Namespace) -> None:
    from numpy_ann.data import mnist
    from numpy_ann.inspection import write_playground

    _check_free(options)
    if options.digits:
        (x, y), _ = mnist.load_data(options.mnist)
        write_playground(options.output, x[: options.digits], y[: options.digits])
    else:
        write_playground(options.output)
    print(f"wrote {options.output}: {options.output.stat().st_size:,} bytes; open it in a browser")


def _check_free(options: Namespace) -> None:
    if options.output.exists() and not options.force:
        raise FileExistsError(f"{options.output} already exists; --force replaces it")


def _run(options: Namespace) -> int:
    """Run a Keras script, a module or a notebook."""
    from numpy_ann.as_keras.run import run

    given = options.module or options.target
    if not given:
        raise ValueError("run takes a script, or -m and a module: python -m numpy_ann run train.py")
    ways = {"keras2": options.keras2, "data_parallel": options.data_parallel}
    return run(given[0], given[1:], module=options.module is not None, **ways)


def _check(options: Namespace) -> int:
    """Print the names of Keras' that a script uses; 1 if any isn't here."""
    from numpy_ann.as_keras.check import check

    uses = check(options.script)
    for use in uses:
        print(f"{options.script}:{use.line}: {escaped(use.name)}: {escaped(use.missing) or 'here'}")
    missing = sum(bool(use.missing) for use in uses)
    print(f"{len(uses)} uses of Keras' and TensorFlow's names, {missing} of them of names that aren't here")
    return int(missing > 0)


def _test_set(model: Sequential, options: Namespace) -> tuple[Array, Array]:
    if options.data is None:
        return _mnist_for(model, options.mnist)
    if options.data.suffix.lower() in (".csv", ".tsv"):
        from numpy_ann.table_commands import csv_arrays

        return csv_arrays(options.file, options.data)
    return _arrays(options.data)


def _mnist_for(model: Sequential, folder: Path | None) -> tuple[Array, Array]:
    """Return MNIST's test set in the form that the model was made for."""
    from numpy_ann.data import mnist
    from numpy_ann.utils import to_categorical

    shape = model.input_shape[1:]
    if np.prod([n or 0 for n in shape]) != 28 * 28:
        raise ValueError(
            f"the model reads {shape}, not MNIST's 28 x 28: pass your data with --data, an .npz or .csv file"
        )
    _, (x, y) = mnist.load_data(folder)
    sparse = model.loss is not None and model.loss.integer_targets
    scaled = x.reshape(len(x), *(n or 0 for n in shape)) / 255.0
    return scaled, y if sparse else to_categorical(y, model.output_shape[-1])


def _arrays(path: Path) -> tuple[Array, Array]:
    """Return ``x`` and ``y`` of an ``.npz`` file; objects in it are not unpickled."""
    wanted = "a .csv file, or an .npz file with the arrays x and y, as np.savez(path, x=x, y=y) writes it"
    expected = f"--data takes {wanted}"
    with open_regular(path) as file:
        if not zipfile.is_zipfile(file):
            raise ValueError(f"{path} is no .npz file: {expected}")
        file.seek(0)
        try:
            with np.load(file, allow_pickle=False) as arrays:
                names = arrays.files
                found = {name: arrays[name] for name in ("x", "y") if name in names}
        except (ValueError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
            # NumPy advises to unpickle, which would run whatever is in the file.
            raise ValueError(
                f"{path} can't be read as arrays of numbers: it is damaged, or holds Python objects"
            ) from error
    missing = [name for name in ("x", "y") if name not in found]
    if missing:
        held = ", ".join(names) or "nothing"
        raise ValueError(f"{path} lacks {' and '.join(missing)}; it holds {held}: {expected}")
    return found["x"], found["y"]


def _parser() -> ArgumentParser:
    started = Path(sys.argv[0]).stem
    parser = ArgumentParser(
        prog="numpy_ann" if started == "numpy_ann" else "python -m numpy_ann",
        description="Train networks on tables; look into Keras model files, evaluate, use and convert them.",
        epilog=_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=None)
    parser.add_argument("--version", action="version", version=f"numpy_ann {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def command(
        name: str, run: Callable[..., int | None], what: str, metavar: str = "FILE"
    ) -> ArgumentParser:
        """Add a command whose first argument is a model's file."""
        added = commands.add_parser(name, help=what)
        added.add_argument("file", metavar=metavar, type=Path, help="a .keras or .h5 file of Keras 2 or 3")
        added.set_defaults(run=run)
        return added

    command("summary", _summary, "print a model's layers and how it was compiled")
    _add_data(command("evaluate", _evaluate, "print a model's loss and metrics on MNIST or your data"))
    predict = command("predict", _predict, "write a model's answers to your data, as CSV")
    predict.add_argument(
        "data", metavar="DATA", type=Path, help="a .csv, .npz or picture file, or a folder of pictures"
    )
    predict.add_argument("-o", "--output", metavar="OUT", type=Path, help="a .csv file (default: print them)")
    predict.add_argument("--force", action="store_true", help="replace OUT if it exists")
    train = commands.add_parser("train", help="train a network on a table, say how good it is, and write it")
    train.add_argument(
        "table", metavar="TABLE", type=Path, help="a .csv file, names of columns in its first line"
    )
    train.add_argument(
        "--target", metavar="NAME", required=True, help="the column to predict: numbers or classes"
    )
    train.add_argument("--without", metavar="NAME", nargs="+", default=[], help="columns to leave out")
    train.add_argument("--epochs", metavar="N", type=int, default=300, help="at most (default: 300)")
    train.add_argument("--seed", metavar="N", type=int, default=0, help="makes a run repeatable (default: 0)")
    said = "a .keras or .h5 file (default: the table's name with .keras)"
    train.add_argument("-o", "--output", metavar="OUT", type=Path, help=said)
    train.add_argument("--force", action="store_true", help="replace OUT if it exists")
    train.set_defaults(run=_train)
    convert = command("convert", _convert, "write a model in the other format", "IN")
    formats = ".keras for Keras 3, .h5 for Keras 2.15, .onnx"
    convert.add_argument("output", metavar="OUT", type=Path, help=formats)
    convert.add_argument("--force", action="store_true", help="replace OUT if it exists")
    explore = command("explore", _explore, "write the explorer: the network as one HTML page")
    _add_page(explore, "explorer.html")
    _add_data(explore)
    playground = commands.add_parser(
        "playground", help="write a page in which a network learns while you watch"
    )
    _add_page(playground, "playground.html")
    playground.add_argument(
        "--digits", metavar="N", type=int, default=2000, help="pictures of MNIST inside (default: 2000)"
    )
    playground.add_argument("--mnist", metavar="DIR", type=Path, help="folder with the MNIST files")
    playground.set_defaults(run=_playground)

    run = commands.add_parser("run", help="run a Keras script without Keras and TensorFlow")
    run.add_argument("--keras2", action="store_true", help="take the spellings of Keras 1 and 2")
    shared = "share the training with the other processes that mpiexec started"
    run.add_argument("--data-parallel", action="store_true", help=shared)
    rest = REMAINDER  # what follows is the script's own
    run.add_argument("-m", dest="module", metavar="MODULE", nargs=rest, help="a module instead of a file")
    run.add_argument("target", metavar="SCRIPT", nargs=rest, help="a .py or .ipynb file, and its arguments")
    run.set_defaults(run=_run)

    check = commands.add_parser("check", help="list the Keras names that a script uses, and which are here")
    check.add_argument("script", metavar="SCRIPT", type=Path, help="a .py or .ipynb file; it isn't run")
    check.set_defaults(run=_check)
    return parser


def _add_page(command: ArgumentParser, page: str) -> None:
    said = f"the page (default: {page})"
    command.add_argument("-o", "--output", metavar="OUT", type=Path, default=Path(page), help=said)
    command.add_argument("--force", action="store_true", help="replace OUT if it exists")


def _add_data(command: ArgumentParser) -> None:
    data = command.add_mutually_exclusive_group()
    kinds = "an .npz file with the arrays x and y, or a .csv file, the target its last column"
    data.add_argument("--data", metavar="FILE", type=Path, help=kinds)
    data.add_argument(
        "--mnist", metavar="DIR", type=Path, help="folder with the MNIST files (default: download them once)"
    )


def _name(part: object) -> str:
    return escaped(part if isinstance(part, str) else str(getattr(part, "name", part)))


def _one_line(error: Exception) -> str:
    return escaped(" ".join(str(error).split())) or type(error).__name__


def _show_warning(message: Warning | str, *_: object) -> None:
    print(f"numpy_ann: warning: {escaped(' '.join(str(message).split()))}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())

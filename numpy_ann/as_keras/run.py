"""Running a script, a module or a notebook as Python would, with Keras' names answered by this package."""

import ast
import json
import linecache
import os
import secrets
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, redirect_stdout
from importlib import import_module
from importlib.util import decode_source, find_spec
from pathlib import Path
from types import CodeType, ModuleType

from numpy_ann.as_keras.importer import installed
from numpy_ann.atomic import open_regular
from numpy_ann.communicator import ALONE, Communicator

__all__ = ["cells_of", "run"]


def run(
    target: str | os.PathLike[str], arguments: Sequence[str] = (), *, module: bool = False,
    keras2: bool = False, data_parallel: bool = False,
) -> int:  # fmt: skip
    """Run a script to its end and return its exit status.

    It finds ``sys.argv``, ``__name__ == "__main__"``, ``__file__`` and its own folder first on ``sys.path``,
    as ``python script.py`` would have them; all are as before afterwards. What it raises is printed from the
    script's own lines on. Raises ``OSError`` if there is no such file.

    ``target`` is a ``.py`` file, a notebook (``.ipynb``), whose code cells run one after another, or with
    ``module`` a module's name, as for ``python -m``; ``arguments`` follow in ``sys.argv``. With ``keras2``,
    it takes the spellings of Keras 1 and 2 that Keras 3 refuses (``nb_epoch``, ``lr``, ``keras.layers.core``,
    ``predict_classes``), with the meaning that they had. With ``data_parallel``, what it trains is shared
    with the other processes that ``mpiexec`` started: all begin NumPy's and Python's random numbers with the
    same seed, and the first one alone prints.
    """
    path = _module(str(target)) if module else Path(target)
    cells, status = cells_of(path), 0
    with ExitStack() as places:
        main = places.enter_context(_as_main(path, arguments, module))
        places.enter_context(installed())
        if keras2:
            from numpy_ann.as_keras.keras2 import old_spellings

            places.enter_context(old_spellings())
        processes = places.enter_context(_shared()) if data_parallel else ALONE
        try:
            for number, text in enumerate(cells, 1):
                name = str(path) if path.suffix == ".py" or len(cells) == 1 else f"{path}, cell {number}"
                exec(_compiled(text, name, path.suffix == ".ipynb"), vars(main))  # noqa: S102  (that is running it)
        except SystemExit as stop:
            if isinstance(stop.code, int | None):
                status = stop.code or 0
            else:
                print(stop.code, file=sys.stderr)
                status = 1
        except BrokenPipeError:
            raise
        except BaseException as error:  # as Python does: whatever it is, it is shown and ends the script
            _show(error)
            status = 130 if isinstance(error, KeyboardInterrupt) else 1
        if status:
            processes.abort(status)
    return status


def cells_of(path: Path) -> list[str]:
    """Return the text of a script, or those of a notebook's code cells."""
    with open_regular(path) as file:
        content = file.read()
    if path.suffix != ".ipynb":
        try:
            text = decode_source(content)
            if "\0" in text:
                raise ValueError("there are zero bytes in it")
        except (SyntaxError, ValueError) as error:
            raise SyntaxError(f"{path} is no Python script or notebook: {error}") from error
        return [text]
    try:
        cells = json.loads(content)["cells"]
        return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path} is no notebook of format 4 with cells: {error}") from error


def _compiled(text: str, name: str, cell: bool) -> CodeType:
    """Return the code; tracebacks find its lines, of a cell as of a file."""
    if not cell:
        return compile(text, name, "exec")
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    return compile(_shown_last(_without_magics(text), name), name, "exec")


def _without_magics(text: str) -> str:
    """Return a cell's code without what only a notebook understands: ``%matplotlib inline``, ``!pip ...``."""
    lines = text.splitlines()
    if lines and lines[0].startswith("%%") and not lines[0].startswith(("%%time", "%%capture")):
        return ""
    kept = []
    for line in lines:
        bare = line.lstrip()
        if bare.startswith(("%", "!")):
            line = f"{line[: len(line) - len(bare)]}pass"
            if not bare.startswith("%%"):
                print(f"numpy_ann: passed over: {bare}", file=sys.stderr)
        kept.append(line)
    return "\n".join(kept)


def _shown_last(text: str, name: str) -> ast.Module:
    """Return a cell's code, which prints its last line where that is an expression, as notebooks do."""
    tree = ast.parse(text, name)
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr) and not text.rstrip().endswith(";"):
        last.value = ast.Call(ast.Name("__displayhook__", ast.Load()), [last.value], [])
        ast.fix_missing_locations(tree)
    return tree


def _module(name: str) -> Path:
    """Return the file of a module, of a package its ``__main__``."""
    sys.path.insert(0, os.getcwd())
    try:
        spec = find_spec(name)
        if spec is not None and spec.submodule_search_locations:
            spec = find_spec(f"{name}.__main__")
    except ModuleNotFoundError:
        spec = None
    finally:
        sys.path.remove(os.getcwd())
    if spec is None or not spec.origin or not spec.origin.endswith(".py"):
        raise ImportError(f"There is no module {name} to run.")
    return Path(spec.origin)


@contextmanager
def _as_main(path: Path, arguments: Sequence[str], module: bool) -> Iterator[ModuleType]:
    """Put a new ``__main__`` in place, with ``sys.argv`` and ``sys.path`` as a script expects them."""
    main = ModuleType("__main__")
    main.__file__ = str(path)
    main.__dict__["__displayhook__"] = sys.displayhook
    if path.suffix == ".ipynb":  # IPython's shell, for a notebook that asks for it
        shell = "IPython.core.interactiveshell"
        main.__dict__["get_ipython"] = lambda: import_module(shell).InteractiveShell.instance(
            user_module=main
        )
    before = sys.modules["__main__"], sys.argv, sys.path[:]
    sys.modules["__main__"], sys.argv = main, [str(path), *arguments]
    sys.path.insert(0, os.getcwd() if module else str(path.resolve().parent))
    try:
        yield main
    finally:
        sys.modules["__main__"], sys.argv, sys.path[:] = before


@contextmanager
def _shared() -> Iterator[Communicator]:
    """Train with the other processes that ``mpiexec`` started; all end with one."""
    from numpy_ann.distribution import DataParallel, initialize
    from numpy_ann.distribution.processes import all_processes
    from numpy_ann.utils import set_random_seed

    initialize()
    processes = all_processes()
    set_random_seed(processes.first(secrets.randbits(32)))
    with (
        DataParallel().scope(),
        open(os.devnull, "w") as silence,
        redirect_stdout(silence) if processes.rank else nullcontext(),
    ):
        yield processes


def _show(error: BaseException) -> None:
    """Print a traceback that begins in the script: how it was called is of no interest."""
    shown = traceback.TracebackException.from_exception(error)
    links: traceback.TracebackException | None = shown
    while links is not None:
        inner = [frame for frame in links.stack if Path(frame.filename).parent != Path(__file__).parent]
        links.stack = traceback.StackSummary.from_list(inner)
        links = links.__cause__ or links.__context__
    print("".join(shown.format()), end="", file=sys.stderr)

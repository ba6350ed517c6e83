"""Count what one reads to follow the tutorial's model: the named functions entered, and their files.

python benchmarks/reading_path.py [--list]

Once from ``fit`` to the first matrix product, once by loading a ``.keras`` file. Counted is each function and
method of numpy_ann by its file and its qualified name, once; lambdas, comprehensions and what runs while
modules are imported don't count. Each measure is taken in a process of its own, where nothing has run before.
"""

# ruff: noqa: E402  (the path comes first, for it decides which numpy_ann is imported)

import argparse
import inspect
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType
from typing import Any

import numpy as np

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # this checkout

import numpy_ann
from numpy_ann.layers import Dense, Dropout, Flatten, Input
from numpy_ann.models import Sequential, load_model

PACKAGE = Path(numpy_ann.__file__).parent

GOALS = {"fit": (70, 22), "load": (120, 30)}
"""Functions and files, at most."""


class Enough(Exception):  # noqa: N818  (nothing is wrong)
    """What was to be seen has been seen."""


def functions_entered(run: Callable[[], Any]) -> set[tuple[str, str]]:
    """Return the file and the qualified name of each function of numpy_ann that ``run`` enters."""
    codes: set[CodeType] = set()

    def look(frame: Any, event: str, _: Any) -> None:
        if event == "call":
            codes.add(frame.f_code)

    sys.setprofile(look)
    try:
        run()
    except Enough:
        pass
    finally:
        sys.setprofile(None)
    return {
        (Path(code.co_filename).relative_to(PACKAGE).as_posix(), code.co_qualname)
        for code in codes
        # A class's body, as a module's, isn't optimized; "<lambda>" and "<listcomp>" are no names.
        if code.co_flags & inspect.CO_OPTIMIZED
        and not code.co_name.startswith("<")
        and PACKAGE in Path(code.co_filename).parents
    }


def tutorial_model() -> Sequential:
    """Return the tutorial's model, compiled."""
    model = Sequential(
        [
            Input(shape=(28, 28)),
            Flatten(),
            Dense(128, activation="relu"),
            Dropout(0.3),
            Dense(64, activation="relu"),
            Dropout(0.3),
            Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model: Sequential) -> None:
    """Train for an epoch on images of noise."""
    x = np.random.default_rng(0).random((200, 28, 28), dtype=np.float32)
    model.fit(x, np.eye(10, dtype=np.float32)[np.arange(200) % 10], batch_size=128, verbose=0)


def entered_by_fit(_: str) -> set[tuple[str, str]]:
    """Return what ``fit`` enters up to the first matrix product."""
    model, product = tutorial_model(), np.matmul

    def stop(*arguments: Any, **options: Any) -> Any:
        sys.setprofile(None)  # what is tidied up on the way out comes after the product
        raise Enough

    setattr(np, "matmul", stop)  # noqa: B010  (a type checker may know better what stands there)
    try:
        return functions_entered(lambda: train(model))
    finally:
        setattr(np, "matmul", product)  # noqa: B010


def entered_by_loading(path: str) -> set[tuple[str, str]]:
    """Return what ``load_model`` enters."""
    return functions_entered(lambda: load_model(path))


def measured() -> dict[str, set[tuple[str, str]]]:
    """Return both measures."""
    with TemporaryDirectory() as folder:
        path = f"{folder}/model.keras"
        model = tutorial_model()
        train(model)
        model.save(path)
        entered = {}
        for what, measure in (("fit", entered_by_fit), ("load", entered_by_loading)):
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                entered[what] = pool.submit(measure, path).result()
    return entered


def main() -> None:
    """Print both counts beside their goals."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--list", action="store_true", help="name the functions too, file by file")
    options = parser.parse_args()
    for what, entered in measured().items():
        files = sorted({file for file, _ in entered})
        title = {"fit": "from fit to the first product", "load": "loading a .keras file"}[what]
        functions, most = GOALS[what]
        print(f"{title}: {len(entered)} functions in {len(files)} files (goal: {functions} in {most})")
        for file in files if options.list else ():
            print(f"  {file}: {', '.join(sorted(name for other, name in entered if other == file))}")


if __name__ == "__main__":
    main()

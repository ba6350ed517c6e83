"""The pages that nobody writes: the reference of every public name, the lessons, the tutorial, contributing.

A name joins the reference by standing in ``__all__``; the file that defines it says under which
heading. A file without a heading is an error, so nothing is left out.
"""

import ast
import importlib
import inspect
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from types import GenericAlias
from typing import Any

from numpy_ann.__main__ import main

ROOT = Path(__file__).parents[1]

# Each module's title and, as Keras groups them, headings with the files behind them; "" is all of the rest.
MODULES: dict[str, tuple[str, dict[str, str]]] = {
    "models": ("Models", {"": ""}),
    "layers": (
        "Layers",
        {
            "Core": "dense embedding input traced",
            "Base class": "layer",
            "Activation layers": "activation",
            "Normalization": "batch_normalization layer_normalization",
            "Regularization": "dropout noise",
            "Merging": "merging",
            "Reshaping": "reshape",
            "Pooling": "pooling",
            "Preprocessing": "normalization categories vocabulary",
        },
    ),
    "activations": ("Activations", {"": ""}),
    "losses": (
        "Losses",
        {
            "Probabilities, classes and directions": "binary categorical",
            "Regression and hinge, output by output": "elementwise",
            "Overlap": "overlap",
            "From logits": "logits",
            "Base classes": "loss functions",
            "Functions": "",
        },
    ),
    "optimizers": ("Optimizers", {"": ""}),
    "optimizers.schedules": ("Learning rate schedules", {"": ""}),
    "metrics": (
        "Metrics",
        {
            "Accuracy": "accuracy",
            "Means, also of losses": "mean_metric",
            "Correlation": "correlation",
            "Of yes and no": "auc binary_counts",
            "F-score and intersection over union": "class_overlap",
            "Base class": "metric",
            "scikit-learn's functions": "classification correctness curves precision_recall",
            "Names and errors": "lookup inputs",
            "The losses as functions": "",
        },
    ),
    "callbacks": ("Callbacks", {"": ""}),
    "initializers": ("Initializers", {"": ""}),
    "regularizers": ("Regularizers", {"": ""}),
    "constraints": ("Constraints", {"": ""}),
    "ops": (
        "Operations",
        {
            "The tape": "gradient_tape tape",
            "Arithmetic": "arithmetic",
            "Reductions": "reductions",
            "Shapes": "shapes",
            "Products": "products",
            "Neural": "neural",
            "Random": "random",
            "Others": "",
        },
    ),
    "data": ("Data sets", {"": ""}),
    "inspection": ("Inspection", {"": ""}),
    "plots": ("Figures", {"": ""}),
    "utils": ("Utilities", {"": ""}),
    "wrappers": ("Estimators for scikit-learn", {"": ""}),
    "as_keras": ("Keras scripts", {"": ""}),
    "saving": ("Files", {"": ""}),
    "threads": ("Threads", {"": ""}),
    "distribution": ("Many processes", {"": ""}),
    "errors": ("Errors", {"": ""}),
    "": ("Everything else", {"": ""}),
}
# Each op is made by the tape; the file that names it first, in this order, is where it stands.
OPS = {
    file: vars(importlib.import_module(f"numpy_ann.ops.{file}"))
    for file in ("arithmetic", "reductions", "shapes", "products", "neural", "random")
}
# Public names that stand in no ``__all__``, as they are loaded when first asked for.
LATER = {"layers": ("Lambda",)}
# What public docstrings lead to, as "see ``models.loading.save_weights``".
SEEN = {
    "models": ("summary.summarize", "loading.save_weights", "loading.load_weights"),
    "layers": ("layer_normalization.ScaleAndCenter",),
}
# Models and estimators are shown with what they inherit, but for what layers, training and files ask of them.
INTERNAL = """by_call by_own_steps build_for claim_parameters configuration epochs_trained metric_named
    require_layers_alone resume_at stop_evaluating stop_predicting tensors training_step unfold workings"""
# Public modules inside a module: data.mnist.load_data.
INSIDE = {"data": ("mnist", "fashion_mnist", "imdb", "reuters", "boston_housing", "california_housing", "toy",
                   "pictures")}  # fmt: skip


def write(target: Path) -> None:
    """Write all pages below ``target``, the folder of the site's sources."""
    pages = {"contributing.md": "CONTRIBUTING.md", "changelog.md": "CHANGELOG.md"}
    copied = {page: (ROOT / name).read_text("utf-8") for page, name in pages.items()}
    for name, text in {**reference(), **lessons(), **copied}.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text("utf-8") != text:  # sphinx reads again what is newer
            path.write_text(text, "utf-8")
    for folder, files in {
        "lessons": "figures/lessons/*.png",
        "": "mnist_ann.ipynb",
        "_static": "figures/*.*",
    }.items():
        (target / folder).mkdir(exist_ok=True)
        for file in (ROOT / "examples").glob(files):
            shutil.copy2(file, target / folder / file.name)
    playground = ["playground", "--force", "-o", str(target / "_static" / "playground.html")]
    if main(playground) and main([*playground, "--digits", "0"]):  # without MNIST it has no digits
        raise RuntimeError("The playground can't be written; the line above says why.")


def reference() -> dict[str, str]:
    """Return the pages of the reference by name."""
    pages = {}
    for module, (title, _) in MODULES.items():
        name = f"numpy_ann.{module}".rstrip(".")
        lines = [*heading(f"{title}: {name}", "="), f".. module:: {name}", ""]
        lines += (
            (inspect.getdoc(importlib.import_module(name)) or "").partition("Examples\n---")[0].splitlines()
        )
        for under, names in grouped(module).items():
            lines += ["", *(heading(under, "-") if under else ())]
            for each in names:
                lines += documented(*each)
        for path in SEEN.get(module, ()):
            file, _, what = path.rpartition(".")
            thing = getattr(importlib.import_module(f"{name}.{file}"), what)
            lines += documented(f"{module}.{file}", what, thing)
        pages[f"reference/{module or 'numpy_ann'}.rst"] = "\n".join(lines) + "\n"
    listed = "\n".join(f"   {module or 'numpy_ann'}" for module in MODULES)
    intro = (ROOT / "docs" / "reference.txt").read_text("utf-8")
    pages["reference/index.rst"] = f"{intro}\n.. toctree::\n   :maxdepth: 2\n\n{listed}\n"
    return pages


def heading(text: str, line: str) -> list[str]:
    """Return the lines of a heading in reStructuredText."""
    return [text, line * len(text), ""]


def public(module: str) -> Iterator[tuple[str, str, Any]]:
    """Yield module, name and thing of each public name, those of the public modules inside among them."""
    imported = importlib.import_module(f"numpy_ann.{module}".rstrip("."))
    for name in sorted({*imported.__all__, *LATER.get(module, ())}, key=str.lower):
        thing = getattr(imported, name)
        if not inspect.ismodule(thing) and name != "__version__":
            yield module, name, thing
    for inner in INSIDE.get(module, ()):
        yield from public(f"{module}.{inner}")


def grouped(module: str) -> dict[str, list[tuple[str, str, Any]]]:
    """Return a module's public names under their headings."""
    headings = MODULES[module][1]
    of_file = {file: under for under, files in headings.items() for file in files.split()}
    rest = next((under for under, files in headings.items() if not files), None)
    groups: dict[str, list[tuple[str, str, Any]]] = {under: [] for under in headings}
    for where, name, thing in public(module):
        inner = inspect.unwrap(thing) if callable(thing) else thing
        file = getattr(inner, "__module__", "").rpartition(".")[2]
        if module == "ops":
            ops = (f for f, names in OPS.items() if any(thing is each for each in names.values()))
            file = next(ops, file)
        under = of_file.get(file, rest)
        if under is None:
            raise ValueError(f"docs/generated.py has no heading for {where}.{name}, of the file {file}.py.")
        groups[under].append((where, name, thing))
    return {under: names for under, names in groups.items() if names}


def documented(module: str, name: str, thing: Any) -> list[str]:
    """Return the lines that show one name."""
    path = f"numpy_ann.{module}.{name}" if module else f"numpy_ann.{name}"
    if not module and hasattr(importlib.import_module("numpy_ann.models"), name):
        return ["", f"``{path}`` is :obj:`numpy_ann.models.{name}`.", ""]
    if isinstance(thing, GenericAlias):
        return ["", f".. py:data:: {path}", "", f"   ``{thing}``, a type.", ""]
    if inspect.isclass(thing):
        inherited = [
            "   :inherited-members:",
            f"   :exclude-members: {', '.join(INTERNAL.split())}",
        ]
        whole = inherited if name in ("Model", "Sequential") or module == "wrappers" else []
        return ["", f".. autoclass:: {path}", "   :members:", *whole, ""]
    kind = "function" if callable(thing) else "data"
    return ["", f".. auto{kind}:: {path}", ""]


def lessons() -> dict[str, str]:
    """Return a page for each lesson: what its docstring says, its picture, its source, and what it prints."""
    folder = ROOT / "examples" / "lessons"
    listed = re.findall(r"\[(.*)\]\((\d\d_\w+)\.py\): (.*)", (folder / "README.md").read_text("utf-8"))
    pages = {}
    for title, stem, summary in listed:
        code = ast.parse((folder / f"{stem}.py").read_text("utf-8"))
        said, begin = ast.get_docstring(code) or "", code.body[1].lineno
        pages[f"lessons/{stem}.md"] = (
            f"# {int(stem[:2])}. {title}\n\n{said.partition(chr(10))[2].strip()}\n\n"
            f"In a clone: `python examples/lessons/{stem}.py`. Elsewhere, put these two in one folder: "
            f"{{download}}`{stem}.py <../../examples/lessons/{stem}.py>` and "
            "{download}`lesson.py <../../examples/lessons/lesson.py>`, which has `start` and `save`.\n\n"
            f"![{summary}]({stem}.png)\n\n"
            f"```{{literalinclude}} ../../examples/lessons/{stem}.py\n"
            f":language: python\n:lines: {begin}-\n```\n{printed(folder / f'{stem}.py')}"
        )
    intro = (folder / "README.md").read_text("utf-8").partition("\n1. ")[0]
    rows = "\n".join(f"{int(stem[:2])}. [{title}]({stem}.md): {summary}" for title, stem, summary in listed)
    toc = "\n".join(stem for _, stem, _ in listed)
    pages["lessons/index.md"] = f"{intro}\n\n{rows}\n\n```{{toctree}}\n:hidden:\n\n{toc}\n```\n"
    return pages


def printed(lesson: Path) -> str:
    """Return what a lesson prints, for its page; nothing if it doesn't run, as where MNIST can't be had."""
    with TemporaryDirectory() as folder:
        ran = subprocess.run(  # noqa: S603
            [sys.executable, str(lesson), "--output", folder],
            capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "Agg"},
        )  # fmt: skip
    lines = [line for line in ran.stdout.splitlines() if folder not in line]
    return "" if ran.returncode else "\nIt prints:\n\n```text\n" + "\n".join(lines).strip() + "\n```\n"

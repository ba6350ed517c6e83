"""The reference shows docstrings as they are meant: what follows the parameters is no parameter."""

import importlib.util
import inspect
import re
from pathlib import Path

from numpy_ann.models import Sequential

DOCS = Path(__file__).parents[1] / "docs"


def module_of(name):
    spec = importlib.util.spec_from_file_location(f"docs_{name}", DOCS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def parameters_of(lines):
    """Yield what numpydoc takes for names of parameters: the lines at the margin of the section."""
    inside = False
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if below and not below.strip("-"):
            inside = line == "Parameters"
        elif inside and line and line[0] != " " and line.strip("-"):
            yield line


def test_only_names_stand_among_the_parameters(monkeypatch):
    monkeypatch.syspath_prepend(DOCS)
    headed, generated = module_of("conf").headed, module_of("generated")
    found = 0
    for module in generated.MODULES:
        for _, name, thing in generated.public(module):
            members = [thing, *vars(thing).values()] if inspect.isclass(thing) else [thing]
            for text in filter(None, map(inspect.getdoc, filter(callable, members))):
                lines = text.splitlines()
                headed(None, "", name, thing, None, lines)
                for line in parameters_of(lines):
                    found += 1
                    names = line.split(" : ")[0].replace("\\*", "*").split(",")
                    assert all(part.strip().lstrip("*").isidentifier() for part in names), f"{name}: {line}"
    assert found > 500


def test_models_are_shown_with_what_they_inherit_and_what_is_seen_is_shown(monkeypatch):
    monkeypatch.syspath_prepend(DOCS)
    generated = module_of("generated")
    directive = "\n".join(generated.documented("models", "Sequential", Sequential))
    assert ":inherited-members:" in directive
    left_out = set(generated.INTERNAL.split())
    assert left_out <= set(dir(Sequential))
    assert not left_out & {"compile", "fit", "evaluate", "predict", "train_on_batch", "save", "layers"}
    shown = {f"{module}.{path}" for module, paths in generated.SEEN.items() for path in paths}
    things = [each for module in generated.MODULES for each in generated.public(module)]
    for module, name, _ in things:
        shown |= {name, f"{module}.{name}", f"numpy_ann.{module}.{name}"}
    last = {path.rpartition(".")[2] for path in shown}
    for _, name, thing in things:
        members = [getattr(thing, each) for each in dir(thing)] if name == "Sequential" else []
        for text in filter(None, map(inspect.getdoc, [thing, *members])):
            for seen in re.findall(r"[Ss]ee ``((?:\w+\.)*[A-Z]\w+|\w+\.[\w.]+)``", text):
                assert seen in shown or seen in last, f"{name}: see {seen}"

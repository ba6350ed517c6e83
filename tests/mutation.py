"""Change operators at random, one at a time, and see whether the tests notice.

::

    python -m tests.mutation --count 40 --seed 1

Each mutant is a copy of the package with one operator, constant or slice changed. The tests that fit the
changed file run first, then those of all rooms, until one fails. Survivors are printed with their place; with
``--only numpy_ann/layers/dense.py:57`` a line is looked at again. The exit status is the number of survivors.
"""

import argparse
import ast
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

__all__ = ["Mutant", "main", "mutants", "mutated"]

ROOT = Path(__file__).parents[1]
NAMED = 8  # how many test files that use most of what a file defines run before those of its room
DEFINITIONS = ast.ClassDef | ast.FunctionDef
# Each comparison becomes its neighbour, which differs at one point alone.
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}


@dataclass(frozen=True)
class Mutant:
    """One change: which node of which file, and what is done to it."""

    file: str
    node: int
    change: int
    line: int
    before: str
    after: str
    place: str = ""  # the function or class, and which of several like it there

    def __str__(self) -> str:
        return f"{self.file}:{self.line}  {self.before}  ->  {self.after}"


def changes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what a node may become, each with one thing changed."""
    if isinstance(node, ast.Compare):
        for i, operator in enumerate(node.ops):
            operators = [*node.ops[:i], COMPARISONS[type(operator)](), *node.ops[i + 1 :]]
            yield ast.Compare(node.left, operators, node.comparators)
    elif isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
        yield ast.BinOp(node.left, ARITHMETIC[type(node.op)](), node.right)
    elif isinstance(node, ast.AugAssign) and type(node.op) in ARITHMETIC:
        yield ast.AugAssign(node.target, ARITHMETIC[type(node.op)](), node.value)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.And() if isinstance(node.op, ast.Or) else ast.Or(), node.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.Constant) and type(node.value) is bool:
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        yield ast.Constant(node.value + 1)
    elif isinstance(node, ast.Slice):
        for name in ("lower", "upper"):
            if getattr(node, name) is not None:
                yield ast.Slice(**{**dict(ast.iter_fields(node)), name: None})


def left_alone(tree: ast.AST) -> set[ast.AST]:
    """Return the nodes that a mutant doesn't touch: annotations, and what runs for type checkers alone."""
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        typed = [getattr(node, "annotation", None), getattr(node, "returns", None)]
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            typed.append(node)
        # A number with a unit, a tolerance or a size that nobody promises stands in a message or a bound.
        if isinstance(node, ast.JoinedStr):
            typed.append(node)
        # zip's strict=True asserts what can't be otherwise, as an assert statement would.
        if isinstance(node, ast.keyword) and node.arg == "strict":
            typed.append(node)
        for part in filter(None, typed):
            found |= set(ast.walk(part))
    return found


def mutants(file: str, source: str) -> list[Mutant]:
    """Return all changes that can be made to a file.

    Examples
    --------
    >>> for mutant in mutants("f.py", "y = a[1:] if x <= 1 else not x"):
    ...     print(mutant)
    f.py:1  x <= 1  ->  x < 1
    f.py:1  not x  ->  x
    f.py:1  1  ->  2
    f.py:1  1:  ->  :
    f.py:1  1  ->  2
    """
    tree = ast.parse(source)
    alone, found, seen = left_alone(tree), [], Counter[tuple[str, ...]]()
    owner = {
        part: one.name for one in ast.walk(tree) if isinstance(one, DEFINITIONS) for part in ast.walk(one)
    }
    for number, node in enumerate(ast.walk(tree)):
        if node in alone:
            continue
        for which, other in enumerate(changes(node)):
            line = getattr(node, "lineno", None) or getattr(getattr(node, "lower", None), "lineno", 0)
            change = (owner.get(node, ""), _text(node), _text(other))
            seen[change] += 1
            found.append(Mutant(file, number, which, line, *change[1:], f"{change[0]} {seen[change]}"))
    return found


def _lot(seed: int, mutant: Mutant) -> bytes:
    """Return by what mutants are drawn: the same ones again, where nothing but other lines changed."""
    drawn = f"{seed} {mutant.file} {mutant.place} {mutant.before} {mutant.after}"
    return hashlib.sha256(drawn.encode()).digest()


def _text(node: ast.AST) -> str:
    return " ".join(ast.unparse(ast.fix_missing_locations(node)).split())


def mutated(mutant: Mutant, source: str) -> str:
    """Return the source with the change made.

    Examples
    --------
    >>> source = "y = a + b"
    >>> mutated(mutants("f.py", source)[0], source)
    'y = a - b'
    """
    tree = ast.parse(source)
    target = list(ast.walk(tree))[mutant.node]
    other = list(changes(target))[mutant.change]

    class Change(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return ast.copy_location(other, node) if node is target else super().generic_visit(node)

    return ast.unparse(ast.fix_missing_locations(Change().visit(tree)))


def stages(file: str, names: frozenset[str] = frozenset()) -> list[list[str]]:
    """Return the tests to run, those most likely to notice first: by name, by what they name, by room."""
    path = Path(file).relative_to("numpy_ann")
    room = path.parts[0].removesuffix(".py")
    folder, single = ROOT / "tests" / room, ROOT / "tests" / f"test_{room}.py"
    near = [f"tests/{room}"] if folder.is_dir() else []
    near += [f"tests/{single.name}"] if single.exists() else []
    words = _words_of_tests()
    own = [test for test in words if Path(test).stem == f"test_{path.stem}"]
    files = Counter(word for test in words for word in words[test] & names)  # rare names say more
    weight = {test: sum(1 / files[name] for name in names & words[test]) for test in words}
    by_names = sorted((test for test in words if weight[test]), key=lambda test: -weight[test])
    named = [test for test in by_names[:NAMED] if test not in own]
    rest = ["tests/parts", "tests/saving", "tests/models", "tests/training", "tests/test_reference_run.py"]
    return [stage for stage in ([*own, file], named, near, rest, ["tests", "numpy_ann"]) if stage]


@cache
def _words_of_tests() -> dict[str, frozenset[str]]:
    """Return the words of each test file that the README's command runs."""
    return {
        str(path.relative_to(ROOT)): frozenset(re.findall(r"\w+", path.read_text(encoding="utf-8")))
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        if not {"live", "typing", "programs"} & set(path.parts)
    }


def names_in(source: str) -> frozenset[str]:
    """Return the classes and functions that a file defines.

    Examples
    --------
    >>> sorted(names_in("class A:\\n    def f(self): pass"))
    ['A', 'f']
    """
    return frozenset(node.name for node in ast.walk(ast.parse(source)) if isinstance(node, DEFINITIONS))


def survives(mutant: Mutant, source: str, folder: Path, workers: str, most: int | None = None) -> bool:
    """Return whether all tests pass with the change made in the copy of the package in ``folder``.

    With ``most`` no more than so many stages of tests are run.
    """
    write(folder / mutant.file, mutated(mutant, source))
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-n", workers, "-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTHONPATH": str(folder), "MPLBACKEND": "Agg"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # what hasn't changed needn't be compiled again
    try:
        for tests in stages(mutant.file, names_in(source))[:most]:
            try:
                run = subprocess.run(
                    [*command, *tests], cwd=folder, env=environment, capture_output=True, timeout=900
                )
            except subprocess.TimeoutExpired:
                return False  # it no longer ends
            if run.returncode not in (0, 5):  # 5: no tests in these
                return False
        return True
    finally:
        write(folder / mutant.file, source)


def write(path: Path, source: str) -> None:
    """Write a file as of another second than before, so that nothing compiled of it is taken for it."""
    before = path.stat().st_mtime if path.exists() else 0
    path.write_text(source, encoding="utf-8")
    os.utime(path, (before + 2, before + 2))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--count", type=int, default=40, help="how many mutants (default: 40)")
    parser.add_argument("--seed", type=int, default=1, help="which ones (default: 1)")
    parser.add_argument("--under", default="numpy_ann", metavar="PATH", help="change these files alone")
    parser.add_argument("--only", metavar="FILE:LINE", help="all mutants of one line")
    parser.add_argument("--workers", default="0", help="processes for the tests (default: all in this one)")
    parser.add_argument("--stages", type=int, help="run the nearest tests alone: 1 to 4 (default: all tests)")
    given = parser.parse_args()

    files = sorted((ROOT / "numpy_ann").rglob("*.py"))
    sources = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in files}
    every = [m for file, text in sources.items() if file.startswith(given.under) for m in mutants(file, text)]
    if given.only:
        file, _, line = given.only.rpartition(":")
        chosen = [m for m in every if m.file == file and m.line == int(line)]
    else:
        chosen = sorted(every, key=lambda mutant: _lot(given.seed, mutant))[: given.count]
    survivors = []
    with TemporaryDirectory() as temporary:
        folder = Path(temporary) / "copy"
        shutil.copytree(
            ROOT, folder, ignore=shutil.ignore_patterns(".git", "__pycache__", ".*cache", "outputs")
        )
        for number, mutant in enumerate(chosen, 1):
            alive = survives(mutant, sources[mutant.file], folder, given.workers, given.stages)
            survivors += [mutant] * alive
            print(f"{number}/{len(chosen)} {'SURVIVES' if alive else 'dies'}  {mutant}", flush=True)
    print(f"\n{len(survivors)} of {len(chosen)} survive" + "".join(f"\n  {mutant}" for mutant in survivors))
    return len(survivors)


if __name__ == "__main__":
    sys.exit(main())

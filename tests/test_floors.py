"""The plan of the house (DESIGN.md, "The plan of the house") held against the imports of every module."""

import ast
import sys
from collections import Counter
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.util import find_spec
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "numpy_ann"

# The rooms by floor; a room is a module or folder right below numpy_ann.
FLOORS = [
    {"errors", "_typing", "atomic", "communicator", "part", "recording"},
    {
        "losses",
        "optimizers",
        "metrics",
        "initializers",
        "activations",
        "parameter",
        "keras_tensor",
        "lookup",
    }
    | {"validation", "random_streams", "threads", "environment", "regularizers", "constraints"}
    | {"error_function", "ops", "registration"},
    {"layers"},
    {"training", "callbacks", "saving"},
    {"models", "plots"},
    {"inspection", "distribution", "gradient_check", "wrappers", "utils"},
    {"as_keras", "table_commands"},
    {"__main__"},
    {""},  # numpy_ann/__init__.py, the roof, which names what is below at first use
]
FLOOR_OF = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
# What is computed and what draws it; what a loss and an activation of one's own are.
COUNTERPARTS = {"attribution.py", "own.py", "trace.py"}
APART = "data"  # knows errors, types and checks alone, and only the floors above the models may know it

AT_FIRST_USE = {
    "PIL",
    "tensorboard",
    "matplotlib",
    "h5py",
    "mpi4py",
    "pooch",
    "rich",
    "sklearn",
    "threadpoolctl",
    "onnx",
}


def module_name(path):
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): ast.parse(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py")}


def room(module):
    return f"{module}.".split(".")[1]


def only_for_types(node):
    return isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def statements(tree, *, functions, types):
    """Yield the import statements: those inside functions, and those for type checkers alone, if wanted."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) and not functions:
            continue
        elif isinstance(node, ast.expr):
            continue  # no expression holds a statement
        elif only_for_types(node) and not types:
            otherwise = ast.Module(node.orelse, type_ignores=[])
            yield from statements(otherwise, functions=functions, types=types)
        else:
            yield from statements(node, functions=functions, types=types)


@cache
def imported(module, *, functions=True, types=True):
    """Return the modules that ``module`` imports: ours whole, of others the top name."""
    found = set()
    for node in statements(MODULES[module], functions=functions, types=types):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            assert node.level == 0, f"{module} imports relatively: {ast.unparse(node)}"
            # `from package import name` may mean a module of that name.
            inside = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in {*MODULES, "numpy_ann.__version__"} else node.module for name in inside]
        # The version is written at the door, where all may read it.
        names = [name for name in names if name != "numpy_ann.__version__"]
        found |= {name if name.startswith("numpy_ann") else name.split(".")[0] for name in names}
    return found


def ours(module, **kinds):
    return {name for name in imported(module, **kinds) if name.startswith("numpy_ann")} - {module}


def test_every_room_is_on_the_plan():
    unknown = {room(module) for module in MODULES} - set(FLOOR_OF) - {APART}
    assert not unknown, f"say in FLOORS on which floor these are: {unknown}"


def test_files_share_a_name_with_their_counterparts_alone():
    names = Counter(path.name for path in PACKAGE.rglob("*.py"))
    shared = {name for name, count in names.items() if count > 1} - {"__init__.py"}
    assert shared == COUNTERPARTS, "call a file what no other is called"


def points_down(here, there):
    """Return whether a room may know another."""
    if here == there:
        return True
    if here == APART:
        return there in FLOORS[0] | {"validation"}
    if there == APART:
        return FLOOR_OF[here] > FLOOR_OF["models"]
    return FLOOR_OF[there] <= FLOOR_OF[here]


def test_arrows_point_down():
    wrong = [
        f"{module} imports {name}"
        for module in sorted(MODULES)
        for name in sorted(ours(module))
        if not points_down(room(module), room(name))
    ]
    assert not wrong, "on a higher floor:\n" + "\n".join(wrong)


def test_these_tests_know_up_from_down():
    assert points_down("layers", "losses")
    assert points_down("__main__", APART)
    assert not points_down("losses", "layers")
    assert not points_down("models", APART)
    assert not points_down(APART, "losses")


def circle(graph):
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return " <- ".join(error.args[1])


def test_modules_load_without_a_circle():
    assert not circle({module: ours(module, functions=False, types=False) for module in MODULES})


def test_rooms_know_each_other_one_way():
    """If losses knew metrics, metrics couldn't know losses; imports inside functions count here.

    Within a room they don't: ``Sequential.save`` is a method, and what it calls makes models.
    """
    graph = {room(module): set() for module in MODULES}
    for module in MODULES:
        graph[room(module)] |= {room(name) for name in ours(module, types=False)} - {room(module)}
    assert not circle(graph)


def test_heavy_libraries_are_imported_at_first_use():
    wrong = []
    for module in sorted(MODULES):
        heavy = imported(module, functions=False, types=False) & AT_FIRST_USE
        if room(module) == "wrappers":
            heavy -= {"sklearn"}  # estimators inherit from scikit-learn's; only who asks for them imports it
        wrong += [f"{module} imports {library}" for library in sorted(heavy)]
    assert not wrong, "import these inside the function that needs them:\n" + "\n".join(wrong)


def test_nothing_else_is_depended_on():
    declared = {"numpy", *AT_FIRST_USE}
    for module in MODULES:
        others = {name for name in imported(module) if not name.startswith("numpy_ann")}
        assert others <= declared | set(sys.stdlib_module_names), module


def test_these_tests_see_what_they_judge():
    """The reader of imports finds an import of each kind, and all modules are read."""
    tree = ast.parse(
        "import a.b\nfrom numpy_ann import losses, Sequential, __version__\n"
        "if TYPE_CHECKING:\n    import typed\nelse:\n    import untyped\n"
        "class C:\n    import inside\n    def f(self):\n        import late\n"
        "try:\n    import tried\nexcept ImportError:\n    pass\n"
    )
    MODULES["test"] = tree
    try:
        assert imported("test") == {
            *("a", "numpy_ann.losses", "numpy_ann", "typed", "untyped", "inside", "late", "tried")
        }
        assert imported("test", functions=False, types=False) == {
            *("a", "numpy_ann.losses", "numpy_ann", "untyped", "inside", "tried")
        }
    finally:
        del MODULES["test"]
        imported.cache_clear()
    assert find_spec("numpy_ann").origin == str(PACKAGE / "__init__.py")
    assert len(MODULES) > 50

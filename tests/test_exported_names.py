"""What is public is listed once in ``__all__``, documented, and found under the names of Keras."""

import importlib
import inspect
import pkgutil
from itertools import pairwise

import pytest

import numpy_ann

MODULES = [
    "numpy_ann",
    *(
        module.name
        for module in pkgutil.walk_packages(numpy_ann.__path__, "numpy_ann.")
        if not module.name.rpartition(".")[2].startswith("_")
    ),
]
PACKAGES = [name for name in MODULES if hasattr(importlib.import_module(name), "__path__")]
# Where users import from; the rest of the modules serve these.
PUBLIC = [
    "numpy_ann",
    *(
        f"numpy_ann.{room}"
        for room in (
            *("activations", "callbacks", "data", "data.mnist", "errors", "initializers", "layers", "losses"),
            *("metrics", "models", "optimizers", "plots", "utils", "regularizers", "constraints", "data.toy"),
            "inspection",
        )
    ),
]


def offered(name):
    """Return what a module lists, or, where its package does that, what it defines without a ``_``."""
    module = importlib.import_module(name)
    own = (entry for entry, thing in vars(module).items() if getattr(thing, "__module__", "") == name)
    return getattr(module, "__all__", [entry for entry in own if not entry.startswith("_")])


OBJECTS = {
    f"{module}.{name}": getattr(importlib.import_module(module), name)
    for module in MODULES
    for name in offered(module)
}
CALLABLES = {
    name: thing
    for name, thing in OBJECTS.items()
    if (inspect.isclass(thing) or inspect.isfunction(thing))
    and thing.__module__.startswith("numpy_ann")
    and name.endswith(f".{thing.__name__}")
}
SECTIONS = (
    *("Parameters", "Attributes", "Returns", "Yields", "Raises", "Warns", "Notes", "References", "Examples"),
)
FOR_USERS = [name for name in CALLABLES if name.rpartition(".")[0] in PUBLIC]

# The imports of a Keras script, after the change of its first words.
KERAS_NAMES = {
    "numpy_ann": "Sequential load_model check_gradients __version__",
    "numpy_ann.data.mnist": "load_data",
    "numpy_ann.utils": "to_categorical set_random_seed",
    "numpy_ann.models": "Sequential load_model save_model",
    "numpy_ann.layers": "Input InputLayer Flatten Dense Dropout ReLU Softmax Activation Layer",
    "numpy_ann.activations": "linear relu sigmoid softmax tanh get",
    "numpy_ann.initializers": "GlorotUniform Zeros Ones get",
    "numpy_ann.losses": "CategoricalCrossentropy SparseCategoricalCrossentropy Loss get",
    "numpy_ann.optimizers": "SGD RMSprop Adam Optimizer get",
    "numpy_ann.callbacks": "Callback History",
    "numpy_ann.metrics": "CategoricalAccuracy SparseCategoricalAccuracy BinaryAccuracy "
    "confusion_matrix classification_report precision_recall_fscore_support accuracy_score",
    "numpy_ann.plots": "plot_images plot_history plot_confusion_matrix",
    "numpy_ann.errors": "DataFormatError ModelFormatError NonFiniteError",
}


def none(problems):
    """Fail with all problems, a line each."""
    problems = list(problems)
    assert not problems, "\n".join(problems)


def test_what_users_import_from_lists_what_it_offers():
    problems = [
        f"{name}: no __all__"
        for name in {*PUBLIC, *PACKAGES}
        if "__all__" not in vars(importlib.import_module(name))
    ]
    for name in MODULES:
        module = importlib.import_module(name)
        names = offered(name)
        if sorted(names) != sorted(set(names)):
            problems.append(f"{name}: a name is listed twice")
        problems += [f"{name}: no {entry}" for entry in names if not hasattr(module, entry)]
        if not module.__doc__:
            problems.append(f"{name}: a module opens with the reason why it exists")
    none(problems)


def test_a_package_lists_all_that_it_gathers_from_its_modules():
    none(
        f"{name} gathers {entry}, which isn't in its __all__"
        for name in PACKAGES
        if name != "numpy_ann"
        for package in [importlib.import_module(name)]
        for entry, thing in vars(package).items()
        if not entry.startswith("_")
        and getattr(thing, "__module__", "").startswith(name)
        and entry not in package.__all__
    )


def test_keras_users_find_their_names():
    none(
        f"{module} has no {name}"
        for module, names in KERAS_NAMES.items()
        for name in sorted(set(names.split()) - set(importlib.import_module(module).__all__))
    )


def test_every_public_package_is_found_from_the_top():
    code = {name.split(".")[1] for name in PUBLIC if name.count(".")} - {"errors"}
    assert code <= set(dir(numpy_ann))
    for name in code:
        assert getattr(numpy_ann, name) is importlib.import_module(f"numpy_ann.{name}")
    assert numpy_ann.Sequential is importlib.import_module("numpy_ann.models").Sequential
    with pytest.raises(AttributeError, match="no attribute 'Sequentail'"):
        numpy_ann.Sequentail  # noqa: B018


def disorder(thing):
    """Return what the house's order of docstrings misses in one, if anything.

    It is one sentence; then, of the sections that are there, each once and in this order.
    """
    documentation = inspect.getdoc(thing)
    if not documentation:
        return "no docstring"
    if not thing.__doc__:
        return "the docstring is an inherited one"
    lines = documentation.splitlines()
    sentence = " ".join(lines[: lines.index("")] if "" in lines else lines)
    if not (sentence[0].isupper() or sentence[0] in "`0123456789") or sentence.rstrip()[-1] not in ".:":
        return f"doesn't begin with a sentence: {sentence}"
    found = [line for line, under in pairwise(lines) if under and set(under) == {"-"}]
    if found != [section for section in SECTIONS if section in found]:
        return f"sections out of order: {found}"
    return None


def test_docstrings_have_the_houses_order():
    found = {name: disorder(thing) for name, thing in CALLABLES.items()}
    none(f"{name}: {problem}" for name, problem in found.items() if problem)


def test_public_methods_are_documented():
    none(
        f"{name}.{method} has no docstring"
        for name in CALLABLES
        if inspect.isclass(CALLABLES[name])
        for method, value in vars(CALLABLES[name]).items()
        if not method.startswith("_") or method == "__call__"
        if inspect.isfunction(value) or isinstance(value, property | classmethod)
        if getattr(value, "__name__", method) == method
        if not inspect.getdoc(getattr(CALLABLES[name], method))
    )


def documented_parameters(thing):
    """Return what the section on parameters speaks of; nothing, if there is none."""
    lines = (inspect.getdoc(thing) or "").splitlines()
    if "Parameters" not in lines:
        return []
    start = lines.index("Parameters") + 2
    documented = []
    for line in lines[start:]:
        if line and not line.startswith(" "):
            if set(line) == {"-"}:
                documented.pop()  # the heading of the next section
                break
            if line.startswith(("Source:", ">>>", "Shapes:")):
                break
            documented += [part.strip().lstrip("*") for part in line.split(" :")[0].split(",")]
    return documented


def misdocumented(thing):
    """Return the parameters without a word, and the words about none."""
    documented = documented_parameters(thing)
    if not documented:
        return []
    # What all of a kind take, such as a metric's name, the base says once.
    above = [name for base in getattr(thing, "__mro__", ())[1:] for name in documented_parameters(base)]
    real = [p.lstrip("*") for p in inspect.signature(thing).parameters]
    unknown = [entry for entry in documented if entry not in real and "options" not in real]
    silent = [p for p in real if p not in [*documented, *above, "options"]]
    return [f"{p} is documented, but no parameter" for p in unknown] + [f"no word about {p}" for p in silent]


def test_the_documented_parameters_are_the_real_ones():
    none(f"{name}: {problem}" for name in FOR_USERS for problem in misdocumented(CALLABLES[name]))


def test_these_tests_see_what_they_judge():
    def bad(x, y):
        """lower case, and no end

        Raises
        ------
        ValueError
            Never.

        Parameters
        ----------
        x, z : int
            Numbers.
        """

    assert disorder(bad).startswith("doesn't begin with a sentence")
    bad.__doc__ = bad.__doc__.replace("lower case, and no end", "A sentence.")
    assert disorder(bad) == "sections out of order: ['Raises', 'Parameters']"
    bad.__doc__ = None
    assert disorder(bad) == "no docstring"
    assert len(CALLABLES) > 300
    assert len(FOR_USERS) > 150

    def worse(x, y):
        """Do it.

        Parameters
        ----------
        x, z : int
            Numbers.
        """

    assert misdocumented(worse) == ["z is documented, but no parameter", "no word about y"]


def test_what_users_call_has_an_example():
    wanted = {
        name: CALLABLES[name]
        for name in FOR_USERS
        if not inspect.isabstract(CALLABLES[name])
        and not (inspect.isclass(CALLABLES[name]) and issubclass(CALLABLES[name], Exception))
    }
    without = [name for name, thing in wanted.items() if ">>>" not in (inspect.getdoc(thing) or "")]
    # What these do needs the network, a terminal or a whole training to show.
    assert set(without) <= {
        *("numpy_ann.callbacks.History", "numpy_ann.callbacks.ProgressBar", "numpy_ann.callbacks.Monitor"),
        *("numpy_ann.data.mnist.load_data", "numpy_ann.layers.InputLayer"),
        *("numpy_ann.models.load_model", "numpy_ann.load_model"),
    }, without

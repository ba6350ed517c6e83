"""What parts of the package have no case, and what cases lack: stored numbers, a way into files and back."""

import inspect
from importlib import import_module
from typing import Any

from numpy_ann import (
    activations,
    callbacks,
    constraints,
    initializers,
    layers,
    losses,
    metrics,
    optimizers,
    regularizers,
)
from numpy_ann.inspection import explain
from tests.parts import Case, names
from tests.parts.files import plain, there_and_back
from tests.parts.tables import TABLES, read
from tests.parts.unusual import usual_arguments

__all__ = ["missing"]

# Made of a function or of another part, or not by itself in a file.
NOT_IN_FILES = {"FunctionLoss", "InputLayer", "LossMetric", "MeanMetricWrapper"}
# Bases, and callbacks that Keras hasn't or has otherwise: each has tests of its own in tests/callbacks.
NOT_IN_TABLES = {"BinaryLoss", "ElementwiseLoss", "Mean", "MeanMetric", "Sum"} | {
    *("BackupAndRestore", "CallbackList", "History", "LambdaCallback", "Monitor", "ProgressBar"),
    *("RemoteMonitor", "TensorBoard", "TrainingDiagnostics"),
}
BASES: dict[str, Any] = {
    "activations": activations.ActivationFunction,
    "callbacks": callbacks.Callback,
    "constraints": constraints.Constraint,
    "initializers": initializers.Initializer,
    "layers": layers.Layer,
    "losses": losses.Loss,
    "metrics": metrics.Metric,
    "optimizers": optimizers.Optimizer,
    "regularizers": regularizers.Regularizer,
    "schedules": optimizers.schedules.LearningRateSchedule,
}


def missing() -> list[str]:
    """Return a sentence for each thing that a part lacks."""
    found = usual_arguments()
    for kind, cases in TABLES.items():
        public, here = parts(kind), {*names(cases)}
        found += [f"{name} has no case in tests/parts/{kind}.py" for name in public.keys() - here]
        found += [
            f"{name} has cases in tests/parts/{kind}.py, but isn't public" for name in here - public.keys()
        ]
        every = [case.name for case in cases]
        found += [
            f"{name} stands twice in tests/parts/{kind}.py" for name in set(every) if every.count(name) > 1
        ]
        if kind != "callbacks":
            wanted, stored = {case.name for case in cases if case.stored}, read(kind).keys()
            found += [
                f"{name}: no numbers of Keras (python -m tests.parts --store)" for name in wanted - stored
            ]
            found += [
                f"{name}: numbers of Keras, but no case (--store drops them)" for name in stored - wanted
            ]
        if kind not in ("activations", "callbacks"):  # neither is by itself in a file
            found += [problem for case in cases for problem in not_in_files(case)]
        found += [
            f"{name} {problem}" for name, part in public.items() for problem in undocumented(kind, part)
        ]
    return sorted(found)


def parts(kind: str) -> dict[str, Any]:
    """Return the parts that a room offers, by name."""
    room = import_module(f"numpy_ann.{'optimizers.' if kind == 'schedules' else ''}{kind}")
    things = {name: getattr(room, name) for name in room.__all__ if name not in NOT_IN_TABLES}
    if kind == "activations":
        return {name: thing for name, thing in things.items() if isinstance(thing, BASES[kind])}
    # Keras' other names, such as glorot_uniform, are the same classes.
    classes = {name: thing for name, thing in things.items() if getattr(thing, "__name__", "") == name}
    classes = {name: thing for name, thing in classes.items() if inspect.isclass(thing)}
    return {
        name: cls
        for name, cls in classes.items()
        if issubclass(cls, BASES[kind]) and cls is not BASES[kind] and not inspect.isabstract(cls)
    }


def not_in_files(case: Case) -> list[str]:
    """Return what is lost between a part and what is read of what was written of it."""
    if case.cls in NOT_IN_FILES or (case.kind == "layers" and not case.stored):
        return []
    thing = getattr(case, "ready", case.make)()
    try:
        again = there_and_back(thing, getattr(case, "shape", (4, 3)))
    except Exception as error:
        return [f"{case.name}: not written to files, or not read: {error}"]
    if type(again) is not type(thing) or plain(again.get_config()) != plain(thing.get_config()):
        return [f"{case.name}: comes back from a file as {again!r} with {again.get_config()}"]
    return []


def undocumented(kind: str, part: Any) -> list[str]:
    """Return what a docstring lacks: a formula, its derivative, a source, an example."""
    explanation, problems = explain(part), []
    if not explanation.formula and kind != "callbacks":
        problems.append("has no formula in its docstring")
    if not explanation.derivative and kind in ("activations", "layers", "losses", "regularizers"):
        problems.append("has no derivative in its docstring")
    sourced = kind in ("activations", "losses", "optimizers", "schedules") and part is not losses.FunctionLoss
    if not explanation.source and sourced:
        problems.append("names no source in its docstring")
    text = inspect.getdoc(part) if inspect.isclass(part) else part.forward.__doc__
    if (
        ">>>" not in (text or "")
        and kind not in ("activations", "callbacks")
        and part is not layers.InputLayer
    ):
        problems.append("has no example in its docstring")
    return problems

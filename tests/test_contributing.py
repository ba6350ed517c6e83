"""The examples of CONTRIBUTING.md keep the contracts that it announces."""

import inspect
import re
import sys
from argparse import Namespace
from collections.abc import Callable
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import numpy_ann
from numpy_ann import callbacks, layers, losses, metrics, models, optimizers
from tests.layers import test_layer
from tests.losses import test_loss
from tests.metrics import test_metric
from tests.optimizers import test_optimizer
from tests.parts import Case
from tests.parts.arrays import any_number, numbers
from tests.parts.layers import LayerCase
from tests.parts.losses import LossCase
from tests.parts.metrics import MetricCase
from tests.parts.optimizers import OptimizerCase

TEXT = (Path(__file__).parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8")
# What a class of one's own is called in Keras' files can't be asked of it; the rest of its contract can.
PACKAGES = {
    "layer": layers,
    "loss": losses,
    "optimizer": optimizers,
    "metric": metrics,
    "callback": callbacks,
}


def example(kind: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the module of the example, its class being one of the room's."""
    section = re.search(rf"### An? {kind}\n(.*?)(?=\n##)", TEXT, re.DOTALL)
    assert section is not None
    code = "".join(re.findall(r"```python\n(.*?)```", section[1], re.DOTALL))
    module = ModuleType(f"example_{kind}")
    monkeypatch.setitem(sys.modules, module.__name__, module)  # where pickling looks
    exec(code, module.__dict__)  # noqa: S102  (our own)
    package = PACKAGES.get(kind)
    for name, thing in vars(module).items():
        if package is not None and inspect.isclass(thing) and thing.__module__ == module.__name__:
            monkeypatch.setattr(package, name, thing, raising=False)
    return module


def keeps(contract: ModuleType, case: Case) -> int:
    """Run all tests of a contract on a case; return how many there were."""
    count = 0
    for name, test in vars(contract).items():
        if not name.startswith("test_") or "case" not in inspect.signature(inspect.unwrap(test)).parameters:
            continue
        marks = [mark.args for mark in getattr(test, "pytestmark", []) if mark.name == "parametrize"]
        others = [(argument, values) for argument, values, *_ in marks if argument != "case"]
        for values in product(*(values for _, values in others)):
            run: Callable[..., Any] = test
            run(case=[case], **dict(zip((argument for argument, _ in others), values, strict=True)))
            count += getattr(test, "times", 1)
    return count


def test_a_layer(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    example("layer", monkeypatch)
    assert capsys.readouterr().out.count(" ok\n") == 2  # the gradient check that the page shows
    for shape in ((5,), (2, 3)):
        assert keeps(test_layer, LayerCase.of("layers.Scale", (), {}, shape)) > 12


def test_a_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    example("loss", monkeypatch)
    assert keeps(test_loss, LossCase.of("losses.Quartic", (), {}, numbers, numbers)) > 8


def test_an_optimizer(monkeypatch: pytest.MonkeyPatch) -> None:
    example("optimizer", monkeypatch)
    for options in ({}, {"weight_decay": 0.1, "use_ema": True}):
        case = OptimizerCase.of("optimizers.SignDescent", (0.01,), options, moves_at_0=bool(options))
        assert keeps(test_optimizer, case) > 10


def test_a_metric(monkeypatch: pytest.MonkeyPatch) -> None:
    example("metric", monkeypatch)
    assert keeps(test_metric, MetricCase.of("metrics.Overestimate", (), {}, any_number)) > 3


def small_model() -> Any:
    model = models.Sequential([layers.Input((3,)), layers.Dense(1)], seed=0)
    model.compile("sgd", "mse")
    return model


def test_a_callback(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = example("callback", monkeypatch).StopAtLoss
    x, y = np.ones((4, 3)), np.ones(4)
    assert len(small_model().fit(x, y, epochs=5, verbose=0, callbacks=[stop(1e9)]).epoch) == 1
    assert len(small_model().fit(x, y, epochs=5, verbose=0, callbacks=[stop(-1.0)]).epoch) == 5


def test_a_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small_model().save(tmp_path / "m.keras")
    example("command", monkeypatch)._count(Namespace(file=tmp_path / "m.keras"))
    assert capsys.readouterr().out == "4 parameters\n"


def test_the_plan_names_every_room() -> None:
    plan = TEXT.partition("## Where things are")[2].partition("```\n")[2].partition("```")[0]
    folders = {path.parent.name for path in Path(numpy_ann.__file__).parent.glob("*/__init__.py")}
    assert folders <= set(re.findall(r"(\w+)/", plan))

"""A plugin of pytest with which Keras' own unit tests run against this package: ``-p keras_suite``.

The tests lie in Keras' wheel; nothing of them is here. ``keras`` and its public modules are as_keras'; a
module inside (``keras.src.layers.core.dense``) is answered by the public names that it defines, and what
only tests need is below: a variable, conversions, and shorter checks of layers and configurations. A name
that is nowhere is ``Missing``, which fails where it is used. Another wording of an error passes.
"""

# ruff: noqa: PT009, PT027  (these become methods of a TestCase of unittest's)

import importlib.util
import json
import os
import re
import signal
import sys
from abc import ABCMeta
from importlib import import_module, metadata
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np

from numpy_ann import as_keras, ops
from numpy_ann.as_keras import names, settings
from numpy_ann.keras_tensor import KerasTensor, leaves, refill
from numpy_ann.layers import Input
from numpy_ann.models import Model, Sequential, load_model
from numpy_ann.optimizers import Optimizer
from numpy_ann.parameter import Parameter

SOURCE = Path(str(metadata.distribution("keras").locate_file("keras/src")))
SECONDS = 60


class Lacking(ABCMeta):
    """What makes the class that stands for a name which this package lacks."""

    def __call__(cls, *args, **options):
        raise NotImplementedError(f"MISSING {cls.__name__}")

    def __getattr__(cls, attribute):
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return missing(f"{cls.__name__}.{attribute}")


def missing(name):
    """Return a class that may be imported, subclassed, passed on and asked for instances, but not used."""
    return Lacking(name, (), {})


def clipped(self, grads):
    """Return the gradients as the optimizer clips them, which Keras does in a method of this name."""
    parameters = [Parameter("variable", np.zeros_like(to_numpy(g))) for g in grads]
    optimizer = type(self).from_config(self.get_config())
    optimizer.build(parameters)
    flat = np.concatenate([to_numpy(g).ravel() for g in grads])
    function, limit = optimizer._clipping
    flat = function(flat, limit, optimizer._places, np.empty_like(flat))
    return [flat[place].reshape(p.shape) for place, p in zip(optimizer._places, parameters, strict=True)]


def to_numpy(x):
    return np.asarray(getattr(x, "value", x))


def backend():
    """Return this package's name; one test file knows only those of Keras' backends when it is imported."""
    asking = sys._getframe(1).f_globals["__name__"]
    return "numpy" if asking.startswith("trainers__") and asking not in read else "numpy_ann"


class TrainerStandIn:
    """Keras' Trainer, which tests mix into a layer: a model whose ``call`` is the layer's."""

    def __init__(self):
        layer = self

        class Mixed(Model):
            def __init__(self):
                super().__init__()
                self.layer = layer

            def call(self, x, **options):
                return self.layer(x, **options)

        for name in OVERRIDABLE:
            if hasattr(type(self), name):
                written = getattr(type(self), name)
                setattr(Mixed, name, lambda _, *args, _own=written, **named: _own(layer, *args, **named))
        model = Mixed()
        self.__dict__["_model"] = lambda: model  # an attribute that isn't a layer of the layer's

    def __getattr__(self, name):
        if name.startswith("__") or "_model" not in self.__dict__:
            raise AttributeError(name)
        return getattr(self._model(), name)


OVERRIDABLE = ("train_step", "test_step", "predict_step", "compute_loss", "compute_metrics")
read = set()  # the modules of tests that are imported


BACKEND = {
    "KerasTensor": KerasTensor,
    "SUPPORTS_COMPLEX_DTYPES": False,
    "SUPPORTS_RAGGED_TENSORS": False,
    "SUPPORTS_SPARSE_TENSORS": False,
    "Variable": names.look_up("keras", "Variable"),
    "backend": backend,
    "cast": lambda x, dtype: ops.cast(x, dtype),
    "clear_session": settings.clear_session,
    "config": settings,
    "convert_to_numpy": to_numpy,
    "convert_to_tensor": lambda x, dtype=None, sparse=None, ragged=None: ops.convert_to_tensor(x, dtype),
    "core": SimpleNamespace(vectorized_map=missing("vectorized_map")),
    "is_float_dtype": lambda dtype: "float" in str(dtype),
    "is_tensor": lambda x: isinstance(x, np.ndarray),
    "random": import_module("numpy_ann.ops.random"),
    "shape": np.shape,
    "standardize_dtype": lambda dtype: "float32" if dtype is None else np.dtype(dtype).name,
    "standardize_shape": tuple,
} | {name: getattr(settings, name) for name in settings.__all__ if name not in ("backend", "clear_session")}


DTYPE_POLICIES = SimpleNamespace(dtype_policy=settings.floatx, set_dtype_policy=settings.set_floatx)
# What has another name inside Keras than outside, or none outside.
INSIDE = {
    "Functional": Model,
    "NumpyTrainer": TrainerStandIn,
    "dtype_policy": DTYPE_POLICIES,
    "exists": os.path.exists,
    "flatten": leaves,
    "join": os.path.join,
    "load_model_from_hdf5": load_model,
    "print_summary": lambda model, **options: model.summary(**options),
    "map_structure": lambda function, structure: refill(structure, map(function, leaves(structure))),
    "save_model_to_hdf5": lambda model, filepath, overwrite=True, **_: model.save(
        filepath, overwrite=overwrite
    ),
}


class Inside(ModuleType):
    """A module inside Keras: its names are looked for in the public modules."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        own = BACKEND | INSIDE if ".backend" in self.__name__ else INSIDE
        if name in own:
            return own[name]
        if name == "tensorflow":
            return import_module(name)
        folder = SOURCE.joinpath(*self.__name__.split(".")[2:])
        if (folder / name).is_dir() or (folder / f"{name}.py").is_file():
            return import_module(f"{self.__name__}.{name}")
        room = self.__name__.split(".")[2:3]
        places = [*(f"keras.{r}" for r in room), "keras.optimizers.schedules", *names.keras_names()]
        found = next((place for place in places if name in names.present(place)), "keras")
        return names.look_up(found, name)


class Finder(MetaPathFinder, Loader):
    """Finds ``keras.src`` and what is below; ``testing`` is Keras' own."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname.split(".")[:2] != ["keras", "src"]:
            return None
        if fullname.startswith("keras.src.testing"):
            place = SOURCE.joinpath(*fullname.split(".")[2:])
            file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
            folders = [str(place)] if place.is_dir() else None
            return importlib.util.spec_from_file_location(fullname, file, submodule_search_locations=folders)
        return ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec):
        return Inside(spec.name)

    def exec_module(self, module):
        """Do nothing: names are looked up when they are asked for."""


def comparable(value):
    """Return a configuration as text in which equal ones are equal."""

    def plain(o):
        if hasattr(o, "get_config"):
            return {"class": type(o).__name__, "config": o.get_config()}
        return o.tolist() if isinstance(o, np.ndarray | np.generic) else repr(o)

    return json.dumps(value, sort_keys=True, default=plain)


def run_class_serialization_test(self, instance, custom_objects=None):
    """Make it anew from its configuration, and from what a file would hold of it."""
    saving = import_module("keras.saving")
    revived = type(instance).from_config(instance.get_config())
    self.assertEqual(comparable(instance.get_config()), comparable(revived.get_config()))
    written = json.loads(json.dumps(saving.serialize_keras_object(instance)))
    revived = saving.deserialize_keras_object(written, custom_objects=custom_objects)
    self.assertEqual(comparable(instance.get_config()), comparable(revived.get_config()))
    return revived


def run_layer_test(
    self,
    layer_cls,
    init_kwargs,
    input_shape=None,
    input_dtype=None,
    input_data=None,
    call_kwargs=None,
    expected_output_shape=None,
    expected_output_dtype=None,
    expected_output=None,
    expected_num_trainable_weights=None,
    expected_num_non_trainable_weights=None,
    expected_num_losses=None,
    custom_objects=None,
    run_training_check=True,
    input_sparse=False,
    input_ragged=False,
    **unchecked,
):
    """Check what Keras checks of a layer, without masks, mixed precision and seed generators."""
    if input_sparse or input_ragged:
        self.skipTest("sparse or ragged arrays")

    def counted(layer):
        self.assertTrue(layer.built)
        if expected_num_trainable_weights is not None:
            self.assertLen(layer.trainable_weights, expected_num_trainable_weights)
        if expected_num_non_trainable_weights is not None:
            self.assertLen(layer.non_trainable_weights, expected_num_non_trainable_weights)

    def several(function, shape):
        several_of_them = isinstance(shape, list) or isinstance(shape[0], tuple)
        return [function(s) for s in shape] if several_of_them else function(shape)

    run_class_serialization_test(self, layer_cls(**init_kwargs), custom_objects)
    if input_shape is not None:
        kind = input_dtype or "float32"
        draw = np.random.default_rng(1)
        input_data = several(
            lambda s: (draw.random(s) * (1 if "float" in kind else 9)).astype(kind), input_shape
        )
        layer = layer_cls(**init_kwargs)
        layer.build(input_shape)
        counted(layer)
        layer = layer_cls(**init_kwargs)
        symbolic = layer(several(lambda s: Input(batch_shape=s, dtype=kind), input_shape))
        counted(layer)
        if expected_output_shape is not None:
            self.assertEqual(tuple(symbolic.shape), tuple(expected_output_shape))
    if input_data is None:
        return
    layer = layer_cls(**init_kwargs)
    y = layer(input_data, **(call_kwargs or {}))
    counted(layer)
    if expected_num_losses is not None:
        self.assertLen(layer.losses, expected_num_losses)
    if expected_output_shape is not None:
        self.assertEqual(tuple(y.shape), tuple(expected_output_shape))
    if expected_output_dtype is not None:
        self.assertEqual(str(y.dtype), str(expected_output_dtype))
    if expected_output is not None:
        self.assertAllClose(y, expected_output, msg="Unexpected output value")
    if run_training_check and not isinstance(input_data, list):
        model = Sequential([layer_cls(**init_kwargs)])
        model.compile(optimizer="sgd", loss="mse")
        model.fit(input_data, np.zeros(y.shape), verbose=0)


def pytest_configure(config):
    as_keras.install()
    here = names.look_up
    names.look_up = lambda place, name: here(place, name) if name in names.present(place) else missing(name)
    sys.meta_path.insert(0, Finder())
    helpers = ModuleType("conftest")  # Keras' own, of which tests import this
    helpers.skip_if_backend = lambda *_: lambda test: test
    sys.modules["conftest"] = helpers
    case = import_module("keras.src.testing.test_case").TestCase
    case.run_layer_test = run_layer_test
    case.run_class_serialization_test = run_class_serialization_test
    case.assertRaisesRegex = lambda self, kind, expected_regex, *args, **options: self.assertRaises(
        kind, *args, **options
    )
    Optimizer._clip_gradients = clipped


def stop(*_):
    raise TimeoutError(f"over {SECONDS} s")


def pytest_runtest_setup(item):
    read.add(item.module.__name__)
    signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)


def pytest_runtest_teardown(item):
    signal.alarm(0)


def write(name, outcome, error=""):
    """Write the outcome of a test, whose name has no address in it, which each run has anew."""
    name = re.sub("0x[0-9a-f]+", "0x", name.replace("__", "/", 9))
    with Path(os.environ["KERAS_SUITE_OUT"]).open("a") as file:
        file.write(json.dumps([name, outcome, error]) + "\n")


def pytest_runtest_logreport(report):
    """Write what became of a test."""
    if report.when == "call" or report.outcome != "passed":
        crash = getattr(report.longrepr, "reprcrash", None)
        write(report.nodeid, report.outcome, str(crash.message)[:300] if crash else "")


def pytest_collectreport(report):
    """Write which file can't be read."""
    if report.failed:
        write(f"{report.nodeid}::<collect>", "failed", str(report.longrepr)[-300:])

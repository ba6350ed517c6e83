"""The importer: finds ``keras.layers`` and its like, and looks each name up when it is asked for."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from numpy_ann.as_keras import names
from numpy_ann.as_keras.names import TOPS
from numpy_ann.as_keras.tensors import tensors_for_scripts

__all__ = ["install", "installed", "uninstall"]


class StandIn(ModuleType):
    """A module of Keras' or TensorFlow's whose names are this package's."""

    def __getattr__(self, name: str) -> Any:
        # `from package import name` asks with hasattr() first, and would put its own message in place.
        importing = sys._getframe(1).f_code.co_name == "_handle_fromlist"
        if name == "__all__":
            return names.present(self.__name__)
        if name.startswith("__") and name != "__version__":
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        if names.is_module(f"{self.__name__}.{name}"):
            return import_module(f"{self.__name__}.{name}")
        try:
            value = names.look_up(self.__name__, name)
        except AttributeError as error:
            raise (ImportError if importing else AttributeError)(str(error)) from None
        setattr(self, name, value)
        return value

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *names.present(self.__name__)})


class _Finder(MetaPathFinder, Loader):
    """Answers for every module below ``keras``, ``tf_keras``, ``tensorflow`` and ``scikeras``."""

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if fullname.partition(".")[0] not in TOPS:
            return None
        if not names.is_module(fullname):
            raise ModuleNotFoundError(names.no_module(fullname), name=fullname)
        return ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: there is no code to run."""


_finder, _while_installed = _Finder(), ExitStack()


def install() -> None:
    """Make ``import keras``, ``import tensorflow as tf`` and their like mean this package, from now on.

    It changes what names mean, for the whole process; to do it for some lines only, there is ``installed``.
    Raises ``RuntimeError`` if a real Keras or TensorFlow is imported already: objects of both would meet.

    >>> install()
    >>> from tensorflow.keras.layers import Dense
    >>> Dense.__module__
    'numpy_ann.layers.dense'
    >>> uninstall()
    """
    real = [top for top in TOPS if top in sys.modules and not isinstance(sys.modules[top], StandIn)]
    if real:
        raise RuntimeError(
            f"{' and '.join(real)} is already imported, and numpy_ann can't take its place. Call "
            "numpy_ann.as_keras.install() before the first import of it (in a notebook: restart, and call "
            "it in the first cell)."
        )
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)
        _while_installed.enter_context(tensors_for_scripts())


def uninstall() -> None:
    """Undo ``install``; what was imported in between stays usable where it is held."""
    if _finder in sys.meta_path:
        sys.meta_path.remove(_finder)
        _while_installed.close()
    for name in [name for name, module in sys.modules.items() if isinstance(module, StandIn)]:
        del sys.modules[name]


@contextmanager
def installed() -> Iterator[None]:
    """Have the names mean this package within a ``with`` block.

    >>> with installed():
    ...     import keras
    >>> keras.__version__.split(".")[0]
    '3'
    """
    install()
    try:
        yield
    finally:
        uninstall()

"""What the arithmetic runs on: NumPy, BLAS, its kernel and threads."""

import platform
from importlib import import_module
from typing import Any

import numpy as np

from numpy_ann.threads import get_blas_threads

__all__ = ["better_kernel", "show_config"]

_AVX512 = ("AVX512F", "AVX512CD", "AVX512BW", "AVX512DQ", "AVX512VL")
_AVX2_KERNELS = ("haswell", "zen")


def show_config() -> None:
    """Print the versions and the BLAS library in use, and whether it could use a better kernel.

    OpenBLAS chooses a kernel, the inner loop of its matrix products, by the processor's model. On some
    processors with AVX-512 it chooses one that doesn't use it; another can be asked for by name.

    >>> show_config()  # doctest: +ELLIPSIS
    numpy_ann 0..., NumPy ..., Python 3...
    BLAS: ...
    While a model works: 1 BLAS thread for small products, all for large ones...
    """
    from threadpoolctl import threadpool_info

    from numpy_ann import __version__

    machine = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    print(f"numpy_ann {__version__}, NumPy {np.__version__}, {machine}")
    libraries = [library for library in threadpool_info() if library["user_api"] == "blas"]
    for library in libraries:
        which = f"{library['internal_api']} {library['version']}"
        kernel, layer = (library.get(name, "unknown") for name in ("architecture", "threading_layer"))
        print(f"BLAS: {which}, kernel {kernel}, {library['num_threads']} threads ({layer})")
    if not libraries:
        print("BLAS: none that threadpoolctl knows; its threads are left alone")
    setting, auto = get_blas_threads(), "1 BLAS thread for small products, all for large ones"
    said = {"auto": auto, "default": "BLAS' own number of threads"}
    print(f"While a model works: {said.get(str(setting), f'{setting} BLAS threads')}")
    for library in libraries:
        if kernel := better_kernel(library, cpu_features()):
            print(
                f"This processor has AVX-512, but the kernel {library['architecture']} doesn't use it. Set "
                f"the environment variable OPENBLAS_CORETYPE={kernel} before NumPy is imported, and measure."
            )


def better_kernel(library: dict[str, Any], features: set[str]) -> str | None:
    """Return the name of a kernel that uses more of the processor than the one in use, if there is one.

    ``library`` is an entry of ``threadpoolctl.threadpool_info()``; ``features`` is what the processor can do.

    >>> better_kernel({"internal_api": "openblas", "architecture": "Zen"}, {*_AVX512})
    'SkylakeX'
    """
    openblas = library.get("internal_api") == "openblas"
    uses_avx2 = str(library.get("architecture")).lower() in _AVX2_KERNELS
    return "SkylakeX" if openblas and uses_avx2 and features.issuperset(_AVX512) else None


def cpu_features() -> set[str]:
    """Return what the processor can do, as NumPy found it out at its start."""
    umath = import_module("numpy._core._multiarray_umath")
    found: dict[str, bool] = getattr(umath, "__cpu_features__", {})
    return {name for name, there in found.items() if there}

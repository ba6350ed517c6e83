import numpy as np
import threadpoolctl

from numpy_ann import show_config as public
from numpy_ann.environment import _AVX512, better_kernel, cpu_features, show_config
from numpy_ann.threads import set_blas_threads


def test_it_prints_numpy_and_the_blas_in_use(capsys):
    public()
    printed = capsys.readouterr().out
    assert f"NumPy {np.__version__}" in printed
    for library in threadpoolctl.threadpool_info():
        if library["user_api"] == "blas":
            assert f"{library['internal_api']} {library['version']}" in printed
            assert library["architecture"] in printed


def test_it_says_which_thread_policy_is_in_force(capsys):
    try:
        for setting, said in [("auto", "1 BLAS thread for small"), ("default", "own number"), (3, "3 BLAS")]:
            set_blas_threads(setting)
            show_config()
            assert said in capsys.readouterr().out
    finally:
        set_blas_threads(None)


def test_a_better_kernel_is_named_only_where_there_is_one():
    avx512 = set(_AVX512)
    assert better_kernel({"internal_api": "openblas", "architecture": "Haswell"}, avx512) == "SkylakeX"
    assert better_kernel({"internal_api": "openblas", "architecture": "SkylakeX"}, avx512) is None
    assert (
        better_kernel({"internal_api": "openblas", "architecture": "Haswell"}, avx512 - {"AVX512BW"}) is None
    )
    assert better_kernel({"internal_api": "mkl"}, avx512) is None


def test_the_processors_features_are_known():
    assert cpu_features()


def test_what_is_not_known_or_could_be_better_is_said(monkeypatch, capsys):
    monkeypatch.setattr("threadpoolctl.threadpool_info", list)
    show_config()
    assert "\nBLAS: none that threadpoolctl knows; its threads are left alone\n" in capsys.readouterr().out
    openblas = {"user_api": "blas", "internal_api": "openblas", "version": "0.3", "num_threads": 8}
    openmp = {"user_api": "openmp", "internal_api": "openmp", "version": None, "num_threads": 8}
    monkeypatch.setattr(
        "threadpoolctl.threadpool_info", lambda: [openmp, {**openblas, "architecture": "Zen"}]
    )
    monkeypatch.setattr("numpy_ann.environment.cpu_features", lambda: {*_AVX512})
    show_config()
    _, blas, _, better = capsys.readouterr().out.splitlines()
    assert blas == "BLAS: openblas 0.3, kernel Zen, 8 threads (unknown)"
    assert better.startswith(
        "This processor has AVX-512, but the kernel Zen doesn't use it. Set the environment"
    )
    assert "OPENBLAS_CORETYPE=SkylakeX" in better

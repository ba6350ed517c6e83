"""``import numpy_ann`` costs little more than ``import numpy``: heavy libraries wait for their first use."""

import re
import subprocess
import sys

HEAVY = ("matplotlib", "h5py", "pooch", "rich", "sklearn", "scipy", "threadpoolctl", "requests")


def loaded_by(code):
    """Return the names of all modules that ``code`` imports, as ``-X importtime`` lists them."""
    process = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return set(re.findall(r"^import time:\s+\d+ \|\s+\d+ \|\s*(\S+)$", process.stderr, re.MULTILINE))


def heavy(modules):
    return sorted(name for name in modules if name.split(".")[0] in HEAVY)


def test_no_heavy_library_is_loaded():
    modules = loaded_by(
        "import numpy_ann.models, numpy_ann.layers, numpy_ann.losses, numpy_ann.optimizers;"
        "import numpy_ann.callbacks, numpy_ann.metrics, numpy_ann.utils, numpy_ann.gradient_check;"
        "import numpy_ann.data.mnist, numpy_ann.plots, numpy_ann.saving"
    )
    assert "numpy" in modules
    assert heavy(modules) == []


def test_importing_the_package_loads_little_of_itself():
    ours = {name for name in loaded_by("import numpy_ann") if name.startswith("numpy_ann")}
    assert ours == {"numpy_ann", "numpy_ann.errors"}


def test_training_loads_nothing_that_reads_or_writes_models():
    code = "from numpy_ann.models import Sequential; from numpy_ann.layers import Dense"
    assert not {name for name in loaded_by(code) if name.startswith("numpy_ann.saving")}


def test_this_test_sees_what_it_looks_for():
    assert heavy(loaded_by("import numpy, h5py"))

"""Writes the public names of an installed Keras to numpy_ann/keras_names.json.

Run it with the Python of an environment that has Keras and a backend of it::

    KERAS_BACKEND=jax python tests/keras_names.py
"""

import inspect
import json
from pathlib import Path

OUTPUT = Path(__file__).parents[1] / "numpy_ann" / "keras_names.json"
APART = {"src", "applications"}  # no public names; networks of convolutions


def public_names(module, path, found):
    """Collect what each public module holds, as ``{"keras.layers": "Activation Add ..."}``."""
    names = []
    for name in sorted(vars(module)):
        value = getattr(module, name)
        if name.startswith("_") or (path == "keras" and name in APART):
            continue
        if not inspect.ismodule(value):
            names.append(name)
        elif value.__name__ == f"{path}.{name}":
            public_names(value, f"{path}.{name}", found)
    found[path] = " ".join(names)
    return found


if __name__ == "__main__":
    import keras

    found = {"version": keras.__version__, **dict(sorted(public_names(keras, "keras", {}).items()))}
    OUTPUT.write_text(json.dumps(found, indent=1) + "\n")
    count = sum(len(names.split()) for names in found.values()) - 1
    print(f"{OUTPUT.name}: {count} names of Keras {keras.__version__}")

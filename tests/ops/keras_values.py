"""What real Keras computes: calls of ops, and their numbers, kept in ``keras_values.json``.

::

    KERAS_BACKEND=jax python -m tests.ops.keras_values

writes the numbers anew, of the calls that the file has: add one with null for its number.
"""

import json
from pathlib import Path

import numpy as np

FILE = Path(__file__).with_suffix(".json")
ARRAYS = {
    "x": np.array([[3, 4, -1], [0, 2, 5]], np.float32),
    "v": np.array([3, 4, -1], np.float32),
    "i": np.array([[1, 2, 3], [4, 5, 6]], np.int32),
    "b": np.array([True, False]),
    "t": np.arange(24, dtype=np.float32).reshape(2, 3, 4),
    "s": np.arange(18, dtype=np.float32).reshape(2, 3, 3),
    "n": np.array([np.nan, np.inf, -np.inf, 0, 1], np.float32),
    "m": np.array([[3, np.nan, -1], [0, 2, 5]], np.float32),
}


def computed(call, ops):
    """The numbers of a call of ``o``, which is ``numpy_ann.ops`` or ``keras.ops``."""
    with np.errstate(all="ignore"):
        return np.asarray(eval(call, {"o": ops, "np": np, **ARRAYS}))  # noqa: S307  (our own file)


if __name__ == "__main__":
    import keras

    calls = json.loads(FILE.read_text(encoding="utf-8"))
    lines = [f"{json.dumps(call)}: {json.dumps(computed(call, keras.ops).tolist())}" for call in calls]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")

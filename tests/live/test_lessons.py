"""The lesson on files, where Keras is installed: Keras reads the file, learns on, and hands it back."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_keras_goes_on_from_the_lessons_file(keras, tmp_path):
    lesson = ROOT / "examples" / "lessons" / "08_to_keras_and_back.py"
    process = subprocess.run(
        [sys.executable, str(lesson), "--output", str(tmp_path)],
        env={
            **os.environ,
            "MPLBACKEND": "Agg",
            "KERAS_BACKEND": keras.backend.backend(),
            "PYTHONPATH": str(ROOT),
        },
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    assert process.returncode == 0, process.stderr
    after = process.stdout.partition(f"Keras {keras.__version__} reads the file")[2]
    differences = [float(number) for number in re.findall(r"\d+e[+-]\d+$", after, flags=re.MULTILINE)]
    assert len(differences) == 3
    assert max(differences) < 1e-5

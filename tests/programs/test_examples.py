"""Examples run as printed, each as a program of its own."""

import os
import subprocess
import sys
from pathlib import Path

from matplotlib.image import imread
from PIL import Image

ROOT = Path(__file__).parents[2]


def test_the_film_of_a_decision_map(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "Agg"}
    command = [sys.executable, ROOT / "examples" / "decision_map.py", "--epochs", "6"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True)
    film = tmp_path / "outputs" / "decision_map.gif"
    assert done.stdout.splitlines()[-1].startswith(f"{Path('outputs') / 'decision_map.gif'}: ")
    with Image.open(film) as pictures:
        assert pictures.n_frames == 3
    assert imread(film.with_suffix(".png")).shape[2] == 4

"""The lessons run as they stand, agree with the library, and leave small pictures; their texts match them."""

import ast
import os
import re
import runpy
import subprocess
import sys
import warnings
from pathlib import Path

import matplotlib
import pytest
from matplotlib import pyplot
from PIL import Image

from numpy_ann.data import mnist
from tests.support import missing

matplotlib.use("Agg")
ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "examples" / "lessons"
LESSONS = sorted(FOLDER.glob("[0-9]*.py"))
PICTURES = ROOT / "examples" / "figures" / "lessons"
LARGEST_PICTURE = 120_000  # bytes
by_name = pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)


@pytest.fixture
def run(monkeypatch, capsys):
    """Run a lesson as a program of its own, but without the start of a process; return what it prints."""
    monkeypatch.setattr(sys, "path", [str(FOLDER), *sys.path])

    def run(lesson: Path, *arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", [str(lesson), *arguments])
        with matplotlib.rc_context(), warnings.catch_warnings():
            if "keras" not in lesson.name:  # Keras, where it is installed, has its own
                warnings.simplefilter("error")
            try:
                runpy.run_path(str(lesson), run_name="__main__")
            finally:
                pyplot.close("all")
        return capsys.readouterr().out

    return run


@by_name
def test_a_lesson_tells_its_story_and_leaves_its_picture(lesson, run, tmp_path):
    if "mnist" in lesson.read_text():
        try:
            mnist.load_data()
        except ConnectionError as error:
            missing(str(error))
    printed = run(lesson, "--output", str(tmp_path / "pictures"))
    assert printed.startswith(ast.get_docstring(ast.parse(lesson.read_text())).splitlines()[0])
    # What the lesson does by hand is what the library does.
    assert "False" not in printed
    for line in re.findall(r".*argest difference.*", printed):
        assert float(line.split()[-1]) < 1e-5, line

    picture = tmp_path / "pictures" / f"{lesson.stem}.png"
    assert 5_000 < picture.stat().st_size < LARGEST_PICTURE
    with Image.open(picture) as image:
        assert 1000 < image.width < 1600
        image.verify()


@by_name
def test_a_lesson_asks_says_what_there_is_to_see_and_what_to_try(lesson):
    source = lesson.read_text()
    text = ast.get_docstring(ast.parse(source))
    assert text.startswith(f"Lesson {int(lesson.name[:2])}: ")
    assert re.search(r"The question: .*\?\n\nYou'll see .*\n\nTry:\n- .*\n- ", text, flags=re.DOTALL)
    # What is to be changed is there to be changed.
    code = source.replace(text, "")
    names = re.findall(r"`(\w+) = [^`]+`", text)
    assert names
    for name in names:
        assert re.search(rf"^ *([A-Z_]+, )*{name}(, [A-Z_]+)* = ", code, flags=re.MULTILINE), name


def test_help_is_the_lessons_text():
    """A program of its own, as the reader starts it."""
    environment = {**os.environ, "MPLBACKEND": "Agg", "PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "error", str(LESSONS[0]), "--help"]
    shown = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", timeout=300)
    assert shown.returncode == 0, shown.stderr
    assert "Try:\n- `LEARNING_RATE" in shown.stdout


def test_the_list_of_lessons_has_each_one_and_its_picture():
    assert len(LESSONS) == 11
    page = (FOLDER / "README.md").read_text()
    assert re.findall(r"\]\((\d\d_\w+\.py)\)", page) == [lesson.name for lesson in LESSONS]
    pictures = re.findall(r"\]\((\S+\.png)\)", page)
    assert [Path(picture).stem for picture in pictures] == [lesson.stem for lesson in LESSONS]
    for picture in pictures:
        assert 0 < (FOLDER / picture).stat().st_size < LARGEST_PICTURE
    assert {path.stem for path in PICTURES.iterdir()} == {lesson.stem for lesson in LESSONS}

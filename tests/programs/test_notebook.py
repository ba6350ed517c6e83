"""The notebook is the tutorial, and was run from top to bottom without an error. CI runs it again."""

import ast
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.programs.test_tutorial import TUTORIAL
from tests.support import missing

PATH = Path(__file__).parents[2] / "examples" / "mnist_ann.ipynb"


@pytest.fixture(scope="module")
def notebook():
    if find_spec("nbformat") is None:
        missing('nbformat is not installed (pip install -e ".[test]")')
    import nbformat

    return nbformat.read(PATH, as_version=nbformat.NO_CONVERT)


@pytest.fixture(scope="module")
def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def statements(source: str) -> list[str]:
    """Return the statements as Python writes them, whatever their layout; imports left out."""
    body = ast.parse(source).body
    return [ast.unparse(node) for node in body if not isinstance(node, ast.Import | ast.ImportFrom)]


def test_it_is_a_valid_notebook_of_a_size_that_a_repository_can_hold(notebook):
    import nbformat

    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    assert PATH.stat().st_size < 100_000


def test_its_results_are_of_one_run_from_top_to_bottom_without_an_error(code_cells):
    assert [cell.execution_count for cell in code_cells] == list(range(1, len(code_cells) + 1))
    outputs = [output for cell in code_cells for output in cell.outputs]
    assert {output.output_type for output in outputs} == {"stream", "execute_result", "display_data"}
    assert all(output.get("name") != "stderr" for output in outputs)
    assert sum("image/png" in output.get("data", {}) for output in outputs) == 3
    assert all("execution" not in cell.metadata for cell in code_cells)  # times of day


def test_its_headings_are_the_twelve_steps(notebook):
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    numbers = [text.split(".")[0].removeprefix("## ") for text in texts if text[3:4].isdigit()]
    assert numbers == [str(number) for number in range(1, 13)]


def test_its_cells_are_the_tutorials_steps_in_their_order(code_cells):
    install, *rest = (cell.source for cell in code_cells)
    assert "%pip install" in install
    cells = iter(statement for source in rest for statement in statements(source))
    for step in statements(TUTORIAL):
        step = step.replace("'mnist_ann_model.h5'", "outputs / 'mnist_ann_model.h5'")
        if step.startswith(("(history.history", "reloaded.evaluate")):
            continue  # the notebook draws the one, and compares the other
        assert step in cells, f"missing, or in another place: {step}"

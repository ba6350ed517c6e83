"""Run the notebook from top to bottom, in an empty folder, with the numpy_ann that is installed.

    pip install -e ".[notebook]"
    python examples/run_notebook.py            # fails on any error
    python examples/run_notebook.py --write    # and keeps the results, for those who read it on the web

What is kept is as small as can be: figures of 64 colours, and no times of day that would differ in each run.
"""

import argparse
import base64
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient
from PIL import Image

NOTEBOOK = Path(__file__).with_name("mnist_ann.ipynb")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="keep the results in the notebook")
    write = parser.parse_args().write

    notebook = nbformat.read(NOTEBOOK, as_version=4)
    with TemporaryDirectory() as folder:
        client = NotebookClient(
            notebook, resources={"metadata": {"path": folder}}, record_timing=False, coalesce_streams=True
        )
        client.execute(cleanup_kc=True)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    print(f"{NOTEBOOK.name}: {len(cells)} cells run")
    if not write:
        return

    for cell in cells:
        cell.metadata.pop("execution", None)
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                output.data["image/png"] = small(output.data["image/png"])
    notebook.metadata["language_info"] = {"name": "python"}
    nbformat.validate(notebook)
    nbformat.write(notebook, NOTEBOOK)
    print(f"results kept, {NOTEBOOK.stat().st_size / 1000:.0f} kB")


def small(png: str) -> str:
    """Return the picture, in base64 as it came, with 64 colours."""
    file = BytesIO()
    picture = Image.open(BytesIO(base64.b64decode(png))).convert("RGB")
    picture.quantize(64, dither=Image.Dither.NONE).save(file, format="png", optimize=True)
    return base64.b64encode(file.getvalue()).decode()


if __name__ == "__main__":
    main()

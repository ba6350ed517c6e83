"""The files beside this one are users' code: type checkers find in it the mistakes marked, and no others.

``# E: attr-defined, reportAttributeAccessIssue`` marks a line: mypy's code, and pyright's rule.
"""

import json
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support import missing

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FILES = sorted(path for path in HERE.glob("*.py") if path.name not in ("__init__.py", "test_typing.py"))
MARK = re.compile(r"# E: ([\w-]+), (\w+)$")


def marked(part: int) -> set[tuple[str, int, str]]:
    """Return file, line and code of each mistake, of mypy (1) or pyright (2)."""
    return {
        (path.name, number, found[part])
        for path in FILES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if (found := MARK.search(line))
    }


def test_mypy_finds_the_mistakes_marked_and_no_others():
    if find_spec("mypy") is None:
        missing("mypy is not installed")
    from mypy import api

    options = ["--config-file", str(ROOT / "pyproject.toml"), "--no-error-summary", "--hide-error-context"]
    out, err, _ = api.run([*options, "--explicit-package-bases", *map(str, FILES)])
    assert not err
    lines = [line for line in out.splitlines() if ": note:" not in line]
    errors = [re.fullmatch(r"(.*?):(\d+): error: .*\[([\w-]+)\]", line) for line in lines]
    assert None not in errors, out
    found = {(Path(error[1]).name, int(error[2]), error[3]) for error in errors if error}
    assert found == marked(1), out


@pytest.mark.skipif(sys.platform == "win32", reason="the path of Node's wheel is another one")
def test_pyright_finds_the_mistakes_marked_and_no_others():
    if find_spec("pyright") is None:
        missing("pyright is not installed")
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable]
    process = subprocess.run(
        [*command, *map(str, FILES)], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    report = json.loads(process.stdout)
    errors = [entry for entry in report["generalDiagnostics"] if entry["severity"] == "error"]
    found = {
        (Path(error["file"]).name, error["range"]["start"]["line"] + 1, error.get("rule")) for error in errors
    }
    assert found == marked(2), errors

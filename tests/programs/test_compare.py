"""compare.py and step_profile.py run from the command line, on made-up images; accuracy.py on few."""

import json
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(BENCHMARKS / script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


@pytest.fixture
def refused(monkeypatch, capsys):
    """Run a script in this process, and return what it says of options that it refuses."""

    def refused(script: str, *arguments: str) -> str:
        monkeypatch.setattr(sys, "path", [*sys.path])
        monkeypatch.setattr(sys, "argv", [script, *arguments])
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(BENCHMARKS / script), run_name="__main__")
        assert ended.value.code == 2
        return capsys.readouterr().err

    return refused


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> tuple[subprocess.CompletedProcess[str], Path]:
    folder = tmp_path_factory.mktemp("benchmark")
    peers = ("--peers", "numpy_ann", "textbook", "products")
    return run("compare.py", "--smoke", "--cores", "1", *peers, "--output", str(folder)), folder


def test_smoke_run_succeeds_and_tells_of_each_part(finished):
    process, _ = finished
    assert process.returncode == 0, process.stderr
    for part in "abcdefg":
        assert f"[{part}, 1 core]" in process.stdout


def test_json_holds_every_sample(finished):
    content = json.loads((finished[1] / "benchmark.json").read_text())
    records = {(r["part"], r["work"], r["peer"]): r for r in content["records"]}
    for peer in ("numpy_ann", "textbook", "products"):
        assert len(records["a", "epoch", peer]["samples"]) == 1
        assert records["a", "epoch", peer]["median"] > 0
    assert len(records["c", "predict one image", "numpy_ann"]["samples"]) == 3
    assert records["f", "epoch on a mapped file larger than the memory", "numpy_ann"]["samples"]
    assert records["f", "tutorial's peak memory", "numpy_ann"]["median"] > 10
    assert ("b", "tutorial", "products") not in records
    assert content["versions"]["numpy_ann"]["numpy"]
    reached = [goal for goal in content["goals"] if goal["peer"] == "textbook"]
    assert reached[0]["measured"] > 0


def test_markdown_has_goals_tables_and_machine(finished):
    text = (finished[1] / "benchmark.md").read_text()
    assert "| (a) epoch" in text
    assert "### import numpy" in text
    assert "- BLAS in numpy_ann, 1 core: " in text
    assert "not measured" in text  # the goals against peers that did not take part


def test_chart_is_a_png(finished):
    assert (finished[1] / "benchmark.png").read_bytes().startswith(b"\x89PNG")


def test_missing_peers_are_named(tmp_path):
    process = run(
        "compare.py",
        *("--smoke", "--cores", "1", "--parts", "e", "--peers", "numpy_ann", "textbook"),
        *("--python", "textbook=/no/such/python", "--output", str(tmp_path)),
    )
    assert process.returncode == 0, process.stderr
    assert "missing: textbook (its interpreter can't be used:" in process.stdout
    assert "missing: textbook" in (tmp_path / "benchmark.md").read_text()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--python", "nobody=python"), "--python takes PEER=PATH"),
        (("--cores", "100000"), "--cores must lie between 1 and"),
        (("--repetitions", "0"), "must be at least 1"),
        (("--peers", "nobody"), "invalid choice: 'nobody'"),
    ],
)
def test_wrong_options_are_refused(arguments, complaint, refused):
    assert complaint in refused("compare.py", *arguments)


def test_accuracy_refuses_no_seeds(refused):
    assert "--seeds must be at least 1" in refused("accuracy.py", "--seeds", "0")


def test_step_profile_shares_out_the_whole_step():
    process = run("step_profile.py", "--epochs", "2", "--batch-size", "2000", "--hidden", "8")
    assert process.returncode == 0, process.stderr
    _, _, *rows = process.stdout.splitlines()
    parts = {part.strip(): float(time) for _, part, time, _, _ in (row.split("|") for row in rows)}
    total = parts.pop("all")
    assert len(parts) == 9
    assert all(time > 0 for time in parts.values())
    assert abs(sum(parts.values()) - total) <= len(parts)  # each is rounded


@pytest.mark.parametrize("option", [("--epochs", "1"), ("--batch-size", "54001"), ("--hidden", "8", "0")])
def test_step_profile_refuses_what_it_cannot_measure(option, refused):
    message = "--epochs must be at least 2, --batch-size 1 to 54000, --hidden at least 1"
    assert message in refused("step_profile.py", *option)

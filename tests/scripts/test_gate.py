"""The gate on coverage: all workers count, and a part that falls short is named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts import gate
from tests.servers import ROOT


def _summary(lines: tuple[int, int]) -> dict[str, Any]:
    """Of (ran, all) lines."""
    return {
        "summary": {
            "covered_lines": lines[0],
            "missing_lines": lines[1] - lines[0],
        }
    }


def _report(**files: tuple[int, int]) -> dict[str, Any]:
    return {
        "files": {name.replace("__", "/") + ".py": _summary(lines) for name, lines in files.items()}
    }


REPORT = _report(
    core__dates=(50, 50), core__text=(48, 50), reports__definitions__posts=(9, 10), demo=(3, 90)
)


@pytest.mark.parametrize(
    ("least", "is_fine"),
    [
        ({".": 55}, True),
        ({".": 55.01}, False),
        ({"core": 98}, True),
        ({"core": 98.5}, False),
        ({"core/dates.py": 100}, True),
        ({"reports/definitions | reports/indicators.py": 90}, True),
        ({"reports/indicators.py | reports/definitions": 91}, False),
        # "demo" is a file here; a folder begins with the whole name.
        ({"cor": 0}, False),
        ({"core": 98, "reports/gone": 0}, False),
    ],
)
def test_each_part_is_held_at_its_own_threshold(least: dict[str, float], is_fine: bool) -> None:
    assert gate.judge(REPORT, least)[0] == is_fine


def test_what_falls_short_is_named_worst_first() -> None:
    _, lines = gate.judge(REPORT, {".": 95})
    assert lines[0] == ("coverage of everything: 55.00 %, must be 95 %: 90 lines missing")
    assert [line.split(":")[0].strip() for line in lines[1:]] == [
        "demo.py", "core/text.py", "reports/definitions/posts.py",
    ]  # fmt: skip


def test_a_file_that_no_test_reaches_is_named() -> None:
    """As much as the others reach, it may be that nothing uses it."""
    report = _report(core__dates=(50, 50), core__never=(0, 1), core__empty=(0, 0))
    is_fine, lines = gate.judge(report, {".": 90})
    assert not is_fine
    assert lines[0] == "coverage: no test reaches core/never.py; is it used?"


def test_the_gate_names_what_is_there() -> None:
    """A room that moved would otherwise be held by nothing."""
    files = {path: gate.Reached(1, 1) for path in map(str, ROOT.rglob("*.py"))}
    here = {str(Path(path).relative_to(ROOT)): reached for path, reached in files.items()}
    for name in gate.thresholds():
        assert gate._below(name, here), name


TWO = """
import pytest
from core.halves import half

@pytest.mark.parametrize("is_first", [True, False])
def test(is_first, worker_id):
    assert half(is_first) and worker_id != "master"
"""
HALVES = """
def half(is_first):
    if is_first:
        return 1
    return 2

def never():
    return 3
"""


def test_what_the_workers_of_pytest_measured_is_put_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "core").mkdir()
    settings = (ROOT / "pyproject.toml").read_text()
    (tmp_path / "pyproject.toml").write_text(settings[settings.index("[tool.slipcover]") :])
    for name, text in {"core/__init__": "", "core/halves": HALVES, "test_two": TWO}.items():
        (tmp_path / f"{name}.py").write_text(text)
    for name in [name for name in os.environ if name.startswith(("PYTEST", "SLIPCOVER"))]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(gate, "REPORT", tmp_path / "report.json")
    monkeypatch.setattr(gate, "COMMAND", [sys.executable, "-m", "slipcover", "--source", "core"])
    words = [*gate.begin(), "pytest", "-q", "-n", "2", "--dist", "each", "-p", "no:django"]
    done = subprocess.run([*words, "--rootdir", "."], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(gate.REPORT.read_text())["files"]["core/halves.py"]
    assert found["missing_lines"] == [8]


def test_that_nothing_was_measured_is_no_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "REPORT", tmp_path / "report.json")
    assert not gate.end()

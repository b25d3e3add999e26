"""The gate on coverage: every process counts, and a part that falls short is named."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts import gate
from tests.servers import ROOT


def _report(**files: tuple[int, int]) -> dict[str, Any]:
    return {
        "files": {
            name.replace("__", "/") + ".py": {
                "summary": {"covered_lines": ran, "num_statements": of, "num_branches": 0}
            }
            for name, (ran, of) in files.items()
        }
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
    assert lines[0] == (
        "coverage of everything: 55.00 %, must be 95 %: 90 lines and branches missing"
    )
    assert [line.split(":")[0].strip() for line in lines[1:]] == [
        "demo.py", "core/text.py", "reports/definitions/posts.py",
    ]  # fmt: skip


def test_branches_count_like_lines() -> None:
    summary = {"covered_lines": 9, "num_statements": 10, "covered_branches": 1, "num_branches": 10}
    assert gate.judge({"files": {"a.py": {"summary": summary}}}, {".": 50})[0]
    assert not gate.judge({"files": {"a.py": {"summary": summary}}}, {".": 50.1})[0]


def test_the_gate_names_what_is_there() -> None:
    """A room that moved would otherwise be held by nothing."""
    files = {path: gate.Reached(1, 1) for path in map(str, ROOT.rglob("*.py"))}
    here = {str(Path(path).relative_to(ROOT)): reached for path, reached in files.items()}
    for name in gate.thresholds():
        assert gate._below(name, here), name


PARENT = """
import os, signal, subprocess, sys

def in_the_fork():
    print("forked")
    os._exit(0)

os.waitpid(os.fork() or in_the_fork(), 0)
own = subprocess.Popen([sys.executable, "-m", "core.child"], stdout=subprocess.PIPE)
own.stdout.readline()
own.send_signal(signal.SIGTERM)
own.wait()
"""
CHILD = """
import time
print("up", flush=True); time.sleep(60)
"""


def test_forked_ended_and_other_processes_are_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in the product: Celery forks and ends by os._exit, everything is told to end."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "core").mkdir()
    for name, text in {"__init__": "", "parent": PARENT, "child": CHILD}.items():
        (tmp_path / "core" / f"{name}.py").write_text(text)
    for name in [name for name in os.environ if name.startswith("COVERAGE")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(gate, "DATA", tmp_path / ".coverage_data")
    monkeypatch.setattr(gate, "COMMAND", [sys.executable, "-m", "coverage"])
    done = subprocess.run([*gate.begin(), "core.parent"], cwd=tmp_path)
    assert done.returncode == 0
    monkeypatch.setattr(gate.venv, "ROOT", tmp_path)
    gate.end()
    report = json.loads((tmp_path / ".coverage_data" / "report.json").read_text())
    missing = {name: one["missing_lines"] for name, one in report["files"].items()}
    assert missing["core/parent.py"] == []
    assert missing["core/child.py"] == []

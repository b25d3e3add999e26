"""How much of the code the tests reach: what each process measured, put together and judged.

The least percentages stand in pyproject.toml under [tool.registry.coverage]: for a folder, a
file, or the first of several names that is there ("a | b"); "." is all of it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts import venv

DATA = venv.ROOT / ".coverage_data"
COMMAND = [str(venv.PYTHON), "-m", "coverage"]
# So many files are named when a part falls short.
WORST = 15


@dataclass(frozen=True)
class Reached:
    """Lines and branches of a file, or of many, and how many of them ran."""

    ran: int = 0
    all: int = 0

    def __add__(self, other: Reached) -> Reached:
        return Reached(self.ran + other.ran, self.all + other.all)

    @property
    def percent(self) -> float:
        return 100 * self.ran / self.all if self.all else 100.0

    @property
    def missing(self) -> int:
        return self.all - self.ran


def thresholds(root: Path = venv.ROOT) -> dict[str, float]:
    return dict(
        tomllib.loads((root / "pyproject.toml").read_text())["tool"]["registry"]["coverage"]
    )


def _of(summary: dict[str, Any]) -> Reached:
    return Reached(
        summary["covered_lines"] + summary.get("covered_branches", 0),
        summary["num_statements"] + summary.get("num_branches", 0),
    )


def _below(name: str, files: dict[str, Reached]) -> dict[str, Reached]:
    """The files that a name of the thresholds stands for; none when it stands for nothing."""
    for one in (part.strip() for part in name.split("|")):
        found = {
            path: reached
            for path, reached in files.items()
            if one in (".", path) or path.startswith(f"{one}/")
        }
        if found:
            return found
    return {}


def judge(report: dict[str, Any], least: dict[str, float]) -> tuple[bool, list[str]]:
    """Whether every part is reached as much as it must be, and a line or more on each."""
    files = {path: _of(one["summary"]) for path, one in report["files"].items()}
    is_fine, lines = True, []
    for name, wanted in least.items():
        found = _below(name, files)
        if not found:
            is_fine = False
            lines.append(f"coverage of {name}: there is no such file or folder")
            continue
        reached = sum(found.values(), Reached())
        words = f"coverage of {'everything' if name == '.' else name}: {reached.percent:.2f} %"
        if reached.percent >= wanted:
            lines.append(f"{words} (at least {wanted} %)")
            continue
        is_fine = False
        lines.append(f"{words}, must be {wanted} %: {reached.missing} lines and branches missing")
        worst = sorted(found.items(), key=lambda pair: -pair[1].missing)[:WORST]
        lines += [
            f"  {path}: {one.missing} missing ({one.percent:.1f} %)"
            for path, one in worst
            if one.missing
        ]
    return is_fine, lines


def begin() -> list[str]:
    """Forget what was measured before; the words to run a module under measurement."""
    shutil.rmtree(DATA, ignore_errors=True)
    DATA.mkdir()
    return [*COMMAND, "run", "-m"]


def end() -> bool:
    """Put all processes together, say how far they reached, and whether that is enough."""
    for words in (["combine", "-q"], ["json", "-q", "-o", str(DATA / "report.json")]):
        done = subprocess.run([*COMMAND, *words], cwd=venv.ROOT, capture_output=True, text=True)
        if done.returncode:
            print(f"coverage {words[0]} failed: {done.stdout}{done.stderr}", flush=True)
            return False
    is_fine, lines = judge(json.loads((DATA / "report.json").read_text()), thresholds())
    print("\n".join(lines), flush=True)
    return is_fine

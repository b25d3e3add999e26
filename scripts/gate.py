"""How much of the code the tests reach: what each worker of pytest measured, judged.

The least percentages stand in pyproject.toml under [tool.registry.coverage]: for a folder, a
file, or the first of several names that is there ("a | b"); "." is all of it.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts import venv

REPORT = venv.ROOT / ".coverage.json"
COMMAND = [str(venv.PYTHON), "-W", "ignore:Unable to activate pytest", "-m", "slipcover"]
# So many files are named when a part falls short.
WORST = 15


@dataclass(frozen=True)
class Reached:
    """Lines of a file, or of many, and how many of them ran."""

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
    ran = summary["covered_lines"]
    return Reached(ran, ran + summary["missing_lines"])


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
    """Whether every part is reached as much as it must be and every file at all, and a line or
    more on each."""
    files = {path: _of(one["summary"]) for path, one in report["files"].items()}
    idle = [path for path, reached in files.items() if reached.all and not reached.ran]
    is_fine = not idle
    lines = [f"coverage: no test reaches {path}; is it used?" for path in sorted(idle)]
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
        lines.append(f"{words}, must be {wanted} %: {reached.missing} lines missing")
        worst = sorted(found.items(), key=lambda pair: -pair[1].missing)[:WORST]
        lines += [
            f"  {path}: {one.missing} missing ({one.percent:.1f} %)"
            for path, one in worst
            if one.missing
        ]
    return is_fine, lines


def begin() -> list[str]:
    """Forget what was measured before; the words to run a module under measurement."""
    REPORT.unlink(missing_ok=True)
    return [*COMMAND, "--out", str(REPORT), "-m"]


def end() -> bool:
    """Say how far the tests reached, and whether that is enough."""
    if not REPORT.exists():
        print("coverage was not measured", flush=True)
        return False
    is_fine, lines = judge(json.loads(REPORT.read_text()), thresholds())
    print("\n".join(lines), flush=True)
    return is_fine

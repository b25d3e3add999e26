"""make check: everything that can be said about the code without running its tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from scripts import localenv, venv
from scripts.services import Services
from scripts.test import environment

BIN = venv.VENV / "bin"
PRODUCTION = {
    "DEBUG": "false",
    "BEHIND_PROXY": "true",
    "HTTPS": "true",
    "ALLOWED_HOSTS": "registry.example.gov.cn",
}


@dataclass(frozen=True)
class Step:
    """One check: a command that must end with 0, or a judgement of its own."""

    name: str
    command: tuple[str, ...]
    env: dict[str, str]
    judge: Callable[[subprocess.CompletedProcess[str]], tuple[bool, str]] | None = None
    # Left out by --fast: asks another machine, or is about production alone.
    is_slow: bool = False

    def run(self) -> tuple[str, bool, str, float]:
        began = time.monotonic()
        done = subprocess.run(
            self.command, cwd=venv.ROOT, env=self.env, capture_output=True, text=True
        )
        fine, words = (done.returncode == 0, done.stdout + done.stderr)
        if self.judge:
            fine, words = self.judge(done)
        return self.name, fine, words, time.monotonic() - began


def _judge_audit(done: subprocess.CompletedProcess[str]) -> tuple[bool, str]:
    """Known holes fail; a network that does not answer is said and does not."""
    try:
        found = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        reason = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        return True, f"pip-audit could not reach its source, not checked: {reason}"
    holes = [
        f"{one['name']} {one['version']}: {', '.join(hole['id'] for hole in one['vulns'])}"
        for one in found
        if one.get("vulns")
    ]
    return not holes, "\n".join(holes)


def steps(env: dict[str, str]) -> list[Step]:
    python = str(venv.PYTHON)
    production = {**env, **localenv.fresh_secrets(), **PRODUCTION}
    audit = (str(BIN / "pip-audit"), "--disable-pip", "--require-hashes", "--timeout", "10")
    return [
        Step("mypy", (str(BIN / "mypy"),), env),
        Step("ruff check", (str(BIN / "ruff"), "check", "--output-format", "concise", "."), env),
        Step(
            "ruff format",
            (str(BIN / "ruff"), "format", "--check", "--output-format", "concise", "."),
            env,
        ),
        Step("djlint", (str(BIN / "djlint"), "templates", "--lint", "--quiet"), env),
        Step("import-linter", (str(BIN / "lint-imports"), "--no-cache"), env),
        Step(
            "check --deploy",
            (python, "manage.py", "check", "--deploy", "--fail-level", "WARNING"),
            production,
            is_slow=True,
        ),
        Step(
            "makemigrations --check",
            (python, "manage.py", "makemigrations", "--check", "--dry-run"),
            env,
        ),
        Step("squawk", (python, "-m", "scripts.migrations"), env),
        Step("vulture", (python, "-m", "scripts.deadcode"), env),
        Step(
            "pip-audit",
            (*audit, "-f", "json", "-r", "requirements-dev.lock"),
            env,
            _judge_audit,
            is_slow=True,
        ),
    ]


def reformat() -> int:
    for arguments in (["check", "--fix", "-q", "."], ["format", "-q", "."]):
        subprocess.run([str(BIN / "ruff"), *arguments], cwd=venv.ROOT)
    return 0


def run_all(wanted: list[Step], *, is_fast: bool) -> int:
    """Run side by side, say each as it ends, and at last what failed or was left out."""
    left_out = [step.name for step in wanted if is_fast and step.is_slow]
    failed = []
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        chosen = [step for step in wanted if step.name not in left_out]
        for name, fine, words, seconds in pool.map(Step.run, chosen):
            print(f"{'ok    ' if fine else 'FAILED'} {name} ({seconds:.0f} s)", flush=True)
            if not fine or words.startswith("pip-audit could not"):
                print(words.strip(), flush=True)
            if not fine:
                failed.append(name)
    if left_out:
        print(f"left out by --fast: {', '.join(left_out)}", flush=True)
    print(f"check: {', '.join(failed)} failed" if failed else "check: all fine", flush=True)
    return 1 if failed else 0


def main() -> int:
    venv.enter("scripts.check", dev=True)
    if "--format" in sys.argv:
        return reformat()
    with tempfile.TemporaryDirectory() as folder, Services.throwaway() as services:
        wanted = steps(environment(services, folder))
        return run_all(wanted, is_fast="--fast" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())

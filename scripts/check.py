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
        ),
        Step(
            "makemigrations --check",
            (python, "manage.py", "makemigrations", "--check", "--dry-run"),
            env,
        ),
        Step(
            "pip-audit",
            (*audit, "-f", "json", "-r", "requirements-dev.lock"),
            env,
            _judge_audit,
        ),
    ]


def reformat() -> int:
    for arguments in (["check", "--fix", "-q", "."], ["format", "-q", "."]):
        subprocess.run([str(BIN / "ruff"), *arguments], cwd=venv.ROOT)
    return 0


def main() -> int:
    venv.enter("scripts.check", dev=True)
    if "--format" in sys.argv:
        return reformat()
    failed = []
    with tempfile.TemporaryDirectory() as folder, Services.throwaway() as services:
        env = environment(services, folder)
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
            for name, fine, words, seconds in pool.map(Step.run, steps(env)):
                print(f"{'ok    ' if fine else 'FAILED'} {name} ({seconds:.0f} s)", flush=True)
                if not fine or words.startswith("pip-audit could not"):
                    print(words.strip(), flush=True)
                if not fine:
                    failed.append(name)
    print(f"check: {', '.join(failed)} failed" if failed else "check: all fine", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

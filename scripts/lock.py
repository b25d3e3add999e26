"""make lock: write the .lock beside each requirements file, versions with their hashes.

What is locked stays as it is where it still fits; UPGRADE=1 takes the newest of everything
that the requirements leave open.
"""

from __future__ import annotations

import os
import subprocess

from scripts import venv

# The widest one decides; the others are cut from it, so that a version stands once.
WIDEST, *PARTS = ("requirements-dev", "requirements-local", "requirements")


def command(name: str) -> list[str]:
    """The call of uv for one requirements file; it names no registry, so neither does the lock."""
    words = [str(venv.UV), "pip", "compile", "-q", "--universal", "--generate-hashes"]
    words += ["--no-annotate", "--no-header", "--python-version", venv.VERSION]
    if name != WIDEST:
        words += ["--constraint", f"{WIDEST}.lock"]
    elif os.environ.get("UPGRADE"):
        words += ["--upgrade"]
    return [*words, f"{name}.txt", "-o", f"{name}.lock"]


def main() -> None:
    venv.ensure(dev=True)
    env = {**os.environ, **venv.pip_index()}
    for name in (WIDEST, *PARTS):
        subprocess.run(command(name), cwd=venv.ROOT, env=env, check=True)


if __name__ == "__main__":
    main()

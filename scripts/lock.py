"""make lock: write constraints.txt from what the requirements bring in today."""

from __future__ import annotations

import subprocess

from scripts import venv

HEADER = "# Versions of everything the requirements bring along; written by make lock.\n"


def main() -> None:
    venv.ensure(dev=True)
    command = [str(venv.VENV / "bin" / "uv"), "pip", "compile", "-q", "--no-annotate"]
    command += ["--no-header", "--universal", "--python-version", "3.11", "requirements-dev.txt"]
    done = subprocess.run(command, cwd=venv.ROOT, capture_output=True, text=True, check=True)
    (venv.ROOT / "constraints.txt").write_text(HEADER + done.stdout)


if __name__ == "__main__":
    main()

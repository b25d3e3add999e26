"""What CONTRIBUTING says to touch for one more of a kind is enough, and is all there is."""

from __future__ import annotations

import os
import subprocess
import sys

from scripts import prepared
from scripts.venv import ROOT

FOLDER = ROOT / "tests" / "contracts" / "scratch"


def test_one_of_each_in_an_app_of_its_own() -> None:
    """used.py goes through an entity, a field, an action, a decision, an indicator, a form of
    figures, a ledger and a role of an app that says nothing but its declarations, in a process
    and a database of its own."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_XDIST")}
    environment |= {"DJANGO_SETTINGS_MODULE": "tests.contracts.scratch.settings"}
    environment.pop(prepared.VARIABLE, None)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--create-db",
               str(FOLDER / "used.py")]  # fmt: skip
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-6000:]

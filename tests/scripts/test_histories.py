"""An ordinary run leaves nothing to chance; make drill takes what is left."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from tests import histories
from tests.servers import ROOT


def test_the_first_seeds_run_always_and_the_others_in_drills(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("SEEDS", raising=False)
    assert histories.seeds(2, 2) == [0, 1]
    always, *rest = histories.seeds(1, 4)
    assert always == 0
    assert [one.values for one in rest] == [(1,), (2,), (3,)]
    assert all([mark.name for mark in one.marks] == ["drill"] for one in rest)
    monkeypatch.setenv("SEEDS", "9")
    assert len(histories.seeds(1, 4)) == 9


def test_properties_have_the_same_examples_each_time(request: pytest.FixtureRequest) -> None:
    assert settings.default.derandomize == (not request.config.getoption("--drill"))


PROPERTIES = """
import pytest
from hypothesis import given, settings, strategies
from tests.histories import examples, seeds


@given(strategies.integers())
def test_property(number):
    print("examples", settings.default.max_examples, examples(3, 30))


@pytest.mark.parametrize("seed", seeds(2, 5))
def test_history(seed):
    print("seed", seed)


def test_ordinary():
    print("ordinary")
"""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], {"examples 100 3", "seed 0", "seed 1", "ordinary"}),
        (["--drill"], {"examples 2000 30", "seed 2", "seed 3", "seed 4"}),
    ],
)
def test_each_kind_of_run_takes_its_own(
    arguments: list[str], said: set[str], tmp_path: Path
) -> None:
    """Run as make test and make drill run it, with the project's own conftest."""
    (tmp_path / "test_small.py").write_text(PROPERTIES)
    (tmp_path / "conftest.py").write_text("from tests.conftest import *\n")
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", *arguments]
    command += ["-c", str(ROOT / "pyproject.toml"), str(tmp_path)]
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        command, cwd=ROOT, env={**env, "SEEDS": ""}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
    lines = done.stdout.replace(".", "\n").splitlines()
    assert {line for line in lines if line.startswith(("examples", "seed", "ordinary"))} == said

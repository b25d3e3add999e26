"""A database with all tables and reference rows, kept by what it was made of.

make test starts from a copy instead of running every migration once a process. What it was
made of is not listed by hand: the process that fills it says which of our modules it had
loaded, and a change of one of them, a new migration, other data or another lock makes a new
one. A copy that is broken is thrown away and made anew.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from scripts import localenv, venv
from scripts.services import Services

CACHE = venv.ROOT / ".database_cache"
# Two branches that a developer goes back and forth between.
KEPT = 2
MANIFEST = "made-of.json"
# Nobody may connect to it: PostgreSQL copies only a database that is left alone.
NAME = "prepared"
# What conftest reads; without it a test database is migrated as Django does it.
VARIABLE = "TEST_TEMPLATE"
# Of the environment only this changes what is filled in.
ENVIRONMENT = ("PROVINCE_CODE", "DATA_DIR")
# Nothing that is written at random times, and little that is never read again.
WHILE_FILLED = {
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "wal_recycle": "off",
}


# --- What it is made of ---------------------------------------------------------------------
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _always(root: Path) -> set[str]:
    """Files that count whether or not the filling process has met them."""
    data = Path(os.environ.get("DATA_DIR") or root / "data")
    found = {*root.glob("*/migrations/*.py"), *(path for path in data.rglob("*") if path.is_file())}
    found |= {root / "requirements-dev.lock", root / "scripts" / "services.py", Path(__file__)}
    return {os.path.relpath(path, root) for path in found}


def _python(root: Path) -> set[str]:
    """Everything of ours that could be loaded; git knows neither caches nor foreign code."""
    command = ["git", "ls-files", "-co", "--exclude-standard", "*.py"]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if listed.returncode:
        return {os.path.relpath(path, root) for path in root.glob("[!.]*/**/*.py")}
    return {name for name in listed.stdout.splitlines() if (root / name).is_file()}


def digests(names: set[str], root: Path = venv.ROOT) -> dict[str, str]:
    return {name: _digest(root / name) for name in sorted(names)}


def surroundings() -> dict[str, str]:
    """What is no file: the machine's kind, and the variables that matter."""
    given = {name: os.environ.get(name, "") for name in ENVIRONMENT}
    return {**given, "machine": platform.machine()}


def _weight(folder: Path) -> list[int]:
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return [len(sizes), sum(sizes)]


def fits(entry: Path, root: Path = venv.ROOT) -> bool:
    """Whether an entry is whole, and made of exactly what is here now."""
    try:
        made_of = json.loads((entry / MANIFEST).read_text())
        files = made_of["files"]
        return bool(
            made_of["surroundings"] == surroundings()
            and _always(root) <= files.keys()
            and digests(set(files), root) == files
            and _weight(entry / "pg") == made_of["weight"]
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


# --- The folder of entries --------------------------------------------------------------------
@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One process looks, makes, copies or clears at a time."""
    venv.refuse_foreign(CACHE)
    CACHE.mkdir(mode=0o700, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _entries() -> list[Path]:
    """The one used last comes first."""
    folders = [path for path in CACHE.iterdir() if path.is_dir()]
    return sorted(folders, key=lambda path: path.stat().st_mtime, reverse=True)


def _clear() -> None:
    for entry in _entries():
        if not (entry / MANIFEST).exists():
            shutil.rmtree(entry, ignore_errors=True)
    for entry in _entries()[KEPT:]:
        shutil.rmtree(entry, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    """A whole folder with its owners, as only its own user may read it."""
    subprocess.run(["cp", "-Rp", str(source), str(target)], check=True, capture_output=True)


def _fill(services: Services) -> set[str]:
    """Run this module in a process of its own, and learn what it had loaded."""
    services.create_database(NAME)
    with tempfile.TemporaryDirectory(prefix="registry-local-") as folder:
        env = {
            **{name: value for name, value in os.environ.items() if not name.endswith("_URL")},
            **localenv.fresh_secrets(),
            "LOCAL_DIR": folder,
            "DATABASE_URL": services.database_url(NAME),
            "STATEMENT_TIMEOUT_MS": "0",
        }
        command = [str(venv.PYTHON), "-m", "scripts.prepared"]
        done = subprocess.run(command, cwd=venv.ROOT, env=env, capture_output=True, text=True)
    if done.returncode:
        venv.stop(f"测试数据库未能建立：\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    return set(json.loads(done.stdout.splitlines()[-1]))


def make(root: Path = venv.ROOT) -> Path:
    """A new entry; it has its name only when everything in it is written."""
    print("正在准备测试用的数据库 …", flush=True)
    _clear()
    before = digests(_python(root) | _always(root), root)
    began = Path(tempfile.mkdtemp(prefix="unfinished-", dir=CACHE))
    with Services.throwaway(**WHILE_FILLED) as services:
        names = _fill(services) | _always(root)
        services.psql(f"alter database {NAME} with allow_connections false")
        services.stop_postgres()
        (services.data / "server.log").unlink(missing_ok=True)
        _copy(services.data, began / "pg")
    # A file that came while it was filled has no digest here and so fits never again.
    files = {name: before.get(name, "") for name in names}
    made_of = {"files": files, "surroundings": surroundings(), "weight": _weight(began / "pg")}
    text = json.dumps(made_of, indent=1, sort_keys=True)
    os.sync()
    (began / MANIFEST).write_text(text)
    entry = CACHE / hashlib.sha256(text.encode()).hexdigest()[:16]
    shutil.rmtree(entry, ignore_errors=True)
    began.rename(entry)
    _clear()
    return entry


# --- For one run ------------------------------------------------------------------------------
def _take(target: Path, *, anew: bool) -> None:
    with _alone():
        if anew:
            for entry in _entries():
                shutil.rmtree(entry, ignore_errors=True)
        entry = next((one for one in _entries() if fits(one)), None) or make()
        os.utime(entry)
        try:
            _copy(entry / "pg", target)
        except subprocess.CalledProcessError:
            shutil.rmtree(entry, ignore_errors=True)
            shutil.rmtree(target, ignore_errors=True)
            _copy(make() / "pg", target)


@contextlib.contextmanager
def servers() -> Iterator[Services]:
    """Throw-away servers whose PostgreSQL has the database NAME to copy from."""
    folder = Path(tempfile.mkdtemp(prefix="registry-"))
    services = Services(folder, durable=False)
    try:
        services.prepare_folders()
        for anew in (False, True):
            shutil.rmtree(services.data, ignore_errors=True)
            _take(services.data, anew=anew)
            try:
                services.start_postgres()
                break
            except SystemExit:
                if anew:
                    raise
        services.start_redis()
        yield services
    finally:
        services.stop()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Fill the database of DATABASE_URL; the last line tells which files that took."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from tests import reference

    call_command("migrate", interactive=False, verbosity=0, run_syncdb=True)
    reference.load()
    root = venv.ROOT
    loaded = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    ours = {Path(name).resolve() for name in loaded if name}
    found = (path.relative_to(root) for path in ours if path.is_relative_to(root))
    print(json.dumps(sorted(str(path) for path in found if not path.parts[0].startswith("."))))


if __name__ == "__main__":
    main()

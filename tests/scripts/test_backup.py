"""Backups come back whole, and whatever is cut off or refused leaves nothing half."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
import uuid
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import psycopg2
import pytest

from core.secrecy import files as media
from scripts import backup, localenv
from scripts.services import Services, redis_command
from tests.servers import ROOT


def _sql(url: str, statement: str) -> list[tuple[object, ...]]:
    link = psycopg2.connect(url)
    try:
        with link, link.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        link.close()


def _backup(url: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    process = _start_backup(url, folder, *arguments)
    out, err = process.communicate(timeout=120)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def _start_backup(url: str, folder: Path, *arguments: str) -> subprocess.Popen[str]:
    env = {
        **os.environ,
        "DATABASE_URL": url,
        "REDIS_URL": "unix:///nowhere",
        "LOCAL_DIR": str(folder / "local"),
        "MEDIA_ROOT": str(folder / "media"),
        "DIR": str(folder / "backups"),
    }
    command = [sys.executable, "-m", "scripts.backup", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=pipe, stderr=pipe, text=True)


def test_a_backup_comes_back_whole(own_database: str, tmp_path: Path) -> None:
    _sql(own_database, "CREATE TABLE person AS SELECT generate_series(1, 100) AS n")
    (tmp_path / "media" / media._OPENED).mkdir(parents=True)
    (tmp_path / "media" / media._OPENED / "in-clear").write_bytes(b"520102199003071236")
    (tmp_path / "media" / "ledger.bin").write_bytes(b"kept")
    made = _backup(own_database, tmp_path)
    assert made.returncode == 0, made.stderr
    archive = next((tmp_path / "backups").glob("*.tar"))
    with tarfile.open(archive) as file:
        manifest = json.load(file.extractfile("manifest.json"))  # type: ignore[arg-type]
    assert manifest["rows"] == {"person": 100}
    assert b"520102199003071236" not in archive.read_bytes()

    _sql(own_database, "DELETE FROM person WHERE n > 10")
    (tmp_path / "media" / "ledger.bin").write_bytes(b"changed")
    (tmp_path / "local" / ".reference").touch()
    restored = _backup(own_database, tmp_path, "--restore", str(archive))
    assert restored.returncode == 0, restored.stderr
    assert "100" in restored.stdout
    # An older backup has older divisions: the next start loads them anew.
    assert not (tmp_path / "local" / ".reference").exists()
    assert _sql(own_database, "SELECT count(*) FROM person") == [(100,)]
    assert (tmp_path / "media" / "ledger.bin").read_bytes() == b"kept"


@pytest.fixture
def on_another_disk(tmp_path: Path) -> Iterator[Path]:
    """The name of an archive on another file system than the media store's."""
    other = Path("/dev/shm")
    if not other.is_dir() or other.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("only one file system here")
    path = other / f"registry-{uuid.uuid4().hex}.tar"
    yield path
    path.unlink(missing_ok=True)


def test_a_backup_on_another_disk_comes_back(
    own_database: str, tmp_path: Path, on_another_disk: Path
) -> None:
    _sql(own_database, "CREATE TABLE person AS SELECT generate_series(1, 5) AS n")
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "ledger.bin").write_bytes(b"kept")
    assert _backup(own_database, tmp_path).returncode == 0
    shutil.move(next((tmp_path / "backups").glob("*.tar")), on_another_disk)
    restored = _backup(own_database, tmp_path, "--restore", str(on_another_disk))
    assert restored.returncode == 0, restored.stderr
    assert (tmp_path / "media" / "ledger.bin").read_bytes() == b"kept"


def test_files_stay_where_the_database_does_not_change_places(tmp_path: Path) -> None:
    restored, store = tmp_path / "work" / "media", tmp_path / "media"
    for folder, content in ((restored, b"old"), (store, b"present")):
        folder.mkdir(parents=True)
        (folder / "ledger.bin").write_bytes(content)

    def fail() -> None:
        with backup._exchanged(restored, store, aside=tmp_path / "media-before"):
            assert (store / "ledger.bin").read_bytes() == b"old"
            raise psycopg2.OperationalError

    with pytest.raises(psycopg2.OperationalError):
        fail()
    assert (store / "ledger.bin").read_bytes() == b"present"
    assert not (tmp_path / "media-before").exists()


def test_a_backup_leaves_the_redis_of_a_running_product(
    own_database: str, short_folder: Path
) -> None:
    """make run with a PostgreSQL of one's own, and with its own Redis."""
    services = Services(short_folder / "local")
    services.prepare_folders()
    services.start_redis()
    try:
        made = _backup(own_database, short_folder)
        assert made.returncode == 0, made.stderr
        assert redis_command(services.redis_socket, "PING") == b"+PONG\r\n"
    finally:
        services.stop_redis()


def test_what_hinders_a_backup_is_said_plainly(own_database: str, tmp_path: Path) -> None:
    (tmp_path / "backups").write_text("a file where the folder should be")
    no_folder = _backup(own_database, tmp_path)
    (tmp_path / "backups").unlink()
    no_server = _backup(f"{own_database}_gone", tmp_path)
    for refused in (no_folder, no_server):
        assert refused.returncode == 1
        assert "没有完成，原数据没有改动" in refused.stderr
        assert "Traceback" not in refused.stderr


def test_an_interrupted_backup_leaves_nothing_half(own_database: str, tmp_path: Path) -> None:
    """The terminal is closed while rows are counted; what was killed long ago goes too."""
    _sql(own_database, "CREATE TABLE person AS SELECT generate_series(1, 5) AS n")
    folder = tmp_path / "backups"
    killed = folder / "unfinished-long-ago"
    killed.mkdir(parents=True)
    os.utime(killed, (0, 0))
    waiting = (
        "SELECT 1 FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    holder = psycopg2.connect(own_database)
    holder.cursor().execute("LOCK TABLE person")
    process = _start_backup(own_database, tmp_path)
    try:
        end = time.monotonic() + 60
        while not _sql(own_database, waiting):
            assert time.monotonic() < end
            time.sleep(0.05)
        process.send_signal(signal.SIGHUP)
    finally:
        holder.close()
        _, said = process.communicate(timeout=60)
    assert "已中断" in said
    assert "Traceback" not in said
    assert [*folder.iterdir()] == []


def test_an_interrupted_restore_leaves_no_database(own_database: str) -> None:
    made = []

    def interrupted() -> None:
        with backup._fresh_database(own_database) as name:
            made.append(name)
            raise KeyboardInterrupt

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            interrupted()
    assert len(made) == 2
    listed = _sql(own_database, "SELECT datname FROM pg_database")
    assert (made[0],) not in listed


def test_nothing_starts_while_a_backup_is_restored(
    own_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What people entered meanwhile would be put aside with the present data."""
    told = []

    def start_meanwhile(*_: object) -> None:
        env = {**os.environ, "LOCAL_DIR": str(tmp_path), "PORT": "65001"}
        command = [sys.executable, "-m", "scripts.run"]
        run = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
        told.append(run.stderr)
        raise KeyboardInterrupt

    monkeypatch.setattr(localenv, "LOCAL", tmp_path)
    monkeypatch.setattr(backup, "database", lambda: nullcontext((own_database, tmp_path / "media")))
    monkeypatch.setattr(backup, "_unpack", start_meanwhile)
    with pytest.raises(KeyboardInterrupt):
        backup.restore(Path(__file__))
    assert "正在恢复备份" in told[0]


def test_databases_change_places_both_or_not_at_all(own_database: str) -> None:
    _sql(own_database, "CREATE TABLE person AS SELECT generate_series(1, 5) AS n")
    name = backup._name(own_database)
    with pytest.raises(psycopg2.Error):
        backup._swap(own_database, f"{name}_never_made", f"{name}_before")
    assert _sql(own_database, "SELECT count(*) FROM person") == [(5,)]


def test_a_damaged_backup_changes_nothing(own_database: str, tmp_path: Path) -> None:
    _sql(own_database, "CREATE TABLE person AS SELECT generate_series(1, 5) AS n")
    assert _backup(own_database, tmp_path).returncode == 0
    archive = next((tmp_path / "backups").glob("*.tar"))
    content = bytearray(archive.read_bytes())
    position = content.index(b"PGDMP") + 40
    content[position] ^= 0xFF
    archive.write_bytes(content)
    refused = _backup(own_database, tmp_path, "--restore", str(archive))
    assert refused.returncode != 0
    assert "没有恢复任何数据" in refused.stderr
    assert _sql(own_database, "SELECT count(*) FROM person") == [(5,)]

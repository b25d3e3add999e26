"""The tool chain: own servers, the machine's own secrets, backups that are checked."""

from __future__ import annotations

import json
import os
import re
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
from dotenv import dotenv_values

from core import media
from scripts import backup, localenv
from scripts import test as tester
from scripts.services import LONGEST_RUN_FOLDER, Services, redis_command
from scripts.serviceuser import ACL, open_way, service_user
from tests.servers import ROOT, test_database_url


@pytest.fixture
def short_folder() -> Iterator[Path]:
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="registry-test-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_own_servers_start_keep_their_data_and_stop(short_folder: Path) -> None:
    services = Services(short_folder / "一个 folder")
    try:
        services.start()
        assert services.psql("select count(*) from pg_stat_activity where datname = 'registry'")
        services.psql("create extension pg_trgm", "registry")
        shown = services.psql("select array_length(show_trgm('张三丰'), 1)", "registry")
        assert int(shown) == 4, "pg_trgm must see Chinese characters"
        services.psql("create table kept as select 7 as n", "registry")
        redis_command(services.redis_socket, "SET", "kept", "7")
        with psycopg2.connect(services.database_url()) as link, link.cursor() as cursor:
            cursor.execute("select n from kept")
            assert cursor.fetchone() == (7,)
        link.close()
        services.stop()
        assert not services.postgres_runs()
        assert redis_command(services.redis_socket, "PING") is None
        services.start()
        assert services.psql("select n from kept", "registry").strip() == "7"
        assert redis_command(services.redis_socket, "GET", "kept") == b"$1\r\n7\r\n"
    finally:
        services.stop()


def test_sockets_of_a_deep_folder_move_to_a_short_one(tmp_path: Path) -> None:
    deep = Services(tmp_path / ("long" * 30))
    assert len(os.fsencode(deep.run)) <= LONGEST_RUN_FOLDER
    assert deep.run != Services(tmp_path / ("long" * 31)).run
    assert Services(Path("/srv/x")).run == Path("/srv/x/run")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another user")
def test_only_passing_is_granted_below_a_private_home(short_folder: Path) -> None:
    home = short_folder / "home"
    target = home / "clone" / ".local"
    target.mkdir(parents=True)
    home.chmod(0o700)
    (home / "secret").write_text("x")
    user = service_user()
    assert user is not None

    def as_service_user(*command: str) -> int:
        done = subprocess.run(
            command, user=user.pw_uid, group=user.pw_gid, extra_groups=[], cwd="/",
            capture_output=True,
        )  # fmt: skip
        return done.returncode

    short_folder.chmod(0o711)
    assert as_service_user("test", "-x", str(target)) != 0
    open_way(target, user)
    assert as_service_user("test", "-x", str(target)) == 0
    assert as_service_user("ls", str(home)) != 0
    assert ACL in os.listxattr(home)
    assert home.stat().st_mode & 0o007 == 0


@pytest.mark.parametrize("password", ["plain", "with 'quote'", "back\\slash", "#x=1 $HOME 中文"])
def test_values_are_read_back_as_written(tmp_path: Path, password: str) -> None:
    localenv.write({"DEMO_PASSWORD": password}, tmp_path)
    assert localenv.read(tmp_path) == {"DEMO_PASSWORD": password}
    assert dotenv_values(tmp_path / "env", interpolate=False)["DEMO_PASSWORD"] == password
    assert (tmp_path / "env").stat().st_mode & 0o777 == 0o600


def test_secrets_are_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_PASSWORD", "Given-2026-once")
    for name in ("SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEY"):
        monkeypatch.delenv(name, raising=False)
    first = localenv.complete({"DATABASE_URL": "postgres://a"}, tmp_path)
    monkeypatch.setenv("DEMO_PASSWORD", "Another-2026")
    second = localenv.complete({"DATABASE_URL": "postgres://b"}, tmp_path)
    assert first["DEMO_PASSWORD"] == second["DEMO_PASSWORD"] == "Given-2026-once"
    assert first["FIELD_KEYS"] == second["FIELD_KEYS"]
    assert second["DATABASE_URL"] == "postgres://b"


# --- Servers of one's own -----------------------------------------------------------------
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"DATABASE_URL": "postgres://x@127.0.0.1:1/registry"}, "连不上数据库"),
        ({"DATABASE_URL": "nonsense"}, "环境变量的写法有误"),
        ({"REDIS_URL": "redis://127.0.0.1:1/0"}, "连不上 Redis"),
    ],
)
def test_what_is_wrong_with_a_server_is_said_plainly(
    wrong: dict[str, str], words: str, own_database: str, tmp_path: Path
) -> None:
    done = _prepare({"DATABASE_URL": own_database} | wrong, tmp_path)
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_would_lose_names_is_refused(own_database: str, tmp_path: Path) -> None:
    """Under the C locale names would not be found, without any error."""
    admin = psycopg2.connect(own_database)
    admin.autocommit = True
    name = f"{admin.info.dbname}_c"
    admin.cursor().execute(f"CREATE DATABASE {name} TEMPLATE template0 LOCALE 'C'")
    admin.close()
    done = _prepare({"DATABASE_URL": own_database.replace(name[:-2], name)}, tmp_path)
    assert done.returncode == 1
    assert "C.UTF-8" in done.stderr


def _prepare(values: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "LOCAL_DIR": str(folder)} | values
    command = [sys.executable, "-m", "scripts.prepare", "--people", "0"]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)


# --- Backup and restore -------------------------------------------------------------------
@pytest.fixture
def own_database(db: None) -> Iterator[str]:
    """A database of the test's own beside the test database."""
    name = f"backup_{uuid.uuid4().hex[:8]}"
    url = test_database_url()
    admin = psycopg2.connect(url)
    admin.autocommit = True
    cursor = admin.cursor()
    cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    yield url.replace(str(admin.info.dbname), name)
    cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{name}%"])
    for (found,) in cursor.fetchall():
        cursor.execute(f'DROP DATABASE "{found}" WITH (FORCE)')
    admin.close()


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


def test_without_the_right_to_install_the_one_command_is_printed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tester, "_has_chromium", lambda: False)
    monkeypatch.setattr(tester.os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit) as stopped:
        tester.ensure_browser()
    command = re.search(
        r"sudo apt-get update && sudo apt-get install -y (.+)", str(stopped.value.code)
    )
    assert command is not None
    assert set(tester.PACKAGES) == set(command[1].split())

"""The tool chain: own servers, the machine's own secrets."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from dotenv import dotenv_values

from demo.accounts import create_accounts
from scripts import localenv, prepare
from scripts import test as tester
from scripts.services import LONGEST_RUN_FOLDER, Services, redis_command
from scripts.serviceuser import ACL, open_way, service_user
from tests.servers import ROOT


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


def test_demo_accounts_are_named_only_where_they_open(
    db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not without demo data, and not by the password of another folder."""
    monkeypatch.setattr(prepare, "LOCAL", tmp_path)
    settings.DEMO_PASSWORD = "Printed-2026-pass"
    named = []
    for password in ("", "Printed-2026-pass", "Another-2026-pass"):
        if password:
            create_accounts(password)
        prepare.mark_demo_accounts()
        named.append(prepare.is_marked("demo"))
    assert named == [False, True, False]


def _prepare(values: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "LOCAL_DIR": str(folder)} | values
    command = [sys.executable, "-m", "scripts.prepare", "--people", "0"]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)


def test_stopping_while_it_prepares_shows_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(people: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(prepare, "prepare", interrupted)
    monkeypatch.setattr(sys, "argv", ["scripts.prepare", "--people", "5"])
    assert prepare.main() == 130


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

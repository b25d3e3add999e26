"""make backup, make restore: database and files in one archive, verified by what it says.

The archive holds a pg_dump in custom format, the media store and a manifest with the
rows of every table, the province's indicators and the end of the security log, all of the
snapshot that was dumped. The keys that decrypt the numbers are not in it: they are kept apart
from the data on purpose.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from scripts import localenv, prepare, venv
from scripts.services import LOCAL, Services, redis_command

if TYPE_CHECKING:
    from psycopg2.extensions import connection as Link  # noqa: N812

DUMP, MANIFEST, MEDIA = "database.dump", "manifest.json", "media"
# core.secrecy.files decrypts into this folder of the store what is being read.
OPENED = "opened"
UNFINISHED = "unfinished-"
DAY_SECONDS = 86_400
INTERRUPTIONS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _stamp() -> str:
    return datetime.datetime.now().astimezone().strftime("%Y%m%d_%H%M%S")


def _today() -> str:
    return datetime.datetime.now().astimezone().date().isoformat()


def _other_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}")).replace(":///", "://@/")


def _name(url: str) -> str:
    return urlsplit(url).path.lstrip("/")


def _connect(url: str) -> Link:
    import psycopg2

    return psycopg2.connect(url)


def _tool(*command: str) -> None:
    program, *arguments = command
    if subprocess.run([str(Services(LOCAL).bin / program), *arguments]).returncode:
        venv.stop(f"{program} 失败，原数据没有改动。")


@contextlib.contextmanager
def database() -> Iterator[tuple[str, Path]]:
    """The database's address and the media folder; embedded servers run meanwhile."""
    services = Services(LOCAL)
    running = services.data.exists() and services.postgres_runs()
    redis_runs = redis_command(services.redis_socket, "PING") is not None
    media = Path(os.environ.get("MEDIA_ROOT") or LOCAL / MEDIA)
    try:
        yield localenv.start_services()["DATABASE_URL"], media
    finally:
        # Either may run without the other, beside a server of one's own.
        if not (running or redis_runs):
            services.stop()


def counts(link: Link) -> dict[str, int]:
    """Rows of every table."""
    with link.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = 'public'::regnamespace ORDER BY 1"
        )
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = cursor.fetchone()[0]
    return found


def findings(url: str, *, on: str, snapshot: str = "") -> dict[str, Any] | None:
    """What the program makes of the data: the indicators as of a day and the state of the
    security log. None where the tables are not those of this version."""
    os.environ |= {"DATABASE_URL": url, "STATEMENT_TIMEOUT_MS": "0"}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction
    from django.db.migrations.executor import MigrationExecutor

    from core.audit.chain import verify_chain
    from reports.definitions.registry import definitions_version

    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            if snapshot:
                cursor.execute("SET TRANSACTION SNAPSHOT %s", [snapshot])
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                return None
            said = io.StringIO()
            call_command("indicators", on=on, json=True, stdout=said)
            return {
                "definitions": definitions_version(),
                "figures": json.loads(said.getvalue()),
                "log": verify_chain().as_dict(),
            }
    finally:
        connection.close()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def _work(parent: Path) -> Iterator[Path]:
    """A private folder for what is unfinished; what killed runs left a day ago goes."""
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in parent.glob(f"{UNFINISHED}*"):
        if time.time() - left.stat().st_mtime > DAY_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=parent) as folder:
        yield Path(folder)


def _kept_files(media: Path) -> list[Path]:
    """What lies in the media store, without the files in clear that a reader has open."""
    return [path for path in sorted(media.rglob("*")) if media / OPENED not in path.parents]


def backup(folder: Path) -> Path:
    """Write one archive into `folder` and return it."""
    target = folder / f"registry-{_stamp()}.tar"
    with database() as (url, media), _work(folder) as work:
        dump = work / DUMP
        link = _connect(url)
        link.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with link.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0; SELECT pg_export_snapshot()")
            snapshot = cursor.fetchone()[0]
        rows = counts(link)
        _tool("pg_dump", "-Fc", "--snapshot", snapshot, "-f", str(dump), "-d", url)
        found = findings(url, on=_today(), snapshot=snapshot)
        link.close()
        manifest = {
            "made_at": _stamp(),
            "sha256": _digest(dump),
            "rows": rows,
            "findings": found,
        }
        (work / MANIFEST).write_text(json.dumps(manifest, indent=1))
        unfinished = work / "archive"
        with tarfile.open(unfinished, "w") as archive:
            for name in (MANIFEST, DUMP):
                archive.add(work / name, arcname=name)
            for path in _kept_files(media):
                # A file may expire meanwhile.
                with contextlib.suppress(FileNotFoundError):
                    archive.add(path, arcname=f"{MEDIA}/{path.relative_to(media)}", recursive=False)
        unfinished.chmod(0o600)
        unfinished.rename(target)
    print(f"已备份 {sum(rows.values())} 行（{len(rows)} 张表）：{target}")
    print("密钥（.local/env 或生产环境的 FIELD_KEYS、BLIND_INDEX_KEY）不在备份内，请另行保管。")
    return target


def _unpack(archive: Path, work: Path) -> dict[str, Any]:
    try:
        with tarfile.open(archive) as file:
            file.extractall(work, filter="data")
        manifest = json.loads((work / MANIFEST).read_text())
        if _digest(work / DUMP) == manifest["sha256"]:
            return dict(manifest)
    except (OSError, tarfile.TarError, ValueError, KeyError):
        pass
    venv.stop(f"{archive} 不是完整的备份，没有恢复任何数据。")
    raise AssertionError


def _swap(url: str, fresh: str, kept: str) -> None:
    """Put the restored database in the place of the present one, which keeps another name.

    In one transaction: where there is no database for a moment, a start makes an empty one.
    """
    link = _connect(_other_database(url, "postgres"))
    try:
        with link, link.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                [_name(url)],
            )
            cursor.execute(f'ALTER DATABASE "{_name(url)}" RENAME TO "{kept}"')
            cursor.execute(f'ALTER DATABASE "{fresh}" RENAME TO "{_name(url)}"')
    finally:
        link.close()


@contextlib.contextmanager
def _fresh_database(url: str) -> Iterator[str]:
    """An empty database beside the present one; gone again unless the two change places."""
    name = f"{_name(url)}_being_restored"
    drop = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
    link = _connect(_other_database(url, "postgres"))
    link.autocommit = True
    try:
        with link.cursor() as cursor:
            cursor.execute(drop)
            cursor.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 LOCALE 'C.UTF-8'")
            try:
                yield name
            finally:
                cursor.execute(drop)
    finally:
        link.close()


@contextlib.contextmanager
def _exchanged(restored: Path, media: Path, *, aside: Path) -> Iterator[None]:
    """The restored files in the place of the present ones; back again when the rest fails."""
    restored.mkdir(exist_ok=True)
    restored.chmod(0o700)
    media.rename(aside)
    try:
        restored.rename(media)
        yield
    except BaseException:
        if not restored.exists():
            media.rename(restored)
        aside.rename(media)
        raise


def _check(url: str, then: dict[str, Any] | None, *, accept: bool) -> str:
    """Compare what a restored database says with what it said when it was dumped; returns a
    sentence on it. Ends the restore where the two differ, unless other figures are accepted: a
    program that was mended since counts otherwise."""
    if then is None:
        return "备份时的表结构与当时的程序版本不同，没有记下指标：启动后请核对几项指标和安全日志。"
    now = findings(url, on=then["figures"]["on"])
    if now is None:
        return "备份来自别的程序版本，不能比较指标：启动（会更新数据表）后请核对指标和安全日志。"
    if now["log"] != then["log"]:
        venv.stop(
            "恢复的安全日志与备份时不符，原数据没有改动。请核对 FIELD_KEYS、BLIND_INDEX_KEY"
            " 是备份时的密钥；密钥无误的，请改用另一份备份。"
        )
    if now["definitions"] != then["definitions"]:
        compared = "指标的定义在备份以后有更新，没有比较"
    elif now["figures"] != then["figures"]:
        compared = f"恢复的数据算出的指标与备份时不符：{_differing(then, now)}"
        if not accept:
            venv.stop(
                f"{compared}，原数据没有改动。请改用另一份备份；核对过、确认要用这一份的"
                "（如程序更新后算法有修正），请加 ACCEPT=1 再执行一次。"
            )
    else:
        count = len(now["figures"]["indicators"])
        compared = f"{count} 项指标与备份时（{now['figures']['on']}）一致"
    if now["log"]["broken"] is not None:
        return f"{compared}；安全日志在备份时就已不完整，请执行 manage.py verify_audit 查看。"
    return f"{compared}；安全日志 {now['log']['checked']} 条前后相符，末条与备份时相同。"


def _differing(then: dict[str, Any], now: dict[str, Any]) -> str:
    """The indicators that differ, each with both values."""
    was, is_now = (
        {row["code"]: row.get("value") for row in found["figures"]["indicators"]}
        for found in (then, now)
    )
    codes = [code for code in {**was, **is_now} if was.get(code) != is_now.get(code)]
    return "、".join(f"{c}（备份时 {was.get(c)}，现在 {is_now.get(c)}）" for c in codes) or "明细"


def restore(archive: Path, *, accept: bool = False) -> None:
    """Restore beside the present data, compare, and only then change places."""
    if not archive.is_file():
        venv.stop("请指定备份文件：make restore FILE=backups/registry-….tar")
    kept = f"before_{_stamp()}"
    with localenv.alone("正在恢复备份，请等它结束"), database() as (url, media):
        media.mkdir(mode=0o700, parents=True, exist_ok=True)
        # On the file system of the media store, so that a rename moves the files.
        with _work(media.parent) as work, _fresh_database(url) as fresh:
            manifest = _unpack(archive, work)
            new_url = _other_database(url, fresh)
            # The roles of the place where it was made need not be here; each start gives the
            # rights anew where there is such a role (manage.py grant_app_role).
            as_ours = ("--exit-on-error", "--no-owner", "--no-privileges")
            _tool("pg_restore", *as_ours, "-d", new_url, str(work / DUMP))
            link = _connect(new_url)
            found = counts(link)
            link.close()
            if found != manifest["rows"]:
                venv.stop("恢复的行数与备份不符，原数据没有改动。")
            checked = _check(new_url, manifest.get("findings"), accept=accept)
            for number in INTERRUPTIONS:
                signal.signal(number, signal.SIG_IGN)
            with _exchanged(work / MEDIA, media, aside=media.with_name(f"{media.name}-{kept}")):
                _swap(url, fresh, f"{_name(url)}_{kept}")
    prepare.forget("reference")
    print(f"已恢复 {sum(found.values())} 行（{len(found)} 张表），行数与备份一致。")
    print(checked)
    print(
        f"恢复前的数据保留为数据库 {_name(url)}_{kept} 和文件夹 {media.name}-{kept}，确认后可删除。"
    )


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--restore", type=Path)
    wanted = parser.parse_args().restore
    venv.enter("scripts.backup")
    import psycopg2

    for number in INTERRUPTIONS:
        signal.signal(number, _interrupt)
    try:
        if wanted is not None:
            restore(wanted, accept=os.environ.get("ACCEPT") == "1")
        else:
            backup(Path(os.environ.get("DIR") or venv.ROOT / "backups"))
    except KeyboardInterrupt:
        venv.stop("已中断，没有留下半份备份，原数据没有改动。")
    except OSError as error:
        where = error.filename or "磁盘"
        venv.stop(f"没有完成，原数据没有改动。{where}：{error.strerror}。")
    except psycopg2.Error as error:
        venv.stop(f"没有完成，原数据没有改动。数据库的答复：{str(error).strip()}")


if __name__ == "__main__":
    sys.exit(main())

"""Bring a database up to date in one process: tables, divisions, plan, demo data, static files.

Each step is a management command of its own; one Django start serves them all.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from pathlib import Path

from scripts.services import LOCAL
from scripts.venv import ROOT, stop

REFERENCE = ("load_regions", "apply_successions", "load_plan")
OLDEST_POSTGRES = 15


def _fingerprint(*folders: Path) -> str:
    digest = hashlib.sha256(os.environ.get("DATABASE_URL", "").encode())
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            stat = path.stat()
            digest.update(f"{path.relative_to(ROOT)} {stat.st_size} {stat.st_mtime_ns}".encode())
    return digest.hexdigest()


def _unchanged(name: str, fingerprint: str) -> bool:
    stamp = LOCAL / f".{name}"
    return stamp.exists() and stamp.read_text() == fingerprint


def _remember(name: str, fingerprint: str) -> None:
    (LOCAL / f".{name}").write_text(fingerprint)


def is_marked(name: str) -> bool:
    return (LOCAL / f".{name}").exists()


def forget(name: str) -> None:
    """What the mark stands for is done once more at the next start."""
    (LOCAL / f".{name}").unlink(missing_ok=True)


def check_servers() -> None:
    """Say plainly what is wrong with servers of one's own before anything is written."""
    import redis
    from django.conf import settings
    from django.db import OperationalError, connection

    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 'é' ~ '^[[:alpha:]]$', current_setting('server_version_num'),"
                " EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm')"
            )
            reads_letters, version, has_trigrams = cursor.fetchone()
    except OperationalError:
        stop("连不上数据库。请检查 DATABASE_URL 的地址、用户、密码和库名，以及服务器是否已启动。")
    if int(version) < OLDEST_POSTGRES * 10_000:
        stop(f"需要 PostgreSQL {OLDEST_POSTGRES} 或更新版本，请升级数据库服务器。")
    if not reads_letters:
        # Under the C locale pg_trgm drops every character that is not ASCII, silently. From
        # version 17 on PostgreSQL has a C.UTF-8 of its own, which compares texts faster.
        own = " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'" if int(version) >= 170000 else ""
        stop(
            "数据库的区域设置是 C，按姓名查找会漏人。请新建一个数据库并改用它：\n"
            f"  CREATE DATABASE registry TEMPLATE template0 ENCODING 'UTF8'{own} LOCALE 'C.UTF-8';"
        )
    if not has_trigrams:
        stop("数据库服务器没有 pg_trgm 扩展，不能按拼音查找。请安装 postgresql-contrib 后重试。")
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=5) as client:
            client.ping()
    except (redis.RedisError, ValueError):
        stop("连不上 Redis。请检查 REDIS_URL 的地址和密码，以及服务器是否已启动。")


def check_keys() -> None:
    from core.secrecy.checks import keys_fit_the_data

    if keys_fit_the_data():
        stop(
            "数据库里的数据是用别的密钥写入的。请换回原来的 FIELD_KEYS 和 BLIND_INDEX_KEY"
            "（本机的在 .local/env），或者改用一个新的数据库。"
        )


def mark_demo_accounts() -> None:
    """Whether there is a demo account that opens with the password that make run prints: a
    restored database has its own, and one without demo data has none."""
    from django.conf import settings

    from core.models import User
    from demo.accounts import ACCOUNTS

    names = [account.username for account in ACCOUNTS]
    users = User.objects.filter(username__in=names, is_active=True)
    if any(user.check_password(settings.DEMO_PASSWORD) for user in users):
        _remember("demo", "")
    else:
        forget("demo")


def prepare(people: int) -> None:
    """Migrate, load reference data, seed an empty database with `people`, collect statics."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from environs.exceptions import EnvError

    try:
        django.setup()
    except EnvError:
        stop("环境变量的写法有误，请对照 .env.example 检查 DATABASE_URL、REDIS_URL 等。")
    from django.apps import apps
    from django.conf import settings
    from django.core.management import call_command, get_commands

    known = get_commands()
    check_servers()
    check_keys()
    print("正在更新数据表 …", flush=True)
    call_command("migrate", interactive=False, verbosity=0)
    empty = not apps.get_model("talent", "Person").objects.exists()
    mark = _fingerprint(settings.DATA_DIR)
    if empty or not _unchanged("reference", mark):
        for command in REFERENCE:
            if command in known:
                call_command(command)
        _remember("reference", mark)
    if empty and people and "seed_demo" in known:
        print(f"正在生成 {people} 人的演示数据 …", flush=True)
        call_command("seed_demo", people=people)
    mark_demo_accounts()
    mark = _fingerprint(ROOT / "static") + str(settings.DEBUG)
    if not (settings.DEBUG or _unchanged("static-files", mark)):
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        _remember("static-files", mark)
    Path(settings.MEDIA_ROOT).mkdir(mode=0o700, parents=True, exist_ok=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=20_000)
    try:
        prepare(parser.parse_args().people)
    except KeyboardInterrupt:
        # make run was stopped meanwhile, and says so itself.
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())

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
from scripts.venv import ROOT

REFERENCE = ("load_regions", "load_plan")


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


def prepare(people: int) -> None:
    """Migrate, load reference data, seed an empty database with `people`, collect statics."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.apps import apps
    from django.conf import settings
    from django.core.management import call_command, get_commands

    known = get_commands()
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
    mark = _fingerprint(ROOT / "static") + str(settings.DEBUG)
    if not (settings.DEBUG or _unchanged("static-files", mark)):
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        _remember("static-files", mark)
    Path(settings.MEDIA_ROOT).mkdir(mode=0o700, parents=True, exist_ok=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=20_000)
    sys.exit(prepare(parser.parse_args().people))

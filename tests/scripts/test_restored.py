"""A restored registry says what it said when it was dumped, or does not take the place."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
import uuid
from pathlib import Path

import pytest

from tests.scripts.test_backup import _backup, _sql
from tests.servers import ROOT

RECORD = "from core.models import SecurityEvent as E; E.record(kind='登录', target='sheng')"


def record(url: str) -> None:
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", RECORD]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "DATABASE_URL": url}, check=True)


def _archive(folder: Path) -> Path:
    return next((folder / "backups").glob("*.tar"))


def _manifest(archive: Path) -> dict[str, object]:
    with tarfile.open(archive) as file:
        return dict(json.load(file.extractfile("manifest.json")))  # type: ignore[arg-type]


def _with_manifest(archive: Path, manifest: dict[str, object]) -> Path:
    """The same archive as if something else had been found when it was made."""
    altered = archive.with_name("altered.tar")
    with tarfile.open(archive) as old, tarfile.open(altered, "w") as new:
        for member in old.getmembers():
            content = old.extractfile(member)
            data = content.read() if content else b""
            if member.name == "manifest.json":
                data = json.dumps(manifest).encode()
                member.size = len(data)
            new.addfile(member, io.BytesIO(data))
    return altered


def test_indicators_and_security_log_are_those_of_the_backup(
    own_registry: str, tmp_path: Path
) -> None:
    record(own_registry)
    made = _backup(own_registry, tmp_path)
    assert made.returncode == 0, made.stderr
    archive = _archive(tmp_path)
    found: dict = _manifest(archive)["findings"]  # type: ignore[type-arg, assignment]
    assert {"T1", "T4"} < {row["code"] for row in found["figures"]["indicators"]}
    assert found["log"]["broken"] is None
    restored = _backup(own_registry, tmp_path, "--restore", str(archive))
    assert restored.returncode == 0, restored.stderr
    count = len(found["figures"]["indicators"])
    assert f"{count} 项指标与备份时（{found['figures']['on']}）一致" in restored.stdout
    assert "安全日志 1 条前后相符" in restored.stdout

    _sql(own_registry, "CREATE TABLE kept AS SELECT 1 AS n")
    found["figures"]["indicators"][0]["value"] = 4711
    for what in ("指标", "安全日志"):
        altered = _with_manifest(archive, {**_manifest(archive), "findings": found})
        refused = _backup(own_registry, tmp_path, "--restore", str(altered))
        assert refused.returncode == 1
        assert what in refused.stderr
        assert "与备份时不符" in refused.stderr
        assert "原数据没有改动" in refused.stderr
        assert "Traceback" not in refused.stderr
        assert _sql(own_registry, "SELECT n FROM kept") == [(1,)]
        found["log"]["last_seal"] = "00"


def test_other_figures_are_accepted_by_who_has_read_them(
    own_registry: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the hour of need an older backup must not be locked out by a program that was mended;
    other keys are never accepted."""
    record(own_registry)
    assert _backup(own_registry, tmp_path).returncode == 0
    archive = _archive(tmp_path)
    found: dict = _manifest(archive)["findings"]  # type: ignore[type-arg, assignment]
    row = found["figures"]["indicators"][0]
    was, row["value"] = row["value"], 4711
    altered = _with_manifest(archive, {**_manifest(archive), "findings": found})
    refused = _backup(own_registry, tmp_path, "--restore", str(altered))
    assert f"{row['code']}（备份时 4711，现在 {was}）" in refused.stderr
    assert "ACCEPT=1" in refused.stderr
    monkeypatch.setenv("ACCEPT", "1")
    taken = _backup(own_registry, tmp_path, "--restore", str(altered))
    assert taken.returncode == 0, taken.stderr
    assert f"{row['code']}（备份时 4711，现在 {was}）" in taken.stdout
    found["log"]["last_seal"] = "00"
    altered = _with_manifest(archive, {**_manifest(archive), "findings": found})
    assert _backup(own_registry, tmp_path, "--restore", str(altered)).returncode == 1


def test_a_restore_with_other_keys_says_so(
    own_registry: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Into an empty place, which drew keys of its own."""
    record(own_registry)
    assert _backup(own_registry, tmp_path).returncode == 0
    monkeypatch.setenv("BLIND_INDEX_KEY", "ab" * 32)
    refused = _backup(own_registry, tmp_path, "--restore", str(_archive(tmp_path)))
    assert refused.returncode == 1
    assert "请核对 FIELD_KEYS、BLIND_INDEX_KEY 是备份时的密钥" in refused.stderr


def test_a_dump_with_the_rights_of_a_role_comes_back_without_the_role(
    own_database: str, tmp_path: Path
) -> None:
    """As of production, into an empty place."""
    role = f"app_{uuid.uuid4().hex[:8]}"
    _sql(own_database, "CREATE TABLE person AS SELECT generate_series(1, 5) AS n")
    _sql(own_database, f"CREATE ROLE {role}")
    try:
        _sql(own_database, f"GRANT USAGE ON SCHEMA public TO {role}")
        _sql(own_database, f"GRANT SELECT ON person TO {role}")
        assert _backup(own_database, tmp_path).returncode == 0
    finally:
        _sql(own_database, f"DROP OWNED BY {role}")
        _sql(own_database, f"DROP ROLE {role}")
    restored = _backup(own_database, tmp_path, "--restore", str(_archive(tmp_path)))
    assert restored.returncode == 0, restored.stderr
    assert _sql(own_database, "SELECT count(*) FROM person") == [(5,)]
    assert "请核对几项指标和安全日志" in restored.stdout

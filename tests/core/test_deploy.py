"""Production refuses to start half configured, and its files say everything they need."""

from __future__ import annotations

import os
import re
import runpy
import secrets
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "SECRET_KEY": secrets.token_urlsafe(48),
    "FIELD_KEYS": f"k1:{secrets.token_hex(16)}",
    "BLIND_INDEX_KEY": secrets.token_hex(32),
}


def _start(
    tmp_path: Path, values: dict[str, str], command: list[str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Import what gunicorn imports, or run a command, with nothing but these values."""
    (tmp_path / "static").mkdir(exist_ok=True)
    env = {
        "PATH": os.environ["PATH"],
        "LOCAL_DIR": str(tmp_path),
        "STATIC_ROOT": str(tmp_path / "static"),
        "DEBUG": "false",
        **values,
    }
    command = command or [sys.executable, "-c", "import config.wsgi"]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)


def test_starts_with_proper_secrets(tmp_path: Path) -> None:
    done = _start(tmp_path, GOOD)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("value", ["", "change-me"])
def test_refuses_a_missing_or_default_secret(tmp_path: Path, name: str, value: str) -> None:
    done = _start(tmp_path, GOOD | {name: value})
    # 3 makes gunicorn give up; 1 is a setting that Django itself does not take.
    assert done.returncode == (1 if (name, value) == ("SECRET_KEY", "") else 3)
    assert name in done.stderr
    for other in set(GOOD) - {name}:
        assert GOOD[other] not in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "x" * 64),
        ("FIELD_KEYS", "k1:" + "0" * 32),
        ("BLIND_INDEX_KEY", "0" * 64),
        ("BLIND_INDEX_KEY", "not hexadecimal digits, though it is as long as a proper key is."),
    ],
)
def test_refuses_a_filler_in_place_of_a_key(tmp_path: Path, name: str, value: str) -> None:
    done = _start(tmp_path, GOOD | {name: value})
    assert done.returncode == 3
    assert name in done.stderr


@pytest.mark.parametrize("process", ["worker", "beat"])
def test_celery_refuses_too(tmp_path: Path, process: str) -> None:
    command = [sys.executable, "-m", "celery", "-A", "config", process]
    command += ["--schedule", str(tmp_path / "beat")] if process == "beat" else []
    done = _start(tmp_path, GOOD | {"FIELD_KEYS": ""}, command)
    assert done.returncode == 3
    assert "FIELD_KEYS" in done.stderr


def test_refuses_the_key_of_a_development_machine(tmp_path: Path) -> None:
    key = "development-only-" + "x" * 40
    assert _start(tmp_path, GOOD | {"SECRET_KEY": key}).returncode != 0


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def _explained() -> set[str]:
    text = (ROOT / ".env.example").read_text()
    return set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", text, re.MULTILINE))


def test_every_variable_is_explained() -> None:
    settings = (ROOT / "config" / "settings.py").read_text()
    read = set(re.findall(r"env\.\w+\(\s*\"([A-Z0-9_]+)\"", settings))
    read |= set(re.findall(r"\$\{([A-Z0-9_]+)", (ROOT / "docker-compose.yml").read_text()))
    gunicorn = (ROOT / "deploy" / "gunicorn.conf.py").read_text()
    read |= set(re.findall(r"environ\.get\(\"([A-Z0-9_]+)\"", gunicorn))
    assert len(read) > 20
    assert read <= _explained()


def test_no_secret_has_a_default(compose: dict[str, Any]) -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    passwords = ("POSTGRES_PASSWORD", "POSTGRES_APP_PASSWORD")
    for name in ("SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEY", *passwords):
        assert f"${{{name}:?" in text
        assert f"${{{name}:-" not in text
    example = (ROOT / ".env.example").read_text()
    for name in (*GOOD, *passwords, "REDIS_PASSWORD"):
        assert re.search(rf"^{name}=$", example, re.MULTILINE)


def test_only_migrations_run_as_the_owner_of_the_tables(compose: dict[str, Any]) -> None:
    """T14: what answers requests has a role that cannot change the logs."""
    services = compose["services"]
    for name in ("web", "worker", "beat"):
        environment = services[name]["environment"]
        assert environment["DATABASE_URL"].startswith("postgres://registry_app:")
        assert "POSTGRES_PASSWORD" not in str(environment)
    migrate = services["migrate"]
    assert migrate["environment"]["DATABASE_URL"].startswith("postgres://registry:")
    steps = migrate["command"][-1]
    assert steps.index("manage.py migrate") < steps.index("grant_app_role registry_app")


def test_web_and_worker_can_be_scaled(compose: dict[str, Any]) -> None:
    for name in ("web", "worker"):
        service = compose["services"][name]
        assert "container_name" not in service
        assert "ports" not in service
        assert service["healthcheck"]["test"]
    assert compose["services"]["proxy"]["ports"]


def test_every_lasting_service_has_a_health_check(compose: dict[str, Any]) -> None:
    lasting = {n for n, service in compose["services"].items() if service.get("restart") != "no"}
    assert {"web", "worker", "beat", "postgres", "redis", "proxy"} <= lasting
    assert {n for n in lasting if "healthcheck" not in compose["services"][n]} == set()


def test_beat_is_well_while_it_writes_its_schedule(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compose: dict[str, Any]
) -> None:
    healthcheck = runpy.run_path(str(ROOT / "deploy" / "healthcheck.py"))
    assert str(healthcheck["SCHEDULE"]) in compose["services"]["beat"]["command"]
    beat = healthcheck["beat"]
    monkeypatch.setitem(beat.__globals__, "SCHEDULE", tmp_path / "beat")
    assert not beat()
    written = tmp_path / "beat.dat"
    written.touch()
    assert beat()
    os.utime(written, (0, time.time() - 500))
    assert not beat()


def test_the_containers_agree_on_the_worker_heartbeat() -> None:
    from core.web import health

    text = (ROOT / "deploy" / "healthcheck.py").read_text()
    assert f'WORKERS = "{health.WORKERS}"' in text

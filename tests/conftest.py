"""The cast and the stage: users of every role and region, and the servers they need."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AnonymousUser
from django.test import Client, override_settings
from hypothesis import is_hypothesis_test

from config.bundles import BUNDLES, bundle
from core.accounts.privacy import NOTICE_VERSION
from core.accounts.roles import Role
from core.models import User
from core.secrecy.logs import OneLineFormatter
from scripts import prepared
from tests import histories, reference
from tests.leaks import numbers_in
from tests.servers import RedisServer, Worker

PASSWORD = "Cast-2026-pass"
# Files of minutes come first, or a process is left alone with one at the end.
LONG = {"test_run": 0, "test_counts": 1, "test_failures": 2, "test_restored": 3}
COUNTY_A, COUNTY_B, TOWNSHIP_A, PREFECTURE = "520102", "520111", "520102016", "5201"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--drill", action="store_true", help="run drills and long histories alone")


def source_of(name: str) -> str:
    """A static file as it is in the repository."""
    return (settings.BASE_DIR / "static" / name).read_text()


def pytest_configure(config: pytest.Config) -> None:
    histories.load(is_long=bool(config.getoption("--drill")))
    folder = tempfile.mkdtemp(prefix="registry-files-")
    static = Path(folder) / "static"
    static.mkdir()
    bundled = Path(folder) / "bundled"
    for name in BUNDLES:
        (bundled / name).parent.mkdir(parents=True, exist_ok=True)
        (bundled / name).write_text(bundle(name, source_of))
    files = override_settings(
        MEDIA_ROOT=Path(folder) / "media",
        STATIC_ROOT=static,
        # Pages are tested without collectstatic, so names carry no hash; yet with the style
        # sheet and the scripts in one piece each, as they are collected.
        STATICFILES_DIRS=[bundled, *settings.STATICFILES_DIRS],
        STORAGES={
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
    )
    files.enable()
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Drills alone by make drill, and properties once more, with other and more examples."""
    wanted = bool(config.getoption("--drill"))
    chosen = [
        item
        for item in items
        if bool(item.get_closest_marker("drill")) == wanted
        or (wanted and is_hypothesis_test(getattr(item, "obj", None)))
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = sorted(chosen, key=lambda item: LONG.get(item.path.stem, len(LONG)))


# --- Database -----------------------------------------------------------------------------
@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """make test has a database with everything in it to copy from (scripts/prepared.py)."""
    if template := os.environ.get(prepared.VARIABLE):
        reference.copy_from(template)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Divisions and the plan are there in every test."""
    reference.flush_past_triggers()
    with django_db_blocker.unblock():
        if prepared.VARIABLE not in os.environ:
            reference.load()
        reference.remember()
    # After each test with real transactions Django says that it has migrated; the triggers
    # have outlived its TRUNCATE, and making them anew takes half a second.
    settings.PGTRIGGER_INSTALL_ON_MIGRATE = False
    yield
    with django_db_blocker.unblock():
        reference.send_everybody_home()


def _has_real_transactions(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    if marker and marker.kwargs.get("transaction"):
        return True
    return bool({"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ())))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[Any]:
    try:
        return (yield)
    finally:
        # After the last test the database is gone already.
        if nextitem is not None and _has_real_transactions(item):
            from pytest_django.plugin import blocking_manager_key

            with item.config.stash[blocking_manager_key].unblock():
                reference.restore()


# --- Logs ---------------------------------------------------------------------------------


class _LeakDetector(logging.Handler):
    """Keeps every line of the log, as it would be written, that holds a person's number."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(OneLineFormatter())
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        line = self.format(record)
        if numbers_in(line) or PASSWORD in line:
            self.found.append(line)


@pytest.fixture(autouse=True)
def no_numbers_in_logs() -> Iterator[None]:
    """T19: whatever a test does, no ID number, phone or password reaches the log."""
    detector = _LeakDetector()
    logging.getLogger().addHandler(detector)
    yield
    logging.getLogger().removeHandler(detector)
    assert not detector.found


# --- Redis and workers --------------------------------------------------------------------
@pytest.fixture(scope="session", autouse=True)
def redis_server() -> Iterator[RedisServer]:
    """The Redis of this test process; nothing reaches that of a running product."""
    folder = Path(tempfile.mkdtemp(prefix="registry-redis-"))
    server = RedisServer(folder)
    server.start()
    server.use()
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def own_redis(redis_server: RedisServer) -> Iterator[RedisServer]:
    """A second Redis that a test may stop, freeze or empty."""
    folder = Path(tempfile.mkdtemp(prefix="registry-redis-"))
    server = RedisServer(folder)
    server.start()
    server.use()
    yield server
    if (folder / "server.pid").exists():
        server.thaw()
    server.stop()
    redis_server.use()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def worker(
    django_db_setup: None, redis_server: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Worker]:
    """A real Celery worker; its test needs committed rows (transactional_db)."""
    running = Worker(tmp_path_factory.mktemp("worker")).start()
    yield running
    running.stop()


@pytest.fixture
def start_worker(transactional_db: None, tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    """Start workers that this test may kill; `beat=True` brings the sweeper along."""
    started: list[Worker] = []

    def start(**options: Any) -> Worker:
        started.append(Worker(tmp_path, **options))
        return started[-1].start()

    yield start
    for one in started:
        one.stop()


# --- The cast -----------------------------------------------------------------------------
@dataclass(frozen=True)
class Cast:
    """Who plays in the tests. A is 南明区 (520102), B is 花溪区 (520111), both in 贵阳市."""

    province: User
    prefecture: User
    clerk_a: User
    reviewer_a: User
    viewer_a: User
    clerk_b: User
    reviewer_b: User
    township_a: User
    worker_a: User
    security: User
    auditor: User
    system: User
    anonymous: AnonymousUser

    def users(self) -> dict[str, User]:
        """Everybody with an account, by the name of the part."""
        people = {field.name: getattr(self, field.name) for field in fields(self)}
        del people["anonymous"]
        return people


_PARTS: dict[str, tuple[Role, str | None, str]] = {
    "province": (Role.REVIEWER, "52", "省审核员"),
    "prefecture": (Role.REVIEWER, PREFECTURE, "贵阳审核员"),
    "clerk_a": (Role.CLERK, COUNTY_A, "南明录入员"),
    "reviewer_a": (Role.REVIEWER, COUNTY_A, "南明审核员"),
    "viewer_a": (Role.VIEWER, COUNTY_A, "南明领导"),
    "clerk_b": (Role.CLERK, COUNTY_B, "花溪录入员"),
    "reviewer_b": (Role.REVIEWER, COUNTY_B, "花溪审核员"),
    "township_a": (Role.CLERK, TOWNSHIP_A, "新华路录入员"),
    "worker_a": (Role.WORKER, None, "南明社工"),
    "security": (Role.SECURITY_ADMIN, "52", "安全管理员"),
    "auditor": (Role.AUDITOR, "52", "审计员"),
    "system": (Role.SYSTEM_ADMIN, "52", "系统管理员"),
}


@pytest.fixture(scope="session")
def _password_hash() -> str:
    return make_password(PASSWORD)


@pytest.fixture
def cast(db: None, _password_hash: str) -> Cast:
    users = {
        part: User(
            username=part,
            role=role,
            region_id=region,
            display_name=name,
            password=_password_hash,
            notice_version=NOTICE_VERSION,
        )
        for part, (role, region, name) in _PARTS.items()
    }
    User.objects.bulk_create(users.values())
    return Cast(**users, anonymous=AnonymousUser())


@pytest.fixture
def client_of() -> Callable[[Any], Client]:
    """A test client logged in as one of the cast (not logged in for anonymous)."""

    def log_in(user: Any) -> Client:
        client = Client()
        if user.is_authenticated:
            client.force_login(user, backend="core.accounts.backend.RegistryBackend")
        return client

    return log_in

"""Real servers for tests: a Redis that can be frozen or emptied, a Celery worker to kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import redis
from django.conf import settings
from django.db import connection

from config.celery import app as celery_app
from core.web import health
from scripts.services import start_redis, stop_redis
from tests.leaks import numbers_in

ROOT = Path(__file__).resolve().parent.parent


def test_database_url() -> str:
    """The address of the database this test process uses, for child processes."""
    name = connection.settings_dict["NAME"]
    given = os.environ.get("DATABASE_URL")
    if given:
        return urlunsplit(urlsplit(given)._replace(path=f"/{name}")).replace(":///", "://@/")
    values = connection.settings_dict
    return f"postgres://{values['USER']}@{values['HOST'] or 'localhost'}/{name}"


test_database_url.__test__ = False  # type: ignore[attr-defined]


def environment() -> dict[str, str]:
    """The environment of processes that work on the test database."""
    return {
        **os.environ,
        "DATABASE_URL": test_database_url(),
        "REDIS_URL": settings.REDIS_URL,
        "SECRET_KEY": settings.SECRET_KEY,
        "FIELD_KEYS": settings.FIELD_KEYS,
        "BLIND_INDEX_KEY": settings.BLIND_INDEX_KEY,
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "DEBUG": "false",
    }


class RedisServer:
    """A Redis of the test's own, on a socket; `use()` points settings and Celery at it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "redis.sock"
        self.url = f"unix://{quote(str(self.socket), safe='/')}"

    def start(self) -> None:
        start_redis(self.socket, self.folder, durable=False)

    def stop(self) -> None:
        stop_redis(self.socket)

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url, socket_timeout=5)

    def _signal(self, number: int) -> None:
        os.kill(int((self.folder / "server.pid").read_text()), number)

    def freeze(self) -> None:
        """Stay connected and never answer, which is worse than being down."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def use(self) -> None:
        settings.REDIS_URL = self.url
        settings.CELERY_BROKER_URL = self.url.replace("unix://", "redis+socket://")
        celery_app.conf.broker_url = settings.CELERY_BROKER_URL
        celery_app.conf.broker_write_url = settings.CELERY_BROKER_URL
        celery_app.conf.broker_read_url = settings.CELERY_BROKER_URL
        # A closed app takes in no more shared tasks.
        celery_app.autodiscover_tasks(force=True)
        celery_app.close()
        # Its publishers keep the connection of the Redis before.
        celery_app.amqp._producer_pool = None


class Worker:
    """A Celery worker process on the test database, in a process group of its own."""

    def __init__(self, folder: Path, *, beat: bool = False, concurrency: int = 1) -> None:
        self.name = f"test-{uuid.uuid4().hex[:8]}@localhost"
        self.folder = folder
        self.log = folder / f"{self.name}.log"
        self.beat = beat
        self.concurrency = concurrency
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Worker:
        command = [sys.executable, "-m", "celery", "-A", "config", "worker", "-n", self.name]
        command += ["--concurrency", str(self.concurrency), "--loglevel", "info"]
        if self.beat:
            command += ["-B", "-s", str(self.folder / f"{self.name}.beat")]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.wait_until_alive()
        return self

    def wait_until_alive(self, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2) as client:
            while client.zscore(health.WORKERS, self.name) is None:
                assert self.process is not None
                assert self.process.poll() is None, self.output()
                assert time.monotonic() < end, self.output()
                time.sleep(0.1)

    def wait_until_said(self, words: str, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while words not in self.output():
            assert time.monotonic() < end, self.output()
            time.sleep(0.05)

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def children(self) -> list[int]:
        assert self.process is not None
        listed = subprocess.run(
            ["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True
        )
        return [int(line) for line in listed.stdout.split()]

    def kill(self) -> None:
        """kill -9 of the whole tree, as when the machine takes it."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def kill_children(self) -> None:
        """kill -9 of the processes that work, not of the one that hands them work."""
        for child in self.children():
            os.kill(child, signal.SIGKILL)

    def stop(self) -> None:
        # T19: what a worker writes while it stages and applies people.
        assert not numbers_in(self.output()), self.output()
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()

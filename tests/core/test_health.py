"""/healthz and /readyz: what they say, and that nothing holds them up."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from core.web import health
from tests.servers import RedisServer, Worker


def _ready(client: Client) -> tuple[int, dict[str, Any]]:
    response = client.get("/readyz")
    return response.status_code, response.json()


def test_healthz_asks_nobody(client: Client) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


def test_what_gunicorn_calls_answers(db: None) -> None:
    from config.wsgi import application

    said: list[str] = []
    asked = RequestFactory().get("/healthz", headers={"host": "localhost"}).environ
    body = application(asked, lambda status, _: said.append(status))
    assert (said, json.loads(b"".join(body))) == (["200 OK"], {"status": "ok"})


def test_readyz_without_worker_says_so(db: None, client: Client, own_redis: RedisServer) -> None:
    status, body = _ready(client)
    assert status == 503
    assert body["checks"] == {"database": "ok", "redis": "ok", "workers": "unavailable"}


def test_readyz_counts_only_recent_heartbeats(
    db: None, client: Client, own_redis: RedisServer
) -> None:
    now = time.time()
    with own_redis.client() as redis:
        redis.zadd(health.WORKERS, {"silent": now - health.ALIVE_SECONDS - 5, "alive": now})
    assert _ready(client) == (
        200,
        {
            "status": "ok",
            "checks": {"database": "ok", "redis": "ok", "workers": "ok"},
            "workers": 1,
        },
    )


def test_readyz_costs_one_query(db: None, client: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        client.get("/readyz")
    assert len(queries) == 1


def test_readyz_with_redis_down(db: None, client: Client, own_redis: RedisServer) -> None:
    own_redis.stop()
    status, body = _ready(client)
    assert status == 503
    assert body["checks"]["redis"] == body["checks"]["workers"] == "unavailable"
    assert body["checks"]["database"] == "ok"


def test_readyz_with_redis_frozen_answers_in_time(
    db: None, client: Client, own_redis: RedisServer
) -> None:
    own_redis.freeze()
    began = time.monotonic()
    status, body = _ready(client)
    assert time.monotonic() - began < 5
    assert status == 503
    assert body["checks"]["redis"] == "unavailable"


def test_readyz_with_database_gone(db: None, client: Client) -> None:
    answers: list[tuple[int, dict[str, Any]]] = []

    def ask() -> None:
        # A thread has a connection of its own, here to an address nobody listens at.
        connection.settings_dict = {
            **connection.settings_dict,
            "HOST": "127.0.0.1",
            "PORT": "1",
            "OPTIONS": {"connect_timeout": 2},
        }
        answers.append(_ready(client))

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join(20)
    status, body = answers[0]
    assert status == 503
    assert body["checks"]["database"] == "unavailable"


@pytest.mark.worker
def test_a_real_worker_signs_in_and_out(
    start_worker: Callable[..., Worker], client: Client, own_redis: RedisServer
) -> None:
    worker = start_worker()
    status, body = _ready(client)
    assert (status, body["workers"]) == (200, 1)
    worker.stop()
    status, body = _ready(client)
    assert (status, body["workers"]) == (503, 0)


def test_a_worker_goes_on_without_redis(
    db: None, own_redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    own_redis.stop()
    health.sign_in("worker@here")
    health.sign_out("worker@here")
    assert [r.message for r in caplog.records if r.name == health.logger.name] == [
        "worker heartbeat not stored", "worker departure not stored",
    ]  # fmt: skip

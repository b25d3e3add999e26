"""Health: `/healthz` says the process answers, `/readyz` that the product can work.

A worker signs in to Redis with every heartbeat, so that a readiness probe costs one
query and one round trip instead of asking all workers.
"""

from __future__ import annotations

import logging
import time
from typing import Any

import redis
from celery.signals import heartbeat_sent, worker_ready, worker_shutdown
from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse

logger = logging.getLogger(__name__)

# A sorted set of worker names by the time of their last heartbeat.
WORKERS = "registry:workers"
# Celery beats every 2 s; a worker that missed this many seconds is not counted.
ALIVE_SECONDS = 20
# A frozen Redis must not hold the probe: connect, write and read have a second each.
REDIS_SECONDS = 1


def _redis() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=REDIS_SECONDS,
        socket_connect_timeout=REDIS_SECONDS,
        retry=None,
    )


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        connection.close()
        return False
    return True


def live_workers() -> int | None:
    """How many workers gave a sign of life, None when Redis does not answer."""
    now = time.time()
    try:
        with _redis() as client, client.pipeline(transaction=False) as pipe:
            pipe.zremrangebyscore(WORKERS, "-inf", now - 10 * ALIVE_SECONDS)
            pipe.zcount(WORKERS, now - ALIVE_SECONDS, now + ALIVE_SECONDS)
            return int(pipe.execute()[1])
    except (redis.RedisError, OSError):
        return None


def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """200 when database, Redis and at least one worker answer, else 503; both say which."""
    workers = live_workers()
    checks = {
        "database": database_answers(),
        "redis": workers is not None,
        "workers": bool(workers),
    }
    body = {
        "status": "ok" if all(checks.values()) else "unavailable",
        "checks": {name: "ok" if fine else "unavailable" for name, fine in checks.items()},
        "workers": workers or 0,
    }
    response = JsonResponse(body, status=200 if all(checks.values()) else 503)
    # That a part is not there yet is an answer, not an error of this page to be logged.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def _name(sender: Any) -> str:
    eventer = getattr(sender, "eventer", None)
    return str(getattr(eventer or sender, "hostname", sender))


@worker_ready.connect
@heartbeat_sent.connect
def sign_in(sender: Any = None, **kwargs: Any) -> None:
    """A worker's sign of life; losing one is not worth disturbing the worker."""
    try:
        with _redis() as client:
            client.zadd(WORKERS, {_name(sender): time.time()})
    except (redis.RedisError, OSError):
        logger.warning("worker heartbeat not stored")


@worker_shutdown.connect
def sign_out(sender: Any = None, **kwargs: Any) -> None:
    try:
        with _redis() as client:
            client.zrem(WORKERS, _name(sender))
    except (redis.RedisError, OSError):
        logger.warning("worker departure not stored")

"""Health of one container, asked from inside it: `web` over HTTP, `worker` by its heartbeat,
`beat` by the schedule that it writes down every three minutes."""

import os
import socket
import sys
import time
import urllib.request
from pathlib import Path

WORKERS = "registry:workers"
SILENT_SECONDS = 30
SCHEDULE, UNWRITTEN_SECONDS = Path("/tmp/beat"), 400


def web() -> bool:
    host = os.environ["ALLOWED_HOSTS"].split(",")[0]
    request = urllib.request.Request("http://127.0.0.1:8000/healthz", headers={"Host": host})
    with urllib.request.urlopen(request, timeout=4) as answer:
        return bool(answer.status == 200)


def worker() -> bool:
    import redis

    client = redis.Redis.from_url(os.environ["REDIS_URL"], socket_timeout=3)
    seen = client.zscore(WORKERS, f"celery@{socket.gethostname()}")
    return seen is not None and time.time() - float(seen) < SILENT_SECONDS


def beat() -> bool:
    written = [file.stat().st_mtime for file in SCHEDULE.parent.glob(f"{SCHEDULE.name}*")]
    return time.time() - max(written, default=0) < UNWRITTEN_SECONDS


if __name__ == "__main__":
    sys.exit(0 if {"web": web, "worker": worker, "beat": beat}[sys.argv[1]]() else 1)

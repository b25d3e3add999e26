"""gunicorn's settings, the same in `make run` and in the container; all from the environment."""

import os
import socket
from typing import Any

from gunicorn import util

bind = os.environ.get("WEB_BIND", "0.0.0.0:8000").split(",")
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 60
graceful_timeout = 20
keepalive = 30
# A slow client is the proxy's matter (request_buffers), and without one it holds a thread,
# not the process. A leaking worker is replaced.
max_requests = 5000
max_requests_jitter = 500
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
errorlog = "-"
loglevel = os.environ.get("GUNICORN_LOG_LEVEL", "warning")
# The path without its query, because a search carries names.
accesslog = "-" if os.environ.get("ACCESS_LOG") == "1" else None
access_log_format = '%(h)s "%(m)s %(U)s" %(s)s %(B)s %(L)s'
control_socket_disable = True


def post_worker_init(worker: Any) -> None:
    """What gunicorn refuses by itself (an address too long, a header it cannot read) is said as
    all else is; it has no setting for that page, and writes it through this one function."""
    from core.web.errors import refused

    def write_error(sock: socket.socket, status: int, reason: str, message: str) -> None:
        page = refused(status)
        page["Connection"], page["Content-Length"] = "close", str(len(page.content))
        util.write_nonblock(sock, f"HTTP/1.1 {status} {reason}\r\n".encode() + page.serialize())

    util.write_error = write_error

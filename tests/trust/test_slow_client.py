"""F25: slow uploads beside ordinary pages, at the real web server and in front of it, and what
the proxy says where it has nobody to ask."""

from __future__ import annotations

import http.client
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.leaks import numbers_in
from tests.servers import ROOT, environment

NUMBER = "520102199003077731"


def request(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Location", "")
    finally:
        connection.close()


@pytest.fixture
def web(transactional_db: None, tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """gunicorn as it is deployed, with one process of four threads; its port and log."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = environment() | {
        "WEB_BIND": f"127.0.0.1:{port}", "WEB_WORKERS": "1", "WEB_THREADS": "4",
        "ACCESS_LOG": "1", "GUNICORN_LOG_LEVEL": "info", "STATIC_ROOT": str(tmp_path),
    }  # fmt: skip
    command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "config.wsgi"]
    log = tmp_path / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=out)
    try:
        end = time.monotonic() + 60
        while True:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            try:
                assert request(port, "/healthz")[0] == 200
                break
            except OSError:
                time.sleep(0.2)
        yield port, log
    finally:
        process.terminate()
        process.wait(30)


def begin_upload(port: int) -> socket.socket:
    """A form of 20 MB of which little has come so far."""
    client = socket.create_connection(("127.0.0.1", port), timeout=10)
    client.sendall(
        b"POST /login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20000000\r\n"
        # With the cookie of a form, so that the form itself is read.
        b"Cookie: csrf=" + b"x" * 32 + b"\r\n"
        b"Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n"
    )
    return client


def test_slow_uploads_hold_up_nobody(web: tuple[int, Path], cast: Any) -> None:
    """Three of four threads wait for their clients; pages come as fast as ever."""
    port, log = web
    slow = [begin_upload(port) for _ in range(3)]
    time.sleep(0.5)
    began = time.monotonic()
    for _ in range(5):
        for client in slow:
            client.sendall(b"x" * 1000)
        assert request(port, "/healthz")[0] == 200
        assert request(port, "/people/")[0] == 302
    # Behind one of them a page would wait until its worker is given up, after 60 s.
    assert time.monotonic() - began < 40
    for client in slow:
        client.close()
    # Given up by their clients, the threads are free again.
    for _ in range(4):
        assert request(port, "/healthz")[0] == 200
    assert "WORKER TIMEOUT" not in log.read_text()


def test_the_access_log_holds_no_number(web: tuple[int, Path], cast: Any) -> None:
    """T34: addresses stand in it without their queries, and lead nowhere with a number."""
    port, log = web
    status, location = request(port, f"/people/?q={NUMBER}&page=2")
    assert (status, location) == (302, "/people/?page=2")
    assert request(port, f"/login/?next=/people/%3Fq={NUMBER}") == (302, "/login/")
    # A line is written after its answer was sent, by whichever thread comes first.
    deadline, lines = time.monotonic() + 10, ('"GET /people/" 302', '"GET /login/" 302')
    while not all(line in (written := log.read_text()) for line in lines):
        assert time.monotonic() < deadline, written
        time.sleep(0.05)
    assert not numbers_in(written)


def test_the_proxy_waits_for_slow_clients_itself() -> None:
    """A thread of a worker gets the whole form at once."""
    proxy = (ROOT / "deploy" / "Caddyfile").read_text()
    limit, kept = (re.search(rf"{name} (\w+)", proxy) for name in ("max_size", "request_buffers"))
    assert limit is not None
    assert kept is not None
    assert limit[1] == kept[1]


def test_what_the_proxy_answers_itself_is_in_chinese() -> None:
    """Where no web container is to be had, or a file is larger than any may be."""
    proxy = (ROOT / "deploy" / "Caddyfile").read_text()
    written = r"handle_errors( 413)? \{.+?respond `(.+?)` \{err.status_code\}"
    pages = re.findall(written, proxy, re.DOTALL)
    assert [code for code, _ in pages] == [" 413", ""]
    assert "20 MB" in pages[0][1]
    assert "稍后再试" in pages[1][1]
    assert not any("{" in page for _, page in pages), "a brace begins a placeholder"

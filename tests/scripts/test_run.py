"""make run as a person meets it: up, usable, said plainly when it cannot be, down again."""

from __future__ import annotations

import contextlib
import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from scripts import run
from scripts.services import Services, is_alive
from tests.servers import ROOT

LEFT_OUT = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEY")
READY_SECONDS = 300
# A busy disk takes its time to write what a database holds as it stops.
STOP_SECONDS = 180
PASSWORD = "Printed-2026-pass"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Running:
    process: subprocess.Popen[bytes]
    folder: Path
    port: int
    log: Path

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def output(self) -> str:
        return self.log.read_text(errors="replace")


def _environment(folder: Path, port: int) -> dict[str, str]:
    env = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    return env | {
        "LOCAL_DIR": str(folder), "PORT": str(port), "DEMO_PEOPLE": "150",
        "DEMO_PASSWORD": PASSWORD, "DEBUG": "false",
    }  # fmt: skip


def _start(folder: Path, port: int, log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as out:
        return subprocess.Popen(
            [sys.executable, "-m", "scripts.run"],
            cwd=ROOT,
            env=_environment(folder, port),
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    # Not below the folder of all test runs, whose rights each of them narrows anew: the user
    # that the database runs as would lose its way there.
    with tempfile.TemporaryDirectory(prefix="registry-run-") as folder:
        yield from _run_in(Path(folder))


def _run_in(base: Path) -> Iterator[Running]:
    one = Running(None, base / "本机 data", _free_port(), base / "log")  # type: ignore[arg-type]
    one.process = _start(one.folder, one.port, one.log)
    end = time.monotonic() + READY_SECONDS
    while "已就绪" not in one.output():
        assert one.process.poll() is None, one.output()
        assert time.monotonic() < end, one.output()
        time.sleep(0.2)
    yield one
    if one.process.poll() is None:
        os.killpg(one.process.pid, signal.SIGINT)
        one.process.wait(STOP_SECONDS)


def test_is_ready_and_prints_the_accounts(running: Running) -> None:
    with urllib.request.urlopen(f"{running.address}/readyz", timeout=10) as answer:
        assert json.load(answer)["checks"] == {"database": "ok", "redis": "ok", "workers": "ok"}
    output = running.output()
    assert running.address in output
    assert PASSWORD in output
    for name in ("sheng", "nanming2", "shegong", "shenji"):
        assert re.search(rf"^  {name} ", output, re.MULTILINE)


def test_a_printed_account_can_log_in(running: Running) -> None:
    assert _ask(running, "/", _log_in(running))[0] == 200
    assert _ask(running, "/", {})[0] == 302


def test_manage_py_works_in_another_shell(running: Running) -> None:
    env = _environment(running.folder, running.port)
    command = [sys.executable, "manage.py", "shell", "-v0", "-c"]
    command += ["from talent.models import Person; print(Person.objects.count())"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.stdout.strip() == "150", done.stderr
    assert (running.folder / "env").stat().st_mode & 0o777 == 0o600


def test_a_second_one_says_why_it_cannot_start(running: Running, tmp_path: Path) -> None:
    log = tmp_path / "log"
    busy = _start(tmp_path / "elsewhere", running.port, log)
    assert busy.wait(120) != 0
    assert f"端口 {running.port} 已被其他程序占用" in log.read_text()
    same = _start(running.folder, _free_port(), log)
    assert same.wait(120) != 0
    assert f"已有一个 make run 在运行（端口 {running.port}）" in log.read_text()
    assert "Traceback" not in log.read_text()


def test_a_port_taken_at_the_other_address_is_taken(tmp_path: Path) -> None:
    """Some development servers listen at [::1] alone, which is what localhost means to them."""
    if "::1" not in run.hosts():
        pytest.skip("no IPv6 here")
    with socket.socket(socket.AF_INET6) as other:
        other.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        other.bind(("::1", 0))
        other.listen()
        port = other.getsockname()[1]
        log = tmp_path / "log"
        assert _start(tmp_path / "local", port, log).wait(120) != 0
    assert f"端口 {port} 已被其他程序占用" in log.read_text()
    assert not (tmp_path / "local" / "pg").exists()


def _said(port: int, sent: bytes) -> tuple[str, str]:
    """Head and body of what the server says to these bytes, read until it closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(sent)
        received = b"".join(iter(lambda: client.recv(65_536), b""))
    head, _, body = received.partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}" in head.decode()
    return head.decode(), body.decode()


@pytest.mark.parametrize(
    ("status", "sent", "words"),
    [
        (414, b"GET /people/?q=" + b"x" * 5000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", "网址太长"),
        (400, b"GET /people/ HTTP/1.1\r\nHost: a\r\nOdd header: 1\r\n\r\n", "请求有误"),
        (400, b"<evil>\r\n\r\n", "请求有误"),
        (
            431,
            b"GET / HTTP/1.1\r\nHost: a\r\nCookie: " + b"x" * 9000 + b"\r\n\r\n",
            "请在浏览器里清除本网站的 Cookie",
        ),
        (501, b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: odd\r\n\r\n", "系统"),
    ],
)
def test_what_the_web_server_refuses_is_a_page_in_chinese(
    running: Running, status: int, sent: bytes, words: str
) -> None:
    head, body = _said(running.port, sent)
    assert head.startswith(f"HTTP/1.1 {status} ")
    assert "text/html; charset=utf-8" in head
    assert "no-store" in head
    assert words in body
    # Nothing of what was sent comes back.
    assert "<evil>" not in body
    assert "xxxx" not in body


# --- The database under it ----------------------------------------------------------------
def _log_in(running: Running) -> dict[str, str]:
    """The cookies of a fresh log-in."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    address = f"{running.address}/login/"
    page = browser.open(address, timeout=20).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    fields = {"csrfmiddlewaretoken": token[1], "username": "sheng", "password": PASSWORD}
    data = urllib.parse.urlencode(fields).encode()
    browser.open(urllib.request.Request(address, data, {"Referer": address}), timeout=20)
    return {"Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)}


def _ask(running: Running, path: str, headers: dict[str, str]) -> tuple[int, str]:
    """Status and text of an answer; a redirect to the log-in page would be a lost session."""
    try:
        request = urllib.request.Request(f"{running.address}{path}", headers=headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return (200 if "/login/" not in answer.url else 302), answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def _until_ready(running: Running) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        # Its port may still be that of the web server before, or nobody's yet.
        with contextlib.suppress(OSError):
            if _ask(running, "/readyz", {})[0] == 200:
                return
        time.sleep(0.2)
    raise AssertionError(running.output())


def _serves_all(answers: list[tuple[int, str]]) -> None:
    """Each was served, or told in Chinese to come back."""
    assert {status for status, _ in answers} <= {200, 503}
    assert all("稍后" in text for status, text in answers if status == 503)


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_restart_of_the_database_costs_only_what_was_under_way(
    running: Running, mode: str
) -> None:
    """F09: twenty clients; a 503 page, no 500, and everything goes on by itself, PostgreSQL too."""
    session = _log_in(running)
    services = Services(running.folder)
    is_over = threading.Event()

    def client(_: int) -> list[tuple[int, str]]:
        answers = []
        while not is_over.is_set():
            answers.append(_ask(running, "/people/", session))
        return answers

    with ThreadPoolExecutor(20) as pool:
        clients = [pool.submit(client, number) for number in range(20)]
        try:
            stopped = services._pg("pg_ctl", "-D", str(services.data), "-m", mode, "-w", "stop")
            assert stopped.returncode == 0, stopped.stdout
            _until_ready(running)
        finally:
            is_over.set()
        answers = [answer for one in clients for answer in one.result(60)]
    _serves_all(answers)
    assert any(status == 503 for status, _ in answers)
    assert _ask(running, "/people/", session)[0] == 200


def _take_all(taken: list[Any], running: Running) -> None:
    """Connections until there are no more."""
    with contextlib.suppress(psycopg2.OperationalError):
        for _ in range(500):
            taken.append(psycopg2.connect(Services(running.folder).database_url()))


def test_without_a_free_connection_pages_say_so(running: Running) -> None:
    """F10: 503 and a red probe instead of hanging; served again when there is room."""
    session = _log_in(running)
    taken: list[Any] = []
    try:
        _take_all(taken, running)
        with taken[0].cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = '' AND pid <> ALL(%s)",
                [[link.info.backend_pid for link in taken]],
            )
        _take_all(taken, running)
        answers = [_ask(running, path, session) for path in ("/people/", "/", "/dashboard/")]
        _serves_all(answers)
        assert any(status == 503 for status, _ in answers)
        assert _ask(running, "/readyz", {})[0] == 503
        assert _ask(running, "/healthz", {})[0] == 200
    finally:
        for link in taken:
            link.close()
    _until_ready(running)
    assert _ask(running, "/people/", session)[0] == 200


def _of(running: Running, name: str) -> int:
    return int((running.folder / f"{name}.pid").read_text())


def _server_of(running: Running, name: str) -> int:
    """The process of one of the two servers; 0 where it does not say."""
    services = Services(running.folder)
    file = services.redis_data / "server.pid"
    if name == "postgres":
        file = services.data / "postmaster.pid"
    lines = file.read_text().splitlines() if file.exists() else []
    return int(lines[0]) if lines else 0


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("redis", signal.SIGTERM),
        ("redis", signal.SIGKILL),
        ("postgres", signal.SIGKILL),
        ("web", signal.SIGKILL),
        ("worker", signal.SIGKILL),
        ("beat", signal.SIGTERM),
    ],
)
def test_any_process_that_ends_is_started_again(
    running: Running, name: str, number: signal.Signals
) -> None:
    """The others go on, and an answer is to be had again without anybody's doing."""
    which = _server_of if name in ("redis", "postgres") else _of
    session = _log_in(running)
    before = which(running, name)
    os.kill(before, number)
    end = time.monotonic() + READY_SECONDS
    while (now := which(running, name)) in (0, before) or not is_alive(now):
        assert running.process.poll() is None, running.output()
        assert time.monotonic() < end, running.output()
        time.sleep(0.1)
    _until_ready(running)
    assert _ask(running, "/people/", session)[0] == 200
    assert f"{name:<8} | 已退出" in running.output()


def test_what_a_killed_run_left_makes_way(running: Running) -> None:
    """After kill -9 the web server keeps the port and the worker its code."""
    left = [_of(running, name) for name in ("web", "worker", "beat")]
    running.process.kill()
    running.process.wait(STOP_SECONDS)
    assert all(is_alive(process) for process in left)
    running.process = _start(running.folder, running.port, running.log)
    end = time.monotonic() + READY_SECONDS
    while "已就绪" not in running.output():
        assert running.process.poll() is None, running.output()
        assert time.monotonic() < end, running.output()
        time.sleep(0.2)
    assert not any(is_alive(process) for process in left)
    assert all(is_alive(_of(running, name)) for name in ("web", "worker", "beat"))


def test_ctrl_c_stops_everything(running: Running) -> None:
    os.killpg(running.process.pid, signal.SIGINT)
    assert running.process.wait(STOP_SECONDS) == 0
    assert "已全部停止" in running.output()
    services = Services(running.folder)
    assert not services.postgres_runs()
    assert not services.redis_socket.exists()
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"{running.address}/healthz", timeout=5)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make another user's folder")
def test_another_users_folder_is_said_plainly(tmp_path: Path) -> None:
    folder = tmp_path / "local"
    folder.mkdir()
    os.chown(folder, 65534, 65534)
    log = tmp_path / "log"
    assert _start(folder, _free_port(), log).wait(120) != 0
    assert "是用户 nobody 建立的" in log.read_text()
    assert "Traceback" not in log.read_text()

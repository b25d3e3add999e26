"""make run as a person meets it: up, usable, said plainly when it cannot be, down again."""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from scripts.services import Services
from tests.servers import ROOT

LEFT_OUT = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEY")
READY_SECONDS = 120


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
        "DEMO_PASSWORD": "Printed-2026-pass", "DEBUG": "false",
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
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    base = tmp_path_factory.mktemp("run")
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
        one.process.wait(60)


def test_is_ready_and_prints_the_accounts(running: Running) -> None:
    with urllib.request.urlopen(f"{running.address}/readyz", timeout=10) as answer:
        assert json.load(answer)["checks"] == {"database": "ok", "redis": "ok", "workers": "ok"}
    output = running.output()
    assert running.address in output
    assert "Printed-2026-pass" in output
    for name in ("sheng", "nanming2", "shegong", "shenji"):
        assert re.search(rf"^  {name} ", output, re.MULTILINE)


def test_a_printed_account_can_log_in(running: Running) -> None:
    cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    browser = urllib.request.build_opener(cookies)
    page = browser.open(f"{running.address}/login/", timeout=20).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    fields = {
        "csrfmiddlewaretoken": token[1],
        "username": "sheng",
        "password": "Printed-2026-pass",
    }
    data = urllib.parse.urlencode(fields).encode()
    request = urllib.request.Request(
        f"{running.address}/login/", data, {"Referer": f"{running.address}/login/"}
    )
    home = browser.open(request, timeout=20)
    assert home.status == 200
    assert "/login/" not in home.url


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
    assert busy.wait(30) != 0
    assert f"端口 {running.port} 已被其他程序占用" in log.read_text()
    same = _start(running.folder, _free_port(), log)
    assert same.wait(30) != 0
    assert f"已有一个 make run 在运行（端口 {running.port}）" in log.read_text()
    assert "Traceback" not in log.read_text()


def test_ctrl_c_stops_everything(running: Running) -> None:
    os.killpg(running.process.pid, signal.SIGINT)
    assert running.process.wait(60) == 0
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
    assert _start(folder, _free_port(), log).wait(30) != 0
    assert "是用户 nobody 建立的" in log.read_text()
    assert "Traceback" not in log.read_text()

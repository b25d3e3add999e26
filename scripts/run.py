"""make run: from a fresh clone to a running product, and everything down again on Ctrl-C."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from scripts import localenv, prepare, venv
from scripts.services import LOCAL, Services, is_alive
from scripts.supervise import Program, Server, end, supervise

PORT = os.environ.get("PORT") or "8000"
PEOPLE = os.environ.get("DEMO_PEOPLE") or "20000"
READY_SECONDS = 120
LEFTOVER_SECONDS = 10
PROGRAMS = {"web": "gunicorn", "worker": "celery", "beat": "celery"}
ACCOUNTS = (
    ("sheng", "省级审核员", "贵州省"),
    ("lingdao", "省级领导（只看）", "贵州省"),
    ("guiyang", "市级审核员", "贵阳市"),
    ("nanming", "县级录入员", "南明区"),
    ("nanming2", "县级审核员", "南明区"),
    ("huaxi", "县级录入员", "花溪区"),
    ("xingyi", "县级录入员", "兴义市"),
    ("xinhua", "乡镇录入员", "南明区新华路街道"),
    ("shegong", "社会工作者", "本人"),
    ("xitong", "系统管理员", ""),
    ("anquan", "安全管理员", ""),
    ("shenji", "审计员", ""),
)


def hosts() -> list[str]:
    """The addresses of this machine that the web server listens at."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET6) as probe:
        probe.bind(("::1", 0))
        return ["127.0.0.1", "::1"]
    return ["127.0.0.1"]


def check_port() -> None:
    """Refuse early, before minutes of work, when somebody else has the port."""
    if not PORT.isdigit() or not 0 < int(PORT) < 65536:
        venv.stop(f"PORT 应为 1 至 65535 的端口号，现在是 {PORT}。")
    for host in hosts():
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, int(PORT)))
            except PermissionError:
                venv.stop(f"当前用户不能使用端口 {PORT}，请换一个：PORT=8001 make run")
            except OSError:
                venv.stop(f"端口 {PORT} 已被其他程序占用，请换一个：PORT={int(PORT) + 1} make run")


def end_leftovers() -> None:
    """End the web, worker and beat of a make run that was killed: they go on without it."""
    for file in LOCAL.glob("*.pid"):
        process = int(file.read_text().strip() or 0)
        with contextlib.suppress(OSError):
            command = Path(f"/proc/{process}/cmdline").read_text()
            if command.startswith(f"{venv.PYTHON}\0-m\0{PROGRAMS[file.stem]}\0"):
                print(f"正在结束上次留下的进程 {file.stem} …", flush=True)
                os.killpg(process, signal.SIGTERM)
                end = time.monotonic() + LEFTOVER_SECONDS
                while is_alive(process) and time.monotonic() < end:
                    time.sleep(0.1)
                os.killpg(process, signal.SIGKILL)
        file.unlink()


def check_people() -> None:
    if not PEOPLE.isdecimal():
        venv.stop(f"DEMO_PEOPLE 应为演示人数（0 表示不要演示数据），现在是 {PEOPLE}。")


def is_ready() -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", int(PORT), timeout=5)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        return answer.status == 200 and json.loads(answer.read())["status"] == "ok"
    except (OSError, ValueError, KeyError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _width(text: str) -> int:
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def announce(values: dict[str, str], began: float) -> None:
    """Print the address and the demo accounts once everything answers."""
    end = time.monotonic() + READY_SECONDS
    while not is_ready():
        if time.monotonic() > end:
            print(f"\n{READY_SECONDS} 秒内未能就绪，请看上面的日志，或打开 /readyz。\n", flush=True)
            return
        time.sleep(0.1)
    lines = ["", f"已就绪（{time.monotonic() - began:.0f} 秒）：http://localhost:{PORT}/", ""]
    if not prepare.is_marked("demo"):
        lines += ["这里没有演示账号，或者它们的密码已改，请用已有的账号登录。", ""]
    else:
        lines.append(f"演示账号，密码均为 {values['DEMO_PASSWORD']}")
        for name, role, region in ACCOUNTS:
            lines.append(f"  {name:<10}{role}{' ' * (20 - _width(role))}{region}")
        lines.append("")
    lines.append("按 Ctrl-C 停止。")
    print("\n".join(lines) + "\n", flush=True)


def _servers() -> list[Server]:
    """Those of this folder, not those that the environment names."""
    services = Services(LOCAL)
    own = {
        "DATABASE_URL": Server("postgres", services.start_postgres, services.postgres_socket),
        "REDIS_URL": Server("redis", services.start_redis, services.redis_socket),
    }
    return [server for variable, server in own.items() if not os.environ.get(variable)]


def _programs(env: dict[str, str]) -> list[Program]:
    beat = ["--quiet", "-A", "config", "beat", "--pidfile=", "--loglevel", "warning"]
    arguments = {
        "web": ["-c", "deploy/gunicorn.conf.py", "config.wsgi"],
        "worker": "--quiet -A config worker --concurrency 2 --loglevel warning".split(),
        "beat": [*beat, "--schedule", str(LOCAL / "beat-schedule")],
    }
    # Only pages have a limit on how long a statement may take; and who starts this as root
    # on a machine of his own need not be warned by every worker.
    unlimited = {"STATEMENT_TIMEOUT_MS": "0", "PYTHONWARNINGS": "ignore:You're running the worker"}
    return [
        Program(
            name,
            [str(venv.PYTHON), "-m", PROGRAMS[name], *words],
            env if name == "web" else {**env, **unlimited},
            LOCAL / f"{name}.pid",
        )
        for name, words in arguments.items()
    ]


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def main() -> int:
    began = time.monotonic()
    doing = f"已有一个 make run 在运行（端口 {PORT}），请先按 Ctrl-C 停止它"
    with localenv.alone(doing):
        end_leftovers()
        check_port()
        check_people()
        venv.enter("scripts.run")
        # SIGINT too: a shell lets what it starts in the background ignore that.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _interrupt)
        programs: list[Program] = []
        try:
            print("正在准备数据库和 Redis …", flush=True)
            values = localenv.start_services()
            addresses = [f"[{host}]" if ":" in host else host for host in hosts()]
            env = {
                **values,
                "WEB_BIND": ",".join(f"{address}:{PORT}" for address in addresses),
                **os.environ,
                **{name: values[name] for name in localenv.fresh_secrets()},
                "PYTHONUNBUFFERED": "1",
            }
            command = [str(venv.PYTHON), "-m", "scripts.prepare", "--people", PEOPLE]
            unlimited = {**env, "STATEMENT_TIMEOUT_MS": "0"}
            done = subprocess.run(command, env=unlimited, cwd=venv.ROOT)
            if done.returncode:
                return done.returncode
            threading.Thread(target=announce, args=(env, began), daemon=True).start()
            programs = _programs(env)
            supervise(_servers(), programs)
        except KeyboardInterrupt:
            return 0
        finally:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            print("正在停止 …", flush=True)
            end(programs)
            localenv.stop_services()
            print("已全部停止。", flush=True)


if __name__ == "__main__":
    sys.exit(main())

"""Who ends is started again; who always ends at once is named, and no processor spins on it."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

import pytest

from scripts import supervise
from scripts.services import is_alive
from scripts.supervise import Program, Server


def program(folder: Path, code: str, name: str = "worker") -> Program:
    command = [sys.executable, "-c", code]
    return Program(name, command, dict(os.environ), folder / f"{name}.pid")


def test_what_ends_at_once_every_time_is_named_and_all_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """After as many starts as there are pauses, each later than the one before."""
    monkeypatch.setattr(supervise, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(supervise, "PAUSES", (0.1, 0.2, 0.4))
    ends = program(tmp_path, "print('no such setting', flush=True); raise SystemExit(3)")
    began = time.monotonic()
    with pytest.raises(SystemExit, match="worker 连续 4 次启动后很快退出，不再重新启动"):
        supervise.supervise([], [ends])
    assert time.monotonic() - began > 0.7
    time.sleep(0.2)
    output = capfd.readouterr().out
    assert output.count("worker   | no such setting") == 4
    assert output.count("已退出") == 3


def test_what_ran_for_long_is_started_again_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often: only ends at once in a row are counted. Its children go with it."""
    monkeypatch.setattr(supervise, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(supervise, "STEADY_SECONDS", 0.1)
    monkeypatch.setattr(supervise, "PAUSES", ())
    child = tmp_path / "child"
    code = (
        "import subprocess, sys, time; from pathlib import Path;"
        "one = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        f"Path({str(child)!r}).write_text(str(one.pid)); time.sleep(60)"
    )
    kept = program(tmp_path, code)
    children: list[int] = []

    def kill_thrice() -> None:
        for _ in range(3):
            while not child.exists() or not child.read_text():
                time.sleep(0.02)
            time.sleep(0.2)
            assert kept.process is not None
            children.append(int(child.read_text()))
            child.unlink()
            os.kill(kept.process.pid, signal.SIGKILL)
        while not child.exists():
            time.sleep(0.02)
        os.kill(os.getpid(), signal.SIGUSR1)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGUSR1, interrupt)
    try:
        threading.Thread(target=kill_thrice, daemon=True).start()
        with pytest.raises(KeyboardInterrupt):
            supervise.supervise([], [kept])
    finally:
        signal.signal(signal.SIGUSR1, before)
        supervise.end([kept])
    assert len(set(children)) == 3
    assert not any(is_alive(one) for one in children)
    assert kept.process is not None
    assert not is_alive(kept.process.pid)


def test_a_frozen_server_still_runs(tmp_path: Path) -> None:
    """A second one beside it would write the same files."""
    path = tmp_path / "server.sock"
    server = Server("redis", lambda: None, path)
    assert not server.runs()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen(0)
        held = [socket.socket(socket.AF_UNIX) for _ in range(3)]
        for one in held:
            one.setblocking(False)
            one.connect_ex(str(path))
        assert server.runs()
        for one in held:
            one.close()
    # A killed one leaves its socket behind.
    assert path.exists()
    assert not server.runs()

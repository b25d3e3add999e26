"""Keeps the processes of make run going: whichever ends is started again, after a pause that
grows while it ends at once every time, until that is said plainly and all stop."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from scripts import venv

LOOK_SECONDS = 0.5
# Who ran for so long did not end at once, and is started again without a pause.
STEADY_SECONDS = 30
# The pauses before each further start of one that ends at once.
PAUSES = (1, 2, 4, 8, 16)
END_SECONDS = 5


def say(name: str, line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {name:<8} | {line}", flush=True)


@dataclass
class Program:
    """A child of this process in a group of its own; what it prints stands under its name."""

    name: str
    command: Sequence[str]
    env: dict[str, str]
    pid_file: Path
    process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command,
            cwd=venv.ROOT,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        # Whole or not at all: whoever reads it meanwhile would find an empty one.
        beside = self.pid_file.with_suffix(".new")
        beside.write_text(str(self.process.pid))
        beside.replace(self.pid_file)
        threading.Thread(target=self._print, args=(self.process.stdout,), daemon=True).start()

    def _print(self, lines: IO[str]) -> None:
        with lines:
            for line in lines:
                say(self.name, line.rstrip("\n"))

    def runs(self) -> bool:
        if self.process is not None and self.process.poll() is None:
            return True
        # Children of one that was killed would keep its port, or go on with its work.
        self.signal(signal.SIGKILL)
        return False

    def signal(self, number: signal.Signals) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def wait(self, until: float) -> None:
        """Until it has ended; past the moment `until` it is made to."""
        if self.process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(max(0, until - time.monotonic()))
            self.signal(signal.SIGKILL)


@dataclass
class Server:
    """A server that runs by itself and listens on a socket; it outlives this process."""

    name: str
    start: Callable[[], None]
    path: Path

    def runs(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(0)
            try:
                probe.connect(str(self.path))
            except (ConnectionRefusedError, FileNotFoundError):
                return False
            except BlockingIOError:
                # One that is frozen or busy has the socket all the same.
                return True
        return True


@dataclass
class _Watch:
    """Since when one runs, and how often in a row it ended at once."""

    kept: Program | Server
    began: float = field(default_factory=time.monotonic)
    quick: int = 0
    due: float | None = None

    def look(self) -> None:
        """Start it again where it is due. Ends the whole with a sentence when that is no use."""
        if self.due is None:
            if self.kept.runs():
                return
            now = time.monotonic()
            self.quick = 0 if now - self.began > STEADY_SECONDS else self.quick + 1
            if self.quick > len(PAUSES):
                venv.stop(
                    f"{self.kept.name} 连续 {self.quick} 次启动后很快退出，不再重新启动。"
                    "原因见上面它的日志，排除后请再执行 make run。"
                )
            pause = PAUSES[self.quick - 1] if self.quick else 0
            say(self.kept.name, f"已退出，{f'{pause} 秒后' if pause else '立即'}重新启动。")
            self.due = now + pause
        if time.monotonic() >= self.due:
            self.kept.start()
            self.began, self.due = time.monotonic(), None


def supervise(servers: Sequence[Server], programs: Sequence[Program]) -> None:
    """Start the programs and keep all running until interrupted.

    The servers run already, and come first: programs cannot start without them.
    """
    for program in programs:
        program.start()
    watches = [_Watch(kept) for kept in (*servers, *programs)]
    while True:
        for watch in watches:
            watch.look()
        time.sleep(LOOK_SECONDS)


def end(programs: Sequence[Program]) -> None:
    """Tell all to end, and make those that do not within some seconds."""
    for program in programs:
        program.signal(signal.SIGTERM)
    until = time.monotonic() + END_SECONDS
    for program in programs:
        program.wait(until)

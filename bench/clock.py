"""How time and memory are taken."""

from __future__ import annotations

import os
import statistics
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PAGE = os.sysconf("SC_PAGE_SIZE")


def median_of(work: Callable[[], Any], *, times: int = 7) -> dict[str, Any]:
    """Milliseconds of a request: the first (cold) and the median of those after it."""
    taken, response = [], None
    for _ in range(times + 1):
        began = time.perf_counter()
        response = work()
        taken.append((time.perf_counter() - began) * 1000)
    status = getattr(response, "status_code", 200)
    assert status == 200, f"{status}: {getattr(response, 'url', '')}"
    size = len(getattr(response, "content", b""))
    return {"first": taken[0], "median": statistics.median(taken[1:]), "bytes": size}


@dataclass
class Run:
    """What a command printed, how long it took and the most memory of its whole tree."""

    output: str
    seconds: float
    megabytes: float


def _children(process: int) -> list[int]:
    try:
        tasks = Path(f"/proc/{process}/task").iterdir()
        return [int(c) for t in tasks for c in (t / "children").read_text().split()]
    except OSError:
        return []


def _resident(process: int) -> int:
    try:
        own = int(Path(f"/proc/{process}/statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError):
        own = 0
    return own + sum(_resident(child) for child in _children(process))


def run(command: list[str], env: dict[str, str]) -> Run:
    """Run a command, watching the memory of its process tree ten times a second."""
    began = time.monotonic()
    process = subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    most = 0
    over = threading.Event()

    def watch() -> None:
        nonlocal most
        while not over.wait(0.1):
            most = max(most, _resident(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    output, errors = process.communicate()
    over.set()
    watcher.join()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{output[-2000:]}\n{errors[-4000:]}")
    return Run(output, time.monotonic() - began, most / 1e6)

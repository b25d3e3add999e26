"""The parser of ledgers in the test's own process, where it is measured line by line."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from subprocess import DEVNULL, PIPE
from types import SimpleNamespace
from typing import Any

import pytest

from core.ledgers.spreadsheets import child, reading

Limits = dict[int, tuple[int, int]]


class _Question(io.BytesIO):
    """What the parser reads; it answers when that is closed."""

    def __init__(self, ask: Callable[[str], None]) -> None:
        super().__init__()
        self.ask = ask

    def close(self) -> None:
        if not self.closed:
            self.ask(self.getvalue().decode())
        super().close()


class _Child:
    """Stands for the process: the same code, the same words in and out."""

    def __init__(self, command: list[str], **streams: Any) -> None:
        self.stdin, self.stdout = _Question(self._answer), io.BytesIO()

    def _answer(self, request: str) -> None:
        said, given = io.StringIO(), sys.stdin
        sys.stdin = io.StringIO(request)
        try:
            with redirect_stdout(said), suppress(SystemExit):
                child.main()
        finally:
            sys.stdin = given
        self.stdout = io.BytesIO(said.getvalue().encode())

    def kill(self) -> None:
        """It has ended."""

    def wait(self) -> None:
        """It has ended."""


@pytest.fixture
def parser_here(monkeypatch: pytest.MonkeyPatch) -> Limits:
    """Read files without a process of their own; the limits that it would set itself."""
    limits: Limits = {}
    monkeypatch.setattr(child.resource, "setrlimit", limits.__setitem__)
    process = SimpleNamespace(Popen=_Child, PIPE=PIPE, DEVNULL=DEVNULL)
    monkeypatch.setattr(reading, "subprocess", process)
    return limits

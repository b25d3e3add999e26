"""Checking a large ledger in several processes, with the result of one.

Each is a `python -m core.ledgers.checker`, which answers every message on its standard
input, blocks of rows with the places planned so far, with one on its standard output, and
ends with its input. Messages are a line of JSON and a body.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO, Any, Self

from django.conf import settings

from core.ledgers.checking import Checked, Checker
from core.ledgers.models import ImportBatch


class CheckerEnded(Exception):
    """A process that checks rows ended before it answered."""


class Checkers:
    """Some processes that check the chunks of a file in turn. Use as a context manager.

    They start at once, while the file is still being parsed; with none of them the chunks
    are checked in the caller's own process.
    """

    def __init__(self, processes: int) -> None:
        self.team = [_Process() for _ in range(processes)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        for process in self.team:
            process.end()

    def check(
        self, batch: ImportBatch, chunks: Iterator[list[bytes]], *, after: int
    ) -> Iterator[Checked]:
        """What became of the rows behind number `after`, chunk by chunk in order, as if
        one process had done them all. Raises CheckerEnded."""
        if not self.team:
            yield from map(Checker(batch, after=after).check, chunks)
            return
        self.head = {"batch": str(batch.pk), "after": after}
        self.places = {place["key"]: place for place in batch.places}
        asked: deque[tuple[_Process, list[bytes], int, Future[Checked]]] = deque()
        for number, chunk in enumerate(chunks):
            if len(asked) == len(self.team):
                yield self._answer(*asked.popleft())
            process = self.team[number % len(self.team)]
            asked.append((process, chunk, len(self.places), self._ask(process, chunk)))
        while asked:
            yield self._answer(*asked.popleft())

    def _ask(self, process: _Process, chunk: list[bytes], *, anew: bool = False) -> Future[Checked]:
        places = list(self.places.values())
        news = places if anew else places[process.told :]
        process.told = len(places)
        return process.ask({**self.head, "places": news, "anew": anew}, chunk)

    def _answer(
        self, process: _Process, chunk: list[bytes], told: int, answer: Future[Checked]
    ) -> Checked:
        """The answer, asked for again when a chunk before it planned a place of the same
        name that its process had not heard of: which place a row means may hang on it."""
        checked = answer.result()
        unheard = {place["name"] for place in list(self.places.values())[told:]}
        planned = [place for place in checked.planned if place["key"] not in self.places]
        if any(place["name"] in unheard for place in planned):
            checked = self._ask(process, chunk, anew=True).result()
        for place in checked.planned:
            self.places.setdefault(place["key"], place)
        return checked


class _Process:
    """One process and the thread that talks to it."""

    def __init__(self) -> None:
        # How many of the planned places it has heard of.
        self.told = 0
        self.process = subprocess.Popen(
            [sys.executable, "-m", "core.ledgers.checker"],
            cwd=settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.thread = ThreadPoolExecutor(1)

    def ask(self, head: dict[str, Any], chunk: list[bytes]) -> Future[Checked]:
        return self.thread.submit(self._ask, head, b"".join(chunk))

    def _ask(self, head: dict[str, Any], blocks: bytes) -> Checked:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            send(self.process.stdin, head, blocks)
        except BrokenPipeError:
            raise CheckerEnded from None
        answer = receive(self.process.stdout)
        if answer is None:
            raise CheckerEnded
        head, lines = answer
        return Checked(lines=lines, **head)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self.thread.shutdown()
        for pipe in filter(None, (self.process.stdin, self.process.stdout)):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()


def send(stream: IO[bytes], head: dict[str, Any], body: bytes) -> None:
    """Write a message: its sizes and head as a line of JSON, then its body."""
    stream.write(json.dumps([len(body), head]).encode() + b"\n")
    stream.write(body)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """The next message, None when there will be no more."""
    line = stream.readline()
    if not line.endswith(b"\n"):
        return None
    size, head = json.loads(line)
    body = stream.read(size)
    return (head, body) if len(body) == size else None

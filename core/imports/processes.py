"""Checking a large ledger in several processes, with the result of one.

`python -m core.imports.processes BATCH AFTER` is such a process: it answers every message
on its standard input, blocks of rows with the places planned so far, with one on its
standard output, and ends with its input. Messages are a line of JSON and a body.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO, TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from core.imports.checking import Checked
    from core.models import ImportBatch


class CheckerEnded(Exception):
    """A process that checks rows ended before it answered."""


class Checkers:
    """Some processes that check the chunks of a file in turn. Use as a context manager."""

    def __init__(self, batch: ImportBatch, *, after: int, processes: int) -> None:
        self.places = {place["key"]: place for place in batch.places}
        self.team = [_Process(batch, after) for _ in range(processes)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        for process in self.team:
            process.end()

    def check(self, chunks: Iterator[list[bytes]]) -> Iterator[Checked]:
        """What became of each chunk, in order, as if one process had done them all."""
        asked: deque[tuple[_Process, list[bytes], int, Future[Checked]]] = deque()
        for number, chunk in enumerate(chunks):
            if len(asked) == len(self.team):
                yield self._answer(*asked.popleft())
            process = self.team[number % len(self.team)]
            news = list(self.places.values())[process.told :]
            process.told = len(self.places)
            asked.append((process, chunk, process.told, process.ask(chunk, news)))
        while asked:
            yield self._answer(*asked.popleft())

    def _answer(
        self, process: _Process, chunk: list[bytes], told: int, answer: Future[Checked]
    ) -> Checked:
        """The answer, asked for again when a chunk before it planned a place of the same
        name that its process had not heard of: which place a row means may hang on it."""
        checked = answer.result()
        unheard = {place["name"] for place in list(self.places.values())[told:]}
        planned = [place for place in checked.planned if place["key"] not in self.places]
        if any(place["name"] in unheard for place in planned):
            everything = list(self.places.values())
            process.told = len(everything)
            checked = process.ask(chunk, everything, anew=True).result()
        for place in checked.planned:
            self.places.setdefault(place["key"], place)
        return checked


class _Process:
    """One process and the thread that talks to it."""

    def __init__(self, batch: ImportBatch, after: int) -> None:
        from django.conf import settings

        self.told = len(batch.places)
        self.process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(batch.pk), str(after)],
            cwd=settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.thread = ThreadPoolExecutor(1)

    def ask(
        self, chunk: list[bytes], places: list[dict[str, Any]], *, anew: bool = False
    ) -> Future[Checked]:
        return self.thread.submit(self._ask, {"places": places, "anew": anew}, b"".join(chunk))

    def _ask(self, head: dict[str, Any], blocks: bytes) -> Checked:
        from core.imports.checking import Checked

        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            _send(self.process.stdin, head, blocks)
        except BrokenPipeError:
            raise CheckerEnded from None
        answer = _receive(self.process.stdout)
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


def _send(stream: IO[bytes], head: dict[str, Any], body: bytes) -> None:
    stream.write(json.dumps([len(body), head]).encode() + b"\n")
    stream.write(body)
    stream.flush()


def _receive(stream: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """The next message, None when there will be no more."""
    line = stream.readline()
    if not line.endswith(b"\n"):
        return None
    size, head = json.loads(line)
    body = stream.read(size)
    return (head, body) if len(body) == size else None


def main(batch_id: str, after: str) -> None:
    """Answer until the input ends; whoever asks is told to stop, not this process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from core.imports.checking import Checker
    from core.models import ImportBatch

    batch = ImportBatch.objects.select_related("by", "region").get(pk=batch_id)
    checker = Checker(batch, after=int(after))
    while (message := _receive(sys.stdin.buffer)) is not None:
        head, body = message
        if head["anew"]:
            batch.places = head["places"]
            checker = Checker(batch, after=int(after))
        checker.learn(head["places"])
        checked = checker.check(body.splitlines())
        answer = {"last": checked.last, "planned": checked.planned}
        _send(sys.stdout.buffer, answer, checked.lines)


if __name__ == "__main__":
    main(*sys.argv[1:])

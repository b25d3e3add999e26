"""The live server's door: the end of a test empties tables that no request may still read."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any
from wsgiref.simple_server import WSGIServer

PATIENCE_SECONDS = 20.0


class Door:
    """Counts who is inside. What a page sends on after its window was closed (drafts) comes to
    a shut door instead of to another test."""

    def __init__(self, application: Any) -> None:
        self._application = application
        self._changed = threading.Condition()
        self._is_open = True
        self._inside = 0

    @classmethod
    def of(cls, server: WSGIServer) -> Door:
        """The door of a server that stays up from test to test."""
        if not isinstance(server.get_app(), cls):
            server.set_app(cls(server.get_app()))
        door = server.get_app()
        assert isinstance(door, cls)
        return door

    def open(self) -> None:
        with self._changed:
            self._is_open = True

    def shut(self) -> None:
        """Let nobody in, and wait until all have left."""
        with self._changed:
            self._is_open = False
            assert self._changed.wait_for(lambda: not self._inside, PATIENCE_SECONDS)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        with self._changed:
            if not self._is_open:
                start_response("503 Service Unavailable", [("Content-Length", "0")])
                return []
            self._inside += 1
        try:
            return _Visitor(self._application(environ, start_response), self)
        except BaseException:
            self.leave()
            raise

    def leave(self) -> None:
        with self._changed:
            self._inside -= 1
            self._changed.notify_all()


class _Visitor:
    """An answer, whose reader leaves when it is closed."""

    def __init__(self, answer: Any, door: Door) -> None:
        self._answer, self._door = answer, door

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._answer)

    def close(self) -> None:
        try:
            self._answer.close()
        finally:
            self._door.leave()

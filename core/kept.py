"""Small tables of the database that a process keeps by it for some minutes.

Django's cache pickles what it hands out; names asked for a hundred times a page would cost
more than the page.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """What `read` gives, read again after `seconds`; an empty answer is kept for one."""

    def __init__(self, read: Callable[[], T], *, seconds: float) -> None:
        self._read, self._seconds = read, seconds
        self._value: T | None = None
        self._until = 0.0

    def get(self) -> T:
        """The value itself, shared by all who ask: not to be changed."""
        if self._value is None or time.monotonic() >= self._until:
            value = self._read()
            self._until = time.monotonic() + (self._seconds if value else 1)
            self._value = value
            return value
        return self._value

    def forget(self) -> None:
        self._value = None
        self._until = 0.0

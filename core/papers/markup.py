"""XML as bytes: what is to change is replaced where it stands, so that the rest stays as it is.

A tree that is read and written again would lose quotes, prefixes, comments and white space,
and is too slow for large sheets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from html import unescape
from typing import NamedTuple
from xml.parsers import expat

from core.ledgers.spreadsheets.limits import BROKEN
from core.secrecy.files import Refused

# From, to, what stands there instead.
Edit = tuple[int, int, bytes]

# After "<": text that looks like a tag and is none. A pattern that begins with "<" alone is
# many times as quick as one with several beginnings.
_OTHER = rb"!--.*?-->|!\[CDATA\[.*?\]\]>|\?.*?\?>"
_TAG = re.compile(
    rb"<(?:(/?)([\w.-]+:)?([\w.-]+)"
    rb"((?:\s+[\w.:-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*(/?)>|" + _OTHER + rb")",
    re.S,
)
_APART = re.compile(rb"<(?:" + _OTHER + rb")", re.S)
_SPECIAL = re.compile('[&<>"]')
_ENCODING = re.compile(rb"<\?xml[^>]*\sencoding=[\"']([\w.-]+)")


class Tag(NamedTuple):
    """A tag and where it stands; `prefix` with its colon."""

    prefix: bytes
    name: bytes
    attributes: bytes
    start: int
    end: int
    is_end: bool
    is_empty: bool

    @property
    def attributes_start(self) -> int:
        return self.start + 1 + len(self.prefix) + len(self.name)


def tags(xml: bytes, start: int = 0, end: int | None = None) -> Iterator[Tag]:
    """All tags in their order, also closing ones."""
    for match in _TAG.finditer(xml, start, len(xml) if end is None else end):
        closing, prefix, name, attributes, empty = match.groups()
        if name is not None:
            yield Tag(prefix or b"", name, attributes, *match.span(), bool(closing), bool(empty))


def root(xml: bytes) -> Tag:
    return next(tags(xml))


@cache
def _pattern(name: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"\s" + name + rb"\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


def attribute(attributes: bytes, name: bytes) -> str | None:
    """The value of an attribute; `name` may be a pattern."""
    match = _pattern(name).search(attributes)
    return unescape(match[match.lastindex or 1].decode()) if match else None


def value_span(attributes: bytes, name: bytes) -> tuple[int, int] | None:
    """Where between its quotes the value of an attribute stands."""
    match = _pattern(name).search(attributes)
    return match.span(match.lastindex or 1) if match else None


def without(attributes: bytes, *names: bytes) -> bytes:
    for name in names:
        attributes = _pattern(name).sub(b"", attributes)
    return attributes


def is_true(value: str | None) -> bool:
    return value in {"1", "true", "on"}


def escape(text: str) -> str:
    """Text as it stands in an element, or between double quotes in an attribute."""
    if not _SPECIAL.search(text):
        return text
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    )


def text_at(xml: bytes, start: int) -> tuple[int, str]:
    """The text from a place up to the next tag, and where it ends."""
    end = xml.find(b"<", start)
    end = len(xml) if end < 0 else end
    return end, unescape(xml[start:end].decode())


def masked(xml: bytes) -> bytes:
    """The same with blanks for comments and the like, so that what looks like a tag is one."""
    if b"<!" not in xml:
        return xml
    return _APART.sub(lambda match: b" " * len(match[0]), xml)


def splice(xml: bytes, edits: Iterable[Edit]) -> bytes:
    """Apply edits that do not overlap; those of one place stand in the order given."""
    pieces: list[bytes] = []
    at = 0
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        pieces += xml[at:start], new
        at = end
    pieces.append(xml[at:])
    return b"".join(pieces)


def check(xml: bytes) -> bytes:
    """XML that can be searched as bytes. Raises Refused where it is broken."""
    encoding = _ENCODING.match(xml.removeprefix(b"\xef\xbb\xbf"))
    if encoding and encoding[1].lower() not in {b"utf-8", b"us-ascii"}:
        raise Refused(BROKEN)
    try:
        # Without a declaration UTF-8 is meant, unless there is a mark of UTF-16.
        expat.ParserCreate("utf-8").Parse(xml, True)  # noqa: FBT003  no keyword is taken
    except expat.ExpatError as error:
        raise Refused(BROKEN) from error
    return xml

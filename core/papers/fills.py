"""Cells of a workbook in another colour, everything else about them as it was."""

from __future__ import annotations

from core.ledgers.spreadsheets.limits import BROKEN
from core.papers import markup
from core.papers.markup import Edit, Tag, without
from core.papers.package import WORKBOOK, Package
from core.secrecy.files import Refused


class Coloured:
    """Styles like those of a workbook with one colour behind; `write` puts them into it.

    Raises Refused for a workbook without styles.
    """

    def __init__(self, package: Package, colour: str) -> None:
        self.package, self.colour = package, colour
        styles = (r.target for r in package.relations(WORKBOOK) if r.type == "styles")
        self.part = next(styles, "")
        if not self.part:
            raise Refused(BROKEN)
        self.xml = package.read_xml(self.part)
        self._made: dict[int, int] = {}
        self._fills: list[Tag] = []
        self._formats: list[bytes] = []
        self._lists: dict[bytes, tuple[Tag, int]] = {}
        self._read()
        if not {b"fills", b"cellXfs"} <= self._lists.keys() or not self._formats:
            raise Refused(BROKEN)

    def _read(self) -> None:
        opened: Tag | None = None
        begun: Tag | None = None
        for tag in markup.tags(self.xml):
            if tag.name in {b"fills", b"cellXfs"} and not tag.is_empty:
                if opened is not None and tag.is_end:
                    self._lists[tag.name] = (opened, tag.start)
                opened = None if tag.is_end else tag
            elif opened is None:
                continue
            elif opened.name == b"fills" and tag.name == b"fill" and not tag.is_end:
                self._fills.append(tag)
            elif opened.name == b"cellXfs" and tag.name == b"xf":
                if tag.is_empty:
                    self._formats.append(self.xml[tag.start : tag.end])
                elif tag.is_end and begun is not None:
                    self._formats.append(self.xml[begun.start : tag.end])
                begun = tag

    def like(self, style: int) -> int:
        """The number of the style that is like another one, with the colour behind."""
        style = style if style < len(self._formats) else 0
        return self._made.setdefault(style, len(self._formats) + len(self._made))

    def write(self) -> None:
        """Put the styles that were asked for into the workbook."""
        if not self._made:
            return
        fills, formats = self._lists[b"fills"], self._lists[b"cellXfs"]
        p = fills[0].prefix.decode()
        fill = (
            f'<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="FF{self.colour}"/>'
            f'<{p}bgColor indexed="64"/></{p}patternFill></{p}fill>'
        ).encode()
        made = b"".join(self._coloured(self._formats[style]) for style in self._made)
        edits = [
            (fills[1], fills[1], fill),
            (formats[1], formats[1], made),
            *_counted(fills[0], len(self._fills) + 1),
            *_counted(formats[0], len(self._formats) + len(self._made)),
        ]
        self.package.write(self.part, markup.splice(self.xml, edits))

    def _coloured(self, xf: bytes) -> bytes:
        tag = markup.root(xf)
        kept = without(tag.attributes, b"fillId", b"applyFill").rstrip()
        new = kept + f' fillId="{len(self._fills)}" applyFill="1"'.encode()
        start = tag.attributes_start
        return xf[:start] + new + xf[start + len(tag.attributes) :]


def _counted(opening: Tag, count: int) -> list[Edit]:
    place = markup.value_span(opening.attributes, b"count")
    if place is None:
        return []
    at = opening.attributes_start
    return [(at + place[0], at + place[1], str(count).encode())]

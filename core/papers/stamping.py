"""The serial number of a file that was handed out, on every page and in its properties."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from core.papers import markup
from core.papers.markup import Edit, Tag, attribute, escape, is_true
from core.papers.package import OFFICE, Package
from core.papers.sheet import SheetXml

# What Excel takes; a file with more asks to be repaired.
_LONGEST = 255
_PROPERTIES = "docProps/custom.xml"
_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_SET = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_EMPTY = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    f'<Properties xmlns="{OFFICE}/custom-properties" xmlns:vt="{OFFICE}/docPropsVTypes">'
    "</Properties>"
)
# What stands after <headerFooter> in a sheet, and what inside of it.
_AFTER = frozenset(
    b"rowBreaks colBreaks customProperties cellWatches ignoredErrors smartTags drawing "
    b"legacyDrawing legacyDrawingHF drawingHF picture oleObjects controls webPublishItems "
    b"tableParts extLst".split()
)
_ORDER = b"oddHeader oddFooter evenHeader evenFooter firstHeader firstFooter".split()
# A section of a footer begins with one of these; "&&" is a character.
_SECTION = re.compile(r"&(?:&|([LCR]))", re.I)


def stamp(data: bytes, *, text: str, properties: Mapping[str, str]) -> bytes:
    """A text at the left of the footers of the visible sheets, and properties of the document.

    Takes what `fill` gave. A footer that would become too long for Excel stays as it is.
    """
    package = Package(data)
    for sheet in package.sheets:
        if sheet.is_visible:
            xml = package.read_xml(sheet.part)
            package.write(sheet.part, markup.splice(xml, _footers(xml, text)))
    _write_properties(package, properties)
    return package.to_bytes()


def _footers(xml: bytes, text: str) -> Iterator[Edit]:
    sheet = SheetXml(xml)
    p = sheet.prefix.decode()
    children = list(_children(xml, sheet.end))
    found = next((child for child in children if child[0].name == b"headerFooter"), None)
    if found is None:
        at = next((tag.start for tag, _, name in children if name in _AFTER), None)
        at = xml.rindex(b"</") if at is None else at
        footer = escape(_with_text("", text))
        element = f"<{p}headerFooter><{p}oddFooter>{footer}</{p}oddFooter></{p}headerFooter>"
        yield at, at, element.encode()
        return
    tag, end, _ = found
    wanted = [b"oddFooter"]
    if is_true(attribute(tag.attributes, b"differentOddEven")):
        wanted.append(b"evenFooter")
    if is_true(attribute(tag.attributes, b"differentFirst")):
        wanted.append(b"firstFooter")
    if tag.is_empty:
        made = "".join(_footer(p, name, _with_text("", text)) for name in wanted)
        slash = xml.rindex(b"/", tag.start, tag.end)
        yield slash, tag.end, f">{made}</{p}headerFooter>".encode()
        return
    last = xml.rindex(b"<", 0, end)
    for name in wanted:
        yield _in_header_footer(xml[:last], p, name, text, tag)


def _in_header_footer(xml: bytes, p: str, name: bytes, text: str, parent: Tag) -> Edit:
    """The edit that puts the text into one of the footers, at its place among them; `xml`
    ends where they do."""
    present = [child for child, *_ in _children(xml, parent.end)]
    old = next((tag for tag in present if tag.name == name), None)
    if old is not None and not old.is_empty:
        stop, footer = markup.text_at(xml, old.end)
        return old.end, stop, escape(_with_text(footer, text)).encode()
    new = _footer(p, name, _with_text("", text)).encode()
    if old is not None:
        return old.start, old.end, new
    later = _ORDER[_ORDER.index(name) + 1 :]
    at = next((tag.start for tag in present if tag.name in later), len(xml))
    return at, at, new


def _footer(p: str, name: bytes, footer: str) -> str:
    return f"<{p}{name.decode()}>{escape(footer)}</{p}{name.decode()}>"


def _with_text(footer: str, text: str) -> str:
    """A footer with a text in its left section, after what stands there."""
    text = text.replace("&", "&&")
    sections = [m for m in _SECTION.finditer(footer) if m[1]]
    left = next((i for i, m in enumerate(sections) if m[1].upper() == "L"), None)
    if left is not None:
        end = sections[left + 1].start() if left + 1 < len(sections) else len(footer)
        gap = "  " if end > sections[left].end() else ""
        new = footer[:end] + gap + text + footer[end:]
    else:
        # What belongs to no section stands in the middle.
        is_middle = bool(footer) and (not sections or sections[0].start() > 0)
        new = f"&L{text}{'&C' if is_middle else ''}{footer}"
    return new if len(new) <= _LONGEST else footer


def _children(xml: bytes, start: int) -> Iterator[tuple[Tag, int, bytes]]:
    """The elements that follow inside of the same one: tag, end and what each is, also where
    it is wrapped in alternatives."""
    depth = 0
    opened: Tag | None = None
    name = b""
    for tag in markup.tags(xml, start):
        if tag.is_end and not depth:
            return
        if not tag.is_end and not depth:
            opened, name = tag, b""
        if not tag.is_end and name in {b"", b"AlternateContent", b"Choice"}:
            name = tag.name
        depth += 0 if tag.is_empty else -1 if tag.is_end else 1
        if opened is not None and not depth:
            yield opened, tag.end, name


def _write_properties(package: Package, properties: Mapping[str, str]) -> None:
    if not properties:
        return
    relations = package.relations("")
    part = next((r.target for r in relations if r.type == "custom-properties"), None)
    if part is None:
        part = _PROPERTIES
        package.add_part(part, _EMPTY.encode(), content=_TYPE, owner="", kind="custom-properties")
    package.write(part, _with_properties(package.read_xml(part), properties))


def _with_properties(xml: bytes, properties: Mapping[str, str]) -> bytes:
    """Properties of these names are replaced, the others kept."""
    first = markup.root(xml)
    edits: list[Edit] = []
    pids = [1]
    for tag, end, _ in [] if first.is_empty else _children(xml, first.end):
        pids.append(int(attribute(tag.attributes, b"pid") or 1))
        if attribute(tag.attributes, b"name") in properties:
            edits.append((tag.start, end, b""))
    p = first.prefix.decode()
    made = "".join(
        f'<{p}property fmtid="{_SET}" pid="{pid}" name="{escape(name)}">'
        f'<vt:lpwstr xmlns:vt="{OFFICE}/docPropsVTypes">{escape(value)}</vt:lpwstr></{p}property>'
        for pid, (name, value) in enumerate(properties.items(), start=max(pids) + 1)
    )
    if first.is_empty:
        slash = xml.rindex(b"/", first.start, first.end)
        edits.append((slash, first.end, f">{made}</{p}{first.name.decode()}>".encode()))
    else:
        at = xml.rindex(b"</")
        edits.append((at, at, made.encode()))
    return markup.splice(xml, edits)

"""A list of another office with a column put behind its last one, some of its cells coloured, and
a sheet added; everything else stays as it came."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count

from core.entities.workbooks import number_cell, plain_text, text_cell
from core.papers import markup
from core.papers.addresses import letters
from core.papers.cells import put
from core.papers.fills import Coloured
from core.papers.markup import Edit, escape
from core.papers.package import OFFICE, WORKBOOK, Package, open_form
from core.papers.sheet import Element, SheetXml
from core.secrecy.files import Refused

_WIDTH = 48
_CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_PROTECTED = "这张工作表是受保护的。"


@dataclass(frozen=True)
class Marking:
    """What is put into a sheet: by row the text of the new column, and the columns from 1 that
    are coloured. `heading` stands in `header_row` above the texts; `known` is the new column
    where the sheet has it from an earlier time, 0 where it has none. Rows of `plain` have no
    colour in the new column."""

    sheet: str
    header_row: int
    heading: str
    texts: Mapping[int, str]
    coloured: Mapping[int, Collection[int]]
    plain: Collection[int]
    known: int = 0


def mark(data: bytes, marking: Marking, *, colour: str) -> Package:
    """Put the marks into a workbook. Raises Refused where it cannot be taken as it is."""
    package = open_form(data)
    sheet = package.sheet(marking.sheet)
    look = SheetXml(package.read_xml(sheet.part))
    if look.is_protected:
        raise Refused(_PROTECTED)
    styles = Coloured(package, colour)
    column = marking.known or _last(look) + 1
    edits = [*_edits(look, marking, column, styles), *_width(look, column)]
    xml = markup.splice(look.xml, edits)
    texts = {row: {column: text} for row, text in marking.texts.items()}
    texts[marking.header_row] = {column: marking.heading}
    result = put(xml, texts, styles=package.styles, is_1904=package.is_1904)
    package.write(sheet.part, result.xml)
    styles.write()
    return package


def _last(look: SheetXml) -> int:
    """The last column in which anything stands."""
    return max(
        (cell.number for row in look.rows() for cell in look.cells(row) if not cell.is_empty),
        default=0,
    )


def _edits(look: SheetXml, marking: Marking, column: int, styles: Coloured) -> Iterable[Edit]:
    """The colours, and in each row an empty cell of the new column, ruled like the one before."""
    for row in look.rows():
        is_marked = row.number in marking.texts
        if not is_marked and row.number != marking.header_row:
            continue
        wanted = marking.coloured.get(row.number, ())
        before, behind, is_there = None, None, False
        for cell in look.cells(row):
            if cell.number < column:
                before = cell
            elif cell.number == column:
                is_there = True
            elif behind is None:
                behind = cell
            if cell.number in wanted:
                yield _styled(look, cell, styles.like(_style(look, row, cell)))
        if before is None or is_there:
            continue
        style = _style(look, row, before)
        if is_marked and row.number not in marking.plain:
            style = styles.like(style)
        at = behind.start if behind is not None else row.content_end
        p = look.prefix.decode()
        yield at, at, f'<{p}c r="{letters(column)}{row.number}" s="{style}"/>'.encode()


def _style(look: SheetXml, row: Element, cell: Element) -> int:
    return look.style_of(cell.attributes, row.attributes, cell.number)


def _styled(look: SheetXml, cell: Element, style: int) -> Edit:
    """A cell in another style."""
    at = cell.start + len(b"<" + look.prefix + b"c")
    if place := markup.value_span(cell.attributes, b"s"):
        return at + place[0], at + place[1], str(style).encode()
    return at, at, f' s="{style}"'.encode()


def _width(look: SheetXml, column: int) -> Iterable[Edit]:
    """The new column is wide enough to be read, where the sheet says nothing of it."""
    if any(known.last >= column for known in look.columns):
        return
    p = look.prefix.decode()
    own = f'<{p}col min="{column}" max="{column}" width="{_WIDTH}" customWidth="1"/>'
    if look.columns:
        at = look.xml.rindex(b"</" + look.prefix + b"cols", 0, look.start)
        yield at, at, own.encode()
    else:
        yield look.start, look.start, f"<{p}cols>{own}</{p}cols>".encode()


def add_sheet(package: Package, name: str, rows: Iterable[Sequence[str | float]]) -> None:
    """A sheet of texts and numbers behind the others."""
    taken = {sheet.name.casefold() for sheet in package.sheets}
    others = (f"{name}{number}" for number in count(2))
    name = next(n for n in chain([name], others) if n.casefold() not in taken)
    names = set(package.names)
    part = next(p for n in count(1) if (p := f"xl/worksheets/added{n}.xml") not in names)
    relation = package.add_part(
        part, _sheet(rows), content=_CONTENT, owner=WORKBOOK, kind="worksheet"
    )
    xml = package.read_xml(WORKBOOK)
    tags = [tag for tag in markup.tags(xml) if tag.name in {b"sheet", b"sheets"}]
    numbers = [int(markup.attribute(t.attributes, b"sheetId") or 0) for t in tags]
    closing = next(tag for tag in tags if tag.name == b"sheets" and tag.is_end)
    p = closing.prefix.decode()
    element = (
        f'<{p}sheet name="{escape(name)}" sheetId="{max(numbers) + 1}" r:id="{relation}"'
        f' xmlns:r="{OFFICE}/relationships"/>'
    )
    at = closing.start
    package.write(WORKBOOK, markup.splice(xml, [(at, at, element.encode())]))
    # What is kept of them is no longer so.
    del package.sheets


def _sheet(rows: Iterable[Sequence[str | float]]) -> bytes:
    made = [
        f'<row r="{number}">'
        + "".join(_cell(f"{letters(at)}{number}", value) for at, value in enumerate(row, start=1))
        + "</row>"
        for number, row in enumerate(rows, start=1)
    ]
    main = OFFICE.replace("officeDocument", "spreadsheetml") + "/main"
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<worksheet xmlns="{main}"><sheetFormatPr defaultRowHeight="15"/>'
        f'<cols><col min="1" max="60" width="18" customWidth="1"/></cols>'
        f"<sheetData>{''.join(made)}</sheetData></worksheet>"
    ).encode()


def _cell(reference: str, value: str | float) -> str:
    if isinstance(value, str):
        return text_cell(reference, plain_text(value), "") if value else ""
    return number_cell(reference, value, "")

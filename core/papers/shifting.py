"""Everything in a workbook that says where something lies, once rows were put into a sheet.

What belongs to the sheet (its XML, its comments, drawings, tables, controls) moves with its
rows; in all other parts the formulas move that name the sheet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from core.papers import markup
from core.papers.addresses import Shift
from core.papers.anchors import anchors, notes
from core.papers.formulas import moved, shifted
from core.papers.markup import Edit, Tag, attribute, escape
from core.papers.package import Package, Sheet
from core.papers.sheet import Formula, SheetXml, formulas

# Elements whose text is a formula, and attributes that are one; without their prefixes.
_FORMULAS = frozenset(
    b"f formula formula1 formula2 definedName calculatedColumnFormula totalsRowFormula "
    b"FmlaLink FmlaRange FmlaGroup FmlaTxbx FmlaPict".split()
)
_FORMULA_ATTRIBUTES = (
    b"fmlaLink fmlaRange fmlaGroup fmlaTxbx linkedCell listFillRange textlink location".split()
)
_AREAS = b"ref sqref activeCell topLeftCell r1 r2 sourceRef".split()
# Elements that name one cell by "r".
_SINGLE = frozenset({b"inputCells", b"cellWatch", b"singleXmlCell"})
# What of a line is not of the next ones too.
_FIXED = _SINGLE | frozenset(
    b"mergeCell hyperlink comment threadedComment sheetView pane selection".split()
)
_CHAIN = "xl/calcChain.xml"
_PARTS = re.compile(r"xl/(?!sharedStrings|styles|theme/).*\.(?:xml|vml)", re.I)


def shift_package(package: Package, sheet: Sheet, shift: Shift) -> None:
    own = {sheet.part, *(relation.target for relation in package.relations(sheet.part))}
    worksheets = {s.part for s in package.sheets}
    for name in package.names:
        if name.endswith(".rels"):
            _write(package, name, _relations(package.read(name), shift))
        if not _PARTS.fullmatch(name):
            continue
        xml = package.read(name)
        if name == _CHAIN:
            edits = list(_chain(xml, sheet.number, shift))
        elif name in worksheets and (name in own or b"!" in xml):
            edits = list(_sheet(SheetXml(package.read_xml(name)), shift, is_own=name in own))
        elif name in own or b"!" in xml or b"worksheetSource" in xml:
            # Excel's .vml is not always XML.
            xml = package.read_xml(name) if name.endswith(".xml") else xml
            edits = list(_part(xml, shift, is_own=name in own))
        else:
            continue
        _write(package, name, markup.splice(xml, edits))


def _write(package: Package, name: str, xml: bytes) -> None:
    if xml != package.read(name):
        package.write(name, xml)


def _sheet(sheet: SheetXml, shift: Shift, *, is_own: bool) -> Iterator[Edit]:
    yield from _part(sheet.xml, shift, is_own=is_own, end=sheet.start)
    yield from _part(sheet.xml, shift, is_own=is_own, start=sheet.end)
    if is_own:
        for row in sheet.rows():
            number = shift.row(row.number)
            if number == row.number:
                continue
            yield from _numbered(row.attributes, row.start + len(sheet.prefix) + 4, number)
            for cell in sheet.cells(row):
                yield from _numbered(cell.attributes, cell.start + len(sheet.prefix) + 2, number)
    yield from _formulas(sheet, shift, is_own=is_own)


def _numbered(attributes: bytes, start: int, number: int) -> Iterator[Edit]:
    """The address of a row or a cell with its new row."""
    if span := markup.value_span(attributes, b"r"):
        digits = re.sub(rb"\d+", str(number).encode(), attributes[slice(*span)])
        yield start + span[0], start + span[1], digits


def _formulas(sheet: SheetXml, shift: Shift, *, is_own: bool) -> Iterator[Edit]:
    """Formulas in cells. Those that share a text keep it where the text still says of each
    what it said before; else each gets its own."""
    groups: dict[tuple[int, int], list[tuple[tuple[int, int], Formula]]] = {}
    for at, formula in formulas(sheet):
        if formula.shared is not None:
            groups.setdefault(formula.shared, []).append((at, formula))
            continue
        row = at[0] if is_own else None
        yield from _own_text(formula, shifted(formula.text, shift, is_home=is_own, row=row))
        if is_own:
            yield from _areas(formula.tag, shift, grows=False)
    for master, members in groups.items():
        first = members[0][1].text
        new = {
            at: shifted(formula.text, shift, is_home=is_own, row=at[0] if is_own else None)
            for at, formula in members
        }
        move = shift.row if is_own else int
        is_shared = all(
            moved(new[master], move(row) - move(master[0]), column - master[1]) == text
            for (row, column), text in new.items()
        )
        for at, formula in members:
            if not is_shared:
                yield _alone(sheet, formula, new[at])
            elif at == master:
                yield from _own_text(formula, new[at], old=first)
        if is_shared and is_own:
            yield from _areas(members[0][1].tag, shift, grows=False)


def _own_text(formula: Formula, new: str, *, old: str | None = None) -> Iterator[Edit]:
    if new != (formula.text if old is None else old):
        yield *formula.text_span, escape(new).encode()


def _alone(sheet: SheetXml, formula: Formula, text: str) -> Edit:
    tag, p = formula.tag, sheet.prefix
    end = tag.end
    if not tag.is_empty:
        end = sheet.xml.index(b">", formula.text_span[1]) + 1
    kept = markup.without(tag.attributes, b"t", b"si", b"ref")
    new = b"<" + p + b"f" + kept + b">" + escape(text).encode() + b"</" + p + b"f>"
    return tag.start, end, new


def _part(
    xml: bytes, shift: Shift, *, is_own: bool, start: int = 0, end: int | None = None
) -> Iterator[Edit]:
    """Addresses and formulas outside the cells."""
    is_in_breaks = False
    for tag in markup.tags(xml, start, end):
        if tag.name == b"rowBreaks":
            is_in_breaks = not (tag.is_end or tag.is_empty)
        if tag.is_end:
            continue
        if is_own and is_in_breaks and tag.name == b"brk":
            # Below the row of this number.
            yield from _changed(tag, b"id", lambda text: str(shift.row(int(text) + 1) - 1))
        elif is_own:
            yield from _areas(tag, shift, grows=tag.name not in _FIXED)
        elif _is_source(tag, shift):
            yield from _changed(tag, b"ref", shift.reference)
        for name in _FORMULA_ATTRIBUTES:
            yield from _changed(tag, name, lambda text: shifted(text, shift, is_home=is_own))
        if not tag.is_empty:
            yield from _text(xml, tag, shift, is_own=is_own)
    if is_own:
        yield from anchors(xml, shift, start, end)
        yield from notes(xml, shift, start, end)


def _text(xml: bytes, tag: Tag, shift: Shift, *, is_own: bool) -> Iterator[Edit]:
    if tag.name in _FORMULAS:
        end, text = markup.text_at(xml, tag.end)
        new = shifted(text, shift, is_home=is_own)
    elif tag.name == b"sqref" and is_own:
        end, text = markup.text_at(xml, tag.end)
        new = shift.list_of(text)
    else:
        return
    if new != text:
        yield tag.end, end, escape(new).encode()


def _areas(tag: Tag, shift: Shift, *, grows: bool) -> Iterator[Edit]:
    for name in (*_AREAS, *([b"r"] if tag.name in _SINGLE else [])):
        yield from _changed(
            tag,
            name,
            lambda text: " ".join(shift.reference(part, grows=grows) for part in text.split()),
        )


def _is_source(tag: Tag, shift: Shift) -> bool:
    """Where a pivot table or a consolidation elsewhere has its rows from."""
    sheet = attribute(tag.attributes, b"sheet") or ""
    return tag.name in {b"worksheetSource", b"dataRef"} and sheet.casefold() == shift.sheet


def _changed(tag: Tag, name: bytes, change: Callable[[str], str]) -> Iterator[Edit]:
    old = attribute(tag.attributes, name)
    span = markup.value_span(tag.attributes, name)
    if old is None or span is None:
        return
    new = change(old)
    if new != old:
        at = tag.attributes_start
        is_single = tag.attributes[span[0] - 1] == ord("'")
        quoted = escape(new).replace("'", "&apos;") if is_single else escape(new)
        yield at + span[0], at + span[1], quoted.encode()


def _chain(xml: bytes, number: str, shift: Shift) -> Iterator[Edit]:
    """The order of calculation: a cell that does not say its sheet is of the one before."""
    sheet: str | None = None
    for tag in markup.tags(xml):
        if tag.name == b"c":
            sheet = attribute(tag.attributes, b"i") or sheet
            if sheet == number:
                yield from _changed(tag, b"r", lambda text: shift.reference(text, grows=False))


def _relations(xml: bytes, shift: Shift) -> bytes:
    """Links of shapes to places in the workbook."""
    edits: list[Edit] = []
    if b"#" in xml:
        for tag in markup.tags(xml):
            if (attribute(tag.attributes, b"Target") or "").startswith("#"):
                edits += _changed(tag, b"Target", lambda text: shifted(text, shift))
    return markup.splice(xml, edits)

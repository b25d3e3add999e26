"""The package of a workbook: its parts as bytes, its sheets, which part points to which."""

from __future__ import annotations

import io
import posixpath
import tempfile
import zipfile
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from core.ledgers.spreadsheets.limits import BROKEN
from core.ledgers.spreadsheets.prescan import scan
from core.papers import markup
from core.papers.markup import attribute, is_true
from core.papers.sheet import shared_strings
from core.papers.styles import Styles
from core.secrecy import files as media
from core.secrecy.files import Refused

WORKBOOK = "xl/workbook.xml"
CONTENT_TYPES = "[Content_Types].xml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_SAVE_AS = "请先在 Excel 或 WPS 中另存为 .xlsx，再上传。"
_MACROS = "带宏的文件不能填写，请另存为不带宏的 .xlsx。"


class Sheet(NamedTuple):
    """A worksheet as the workbook names it; `number` is what calcChain.xml calls it by."""

    name: str
    part: str
    number: str
    is_visible: bool


class Relation(NamedTuple):
    id: str
    type: str
    target: str


class Package:
    """Parts of a workbook. What is written here is kept until `to_bytes`."""

    def __init__(self, data: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
            self.names = self._archive.namelist()
        except (zipfile.BadZipFile, OSError) as error:
            raise Refused(BROKEN) from error
        if len(set(self.names)) < len(self.names):
            raise Refused(BROKEN)
        self._written: dict[str, bytes] = {}

    def read(self, name: str) -> bytes:
        if name in self._written:
            return self._written[name]
        try:
            return self._archive.read(name)
        except KeyError:
            raise Refused(BROKEN) from None

    def read_xml(self, name: str) -> bytes:
        """A part whose bytes can be searched. Raises Refused where it is no XML."""
        if name in self._written:
            return self._written[name]
        return markup.check(self.read(name))

    def write(self, name: str, data: bytes) -> None:
        if name not in self.names:
            self.names.append(name)
        self._written[name] = data

    def to_bytes(self) -> bytes:
        """The parts in the order in which they came, new ones at the end."""
        target = io.BytesIO()
        known = {info.filename: info for info in self._archive.infolist()}
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in self.names:
                info = zipfile.ZipInfo(name)
                info.compress_type = zipfile.ZIP_DEFLATED
                if name in known:
                    old = known[name]
                    info.date_time, info.compress_type = old.date_time, old.compress_type
                    info.external_attr = old.external_attr
                # The quickest level: three seconds of ten would go into the last per cents.
                archive.writestr(info, self.read(name), compresslevel=_level(info))
        return target.getvalue()

    def relations(self, part: str) -> list[Relation]:
        """What a part ("" for the package) points to inside the package."""
        folder, name = posixpath.split(part)
        file = posixpath.join(folder, "_rels", f"{name}.rels")
        if file not in self.names:
            return []
        found = []
        for tag in markup.tags(self.read_xml(file)):
            if tag.name != b"Relationship" or tag.is_end:
                continue
            if attribute(tag.attributes, b"TargetMode") == "External":
                continue
            target = attribute(tag.attributes, b"Target") or ""
            found.append(
                Relation(
                    id=attribute(tag.attributes, b"Id") or "",
                    type=posixpath.basename(attribute(tag.attributes, b"Type") or ""),
                    target=posixpath.normpath(posixpath.join("/", folder, target))[1:],
                )
            )
        return found

    def append(self, part: str, element: str) -> None:
        """An empty element as the last one of a part."""
        xml = self.read_xml(part)
        new = f"<{markup.root(xml).prefix.decode()}{element}/>".encode()
        at = xml.rindex(b"</")
        self.write(part, markup.splice(xml, [(at, at, new)]))

    def add_part(self, part: str, data: bytes, *, content: str, owner: str, kind: str) -> str:
        """A new part that `owner` ("" for the package) points to; the id of that relation."""
        self.write(part, data)
        self.append(CONTENT_TYPES, f'Override PartName="/{part}" ContentType="{content}"')
        taken = {relation.id for relation in self.relations(owner)}
        free = next(f"rId{n}" for n in range(1, 10_000) if f"rId{n}" not in taken)
        folder, name = posixpath.split(owner)
        target = posixpath.relpath(part, folder or ".")
        self.append(
            posixpath.join(folder, "_rels", f"{name}.rels"),
            f'Relationship Id="{free}" Type="{OFFICE}/relationships/{kind}" Target="{target}"',
        )
        return free

    @cached_property
    def sheets(self) -> list[Sheet]:
        """The worksheets; sheets of charts have no cells."""
        parts = {r.id: r for r in self.relations(WORKBOOK)}
        found = []
        for tag in markup.tags(self.read_xml(WORKBOOK)):
            if tag.name != b"sheet" or tag.is_end:
                continue
            relation = parts.get(attribute(tag.attributes, rb"[\w.-]+:id") or "")
            if relation is None or relation.type != "worksheet":
                continue
            found.append(
                Sheet(
                    name=attribute(tag.attributes, b"name") or "",
                    part=relation.target,
                    number=attribute(tag.attributes, b"sheetId") or "",
                    is_visible=attribute(tag.attributes, b"state") in {None, "visible"},
                )
            )
        return found

    def sheet(self, name: str) -> Sheet:
        """Raises Refused where there is none of the name."""
        for sheet in self.sheets:
            if sheet.name.casefold() == name.casefold():
                return sheet
        raise Refused(f"文件中没有名为「{name}」的工作表。")

    @cached_property
    def is_1904(self) -> bool:
        return any(
            is_true(attribute(tag.attributes, b"date1904"))
            for tag in markup.tags(self.read_xml(WORKBOOK))
            if tag.name == b"workbookPr"
        )

    @cached_property
    def styles(self) -> Styles:
        for relation in self.relations(WORKBOOK):
            if relation.type == "styles":
                return Styles(self.read_xml(relation.target))
        return Styles(b"")

    @cached_property
    def strings(self) -> list[str]:
        """The texts that sheets share."""
        for relation in self.relations(WORKBOOK):
            if relation.type == "sharedStrings":
                return shared_strings(self.read_xml(relation.target))
        return []

    @cached_property
    def defined_names(self) -> dict[str, list[str]]:
        """What the names of the workbook and of its sheets stand for, in small letters."""
        xml = self.read_xml(WORKBOOK)
        found: dict[str, list[str]] = {}
        for tag in markup.tags(xml):
            if tag.name == b"definedName" and not tag.is_end:
                name = attribute(tag.attributes, b"name") or ""
                found.setdefault(name.casefold(), []).append(markup.text_at(xml, tag.end)[1])
        return found


def _level(info: zipfile.ZipInfo) -> int | None:
    return 1 if info.compress_type == zipfile.ZIP_DEFLATED else None


def open_form(data: bytes) -> Package:
    """A workbook that somebody sent. Raises Refused with what its owner can do."""
    if data.startswith(b"PK"):
        _refuse_others(data)
    # Where files lie in clear while they are worked on: a form may come with people in it.
    with tempfile.NamedTemporaryFile(dir=media.folder_in_clear()) as file:
        file.write(data)
        file.flush()
        kind = scan(Path(file.name)).kind
    if kind != "xlsx":
        raise Refused(_SAVE_AS)
    package = Package(data)
    if b"macroEnabled" in package.read(CONTENT_TYPES):
        raise Refused(_MACROS)
    return package


def _refuse_others(data: bytes) -> None:
    """Workbooks with macros, and Excel's binary ones, by the names of their parts."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [name.casefold() for name in archive.namelist()]
    except (zipfile.BadZipFile, OSError):
        return
    if any(name.endswith("vbaproject.bin") or "xl/macrosheets/" in name for name in names):
        raise Refused(_MACROS)
    if "xl/workbook.bin" in names:
        raise Refused(_SAVE_AS)

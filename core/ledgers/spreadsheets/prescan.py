"""What a file really is, and whether it is safe to hand to a parser.

Works on the bytes alone: zip members are unpacked as a stream and never further than the
limit, so a bomb costs a second and no memory.
"""

import re
import zipfile
import zlib
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Literal

from core.ledgers.spreadsheets import biff
from core.ledgers.spreadsheets.limits import (
    BROKEN,
    COLUMNS,
    FILE_BYTES,
    MEMBERS,
    ROWS,
    TOO_LARGE,
    UNPACKED_BYTES,
)
from core.secrecy.files import Refused

Kind = Literal["xlsx", "xls", "ods", "csv"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML = re.compile(
    r"\ufeff?\s*(?:<!--.*?-->\s*)*"
    r"(?:<!doctype html|<html|<head|<body|<table|<meta|<style|<\?xml.*(?:<Workbook|<html)"
    r"|MIME-Version:)",
    re.I | re.S,
)
# What no text has; a NUL or two may have come into a CSV.
_BINARY = re.compile(rb"[\x01-\x08\x0e-\x1f]")
_ENTITY = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.I)
_ROW = re.compile(rb"<(?:\w+:)?row[\s>]")
_VALUE = re.compile(rb"<(?:\w+:)?(?:v(?:\s[^>]*)?>[^<]|is[\s>])")
_ERROR = re.compile(rb"<(?:\w+:)?c\s([^>]*\bt=\"e\"[^>]*)>(.{0,2000}?)</(?:\w+:)?c>", re.S)
# A formula that was never calculated; one that came to nothing is of the type "str".
_UNCALCULATED = re.compile(
    rb"<(?:\w+:)?c((?:\s[^>]*)?)><(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>"
)
_ERROR_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]{1,20})")
_REFERENCE = re.compile(rb"\br=\"([A-Z]{1,3})(\d{1,7})\"")
# Right of column CV (100) or below row 200,000: first the reference alone, which is quick;
# an empty cell there that only carries a format is no content.
_FAR = rb"r=\"(?:(?:C[W-Z]|[D-Z][A-Z]|[A-Z]{3})\d+|[A-Z]{1,3}(?:[2-9]\d{5}|\d{7,}))\""
_FAR_REFERENCE = re.compile(rb" " + _FAR)
_FAR_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*?" + _FAR + rb"(?:[^>]*[^/>])?>")
# A row, not only a column, that says so.
_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row\s[^<]*?\bhidden")
_TEXTS = "xl/sharedStrings.xml"
_DATES_1904 = re.compile(rb"<(?:\w+:)?workbookPr\s[^>]*\bdate1904=[\"'](?:1|true)[\"']")
_SHEET_TAG = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
_RELATION_TAG = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_OTHER_DOCUMENTS = ("WordDocument", "PowerPoint Document", "__properties_version1.0")
_CHUNK = 1024 * 1024
_OVERLAP = 512
_MOST_ERRORS = 10_000
_LOCKED = "文件设有打开密码，请取消密码后再上传。"
# It would pass for an empty cell.
_SOMEWHERE = "表中有公式错误，但文件没有写明在哪一格，请在 Excel 中改正、保存后再上传。"
_TOO_MANY_ERRORS = "表中的公式错误超过 1 万处，请在 Excel 中改正、保存后再上传。"


@dataclass
class SheetScan:
    """What a sheet holds: rows with content (.xlsx), and cells of Excel's own errors, which
    the parser gives as empty, by (row, column) counted from 1 and 0.

    Of an .xlsx also which part of the file it is, and whether something in it may be hidden,
    a row, or struck out: only then is it looked at.
    """

    filled: int = 0
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    part: str = ""
    has_hidden: bool = False
    has_hidden_row: bool = False
    is_struck: bool = False

    @property
    def looks(self) -> dict[str, str | bool]:
        """What the parser is told."""
        names = ("part", "has_hidden", "has_hidden_row", "is_struck")
        return {name: getattr(self, name) for name in names}


@dataclass
class Scan:
    """The kind of a file; for .xlsx and .xls its sheets by their name; whether a .xlsx
    counts its days from 1904, and has texts that are struck out."""

    kind: Kind
    sheets: dict[str, SheetScan] = field(default_factory=dict)
    is_1904: bool = False
    is_struck: bool = False


def scan(path: Path) -> Scan:
    """What a file is by its content. Raises Refused with a sentence for the clerk."""
    size = path.stat().st_size
    if size == 0:
        raise Refused("文件是空的，请选择有内容的文件。")
    if size > FILE_BYTES:
        raise Refused(TOO_LARGE)
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(_OLE):
        return _identify_ole(path)
    if head.startswith(b"PK"):
        return _identify_zip(path)
    if head.startswith(b"%PDF"):
        raise Refused("这是 PDF 文件，不能导入；请上传 Excel 或 CSV 文件。")
    is_utf_16 = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if _HTML.match(head.decode("utf-16" if is_utf_16 else "utf-8", "ignore")):
        raise Refused(
            "这是网页格式的文件（扩展名虽是表格），请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。"
        )
    zeros = head.count(b"\x00")
    if not is_utf_16 and (zeros * 10 > len(head) or (zeros and _BINARY.search(head))):
        raise Refused("无法识别的文件类型，请上传 .xlsx、.xls、.ods 或 .csv 文件。")
    return Scan("csv")


def _identify_ole(path: Path) -> Scan:
    data = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise Refused(_LOCKED)
    if "Workbook".encode("utf-16-le") in data or "Book".encode("utf-16-le") in data:
        try:
            found = biff.errors_by_sheet(data)
        except biff.Locked:
            raise Refused(_LOCKED) from None
        return Scan("xls", {name: SheetScan(errors=errors) for name, errors in found.items()})
    if any(name.encode("utf-16-le") in data for name in _OTHER_DOCUMENTS):
        raise Refused("这不是 Excel 文件，请上传 .xlsx、.xls、.ods 或 .csv 文件。")
    raise Refused(BROKEN)


def _identify_zip(path: Path) -> Scan:
    try:
        with zipfile.ZipFile(path) as archive:
            return _scan_zip(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise Refused(BROKEN) from error
    except RuntimeError as error:  # an encrypted member
        raise Refused(_LOCKED) from error


def _scan_zip(archive: zipfile.ZipFile) -> Scan:
    members = archive.infolist()
    names = {m.filename for m in members}
    # Of no member more is ever unpacked than it declares.
    if len(members) > MEMBERS or sum(m.file_size for m in members) > UNPACKED_BYTES:
        raise Refused(TOO_LARGE)
    if "xl/workbook.xml" in names:
        kind: Kind = "xlsx"
    elif "content.xml" in names:
        kind = "ods"
    elif "xl/workbook.bin" in names:
        raise Refused("这是 .xlsb 文件，请在 Excel 中另存为 .xlsx 再上传。")
    elif any(n.startswith("word/") for n in names):
        raise Refused("这是 Word 文件，不能导入；请上传 Excel 或 CSV 文件。")
    else:
        raise Refused("这是压缩包，请解压后上传其中的表格文件。")
    found: dict[str, SheetScan] = {}
    is_struck = False
    for member in members:
        if not member.filename.endswith((".xml", ".rels")):
            continue
        is_sheet = member.filename.startswith("xl/worksheets/")
        sheet = SheetScan(part=member.filename) if is_sheet else None
        says_struck = _scan_member(archive, member, sheet)
        is_struck = is_struck or (member.filename == _TEXTS and says_struck)
        if sheet is not None:
            found[member.filename] = sheet
    if kind != "xlsx":
        manifest = "META-INF/manifest.xml"
        if manifest in names and b"encryption-data" in archive.read(manifest):
            raise Refused(_LOCKED)
        return Scan(kind)
    is_1904 = bool(_DATES_1904.search(archive.read("xl/workbook.xml")))
    return Scan(kind, _by_name(archive, found), is_1904, is_struck)


def _scan_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, sheet: SheetScan | None
) -> bool:
    """Unpack a member as a stream and look through it; whether it says that something is
    struck out."""
    rest = b""
    is_struck = False
    state = {"rows": 0, "filled": False}
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            window = rest + chunk
            if _ENTITY.search(window):
                raise Refused("文件中含有外部引用声明，为安全起见不能导入；请另存为新的 .xlsx。")
            is_struck = is_struck or b"strike" in window
            if sheet is None:
                rest = window[-_OVERLAP:]
                continue
            # Whole cells only: what follows the last one waits for the next chunk.
            end = window.rfind(b"</") if len(window) - window.rfind(b"</") < _CHUNK else len(window)
            rows = _scan_rows(window[:end], sheet, state)
            if rows > ROWS:
                raise Refused(TOO_LARGE)
            rest = window[end:]
    if sheet is not None:
        _scan_rows(rest, sheet, state)
        sheet.filled += state["filled"]
        sheet.is_struck = is_struck
    return is_struck


def _scan_rows(block: bytes, sheet: SheetScan, state: dict[str, int | bool]) -> int:
    """Count rows and rows with content, note errors; returns the rows so far."""
    if _FAR_REFERENCE.search(block) and _FAR_CELL.search(block):
        raise Refused(
            f"表中第 {COLUMNS} 列以后或第 {ROWS // 10000} 万行以后还有内容，"
            "请删除多余的单元格后再上传。"
        )
    first, *others = _ROW.split(block)
    state["filled"] = state["filled"] or bool(_VALUE.search(first))
    for piece in others:
        sheet.filled += state["filled"]
        state["filled"] = bool(_VALUE.search(piece))
    state["rows"] += len(others)
    if not sheet.has_hidden_row and b"hidden" in block:
        sheet.has_hidden = True
        sheet.has_hidden_row = bool(_HIDDEN_ROW.search(block))
    if b't="e"' in block:
        for attributes, content in _ERROR.findall(block):
            value = _ERROR_VALUE.search(content)
            _note(sheet, attributes, value.group(1).decode("ascii", "replace") if value else "")
    if b"<f" in block:
        for attributes in _UNCALCULATED.findall(block):
            if b't="str"' not in attributes:
                _note(sheet, attributes, "#CALC!")
    return int(state["rows"])


def _note(sheet: SheetScan, attributes: bytes, error: str) -> None:
    """Keep the error of a cell that has these attributes."""
    place = _REFERENCE.search(attributes)
    if place is None:
        raise Refused(_SOMEWHERE)
    sheet.errors[int(place.group(2)), _column(place.group(1))] = error or "#VALUE!"
    if len(sheet.errors) > _MOST_ERRORS:
        raise Refused(_TOO_MANY_ERRORS)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _by_name(archive: zipfile.ZipFile, found: dict[str, SheetScan]) -> dict[str, SheetScan]:
    """Scans by the names of the sheets, as far as the workbook says which is which."""
    try:
        workbook = archive.read("xl/workbook.xml")
        relations = archive.read("xl/_rels/workbook.xml.rels")
    except KeyError:
        raise Refused(BROKEN) from None
    targets = {}
    for tag in _RELATION_TAG.findall(relations):
        target = _attribute(tag, b"Target").lstrip("/").removeprefix("xl/")
        targets[_attribute(tag, b"Id")] = f"xl/{target}"
    named = {}
    for tag in _SHEET_TAG.findall(workbook):
        part = targets.get(_attribute(tag, rb"\w+:id"), "")
        if part in found:
            named[unescape(_attribute(tag, b"name"))] = found[part]
    return named


def _attribute(tag: bytes, name: bytes) -> str:
    match = re.search(rb"\s" + name + rb"=[\"']([^\"']*)", tag)
    return match.group(1).decode("utf-8", "replace") if match else ""

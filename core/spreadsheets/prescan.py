"""What a file really is, and whether it is safe to hand to a parser.

Works on the bytes alone: zip members are unpacked as a stream and never further than the
limit, so a bomb costs a second and no memory.
"""

import re
import zipfile
import zlib
from pathlib import Path
from typing import Literal

from core.spreadsheets.limits import (
    BROKEN,
    COLUMNS,
    FILE_BYTES,
    MEMBERS,
    ROWS,
    TOO_LARGE,
    UNPACKED_BYTES,
    Refused,
)

Kind = Literal["xlsx", "xls", "ods", "csv"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML = re.compile(rb"^\s*(?:<!doctype html|<html|<head|<body|<table|<meta|<style)", re.I)
_XML = re.compile(rb"^\s*<\?xml", re.I)
_ENTITY = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.I)
_ROW = re.compile(rb"<(?:\w+:)?row[\s>]")
# A cell with content right of column CV (100) or below row 200,000; an empty cell that
# only carries a format is no content.
_FAR_CELL = re.compile(
    rb"<(?:\w+:)?c\s[^>]*?r=\"(?:(?:C[W-Z]|[D-Z][A-Z]|[A-Z]{3})\d+|[A-Z]{1,3}(?:[2-9]\d{5}|\d{7,}))\""
    rb"[^>]*[^/]>"
)
_CHUNK = 1024 * 1024
_OVERLAP = 512


def identify(path: Path) -> Kind:
    """The kind of a file by its content. Raises Refused with a sentence for the clerk."""
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
    if _HTML.match(head) or (_XML.match(head) and (b"<Workbook" in head or b"<html" in head)):
        raise Refused(
            "这是网页格式的文件（扩展名虽是表格），请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。"
        )
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused("无法识别的文件类型，请上传 .xlsx、.xls、.ods 或 .csv 文件。")
    return "csv"


def _identify_ole(path: Path) -> Kind:
    data = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise Refused("文件设有打开密码，请取消密码后再上传。")
    if "Workbook".encode("utf-16-le") in data or "Book".encode("utf-16-le") in data:
        return "xls"
    raise Refused("这不是 Excel 文件，请上传 .xlsx、.xls、.ods 或 .csv 文件。")


def _identify_zip(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            return _scan_zip(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise Refused(BROKEN) from error
    except RuntimeError as error:  # an encrypted member
        raise Refused("文件设有打开密码，请取消密码后再上传。") from error


def _scan_zip(archive: zipfile.ZipFile) -> Kind:
    members = archive.infolist()
    names = {m.filename for m in members}
    if len(members) > MEMBERS or sum(m.file_size for m in members) > UNPACKED_BYTES:
        raise Refused(TOO_LARGE)
    if "xl/workbook.xml" in names:
        kind: Kind = "xlsx"
    elif "content.xml" in names:
        kind = "ods"
    elif any(n.startswith("word/") for n in names):
        raise Refused("这是 Word 文件，不能导入；请上传 Excel 或 CSV 文件。")
    else:
        raise Refused("这是压缩包，请解压后上传其中的表格文件。")
    unpacked = 0
    for member in members:
        if member.filename.endswith((".xml", ".rels")):
            unpacked += _scan_member(archive, member, UNPACKED_BYTES - unpacked)
    return kind


def _scan_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, allowed: int) -> int:
    """Unpack a member as a stream; returns its real size, whatever the header declares."""
    is_sheet = member.filename.startswith("xl/worksheets/")
    size = rows = 0
    tail = b""
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > allowed:
                raise Refused(TOO_LARGE)
            window = tail + chunk
            if _ENTITY.search(window):
                raise Refused("文件中含有外部引用声明，为安全起见不能导入；请另存为新的 .xlsx。")
            if is_sheet:
                rows += sum(1 for m in _ROW.finditer(window) if m.end() > len(tail))
                if rows > ROWS:
                    raise Refused(TOO_LARGE)
                if _FAR_CELL.search(window):
                    raise Refused(
                        f"表中第 {COLUMNS} 列以后或第 {ROWS // 10000} 万行以后还有内容，"
                        "请删除多余的单元格后再上传。"
                    )
            tail = window[-_OVERLAP:]
    return size


def count_rows(path: Path) -> dict[str, int]:
    """Row elements of every worksheet part of an .xlsx: a second count beside the parser's."""
    counts = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                counts[name] = len(_ROW.findall(archive.read(name)))
    return counts

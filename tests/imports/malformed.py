"""Files as no office should send them, each of which some office (or attacker) will.

`CORPUS` maps a name to (bytes, a word that the refusal must contain). `TOLERATED` are odd
but readable: they hold HEADER and two people.
"""

from __future__ import annotations

import io
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.imports.ledgers import workbook

HEADER = ["姓名", "身份证号", "备注"]
TWO = [HEADER, ["张三", "520102199003071236", ""], ["李四", "520102199003071244", ""]]
_SHEET = "xl/worksheets/sheet1.xml"
_OPEN = "urn:oasis:names:tc:opendocument:xmlns"
_REPEATED = (
    '<table:table-row table:number-rows-repeated="1048573"><table:table-cell'
    ' table:number-columns-repeated="16384"{}</table:table-row>'
)
_EMPTY = _REPEATED.format("/>")
_FULL = _REPEATED.format(' office:value-type="string"><text:p>x</text:p></table:table-cell>')
OLD = Path(__file__).parent / "files" / "sample.xls"


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def edited(change: Callable[[bytes], bytes], *, member: str = _SHEET) -> bytes:
    members = parts(workbook(TWO))
    members[member] = change(members[member])
    return packed(members)


def with_cell(reference: str) -> bytes:
    """A workbook of five kilobytes with one more cell, far away."""
    number = re.sub("[A-Z]", "", reference)
    cell = f'<row r="{number}"><c r="{reference}"><v>1</v></c></row></sheetData>'.encode()
    return edited(lambda xml: xml.replace(b"</sheetData>", cell))


def with_dimension(reference: str) -> bytes:
    return edited(lambda xml: re.sub(rb'<dimension ref="[^"]*"', dimension(reference), xml))


def dimension(reference: str) -> bytes:
    return f'<dimension ref="{reference}"'.encode()


def bomb() -> bytes:
    """300 MB of blanks in the sheet: 300 KB packed."""
    return edited(lambda xml: xml + b" " * (300 * 1024 * 1024))


def lying_bomb() -> bytes:
    """The same, with a directory that declares a kilobyte."""
    data = bytearray(bomb())
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        size = archive.getinfo(_SHEET).file_size
    real, lie = struct.pack("<I", size), struct.pack("<I", 1024)
    at = data.find(real)
    while at >= 0:
        data[at : at + 4] = lie
        at = data.find(real, at + 4)
    return bytes(data)


def many_rows() -> bytes:
    rows = b"".join(b'<row r="%d"><c r="A%d"/></row>' % (n, n) for n in range(10, 210_010))
    return edited(lambda xml: xml.replace(b"</sheetData>", rows + b"</sheetData>"))


def wide() -> bytes:
    return workbook([[*HEADER, *[f"列{n}" for n in range(120)]], TWO[1]])


def external_entity() -> bytes:
    declared = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY leak SYSTEM "file:///etc/passwd">]>'
    return edited(lambda xml: re.sub(rb"<\?xml[^>]*\?>", declared, xml))


def laughs() -> bytes:
    entities = b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10))
    declared = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">' + entities + b"]>"
    shared = "xl/sharedStrings.xml"
    return edited(lambda xml: re.sub(rb"<\?xml[^>]*\?>", declared, xml), member=shared)


def utf16_entity() -> bytes:
    """A declaration that a search for ASCII bytes does not see."""
    text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'
    return edited(lambda xml: text.encode("utf-16"))


def encrypted() -> bytes:
    """The head of an OLE container with an encrypted package, as Excel makes with a password."""
    names = "Root Entry".encode("utf-16-le") + "EncryptedPackage".encode("utf-16-le")
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504 + names.ljust(4096, b"\x00")


def locked_member() -> bytes:
    data = bytearray(workbook(TWO))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(signature, at + 4)
    return bytes(data)


def open_document(
    rows: Sequence[Sequence[str]], *, below: str = "", is_locked: bool = False
) -> bytes:
    """An .ods of texts."""
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    body = "".join(
        f"<table:table-row>{''.join(cell.format(text) for text in row)}</table:table-row>"
        for row in rows
    )
    spaces = " ".join(f'xmlns:{n}="{_OPEN}:{n}:1.0"' for n in ("office", "table", "text"))
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet>"
        f'<table:table table:name="台账">{body}{below}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    lock = "<m:encryption-data/>" if is_locked else ""
    entry = f'<m:file-entry m:full-path="/" m:media-type="{kind}">{lock}</m:file-entry>'
    manifest = f'<m:manifest xmlns:m="{_OPEN}:manifest:1.0">{entry}</m:manifest>'
    return packed(
        {
            "mimetype": kind.encode(),
            "content.xml": content.encode(),
            "META-INF/manifest.xml": manifest.encode(),
        }
    )


def old_word() -> bytes:
    name = "WordDocument".encode("utf-16-le")
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504 + name.ljust(4096, b"\x00")


def corrupt_checksum() -> bytes:
    data = bytearray(workbook(TWO))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        info = archive.getinfo(_SHEET)
    start = info.header_offset + 30 + len(info.filename)
    data[start + info.compress_size // 2] ^= 0xFF
    return bytes(data)


def nested() -> bytes:
    return packed({"台账.xlsx": workbook(TWO)})


def many_members() -> bytes:
    return packed(parts(workbook(TWO)) | {f"xl/x{n}.xml": b"<a/>" for n in range(3000)})


def no_workbook() -> bytes:
    members = parts(workbook(TWO))
    return packed({n: c for n, c in members.items() if n != _SHEET})


def no_relations() -> bytes:
    members = parts(workbook(TWO))
    return packed({n: c for n, c in members.items() if n != "xl/_rels/workbook.xml.rels"})


def many_formats() -> bytes:
    """More formats of cells than Excel can have."""
    formats = b"<cellXfs>" + b'<xf numFmtId="0" fontId="0"/>' * 100_001 + b"</cellXfs>"
    return edited(
        lambda xml: re.sub(rb"<cellXfs.*</cellXfs>", formats, xml), member="xl/styles.xml"
    )


def endless_formats() -> bytes:
    """A number format of millions of characters, on every cell."""
    code = b"[&lt;1]" * 500_000
    number = b'<numFmts><numFmt numFmtId="200" formatCode="' + code + b'"/></numFmts><fonts'
    members = parts(workbook(TWO))
    styles = members["xl/styles.xml"].replace(b"<fonts", number, 1)
    members["xl/styles.xml"] = styles.replace(b'numFmtId="0"', b'numFmtId="200"')
    return packed(members)


def large_styles() -> bytes:
    """Fonts without end: 80 MB of them in some kilobytes."""
    fonts = b"<fonts>" + b"<font/>" * 12_000_000 + b"</fonts>"
    return edited(lambda xml: re.sub(rb"<fonts.*</fonts>", fonts, xml), member="xl/styles.xml")


def quoted(text: bytes) -> bytes:
    return b'"\xe5\xa7\x93\xe5\x90\x8d,' + text


HTML = "<html><body><table><tr><td>姓名</td></tr></table></body></html>".encode()
CSV = "姓名,身份证号,备注\n张三,520102199003071236,\n李四,520102199003071244,\n"

CORPUS: dict[str, tuple[Callable[[], bytes], str]] = {
    "far cell, last of the sheet": (lambda: with_cell("XFD1048576"), "列以后"),
    "far cell, last column": (lambda: with_cell("XFD5"), "列以后"),
    "far cell, last row": (lambda: with_cell("A1048576"), "万行以后"),
    "far cell in lower case": (lambda: with_cell("XFD1048576".lower()), ""),
    "zip bomb": (bomb, "过大"),
    "zip bomb that declares little": (lying_bomb, ""),
    "too many rows": (many_rows, "过大"),
    "too many columns": (wide, "列"),
    "too many members": (many_members, "过大"),
    "external entity": (external_entity, "外部引用"),
    "a billion laughs": (laughs, "外部引用"),
    "entity in UTF-16": (utf16_entity, ""),
    "password": (encrypted, "密码"),
    "locked zip member": (locked_member, "密码"),
    "page named .xls": (lambda: HTML, "网页"),
    "page with a mark": (lambda: b"\xef\xbb\xbf" + HTML, "网页"),
    "page in UTF-16": (lambda: HTML.decode().encode("utf-16"), "网页"),
    "page behind a comment": (lambda: b"<!-- a -->\n" + HTML, "网页"),
    "page saved with its pictures": (lambda: b"MIME-Version: 1.0\r\n\r\n" + HTML, "网页"),
    "XML spreadsheet 2003": (
        lambda: b'<?xml version="1.0"?><Workbook xmlns="urn:schemas"></Workbook>',
        "网页",
    ),
    "truncated": (lambda: workbook(TWO)[:-700], "损坏"),
    "half of it": (lambda: workbook(TWO)[: len(workbook(TWO)) // 2], "损坏"),
    "four bytes": (lambda: b"PK\x03\x04", "损坏"),
    "flipped byte": (corrupt_checksum, "损坏"),
    "sheet missing": (no_workbook, "损坏"),
    "names of sheets missing": (no_relations, "损坏"),
    "sheet is not XML": (lambda: edited(lambda xml: os.urandom(4000)), ""),
    "sheet cut off": (lambda: edited(lambda xml: xml[: len(xml) // 2]), "损坏"),
    "too many formats": (many_formats, "损坏"),
    "too large styles": (large_styles, "损坏"),
    "styles cut off": (
        lambda: edited(lambda xml: xml[: len(xml) // 3], member="xl/styles.xml"),
        "损坏",
    ),
    "binary workbook": (lambda: packed({"xl/workbook.bin": b"\x83\x01"}), ".xlsb"),
    "zip within": (nested, "压缩包"),
    "Word": (lambda: packed({"word/document.xml": b"<a/>"}), "Word"),
    "old Excel cut off": (lambda: OLD.read_bytes()[:3000], "损坏"),
    "locked .ods": (lambda: open_document(TWO, is_locked=True), "密码"),
    ".ods of a million full rows": (lambda: open_document(TWO, below=_FULL), ""),
    "one row too many in a CSV": (lambda: b"a,b\n" * 200_000 + CSV.encode(), "20 万行"),
    "one column too many": (lambda: workbook([[*r, *[""] * 97, "x"] for r in TWO]), "列"),
    "old Word": (old_word, "不是 Excel"),
    "PDF": (lambda: b"%PDF-1.7\n1 0 obj", "PDF"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, "无法识别"),
    "random bytes": (lambda: b"\x01\x02" + bytes(range(256)) * 20, ""),
    "empty": (lambda: b"", "空"),
    "too large": (lambda: b"a," * (11 * 1024 * 1024), "过大"),
    "only blanks": (lambda: b"\n\n  \n", ""),
    "CSV of one endless field": (lambda: quoted(b"a" * 2_000_000), ""),
    "CSV in an unknown encoding": (lambda: b"\xff\x81\xff," * 50, "编码"),
    "CSV with too many columns": (lambda: CSV.encode() + b"," * 500, "列"),
    "CSV with too many rows": (lambda: CSV.encode() + b"a,b,c\n" * 210_000, "过大"),
    "deflated garbage": (lambda: zlib.compress(b"x" * 1000), ""),
}

TOLERATED: dict[str, Callable[[], bytes]] = {
    "plain": lambda: workbook(TWO),
    "lying dimension, small": lambda: with_dimension("A1:A1"),
    "lying dimension, huge": lambda: with_dimension("A1:XFD1048576"),
    "no dimension": lambda: edited(lambda xml: re.sub(rb"<dimension[^>]*/>", b"", xml)),
    "format without content far right": lambda: edited(
        lambda xml: xml.replace(b"</sheetData>", b'<row r="9"><c r="ZZ9" s="1"/></row></sheetData>')
    ),
    "number format without end": endless_formats,
    "no styles": lambda: packed(
        {n: c for n, c in parts(workbook(TWO)).items() if n != "xl/styles.xml"}
    ),
    "open document": lambda: open_document(TWO),
    "open document with all its rows": lambda: open_document(TWO, below=_EMPTY),
    "numbers kept from Excel": lambda: re.sub(r"(\d{18})", r'="\1"', CSV).encode(),
    "UTF-8": lambda: CSV.encode(),
    "UTF-8 with mark": lambda: CSV.encode("utf-8-sig"),
    "GB18030": lambda: CSV.encode("gb18030"),
    "UTF-16": lambda: CSV.encode("utf-16"),
    "tabs between": lambda: CSV.replace(",", "\t").encode(),
    "tabs after all cells": lambda: re.sub(r"(?=[,\n])", "\t", CSV).encode(),
    "tabs after numbers": lambda: CSV.replace("36,", "36\t,").encode(),
    "semicolons": lambda: CSV.replace(",", ";").encode(),
    "CRLF": lambda: CSV.replace("\n", "\r\n").encode("gb18030"),
    "old Mac line ends": lambda: CSV.replace("\n", "\r").encode(),
    "title, note, blank row and total": lambda: workbook(
        [
            ["某某区人才信息汇总表"],
            ["填报单位：某某 填报时间：2025年12月31日"],
            [],
            *TWO,
            [],
            ["合计", "", "2人"],
            ["注：本表由县级民政部门填报。"],
        ]
    ),
    "repeated header": lambda: workbook([*TWO[:2], HEADER, TWO[2]]),
    "other sheets": lambda: workbook(
        [["说明"], ["请勿修改"]], TWO, [["字典"], ["男"], ["女"]], names=["说明", "人员", "字典"]
    ),
    "header with spaces, brackets and stars": lambda: workbook(
        [["* 姓 名", "身份证号（18位）", "备注："], *TWO[1:]]
    ),
    "full-width header": lambda: workbook([["　姓名　", "身份证号码", "备注"], *TWO[1:]]),
}

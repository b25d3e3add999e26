"""Forms as offices send them, and readers of their XML that know nothing of the product."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any
from xml.etree import ElementTree

import python_calamine
import xlsxwriter

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LIST, SUMMARY, TABLE = "名单", "汇总 表's", "附表"
FIRST, RULED = 5, 6
LAST = FIRST + RULED - 1

Cells = dict[str, tuple[str | None, str | None, str | None, str | None]]


def png() -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    lines = zlib.compress(b"".join(b"\0" + b"\xc0\x20\x20" * 8 for _ in range(8)))
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + chunk(b"IHDR", head) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


def book(write: Callable[[Any], None], **options: Any) -> bytes:
    target = io.BytesIO()
    workbook = xlsxwriter.Workbook(target, {"in_memory": True, **options})
    write(workbook)
    workbook.close()
    return target.getvalue()


@cache
def form(ruled: int = RULED) -> bytes:
    """A list with everything that can lie around it, a summary and a table that look at it."""

    def write(workbook: Any) -> None:
        write_list(workbook, ruled)
        write_summary(workbook, FIRST + ruled - 1)
        write_table(workbook, FIRST + ruled - 1)
        end = FIRST + ruled - 1
        workbook.define_name("人数", f"={LIST}!$F${FIRST}:$F${end}")
        workbook.define_name("签章", f"={LIST}!$A${end + 3}")

    return with_control(book(write), LAST - RULED + ruled)


def write_list(workbook: Any, ruled: int) -> None:
    last = FIRST + ruled - 1
    sheet = workbook.add_worksheet(LIST)
    head = workbook.add_format({"bold": True, "border": 1, "align": "center"})
    ruled_line = workbook.add_format({"border": 1})
    day = workbook.add_format({"border": 1, "num_format": 'yyyy"年"m"月"d"日"'})
    text = workbook.add_format({"border": 1, "num_format": "@"})
    closing = workbook.add_format({"border": 1, "bottom": 5})
    formats = {0: ruled_line, 1: text, 2: ruled_line, 3: day, 4: ruled_line, 5: ruled_line}
    sheet.merge_range("A1:G1", "社会工作人才名册", head)
    sheet.write("A2", "填报单位：")
    sheet.merge_range("C3:D3", "基本情况", head)
    for column, label in enumerate("序号 身份证号 姓名 出生日期 课时 人数 小计".split()):
        sheet.write(FIRST - 2, column, label, head)
    for row in range(FIRST, last + 1):
        sheet.set_row(row - 1, 24)
        line = closing if row == last else None
        sheet.write_number(row - 1, 0, row - FIRST + 1, line or ruled_line)
        for column in range(1, 6):
            sheet.write_blank(row - 1, column, None, line or formats[column])
        sheet.write_formula(row - 1, 6, f"=E{row}*F{row}", line or ruled_line, 0)
    total = last + 1
    sheet.merge_range(total - 1, 0, total - 1, 3, "合计", head)
    for letter in "EFG":
        sheet.write_formula(f"{letter}{total}", f"=SUM({letter}{FIRST}:{letter}{last})", head, 0)
    sheet.write_formula(f"H{total}", f"=IF(F{total}>0,G{total}/F{total},0)", head, 0)
    sheet.write_formula("I2", f"=SUBTOTAL(9,F{FIRST}:F{last})", head, 0)
    sheet.merge_range(f"A{total + 2}:G{total + 3}", "填表人：　　　审核人：", head)
    sheet.insert_textbox(f"B{total + 5}", "填表说明：一式两份", {"width": 200, "height": 60})
    sheet.insert_image(f"I{total + 1}", "stamp.png", {"image_data": io.BytesIO(png())})
    sheet.insert_textbox("I4", "旁注", {"width": 80, "height": 20 * (ruled + 6)})
    chart = workbook.add_chart({"type": "column"})
    chart.add_series(
        {
            "name": f"={LIST}!$F${FIRST - 1}",
            "values": f"={LIST}!$F${FIRST}:$F${last}",
            "categories": f"={LIST}!$C${FIRST}:$C${last}",
        }
    )
    sheet.insert_chart(f"K{total + 2}", chart)
    sheet.write_comment(f"F{total}", "各行之和")
    sheet.write_comment(f"C{FIRST}", "与身份证一致")
    sheet.insert_button(f"J{total + 4}", {"caption": "打印", "width": 60, "height": 20})
    sheet.data_validation(f"E{FIRST}:E{last}", {"validate": "list", "source": ["初级", "中级"]})
    sheet.data_validation(
        f"F{FIRST}:F{last}", {"validate": "integer", "criteria": "<", "value": f"=$I${total}"}
    )
    sheet.conditional_format(
        f"F{FIRST}:F{last}", {"type": "data_bar", "data_bar_2010": True, "bar_solid": True}
    )
    duplicate = {"type": "formula", "criteria": f"=COUNTIF($B${FIRST}:$B${last},B{FIRST})>1"}
    sheet.conditional_format(f"B{FIRST}:B{last}", duplicate | {"format": head})
    sheet.add_sparkline(f"J{total}", {"range": f"{LIST}!F{FIRST}:F{last}"})
    sheet.write_url(f"A{total + 4}", f"internal:{LIST}!G{total}", string="看合计")
    sheet.write_url(f"B{total + 4}", "https://example.gov.cn/", string="网址")
    sheet.ignore_errors({"number_stored_as_text": f"B{FIRST}:B{last}"})
    sheet.set_h_pagebreaks([total, total + 3])
    sheet.autofilter(FIRST - 2, 0, last - 1, 6)
    sheet.print_area(0, 0, total + 3, 9)
    sheet.repeat_rows(2, FIRST - 2)
    sheet.set_footer("&C第 &P 页")
    sheet.freeze_panes(FIRST - 1, 0)


def write_summary(workbook: Any, last: int) -> None:
    sheet = workbook.add_worksheet(SUMMARY)
    sheet.write("A1", "汇总")
    sheet.write_formula("B1", f"=SUM({LIST}!F{FIRST}:F{last})", None, 0)
    sheet.write_formula("B2", f"={LIST}!F{last + 1}*2", None, 0)
    sheet.write_formula("B3", '="名单!F5"', None, "名单!F5")
    sheet.write_formula("B4", "=SUM(人数)", None, 0)
    sheet.write_formula("B5", "=A5+1", None, 1)
    sheet.data_validation("C1", {"validate": "list", "source": f"={LIST}!$C${FIRST}:$C${last}"})


def write_table(workbook: Any, last: int) -> None:
    sheet = workbook.add_worksheet(TABLE)
    sheet.add_table(
        "A3:C8",
        {
            "name": "附",
            "columns": [
                {"header": "名称"},
                {"header": "数量"},
                {"header": "倍数", "formula": f"=[@数量]*{LIST}!$F${last + 1}"},
            ],
        },
    )
    sheet.write("A11", "备注")


def with_control(data: bytes, last: int) -> bytes:
    """A check box of today's kind beside the total, linked to a cell there."""
    anchor = (
        f'<anchor moveWithCells="1"><from xmlns:xdr="urn:x"><xdr:col>9</xdr:col>'
        f"<xdr:colOff>0</xdr:colOff><xdr:row>{last + 1}</xdr:row><xdr:rowOff>0</xdr:rowOff></from>"
        f'<to xmlns:xdr="urn:x"><xdr:col>10</xdr:col><xdr:colOff>0</xdr:colOff>'
        f"<xdr:row>{last + 2}</xdr:row><xdr:rowOff>0</xdr:rowOff></to></anchor>"
    )
    control = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        '<mc:Choice xmlns:x14="urn:x14" Requires="x14"><controls>'
        '<control shapeId="9001" r:id="rId90" name="是否"><controlPr defaultSize="0">'
        f"{anchor}</controlPr></control></controls></mc:Choice></mc:AlternateContent>"
    )
    properties = (
        '<formControlPr xmlns="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
        f'objectType="CheckBox" fmlaLink="$J${last + 2}" lockText="1" noThreeD="1"/>'
    )
    relation = (
        '<Relationship Id="rId90" Target="../ctrlProps/ctrlProp1.xml" Type="http://schemas.'
        'openxmlformats.org/officeDocument/2006/relationships/ctrlProp"/></Relationships>'
    )
    kind = (
        '<Override PartName="/xl/ctrlProps/ctrlProp1.xml" '
        'ContentType="application/vnd.ms-excel.controlproperties+xml"/></Types>'
    )
    sheet = "xl/worksheets/sheet1.xml"
    relations = "xl/worksheets/_rels/sheet1.xml.rels"
    return edited(
        data,
        {
            sheet: lambda x: f"{control}<extLst>".join(x.rsplit("<extLst>", 1)),
            relations: lambda x: x.replace("</Relationships>", relation),
            "[Content_Types].xml": lambda x: x.replace("</Types>", kind),
            "xl/ctrlProps/ctrlProp1.xml": lambda _: properties,
        },
    )


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def packed(contents: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
    return target.getvalue()


def edited(data: bytes, changes: dict[str, Callable[[str], str]]) -> bytes:
    """Parts rewritten by hand, or new ones."""
    contents = parts(data)
    for name, change in changes.items():
        contents[name] = change(contents.get(name, b"").decode()).encode()
    return packed(contents)


SHEET = "xl/worksheets/sheet1.xml"


def plain_book(rows: str, *, head: str = "", tail: str = "", prefix: str = "") -> bytes:
    """A workbook of one sheet whose rows are written by hand; the styles are those of STYLES."""
    x = f"{prefix}:" if prefix else ""
    name = f":{prefix}" if prefix else ""
    sheet = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<{x}worksheet xmlns{name}="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        f"{head}{rows}{tail}</{x}worksheet>"
    )
    return edited(blank(), {SHEET: lambda _: sheet, "xl/styles.xml": lambda _: STYLES})


@cache
def blank() -> bytes:
    return book(lambda workbook: workbook.add_worksheet("表"))


# 0 plain, 1 text, 2 a day, 3 unlocked, 4 with borders, 5 a share, 6 Excel's own day.
STYLES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/>'
    '</numFmts><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>'
    '<border><left style="thin"/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="7"><xf numFmtId="0" xfId="0"/><xf numFmtId="49" xfId="0"/>'
    '<xf numFmtId="164" xfId="0"/><xf numFmtId="0" xfId="0" applyProtection="1">'
    '<protection locked="0"/></xf><xf numFmtId="0" borderId="1" xfId="0"/>'
    '<xf numFmtId="10" xfId="0"/><xf numFmtId="14" xfId="0"/></cellXfs></styleSheet>'
)


def sheet_xml(data: bytes, part: str = SHEET) -> str:
    return parts(data)[part].decode()


def rows_of(data: bytes, part: str = SHEET) -> str:
    """The rows of a sheet as they are written."""
    return sheet_xml(data, part).partition("<sheetData>")[2].partition("</sheetData>")[0]


def cells(data: bytes, part: str = SHEET) -> Cells:
    """Style, type, formula and value of every cell that is written."""
    found: Cells = {}
    for cell in ElementTree.fromstring(parts(data)[part]).iter(f"{MAIN}c"):
        value = cell.findtext(f"{MAIN}v")
        if (text := cell.find(f"{MAIN}is")) is not None:
            value = "".join(text.itertext())
        formula = cell.findtext(f"{MAIN}f")
        found[cell.get("r", "")] = cell.get("s"), cell.get("t"), formula, value
    return found


def values(data: bytes, sheet: str) -> list[list[Any]]:
    """What another reader finds in a sheet."""
    workbook = python_calamine.CalamineWorkbook.from_object(io.BytesIO(data))
    return workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def shifted_back(text: str, after: int, count: int) -> str:
    """Every address in a text as it was before `count` rows came in below `after`."""

    def back(match: re.Match[str]) -> str:
        row = int(match[2])
        return match[1] + str(max(after, row - count) if row > after else row)

    text = re.sub(r"(?<![\w.])(\$?[A-Z]{1,3}\$?)(\d+)(?![\w(])", back, text)
    # Whole rows: 3:7, $3:$7
    text = re.sub(r"(?<![\w.:])(\$?)(\d+)(?=:\$?\d)", back, text)
    return re.sub(r"((?<![\w.$])\$?\d+:\$?)(\d+)(?!\w)", back, text)

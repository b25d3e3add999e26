"""The capped process that parses one file: `python -I child.py`, request on stdin.

Knows nothing of the product. Reads {"path", "kind", "labels", "memory", "seconds", "rows",
"columns", "errors", "block", "sheet", "is_1904"} and writes JSON lines: first {"sheet",
"others", "header", "total", "above", "top"}, then lists of "block" rows [number, [cells ...]],
at last {"end": count}. A cell is null, text, a number, true/false, {"d": ISO date}, or {"n":
number} where a number that means a day counts from 1904 ("is_1904"). `errors` are Excel's own
(#DIV/0!) by sheet as [row, column, text], which the parser gives as empty; they become text
again. `top` is the header with the three rows below, `above` are the rows before it, `others`
the sheets [name, rows] that look alike; the "sheet" of the request is read where there is one
of the name. Exits 3 with
{"refused": sentence}.
"""

import csv
import datetime
import io
import json
import math
import re
import resource
import sys
import unicodedata
import zipfile
from xml.etree import ElementTree

LOOK = 40
MOST_MERGED = 1_000_000
ODS_ERROR = re.compile(
    rb"<table:table-cell([^>]*)>(?=\s*<text:p[^>]*>(?:#(?:N/A|[A-Z]+/?0?[!?])|Err:\d+)<)"
)
ODS = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
SAMPLES = 3
ABOVE = 6
# Wider ones are titles and notes, not values.
MERGED_WIDTH = 2
PLAIN = (str, float, int, bool)
# A tab behind a number keeps Excel from mangling it; it parts nothing and is no part of a value.
IDLE_TAB = re.compile(r'\t(?="?(?:[,;]|$))', re.MULTILINE)
FORMULA_STARTS = tuple("=+-@\t\r＝＋－＠")


def cap(memory, seconds):
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def refuse(sentence):
    print(json.dumps({"refused": sentence}, ensure_ascii=False), flush=True)
    sys.exit(3)


def squeeze(value):
    """A header as it is compared: NFKC, without spaces, brackets and their content."""
    text = unicodedata.normalize("NFKC", str(value))
    text = re.sub(r"[(\[【〔].*?[)\]】〕]", "", text)
    return re.sub(r"[\s*:：、,，.。/\\\-_\"'“”]", "", text).lower()


def is_number(cell):
    return type(cell) in (int, float) and math.isfinite(cell)


def plain(cell):
    if type(cell) is float and not is_number(cell):
        # As Excel says it of a number that it cannot hold.
        return "#NUM!"
    if type(cell) in PLAIN:
        return None if cell == "" else cell
    if isinstance(cell, datetime.date):
        return {"d": cell.isoformat()}
    if isinstance(cell, datetime.time | datetime.timedelta):
        return str(cell)
    return cell


def sheets_of_workbook(request):
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    path = request["path"]
    book = CalamineWorkbook.from_object(with_errors(path) if request["kind"] == "ods" else path)
    # The parser does not tell those of an .ods.
    spans = merged_of_ods(path) if request["kind"] == "ods" else {}
    visible = [
        s.name
        for s in book.sheets_metadata
        if s.visible == SheetVisibleEnum.Visible and s.typ == SheetTypeEnum.WorkSheet
    ]
    for name in visible or book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        # Both say which the last one is, counted from 0.
        if sheet.total_height >= request["rows"] + 1000 or sheet.total_width >= request["columns"]:
            refuse(request["too_large"])
        rows = sheet.to_python(skip_empty_area=False)
        fill_down(rows, spans.get(name) or sheet.merged_cell_ranges or [])
        yield name, rows


def fill_down(rows, merged):
    """A cell that is merged downwards stands in each of its rows, once where it is wide."""
    height = sum(bottom - top for (top, _), (bottom, _) in merged)
    if height > MOST_MERGED:
        refuse("表中合并的单元格过多，请取消合并后再上传。")
    for (top, left), (bottom, right) in merged:
        if right - left <= MERGED_WIDTH and top < len(rows) and left < len(rows[top]):
            for row in rows[top + 1 : bottom + 1]:
                row[left] = rows[top][left]


def merged_of_ods(path):
    """{sheet: [((top, left), (bottom, right)), ...]} of an .ods, counted from 0."""
    found, sheet, row = {}, None, 0
    with zipfile.ZipFile(path) as archive, archive.open("content.xml") as content:
        parts = ElementTree.iterparse(content, ("start", "end"))  # noqa: S314
        for event, element in parts:
            if event == "start":
                if element.tag == ODS + "table":
                    sheet, row = found.setdefault(element.get(ODS + "name"), []), 0
            elif element.tag == ODS + "table-row":
                column = 0
                for cell in element:
                    down = int(cell.get(ODS + "number-rows-spanned", 1))
                    right = int(cell.get(ODS + "number-columns-spanned", 1))
                    if down > 1:
                        sheet.append(((row, column), (row + down - 1, column + right - 1)))
                    column += int(cell.get(ODS + "number-columns-repeated", 1))
                row += int(element.get(ODS + "number-rows-repeated", 1))
                element.clear()
    return found


def with_errors(path):
    """An .ods whose errors are texts: the parser takes the empty value stored beside them."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    content, count = ODS_ERROR.subn(ods_text, parts["content.xml"])
    if not count:
        return path
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in (parts | {"content.xml": content}).items():
            archive.writestr(name, data)
    target.seek(0)
    return target


def ods_text(match):
    attributes = re.sub(rb'\s(?:office|calcext):[a-z-]+="[^"]*"', b"", match.group(1))
    return b"<table:table-cell" + attributes + b' office:value-type="string">'


def text_of(data):
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return refuse("文件的文字编码无法识别，请另存为 UTF-8 编码的 CSV 或 .xlsx 再上传。")


def unquote(cell):
    """Without what keeps Excel from changing a CSV cell: an apostrophe, or ="…" around it."""
    if cell[:2] == '="' and cell[-1:] == '"' and len(cell) > 2:
        return cell[2:-1]
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA_STARTS else cell


def records(text, delimiter):
    """The rows of a CSV. A quote without its pair would swallow rows, so that is refused."""
    csv.field_size_limit(100_000)
    lines = io.StringIO(text, newline="").readlines()
    reader = csv.reader(lines, delimiter=delimiter)
    start = 1
    try:
        for row in reader:
            if reader.line_num > start:
                list(
                    csv.reader(lines[start - 1 : reader.line_num], delimiter=delimiter, strict=True)
                )
            yield row
            start = reader.line_num + 1
    except csv.Error:
        refuse(f'第 {start} 行有一个引号（"）没有成对，请补上或删去后再上传。')


def sheets_of_csv(request):
    with open(request["path"], "rb") as file:
        text = text_of(file.read())
    sample = IDLE_TAB.sub("", "\n".join(text[:20000].splitlines()[:20]))
    delimiter = max(",\t;", key=sample.count)
    rows = [
        [unquote(cell.strip("\t ")).strip("\t ") for cell in row]
        for row in records(text, delimiter)
    ]
    if len(rows) > request["rows"] + 1000 or max(map(len, rows), default=0) > request["columns"]:
        refuse(request["too_large"])
    yield "", rows


def find_header(rows, labels):
    """(score, index) of the row that holds most known labels."""
    best = (0, 0)
    for index, row in enumerate(rows[:LOOK]):
        score = len({squeeze(c) for c in row if c not in (None, "")} & labels)
        if score > best[0]:
            best = (score, index)
    return best


def main():
    request = json.load(sys.stdin)
    cap(request["memory"], request["seconds"])
    try:
        answer(request)
    except MemoryError:
        refuse("文件展开后过大，请拆分后再上传。")


def answer(request):
    labels = set(request["labels"])
    source = sheets_of_csv if request["kind"] == "csv" else sheets_of_workbook
    best = None
    found = []
    for name, rows in source(request):
        score, index = find_header(rows, labels)
        filled = sum(1 for row in rows if any(c not in (None, "") for c in row))
        below = sum(1 for row in rows[index + 1 :] if any(c not in (None, "") for c in row))
        found.append((name, score, below))
        rank = (name == request["sheet"], score, filled if not score else 0)
        if filled and (best is None or rank > best[0]):
            best = (rank, name, rows, index)
    if best is None:
        refuse("表格里没有内容，请核对后再上传。")
    (_, most, _), name, rows, header = best
    if next(below for n, _, below in found if n == name) > request["rows"]:
        refuse(request["too_large"])
    others = [(n, below) for n, score, below in found if n != name and below and score * 2 > most]
    out = sys.stdout
    write = lambda value: out.write(json.dumps(value, ensure_ascii=False) + "\n")  # noqa: E731
    total = len(rows)
    for number, column, text in request["errors"].get(name, []):
        # A last row of nothing but formulas that were never calculated is none to the parser.
        rows += [[] for _ in range(number - len(rows))]
        row = rows[number - 1]
        row += [""] * (column + 1 - len(row))
        row[column] = text
    if request["is_1904"]:
        rows = [[{"n": c} if is_number(c) else c for c in row] for row in rows]
    top = [[plain(cell) for cell in row] for row in rows[header : header + 1 + SAMPLES]]
    above = [[plain(cell) for cell in row] for row in rows[max(0, header - ABOVE) : header]]
    first = {"sheet": name, "others": others, "header": header, "total": total}
    write(first | {"above": above, "top": top})
    chunk = []
    for number, row in enumerate(rows, start=1):
        # Most cells are texts; the call for each would cost a quarter of the reading.
        cells = [cell if type(cell) is str and cell else plain(cell) for cell in row]
        chunk.append([number, cells])
        if len(chunk) == request["block"]:
            write(chunk)
            chunk = []
    if chunk:
        write(chunk)
    write({"end": len(rows)})


if __name__ == "__main__":  # pragma: no cover  its parent kills it once it has read enough
    # Of any other error the parent sees that the end is missing.
    main()

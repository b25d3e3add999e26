"""The capped process that parses one file: `python -I child.py`, request on stdin.

Knows nothing of the product. Reads {"path", "kind", "labels", "memory", "seconds", "rows",
"columns", "errors", "looks", "block", "sheet", "header", "is_1904"} and writes JSON lines: first
{"sheet", "others", "sheets", "header", "total", "above", "top", "groups", "below",
"hidden_columns", "merged"}, then lists of "block" rows [number, [cells ...]], or [number,
[cells ...], marks] where there is more to say of a row, at last {"end": count}. A cell is null,
text, a number, true/false, {"d": ISO date}, or {"n": number} where a number that means a day
counts from 1904 ("is_1904"). Marks are [is struck out, is hidden, {column: [first row, rows]} of
cells merged downwards, {column: text} that was struck out]. `errors` are Excel's own (#DIV/0!) by
sheet as [row, column, text], which the parser gives as empty; they become text again. `top` are
the titles of the header with the three rows below, `groups` what stands over each title, `above`
the rows before, `below` the last ones, `merged` what is merged down to the header as [top, left,
bottom, right], `others` the sheets [name, rows] that look alike. The "sheet" of the request is
read where there is one of the name, under the row "header" (as Excel counts them; 0 for the one
that heads it by its looks). Exits 3 with {"refused": sentence}.
"""

import csv
import datetime
import importlib.util
import io
import json
import math
import os
import re
import resource
import sys
from itertools import islice
from typing import NamedTuple


def beside(name):
    """A module of this folder, where a process that runs by itself would not look."""
    if __package__:
        return importlib.import_module(f"{__package__}.{name}")
    place = os.path.join(os.path.dirname(os.path.abspath(__file__)), f"{name}.py")
    spec = importlib.util.spec_from_file_location(name, place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


headers, looks, ods = beside("headers"), beside("looks"), beside("ods")
squeeze, is_filled = headers.squeeze, headers.is_filled

MOST_MERGED = 1_000_000
MOST_MERGES = 200_000
SAMPLES = 3
# So many titles, repeated, are two tables side by side.
LEAST_BLOCK = 3
# Digits of a number that only counts the rows.
LONGEST_SERIAL = 5
ABOVE = 6
BELOW = 8
# Wider ones are titles and notes, not values.
MERGED_WIDTH = 2
PLAIN = (str, float, int, bool)
# A tab behind a number keeps Excel from mangling it; it parts nothing and is no part of a value.
IDLE_TAB = re.compile(r'\t(?="?(?:[,;]|$))', re.MULTILINE)
QUOTED = re.compile(r'"[^"]*"')
# Of a cell that repeats the one above it.
SAME = frozenset(("同上", "同左", "同前", "〃", "″", '"', ".."))
FORMULA_STARTS = tuple("=+-@\t\r＝＋－＠")


def cap(memory, seconds):
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def refuse(sentence):
    print(json.dumps({"refused": sentence}, ensure_ascii=False), flush=True)
    sys.exit(3)


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


class Table(NamedTuple):
    """A sheet: its rows, its merged cells as ((top, left), (bottom, right)), its look."""

    name: str
    rows: list
    merged: list
    look: object


def sheets_of_workbook(request):
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    path, kind = request["path"], request["kind"]
    book = CalamineWorkbook.from_object(ods.with_errors(path) if kind == "ods" else path)
    # The parser does not tell those of an .ods.
    merged = ods.merged_of_ods(path) if kind == "ods" else {}
    visible = [
        s.name
        for s in book.sheets_metadata
        if s.visible == SheetVisibleEnum.Visible and s.typ == SheetTypeEnum.WorkSheet
    ]
    looked = looks.Workbook(path, request["looks"]) if kind == "xlsx" else None
    for name in visible or book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        # Both say which the last one is, counted from 0.
        if sheet.total_height >= request["rows"] + 1000 or sheet.total_width >= request["columns"]:
            refuse(request["too_large"])
        rows = sheet.to_python(skip_empty_area=False)
        look = looked.look(name, rows) if looked else looks.Look()
        table = Table(name, rows, merged.get(name) or sheet.merged_cell_ranges or [], look)
        fill_down(table, request["columns"])
        yield table


def fill_down(table, columns):
    """A cell that is merged downwards stands in each of its rows, once where it is wide."""
    rows, struck = table.rows, table.look.struck
    if len(table.merged) > MOST_MERGES:
        refuse(f"表中合并的单元格超过 {MOST_MERGES:,} 处，请取消一些合并后再上传。")
    cells = sum(
        (bottom - top) * max(1, min(right, columns - 1) - left + 1)
        for (top, left), (bottom, right) in table.merged
    )
    if cells > MOST_MERGED:
        refuse("表中合并的单元格过多，请取消合并后再上传。")
    for (top, left), (bottom, right) in table.merged:
        if right - left <= MERGED_WIDTH and top < len(rows) and left < len(rows[top]):
            for number, row in enumerate(rows[top + 1 : bottom + 1], start=top + 1):
                row[left] = rows[top][left]
                if left in struck.get(top, ()):
                    struck.setdefault(number, set()).add(left)


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
    # What stands in quotes parts nothing.
    outside = QUOTED.sub("", sample)
    delimiter = max(",\t;", key=lambda mark: (outside.count(mark), sample.count(mark)))
    rows = [
        [unquote(cell.strip("\t ")).strip("\t ") for cell in row]
        for row in records(text, delimiter)
    ]
    if len(rows) > request["rows"] + 1000 or max(map(len, rows), default=0) > request["columns"]:
        refuse(request["too_large"])
    yield Table("", rows, [], looks.Look())


def refuse_two_blocks(leaves, labels):
    """Of two tables side by side one would be lost."""
    for left_out in ("序号", ""):
        filled = [cell for cell in leaves if squeeze(cell or "") not in ("", left_out)]
        texts = [squeeze(cell) for cell in filled]
        for times in range(len(texts) // LEAST_BLOCK, 1, -1):
            block = texts[: len(texts) // times]
            known = [cell for cell, text in zip(filled, block, strict=False) if text in labels]
            if texts == block * times and len(known) > 1:
                number, side = ("两", "一栏") if times == 2 else (f" {times} ", "各栏")
                refuse(
                    f"这张表左右{number}栏并排（「{known[0]}」「{known[1]}」等各出现{number}次），"
                    f"请把右边{side}剪切到左边一栏下面再上传。"
                )


def put_errors(rows, errors):
    """Excel's own errors, where the parser gives nothing."""
    for number, column, text in errors:
        # A last row of nothing but formulas that were never calculated is none to the parser.
        rows += [[] for _ in range(number - len(rows))]
        row = rows[number - 1]
        row += [""] * (column + 1 - len(row))
        row[column] = text


def merged_by_row(table, columns):
    """{row: {column: [Excel's number of the first row, rows]}} of what is merged downwards."""
    found = {}
    for (top, left), (bottom, right) in table.merged:
        last = min(bottom, len(table.rows) - 1)
        shared = [top + 1, last - top + 1]
        for row in range(top, last + 1 if bottom > top else top):
            for column in range(left, min(right + 1, columns)):
                found.setdefault(row, {})[column] = shared
    return found


def drop_struck(table, merged):
    """Empty what is struck out; the rows that are struck out as a whole, which stay readable.

    What several rows share is struck out with none of them, nor is a number that only counts.
    """
    rows, look = table.rows, table.look
    whole = set()
    for number, struck in look.struck.items():
        row = rows[number]
        filled = [column for column, cell in enumerate(row) if is_filled(cell)]
        own = [column for column in filled if column not in merged.get(number, ())] or filled
        if is_serial(row[own[0]] if own[1:] else None):
            own = own[1:]
        if own and struck.issuperset(own):
            whole.add(number)
            continue
        for column in struck.intersection(filled):
            look.cut.setdefault(number, {})[column] = plain(row[column])
            row[column] = ""
    return whole


def is_serial(cell):
    text = headers.text_of_title(cell)
    return text.isdigit() and len(text) <= LONGEST_SERIAL


def marks_by_row(table, columns):
    """What there is to say of rows beside their cells, by their index."""
    merged = merged_by_row(table, columns)
    whole = drop_struck(table, merged)
    hidden, cut = table.look.hidden, table.look.cut
    return {
        row: [row in whole, row in hidden, merged.get(row, {}), cut.get(row, {})]
        for row in {*whole, *hidden, *merged, *cut}
    }


def main():
    request = json.load(sys.stdin)
    cap(request["memory"], request["seconds"])
    try:
        answer(request)
    except MemoryError:
        refuse("文件展开后过大，请拆分后再上传。")


def repeat_above(rows, first):
    """Cells like 同上 say what the row above says."""
    above = []
    for row in rows[first:]:
        if not SAME.isdisjoint(row):
            for index, cell in enumerate(row[: len(above)]):
                if cell in SAME:
                    row[index] = above[index]
        above = row


def answer(request):
    labels = set(request["labels"])
    source = sheets_of_csv if request["kind"] == "csv" else sheets_of_workbook
    best = None
    found = []
    for table in source(request):
        name, rows = table.name, table.rows
        score, index = headers.find_header(rows, labels)
        if request["header"]:
            index = min(request["header"], len(rows)) - 1
        first, last = headers.header_rows(index, table)
        filled = sum(1 for row in rows if any(map(is_filled, row)))
        below = sum(1 for row in rows[last + 1 :] if any(map(is_filled, row)))
        rank = (name == request["sheet"], score, filled if not score else 0)
        if filled:
            found.append((name, score, below))
        if filled and (best is None or rank > best[0]):
            best = (rank, table, first, last, below)
    if best is None:
        refuse("表格里没有内容，请核对后再上传。")
    (_, most, _), table, first, last, below = best
    if below > request["rows"]:
        refuse(request["too_large"])
    others = [
        (n, rest) for n, score, rest in found if n != table.name and rest and score * 2 > most
    ]
    rows = table.rows
    total = len(rows)
    put_errors(rows, request["errors"].get(table.name, []))
    marks = marks_by_row(table, request["columns"])
    leaves, groups = headers.titles(table, first, last)
    refuse_two_blocks(leaves, labels)
    repeat_above(rows, last + 1)
    if request["is_1904"]:
        rows = [[{"n": c} if is_number(c) else c for c in row] for row in rows]
    write = lambda value: print(json.dumps(value, ensure_ascii=False))  # noqa: E731
    lowest = islice((row for row in reversed(rows[last + 1 :]) if any(map(is_filled, row))), BELOW)
    write(
        {
            "sheet": table.name,
            "others": others,
            "sheets": [n for n, _, _ in found],
            "header": last,
            "total": total,
            "above": plain_rows(rows[max(0, first - ABOVE) : first]),
            "top": plain_rows([leaves, *rows[last + 1 : last + 1 + SAMPLES]]),
            "groups": groups,
            "below": plain_rows(lowest)[::-1],
            "hidden_columns": hidden_columns(table.look, request["columns"]),
            "merged": merged_in_header(table, last, request["columns"]),
        }
    )
    chunk = []
    for number, row in enumerate(rows):
        # Most cells are texts; the call for each would cost a quarter of the reading.
        cells = [cell if type(cell) is str and cell else plain(cell) for cell in row]
        chunk.append([number + 1, cells, marks[number]] if number in marks else [number + 1, cells])
        if len(chunk) == request["block"]:
            write(chunk)
            chunk = []
    if chunk:
        write(chunk)
    write({"end": len(rows)})


def hidden_columns(look, columns):
    spans = (range(first, min(last + 1, columns)) for first, last in look.columns)
    return sorted({column for span in spans for column in span})


def merged_in_header(table, last, columns):
    """[top, left, bottom, right] of what is merged in the rows down to the last of the header."""
    return sorted(
        [top, left, bottom, min(right, columns - 1)]
        for (top, left), (bottom, right) in table.merged
        if bottom <= last and left < columns
    )


def plain_rows(rows):
    return [[plain(cell) for cell in row] for row in rows]


if __name__ == "__main__":  # pragma: no cover  its parent kills it once it has read enough
    # Of any other error the parent sees that the end is missing.
    main()

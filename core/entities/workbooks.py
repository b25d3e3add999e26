"""The only writer of Excel and CSV files with data of the registry.

Rows stream through a temporary file, so memory does not grow with them. Text is written
as text, never as a formula, a link or a number; control characters are left out; ID
numbers and phones are masked unless somebody with the right asked for them with a reason.
Every export leaves a ReadEvent with its filter, count and the file's SHA-256.
"""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import IO, Any, NamedTuple

import xlsxwriter
from django.core.exceptions import PermissionDenied
from django.http import FileResponse
from django.utils import timezone
from xlsxwriter.worksheet import Worksheet

from core.audit.models import ReadEvent
from core.regions.names import place_name
from core.rules import RuleError
from core.secrecy import files as media
from core.shares import Share
from core.text import normalise

EXCEL_ROWS = 1_048_575
# Characters, as for looking at the numbers of one person.
_SHORTEST_PURPOSE = 2
EXCEL_TEXT = 32_767
CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "zip": "application/zip",
}
WORKBOOK_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}

# What XML 1.0 and PostgreSQL do not know, line breaks and tabs apart.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_FORMULA_STARTS = frozenset("=+-@\t\r＝＋－＠")
_LONG_NUMBER = re.compile(r"\d{11,}")
_ESCAPE = re.compile("(_x[0-9a-fA-F]{4}_)")
_EPOCH = datetime.date(1899, 12, 30).toordinal()
_CARE = "仅限工作使用；导出已留痕。"
_CARE_OF_PEOPLE = "含个人信息，仅限工作使用；导出已留痕，请妥善保管，用后删除。"
# Rows after which who waits for a long file is told how far it is.
_REPORTED = 1_000
_CUT = "…（内容过长，后面的未导出）"


class _Sheet(Worksheet):
    """A worksheet that takes a row as one text, in a fifth of the time of the library.

    Text stays text: the library's own constant_memory path takes <r>…</r> for markup.
    """

    def put_row(self, number: int, cells: list[str]) -> None:
        """Write the cells of `text_cell` and `number_cell`; rows come in their order."""
        if self.table:  # the head, which the library holds until the next row
            self._write_single_row(number)
        self.fh.write(f'<row r="{number + 1}">{"".join(cells)}</row>')

    def end_rows(self, number: int, column: int) -> None:
        """Say how far the rows of put_row reached."""
        self._check_dimensions(number, column)


def text_cell(reference: str, text: str, style: str) -> str:
    """A cell with a text that plain_text has cleaned."""
    if "_x" in text:  # Excel reads _x0041_ as an escape
        text = _ESCAPE.sub(r"_x005F\1", text)
    if "&" in text or "<" in text or ">" in text:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    keep = ' xml:space="preserve"' if text != text.strip() else ""
    return f'<c r="{reference}"{style} t="inlineStr"><is><t{keep}>{text}</t></is></c>'


def number_cell(reference: str, value: float, style: str) -> str:
    return f'<c r="{reference}"{style}><v>{value!r}</v></c>'


def _style(cell_format: Any) -> str:
    return f' s="{cell_format._get_xf_index()}"'


@cache
def _letters(column: int) -> str:
    return str(xlsxwriter.utility.xl_col_to_name(column))


class ExportColumn(NamedTuple):
    """A column of an export.

    `get` gives the value of a row: text, number, date, bool, None or a list of texts.
    `clear` gives what `get` masks; it is used only in an export asked for unmasked.
    """

    label: str
    get: Callable[[Any], Any]
    width: float = 14
    is_text: bool = False
    clear: Callable[[Any], Any] | None = None


@dataclass
class _Run:
    """What is counted while rows pass by."""

    people: Callable[[Any], Any] | None
    report: Callable[[int], None] | None = None
    count: int = 0
    ids: set[Any] = field(default_factory=set)

    def over(self, rows: Iterable[Any]) -> Iterator[Any]:
        for row in rows:
            self.count += 1
            if self.report is not None and self.count % _REPORTED == 0:
                self.report(self.count)
            if self.people is not None:
                self.ids.add(self.people(row))
            yield row


def export_table(
    *,
    user: Any,
    title: str,
    columns: Sequence[ExportColumn | tuple[Any, ...]],
    rows: Iterable[Any],
    kind: str = "xlsx",
    people: Callable[[Any], Any] | None = None,
    purpose: str = "",
    filter_text: str = "",
    care: str = "",
    reveal: str = "",
    report: Callable[[int], None] | None = None,
    **detail: Any,
) -> FileResponse:
    """A file of rows as a download, its ReadEvent written.

    `people` gives the id of the Person a row is about; `filter_text` says in words which
    rows these are; `care` what to mind, where whom the file is for is not staff. `reveal` is
    the permission for full ID numbers and phones: given, the export is unmasked, the user
    must have it and say the `purpose`. `report` hears how many rows are written, and may end
    it by an exception. `detail` joins the event. Raises PermissionDenied or RuleError.
    """
    check_unmasked(user, reveal=reveal, purpose=purpose)
    table = [ExportColumn(*column) for column in columns]
    if reveal:
        table = [c._replace(get=c.clear) if c.clear else c for c in table]
    run = _Run(people, report)
    file = tempfile.TemporaryFile(prefix="export-")  # noqa: SIM115  the response closes it
    try:
        if kind == "csv":
            _write_csv(file, table, run.over(rows))
        else:
            notes = _notes(
                user=user,
                title=title,
                filter_text=filter_text,
                purpose=purpose,
                care=care or (_CARE_OF_PEOPLE if people is not None else _CARE),
            )
            _write_xlsx(file, title=title, columns=table, rows=run.over(rows), notes=notes, run=run)
        ReadEvent.record(
            user=user,
            kind=ReadEvent.Kind.EXPORT,
            people=sorted(run.ids - {None}),
            reason=purpose.strip()[:200],
            title=title,
            filter=filter_text,
            rows=run.count,
            format=kind,
            unmasked=bool(reveal),
            sha256=_sha256(file),
            **detail,
        )
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return FileResponse(
        file,
        as_attachment=True,
        filename=file_name(title, kind),
        content_type=CONTENT_TYPES[kind],
    )


def check_unmasked(user: Any, *, reveal: str, purpose: str) -> None:
    """Full numbers need the right and a reason. Raises PermissionDenied or RuleError."""
    if reveal and not user.has_perm(reveal):
        raise PermissionDenied
    if reveal and len(normalise(purpose)) < _SHORTEST_PURPOSE:
        raise RuleError("REASON", "导出完整号码需要写明事由，至少两个字。")


def file_name(title: str, kind: str) -> str:
    """「人员_20251231.xlsx」 without what a file system or a header could stumble over."""
    plain = re.sub(r'[\\/:*?"<>|\s\x00-\x1f\x7f\u200e\u200f\u202a-\u202e]+', "_", title)
    return f"{plain[:80].strip('_.') or '导出'}_{timezone.localdate():%Y%m%d}.{kind}"


def plain_text(value: str) -> str:
    """A text as a cell may hold it."""
    if value.isprintable() and len(value) <= EXCEL_TEXT:
        return value
    text = _CONTROL.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    return text if len(text) <= EXCEL_TEXT else text[: EXCEL_TEXT - len(_CUT)] + _CUT


def csv_text(value: str) -> str:
    """A CSV cell that no spreadsheet takes for a formula or a rounded number."""
    text = _CONTROL.sub("", value)
    if text[:1] in _FORMULA_STARTS:
        return f"'{text}"
    # Excel rounds 18 digits to 15 unless a tab makes them text.
    return f"{text}\t" if _LONG_NUMBER.fullmatch(text) else text


def worded(value: Any) -> Any:
    """A value as str, int, float, date or None."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, datetime.datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return local.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, datetime.date):
        return value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, list | tuple | set | frozenset):
        return "、".join(str(item) for item in value)
    return str(value)


def _write_csv(file: IO[bytes], columns: list[ExportColumn], rows: Iterable[Any]) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=False)
    writer = csv.writer(text)
    writer.writerow([csv_text(c.label) for c in columns])
    for row in rows:
        values = (worded(column.get(row)) for column in columns)
        writer.writerow(
            ["" if v is None else csv_text(v) if isinstance(v, str) else v for v in values]
        )
    text.flush()
    text.detach()


def _write_xlsx(file: IO[bytes], **given: Any) -> None:
    # Rows lie in clear on the way: where they are removed after a process that was killed.
    own = {"constant_memory": True, "tmpdir": str(media.folder_in_clear())}
    book = xlsxwriter.Workbook(file, {**WORKBOOK_OPTIONS, **own})
    try:
        _fill(book, **given)
    finally:
        # Also where it was called off, or they go only with the process.
        book.close()


def _fill(
    book: Any,
    *,
    title: str,
    columns: list[ExportColumn],
    rows: Iterable[Any],
    notes: list[tuple[str, str]],
    run: _Run,
) -> None:
    book.set_properties({"title": title})
    formats = ("@", "yyyy-mm-dd", "#,##0.00", "0.0%")
    text, day, money, share = (book.add_format({"num_format": f}) for f in formats)
    head = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1, "num_format": "@"})
    sheet = book.add_worksheet(sheet_name(title), _Sheet)
    for index, column in enumerate(columns):
        sheet.set_column(index, index, column.width, text if column.is_text else None)
        sheet.write_string(0, index, plain_text(column.label), head)
    sheet.freeze_panes(1, 1)
    styles = _Styles(_style(text), _style(day), _style(money), _style(share))
    getters = [
        (_letters(i), c.get, styles.text if c.is_text else "") for i, c in enumerate(columns)
    ]
    number = 0
    for number, row in enumerate(rows, start=1):
        if number > EXCEL_ROWS:
            raise RuleError("EXPORT", "行数超过 Excel 的上限，请先按地区或条件筛选后分别导出。")
        cells = []
        for letters, get, style in getters:
            value = get(row)
            if value is not None and value != "":
                cells.append(_cell(f"{letters}{number + 1}", value, style, styles))
        sheet.put_row(number, cells)
    sheet.end_rows(number, len(columns) - 1)
    sheet.autofilter(0, 0, number, len(columns) - 1)
    _write_notes(book, head, [*notes, ("行数", f"{run.count} 行")])


class _Styles(NamedTuple):
    text: str
    day: str
    money: str
    share: str


def _cell(reference: str, value: Any, style: str, styles: _Styles) -> str:
    """A value as its cell; anything in a column of texts is a text."""
    if type(value) is not str:
        value = worded(value)
    if isinstance(value, str):
        return text_cell(reference, plain_text(value), style) if value else ""
    if style:
        return text_cell(reference, str(value), style)
    if isinstance(value, datetime.date):
        return number_cell(reference, value.toordinal() - _EPOCH, styles.day)
    if isinstance(value, Share):
        return number_cell(reference, value, styles.share)
    return number_cell(reference, value, styles.money if isinstance(value, float) else "")


def sheet_name(title: str) -> str:
    """A name that Excel takes: 31 characters, none of []:*?/\\ ."""
    return re.sub(r"[\[\]:*?/\\']", "", plain_text(title))[:31] or "数据"


def _notes(
    *, user: Any, title: str, filter_text: str, purpose: str, care: str
) -> list[tuple[str, str]]:
    return [
        ("内容", title),
        *([("导出人辖区", place_name(user.region_id))] if user.region_id else []),
        ("筛选条件", filter_text or "无"),
        ("导出时间", timezone.localtime().strftime("%Y-%m-%d %H:%M")),
        ("导出人", f"{user}（{user.username}）"),
        *([("事由", purpose)] if purpose else []),
        ("提示", care),
    ]


def _write_notes(book: Any, head: Any, notes: list[tuple[str, str]]) -> None:
    sheet = book.add_worksheet("说明")
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 70)
    for number, (name, value) in enumerate(notes):
        sheet.write_string(number, 0, name, head)
        sheet.write_string(number, 1, plain_text(value))


def _sha256(file: IO[bytes]) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]

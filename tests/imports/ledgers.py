"""Ledgers for tests, as bytes: workbooks and CSV files of the kinds that offices send."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from core.jobs import running as jobs
from core.ledgers import actions, starting
from core.models import ImportBatch, ImportRow, Job, User
from tests.rows import id_number

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
PEOPLE = (
    "姓名",
    "身份证号",
    "联系电话",
    "乡镇（街道）",
    "工作单位",
    "岗位",
    "入职日期",
    "学历",
    "证书级别",
    "管理号",
    "批准日期",
    "备注",
)
TOWNSHIP = "新华路街道"
STATION = "新华路街道社会工作和志愿服务站"
# What else a row says of a person.
FULL: dict[str, Any] = {
    "联系电话": "13800001234",
    "学历": "本科",
    "证书级别": "社会工作师（中级）",
    "管理号": "20200100001",
    "批准日期": "2020-09-13",
    "备注": "骨干",
}


def workbook(*sheets: Iterable[Sequence[Any]], names: Sequence[str] = ()) -> bytes:
    """An .xlsx of sheets; text stays text, numbers numbers, dates dates."""
    buffer = io.BytesIO()
    options = {"default_date_format": "yyyy-mm-dd", "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, {"in_memory": True, **options}) as book:
        for index, rows in enumerate(sheets):
            sheet = book.add_worksheet(names[index] if names else None)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    if isinstance(value, str):
                        sheet.write_string(number, column, value)
                    elif isinstance(value, datetime.date):
                        sheet.write_datetime(
                            number,
                            column,
                            datetime.datetime.combine(value, datetime.time()),
                            book.default_date_format,
                        )
                    elif value is not None:
                        sheet.write(number, column, value)
    return buffer.getvalue()


def person(name: str = "张三", number: str | None = None, **other: Any) -> list[Any]:
    """A row under PEOPLE; other cells by their label, empty where not given."""
    cells = {
        "姓名": name,
        "身份证号": number if number is not None else id_number(),
        "乡镇（街道）": TOWNSHIP,
        "工作单位": STATION,
        "岗位": "社工",
        "入职日期": "2023-03-01",
        **other,
    }
    return [cells.get(label, "") for label in PEOPLE]


def people(*rows: Sequence[Any]) -> bytes:
    return workbook([PEOPLE, *rows])


def check(user: User, kind: str, data: bytes, *, name: str = "台账.xlsx") -> ImportBatch:
    """Take a ledger in and check it, as a worker would."""
    batch = starting.start_import(
        user=user, kind=kind, name=name, data=data, again=True, inline=True
    )
    jobs.run(batch.job_id)
    return fresh(batch)


def take(user: User, kind: str, data: bytes, *, name: str = "台账.xlsx") -> ImportBatch:
    """Check a ledger and apply it."""
    return apply(check(user, kind, data, name=name))


def apply(batch: ImportBatch) -> ImportBatch:
    assert batch.job.status == Job.Status.WAITING, batch.job.message
    actions.confirm(batch=batch, by=batch.by, reason="已知悉", inline=True)
    jobs.run(batch.job_id)
    return fresh(batch)


def answer(batch: ImportBatch, *, by: User, **answers: str) -> ImportBatch:
    """Answer questions that many rows share, by their id."""
    actions.answer_questions(batch=batch, by=by, answers=answers, inline=True)
    jobs.run(batch.job_id)
    return fresh(batch)


def fresh(batch: ImportBatch) -> ImportBatch:
    return ImportBatch.objects.select_related("job", "by").get(pk=batch.pk)


def outcomes(batch: ImportBatch) -> dict[str, int]:
    """Counts that are not zero, without the sum; asserts that the sum is right."""
    counts = dict(batch.counts)
    flagged, rows = counts.pop("flagged"), counts.pop("rows")
    assert rows == sum(counts.values())
    assert flagged <= rows
    return {name: n for name, n in counts.items() if n}


def row_of(batch: ImportBatch, number: int) -> ImportRow:
    return ImportRow.objects.get(batch=batch, number=number)


def words(batch: ImportBatch, number: int) -> str:
    """All remarks on a row, as one text."""
    return " ".join(m["message"] for m in row_of(batch, number).messages)

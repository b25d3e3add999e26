"""What a check says of a whole ledger: its remarks by reason, and what will not count."""

from __future__ import annotations

from typing import Any

from django.db import connection

from core.ledgers.models import ImportBatch, ImportRow

Outcome = ImportRow.Outcome
MOST = 12
# Remarks that differ in their numbers and quoted words alone are one reason.
_GROUPED = r"""
    SELECT m->>'column', min(m->>'message'), count(*), min(r.number),
        count(DISTINCT m->>'message') > 1
    FROM core_importrow r, jsonb_array_elements(r.messages) m
    WHERE r.batch_id = %s AND r.outcome = ANY(%s) AND r.messages @> '[{"level": "W"}]'
        AND m->>'level' = 'W'
    GROUP BY m->>'column',
        regexp_replace(m->>'message', '「[^」]*」|[0-9]+([-.][0-9]+)*', '…', 'g')
    ORDER BY 3 DESC, 4 LIMIT %s
"""


def grouped(batch: ImportBatch) -> list[dict[str, Any]]:
    """Remarks on rows that will be written, the most frequent first: column, message (of one of
    them), rows (how many), first (number of the first row), is_example."""
    written = [Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED]
    with connection.cursor() as cursor:
        cursor.execute(_GROUPED, [batch.pk, written, MOST])
        names = ("column", "message", "rows", "first", "is_example")
        return [dict(zip(names, found, strict=True)) for found in cursor.fetchall()]


def warnings(batch: ImportBatch, unread: list[str]) -> list[str]:
    """Sentences on what will not count, or was not read, though the ledger says it."""
    said = list(batch.reading.get("uncounted", []))
    if kind := batch.reading.get("unseen"):
        said.append(
            f".{kind} 看不出删除线、隐藏的行和列、数字格式里的单位；"
            "表里有这些的，请另存为 .xlsx 再上传。"
        )
    if unread:
        said.append(f"有 {len(unread)} 列没有读：{'、'.join(unread)}。")
    if blank := batch.reading.get("blank"):
        said.append(f"{blank} 行没有要紧的内容（如姓名和身份证号），未读。")
    if batch.other_sheets:
        names = "、".join(f"「{name}」" for name, *_ in batch.other_sheets)
        said.append(f"工作表{names}没有读，需要的请在上面另行导入。")
    return said

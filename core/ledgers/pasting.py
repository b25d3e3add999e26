"""A block of cells copied from a spreadsheet: the text that a paste gives becomes the ledger that
it was copied from, so that it goes the same way as a file."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

from django.utils import timezone

from core.ledgers.guessing import known_headings
from core.ledgers.spreadsheets import Refused
from core.ledgers.spreadsheets.headers import find_header

# Characters: less than a form may send, whatever they are.
MOST = 1_200_000
_TOO_MUCH = "粘贴的内容过多，请把表格存成文件再上传。"
_ONE_CELL = "只粘贴到一个格子。请在 Excel 中选中整块（连同列名那一行）复制，再粘贴到这里。"
_NO_HEADINGS = (
    "粘贴的内容里没有认出列名。请连同列名那一行（例如「姓名」「身份证号」）一起复制；"
    "列名写法特别的，请存成文件上传。"
)
# A cell with a line break stands in quotes, its own quotes twice; every other one as it is.
_CELL = re.compile(r'(?:"((?:[^"\t]|"")*)"|([^\t\n]*))([\t\n])')


def cells_of(text: str) -> list[list[str]]:
    """The rows of a copied block, without those at the end that are empty."""
    rows: list[list[str]] = [[]]
    plain = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    for quoted, bare, end in _CELL.findall(f"{plain}\n"):
        rows[-1].append(quoted.replace('""', '"') or bare)
        if end == "\n":
            rows.append([])
    return rows[:-1]


def ledger_of(text: str, *, user: Any) -> tuple[str, bytes]:
    """(name, bytes) of the ledger that a pasted text is. Raises Refused with a sentence."""
    if len(text) > MOST:
        raise Refused(_TOO_MUCH)
    rows = cells_of(text)
    if sum(1 for row in rows for cell in row if cell.strip()) < 2:
        raise Refused(_ONE_CELL)
    score, _ = find_header(rows, known_headings(user))
    if not score:
        raise Refused(_NO_HEADINGS)
    written = io.StringIO(newline="")
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows(rows)
    name = f"粘贴 {timezone.localtime():%Y-%m-%d %H.%M}.csv"
    return name, written.getvalue().encode("utf-8-sig")

"""One event, one line, without personal data."""

import logging
import re

from core.text import without_ids

# What PostgreSQL quotes of a failing row, up to the end of its line.
_DETAIL = re.compile(r"(DETAIL|CONTEXT|详细信息):.*")
_PERSONAL = re.compile(r"(?<!\d)(\d{17}[\dXx]|1[3-9]\d{9})(?!\d)")


class OneLineFormatter(logging.Formatter):
    """Escapes line breaks (no forged lines) and blanks out ID numbers and phones."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        text = _DETAIL.sub(r"\1: [略]", text)
        text = _without_numbers(text)
        return text.replace("\r", "\\r").replace("\n", "\\n")


def _without_numbers(text: str) -> str:
    """Numbers of people blanked out; the id of a record stays, whatever digits it has."""
    kept, since = "", 0
    for found in _PERSONAL.finditer(without_ids(text)):
        kept += text[since : found.start()] + "[号码]"
        since = found.end()
    return kept + text[since:]

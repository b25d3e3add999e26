"""One event, one line, without personal data."""

import logging
import re

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
        text = _PERSONAL.sub("[号码]", text)
        return text.replace("\r", "\\r").replace("\n", "\\n")

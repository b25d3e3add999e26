"""停用 and 恢复使用, the end of a record that every entity has. Nothing is deleted."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction

from core.dates import today
from core.guards import claim, require_open, touch
from core.rules import RuleError


def _end_permission(record: Any) -> str:
    return f"{record._meta.app_label}.end_{record._meta.model_name}"


@transaction.atomic
def deactivate(*, record: Any, by: Any, reason: str, since: datetime.date | None = None) -> str:
    """The record is out of use and kept with the reason.

    Without `since` it was a mistake and never true: it counts on no day, past ones included.
    With it, it was true until then. Raises PermissionDenied, OutOfScope, or RuleError when it
    is already out of use.
    """
    record = claim(record, by, _end_permission(record))
    require_open(record)
    record.ended_on, record.end_reason = put_out_of_use(record, since), reason
    touch(record, "ended_on", "end_reason", *dated(record))
    return f"已停用「{record}」。"


def put_out_of_use(record: Any, since: datetime.date | None) -> datetime.date:
    """Say on an unsaved record until when it was true; the day on which it went out of use."""
    if since is not None and since > today():
        raise RuleError("DATE", "自何时起不能晚于今天，请核对。", field="since")
    if dated(record):
        record.true_until = since
    return since or today()


def dated(record: Any) -> tuple[str, ...]:
    """The column that says until when a record was true, of one that may have been."""
    return ("true_until",) if hasattr(record, "true_until") else ()


@transaction.atomic
def reactivate(*, record: Any, by: Any, reason: str) -> str:
    """Undo 停用. Raises ValidationError where another record took its place meanwhile."""
    record = claim(record, by, _end_permission(record))
    if record.ended_on is None:
        raise RuleError("STATE", "这条记录没有停用。")
    record.ended_on, record.end_reason = None, ""
    for column in dated(record):
        setattr(record, column, None)
    record.validate_constraints()
    touch(record, "ended_on", "end_reason", *dated(record))
    return f"已恢复使用「{record}」。"
